// Attributes of ops as keys of instructions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "AttributeEncoding.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"

namespace qc {

using Encoded = std::vector<qcrt::ProgramAttribute>;

static void encodeRequant(const std::string &name, tpu::RequantAttr requant,
                          Encoded &out) {
  auto integers = [](ArrayRef<int32_t> values) {
    return std::vector<int64_t>(values.begin(), values.end());
  };
  out.push_back(qcrt::textAttribute(
      name + ".kind", stringifyRequantKind(requant.getKind()).str()));
  out.push_back(qcrt::textAttribute(
      name + ".rounding", stringifyRounding(requant.getRounding()).str()));
  if (!requant.getMultipliers().empty())
    out.push_back(qcrt::intAttribute(name + ".multipliers",
                                     integers(requant.getMultipliers())));
  if (!requant.getShifts().empty())
    out.push_back(
        qcrt::intAttribute(name + ".shifts", integers(requant.getShifts())));
  if (requant.getScales()) {
    ArrayRef<float> scales = requant.getScales().asArrayRef();
    out.push_back(
        qcrt::floatAttribute(name + ".scales", {scales.begin(), scales.end()}));
  }
}

static LogicalResult encode(const std::string &name, Attribute value,
                            Encoded &out) {
  if (auto requant = dyn_cast<tpu::RequantAttr>(value)) {
    encodeRequant(name, requant, out);
  } else if (auto text = dyn_cast<StringAttr>(value)) {
    out.push_back(qcrt::textAttribute(name, text.str()));
  } else if (auto number = dyn_cast<FloatAttr>(value)) {
    out.push_back(qcrt::floatAttribute(name, {number.getValueAsDouble()}));
  } else if (auto flag = dyn_cast<BoolAttr>(value)) {
    out.push_back(qcrt::intAttribute(name, {flag.getValue()}));
  } else if (auto integer = dyn_cast<IntegerAttr>(value);
             integer && integer.getValue().getSignificantBits() <= 64) {
    out.push_back(
        qcrt::intAttribute(name, {integer.getValue().getSExtValue()}));
  } else if (auto integers = dyn_cast<DenseI64ArrayAttr>(value)) {
    ArrayRef<int64_t> values = integers.asArrayRef();
    out.push_back(qcrt::intAttribute(name, {values.begin(), values.end()}));
  } else if (auto numbers = dyn_cast<DenseF64ArrayAttr>(value)) {
    ArrayRef<double> values = numbers.asArrayRef();
    out.push_back(qcrt::floatAttribute(name, {values.begin(), values.end()}));
  } else {
    return failure();
  }
  return success();
}

FailureOr<Encoded> encodeAttributes(Operation *op) {
  Encoded out;
  for (NamedAttribute attribute : op->getAttrDictionary()) {
    StringRef name = attribute.getName().getValue();
    if (name.contains('.'))
      continue;
    if (failed(encode(name.str(), attribute.getValue(), out)))
      return op->emitOpError("attribute '")
             << name << "' of kind " << attribute.getValue()
             << " has no place in a container";
  }
  return out;
}

} // namespace qc
