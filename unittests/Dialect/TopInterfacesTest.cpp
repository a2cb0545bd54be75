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
  EXPECT_EQ(quantizable.getWeightBlock(1), SmallVector<int64_t>({1, 2, 3, 3}));
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
  EXPECT_EQ(quantizable.getWeightBlock(1), SmallVector<int64_t>({1, 8}));
  EXPECT_EQ(cast<CostOpInterface>(op).getMacs(), 2 * 4 * 8);
  EXPECT_EQ(cast<CostOpInterface>(op).getParameterCount(), 32);

  op = parse("%x: tensor<3x2x8xf32>, %w: tensor<8x4xf32>",
             "top.matmul %x, %w : (tensor<3x2x8xf32>, tensor<8x4xf32>) -> "
             "tensor<3x2x4xf32>",
             "top.matmul");
  ASSERT_TRUE(op);
  quantizable = cast<QuantizableOpInterface>(op);
  EXPECT_EQ(quantizable.getOperandRole(1), OperandRole::Activation);
  EXPECT_TRUE(quantizable.getWeightBlock(1).empty());
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

/// A clamp of one operand, or what else bounds it.
TEST_F(TopInterfacesTest, ValuesThatMakeADifference) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  auto get = [&](StringRef op, StringRef attributes, unsigned index,
                 ArrayRef<KnownValues> operands, ValueRange1D result) {
    StringRef list = operands.size() == 1 ? "%x" : "%x, %x";
    StringRef types = operands.size() == 1 ? "tensor<2x8xf32>"
                                           : "tensor<2x8xf32>, tensor<2x8xf32>";
    Operation *found = parse("%x: tensor<2x8xf32>",
                             ("top." + op + " " + list + " " + attributes +
                              " : (" + types + ") -> tensor<2x8xf32>")
                                 .str(),
                             ("top." + op).str());
    ValueRange1D useful = cast<QuantizableOpInterface>(found).getUsefulRange(
        index, operands, result);
    return std::pair(useful.min, useful.max);
  };
  using Pair = std::pair<double, double>;
  KnownValues any{kUnlimited}, unit{{0, 1}, 0.01}, two{{2, 2}, 2},
      minusTwo{{-2, -2}, 2};
  EXPECT_EQ(get("relu", "", 0, {any}, {-1, 5}), Pair(0, 5));
  EXPECT_EQ(
      get("clip", "{min = -2.0 : f32, max = 3.0 : f32}", 0, {any}, kUnlimited),
      Pair(-2, 3));
  EXPECT_EQ(get("neg", "", 0, {any}, {-1, 5}), Pair(-5, 1));
  EXPECT_EQ(get("sigmoid", "", 0, {any}, {0, 1}), Pair(-16, 16));
  EXPECT_EQ(get("exp", "", 0, {any}, {0, 1}), Pair(-16, 0));
  EXPECT_EQ(get("exp", "", 0, {any}, kUnlimited), Pair(-inf, inf));
  EXPECT_EQ(get("add", "", 0, {any, unit}, {-10, 5}), Pair(-11, 5));
  EXPECT_EQ(get("sub", "", 0, {any, unit}, {-10, 5}), Pair(-10, 6));
  EXPECT_EQ(get("sub", "", 1, {unit, any}, {-10, 5}), Pair(-5, 11));
  EXPECT_EQ(get("mul", "", 0, {any, two}, {-10, 5}), Pair(-5, 2.5));
  EXPECT_EQ(get("mul", "", 0, {any, minusTwo}, {-10, 5}), Pair(-2.5, 5));
  EXPECT_EQ(get("div", "", 0, {any, two}, {-10, 5}), Pair(-20, 10));
  // One step of the other factor is enough; the smaller factor is not limited.
  EXPECT_EQ(get("mul", "", 1, {unit, any}, {-10, 5}), Pair(-1000, 1000));
  EXPECT_EQ(get("mul", "", 0, {unit, any}, {-10, 5}), Pair(-inf, inf));
  EXPECT_EQ(get("max", "", 0, {any, two}, {0, 9}), Pair(2, 9));
  EXPECT_EQ(get("min", "", 0, {any, two}, {0, 9}), Pair(0, 2));
  EXPECT_EQ(get("floor", "", 0, {any}, {0, 9}), Pair(-inf, inf));
}

TEST_F(TopInterfacesTest, PeaksComeThroughMovement) {
  auto get = [&](StringRef op, StringRef attributes, StringRef result,
                 std::optional<int64_t> axis) {
    Operation *found =
        parse("%x: tensor<2x3x4xf32>",
              ("top." + op + " %x " + attributes +
               " : (tensor<2x3x4xf32>) -> tensor<" + result + "xf32>")
                  .str(),
              ("top." + op).str());
    return cast<QuantizableOpInterface>(found).getPeakAxis(0, axis);
  };
  EXPECT_EQ(get("softmax", "{axis = 1 : i64}", "2x3x4", std::nullopt), 1);
  EXPECT_EQ(get("reshape", "", "6x4", 1), 2);
  EXPECT_EQ(get("reshape", "", "6x4", 0), std::nullopt);
  EXPECT_EQ(get("transpose", "{perm = array<i64: 2, 0, 1>}", "4x2x3", 0), 2);
  EXPECT_EQ(get("expand", "", "5x2x3x4", 3), 2);
  EXPECT_EQ(get("relu", "", "2x3x4", 1), std::nullopt);
  // A part of a row knows less than the row.
  StringRef part = "{offsets = array<i64: 0, 0, 0>, sizes = array<i64: 2, 2, "
                   "4>, strides = array<i64: 1, 1, 1>}";
  EXPECT_EQ(get("slice", part, "2x2x4", 1), std::nullopt);
  EXPECT_EQ(get("slice", part, "2x2x4", 2), 2);
}

TEST_F(TopInterfacesTest, PadsPutValuesIn) {
  auto get = [&](StringRef attributes, StringRef result) {
    Operation *found =
        parse("%x: tensor<2x8xf32>",
              ("top.pad %x " + attributes + " : (tensor<2x8xf32>) -> tensor<" +
               result + "xf32>")
                  .str(),
              "top.pad");
    return cast<QuantizableOpInterface>(found).getInsertedValues();
  };
  EXPECT_EQ(
      get("{pads = array<i64: 0, 1, 0, 0>, value = 9.0 : f32}", "2x9")->max, 9);
  EXPECT_FALSE(
      get("{pads = array<i64: 0, 0, 0, 0>, value = 9.0 : f32}", "2x8"));
  EXPECT_FALSE(get("{pads = array<i64: 0, 1, 0, 0>, mode = \"edge\", value = "
                   "9.0 : f32}",
                   "2x9"));
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
