// Operators on single elements, and those that combine two tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../OperatorContext.h"

namespace qc::tfliteimport {

/// An op of ONNX under another name.
template <const char *const &Name> static void rename(OperatorContext &op) {
  std::vector<std::string> operands;
  operands.reserve(op.numInputs());
  for (size_t i = 0; i < op.numInputs(); ++i)
    operands.push_back(op.operand(i));
  op.setElements(op.emit(Name, operands));
}

#define QC_NAME(onnx) static const char *const k##onnx = #onnx;
QC_NAME(Floor)
QC_NAME(Ceil)
QC_NAME(Round)
QC_NAME(Exp)
QC_NAME(Log)
QC_NAME(Sqrt)
QC_NAME(Sin)
QC_NAME(Cos)
QC_NAME(Abs)
QC_NAME(Neg)
QC_NAME(Sign)
QC_NAME(Sigmoid)
QC_NAME(Tanh)
QC_NAME(Relu)
QC_NAME(Elu)
QC_NAME(HardSwish)
QC_NAME(Pow)
QC_NAME(Max)
QC_NAME(Min)
QC_NAME(Where)
QC_NAME(Equal)
QC_NAME(Less)
QC_NAME(Greater)
QC_NAME(LessOrEqual)
QC_NAME(GreaterOrEqual)
QC_NAME(And)
QC_NAME(Or)
QC_NAME(Not)
#undef QC_NAME

template <const char *const &Name, typename Options>
static void translateBinary(OperatorContext &op) {
  const auto *options = op.options<Options>();
  std::string value = op.emit(Name, {op.operand(0), op.operand(1)});
  if (options)
    op.setElements(value, options->fused_activation_function());
}
static const char *const kAdd = "Add";
static const char *const kSub = "Sub";
static const char *const kMul = "Mul";
static const char *const kDiv = "Div";

static void translateClip(OperatorContext &op, float low, float high) {
  op.setElements(
      op.emit("Clip", {op.operand(0), op.scalar(low), op.scalar(high)}));
}

static void translateLeakyRelu(OperatorContext &op) {
  if (const auto *options = op.options<tflite::LeakyReluOptions>())
    op.setElements(op.emit("LeakyRelu", op.operand(0),
                           Attributes().real("alpha", options->alpha())));
}

static void translateGelu(OperatorContext &op) {
  if (const auto *options = op.options<tflite::GeluOptions>())
    op.set(
        op.emit("Gelu", op.value(0),
                Attributes().text("approximate",
                                  options->approximate() ? "tanh" : "none")));
}

/// One slope for each channel, which is the last dimension here and dimension 1
/// for ONNX's layers.
static void translatePrelu(OperatorContext &op) {
  const Shape &slopes = op.shape(1);
  int64_t channels = op.rank(0) ? op.shape(0).back() : 0;
  std::optional<int64_t> count = countElements(slopes);
  if (op.rank(0) != 4 || count != channels || slopes.empty() ||
      slopes.back() != channels) {
    op.set(op.emit("PRelu", {op.value(0), op.value(1)}));
    return;
  }
  std::vector<int64_t> plain(slopes.size());
  for (size_t d = 0; d < plain.size(); ++d)
    plain[d] = static_cast<int64_t>(d);
  std::string slope = op.constant(1, {plain, {channels, 1, 1}, 0});
  op.setImage(op.emit("PRelu", {op.channelsFirst(0), slope}));
}

static void translateRsqrt(OperatorContext &op) {
  op.setElements(op.emit("Reciprocal", op.emit("Sqrt", op.operand(0))));
}

static void translateSquare(OperatorContext &op) {
  std::string value = op.operand(0);
  op.setElements(op.emit("Mul", {value, value}));
}

static void translateSquaredDifference(OperatorContext &op) {
  std::string difference = op.emit("Sub", {op.operand(0), op.operand(1)});
  op.setElements(op.emit("Mul", {difference, difference}));
}

static void translateAddN(OperatorContext &op) {
  std::string sum = op.operand(0);
  for (size_t i = 1; i < op.numInputs(); ++i)
    sum = op.emit("Add", {sum, op.operand(i)});
  op.setElements(sum);
}

static void translateCast(OperatorContext &op) {
  if (op.input(0).isQuantized() || op.output().isQuantized())
    return op.fail(
        "computes with the integers of '" +
        (op.input(0).isQuantized() ? op.input(0) : op.output()).name +
        "' themselves instead of the numbers that they stand for");
  std::optional<int32_t> type = getDataType(op.output().type);
  if (!type)
    return op.fail("makes elements of type " + getTypeName(op.output().type) +
                   ", which is not supported");
  op.set(op.emit("Cast", op.value(0), Attributes().integer("to", *type)));
}

/// Changes how numbers are stored, and nothing else.
static void translateStorage(OperatorContext &op) {
  op.setElements(op.operand(0));
}

void addElementwiseTranslations(TranslationTable &table) {
  using B = BuiltinOperator;
  table[B::FLOOR] = rename<kFloor>;
  table[B::CEIL] = rename<kCeil>;
  table[B::ROUND] = rename<kRound>;
  table[B::EXP] = rename<kExp>;
  table[B::LOG] = rename<kLog>;
  table[B::SQRT] = rename<kSqrt>;
  table[B::SIN] = rename<kSin>;
  table[B::COS] = rename<kCos>;
  table[B::ABS] = rename<kAbs>;
  table[B::NEG] = rename<kNeg>;
  table[B::SIGN] = rename<kSign>;
  table[B::LOGISTIC] = rename<kSigmoid>;
  table[B::TANH] = rename<kTanh>;
  table[B::RELU] = rename<kRelu>;
  table[B::ELU] = rename<kElu>;
  table[B::HARD_SWISH] = rename<kHardSwish>;
  table[B::POW] = rename<kPow>;
  table[B::MAXIMUM] = rename<kMax>;
  table[B::MINIMUM] = rename<kMin>;
  table[B::SELECT_V2] = rename<kWhere>;
  table[B::EQUAL] = rename<kEqual>;
  table[B::LESS] = rename<kLess>;
  table[B::GREATER] = rename<kGreater>;
  table[B::LESS_EQUAL] = rename<kLessOrEqual>;
  table[B::GREATER_EQUAL] = rename<kGreaterOrEqual>;
  table[B::LOGICAL_AND] = rename<kAnd>;
  table[B::LOGICAL_OR] = rename<kOr>;
  table[B::LOGICAL_NOT] = rename<kNot>;
  table[B::ADD] = translateBinary<kAdd, tflite::AddOptions>;
  table[B::SUB] = translateBinary<kSub, tflite::SubOptions>;
  table[B::MUL] = translateBinary<kMul, tflite::MulOptions>;
  table[B::DIV] = translateBinary<kDiv, tflite::DivOptions>;
  table[B::RELU6] = [](OperatorContext &op) { translateClip(op, 0, 6); };
  table[B::RELU_N1_TO_1] = [](OperatorContext &op) {
    translateClip(op, -1, 1);
  };
  table[B::RELU_0_TO_1] = [](OperatorContext &op) { translateClip(op, 0, 1); };
  table[B::LEAKY_RELU] = translateLeakyRelu;
  table[B::GELU] = translateGelu;
  table[B::PRELU] = translatePrelu;
  table[B::RSQRT] = translateRsqrt;
  table[B::SQUARE] = translateSquare;
  table[B::SQUARED_DIFFERENCE] = translateSquaredDifference;
  table[B::ADD_N] = translateAddN;
  table[B::CAST] = translateCast;
  table[B::QUANTIZE] = translateStorage;
  table[B::DEQUANTIZE] = translateStorage;
}

} // namespace qc::tfliteimport
