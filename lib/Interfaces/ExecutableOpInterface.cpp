// Kernel requests and memory orders: what the executor and kernels agree on.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Interfaces/ExecutableOpInterface.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

#include "qc/Interfaces/ExecutableOpInterface.cpp.inc"

namespace qc {

int64_t TensorLayout::physicalElements(ArrayRef<int64_t> shape) const {
  int64_t elements = 1;
  for (auto [i, dim] : llvm::enumerate(shape))
    elements *= kind == ChannelBlocked && i == 1
                    ? int64_t(llvm::alignTo(dim, block))
                    : dim;
  return elements;
}

OpKernel::~OpKernel() = default;

KernelRequest::KernelRequest(Operation *op,
                             ArrayRef<TensorLayout> operandLayouts,
                             ArrayRef<std::optional<Tensor>> constants,
                             ArrayRef<DType> operandDTypes,
                             ArrayRef<DType> resultDTypes, int threads)
    : op(op), threads(threads), layouts(operandLayouts), constants(constants),
      inputDTypes(operandDTypes), outputDTypes(resultDTypes),
      absorbed(op->getNumOperands(), false) {}

static RankedTensorType tensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

ArrayRef<int64_t> KernelRequest::inputShape(unsigned index) const {
  return tensorType(op->getOperand(index)).getShape();
}

ArrayRef<int64_t> KernelRequest::outputShape(unsigned index) const {
  return tensorType(op->getResult(index)).getShape();
}

const Tensor *KernelRequest::getConstant(unsigned index) const {
  return constants[index] ? &*constants[index] : nullptr;
}

void KernelRequest::setDefaultLayouts(OpKernel &kernel) const {
  kernel.inputLayouts.resize(op->getNumOperands());
  kernel.outputLayouts.resize(op->getNumResults());
}

std::optional<DType> getExecutionDType(Type elementType) {
  if (auto calibrated = dyn_cast<quant::CalibratedQuantizedType>(elementType))
    elementType = calibrated.getExpressedType();
  if (elementType.isF32() || elementType.isF16() || elementType.isBF16())
    return DType::F32;
  if (elementType.isF64())
    return DType::F64;
  bool isUnsigned = elementType.isUnsignedInteger();
  if (auto quantized = dyn_cast<quant::QuantizedType>(elementType)) {
    isUnsigned = !quantized.isSigned();
    elementType = quantized.getStorageType();
  }
  auto integer = dyn_cast<IntegerType>(elementType);
  if (!integer)
    return std::nullopt;
  switch (integer.getWidth()) {
  case 1:
    return DType::Bool;
  case 4: // stored two a byte, computed with as bytes
  case 8:
    return isUnsigned ? DType::U8 : DType::I8;
  case 16:
    return isUnsigned ? DType::U16 : DType::I16;
  case 32:
    return isUnsigned ? DType::U32 : DType::I32;
  case 64:
    return isUnsigned ? DType::U64 : DType::I64;
  default:
    return std::nullopt;
  }
}

} // namespace qc
