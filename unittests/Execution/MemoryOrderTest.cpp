// Every op behind a convolution, whose result lies in blocks of channels that
// are filled up: the same values as from plain loops, or as the op alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/Executor.h"
#include "qc/Pipelines/InitAll.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

using namespace qc;

namespace {

constexpr int64_t kBatch = 2, kHeight = 5, kWidth = 6;

std::string typeOf(const Shape &shape) {
  std::string text = "tensor<";
  for (int64_t dim : shape)
    text += std::to_string(dim) + "x";
  return text + "f32>";
}

/// A function under construction: its arguments, ops and results.
class Network {
public:
  std::string addArgument(Tensor tensor) {
    arguments.push_back(std::move(tensor));
    return "%x" + std::to_string(arguments.size() - 1);
  }
  std::string addConstant(const Tensor &tensor) {
    StringRef bytes(static_cast<const char *>(tensor.raw()), tensor.byteSize());
    return addOp("top.constant dense<\"0x" + llvm::toHex(bytes) + "\">", "",
                 tensor.shape(), ":");
  }
  /// `text` is the op with its operands and attributes, `types` those of its
  /// operands.
  std::string addOp(const std::string &text, const std::string &types,
                    const Shape &result, const std::string &arrow = "->") {
    std::string name = "%v" + std::to_string(ops++);
    body += "  " + name + " = " + text +
            (types.empty() ? " " : " : (" + types + ") ") + arrow + " " +
            typeOf(result) + "\n";
    return name;
  }
  void addResult(const std::string &name, const Shape &shape) {
    results.push_back(name);
    resultTypes.push_back(typeOf(shape));
  }

  std::string getText() const {
    std::string text = "func.func @main(",
                types = llvm::join(resultTypes, ", ");
    for (size_t i = 0; i < arguments.size(); ++i)
      text += (i ? ", %x" : "%x") + std::to_string(i) + ": " +
              typeOf(arguments[i].shape());
    return text + ") -> (" + types + ") {\n" + body + "  return " +
           llvm::join(results, ", ") + " : " + types + "\n}\n";
  }

  std::vector<Tensor> arguments;

private:
  std::string body;
  std::vector<std::string> results, resultTypes;
  int ops = 0;
};

class MemoryOrder : public ::testing::TestWithParam<int64_t> {
protected:
  MemoryOrder() {
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  Tensor makeRandom(Shape shape, float low = -2, float high = 2) {
    Tensor tensor(DType::F32, std::move(shape));
    std::uniform_real_distribution<float> values(low, high);
    for (int64_t i = 0; i < tensor.numElements(); ++i)
      tensor.data<float>()[i] = values(random);
    return tensor;
  }

  SmallVector<Tensor> run(const Network &network) {
    SmallVector<Tensor> outputs;
    auto module =
        parseSourceString<ModuleOp>(network.getText(), ParserConfig(&context));
    if (!module) {
      ADD_FAILURE() << "the network does not parse";
      return outputs;
    }
    auto executor = Executor::create(*module, {1});
    if (failed(executor)) {
      ADD_FAILURE() << "not executable";
      return outputs;
    }
    Status status = (*executor)->run(network.arguments, outputs);
    EXPECT_TRUE(status) << status.message();
    return outputs;
  }

  /// A convolution of `input`; constant weights, so that oneDNN may choose its
  /// orders.
  std::string addConv(Network &network, const std::string &input,
                      const Tensor &weight, int64_t inChannels,
                      int64_t group = 1, bool padded = true) {
    Shape shape{kBatch, inChannels, kHeight, kWidth}, out = shape;
    out[1] = weight.shape()[0];
    std::string pads = padded ? "1, 1, 1, 1" : "0, 0, 0, 0";
    return network.addOp(
        "top.conv " + input + ", " + network.addConstant(weight) +
            " {strides = array<i64: 1, 1>, pads = array<i64: " + pads +
            ">, dilations = array<i64: 1, 1>, group = " +
            std::to_string(group) + " : i64}",
        typeOf(shape) + ", " + typeOf(weight.shape()), out);
  }

  MLIRContext context;
  std::mt19937 random{17};
};

/// Convolutions that give results in different orders of memory.
struct Producer {
  int64_t inChannels, group;
  Shape weight;
  bool padded;
};

std::vector<Producer> getProducers(int64_t channels) {
  return {{channels, channels, {channels, 1, 3, 3}, true},
          {channels, 1, {channels, channels, 1, 1}, false},
          {3, 1, {channels, 3, 3, 3}, true}};
}

float applyBinary(StringRef op, float a, float b) {
  return op == "add"   ? a + b
         : op == "sub" ? a - b
         : op == "mul" ? a * b
         : op == "div" ? a / b
         : op == "min" ? std::min(a, b)
                       : std::max(a, b);
}

/// Element `index` of a result of `shape`, read of a broadcast operand.
float readBroadcast(const Tensor &operand, const Shape &shape, int64_t index) {
  int64_t offset = 0, stride = 1;
  for (size_t i = shape.size(), lead = i - operand.shape().size(); i-- > lead;
       index /= shape[i]) {
    int64_t size = operand.shape()[i - lead];
    if (size != 1)
      offset += index % shape[i] * stride;
    stride *= size;
  }
  return operand.data<float>()[offset];
}

struct Bounds {
  const char *attributes;
  float low, high;
};
constexpr float kInfinity = std::numeric_limits<float>::infinity();
// With the last one, what fills a block up is outside the bounds.
constexpr Bounds kBounds[] = {
    {"", -kInfinity, kInfinity},
    {" {act_min = 0.0 : f32}", 0, kInfinity},
    {" {act_min = 0.25 : f32, act_max = 1.5 : f32}", 0.25f, 1.5f}};

} // namespace

// The other operand in every shape that repeats along the result, from either
// side, brought by the caller or constant; each chain has a convolution of its
// own, so that the op may overwrite its result, and a consumer that shows
// values in the filling.
TEST_P(MemoryOrder, BroadcastingMatchesPlainLoops) {
  int64_t channels = GetParam();
  Shape shape{kBatch, channels, kHeight, kWidth};
  const Shape others[] = {shape,
                          {},
                          {1, 1, 1, 1},
                          {1, 1, kHeight, kWidth},
                          {kBatch, 1, kHeight, kWidth},
                          {1, channels, 1, 1},
                          {kBatch, channels, 1, 1},
                          {channels, 1, 1},
                          {channels, kHeight, kWidth},
                          {1, channels, kHeight, kWidth},
                          {1, channels, kHeight, 1},
                          {1, 1, 1, kWidth},
                          {1, 1, kHeight, 1},
                          {kWidth}};
  for (const Producer &producer : getProducers(channels)) {
    Tensor weight = makeRandom(producer.weight);
    Tensor sum(DType::F32, {1, channels, 1, 1});
    std::fill_n(sum.data<float>(), channels, 1.0f);
    Network network;
    std::string input = network.addArgument(
        makeRandom({kBatch, producer.inChannels, kHeight, kWidth}));
    auto addProducer = [&] {
      return addConv(network, input, weight, producer.inChannels,
                     producer.group, producer.padded);
    };
    network.addResult(addProducer(), shape);

    struct Case {
      std::string name, op;
      Tensor other;
      bool reversed, fromConv;
      Bounds bounds;
    };
    std::vector<Case> cases;
    for (const char *op : {"add", "sub", "mul", "div", "min", "max"})
      for (const Shape &otherShape : others)
        for (const Bounds &bounds : kBounds) {
          // Taking turns, so that all pairs of these occur with each op.
          size_t turn = cases.size();
          bool reversed = turn % 2, isConstant = turn / 2 % 2;
          bool takesBounds = StringRef(op) != "div" && StringRef(op) != "min" &&
                             StringRef(op) != "max";
          if (!takesBounds && *bounds.attributes)
            continue;
          bool fromConv = otherShape == shape && turn % 3 == 0;
          Tensor other = makeRandom(otherShape, 0.5f, 2);
          std::string a = addProducer(), b;
          if (fromConv)
            b = addProducer();
          else
            b = isConstant ? network.addConstant(other)
                           : network.addArgument(other);
          std::string types = typeOf(shape), otherType = typeOf(otherShape);
          std::string y = network.addOp(
              std::string("top.") + op + " " +
                  (reversed ? b + ", " + a : a + ", " + b) + bounds.attributes,
              reversed ? otherType + ", " + types : types + ", " + otherType,
              shape);
          network.addResult(y, shape);
          network.addResult(addConv(network, y, sum, channels, 1, false),
                            {kBatch, 1, kHeight, kWidth});
          cases.push_back({std::string(op) + bounds.attributes + " with " +
                               otherType + (reversed ? " first" : "") +
                               (fromConv ? " of a convolution" : ""),
                           op, other, reversed, fromConv, bounds});
        }

    SmallVector<Tensor> outputs = run(network);
    ASSERT_EQ(outputs.size(), 1 + 2 * cases.size());
    const float *a = outputs[0].data<float>();
    int64_t plane = kHeight * kWidth;
    for (auto [i, test] : llvm::enumerate(cases)) {
      const float *found = outputs[1 + 2 * i].data<float>();
      std::vector<double> sums(kBatch * plane, 0), magnitudes(sums);
      int64_t wrong = 0;
      for (int64_t k = 0; k < outputs[0].numElements(); ++k) {
        float b = test.fromConv ? a[k] : readBroadcast(test.other, shape, k);
        float value = test.reversed ? applyBinary(test.op, b, a[k])
                                    : applyBinary(test.op, a[k], b);
        value = std::min(std::max(value, test.bounds.low), test.bounds.high);
        wrong += found[k] != value;
        int64_t at = k / (channels * plane) * plane + k % plane;
        sums[at] += value;
        magnitudes[at] += std::fabs(value);
      }
      EXPECT_EQ(wrong, 0) << test.name << " behind " << typeOf(producer.weight);
      const float *consumed = outputs[2 + 2 * i].data<float>();
      wrong = 0;
      for (size_t k = 0; k < sums.size(); ++k)
        wrong +=
            !(std::fabs(consumed[k] - sums[k]) <= 1e-5 * (1 + magnitudes[k]));
      EXPECT_EQ(wrong, 0) << "what follows " << test.name << " behind "
                          << typeOf(producer.weight);
    }
  }
}

namespace {

/// An op of one tensor [kBatch, C, kHeight, kWidth].
struct Unary {
  const char *text;
  Shape result;
  /// Shapes of further operands.
  std::vector<Shape> more;
};

/// Stands for the number of channels.
constexpr int64_t C = -1;

std::vector<Unary> getUnaryOps() {
  Shape same{kBatch, C, kHeight, kWidth};
  std::vector<Unary> ops;
  for (const char *text :
       {"relu", "leaky_relu {alpha = 0.1 : f32}", "sigmoid", "tanh",
        "clip {min = 0.25 : f32, max = 1.5 : f32}",
        "hard_sigmoid {alpha = 0.25 : f32, beta = 0.4 : f32}", "hard_swish",
        "silu", "elu {alpha = 1.5 : f32}", "gelu",
        "gelu {approximate = \"tanh\"}", "erf", "exp", "abs", "neg", "floor",
        "softmax {axis = 1 : i64}", "log_softmax {axis = 1 : i64}",
        "softmax {axis = 3 : i64}"})
    ops.push_back({text, same, {}});
  ops.push_back({"prelu", same, {{C, 1, 1}}});
  ops.push_back({"prelu", same, {{1}}});
  ops.push_back({"scale", same, {{C}, {C}}});
  ops.push_back({"scale {act_min = 0.25 : f32}", same, {{C}, {C}}});
  ops.push_back({"batch_norm {epsilon = 0.001 : f32, act_min = 0.0 : f32}",
                 same,
                 {{C}, {C}, {C}, {C}}});
  const char *padded =
      "{kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, "
      "pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>";
  static const std::string pools[] = {std::string("max_pool ") + padded + "}",
                                      std::string("avg_pool ") + padded + "}",
                                      std::string("avg_pool ") + padded +
                                          ", count_include_pad = true}"};
  for (const std::string &pool : pools)
    ops.push_back({pool.c_str(), same, {}});
  const char *hanging =
      "{kernel = array<i64: 2, 3>, strides = array<i64: 2, 2>, "
      "pads = array<i64: 0, 1, 0, 0>, dilations = array<i64: 1, 1>, "
      "ceil_mode = true";
  static const std::string hangingPools[] = {
      std::string("max_pool ") + hanging + "}",
      std::string("avg_pool ") + hanging + "}",
      std::string("avg_pool ") + hanging + ", count_include_pad = true}"};
  for (const std::string &pool : hangingPools)
    ops.push_back({pool.c_str(), {kBatch, C, 3, 3}, {}});
  ops.push_back({"max_pool {kernel = array<i64: 2, 2>, strides = "
                 "array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations "
                 "= array<i64: 2, 2>}",
                 {kBatch, C, 3, 4},
                 {}});
  ops.push_back({"resize {mode = \"linear\", coordinate_transformation = "
                 "\"half_pixel\", nearest_mode = \"floor\", scales = "
                 "array<f64: 1.0, 1.0, 2.0, 1.5>}",
                 {kBatch, C, 10, 9},
                 {}});
  ops.push_back({"resize {mode = \"nearest\", coordinate_transformation = "
                 "\"asymmetric\", nearest_mode = \"floor\", scales = "
                 "array<f64: 1.0, 1.0, 2.0, 2.0>}",
                 {kBatch, C, 10, 12},
                 {}});
  ops.push_back({"pad {pads = array<i64: 0, 0, 1, 2, 0, 0, 2, 1>, mode = "
                 "\"constant\", value = 0.5 : f32}",
                 {kBatch, C, 8, 9},
                 {}});
  ops.push_back({"pad {pads = array<i64: 0, 0, 1, 2, 0, 0, 2, 1>, mode = "
                 "\"reflect\", value = 0.0 : f32}",
                 {kBatch, C, 8, 9},
                 {}});
  ops.push_back({"slice {offsets = array<i64: 0, 0, 1, 4>, sizes = "
                 "array<i64: 2, 1, 3, 2>, strides = array<i64: 1, 1, 1, -2>}",
                 {kBatch, 1, 3, 2},
                 {}});
  ops.push_back({"transpose {perm = array<i64: 0, 2, 3, 1>}",
                 {kBatch, kHeight, kWidth, C},
                 {}});
  ops.push_back(
      {"reduce_mean {axes = array<i64: 2, 3>}", {kBatch, C, 1, 1}, {}});
  ops.push_back(
      {"reduce_max {axes = array<i64: 1>}", {kBatch, 1, kHeight, kWidth}, {}});
  ops.push_back({"reduce_min {axes = array<i64: 2, 3>, keepdims = false}",
                 {kBatch, C},
                 {}});
  return ops;
}

Shape withChannels(Shape shape, int64_t channels) {
  for (int64_t &dim : shape)
    dim = dim == C ? channels : dim;
  return shape;
}

/// "op %a, %b {attributes}" of "op {attributes}".
std::string withOperands(StringRef text, const std::string &operands) {
  auto [name, attributes] = text.split(' ');
  return ("top." + name + " " + operands + " " + attributes).str();
}

} // namespace

// The same op on the same values, once as they come from a convolution and
// once as a caller brings them.
TEST_P(MemoryOrder, BehindConvolutionAsAlone) {
  int64_t channels = GetParam();
  Shape shape{kBatch, channels, kHeight, kWidth};
  std::vector<Unary> ops = getUnaryOps();
  for (const Producer &producer : getProducers(channels)) {
    Tensor weight = makeRandom(producer.weight, -0.5f, 0.5f);
    std::vector<SmallVector<Tensor>> more;
    for (const Unary &op : ops) {
      SmallVector<Tensor> &tensors = more.emplace_back();
      for (const Shape &operand : op.more)
        tensors.push_back(
            makeRandom(withChannels(operand, channels), 0.25f, 1));
    }
    Network behind;
    std::string input = behind.addArgument(
        makeRandom({kBatch, producer.inChannels, kHeight, kWidth}));
    auto build = [&](Network &network, auto getInput) {
      for (auto [op, tensors] : llvm::zip(ops, more)) {
        std::string operands = getInput(), types = typeOf(shape);
        for (const Tensor &tensor : tensors) {
          operands += ", " + network.addConstant(tensor);
          types += ", " + typeOf(tensor.shape());
        }
        Shape result = withChannels(op.result, channels);
        network.addResult(
            network.addOp(withOperands(op.text, operands), types, result),
            result);
      }
      // Concatenated along channels and along rows.
      for (int64_t axis : {1, 2}) {
        Shape result = shape;
        result[axis] *= 2;
        network.addResult(
            network.addOp("top.concat " + getInput() + ", " + getInput() +
                              " {axis = " + std::to_string(axis) + " : i64}",
                          typeOf(shape) + ", " + typeOf(shape), result),
            result);
      }
    };
    auto addProducer = [&] {
      return addConv(behind, input, weight, producer.inChannels, producer.group,
                     producer.padded);
    };
    behind.addResult(addProducer(), shape);
    build(behind, addProducer);
    SmallVector<Tensor> found = run(behind);
    ASSERT_EQ(found.size(), ops.size() + 3);

    Network alone;
    std::string argument = alone.addArgument(found[0]);
    build(alone, [&] { return argument; });
    SmallVector<Tensor> expected = run(alone);
    ASSERT_EQ(expected.size(), ops.size() + 2);
    for (size_t i = 0; i < expected.size(); ++i) {
      int64_t wrong = 0;
      for (int64_t k = 0; k < expected[i].numElements(); ++k) {
        float value = expected[i].data<float>()[k];
        wrong += !(std::fabs(found[i + 1].data<float>()[k] - value) <=
                   1e-5f * (1 + std::fabs(value)));
      }
      EXPECT_EQ(wrong, 0) << (i < ops.size() ? ops[i].text : "concat")
                          << " behind " << typeOf(producer.weight);
    }
  }
}

// The clamp of a transposed convolution is a pass of its own.
TEST_P(MemoryOrder, ClampOfTransposedConvolution) {
  int64_t channels = GetParam();
  for (int64_t group : {int64_t(1), channels}) {
    Shape shape{kBatch, channels, kHeight, kWidth}, result = shape;
    result[2] *= 2;
    result[3] *= 2;
    Tensor weight = makeRandom({channels, channels / group, 4, 4}, -1, 1);
    Network network;
    std::string input = network.addArgument(makeRandom(shape));
    for (const Bounds &bounds : kBounds) {
      StringRef attributes(bounds.attributes);
      attributes.consume_front(" {");
      attributes.consume_back("}");
      network.addResult(
          network.addOp(
              "top.deconv " + input + ", " + network.addConstant(weight) +
                  " {strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, "
                  "1>, dilations = array<i64: 1, 1>, output_padding = "
                  "array<i64: 0, 0>, group = " +
                  std::to_string(group) +
                  (attributes.empty() ? " : i64" : " : i64, ") +
                  attributes.str() + "}",
              typeOf(shape) + ", " + typeOf(weight.shape()), result),
          result);
    }
    SmallVector<Tensor> found = run(network);
    ASSERT_EQ(found.size(), std::size(kBounds));
    for (size_t i = 1; i < found.size(); ++i) {
      int64_t wrong = 0;
      for (int64_t k = 0; k < found[0].numElements(); ++k) {
        float value =
            std::min(std::max(found[0].data<float>()[k], kBounds[i].low),
                     kBounds[i].high);
        wrong += found[i].data<float>()[k] != value;
      }
      EXPECT_EQ(wrong, 0) << kBounds[i].attributes << " in " << group
                          << " groups";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Channels, MemoryOrder,
                         ::testing::Values(1, 3, 4, 7, 8, 9, 12, 16, 17, 20));
