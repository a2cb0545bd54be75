// Tests of scales whose requantisation never lands between two integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/TieFree.h"
#include "qc/Pipelines/InitAll.h"

#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace qc;

namespace {

/// The smallest distance of a * ratio to an odd multiple of one half, over all
/// accumulators a whose result fits 8 bits.
double getMargin(double ratio) {
  double margin = 1;
  for (int64_t a = 0; a * ratio <= 128; ++a)
    margin =
        std::min(margin, std::abs(a * ratio - std::floor(a * ratio) - 0.5));
  return margin;
}

TEST(TieFreeRatio, StaysNear) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> exponent(-13, 4);
  for (int i = 0; i < 2000; ++i) {
    double ratio = std::exp2(exponent(random));
    EXPECT_NEAR(getTieFreeRatio(ratio) / ratio, 1, std::ldexp(1.0, -12));
  }
}

TEST(TieFreeRatio, KeepsAwayFromHalves) {
  // A float32 product of 128 is off by up to four times 2^-18.
  constexpr double kFloatError = 128 * 4 * 0x1p-24;
  std::mt19937 random(2);
  std::uniform_real_distribution<double> exponent(-12, 1);
  for (int i = 0; i < 200; ++i)
    EXPECT_GT(getMargin(getTieFreeRatio(std::exp2(exponent(random)))),
              kFloatError);
  EXPECT_EQ(getMargin(0.25), 0) << "a power of two ties: the check can fail";
}

TEST(TieFreeRatio, LeavesWhatHasNoFraction) {
  EXPECT_EQ(getTieFreeRatio(1e-9), 1e-9);
  EXPECT_EQ(getTieFreeRatio(0), 0);
  EXPECT_EQ(getTieFreeRatio(1), 1);
  EXPECT_EQ(getTieFreeRatio(INFINITY), INFINITY);
}

class MakeTieFree : public ::testing::Test {
protected:
  MakeTieFree() {
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  /// The scales of the results of `body`'s ops, by the order of the ops. With
  /// `wideInput`, the first argument has 16 bits and its first user reads 8.
  std::vector<double> getScales(const std::string &text, bool symmetric,
                                bool wideInput = false) {
    module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    auto function = *module->getOps<func::FuncOp>().begin();
    QuantSpec spec;
    ActivationWidths widths;
    widths.narrowScheme.symmetric = symmetric;
    if (wideInput) {
      widths.wideScheme = {16, true, true, false};
      widths.bits[function.getArgument(0)] = 16;
      widths.reads[&function.front().front().getOpOperand(0)] = 8;
    }
    ActivationTypes types;
    EXPECT_TRUE(succeeded(assignParameters(function, spec, widths, types)));
    std::vector<double> scales;
    auto add = [&](Value value) {
      if (types.types.contains(value))
        scales.push_back(types.types.lookup(value).getScale());
    };
    for (Value argument : function.getArguments())
      add(argument);
    for (Operation &op : function.front())
      for (Value result : op.getResults())
        add(result);
    return scales;
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};

/// Every scale is an odd multiple of 1/255 of the smallest.
void expectOddMultiples(const std::vector<double> &scales) {
  double step = *std::min_element(scales.begin(), scales.end()) / 255;
  for (double scale : scales) {
    double multiple = scale / step, nearest = std::nearbyint(multiple);
    EXPECT_NEAR(multiple, nearest, multiple * 1e-6) << "no multiple";
    EXPECT_EQ(int64_t(nearest) % 2, 1) << multiple << " is even";
  }
}

TEST_F(MakeTieFree, SumsShareAStep) {
  for (bool symmetric : {true, false}) {
    auto scales = getScales(R"mlir(
      !a = tensor<1x4x!quant.calibrated<f32<-1.0:1.31>>>
      !b = tensor<1x4x!quant.calibrated<f32<-2.7:1.9>>>
      !c = tensor<1x4x!quant.calibrated<f32<-0.41:9.3>>>
      func.func @main(%a: !a, %b: !b) -> !c {
        %s = top.add %a, %b : (!a, !b) -> !b
        %t = top.sub %s, %a : (!b, !a) -> !c
        return %t : !c
      })mlir",
                            symmetric);
    ASSERT_EQ(scales.size(), 4u);
    expectOddMultiples(scales);
    double span = symmetric ? 2 * 1.31 / 254 : 2.31 / 255;
    EXPECT_GE(scales[0], span * (1 - 1e-6)) << "the range is not cut";
    EXPECT_LE(scales[0], span * (1 + 1.0 / 128));
  }
}

TEST_F(MakeTieFree, MeansAndProductsFollow) {
  auto scales = getScales(R"mlir(
    !a = tensor<1x4x7x7x!quant.calibrated<f32<-1.0:1.31>>>
    !b = tensor<1x4x1x1x!quant.calibrated<f32<-0.27:0.19>>>
    !c = tensor<1x4x7x7x!quant.calibrated<f32<-0.3:0.21>>>
    func.func @main(%a: !a) -> !c {
      %m = top.reduce_mean %a {axes = array<i64: 2, 3>} : (!a) -> !b
      %p = top.mul %a, %m : (!a, !b) -> !c
      return %p : !c
    })mlir",
                          false);
  ASSERT_EQ(scales.size(), 3u);
  EXPECT_GT(getMargin(scales[0] / scales[1] / 49), 3e-5);
  EXPECT_GT(getMargin(scales[0] * scales[1] / scales[2]), 3e-5);
}

TEST_F(MakeTieFree, WhatIsMovedFromACopy) {
  auto scales = getScales(R"mlir(
    !a = tensor<1x4x!quant.calibrated<f32<-1.0:1.31>>>
    !m = tensor<2x2x!quant.calibrated<f32<-1.0:1.31>>>
    !b = tensor<2x2x!quant.calibrated<f32<-2.7:1.9>>>
    func.func @main(%a: !a, %b: !b) -> !b {
      %m = top.reshape %a {shape = array<i64: 2, 2>} : (!a) -> !m
      %s = top.add %m, %b : (!m, !b) -> !b
      return %s : !b
    })mlir",
                          false, /*wideInput=*/true);
  ASSERT_EQ(scales.size(), 4u);
  EXPECT_FLOAT_EQ(scales[0], 1.31 / 32767) << "16 bits stay as they are";
  expectOddMultiples({scales[1], scales[2], scales[3]});
}

} // namespace
