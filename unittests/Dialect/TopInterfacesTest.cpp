// What ops of top say through their interfaces.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

#include <limits>

using namespace qc;

namespace {

class TopInterfacesTest : public ::testing::Test {
protected:
  TopInterfacesTest() {
    context
        .loadDialect<func::FuncDialect, quant::QuantDialect, top::TopDialect>();
  }

  /// Parses `body` as a function of the arguments `args` and returns its first
  /// op named `name`, or null.
  Operation *parse(StringRef args, StringRef body, StringRef name) {
    std::string text =
        ("func.func @f(" + args + ") {\n" + body + "\nreturn\n}").str();
    module = parseSourceString<ModuleOp>(text, &context);
    Operation *found = nullptr;
    if (module)
      module->walk([&](Operation *op) {
        if (!found && op->getName().getStringRef() == name)
          found = op;
      });
    return found;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

constexpr StringLiteral kConvAttributes =
    "{strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, "
    "dilations = array<i64: 1, 1>, group = 2 : i64}";

TEST_F(TopInterfacesTest, ConvolutionRolesAndCost) {
  Operation *op = parse(
      "%x: tensor<1x4x8x8xf32>, %w: tensor<6x2x3x3xf32>, %b: tensor<6xf32>",
      ("top.conv %x, %w, %b " + kConvAttributes +
       " : (tensor<1x4x8x8xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>) -> "
       "tensor<1x6x6x6xf32>")
          .str(),
      "top.conv");
  ASSERT_TRUE(op);
  auto quantizable = cast<QuantizableOpInterface>(op);
  EXPECT_EQ(quantizable.getOperandRole(0), OperandRole::Activation);
  EXPECT_EQ(quantizable.getOperandRole(1), OperandRole::Weight);
  EXPECT_EQ(quantizable.getOperandRole(2), OperandRole::Bias);
  EXPECT_EQ(quantizable.getWeightChannelAxis(1), 0);
  EXPECT_FALSE(quantizable.sharesParameters());
  EXPECT_EQ(cast<CostOpInterface>(op).getMacs(), 6 * 6 * 6 * 2 * 3 * 3);
}

TEST_F(TopInterfacesTest, MatMulWeightIsTheConstant) {
  Operation *op =
      parse("%x: tensor<2x8xf32>",
            "%w = top.constant dense<1.0> : tensor<4x8xf32>\n"
            "top.matmul %x, %w {transpose_rhs = true} : (tensor<2x8xf32>, "
            "tensor<4x8xf32>) -> tensor<2x4xf32>",
            "top.matmul");
  ASSERT_TRUE(op);
  auto quantizable = cast<QuantizableOpInterface>(op);
  EXPECT_EQ(quantizable.getOperandRole(1), OperandRole::Weight);
  EXPECT_EQ(quantizable.getWeightChannelAxis(1), 0);
  EXPECT_EQ(cast<CostOpInterface>(op).getMacs(), 2 * 4 * 8);
  EXPECT_EQ(cast<CostOpInterface>(op).getParameterCount(), 32);

  op = parse("%x: tensor<3x2x8xf32>, %w: tensor<8x4xf32>",
             "top.matmul %x, %w : (tensor<3x2x8xf32>, tensor<8x4xf32>) -> "
             "tensor<3x2x4xf32>",
             "top.matmul");
  ASSERT_TRUE(op);
  quantizable = cast<QuantizableOpInterface>(op);
  EXPECT_EQ(quantizable.getOperandRole(1), OperandRole::Activation);
  EXPECT_EQ(quantizable.getWeightChannelAxis(1), std::nullopt);
}

TEST_F(TopInterfacesTest, GatherHasAnIndex) {
  Operation *op = parse("%x: tensor<5x8xf32>, %i: tensor<3xi64>",
                        "top.gather %x, %i {axis = 0 : i64} : "
                        "(tensor<5x8xf32>, tensor<3xi64>) -> tensor<3x8xf32>",
                        "top.gather");
  ASSERT_TRUE(op);
  auto quantizable = cast<QuantizableOpInterface>(op);
  EXPECT_EQ(quantizable.getOperandRole(0), OperandRole::Activation);
  EXPECT_EQ(quantizable.getOperandRole(1), OperandRole::Index);
  EXPECT_TRUE(quantizable.sharesParameters());
}

TEST_F(TopInterfacesTest, RangesByDefinition) {
  auto getRange = [&](StringRef op, StringRef attributes = "") {
    Operation *found = parse("%x: tensor<2x8xf32>",
                             ("top." + op + " %x " + attributes +
                              " : (tensor<2x8xf32>) -> tensor<2x8xf32>")
                                 .str(),
                             ("top." + op).str());
    return cast<QuantizableOpInterface>(found).getFixedOutputRange(0);
  };
  EXPECT_EQ(getRange("softmax", "{axis = 1 : i64}")->max, 1.0);
  EXPECT_EQ(getRange("sigmoid")->min, 0.0);
  EXPECT_EQ(getRange("tanh")->min, -1.0);
  EXPECT_EQ(
      getRange("hard_sigmoid", "{alpha = 0.2 : f32, beta = 0.5 : f32}")->max,
      1.0);
  EXPECT_FALSE(getRange("relu"));
  EXPECT_FALSE(getRange("log_softmax", "{axis = 1 : i64}"));
}

TEST_F(TopInterfacesTest, OnlyNearestResizeKeepsValues) {
  auto shares = [&](StringRef mode) {
    Operation *op =
        parse("%x: tensor<1x3x4x4xf32>",
              ("top.resize %x {mode = \"" + mode +
               "\", coordinate_transformation = \"half_pixel\", scales = "
               "array<f64: 1.0, 1.0, 2.0, 2.0>} : (tensor<1x3x4x4xf32>) -> "
               "tensor<1x3x8x8xf32>")
                  .str(),
              "top.resize");
    return cast<QuantizableOpInterface>(op).sharesParameters();
  };
  EXPECT_TRUE(shares("nearest"));
  EXPECT_FALSE(shares("linear"));
}

TEST_F(TopInterfacesTest, FunctionsOfSingleElementsSaySo) {
  auto isElementwise = [&](StringRef name, StringRef operands,
                           StringRef types) {
    Operation *op = parse(
        "%x: tensor<1x3x4x4xf32>, %s: tensor<3x1x1xf32>",
        (name + " " + operands + " : (" + types + ") -> tensor<1x3x4x4xf32>")
            .str(),
        name);
    return op->hasTrait<top::ElementwiseFunction>();
  };
  EXPECT_TRUE(isElementwise("top.relu", "%x", "tensor<1x3x4x4xf32>"));
  EXPECT_TRUE(isElementwise("top.erf", "%x", "tensor<1x3x4x4xf32>"));
  EXPECT_TRUE(isElementwise("top.add", "%x, %s",
                            "tensor<1x3x4x4xf32>, tensor<3x1x1xf32>"));
  EXPECT_FALSE(isElementwise("top.prelu", "%x, %s",
                             "tensor<1x3x4x4xf32>, tensor<3x1x1xf32>"));
  EXPECT_FALSE(isElementwise("top.softmax", "%x {axis = 1 : i64}",
                             "tensor<1x3x4x4xf32>"));
}

TEST_F(TopInterfacesTest, ResizeWeightsAreMultiples) {
  auto resize = [&](StringRef mode) {
    Operation *op = parse("%x: tensor<1x3x4x4xf32>",
                          ("top.resize %x {mode = \"" + mode +
                           "\", coordinate_transformation = \"half_pixel\", "
                           "scales = array<f64: 1.0, 1.0, 2.0, 1.5>} : "
                           "(tensor<1x3x4x4xf32>) -> tensor<1x3x8x6xf32>")
                              .str(),
                          "top.resize");
    return cast<top::ResizeOp>(op);
  };
  EXPECT_EQ(resize("linear").getWeightDenominators(),
            (SmallVector<int64_t>{1, 1, 4, 6}));
  ScaleRelation relation = resize("linear").getScaleRelation();
  EXPECT_EQ(relation.kind, ScaleRelation::Sum);
  EXPECT_EQ(relation.divisor, 24);
  EXPECT_EQ(resize("nearest").getScaleRelation().kind, ScaleRelation::None);
}

TEST_F(TopInterfacesTest, CostOfAbsurdShapesSaturates) {
  Operation *op = parse(
      "%x: tensor<1x1x1x1xf32>, %w: tensor<1x1x1048576x1048576xf32>",
      "top.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1048575, "
      "1048575, 1048575, 1048575>, dilations = array<i64: 1, 1>} : "
      "(tensor<1x1x1x1xf32>, tensor<1x1x1048576x1048576xf32>) -> "
      "tensor<1x1x1048576x1048576xf32>",
      "top.conv");
  ASSERT_TRUE(op);
  EXPECT_EQ(cast<CostOpInterface>(op).getMacs(),
            std::numeric_limits<int64_t>::max());
}

} // namespace
