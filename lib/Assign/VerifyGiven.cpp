// Storage types that come with a network, against what a target computes in.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/Assign.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>

namespace qc {

namespace {
/// Collects what a target refuses.
class Verifier {
public:
  Verifier(func::FuncOp function, const QuantSpec &spec,
           const Precision &precision, const ActivationWidths &widths)
      : function(function), spec(spec), precision(precision), widths(widths) {}

  LogicalResult run(StringRef target);

private:
  void adapt(Value value);
  std::string findRule(Value value) const;
  std::string findWeightRule(Operation *reader, RankedTensorType type) const;
  void refuse(Value value, const std::string &rule);

  func::FuncOp function;
  const QuantSpec &spec;
  const Precision &precision;
  const ActivationWidths &widths;
  std::vector<std::string> refused;
};
} // namespace

static bool isPowerOfTwo(double scale) {
  int exponent;
  return std::frexp(scale, &exponent) == 0.5;
}

/// The same numbers in integers of the other signedness: all move by half of
/// the range.
static quant::UniformQuantizedType flipSign(quant::UniformQuantizedType type) {
  int64_t half = int64_t(1) << (type.getStorageTypeIntegralWidth() - 1);
  int64_t shift = type.isSigned() ? half : -half;
  return quant::UniformQuantizedType::get(
      type.isSigned() ? 0 : quant::QuantizationFlags::Signed,
      type.getStorageType(), type.getExpressedType(), type.getScale(),
      type.getZeroPoint() + shift, type.getStorageTypeMin() + shift,
      type.getStorageTypeMax() + shift);
}

/// Integers of the signedness that kernels and the target have, where all that
/// changes is what a number is called.
void Verifier::adapt(Value value) {
  auto type = getStorageType(value);
  if (!type)
    return;
  unsigned bits = type.getStorageTypeIntegralWidth();
  const ActivationScheme &scheme = widths.getScheme(value, bits);
  bool isOther = type.isSigned() != scheme.isSigned;
  if ((bits != 8 && bits != 16) || !isOther ||
      (bits == 8 && spec.takesAnyTypes))
    return;
  value.setType(cast<RankedTensorType>(value.getType()).clone(flipSign(type)));
}

/// What `value`'s type breaks; empty when it may have it.
std::string Verifier::findRule(Value value) const {
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  if (isa<quant::UniformQuantizedPerAxisType,
          quant::UniformQuantizedSubChannelType>(element))
    return "a tensor that is computed has one scale";
  auto type = getStorageType(value);
  if (!type)
    return "";
  unsigned bits = type.getStorageTypeIntegralWidth();
  if (bits != 8 && bits != 16)
    return "tensors that are computed have 8 or 16 bits";
  if (bits == 16 && !spec.findWideScheme())
    return "activations have 8 bits";
  const ActivationScheme &scheme = widths.getScheme(value, bits);
  if (spec.takesAnyTypes)
    return "";
  if (scheme.symmetric && type.getZeroPoint() != 0)
    return "activations of " + std::to_string(bits) +
           " bits are symmetric (zero point 0)" +
           (bits == 8 && !widths.narrowScheme.symmetric
                ? " where this one stands"
                : "");
  if (scheme.powerOfTwo && !isPowerOfTwo(type.getScale()))
    return "scales of activations are powers of two";
  return "";
}

std::string Verifier::findWeightRule(Operation *reader,
                                     RankedTensorType type) const {
  auto parameters = top::BlockParameters::get(type);
  if (!parameters)
    return "";
  unsigned bits = cast<quant::QuantizedType>(type.getElementType())
                      .getStorageTypeIntegralWidth();
  if (bits < 8 &&
      llvm::none_of(
          spec.precisions,
          [&](const Precision &known) { return known.weight.bits == bits; }))
    return "no precision of the target has weights of " + std::to_string(bits) +
           " bits";
  if (llvm::any_of(parameters->zeroPoints, [](int64_t z) { return z != 0; }))
    return "weights are symmetric (zero point 0)";
  if (!widths.getWeightScheme(reader, precision.weight).perChannel &&
      !llvm::all_equal(parameters->scales))
    return "weights have one scale a tensor";
  if (precision.weight.powerOfTwo &&
      !llvm::all_of(parameters->scales, isPowerOfTwo))
    return "scales of weights are powers of two";
  return "";
}

void Verifier::refuse(Value value, const std::string &rule) {
  std::string text = "'" + getTensorName(value) + "' is ";
  llvm::raw_string_ostream(text)
      << cast<RankedTensorType>(value.getType()).getElementType();
  // A long list of scales tells nothing here.
  constexpr size_t kMostText = 120;
  if (text.size() > kMostText)
    text = text.substr(0, kMostText) + "...";
  refused.push_back(text + ", but " + rule);
}

LogicalResult Verifier::run(StringRef target) {
  SmallVector<Value> activations(function.getArguments());
  for (Operation &op : function.getBody().front())
    llvm::append_range(activations, op.getResults());
  for (Value value : activations) {
    if (!isa<RankedTensorType>(value.getType()) ||
        isa_and_nonnull<top::QuantizedConstantOp>(value.getDefiningOp()))
      continue;
    adapt(value);
    if (std::string rule = findRule(value); !rule.empty())
      refuse(value, rule);
  }
  if (!spec.takesAnyTypes)
    for (OpOperand *use : collectWeights(function))
      if (use->get().getDefiningOp<top::QuantizedConstantOp>())
        if (std::string rule = findWeightRule(
                use->getOwner(), cast<RankedTensorType>(use->get().getType()));
            !rule.empty())
          refuse(use->get(), rule);
  updateFunctionType(function);
  if (refused.empty())
    return success();
  constexpr size_t kMost = 10;
  ArrayRef<std::string> shown = ArrayRef(refused).take_front(kMost);
  auto diagnostic = function.emitError()
                    << "comes with " << refused.size()
                    << " storage types that target '" << target
                    << "' does not compute in: " << llvm::join(shown, "; ");
  if (refused.size() > kMost)
    diagnostic << "; and " << refused.size() - kMost << " more";
  return diagnostic << ". Let them be chosen again (qc compile --refit, with "
                       "--data)"
                    << (spec.takesAnyTypes
                            ? ""
                            : ", or take another target ('generic' takes any "
                              "of 8 and 16 bits)");
}

LogicalResult verifyGivenTypes(func::FuncOp function, StringRef target,
                               const QuantSpec &spec,
                               const Precision &precision,
                               const ActivationWidths &widths) {
  return Verifier(function, spec, precision, widths).run(target);
}

} // namespace qc
