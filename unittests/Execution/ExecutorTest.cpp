// Running functions of top: results, probes, repeated runs and refused inputs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/Executor.h"
#include "qc/Pipelines/InitAll.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

using namespace qc;

namespace {

class FloatExecution : public ::testing::Test {
protected:
  FloatExecution() {
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  std::unique_ptr<Executor> create(StringRef text, int threads = 1) {
    module = parseSourceString<ModuleOp>(text, ParserConfig(&context));
    if (!module)
      return nullptr;
    auto executor = Executor::create(*module, {threads});
    return succeeded(executor) ? std::move(*executor) : nullptr;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

/// Copies every tensor that it sees.
class Recorder : public Probe {
public:
  explicit Recorder(Interest interest) : interest(interest) {}

  Interest wants(const TensorInfo &) override { return interest; }
  void observe(const TensorInfo &tensor, const Tensor &data) override {
    order.push_back(tensor.name);
    seen[tensor.name] = data.clone();
  }

  std::vector<float> values(const std::string &name) {
    const Tensor &tensor = seen.at(name);
    return {tensor.data<float>(), tensor.data<float>() + tensor.numElements()};
  }

  Interest interest;
  std::vector<std::string> order;
  std::map<std::string, Tensor> seen;
};

} // namespace

// Twenty channels fill no block of 8 or 16, whatever order the host prefers;
// the add may overwrite one of its operands.
static const char *kBranches = R"(
func.func @main(%x: tensor<1x3x6x6xf32> {qc.name = "x"})
    -> (tensor<1x20x6x6xf32> {qc.name = "sum"}, tensor<1x20xf32>) {
  %w = top.constant dense<0.25> : tensor<20x3x3x3xf32>
  %v = top.constant dense<0.5> : tensor<20x1x3x3xf32>
  %a = top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
      dilations = array<i64: 1, 1>, act_min = 0.0 : f32}
    : (tensor<1x3x6x6xf32>, tensor<20x3x3x3xf32>) -> tensor<1x20x6x6xf32> loc("a")
  %b = top.conv %a, %v {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>,
      dilations = array<i64: 1, 1>, group = 20 : i64}
    : (tensor<1x20x6x6xf32>, tensor<20x1x3x3xf32>) -> tensor<1x20x6x6xf32> loc("b")
  %s = top.sigmoid %b : (tensor<1x20x6x6xf32>) -> tensor<1x20x6x6xf32> loc("s")
  %c = top.add %a, %s : (tensor<1x20x6x6xf32>, tensor<1x20x6x6xf32>)
    -> tensor<1x20x6x6xf32> loc("c")
  %m = top.reduce_mean %c {axes = array<i64: 2, 3>, keepdims = false}
    : (tensor<1x20x6x6xf32>) -> tensor<1x20xf32> loc("m")
  return %c, %m : tensor<1x20x6x6xf32>, tensor<1x20xf32>
}
)";

static Tensor makeRamp(Shape shape) {
  Tensor tensor(DType::F32, std::move(shape));
  for (int64_t i = 0; i < tensor.numElements(); ++i)
    tensor.data<float>()[i] = float(i % 17) / 8 - 1;
  return tensor;
}

TEST_F(FloatExecution, DescribesItself) {
  auto executor = create(kBranches);
  ASSERT_TRUE(executor);
  ASSERT_EQ(executor->getInputs().size(), 1u);
  EXPECT_EQ(executor->getInputs()[0].name, "x");
  ASSERT_EQ(executor->getOutputs().size(), 2u);
  EXPECT_EQ(executor->getOutputs()[0].name, "sum");
  EXPECT_EQ(executor->getOutputs()[1].name, "m");
  EXPECT_EQ(executor->getOutputs()[1].shape, (Shape{1, 20}));
  EXPECT_EQ(executor->getTensors().size(), 6u);
}

TEST_F(FloatExecution, ProbeSeesEveryTensorInOrder) {
  auto executor = create(kBranches);
  ASSERT_TRUE(executor);
  Recorder recorder(Probe::Interest::RowMajor);
  SmallVector<Tensor> outputs;
  Status status = executor->run({makeRamp({1, 3, 6, 6})}, outputs, &recorder);
  ASSERT_TRUE(status) << status.message();
  EXPECT_EQ(recorder.order,
            (std::vector<std::string>{"x", "a", "b", "s", "c", "m"}));
  std::vector<float> a = recorder.values("a"), s = recorder.values("s"),
                     c = recorder.values("c");
  for (size_t i = 0; i < c.size(); ++i) {
    EXPECT_FLOAT_EQ(c[i], a[i] + s[i]);
    EXPECT_EQ(c[i], outputs[0].data<float>()[i]);
  }
}

TEST_F(FloatExecution, AnyOrderHoldsTheSameElementsWithoutFilling) {
  auto executor = create(kBranches);
  ASSERT_TRUE(executor);
  Recorder plain(Probe::Interest::RowMajor), any(Probe::Interest::AnyOrder);
  SmallVector<Tensor> outputs;
  ASSERT_TRUE(executor->run({makeRamp({1, 3, 6, 6})}, outputs, &plain));
  ASSERT_TRUE(executor->run({makeRamp({1, 3, 6, 6})}, outputs, &any));
  for (const std::string &name : plain.order) {
    std::vector<float> a = plain.values(name), b = any.values(name);
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    EXPECT_EQ(a, b) << name;
  }
}

TEST_F(FloatExecution, RunsRepeatAndOutputsAreFresh) {
  auto executor = create(kBranches);
  ASSERT_TRUE(executor);
  SmallVector<Tensor> first, second;
  ASSERT_TRUE(executor->run({makeRamp({1, 3, 6, 6})}, first));
  ASSERT_TRUE(executor->run({Tensor::zeros(DType::F32, {1, 3, 6, 6})}, second));
  EXPECT_EQ(second[1].data<float>()[0], 0.5f);
  EXPECT_NE(first[1].data<float>()[0], 0.5f);
}

TEST_F(FloatExecution, ThreadsDoNotChangeResults) {
  SmallVector<Tensor> one, two;
  auto executor = create(kBranches, 1);
  ASSERT_TRUE(executor);
  ASSERT_TRUE(executor->run({makeRamp({1, 3, 6, 6})}, one));
  executor = create(kBranches, 2);
  ASSERT_TRUE(executor);
  ASSERT_TRUE(executor->run({makeRamp({1, 3, 6, 6})}, two));
  EXPECT_EQ(std::memcmp(one[0].raw(), two[0].raw(), one[0].byteSize()), 0);
}

TEST_F(FloatExecution, ViewsAndConstantsReachTheOutputs) {
  auto executor = create(R"(
func.func @main(%x: tensor<2x3xf32>) -> (tensor<6xf32>, tensor<2x3xf32>, tensor<2xf32>) {
  %r = top.reshape %x : (tensor<2x3xf32>) -> tensor<6xf32>
  %y = top.relu %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %c = top.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %r, %y, %c : tensor<6xf32>, tensor<2x3xf32>, tensor<2xf32>
}
)");
  ASSERT_TRUE(executor);
  SmallVector<Tensor> outputs;
  ASSERT_TRUE(executor->run(
      {Tensor::fromVector<float>({-1, 2, -3, 4, -5, 6}, {2, 3})}, outputs));
  EXPECT_EQ(outputs[0].data<float>()[2], -3.0f);
  EXPECT_EQ(outputs[1].data<float>()[2], 0.0f);
  EXPECT_EQ(outputs[2].data<float>()[1], 2.0f);
}

TEST_F(FloatExecution, WrongInputsAreNamed) {
  auto executor = create(kBranches);
  ASSERT_TRUE(executor);
  SmallVector<Tensor> outputs;
  EXPECT_EQ(executor->run({}, outputs).message(),
            "the network has 1 inputs, got 0");
  EXPECT_EQ(executor->run({makeRamp({1, 3, 6, 5})}, outputs).message(),
            "input 'x' is 1x3x6x6 f32, got 1x3x6x5 f32");
  EXPECT_EQ(executor->run({Tensor::zeros(DType::I8, {1, 3, 6, 6})}, outputs)
                .message(),
            "input 'x' is 1x3x6x6 f32, got 1x3x6x6 i8");
}

TEST_F(FloatExecution, OpWithoutKernelIsNamed) {
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    message = diagnostic.str();
    return success();
  });
  EXPECT_FALSE(create(R"(
func.func private @other(tensor<2xf32>) -> tensor<2xf32>
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %y = func.call @other(%x) : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
)"));
  EXPECT_EQ(message,
            "'func.call' is not executable: no kernel is registered for it");
}
