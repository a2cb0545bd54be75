// How a family of ops gets its kernels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A file of Families/ defines `register<File>Kernels`, which attaches a model
// of ExecutableOpInterface to each op of the family:
//
//   static KernelResult makeRelu(top::ReluOp op, KernelRequest &request);
//
//   void qc::registerActivationKernels(DialectRegistry &registry) {
//     registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
//       attachKernel<top::ReluOp, makeRelu>(context);
//     });
//   }
#ifndef QC_LIB_EXECUTION_KERNELS_H
#define QC_LIB_EXECUTION_KERNELS_H

#include "qc/Interfaces/ExecutableOpInterface.h"
#include "qc/Support/MLIR.h"

#include "mlir/IR/DialectRegistry.h"

#include <exception>
#include <functional>

namespace qc {

using KernelResult = FailureOr<std::unique_ptr<OpKernel>>;

/// The model of one op: calls `make`, and turns what oneDNN throws into an
/// error at the op.
template <typename OpTy, KernelResult (*make)(OpTy, KernelRequest &)>
struct KernelModel
    : ExecutableOpInterface::ExternalModel<KernelModel<OpTy, make>, OpTy> {
  KernelResult createKernel(Operation *op, KernelRequest &request) const {
    try {
      return make(cast<OpTy>(op), request);
    } catch (const std::exception &exception) {
      return op->emitError() << "'" << op->getName()
                             << "' is not executable: " << exception.what();
    }
  }
};

template <typename OpTy, KernelResult (*make)(OpTy, KernelRequest &)>
void attachKernel(MLIRContext *context) {
  OpTy::template attachInterface<KernelModel<OpTy, make>>(*context);
}

/// A kernel that is one function of its buffers.
class FunctionKernel final : public OpKernel {
public:
  using Function = std::function<Status(const KernelBuffers &)>;
  explicit FunctionKernel(Function function) : function(std::move(function)) {}

  void bind(const KernelBuffers &bound) override { buffers = bound; }
  Status run() override { return function(buffers); }

private:
  Function function;
  KernelBuffers buffers;
};

/// A kernel on row-major operands and results.
std::unique_ptr<OpKernel> makeRowMajorKernel(FunctionKernel::Function function);

/// A kernel that reads operand 0 and writes result 0 in `layout`; further
/// operands are row-major.
std::unique_ptr<OpKernel> makeKernelInLayout(const KernelRequest &request,
                                             TensorLayout layout,
                                             FunctionKernel::Function function);

/// Runs an instruction (see Encoding.h) through the runtime, as a program of
/// its own.
KernelResult makeOpProgram(Operation *op, KernelRequest &request);

/// Result 0 is operand 0, row-major, under another shape.
std::unique_ptr<OpKernel> makeViewKernel();

/// The order in which an element-by-element kernel of our own reads operand
/// `index`: as it arrives, unless filling would have to be kept zero.
TensorLayout getElementwiseLayout(const KernelRequest &request,
                                  unsigned index = 0);

/// The dimensions as they lie in memory (a blocked order has one more).
SmallVector<int64_t> getPhysicalShape(ArrayRef<int64_t> shape,
                                      TensorLayout layout);
/// Which of them is dimension `dim` of the shape, which must not be that of
/// the channels.
size_t getPhysicalDim(size_t dim, TensorLayout layout);

/// Makes the filling of a tensor in `layout` zero.
void clearFilling(ArrayRef<int64_t> shape, TensorLayout layout, float *data);

/// A tensor in any order as [outer, spatial, inner]: `inner` elements of one
/// position lie together. Row-major has inner 1, channels-last inner C and
/// blocked orders inner `block`.
struct SpatialView {
  int64_t outer, inner;
};
SpatialView getSpatialView(ArrayRef<int64_t> shape, TensorLayout layout);

} // namespace qc

#endif // QC_LIB_EXECUTION_KERNELS_H
