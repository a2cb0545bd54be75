// What each tensor of a model is while the model is being imported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ValueTable.h"
#include "TensorData.h"

#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/QuantizableOpInterface.h"

#include "mlir/IR/TypeUtilities.h"

#include "onnx/onnx_pb.h"

namespace qc::onnximport {

RankedTensorType ImportedValue::getType(MLIRContext *context) const {
  if (constant)
    return RankedTensorType::get(constant->shape(),
                                 getElementType(context, constant->dtype()));
  return cast<RankedTensorType>(value.getType());
}

quant::QuantizedType findStorageType(Value value) {
  while (value) {
    Type element = getElementTypeOrSelf(value);
    if (auto type = dyn_cast<quant::QuantizedType>(element))
      return type;
    auto op = value.getDefiningOp<QuantizableOpInterface>();
    if (!op || !op.sharesParameters())
      return {};
    auto moved = llvm::find_if(op->getOperands(), [](Value operand) {
      return top::isFloatElement(getElementTypeOrSelf(operand));
    });
    value = moved == op->operand_end() ? Value() : *moved;
  }
  return {};
}

void ValueTable::addInitializer(const std::string &name,
                                ::onnx::TensorProto *proto) {
  initializers[name] = proto;
}

void ValueTable::set(const std::string &name, ImportedValue value) {
  values[name] = std::move(value);
}

Result<const ImportedValue *> ValueTable::find(const std::string &name) {
  auto known = values.find(name);
  if (known != values.end())
    return &known->second;
  auto initializer = initializers.find(name);
  if (initializer == initializers.end())
    return static_cast<const ImportedValue *>(nullptr);
  Result<Tensor> tensor = takeTensor(*initializer->second, files);
  if (!tensor)
    return tensor.takeError().withContext("constant '" + name + "'");
  budget.grant(static_cast<int64_t>(tensor->byteSize()));
  ImportedValue &value = values[name];
  value.constant = std::move(*tensor);
  value.narrowBits = getNarrowBits(initializer->second->data_type());
  return static_cast<const ImportedValue *>(&value);
}

Value ValueTable::materialize(const std::string &name) {
  ImportedValue &known = values[name];
  if (!known.value && known.constant)
    known.value =
        createConstant(builder, getTensorLoc(builder.getContext(), name),
                       *known.constant, name);
  return known.value;
}

} // namespace qc::onnximport
