// Host tensors as attributes of the IR.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ValueTable.h"

#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Support/Convert.h"

#include "mlir/IR/DialectResourceBlobManager.h"

namespace qc::onnximport {

/// From this size on a constant is a blob; smaller ones are easier to read
/// inline.
static constexpr size_t kBlobFrom = 1024;

Type getElementType(MLIRContext *context, DType dtype) {
  Builder builder(context);
  switch (dtype) {
  // Every float becomes the one that is executed, calibrated and quantized.
  case DType::F32:
  case DType::F16:
  case DType::F64:
    return builder.getF32Type();
  case DType::I8:
    return builder.getI8Type();
  case DType::I16:
    return builder.getIntegerType(16);
  case DType::I32:
    return builder.getI32Type();
  case DType::I64:
    return builder.getI64Type();
  case DType::U8:
  case DType::U16:
  case DType::U32:
  case DType::U64:
    return builder.getIntegerType(8 * static_cast<unsigned>(dtypeSize(dtype)),
                                  /*isSigned=*/false);
  case DType::Bool:
    return builder.getI1Type();
  }
  return builder.getNoneType();
}

static ElementsAttr getBooleans(RankedTensorType type, const Tensor &tensor) {
  SmallVector<bool> values;
  for (int64_t i = 0; i < tensor.numElements(); ++i)
    values.push_back(tensor.data<uint8_t>()[i] != 0);
  return DenseElementsAttr::get(type, values);
}

/// The elements of an f16 or f64 tensor as the nearest f32.
static Tensor toFloats(const Tensor &tensor) {
  Tensor result(DType::F32, tensor.shape());
  float *to = result.data<float>();
  for (int64_t i = 0; i < tensor.numElements(); ++i)
    to[i] = tensor.dtype() == DType::F16
                ? halfToFloat(tensor.data<uint16_t>()[i])
                : static_cast<float>(tensor.data<double>()[i]);
  return result;
}

ElementsAttr getElements(MLIRContext *context, const Tensor &tensor,
                         StringRef name) {
  if (tensor.dtype() == DType::F16 || tensor.dtype() == DType::F64)
    return getElements(context, toFloats(tensor), name);
  auto type = RankedTensorType::get(tensor.shape(),
                                    getElementType(context, tensor.dtype()));
  if (tensor.dtype() == DType::Bool)
    return getBooleans(type, tensor);
  ArrayRef<char> bytes(static_cast<const char *>(tensor.raw()),
                       tensor.byteSize());
  if (tensor.byteSize() < kBlobFrom)
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  // The blob shares the tensor's buffer: weights exist once, whether they came
  // from the parsed file or are mapped.
  AsmResourceBlob blob(
      bytes, dtypeSize(tensor.dtype()),
      [owner = tensor](void *, size_t, size_t) {}, /*dataIsMutable=*/false);
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

Value createConstant(OpBuilder &builder, Location loc, const Tensor &tensor,
                     StringRef name) {
  ElementsAttr elements = getElements(builder.getContext(), tensor, name);
  return top::ConstantOp::create(builder, loc, elements.getType(), elements);
}

} // namespace qc::onnximport
