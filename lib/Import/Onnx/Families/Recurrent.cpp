// LSTM, GRU and RNN, step by step.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The products with the input are one for all steps. What a step adds is ops of
// its own, so that each of its tensors has a range of its own when the network
// is quantized, and the memory planner reuses the buffers of the one before.
#include "../Handlers.h"
#include "../HostOps.h"

#include "qc/Dialect/QC/IR/Inner.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

/// A step is a dozen ops; a network of more would be slow to compile.
constexpr int64_t kMostSteps = 2000;

enum class Function { Sigmoid, Tanh, Relu };

/// One of ops "LSTM", "GRU" and "RNN", and what its node says.
class Recurrent {
public:
  Recurrent(NodeContext &node, int64_t gates, bool hasCell)
      : node(node), gates(gates), hasCell(hasCell) {}
  virtual ~Recurrent() = default;

  LogicalResult run();

protected:
  /// A direction's state and weights while its steps are made.
  struct Direction {
    std::string name;
    /// [seq, batch, gates * hidden]: products with the input, and biases.
    Value inputs;
    /// R [gates * hidden, hidden] and its bias, zeros where there is none.
    Tensor recurrence, recurrenceBias;
    SmallVector<Function> functions;
    /// [batch, hidden]; null for zeros.
    Value hidden, cell;
    int64_t step = 0;
  };

  /// Functions of the ONNX standard when the node names none.
  virtual std::vector<std::string> getDefaultFunctions() const = 0;
  /// Which of the two biases may be summed for all steps: those of gates in
  /// front of `count` gates.
  virtual int64_t countSummedBiases() const { return gates; }
  /// Makes hidden (and cell) those after a step that has `input` [batch,
  /// gates * hidden].
  virtual void advance(Direction &direction, Value input) = 0;

  // Ops of a step.
  std::string name(const Direction &direction, StringRef what) const {
    return direction.name + "_" + what.str() + std::to_string(direction.step);
  }
  /// Notes that `value` of a step is the same tensor at every step.
  static Value mark(const Direction &direction, Value value) {
    if (!value)
      return value;
    std::string tensor = getTensorName(value);
    tensor.resize(tensor.size() - std::to_string(direction.step).size());
    value.getDefiningOp()->setAttr(kInnerAttr,
                                   StringAttr::get(value.getContext(), tensor));
    return value;
  }
  template <typename OpT>
  Value make(const Direction &direction, StringRef what, ValueRange operands) {
    return mark(direction,
                node.createHelper<OpT>(name(direction, what), operands));
  }
  Value apply(const Direction &direction, StringRef what, Function function,
              Value value);
  /// Columns of gates `first` to `first + count` of `value`.
  Value select(const Direction &direction, StringRef what, Value value,
               int64_t first, int64_t count);
  /// The hidden state (or `value`) times the rows of R of gates `first` to
  /// `first + count`, with their biases if `hasBias`.
  Value recur(const Direction &direction, StringRef what, Value value,
              int64_t first, int64_t count, bool hasBias);

  NodeContext &node;
  int64_t gates, steps = 0, batch = 0, hiddenSize = 0, directions = 0;
  bool hasCell;

private:
  bool read();
  bool readFunctions();
  std::optional<Direction> start(int64_t index);
  Value getState(size_t input, int64_t direction, StringRef what);
  Value reshape(StringRef suffix, Value value, ArrayRef<int64_t> shape);
  /// One after the other along `axis`, under `suffix`.
  Value join(StringRef suffix, ValueRange values, int64_t axis);
  LogicalResult setResults(ArrayRef<Direction> ends,
                           ArrayRef<SmallVector<Value>> states);
  LogicalResult setOutput(size_t output, Value value, bool hasSteps);

  /// Of each direction: whether it goes from the last step to the first.
  SmallVector<bool> isReverse;
  std::vector<Function> functions;
  bool batchFirst = false;
};

} // namespace

//===----------------------------------------------------------------------===//
// What the node says
//===----------------------------------------------------------------------===//

bool Recurrent::readFunctions() {
  if (node.hasAttribute("activations")) {
    auto given = node.stringsAttr("activations");
    if (!given)
      return false;
    for (const std::string &function : *given) {
      std::string lower = StringRef(function).lower();
      if (lower == "sigmoid")
        functions.push_back(Function::Sigmoid);
      else if (lower == "tanh")
        functions.push_back(Function::Tanh);
      else if (lower == "relu")
        functions.push_back(Function::Relu);
      else
        (void)node.fail("activation '" + function +
                        "' is not supported; "
                        "Sigmoid, Tanh and Relu are");
    }
  } else {
    for (int64_t i = 0; i < directions; ++i)
      for (const std::string &function : getDefaultFunctions())
        functions.push_back(function == "Sigmoid" ? Function::Sigmoid
                                                  : Function::Tanh);
  }
  if (functions.size() != getDefaultFunctions().size() * directions)
    (void)node.fail("has " + Twine(functions.size()) + " activations for " +
                    Twine(directions) + " directions");
  return !node.failed();
}

bool Recurrent::read() {
  std::string direction = node.stringAttr("direction", "forward");
  if (direction == "forward" || direction == "bidirectional")
    isReverse.push_back(false);
  if (direction == "reverse" || direction == "bidirectional")
    isReverse.push_back(true);
  directions = static_cast<int64_t>(isReverse.size());
  if (directions == 0)
    (void)node.fail("direction = '" + direction + "' is not known");
  batchFirst = node.integerAttr("layout", 0) != 0;
  if (node.hasAttribute("clip"))
    (void)node.fail("clip is not supported");
  ArrayRef<int64_t> shape = node.shape(0), weight = node.shape(1);
  if (node.failed() || shape.size() != 3 || weight.size() != 3 ||
      node.rank(2) != 3) {
    (void)node.fail("input, weights and recurrence have not three dimensions");
    return false;
  }
  steps = shape[batchFirst ? 1 : 0];
  batch = shape[batchFirst ? 0 : 1];
  hiddenSize = node.integerAttr("hidden_size", node.shape(2)[2]);
  if (hiddenSize < 1 || weight[0] != directions ||
      weight[1] != gates * hiddenSize || weight[2] != shape[2] ||
      node.shape(2) !=
          ArrayRef<int64_t>({directions, gates * hiddenSize, hiddenSize}))
    (void)node.fail("weights of shapes " + shapeText(weight) + " and " +
                    shapeText(node.shape(2)) + " do not go with an input of " +
                    shapeText(shape) + " and " + Twine(directions) +
                    " directions");
  if (steps > kMostSteps)
    (void)node.fail("has " + Twine(steps) + " steps; " + Twine(kMostSteps) +
                    " are supported: cut the input into shorter pieces");
  if (node.hasInput(4))
    for (int64_t length : node.integers(4, "the lengths of sequences"))
      if (length != steps)
        (void)node.fail("sequences of different lengths are not supported");
  if (hasCell && node.hasInput(7))
    for (double peephole : node.reals(7, "the peepholes"))
      if (peephole != 0)
        (void)node.fail("peepholes are not supported");
  return !node.failed() && readFunctions();
}

Value Recurrent::reshape(StringRef suffix, Value value,
                         ArrayRef<int64_t> shape) {
  if (!value)
    return {};
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  return node.createHelper<top::ReshapeOp>(
      suffix, value, {},
      RankedTensorType::get(shape, Float32Type::get(node.context())));
}

/// The initial state of a direction; null where it is zeros.
Value Recurrent::getState(size_t input, int64_t direction, StringRef what) {
  if (!node.hasInput(input))
    return {};
  SmallVector<int64_t> whole =
      batchFirst ? SmallVector<int64_t>{batch, directions, hiddenSize}
                 : SmallVector<int64_t>{directions, batch, hiddenSize};
  if (node.shape(input) != ArrayRef<int64_t>(whole)) {
    (void)node.fail("the initial state '" + node.inputName(input) +
                    "' has shape " + shapeText(node.shape(input)) +
                    ", expected " + shapeText(whole));
    return {};
  }
  if (node.constant(input) &&
      llvm::all_of(node.reals(input, "the initial state"),
                   [](double value) { return value == 0; }))
    return {};
  Value state = node.input(input);
  if (directions > 1) {
    SmallVector<int64_t> offsets(3, 0), sizes = whole, strides(3, 1);
    offsets[batchFirst ? 1 : 0] = direction;
    sizes[batchFirst ? 1 : 0] = 1;
    state = node.createHelper<top::SliceOp>((what + "_own").str(), state,
                                            OpAttributes()
                                                .integers("offsets", offsets)
                                                .integers("sizes", sizes)
                                                .integers("strides", strides));
  }
  return reshape(what, state, {batch, hiddenSize});
}

std::optional<Recurrent::Direction> Recurrent::start(int64_t index) {
  Direction result;
  result.name = isReverse[index] ? "reverse" : "forward";
  int64_t rows = gates * hiddenSize, width = node.shape(0)[2];
  const Tensor *weight = node.requireConstant(1, "the weights");
  const Tensor *recurrence = node.requireConstant(2, "the recurrence");
  if (node.hasInput(3) &&
      node.shape(3) != ArrayRef<int64_t>({directions, 2 * rows}))
    (void)node.fail("the bias has shape " + shapeText(node.shape(3)) +
                    ", expected " + shapeText({directions, 2 * rows}));
  if (node.failed())
    return std::nullopt;
  auto own = [&](const Tensor &all, int64_t columns) {
    Result<Tensor> part = host::slice(node.budget(), all, {index, 0, 0},
                                      {1, rows, columns}, {1, 1, 1});
    if (part)
      part = host::cast(node.budget(), part->reshaped({rows, columns}),
                        DType::F32);
    if (!part)
      (void)node.fail(part.message());
    return part ? *part : Tensor();
  };
  Tensor matrix = own(*weight, width);
  result.recurrence = own(*recurrence, hiddenSize);
  std::vector<float> inputBias(rows, 0), stepBias(rows, 0);
  if (node.hasInput(3)) {
    std::vector<double> biases = node.reals(3, "the bias");
    if (node.failed())
      return std::nullopt;
    int64_t summed = countSummedBiases() * hiddenSize;
    for (int64_t i = 0; i < rows; ++i) {
      double first = biases[index * 2 * rows + i];
      double second = biases[index * 2 * rows + rows + i];
      inputBias[i] = static_cast<float>(i < summed ? first + second : first);
      stepBias[i] = static_cast<float>(i < summed ? 0 : second);
    }
  }
  result.recurrenceBias = Tensor::fromVector(stepBias, {rows});
  Value input = node.input(0);
  if (batchFirst && steps > 1 && batch > 1)
    input = node.createHelper<top::TransposeOp>(
        result.name + "_by_steps", input,
        OpAttributes().integers("perm", {1, 0, 2}));
  input = reshape(result.name + "_rows", input, {steps * batch, width});
  Value product = node.markInner(node.createHelper<top::MatMulOp>(
      result.name + "_products",
      {input, node.helperConstant(result.name + "_weight", matrix),
       node.helperConstant(result.name + "_bias",
                           Tensor::fromVector(inputBias, {rows}))},
      OpAttributes()
          .boolean("transpose_lhs", false)
          .boolean("transpose_rhs", true)));
  result.inputs =
      reshape(result.name + "_inputs", product, {steps, batch, rows});
  result.hidden = getState(5, index, result.name + "_initial_h");
  if (hasCell)
    result.cell = getState(6, index, result.name + "_initial_c");
  size_t each = functions.size() / directions;
  result.functions.assign(functions.begin() + index * each,
                          functions.begin() + (index + 1) * each);
  return result;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

Value Recurrent::apply(const Direction &direction, StringRef what,
                       Function function, Value value) {
  switch (function) {
  case Function::Sigmoid:
    return make<top::SigmoidOp>(direction, what, value);
  case Function::Tanh:
    return make<top::TanhOp>(direction, what, value);
  case Function::Relu:
    return make<top::ReluOp>(direction, what, value);
  }
  return {};
}

Value Recurrent::select(const Direction &direction, StringRef what, Value value,
                        int64_t first, int64_t count) {
  return node.createHelper<top::SliceOp>(
      name(direction, what), value,
      OpAttributes()
          .integers("offsets", {0, first * hiddenSize})
          .integers("sizes", {batch, count * hiddenSize})
          .integers("strides", {1, 1}));
}

Value Recurrent::recur(const Direction &direction, StringRef what, Value value,
                       int64_t first, int64_t count, bool hasBias) {
  auto rowsOf = [&](const Tensor &all, StringRef suffix) -> Value {
    std::vector<int64_t> offsets(all.rank(), 0), strides(all.rank(), 1);
    std::vector<int64_t> sizes(all.shape().begin(), all.shape().end());
    offsets[0] = first * hiddenSize;
    sizes[0] = count * hiddenSize;
    Result<Tensor> part =
        host::slice(node.budget(), all, offsets, sizes, strides);
    if (part)
      return node.helperConstant(name(direction, (what + suffix).str()), *part);
    (void)node.fail(part.message());
    return {};
  };
  SmallVector<Value> operands{value,
                              rowsOf(direction.recurrence, "_recurrence")};
  if (hasBias)
    operands.push_back(rowsOf(direction.recurrenceBias, "_bias"));
  return mark(direction, node.createHelper<top::MatMulOp>(
                             name(direction, what), operands,
                             OpAttributes()
                                 .boolean("transpose_lhs", false)
                                 .boolean("transpose_rhs", true)));
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

Value Recurrent::join(StringRef suffix, ValueRange values, int64_t axis) {
  if (values.size() == 1)
    return values.front();
  return node.createHelper<top::ConcatOp>(suffix, values,
                                          OpAttributes().integer("axis", axis));
}

/// `value` [steps, directions, batch, hidden], or without steps, in the order
/// and under the name of the output.
LogicalResult Recurrent::setOutput(size_t output, Value value, bool hasSteps) {
  if (!value || node.failed())
    return failure();
  SmallVector<int64_t> shape{directions, batch, hiddenSize};
  SmallVector<int64_t> perm{1, 0, 2};
  if (hasSteps) {
    shape.insert(shape.begin(), steps);
    perm = {2, 0, 1, 3};
  }
  if (batchFirst) {
    value = node.createHelper<top::TransposeOp>(
        "by_batch" + std::to_string(output),
        reshape("ordered" + std::to_string(output), value, shape),
        OpAttributes().integers("perm", perm));
    shape = hasSteps
                ? SmallVector<int64_t>{batch, steps, directions, hiddenSize}
                : SmallVector<int64_t>{batch, directions, hiddenSize};
  }
  return node.setResult(
      output,
      node.createNamed<top::ReshapeOp>(
          node.outputName(output), value, {},
          RankedTensorType::get(shape, Float32Type::get(node.context()))));
}

LogicalResult Recurrent::setResults(ArrayRef<Direction> ends,
                                    ArrayRef<SmallVector<Value>> states) {
  if (node.hasOutput(0)) {
    SmallVector<Value> all;
    for (auto [end, hidden] : llvm::zip_equal(ends, states)) {
      SmallVector<Value> rows;
      for (auto [step, value] : llvm::enumerate(hidden))
        rows.push_back(reshape(end.name + "_row" + std::to_string(step), value,
                               {1, 1, batch, hiddenSize}));
      all.push_back(join(end.name + "_all", rows, 0));
    }
    if (failed(setOutput(0, join("directions", all, 1), /*hasSteps=*/true)))
      return failure();
  }
  auto setLast = [&](size_t output, auto get, StringRef suffix) {
    if (!node.hasOutput(output))
      return success();
    SmallVector<Value> last;
    for (const Direction &end : ends)
      last.push_back(reshape(end.name + "_last_" + suffix.str(), get(end),
                             {1, batch, hiddenSize}));
    return setOutput(output, join(suffix, last, 0), /*hasSteps=*/false);
  };
  if (failed(setLast(
          1, [](const Direction &end) { return end.hidden; }, "hidden")))
    return failure();
  return hasCell ? setLast(
                       2, [](const Direction &end) { return end.cell; }, "cell")
                 : success();
}

LogicalResult Recurrent::run() {
  if (!read())
    return failure();
  std::vector<Direction> ends;
  SmallVector<SmallVector<Value>> states;
  for (int64_t index = 0; index < directions; ++index) {
    auto direction = start(index);
    if (!direction || !direction->inputs)
      return failure();
    SmallVector<Value> hidden(steps);
    for (int64_t i = 0; i < steps && !node.failed(); ++i) {
      int64_t step = isReverse[index] ? steps - 1 - i : i;
      direction->step = step;
      Value row = node.createHelper<top::SliceOp>(
          name(*direction, "input"), direction->inputs,
          OpAttributes()
              .integers("offsets", {step, 0, 0})
              .integers("sizes", {1, batch, gates * hiddenSize})
              .integers("strides", {1, 1, 1}));
      advance(*direction,
              reshape(name(*direction, "x"), row, {batch, gates * hiddenSize}));
      hidden[step] = direction->hidden;
    }
    if (node.failed())
      return failure();
    ends.push_back(std::move(*direction));
    states.push_back(std::move(hidden));
  }
  return setResults(ends, states);
}

//===----------------------------------------------------------------------===//
// The three
//===----------------------------------------------------------------------===//

namespace {

/// Gates i, o, f and c.
class Lstm : public Recurrent {
public:
  explicit Lstm(NodeContext &node) : Recurrent(node, 4, /*hasCell=*/true) {
    node.expectAttr("input_forget", 0);
  }

private:
  std::vector<std::string> getDefaultFunctions() const override {
    return {"Sigmoid", "Tanh", "Tanh"};
  }

  void advance(Direction &d, Value input) override {
    Value sum = input;
    if (d.hidden)
      sum = make<top::AddOp>(
          d, "sum", {input, recur(d, "product", d.hidden, 0, 4, false)});
    Value open =
        apply(d, "gates", d.functions[0], select(d, "gate_sums", sum, 0, 3));
    Value fresh = apply(d, "candidate", d.functions[1],
                        select(d, "candidate_sums", sum, 3, 1));
    Value added =
        make<top::MulOp>(d, "added", {select(d, "i", open, 0, 1), fresh});
    if (d.cell)
      added = make<top::AddOp>(
          d, "c",
          {make<top::MulOp>(d, "kept", {select(d, "f", open, 2, 1), d.cell}),
           added});
    d.cell = added;
    d.hidden = make<top::MulOp>(d, "h",
                                {select(d, "o", open, 1, 1),
                                 apply(d, "shown", d.functions[2], d.cell)});
  }
};

/// Gates z, r and h.
class Gru : public Recurrent {
public:
  explicit Gru(NodeContext &node)
      : Recurrent(node, 3, /*hasCell=*/false),
        isLinear(node.integerAttr("linear_before_reset", 0) != 0) {}

private:
  std::vector<std::string> getDefaultFunctions() const override {
    return {"Sigmoid", "Tanh"};
  }

  int64_t countSummedBiases() const override { return isLinear ? 2 : 3; }

  void advance(Direction &d, Value input) override {
    Value sums = select(d, "gate_inputs", input, 0, 2);
    Value fresh = select(d, "candidate_input", input, 2, 1);
    if (d.hidden)
      sums = make<top::AddOp>(
          d, "gate_sums",
          {sums, recur(d, "gate_products", d.hidden, 0, 2, false)});
    Value open = apply(d, "gates", d.functions[0], sums);
    Value z = select(d, "z", open, 0, 1), r = select(d, "r", open, 1, 1);
    if (isLinear) {
      // The product of a state of zeros is its bias.
      Value product = d.hidden
                          ? recur(d, "candidate_product", d.hidden, 2, 1, true)
                          : getBias(d);
      fresh =
          make<top::AddOp>(d, "candidate_sum",
                           {fresh, make<top::MulOp>(d, "reset", {r, product})});
    } else if (d.hidden) {
      Value reset = make<top::MulOp>(d, "reset", {r, d.hidden});
      fresh = make<top::AddOp>(
          d, "candidate_sum",
          {fresh, recur(d, "candidate_product", reset, 2, 1, false)});
    }
    fresh = apply(d, "candidate", d.functions[1], fresh);
    // (1 - z) * fresh + z * hidden
    Value part = make<top::MulOp>(
        d, "part",
        {z, d.hidden ? make<top::SubOp>(d, "difference", {d.hidden, fresh})
                     : fresh});
    d.hidden = d.hidden ? make<top::AddOp>(d, "h", {fresh, part})
                        : make<top::SubOp>(d, "h", {fresh, part});
  }

  Value getBias(const Direction &d) {
    Result<Tensor> bias = host::slice(node.budget(), d.recurrenceBias,
                                      {2 * hiddenSize}, {hiddenSize}, {1});
    if (bias)
      return node.helperConstant(name(d, "candidate_bias"), *bias);
    (void)node.fail(bias.message());
    return {};
  }

  bool isLinear;
};

class Rnn : public Recurrent {
public:
  explicit Rnn(NodeContext &node) : Recurrent(node, 1, /*hasCell=*/false) {}

private:
  std::vector<std::string> getDefaultFunctions() const override {
    return {"Tanh"};
  }

  void advance(Direction &d, Value input) override {
    Value sum = input;
    if (d.hidden)
      sum = make<top::AddOp>(
          d, "sum", {input, recur(d, "product", d.hidden, 0, 1, false)});
    d.hidden = apply(d, "h", d.functions[0], sum);
  }
};

template <typename Kind> LogicalResult importRecurrent(NodeContext &node) {
  return Kind(node).run();
}

} // namespace

void registerRecurrentFamily(HandlerRegistry &registry) {
  registry.add("LSTM", {7, 14, 22}, {importRecurrent<Lstm>});
  registry.add("GRU", {7, 14, 22}, {importRecurrent<Gru>});
  registry.add("RNN", {7, 14, 22}, {importRecurrent<Rnn>});
}

} // namespace qc::onnximport
