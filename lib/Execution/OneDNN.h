// What kernels on oneDNN share: memory descriptors, weights, one kernel class.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXECUTION_ONEDNN_H
#define QC_LIB_EXECUTION_ONEDNN_H

#include "qc/Interfaces/ExecutableOpInterface.h"
#include "qc/Support/MLIR.h"

#include "oneapi/dnnl/dnnl.hpp"

namespace qc {

/// The processor. Engines carry no state; memory and primitives must agree on
/// one object.
const dnnl::engine &getEngine();

/// Ranks that oneDNN can describe.
inline constexpr int64_t kMaxDnnlRank = 12;

/// A shape as oneDNN takes it: a scalar becomes one element of rank 1.
dnnl::memory::dims getDims(ArrayRef<int64_t> shape);

/// Dense f32 memory of `shape` in `layout`.
dnnl::memory::desc getDesc(ArrayRef<int64_t> shape,
                           TensorLayout layout = TensorLayout::rowMajor());
/// f32 memory whose order oneDNN may choose.
dnnl::memory::desc getAnyDesc(ArrayRef<int64_t> shape);
/// f32 memory with explicit strides.
dnnl::memory::desc getStridedDesc(ArrayRef<int64_t> shape,
                                  ArrayRef<int64_t> strides);

/// The order that `desc` describes, or nothing if it is none of ours.
std::optional<TensorLayout> getLayout(const dnnl::memory::desc &desc,
                                      ArrayRef<int64_t> shape);

/// True when oneDNN has only its reference loops for this primitive; our own
/// kernels are faster then.
bool isReference(const dnnl::primitive_desc_base &desc);

/// Attributes of every primitive: the executor provides scratch memory.
dnnl::primitive_attr getAttributes(const dnnl::post_ops &postOps = {});

/// `data`, which lies as `from` says, as owned bytes in the order `to`.
Tensor reorderData(const Tensor &data, const dnnl::memory::desc &from,
                   const dnnl::memory::desc &to);

/// A fused clamp; an absent bound is infinite.
struct Clamp {
  float min, max;

  bool isActive() const;
  float operator()(float x) const { return x < min ? min : x > max ? max : x; }
};

/// `act_min` and `act_max` of `op`.
Clamp getActivation(Operation *op);
void appendClamp(dnnl::post_ops &postOps, Clamp clamp);

/// A primitive with its arguments.
class DnnlKernel final : public OpKernel {
public:
  DnnlKernel(const dnnl::primitive &primitive,
             const dnnl::memory::desc &scratchpad);

  /// Operand `index` or result `index` as argument `arg` (DNNL_ARG_*).
  void addInput(int arg, unsigned index, const dnnl::memory::desc &desc);
  void addOutput(int arg, unsigned index, const dnnl::memory::desc &desc);
  /// Data that the kernel owns.
  void addData(int arg, Tensor data, const dnnl::memory::desc &desc);

  void bind(const KernelBuffers &buffers) override;
  Status run() override;

private:
  enum class Source { Input, Output, Data };
  struct Argument {
    int arg;
    Source source;
    unsigned index;
    dnnl::memory::desc desc;
  };

  dnnl::primitive primitive;
  dnnl::memory::desc scratchpad;
  std::vector<Argument> arguments;
  SmallVector<Tensor> data;
  dnnl::stream stream;
  SmallVector<dnnl::memory> memories;
  SmallVector<dnnl_exec_arg_t> bound;
};

/// Converts one buffer from one order to another.
std::unique_ptr<OpKernel> makeReorderKernel(ArrayRef<int64_t> shape,
                                            TensorLayout from, TensorLayout to);

} // namespace qc

#endif // QC_LIB_EXECUTION_ONEDNN_H
