// What each tensor of a model is while the model is being imported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ValueTable.h"
#include "TensorData.h"

#include "qc/Dialect/QC/IR/Names.h"

namespace qc::onnximport {

RankedTensorType ImportedValue::getType(MLIRContext *context) const {
  if (constant)
    return RankedTensorType::get(constant->shape(),
                                 getElementType(context, constant->dtype()));
  return cast<RankedTensorType>(value.getType());
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
