// Functions of one activation: by name, which tables have too, slopes, clamps.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function that LiteRT computes on integers is that operator. Others are
// picked from their table, which is the same bytes, or computed in floats where
// 16 bits make the table one that only interpolation can read.
#include "../Floats.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/NamedFunction.h"

#include <cmath>

namespace qc::tfliteexport {

//===----------------------------------------------------------------------===//
// In floats
//===----------------------------------------------------------------------===//

namespace {
/// One function of floats `x`.
struct FunctionWriter : FloatWriter {
  TensorId x;
  SmallVector<double> params;

  FunctionWriter(Exporter &exporter, TensorId x, ArrayRef<double> params)
      : FloatWriter{exporter}, x(x), params(params) {}
  TensorId clamp(TensorId y, double low, double high) {
    return exporter.limit(y, {low, high});
  }
};
using Write = TensorId (*)(FunctionWriter &);
struct Function {
  size_t params;
  Write write;
};
} // namespace

static TensorId leakyRelu(FunctionWriter &f) {
  tflite::LeakyReluOptionsT table;
  table.alpha = static_cast<float>(f.params[0]);
  return f.unary(BuiltinOperator::LEAKY_RELU, f.x,
                 makeOptions(std::move(table)));
}

/// ELU has a slope of one.
static TensorId elu(FunctionWriter &f) {
  if (f.params[0] == 1)
    return f.unary(BuiltinOperator::ELU, f.x);
  TensorId below = f.exporter.limit(f.x, {std::nullopt, 0.0});
  TensorId above = f.exporter.limit(f.x, {0.0, std::nullopt});
  TensorId grown = f.binary(
      BuiltinOperator::SUB,
      f.unary(BuiltinOperator::EXP, below, makeOptions(tflite::ExpOptionsT())),
      f.number("one", 1));
  return f.binary(
      BuiltinOperator::ADD, above,
      f.binary(BuiltinOperator::MUL, grown, f.number("alpha", f.params[0])));
}

static TensorId hardSigmoid(FunctionWriter &f) {
  TensorId line = f.binary(
      BuiltinOperator::ADD,
      f.binary(BuiltinOperator::MUL, f.x, f.number("alpha", f.params[0])),
      f.number("beta", f.params[1]));
  return f.clamp(line, 0, 1);
}

static TensorId gelu(FunctionWriter &f, bool approximate) {
  tflite::GeluOptionsT table;
  table.approximate = approximate;
  return f.unary(BuiltinOperator::GELU, f.x, makeOptions(std::move(table)));
}

static TensorId silu(FunctionWriter &f) {
  return f.binary(BuiltinOperator::MUL, f.x,
                  f.unary(BuiltinOperator::LOGISTIC, f.x));
}

/// log(1 + e^x) without an e^x that overflows.
static TensorId softplus(FunctionWriter &f) {
  TensorId above = f.exporter.limit(f.x, {0.0, std::nullopt});
  TensorId size =
      f.unary(BuiltinOperator::ABS, f.x, makeOptions(tflite::AbsOptionsT()));
  TensorId power = f.unary(
      BuiltinOperator::EXP,
      f.unary(BuiltinOperator::NEG, size, makeOptions(tflite::NegOptionsT())),
      makeOptions(tflite::ExpOptionsT()));
  TensorId rest =
      f.unary(BuiltinOperator::LOG,
              f.binary(BuiltinOperator::ADD, power, f.number("one", 1)));
  return f.binary(BuiltinOperator::ADD, above, rest);
}

static TensorId mish(FunctionWriter &f) {
  return f.binary(BuiltinOperator::MUL, f.x,
                  f.unary(BuiltinOperator::TANH, softplus(f)));
}

template <BuiltinOperator code> static TensorId plain(FunctionWriter &f) {
  return f.unary(code, f.x);
}
template <BuiltinOperator code, typename Table>
static TensorId plainWith(FunctionWriter &f) {
  return f.unary(code, f.x, makeOptions(Table()));
}

/// A binary op with a constant: params are the constant, whether it is the left
/// operand, and the bounds of a fused activation.
template <BuiltinOperator code> static TensorId binary(FunctionWriter &f) {
  TensorId c = f.number("constant", f.params[0]);
  return f.params[1] != 0 ? f.binary(code, c, f.x) : f.binary(code, f.x, c);
}

static const std::map<StringRef, Function> &getFunctions() {
  using Op = BuiltinOperator;
  static const std::map<StringRef, Function> functions = {
      {"sigmoid", {0, plain<Op::LOGISTIC>}},
      {"tanh", {0, plain<Op::TANH>}},
      {"exp", {0, plainWith<Op::EXP, tflite::ExpOptionsT>}},
      {"abs", {0, plainWith<Op::ABS, tflite::AbsOptionsT>}},
      {"neg", {0, plainWith<Op::NEG, tflite::NegOptionsT>}},
      {"reciprocal",
       {0,
        [](FunctionWriter &f) {
          return f.binary(Op::DIV, f.number("one", 1), f.x);
        }}},
      {"floor", {0, plain<Op::FLOOR>}},
      {"ceil", {0, plain<Op::CEIL>}},
      {"round", {0, plain<Op::ROUND>}},
      {"sign", {0, plainWith<Op::SIGN, tflite::SignOptionsT>}},
      {"sin", {0, plain<Op::SIN>}},
      {"cos", {0, plainWith<Op::COS, tflite::CosOptionsT>}},
      {"softplus", {0, softplus}},
      {"mish", {0, mish}},
      {"log", {0, plain<Op::LOG>}},
      {"sqrt", {0, plain<Op::SQRT>}},
      {"leaky_relu", {1, leakyRelu}},
      {"elu", {1, elu}},
      {"hard_sigmoid", {2, hardSigmoid}},
      {"hard_swish", {0, plainWith<Op::HARD_SWISH, tflite::HardSwishOptionsT>}},
      {"silu", {0, silu}},
      {"gelu", {0, [](FunctionWriter &f) { return gelu(f, false); }}},
      {"gelu_tanh", {0, [](FunctionWriter &f) { return gelu(f, true); }}},
      {"add", {4, binary<Op::ADD>}},
      {"sub", {4, binary<Op::SUB>}},
      {"mul", {4, binary<Op::MUL>}},
      {"div", {4, binary<Op::DIV>}},
      {"min", {4, binary<Op::MINIMUM>}},
      {"max", {4, binary<Op::MAXIMUM>}},
      {"pow", {4, binary<Op::POW>}}};
  return functions;
}

//===----------------------------------------------------------------------===//
// On integers
//===----------------------------------------------------------------------===//

namespace {
/// A function of integers: the operand, what the result is to be, and where
/// bounds are still to be put on it.
struct IntegerFunction {
  Exporter &exporter;
  TensorId x;
  Form result;
  SmallVector<double> params;
  Bounds bounds;

  bool isWide() const {
    return exporter.getForm(x).isWide() || result.isWide();
  }
  TensorId unary(BuiltinOperator code, Form form, Options options = {}) {
    return exporter.emit(code, {x}, std::move(form), std::move(options));
  }
};
} // namespace

/// A number as an operand: the largest integer, in steps that make it that.
static TensorId addNumber(IntegerFunction &f, StringRef suffix, double value) {
  const Form &form = f.exporter.getForm(f.x);
  int64_t most = form.getMax();
  auto scale = static_cast<float>(std::abs(value) / double(most));
  int64_t stored = value < 0 ? -most : most;
  if (value == 0) {
    scale = 1;
    stored = 0;
  }
  Tensor tensor =
      form.isWide()
          ? Tensor::fromVector<int16_t>({static_cast<int16_t>(stored)}, {1})
          : Tensor::fromVector<int8_t>({static_cast<int8_t>(stored)}, {1});
  return f.exporter.constant(suffix, tensor, {{scale}, {0}, 0});
}

/// ADD, SUB and MUL with a number.
static TensorId emitWithNumber(IntegerFunction &f, BuiltinOperator code,
                               double number, bool isLeft) {
  TensorId c = addNumber(f, "constant", number);
  Activation activation = f.exporter.fuse(f.bounds, f.result);
  f.bounds = activation.rest;
  Options options;
  if (code == BuiltinOperator::ADD) {
    tflite::AddOptionsT table;
    table.fused_activation_function = activation.fused;
    table.pot_scale_int16 = false;
    options = makeOptions(std::move(table));
  } else if (code == BuiltinOperator::SUB) {
    tflite::SubOptionsT table;
    table.fused_activation_function = activation.fused;
    table.pot_scale_int16 = false;
    options = makeOptions(std::move(table));
  } else {
    tflite::MulOptionsT table;
    table.fused_activation_function = activation.fused;
    options = makeOptions(std::move(table));
  }
  SmallVector<TensorId> operands{f.x, c};
  if (isLeft)
    std::swap(operands[0], operands[1]);
  return f.exporter.emit(code, operands, f.result, std::move(options));
}

/// Parameters of LOGISTIC and TANH are part of their definition.
static TensorId emitSigmoid(IntegerFunction &f, const Form &wanted) {
  return f.exporter.emitFixed(BuiltinOperator::LOGISTIC, f.x, wanted,
                              1.0f / 256, -128);
}
static TensorId emitTanh(IntegerFunction &f) {
  return f.exporter.emitFixed(BuiltinOperator::TANH, f.x, f.result, 1.0f / 128,
                              0);
}

/// The operator of LiteRT that computes `name` on integers of such types;
/// kNone where there is none.
static TensorId emitNative(IntegerFunction &f, StringRef name) {
  using Op = BuiltinOperator;
  if (f.exporter.getForm(f.x).isWide() != f.result.isWide())
    return kNone;
  if (name == "sigmoid")
    return emitSigmoid(f, f.result);
  if (name == "tanh")
    return emitTanh(f);
  if (name == "silu") {
    // Factors as fine as 8 bits have them.
    Form factor = f.exporter.getForm(f.x).withParameters(1.0f / 256, 0);
    TensorId sigmoid = emitSigmoid(f, factor);
    return f.exporter.emit(Op::MUL, {f.x, sigmoid}, f.result,
                           makeOptions(tflite::MulOptionsT()));
  }
  if (name == "leaky_relu") {
    tflite::LeakyReluOptionsT table;
    table.alpha = static_cast<float>(f.params[0]);
    return f.unary(Op::LEAKY_RELU, f.result, makeOptions(std::move(table)));
  }
  if (name == "add" || name == "sub" || name == "mul")
    return emitWithNumber(f,
                          name == "add"   ? Op::ADD
                          : name == "sub" ? Op::SUB
                                          : Op::MUL,
                          f.params[0], f.params[1] != 0);
  if (name == "div" && f.params[1] == 0 && f.params[0] != 0)
    return emitWithNumber(f, Op::MUL, 1 / f.params[0], false);
  if (name == "neg")
    return emitWithNumber(f, Op::MUL, -1, false);
  if (f.isWide())
    return kNone;
  if (name == "hard_swish")
    return f.unary(Op::HARD_SWISH, f.result,
                   makeOptions(tflite::HardSwishOptionsT()));
  if (name == "gelu" || name == "gelu_tanh") {
    tflite::GeluOptionsT table;
    table.approximate = name == "gelu_tanh";
    return f.unary(Op::GELU, f.result, makeOptions(std::move(table)));
  }
  if (name == "exp")
    return f.unary(Op::EXP, f.result, makeOptions(tflite::ExpOptionsT()));
  if (name == "abs")
    return f.unary(Op::ABS, f.result, makeOptions(tflite::AbsOptionsT()));
  return kNone;
}

/// Picks results from the table of 256.
static FailureOr<TensorId> emitTable(IntegerFunction &f, tpu::LutOp op) {
  auto table = f.exporter.getConstant(op.getTable());
  if (failed(table))
    return failure();
  TensorId results = f.exporter.constant(
      "table", withSignOf(*table, op.getOutput().getType().getElementType()),
      f.result.parameters);
  const Shape shape = f.exporter.getForm(f.x).shape;
  tflite::CastOptionsT cast;
  cast.in_data_type = TensorType::INT8;
  cast.out_data_type = TensorType::INT32;
  TensorId stored =
      f.unary(BuiltinOperator::CAST, {TensorType::INT32, shape, {}},
              makeOptions(std::move(cast)));
  TensorId first = f.exporter.ints("first", {128});
  TensorId index = f.exporter.emit(BuiltinOperator::ADD, {stored, first},
                                   {TensorType::INT32, shape, {}},
                                   makeOptions(tflite::AddOptionsT()));
  return f.exporter.emit(BuiltinOperator::GATHER, {results, index}, f.result,
                         makeOptions(tflite::GatherOptionsT()));
}

/// A bound of a fused activation as stored.
static std::optional<double> getBound(double bound, const Form &form) {
  if (std::isinf(bound))
    return std::nullopt;
  double stored = std::nearbyint(bound / form.getScale()) +
                  static_cast<double>(form.getZeroPoint());
  return std::clamp(stored, double(form.getMin()), double(form.getMax()));
}

static LogicalResult writeLut(tpu::LutOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  IntegerFunction f{exporter,
                    exporter.get(op.getInput(), order),
                    exporter.form(op.getOutput(), order),
                    llvm::to_vector(op.getParams()),
                    {}};
  if (f.params.size() == 4)
    f.bounds = {getBound(f.params[2], f.result),
                getBound(f.params[3], f.result)};
  TensorId made = emitNative(f, op.getFunction());
  if (made == kNone && !exporter.getForm(f.x).isWide()) {
    auto picked = emitTable(f, op);
    if (failed(picked))
      return failure();
    made = *picked;
    f.bounds = {};
  } else if (made == kNone) {
    FunctionWriter writer(exporter, exporter.dequantize(f.x), f.params);
    made = getFunctions().at(op.getFunction()).write(writer);
  }
  exporter.finish(op.getOutput(), made, order, f.bounds);
  return success();
}

static std::string refuseLut(tpu::LutOp op) {
  auto wide = [](Value value) {
    return cast<quant::QuantizedType>(
               cast<RankedTensorType>(value.getType()).getElementType())
               .getStorageTypeIntegralWidth() == 16;
  };
  if (!wide(op.getInput()))
    return "";
  auto found = getFunctions().find(op.getFunction());
  if (found == getFunctions().end())
    return "LiteRT has no function '" + op.getFunction().str() +
           "' and no table of 16 bits";
  return found->second.params == op.getParams().size()
             ? ""
             : "has " + std::to_string(op.getParams().size()) +
                   " parameters, expected " +
                   std::to_string(found->second.params);
}

//===----------------------------------------------------------------------===//
// Float ops
//===----------------------------------------------------------------------===//

/// A float op that computes a function of its name.
template <typename OpTy>
static LogicalResult writeFunction(OpTy op, Exporter &exporter) {
  auto [name, params] = top::getNamedFunction(op);
  Order order = exporter.getOrder(op.getInput());
  FunctionWriter writer(exporter, exporter.get(op.getInput(), order), params);
  exporter.finish(op.getOutput(), getFunctions().at(name).write(writer), order);
  return success();
}

static LogicalResult writeClip(tpu::ClipOp op, Exporter &exporter) {
  Order order = exporter.getOrder(op.getInput());
  TensorId input = exporter.get(op.getInput(), order);
  Activation activation = exporter.fuse(getBounds(op), exporter.getForm(input));
  Bounds rest = activation.rest;
  using Fused = ActivationFunctionType;
  if (activation.fused == Fused::RELU || activation.fused == Fused::RELU6)
    input =
        exporter.emit(activation.fused == Fused::RELU ? BuiltinOperator::RELU
                                                      : BuiltinOperator::RELU6,
                      {input}, exporter.getForm(input));
  else if (activation.fused != Fused::NONE)
    rest = getBounds(op);
  exporter.finish(op.getOutput(), input, order, rest);
  return success();
}

/// RELU, RELU6, or what bounds take.
static void emitBounds(Value operand, Value result, const Bounds &bounds,
                       Exporter &exporter) {
  Order order = exporter.getOrder(operand);
  TensorId input = exporter.get(operand, order);
  Form form = exporter.getForm(input);
  if (bounds.low == 0.0 && (!bounds.high || bounds.high == 6.0)) {
    input = exporter.emit(bounds.high ? BuiltinOperator::RELU6
                                      : BuiltinOperator::RELU,
                          {input}, std::move(form));
    return exporter.finish(result, input, order);
  }
  exporter.finish(result, input, order, bounds);
}

static LogicalResult writeClip(top::ClipOp op, Exporter &exporter) {
  emitBounds(op.getInput(), op.getOutput(),
             {toFloat(op.getMin()), toFloat(op.getMax())}, exporter);
  return success();
}

static LogicalResult writeRelu(top::ReluOp op, Exporter &exporter) {
  emitBounds(op.getInput(), op.getOutput(), {0.0, std::nullopt}, exporter);
  return success();
}

//===----------------------------------------------------------------------===//
// Slopes
//===----------------------------------------------------------------------===//

/// Slopes follow the last dimension of the value. PRELU has one scale for them
/// and bytes only.
static LogicalResult writePrelu(tpu::PreluOp op, Exporter &exporter) {
  int64_t rank = getRank(op.getInput());
  Order order = getPlainOrder(rank);
  auto slope = exporter.getConstant(op.getSlope());
  if (failed(slope))
    return failure();
  Type element = op.getSlope().getType().getElementType();
  Tensor stored = withSignOf(*slope, element);
  Shape shape(rank - 1, 1);
  if (rank > 1)
    shape.back() = stored.numElements();
  // A slope an element of the last dimension; no dimension for the batch.
  TensorId x = exporter.get(op.getInput(), order);
  Form form = exporter.form(op.getOutput(), order);
  auto scales =
      tpu::getChannelScales(op.getSlope().getType(), stored.numElements());
  bool isInteger = !exporter.getForm(x).isWide() && !form.isWide() &&
                   stored.dtype() == DType::I8 && llvm::all_equal(scales);
  TensorId slopes;
  if (isInteger) {
    slopes = exporter.constant("slopes", stored.reshaped(shape),
                               {{static_cast<float>(scales[0])}, {0}, 0});
  } else {
    std::vector<float> numbers;
    for (int64_t i = 0; i < stored.numElements(); ++i) {
      int64_t q = stored.dtype() == DType::I16 ? stored.data<int16_t>()[i]
                                               : stored.data<int8_t>()[i];
      numbers.push_back(static_cast<float>(double(q) * scales[i]));
    }
    slopes = exporter.floats("slopes", numbers, shape);
    x = exporter.dequantize(x);
    form = exporter.getForm(x);
  }
  TensorId made =
      exporter.emit(BuiltinOperator::PRELU, {x, slopes}, std::move(form));
  exporter.finish(op.getOutput(), made, order, getBounds(op));
  return success();
}

/// Slopes broadcast.
static LogicalResult writePrelu(top::PReluOp op, Exporter &exporter) {
  int64_t rank = getRank(op.getOutput());
  Order order = exporter.getOrder(op.getInput());
  auto slope = exporter.getConstant(op.getSlope());
  if (failed(slope))
    return failure();
  // As many dimensions as the operand has, then in its order, then without that
  // of the batch.
  Shape shape = slope->shape();
  shape.insert(shape.begin(), rank - shape.size(), 1);
  Tensor slopes = permute(slope->reshaped(shape), order);
  shape = slopes.shape();
  if (rank > 1 && shape.front() == 1)
    shape.erase(shape.begin());
  TensorId x = exporter.get(op.getInput(), order);
  TensorId made =
      exporter.emit(BuiltinOperator::PRELU,
                    {x, exporter.constant("slopes", slopes.reshaped(shape))},
                    exporter.getForm(x));
  exporter.finish(op.getOutput(), made, order);
  return success();
}

template <typename... Ops>
static void addFunctions(ExporterRegistry &registry) {
  (registry.add<Ops>(writeFunction<Ops>), ...);
}

static std::string refuseErf(top::ErfOp) {
  return "LiteRT has no error function";
}

void populateFunctionExporters(ExporterRegistry &registry) {
  registry.add<tpu::LutOp>(writeLut, refuseLut);
  registry.add<tpu::PreluOp>(writePrelu);
  registry.add<tpu::ClipOp>(writeClip);
  addFunctions<top::SigmoidOp, top::TanhOp, top::HardSwishOp, top::SiluOp,
               top::ExpOp, top::LogOp, top::SqrtOp, top::AbsOp, top::NegOp,
               top::ReciprocalOp, top::FloorOp, top::CeilOp, top::RoundOp,
               top::SignOp, top::SinOp, top::CosOp, top::SoftplusOp,
               top::MishOp, top::LeakyReluOp, top::EluOp, top::HardSigmoidOp,
               top::GeluOp>(registry);
  registry.add<top::ErfOp>(writeFunction<top::ErfOp>, refuseErf);
  registry.add<top::PReluOp>(writePrelu);
  registry.add<top::ClipOp>(writeClip);
  registry.add<top::ReluOp>(writeRelu);
}

} // namespace qc::tfliteexport
