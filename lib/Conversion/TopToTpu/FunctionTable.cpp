// Functions of one value as tables.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FunctionTable.h"

#include <cmath>
#include <limits>

namespace qc {

/// Fractional bits of the entries of an interpolated table: their rounding
/// moves one result in four thousand.
static constexpr int kFracBits = 12;
/// Inputs of 65536 whose result may be a unit beside the rounded function: less
/// than float32 and its functions are beside it.
static constexpr int64_t kInputsOff = 65;

namespace {
/// `function` between quantized types. A wide one is asked for 65536 values, of
/// each of thousands of ops: what types say is read once.
struct QuantizedFunction {
  QuantizedFunction(llvm::function_ref<double(double)> function,
                    quant::UniformQuantizedType input,
                    quant::UniformQuantizedType output)
      : function(function), input(input), output(output),
        inputZero(input.getZeroPoint()), zero(output.getZeroPoint()),
        low(output.getStorageTypeMin()), high(output.getStorageTypeMax()),
        inputScale(static_cast<float>(input.getScale())),
        scale(static_cast<float>(output.getScale())) {}

  /// The real result at stored input `q`, which stands for a float32.
  double at(int64_t q) const {
    return function(static_cast<float>(q - inputZero) * inputScale);
  }
  /// Rounded as between DequantizeLinear and QuantizeLinear, in float32: what
  /// is a half there is one here.
  int64_t stored(int64_t q) const {
    float units = static_cast<float>(at(q)) / scale;
    if (std::isnan(units))
      return zero;
    // Far beyond any storage type; below, an addition that leaves no room for
    // a fraction rounds half to even.
    constexpr double kFar = 0x1p40, kNoFraction = 0x1.8p52;
    double rounded =
        (std::clamp<double>(units, -kFar, kFar) + kNoFraction) - kNoFraction;
    return std::clamp(static_cast<int64_t>(rounded) + zero, low, high);
  }

  llvm::function_ref<double(double)> function;
  quant::UniformQuantizedType input, output;
  int64_t inputZero, zero, low, high;
  float inputScale, scale;
};
} // namespace

/// 2^k + 1 results in units of 2^-kFracBits, at every 2^(16-k)-th input. At
/// every input they need no fraction: they are the rounded results.
static SmallVector<int64_t> sampleTable(const QuantizedFunction &f, int k) {
  SmallVector<int64_t> table;
  int64_t step = int64_t(1) << (16 - k);
  for (int64_t i = 0; i <= int64_t(1) << k; ++i) {
    int64_t q = -32768 + i * step;
    double units =
        step == 1 ? f.stored(q)
                  : f.at(q) / f.output.getScale() + f.output.getZeroPoint();
    if (std::isnan(units))
      units = f.output.getZeroPoint();
    table.push_back(static_cast<int64_t>(std::nearbyint(
        std::clamp(units * (1 << kFracBits), -2147483648.0, 2147483647.0))));
  }
  return table;
}

/// What the kernel makes of stored input `q`.
static int64_t interpolate(ArrayRef<int64_t> table, int k, int64_t q,
                           const QuantizedFunction &f) {
  int shift = 16 - k;
  int64_t index = (q + 32768) >> shift;
  int64_t fraction = (q + 32768) & ((int64_t(1) << shift) - 1);
  int64_t value = (table[index] << shift) +
                  (fraction ? (table[index + 1] - table[index]) * fraction : 0);
  int bits = kFracBits + shift;
  return std::clamp((value + (int64_t(1) << (bits - 1))) >> bits, f.low,
                    f.high);
}

/// The smallest table that is nowhere more than one unit off, and seldom.
static SmallVector<int64_t> fitTable(const QuantizedFunction &f) {
  SmallVector<int64_t> exact(65536);
  for (int64_t q = -32768; q < 32768; ++q)
    exact[q + 32768] = f.stored(q);
  for (int k = 8; k < 16; ++k) {
    SmallVector<int64_t> table = sampleTable(f, k);
    int64_t largest = 0, off = 0;
    for (int64_t q = -32768; q < 32768 && largest <= 1 && off <= kInputsOff;
         ++q) {
      int64_t difference =
          std::abs(interpolate(table, k, q, f) - exact[q + 32768]);
      largest = std::max(largest, difference);
      off += difference != 0;
    }
    if (largest <= 1 && off <= kInputsOff)
      return table;
  }
  return sampleTable(f, 16);
}

LogicalResult lowerToTable(Operation *op, Lowering &lowering, Value input,
                           StringRef name, ArrayRef<double> params,
                           llvm::function_ref<double(double)> function) {
  auto lowered = lowering.getActivation(input);
  if (failed(lowered))
    return failure();
  OpBuilder &builder = lowering.builder;
  QuantizedFunction f{function, tpu::getActivationElement((*lowered).getType()),
                      lowering.getType(op->getResult(0))};
  bool wide = f.input.getStorageTypeIntegralWidth() == 16;
  SmallVector<int64_t> entries;
  Type entryType = builder.getI32Type();
  if (wide) {
    entries = fitTable(f);
  } else {
    for (int64_t q = f.input.getStorageTypeMin();
         q <= f.input.getStorageTypeMax(); ++q)
      entries.push_back(f.stored(q));
    entryType = IntegerType::get(
        builder.getContext(), f.output.getStorageTypeIntegralWidth(),
        f.output.isSigned() ? IntegerType::Signless : IntegerType::Unsigned);
  }
  Value table = lowering.constant(
      deriveName(op->getLoc(), "_table"),
      RankedTensorType::get({int64_t(entries.size())}, entryType), entries);
  auto shape = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  lowering.map(op->getResult(0),
               tpu::LutOp::create(builder, op->getLoc(),
                                  RankedTensorType::get(shape, f.output),
                                  *lowered, table, name, params,
                                  wide ? kFracBits : 0));
  return success();
}

//===----------------------------------------------------------------------===//
// Binary ops with a scalar
//===----------------------------------------------------------------------===//

static double applyBinary(StringRef name, double a, double b) {
  using Fn = double (*)(double, double);
  static const llvm::StringMap<Fn> functions = {
      {"add", [](double x, double y) { return x + y; }},
      {"sub", [](double x, double y) { return x - y; }},
      {"mul", [](double x, double y) { return x * y; }},
      {"div", [](double x, double y) { return x / y; }},
      {"min", [](double x, double y) { return std::min(x, y); }},
      {"max", [](double x, double y) { return std::max(x, y); }},
      {"pow", [](double x, double y) { return std::pow(x, y); }}};
  auto found = functions.find(name);
  return found == functions.end() ? std::numeric_limits<double>::quiet_NaN()
                                  : found->second(a, b);
}

std::optional<ScalarOperand> findScalarOperand(Operation *op) {
  auto scalar = [](Value value) -> std::optional<double> {
    if (cast<RankedTensorType>(value.getType()).getNumElements() != 1)
      return std::nullopt;
    auto elements = getFloatElements(value);
    return elements ? std::optional<double>(elements->front()) : std::nullopt;
  };
  auto right = scalar(op->getOperand(1));
  auto left = right ? std::nullopt : scalar(op->getOperand(0));
  if (!left && !right)
    return std::nullopt;
  Value input = op->getOperand(left ? 1 : 0);
  if (cast<RankedTensorType>(input.getType()).getShape() !=
      cast<RankedTensorType>(op->getResult(0).getType()).getShape())
    return std::nullopt;
  return ScalarOperand{left ? *left : *right, left.has_value()};
}

std::optional<LogicalResult> lowerScalarOperand(Operation *op,
                                                Lowering &lowering) {
  auto scalar = findScalarOperand(op);
  if (!scalar)
    return std::nullopt;
  auto bound = [&](StringRef attribute, double none) {
    auto value = op->getAttrOfType<FloatAttr>(attribute);
    return value ? value.getValueAsDouble() : none;
  };
  double low = bound("act_min", -std::numeric_limits<double>::infinity());
  double high = bound("act_max", std::numeric_limits<double>::infinity());
  StringRef name = op->getName().stripDialect();
  auto [constant, left] = *scalar;
  Value input = op->getOperand(left ? 1 : 0);
  return lowerToTable(op, lowering, input, name,
                      {constant, left ? 1.0 : 0.0, low, high},
                      [&, constant = constant, left = left](double x) {
                        double y = left ? applyBinary(name, constant, x)
                                        : applyBinary(name, x, constant);
                        return std::min(std::max(y, low), high);
                      });
}

} // namespace qc
