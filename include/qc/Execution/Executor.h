// Running a network of the IR on the host, and looking at its tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXECUTION_EXECUTOR_H
#define QC_EXECUTION_EXECUTOR_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <vector>

namespace mlir::func {
class FuncOp;
} // namespace mlir::func

namespace qc {

/// A tensor of a network as executors and probes speak of it.
struct TensorInfo {
  /// The source name (see Names.h); empty for a tensor that has none.
  std::string name;
  Shape shape;
  /// Half precision is held, taken and given as F32.
  DType dtype = DType::F32;
  /// Where it is in the IR; null when a stored program runs.
  Value value;
  /// Of stored integers: real = (stored - zeroPoint) * scale. 0 for others.
  float scale = 0;
  int64_t zeroPoint = 0;
  /// Dimension i is dimension permutation[i] of the source tensor; empty when
  /// the order is the same (see StoredTensor.h).
  std::vector<int64_t> permutation = {};
};

/// Sees tensors while they are live. Methods are called from the thread that
/// called Executor::run.
class Probe {
public:
  enum class Interest {
    None,
    /// The elements in any order: enough for ranges and histograms, and
    /// mostly free of copies. Never contains filling.
    AnyOrder,
    /// The elements in the order of the shape.
    RowMajor
  };
  virtual ~Probe();
  /// Asked before each tensor is shown.
  virtual Interest wants(const TensorInfo &tensor) = 0;
  /// `data` is read-only and valid during the call only.
  virtual void observe(const TensorInfo &tensor, const Tensor &data) = 0;
};

struct ExecutorOptions {
  /// Threads of one run; 0: one a processor.
  int threads = 0;
  /// Whether values of quantized types are rounded to what these can represent;
  /// otherwise they are computed as if they were float.
  bool rounds = true;
};

/// A network ready to run, whatever stage it has reached. Not thread-safe:
/// one run at a time. Refers to constants of the module, which must outlive
/// it.
class Executor {
public:
  virtual ~Executor();

  /// An executor for the entry function of `module` (`main`, or the only
  /// function). Fails after an error at the op that cannot be executed.
  static FailureOr<std::unique_ptr<Executor>>
  create(ModuleOp module, const ExecutorOptions &options = {});

  ArrayRef<TensorInfo> getInputs() const { return inputs; }
  ArrayRef<TensorInfo> getOutputs() const { return outputs; }
  /// Every tensor that a probe is asked about, in the order of execution:
  /// inputs first, then the results of ops; constants are not among them.
  ArrayRef<TensorInfo> getTensors() const { return tensors; }
  /// Bytes of working memory, weights not included.
  size_t getArenaBytes() const { return arenaBytes; }

  /// Runs once. `inputTensors` must match getInputs() in number, shape and
  /// type; `outputTensors` becomes freshly made tensors. A failure says which
  /// input or which op is at fault.
  virtual Status run(ArrayRef<Tensor> inputTensors,
                     SmallVectorImpl<Tensor> &outputTensors,
                     Probe *probe = nullptr) = 0;

protected:
  /// Compares what a caller passes with getInputs().
  Status checkInputs(ArrayRef<Tensor> inputTensors) const;

  std::vector<TensorInfo> inputs, outputs, tensors;
  size_t arenaBytes = 0;
};

/// Runs functions of executable ops (see ExecutableOpInterface) in an arena
/// that is planned once; a run allocates nothing but its outputs.
class FloatExecutor : public Executor {
public:
  static FailureOr<std::unique_ptr<FloatExecutor>>
  create(func::FuncOp function, const ExecutorOptions &options = {});
  ~FloatExecutor() override;

  Status run(ArrayRef<Tensor> inputTensors,
             SmallVectorImpl<Tensor> &outputTensors,
             Probe *probe = nullptr) override;

  /// What a run computes otherwise: values whose rounding to their type is
  /// turned round.
  using Variant = SmallVector<Value>;
  /// Runs once with all values of quantized types rounded (or none, without
  /// `rounds`), and for each of `variants` once more from the first step in
  /// which it differs. Shows `visit` the outputs of all of them: variant -1 is
  /// the one without. Needs ExecutorOptions::rounds.
  Status
  runVariants(ArrayRef<Tensor> inputTensors, bool rounds,
              ArrayRef<Variant> variants,
              function_ref<void(int variant, ArrayRef<Tensor> outputs)> visit);

private:
  FloatExecutor();
  SmallVector<Tensor> copyOutputs() const;
  Status runSteps(ArrayRef<Tensor> inputTensors,
                  SmallVectorImpl<Tensor> &outputTensors, Probe *probe);
  struct Program;
  std::unique_ptr<Program> program;
};

/// Computes one op from the values of all its operands (for folding).
/// Fails silently when the op is not executable or its data do not allow it.
FailureOr<SmallVector<Tensor>> evaluateOp(Operation *op,
                                          ArrayRef<Tensor> operands);

} // namespace qc

#endif // QC_EXECUTION_EXECUTOR_H
