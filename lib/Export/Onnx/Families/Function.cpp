// Functions of one activation: by name, which tables have too, slopes, clamps.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Exporter.h"
#include "../NotANumber.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/NamedFunction.h"

#include <cmath>

namespace qc::onnxexport {

namespace {
/// One function: emits nodes on float tensor `x`.
struct FunctionWriter {
  Exporter &exporter;
  std::string x;
  SmallVector<double> params;
  /// `x` has numbers below zero, and what is no number must not come out.
  bool negative = false;

  double param(size_t i) { return params[i]; }
  std::string emit(StringRef type, ArrayRef<std::string> inputs,
                   ArrayRef<NodeAttribute> attributes = {}) {
    return exporter.emit(type, inputs, attributes);
  }
  std::string number(StringRef suffix, double value) {
    return exporter.scalar(suffix, static_cast<float>(value));
  }
};

using Write = std::function<std::string(FunctionWriter &)>;
struct Function {
  size_t params;
  Write write;
  /// The node that it is written as, if that is newer than the oldest operator
  /// set, and the one that brought it.
  StringRef node = "";
  int64_t since = 0;
};
} // namespace

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

static Function plain(const char *type) {
  return {0, [type](FunctionWriter &f) { return f.emit(type, {f.x}); }};
}

static Function newer(const char *type, int64_t since) {
  Function function = plain(type);
  function.node = type;
  function.since = since;
  return function;
}

/// One that has no real value at negative numbers.
static Function rooted(const char *type) {
  return {0, [type](FunctionWriter &f) {
            std::string y = f.emit(type, {f.x});
            return f.negative ? replaceNotANumber(f.exporter, y) : y;
          }};
}

static Function withAlpha(const char *type) {
  return {1, [type](FunctionWriter &f) {
            return f.emit(type, {f.x},
                          {{"alpha", static_cast<float>(f.param(0))}});
          }};
}

static std::string hardSigmoid(FunctionWriter &f, double alpha, double beta) {
  return f.emit("HardSigmoid", {f.x},
                {{"alpha", static_cast<float>(alpha)},
                 {"beta", static_cast<float>(beta)}});
}

static std::string hardSwish(FunctionWriter &f) {
  if (f.exporter.opset >= 14)
    return f.emit("HardSwish", {f.x});
  return f.emit("Mul", {f.x, hardSigmoid(f, 1.0 / 6, 0.5)});
}

static std::string mish(FunctionWriter &f) {
  if (f.exporter.opset >= 18)
    return f.emit("Mish", {f.x});
  return f.emit("Mul", {f.x, f.emit("Tanh", {f.emit("Softplus", {f.x})})});
}

/// x * 0.5 * (1 + inner), the form that readers of ONNX recognise.
static std::string gelu(FunctionWriter &f, const std::string &inner) {
  std::string sum = f.emit("Add", {inner, f.number("one", 1)});
  std::string product = f.emit("Mul", {f.x, sum});
  return f.emit("Mul", {product, f.number("half", 0.5)});
}

/// The node that operator set 20 has for both, which is not told apart by what
/// it computes but by a word.
static std::optional<std::string> wholeGelu(FunctionWriter &f,
                                            StringRef approximate) {
  if (f.exporter.opset < 20)
    return std::nullopt;
  return f.emit("Gelu", {f.x}, {{"approximate", approximate}});
}

static std::string exactGelu(FunctionWriter &f) {
  if (auto whole = wholeGelu(f, "none"))
    return *whole;
  std::string scaled = f.emit("Div", {f.x, f.number("sqrt2", M_SQRT2)});
  return gelu(f, f.emit("Erf", {scaled}));
}

static std::string tanhGelu(FunctionWriter &f) {
  if (auto whole = wholeGelu(f, "tanh"))
    return *whole;
  std::string square = f.emit("Mul", {f.x, f.x});
  std::string cube = f.emit("Mul", {square, f.x});
  std::string scaled = f.emit("Mul", {cube, f.number("cubic", 0.044715)});
  std::string sum = f.emit("Add", {f.x, scaled});
  std::string inner =
      f.emit("Mul", {sum, f.number("sqrt2_pi", M_2_SQRTPI * M_SQRT1_2)});
  return gelu(f, f.emit("Tanh", {inner}));
}

/// A binary op with a constant: params are the constant, whether it is the left
/// operand, and the bounds of a fused activation.
static Function binary(const char *type) {
  return {4, [type](FunctionWriter &f) {
            std::string c = f.number("constant", f.param(0));
            bool left = f.param(1) != 0;
            std::string y =
                left ? f.emit(type, {c, f.x}) : f.emit(type, {f.x, c});
            bool integral = f.param(0) == std::floor(f.param(0));
            if (StringRef(type) == "Pow" &&
                (left ? f.param(0) < 0 : !integral && f.negative))
              y = replaceNotANumber(f.exporter, y);
            return y;
          }};
}

static const std::map<StringRef, Function> &getFunctions() {
  static const std::map<StringRef, Function> functions = {
      {"sigmoid", plain("Sigmoid")},
      {"tanh", plain("Tanh")},
      {"erf", plain("Erf")},
      {"exp", plain("Exp")},
      {"abs", plain("Abs")},
      {"neg", plain("Neg")},
      {"reciprocal", plain("Reciprocal")},
      {"floor", plain("Floor")},
      {"ceil", plain("Ceil")},
      {"round", newer("Round", 11)},
      {"sign", plain("Sign")},
      {"sin", plain("Sin")},
      {"cos", plain("Cos")},
      {"softplus", plain("Softplus")},
      {"mish", {0, mish}},
      {"log", rooted("Log")},
      {"sqrt", rooted("Sqrt")},
      {"leaky_relu", withAlpha("LeakyRelu")},
      {"elu", withAlpha("Elu")},
      {"hard_sigmoid",
       {2,
        [](FunctionWriter &f) {
          return hardSigmoid(f, f.param(0), f.param(1));
        }}},
      {"hard_swish", {0, hardSwish}},
      {"silu",
       {0,
        [](FunctionWriter &f) {
          return f.emit("Mul", {f.x, f.emit("Sigmoid", {f.x})});
        }}},
      {"gelu", {0, exactGelu}},
      {"gelu_tanh", {0, tanhGelu}},
      {"add", binary("Add")},
      {"sub", binary("Sub")},
      {"mul", binary("Mul")},
      {"div", binary("Div")},
      {"min", binary("Min")},
      {"max", binary("Max")},
      {"pow", binary("Pow")}};
  return functions;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

/// A bound of a fused activation, unless saturation of the result does it.
static std::optional<float> getBound(double bound, bool low,
                                     quant::UniformQuantizedType type) {
  int64_t end = low ? type.getStorageTypeMin() : type.getStorageTypeMax();
  double represented = (end - type.getZeroPoint()) * type.getScale();
  if (std::isinf(bound) || (low ? bound <= represented : bound >= represented))
    return std::nullopt;
  return static_cast<float>(bound);
}

static LogicalResult writeLut(tpu::LutOp op, Exporter &exporter) {
  auto found = getFunctions().find(op.getFunction());
  if (found == getFunctions().end()) {
    std::string known;
    for (const auto &[name, function] : getFunctions())
      known += (known.empty() ? "" : ", ") + name.str();
    return op.emitOpError("at '")
           << getDisplayName(op) << "' tabulates '" << op.getFunction()
           << "', which ONNX export does not know; it knows " << known
           << "; emit the program alone (--emit qcb), or name one of these";
  }
  const Function &function = found->second;
  if (op.getParams().size() != function.params)
    return op.emitOpError("at '")
           << getDisplayName(op) << "' tabulates '" << op.getFunction()
           << "' with " << op.getParams().size() << " parameters, expected "
           << function.params;
  Order order = exporter.getOrder(op.getInput());
  FunctionWriter writer{exporter, exporter.get(op.getInput(), order),
                        llvm::to_vector(op.getParams()),
                        canBeNegative(op.getInput())};
  std::string raw = function.write(writer);
  auto type = tpu::getActivationElement(op.getOutput().getType());
  if (function.params == 4)
    raw = exporter.limit(raw, getBound(writer.param(2), true, type),
                         getBound(writer.param(3), false, type));
  exporter.finish(op.getOutput(), raw, order);
  return success();
}

/// A float op that computes a function of its name.
template <typename OpTy>
static LogicalResult writeFunction(OpTy op, Exporter &exporter) {
  auto [name, params] = top::getNamedFunction(op);
  const Function &function = getFunctions().at(name);
  if (failed(exporter.require(function.since, function.node)))
    return failure();
  Order order = exporter.getOrder(op.getInput());
  FunctionWriter writer{exporter, exporter.get(op.getInput(), order),
                        llvm::to_vector<4>(params)};
  finish(op, exporter, function.write(writer), order);
  return success();
}

/// Slopes follow the last dimension of the value, wherever that is stored.
static LogicalResult writePrelu(tpu::PreluOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  FailureOr<Tensor> slope = exporter.getConstant(op.getSlope());
  if (failed(slope))
    return failure();
  int64_t rank = order.size(), channels = slope->numElements();
  Shape shape(rank - mapAxis(rank - 1, order), 1);
  shape.front() = channels;
  std::string slopes = exporter.dequantizedAs(
      getTensorName(op.getOutput()) + "_slope", slope->reshaped(shape),
      op.getSlope().getType(), /*axis=*/0);
  finish(op, exporter,
         exporter.emit("PRelu", {exporter.get(op.getInput(), order), slopes}),
         order);
  return success();
}

/// Slopes broadcast.
static LogicalResult writePrelu(top::PReluOp op, Exporter &exporter) {
  finish(op, exporter,
         exporter.emit("PRelu", {exporter.getPlain(op.getInput()),
                                 exporter.getPlain(op.getSlope())}),
         getPlainOrder(getRank(op.getOutput())));
  return success();
}

static LogicalResult writeClip(tpu::ClipOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  finish(op, exporter, exporter.get(op.getInput(), order), order);
  return success();
}

static LogicalResult writeClip(top::ClipOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  finish(op, exporter,
         exporter.limit(exporter.get(op.getInput(), order),
                        toFloat(op.getMin()), toFloat(op.getMax())),
         order);
  return success();
}

static LogicalResult writeRelu(top::ReluOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  finish(op, exporter,
         exporter.limit(exporter.get(op.getInput(), order), 0.0f, std::nullopt),
         order);
  return success();
}

template <typename... Ops>
static void addFunctions(ExporterRegistry &registry) {
  (registry.add<Ops>(writeFunction<Ops>), ...);
}

void populateFunctionExporters(ExporterRegistry &registry) {
  registry.add<tpu::LutOp>(writeLut);
  registry.add<tpu::PreluOp>(writePrelu);
  registry.add<tpu::ClipOp>(writeClip);
  addFunctions<top::SigmoidOp, top::TanhOp, top::HardSwishOp, top::SiluOp,
               top::ErfOp, top::ExpOp, top::LogOp, top::SqrtOp, top::AbsOp,
               top::NegOp, top::ReciprocalOp, top::FloorOp, top::CeilOp,
               top::RoundOp, top::SignOp, top::SinOp, top::CosOp,
               top::SoftplusOp, top::MishOp, top::LeakyReluOp, top::EluOp,
               top::HardSigmoidOp, top::GeluOp>(registry);
  registry.add<top::PReluOp>(writePrelu);
  registry.add<top::ClipOp>(writeClip);
  registry.add<top::ReluOp>(writeRelu);
}

} // namespace qc::onnxexport
