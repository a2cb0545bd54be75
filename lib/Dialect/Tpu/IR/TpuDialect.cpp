// The tpu dialect: registration, its attribute and the predicates on its types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Tpu/IR/Picture.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "qc/Dialect/Tpu/IR/TpuDialect.cpp.inc"
#include "qc/Dialect/Tpu/IR/TpuEnums.cpp.inc"

//===----------------------------------------------------------------------===//
// `, multipliers = [...], shifts = [...], scales = array<f32: ...>`, those of
// them that there are
//===----------------------------------------------------------------------===//

static ParseResult parseIntegers(AsmParser &parser,
                                 SmallVector<int32_t> &values) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parser.parseInteger(values.emplace_back());
  });
}

static ParseResult parseRatios(AsmParser &parser,
                               SmallVector<int32_t> &multipliers,
                               SmallVector<int32_t> &shifts,
                               DenseF32ArrayAttr &scales) {
  while (succeeded(parser.parseOptionalComma())) {
    StringRef keyword;
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseKeyword(&keyword) || parser.parseEqual())
      return failure();
    ParseResult parsed = success();
    if (keyword == "multipliers")
      parsed = parseIntegers(parser, multipliers);
    else if (keyword == "shifts")
      parsed = parseIntegers(parser, shifts);
    else if (keyword == "scales")
      parsed = parser.parseAttribute(scales);
    else
      return parser.emitError(loc, "expected multipliers, shifts or scales");
    if (parsed)
      return failure();
  }
  return success();
}

static void printRatios(AsmPrinter &printer, ArrayRef<int32_t> multipliers,
                        ArrayRef<int32_t> shifts, DenseF32ArrayAttr scales) {
  auto print = [&](StringRef name, ArrayRef<int32_t> values) {
    if (values.empty())
      return;
    printer << ", " << name << " = [";
    llvm::interleaveComma(values, printer);
    printer << "]";
  };
  print("multipliers", multipliers);
  print("shifts", shifts);
  if (scales)
    printer << ", scales = " << scales;
}

#define GET_ATTRDEF_CLASSES
#include "qc/Dialect/Tpu/IR/TpuAttributes.cpp.inc"

#define GET_OP_CLASSES
#include "qc/Dialect/Tpu/IR/TpuOps.cpp.inc"

namespace qc::tpu {

void TpuDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "qc/Dialect/Tpu/IR/TpuAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "qc/Dialect/Tpu/IR/TpuOps.cpp.inc"
      >();
}

LogicalResult RequantAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  RequantKind kind, Rounding rounding,
                                  ArrayRef<int32_t> multipliers,
                                  ArrayRef<int32_t> shifts,
                                  DenseF32ArrayAttr scales) {
  if (kind == RequantKind::Float) {
    if (!scales || scales.empty() || !multipliers.empty() || !shifts.empty())
      return emitError() << "kind f32 takes scales and nothing else";
    return success();
  }
  if (scales)
    return emitError() << "only kind f32 takes scales";
  if (shifts.empty())
    return emitError() << "expects at least one shift";
  if (kind == RequantKind::Pow2)
    return success();
  // The sum of two scaled values has two multipliers over one shift.
  if (multipliers.size() != shifts.size() &&
      !(shifts.size() == 1 && multipliers.size() == 2))
    return emitError() << "expects as many multipliers as shifts, found "
                       << multipliers.size() << " and " << shifts.size();
  return success();
}

static bool hasStorage(quant::QuantizedType type, ArrayRef<unsigned> widths) {
  return isa<IntegerType>(type.getStorageType()) &&
         llvm::is_contained(widths, type.getStorageTypeIntegralWidth());
}

bool isActivationElement(Type type) {
  auto quantized = dyn_cast<quant::UniformQuantizedType>(type);
  return quantized && hasStorage(quantized, {8, 16}) &&
         (quantized.isSigned() || hasStorage(quantized, {8}));
}

/// Weights have one zero point for all channels, and none in 4 and 16 bits.
bool isWeightElement(Type type) {
  auto quantized = dyn_cast<quant::QuantizedType>(type);
  if (!quantized || !hasStorage(quantized, {4, 8, 16}))
    return false;
  SmallVector<int64_t> zeroPoints;
  if (auto whole = dyn_cast<quant::UniformQuantizedType>(type))
    zeroPoints = {whole.getZeroPoint()};
  else if (auto channels = dyn_cast<quant::UniformQuantizedPerAxisType>(type))
    zeroPoints = llvm::to_vector(channels.getZeroPoints());
  else
    return false;
  return llvm::all_equal(zeroPoints) &&
         (hasStorage(quantized, {8}) ||
          (quantized.isSigned() && zeroPoints.front() == 0));
}

quant::UniformQuantizedType getActivationElement(Type tensorType) {
  return cast<quant::UniformQuantizedType>(
      cast<ShapedType>(tensorType).getElementType());
}

SmallVector<double> getChannelScales(Type tensorType, int64_t channels) {
  Type element = cast<ShapedType>(tensorType).getElementType();
  if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(element))
    return llvm::to_vector(perAxis.getScales());
  return SmallVector<double>(
      channels, cast<quant::UniformQuantizedType>(element).getScale());
}

bool shareParameters(Operation &op) {
  Type common;
  auto agrees = [&](Type type) {
    Type element = cast<ShapedType>(type).getElementType();
    if (!isa<quant::QuantizedType>(element))
      return true;
    if (!common)
      common = element;
    return common == element;
  };
  return llvm::all_of(op.getOperandTypes(), agrees) &&
         llvm::all_of(op.getResultTypes(), agrees);
}

} // namespace qc::tpu
