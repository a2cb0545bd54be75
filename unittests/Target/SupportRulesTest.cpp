// Support rules: what they find, and in which words.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Target/RuleLibrary.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace qc;

namespace {

/// The first op of tpu in a function body over %x: [1,8,8,4] and %w: [4,3,5,1].
class SupportRulesTest : public testing::Test {
protected:
  SupportRulesTest() {
    context
        .loadDialect<tpu::TpuDialect, func::FuncDialect, quant::QuantDialect>();
  }

  Operation *parse(const std::string &body) {
    std::string source =
        "!t = !quant.uniform<i8:f32, 0.5>\n!v = !quant.uniform<i16:f32, 0.5>\n"
        "!w = !quant.uniform<i8<-127:127>:f32, 0.5>\n"
        "func.func @main(%x: tensor<1x8x8x4x!t>, %v: tensor<1x8x8x4x!v>, %w: "
        "tensor<4x3x5x1x!w>, %b: tensor<4xi32>) {\n" +
        body + "\nreturn\n}";
    module = parseSourceString<ModuleOp>(source, &context);
    EXPECT_TRUE(module);
    Operation *found = nullptr;
    if (module)
      module->walk([&](Operation *op) {
        if (isa<tpu::TpuDialect>(op->getDialect()) && !found)
          found = op;
      });
    return found;
  }

  Operation *parseConv() {
    return parse(
        "%y = tpu.conv2d %x, %w, %b {strides = array<i64: 1, 2>, pads = "
        "array<i64: 0, 1, 2, 3>, dilations = array<i64: 1, 1>, group = 4 : "
        "i64, requant = #tpu.requant<mul32, single, multipliers = "
        "[1073741824], shifts = [31]>} : (tensor<1x8x8x4x!t>, "
        "tensor<4x3x5x1x!w>, tensor<4xi32>) -> tensor<1x8x4x4x!t>");
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

using Texts = std::vector<std::string>;

TEST_F(SupportRulesTest, UnknownOpsDoNotRun) {
  SupportRules rules;
  Operation *op = parseConv();
  EXPECT_EQ(rules.explain(op), Texts{"the target has no tpu.conv2d"});
  rules.allow("tpu.conv2d");
  EXPECT_TRUE(rules.supports(op));
}

TEST_F(SupportRulesTest, ADialectRunsAsAWhole) {
  SupportRules rules;
  rules.allowDialect("tpu");
  EXPECT_TRUE(rules.supports(parseConv()));
  EXPECT_TRUE(rules.allowsDialect("tpu"));
  EXPECT_FALSE(rules.allowsDialect("top"));
}

TEST_F(SupportRulesTest, EveryBrokenRuleIsNamedInOrder) {
  SupportRules rules;
  rules.allow("tpu.conv2d",
              {rules::inRange("kernel", "kernel", rules::getKernel, 1, 4),
               rules::oneOf("stride", "strides", rules::getStrides, {1, 3})});
  rules.allow("tpu.conv2d",
              {rules::allEqual("square", "strides", rules::getStrides)});
  EXPECT_EQ(rules.explain(parseConv()),
            (Texts{"kernel: kernel from 1 to 4; found 5",
                   "stride: strides of 1 or 3; found 1x2",
                   "square: strides that are equal; found 1x2"}));
}

TEST_F(SupportRulesTest, RulesKnowWhereTheyComeFrom) {
  SupportRules rules;
  rules.setSource(Provenance::Documented, "manual");
  rules.allow({"tpu.add", "tpu.mul"}, {rules::maxRank(4)});
  const SupportRule &rule = rules.getRules().at("tpu.mul").front();
  EXPECT_EQ(rule.provenance, Provenance::Documented);
  EXPECT_EQ(rule.source, "manual");
}

TEST_F(SupportRulesTest, NumbersOfAConvolution) {
  Operation *op = parseConv();
  EXPECT_EQ(rules::getKernel(op), (SmallVector<int64_t>{3, 5}));
  EXPECT_EQ(rules::getPads(op), (SmallVector<int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(rules::getGroup(op), (SmallVector<int64_t>{4}));
  EXPECT_EQ(rules::getGroupChannels(op), (SmallVector<int64_t>{1, 1}));
  EXPECT_EQ(rules::getInputChannels(op), (SmallVector<int64_t>{4}));
  EXPECT_TRUE(rules::isDepthwise(op));
  EXPECT_FALSE(rules::isWide(op));
}

TEST_F(SupportRulesTest, AnOpWithoutTheNumberMeetsTheLimit) {
  Operation *op = parse("%y = tpu.clip %x {clamp = array<i64: 0, 9>} : "
                        "(tensor<1x8x8x4x!t>) -> tensor<1x8x8x4x!t>");
  EXPECT_TRUE(rules::getKernel(op).empty());
  EXPECT_EQ(
      rules::inRange("kernel", "kernel", rules::getKernel, 1, 2).check(op), "");
  EXPECT_EQ(rules::powersOfTwo("d", "dilations", rules::getDilations).check(op),
            "");
}

TEST_F(SupportRulesTest, ProductsDoNotOverflow) {
  auto huge = [](Operation *) {
    return SmallVector<int64_t>{int64_t(1) << 40, int64_t(1) << 40};
  };
  EXPECT_EQ(rules::productAtMost("p", "area", huge, 100).check(parseConv()),
            "1099511627776x1099511627776");
}

TEST_F(SupportRulesTest, ConditionsLimitARule) {
  SupportRule rule =
      rules::onlyWhen("depthwise", rules::isDepthwise,
                      rules::productAtMost("area", "kernel height x width",
                                           rules::getKernel, 9));
  EXPECT_EQ(rule.words, "kernel height x width of at most 9, when depthwise");
  EXPECT_EQ(rule.check(parseConv()), "3x5");
  rule = rules::onlyWhen("never", [](Operation *) { return false; }, rule);
  EXPECT_EQ(rule.check(parseConv()), "");
}

TEST_F(SupportRulesTest, WidthsRanksAndAxes) {
  Operation *wide =
      parse("%y = tpu.softmax %v {axis = 1 : i64} : (tensor<1x8x8x4x!v>) -> "
            "tensor<1x8x8x4x!v>");
  EXPECT_EQ(rules::eightBits().check(wide), "16 bits");
  EXPECT_EQ(rules::maxRank(3).check(wide), "4");
  EXPECT_EQ(rules::maxRank(4).check(wide), "");
  EXPECT_EQ(rules::axisAmongLast(2).check(wide), "axis 1 of 4");
  EXPECT_EQ(rules::axisAmongLast(3).check(wide), "");
  // In NHWC, dimension 1 is the height: the last but one of NCHW.
  Operation *image = parse(
      "%y = tpu.softmax %v {axis = 1 : i64, qc.permutation = array<i64: 0, 2, "
      "3, 1>} : (tensor<1x8x8x4x!v>) -> tensor<1x8x8x4x!v>");
  EXPECT_EQ(rules::axisAmongLast(2).check(image), "");
}

TEST_F(SupportRulesTest, ReductionsOfImages) {
  auto mean = [&](const std::string &axes, const std::string &permutation) {
    return parse(
        "%y = tpu.reduce_mean %x {axes = array<i64: " + axes +
        ">, keepdims = true, " + permutation +
        "requant = #tpu.requant<mul32, single, multipliers = [1073741824], "
        "shifts = [36]>} : (tensor<1x8x8x4x!t>) -> tensor<" +
        (axes == "1, 2" ? "1x1x1x4x!t>" : "1x8x1x1x!t>"));
  };
  const std::string last = "qc.permutation = array<i64: 0, 2, 3, 1>, ";
  EXPECT_EQ(rules::reducesImage().check(mean("1, 2", last)), "");
  EXPECT_EQ(rules::reducesImage().check(mean("2, 3", "")), "");
  EXPECT_EQ(rules::reducesImage().check(mean("1, 2", "")), "axes 1x2 of 4");
  EXPECT_EQ(rules::getReducedCount(mean("1, 2", last)),
            (SmallVector<int64_t>{64}));
}

TEST_F(SupportRulesTest, FunctionsAndFactors) {
  Operation *resize = parse(
      "%y = tpu.resize_nearest %x {coordinate_transformation = \"asymmetric\", "
      "nearest_mode = \"floor\", scales = array<f64: 1.5, 2.0>} : "
      "(tensor<1x8x8x4x!t>) -> tensor<1x12x16x4x!t>");
  EXPECT_EQ(rules::resizeByPowersOfTwo().check(resize), "1.5x2");
  SupportRule functions = rules::functionIn({"tanh", "exp"});
  EXPECT_EQ(functions.words, "one of the functions exp, tanh");
  EXPECT_EQ(functions.check(resize), "");
}

TEST_F(SupportRulesTest, Widths) {
  Operation *mixed = parse("%y = tpu.max %x, %v : (tensor<1x8x8x4x!t>, "
                           "tensor<1x8x8x4x!v>) -> tensor<1x8x8x4x!t>");
  EXPECT_EQ(rules::oneWidth().check(mixed), "8 and 16 bits");
  EXPECT_EQ(rules::eightBits().check(mixed), "16 bits");
  Operation *wide = parse("%y = tpu.max %v, %v : (tensor<1x8x8x4x!v>, "
                          "tensor<1x8x8x4x!v>) -> tensor<1x8x8x4x!v>");
  EXPECT_EQ(rules::oneWidth().check(wide), "");

  SupportRules all;
  all.allow("tpu.add", {rules::maxRank(4)});
  all.allow("tpu.max", {rules::oneWidth(), rules::eightBits()});
  all.allow("tpu.min", {rules::oneWidth(), rules::maxRank(4)});
  all.allow("tpu.mul",
            {rules::onlyWhen("wide", rules::isWide, rules::eightBits())});
  TypeRules found = all.getTypeRules();
  EXPECT_EQ(found.size(), 2u);
  ASSERT_EQ(found["tpu.max"].size(), 2u);
  EXPECT_TRUE(found["tpu.max"][0].sameBits);
  EXPECT_EQ(found["tpu.max"][1].reason, "eight-bits: activations of 8 bits");
  ASSERT_EQ(found["tpu.min"].size(), 1u);
  EXPECT_EQ(found["tpu.min"][0].reason, "one-width: activations of one width");
}

TEST_F(SupportRulesTest, TypesByOperand) {
  Operation *mixed = parse("%y = tpu.max %x, %v : (tensor<1x8x8x4x!t>, "
                           "tensor<1x8x8x4x!v>) -> tensor<1x8x8x4x!t>");
  TypeSet eight = TypeSet::ofBits(8), wide = TypeSet::ofBits(16);
  EXPECT_EQ(rules::operandIn(0, eight).check(mixed), "");
  EXPECT_EQ(rules::operandIn(1, eight).check(mixed), "16 bits");
  EXPECT_EQ(rules::operandIn(1, wide).check(mixed), "");
  EXPECT_EQ(rules::operandIn(1, eight).words, "operand 2 of 8 bits");
  EXPECT_EQ(rules::resultsIn(wide).check(mixed), "8 bits");
  EXPECT_EQ(rules::activationsIn({StorageKind::U8, StorageKind::I16}).words,
            "activations of u8 or i16");
  EXPECT_EQ(rules::resultsIn({StorageKind::U8}).check(mixed), "i8");

  Operation *conv = parseConv();
  EXPECT_EQ(rules::weightsIn(eight).check(conv), "");
  EXPECT_EQ(rules::weightsIn({StorageKind::I4}).check(conv), "8 bits");
  EXPECT_EQ(rules::weightsIn({StorageKind::I4}).words, "weights of i4");
  // Weights are no activations.
  EXPECT_EQ(rules::operandIn(1, wide).check(conv), "");
}

} // namespace
