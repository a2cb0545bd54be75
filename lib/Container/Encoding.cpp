// How types and ops look in a program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Container/Encoding.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Interfaces/ExecutableOpInterface.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

static std::optional<qcrt_dtype> getRuntimeType(Type element) {
  std::optional<DType> dtype = getExecutionDType(element);
  if (!dtype)
    return std::nullopt;
  if (auto quantized = dyn_cast<quant::QuantizedType>(element);
      quantized && quantized.getStorageType().isInteger(4))
    return quantized.isSigned() ? std::optional(QCRT_I4) : std::nullopt;
  switch (*dtype) {
  case DType::F32:
    // 16 bits execute as f32 on the host; a file says how they are stored.
    if (element.isF16())
      return QCRT_F16;
    return element.isBF16() ? std::nullopt : std::optional(QCRT_F32);
  case DType::I8:
    return QCRT_I8;
  case DType::U8:
  case DType::Bool: // bytes of 0 and 1
    return QCRT_U8;
  case DType::I16:
    return QCRT_I16;
  case DType::I32:
    return QCRT_I32;
  case DType::I64:
    return QCRT_I64;
  default:
    return std::nullopt;
  }
}

/// Scales, zero point and range of a quantized element type; false if its zero
/// points differ from channel to channel.
static bool describeParameters(Type element, qcrt::ProgramTensor &out) {
  auto quantized = dyn_cast<quant::QuantizedType>(element);
  if (!quantized || isa<quant::CalibratedQuantizedType>(quantized))
    return true;
  out.qmin = quantized.getStorageTypeMin();
  out.qmax = quantized.getStorageTypeMax();
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(element)) {
    out.scales = {static_cast<float>(uniform.getScale())};
    out.zeroPoint = uniform.getZeroPoint();
    return true;
  }
  auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(element);
  if (!perAxis || !llvm::all_equal(perAxis.getZeroPoints()))
    return false;
  for (double scale : perAxis.getScales())
    out.scales.push_back(static_cast<float>(scale));
  out.zeroPoint = perAxis.getZeroPoints().front();
  out.axis = perAxis.getQuantizedDimension();
  return true;
}

FailureOr<qcrt::ProgramTensor> encodeType(Type type, Location loc) {
  auto tensorType = dyn_cast<RankedTensorType>(type);
  auto dtype = tensorType && tensorType.hasStaticShape()
                   ? getRuntimeType(tensorType.getElementType())
                   : std::nullopt;
  qcrt::ProgramTensor tensor;
  if (!dtype || !describeParameters(tensorType.getElementType(), tensor))
    return emitError(loc) << "a value of type " << type
                          << " has no place in a container";
  if (tensorType.getRank() > QCRT_MAX_RANK)
    return emitError(loc) << "a value of type " << type << " has rank "
                          << tensorType.getRank()
                          << ", the runtime takes at most " << QCRT_MAX_RANK;
  tensor.dtype = *dtype;
  tensor.shape = tensorType.getShape().vec();
  return tensor;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

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
  } else if (auto counts = dyn_cast<DenseI32ArrayAttr>(value)) {
    ArrayRef<int32_t> values = counts.asArrayRef();
    out.push_back(qcrt::intAttribute(name, {values.begin(), values.end()}));
  } else if (auto numbers = dyn_cast<DenseF64ArrayAttr>(value)) {
    ArrayRef<double> values = numbers.asArrayRef();
    out.push_back(qcrt::floatAttribute(name, {values.begin(), values.end()}));
  } else {
    return failure();
  }
  return success();
}

static FailureOr<Encoded> encodeAttributes(Operation *op) {
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

DType toDType(qcrt_dtype dtype) {
  switch (dtype) {
  case QCRT_F32:
    return DType::F32;
  case QCRT_F16:
    return DType::F16;
  case QCRT_I4: // unpacked
  case QCRT_I8:
    return DType::I8;
  case QCRT_U8:
    return DType::U8;
  case QCRT_I16:
    return DType::I16;
  case QCRT_I32:
    return DType::I32;
  case QCRT_I64:
    return DType::I64;
  }
  return DType::U8;
}

bool hasEncoding(Operation *op) {
  return isa_and_nonnull<tpu::TpuDialect, top::TopDialect>(op->getDialect()) &&
         !op->hasTrait<OpTrait::ConstantLike>();
}

bool isInstruction(Operation *op) {
  return hasEncoding(op) && (isa<tpu::TpuDialect>(op->getDialect()) ||
                             op->hasAttr(kPlacementAttr));
}

static std::string getKernel(Operation *op) {
  std::string name = op->getName().stripDialect().str();
  bool isFloat = isa<top::TopDialect>(op->getDialect()) &&
                 !op->hasTrait<top::MovesElements>();
  return isFloat ? "float." + name : name;
}

FailureOr<qcrt::ProgramInstruction> encodeOp(Operation *op) {
  if (!hasEncoding(op))
    return op->emitOpError("cannot be run by the runtime, which takes ops of "
                           "tpu and top only");
  // Booleans are bytes there, and a cast to bytes keeps the number.
  if (auto cast = dyn_cast<top::CastOp>(op);
      cast && cast.getOutput().getType().getElementType().isInteger(1))
    return op->emitOpError(
        "to booleans has no kernel; compare with zero instead");
  qcrt::ProgramInstruction instruction;
  instruction.kernel = getKernel(op);
  if (isa<top::TopDialect>(op->getDialect()))
    instruction.placement = "cpu";
  FailureOr<Encoded> attributes = encodeAttributes(op);
  if (failed(attributes))
    return failure();
  instruction.attributes = std::move(*attributes);
  for (StringAttr name : getNames(op->getLoc()))
    instruction.sources.push_back(name.str());
  if (auto placement =
          dyn_cast_or_null<StringAttr>(op->getDiscardableAttr(kPlacementAttr)))
    instruction.placement = placement.str();
  return instruction;
}

} // namespace qc
