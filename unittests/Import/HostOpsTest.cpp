// Evaluation of constant tensors at import.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HostOps.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace qc;
using namespace qc::onnximport;

namespace {

Tensor vector(const std::vector<int64_t> &values) {
  return Tensor::fromVector(values, {static_cast<int64_t>(values.size())});
}

Tensor floats(const std::vector<float> &values) {
  return Tensor::fromVector(values, {static_cast<int64_t>(values.size())});
}

std::vector<double> values(const Result<Tensor> &tensor) {
  EXPECT_TRUE(tensor) << tensor.message();
  return tensor ? host::toReals(*tensor) : std::vector<double>();
}

host::Budget budget;
using Reals = std::vector<double>;
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

} // namespace

TEST(HostOps, IntegersNeverReachUndefinedBehaviour) {
  using host::Binary;
  auto apply = [](Binary op, int64_t a, int64_t b) {
    return host::binary(budget, op, vector({a}), vector({b}));
  };
  EXPECT_EQ(apply(Binary::Add, kMax, 1)->data<int64_t>()[0], kMin);
  EXPECT_EQ(apply(Binary::Sub, kMin, 1)->data<int64_t>()[0], kMax);
  EXPECT_EQ(apply(Binary::Div, kMin, -1)->data<int64_t>()[0], kMin);
  EXPECT_EQ(apply(Binary::Mod, kMin, -1)->data<int64_t>()[0], 0);
  EXPECT_EQ(apply(Binary::Pow, 2, 64)->data<int64_t>()[0], 0);
  EXPECT_EQ(apply(Binary::Pow, -1, -3)->data<int64_t>()[0], -1);
  EXPECT_EQ(apply(Binary::Div, 1, 0).message(), "integer division by zero");
  EXPECT_EQ(apply(Binary::Mod, 1, 0).message(), "integer division by zero");
  EXPECT_EQ(
      host::unary(budget, host::Unary::Abs, vector({kMin}))->data<int64_t>()[0],
      kMin);
}

TEST(HostOps, ModOfFloatsRoundsTheQuotientDown) {
  auto a = Tensor::fromVector<float>({5.5f, -5.5f, 5.5f, 4.0f, -4.0f}, {5});
  auto b = Tensor::fromVector<float>({2.0f, 2.0f, -2.0f, -2.0f, 2.0f}, {5});
  auto floored = host::binary(budget, host::Binary::Mod, a, b);
  auto truncated = host::binary(budget, host::Binary::FMod, a, b);
  ASSERT_TRUE(floored && truncated);
  const float wanted[] = {1.5f, 0.5f, -0.5f, -0.0f, 0.0f};
  const float wantedTruncated[] = {1.5f, -1.5f, 1.5f, 0.0f, -0.0f};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(floored->data<float>()[i], wanted[i]);
    EXPECT_EQ(std::signbit(floored->data<float>()[i]), std::signbit(wanted[i]));
    EXPECT_EQ(truncated->data<float>()[i], wantedTruncated[i]);
  }
}

TEST(HostOps, ModHasTheSignOfTheDivisorAndFModThatOfTheDividend) {
  Tensor a = vector({7, -7, 7, -7}), b = vector({3, 3, -3, -3});
  EXPECT_EQ(values(host::binary(budget, host::Binary::Mod, a, b)),
            (Reals{1, 2, -2, -1}));
  EXPECT_EQ(values(host::binary(budget, host::Binary::FMod, a, b)),
            (Reals{1, -1, 1, -1}));
}

TEST(HostOps, MinAndMaxKeepNaN) {
  Tensor a = floats({NAN, 1}), b = floats({1, NAN});
  for (auto op : {host::Binary::Min, host::Binary::Max})
    for (double value : values(host::binary(budget, op, a, b)))
      EXPECT_TRUE(std::isnan(value));
}

TEST(HostOps, Broadcasts) {
  Tensor column = vector({1, 2}).reshaped({2, 1}), row = vector({10, 20, 30});
  Result<Tensor> sum = host::binary(budget, host::Binary::Add, column, row);
  EXPECT_EQ(values(sum), (Reals{11, 21, 31, 12, 22, 32}));
  EXPECT_EQ(sum->shape(), (Shape{2, 3}));
  EXPECT_FALSE(host::binary(budget, host::Binary::Add, vector({1, 2}), row));
  EXPECT_FALSE(host::expand(budget, row, {2}));
}

TEST(HostOps, MovesElements) {
  Tensor matrix = vector({1, 2, 3, 4, 5, 6}).reshaped({2, 3});
  EXPECT_EQ(values(host::transpose(budget, matrix, {1, 0})),
            (Reals{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(values(host::slice(budget, matrix, {1, 2}, {2, 2}, {-1, -2})),
            (Reals{6, 4, 3, 1}));
  EXPECT_EQ(values(host::gather(budget, matrix, vector({-1, 0}), 1)),
            (Reals{3, 1, 6, 4}));
  EXPECT_EQ(host::gather(budget, matrix, vector({3}), 1).message(),
            "index 3 is out of range for a dimension of size 3");
  EXPECT_EQ(values(host::concat(budget, {&matrix, &matrix}, 1)),
            (Reals{1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}));
}

TEST(HostOps, CastsSaturate) {
  Tensor source = floats({-1e30f, -1.9f, 1.9f, 1e30f, NAN});
  Result<Tensor> cast = host::cast(budget, source, DType::I64);
  ASSERT_TRUE(cast);
  const int64_t *found = cast->data<int64_t>();
  EXPECT_EQ(std::vector<int64_t>(found, found + 5),
            (std::vector<int64_t>{kMin, -1, 1, kMax, 0}));
}

TEST(HostOps, HalvesRoundToNearestEven) {
  Result<Tensor> half = host::cast(
      budget, floats({1.0f, 65519.0f, 65520.0f, 2049.0f}), DType::F16);
  ASSERT_TRUE(half);
  EXPECT_EQ(values(host::cast(budget, *half, DType::F32)),
            (Reals{1, 65504, INFINITY, 2048}));
}

TEST(HostOps, Reduces) {
  Tensor cube = vector({1, 2, 3, 4, 5, 6, 7, 8}).reshaped({2, 2, 2});
  Result<Tensor> sum = host::reduce(budget, host::Reduction::Sum, cube, {0, 2},
                                    /*keepDims=*/true);
  EXPECT_EQ(values(sum), (Reals{14, 22}));
  EXPECT_EQ(sum->shape(), (Shape{1, 2, 1}));
  EXPECT_EQ(
      values(host::reduce(budget, host::Reduction::Max, cube, {1}, false)),
      (Reals{3, 4, 7, 8}));
  EXPECT_EQ(values(host::reduce(budget, host::Reduction::Prod,
                                vector({2, 3, 4}), {0}, false)),
            (Reals{24}));
}

TEST(HostOps, RefusesWhatWouldNotFitInMemory) {
  EXPECT_FALSE(host::allocate(budget, DType::F32, {int64_t(1) << 40}));
  EXPECT_FALSE(host::allocate(budget, DType::U8, {kMax, kMax}));
  EXPECT_FALSE(host::allocate(budget, DType::F32, {-1}));
  EXPECT_FALSE(host::expand(budget, vector({1}), {int64_t(1) << 40}));
}

TEST(HostOps, HalvesAreTheNearest) {
  // All halves, and what lies halfway between each and the next.
  for (int bits = 0; bits < 0x7c00; ++bits) {
    auto half = static_cast<uint16_t>(bits);
    Tensor tensor(DType::F16, {2});
    tensor.data<uint16_t>()[0] = half;
    tensor.data<uint16_t>()[1] = static_cast<uint16_t>(half + 1);
    std::vector<double> ends = host::toReals(tensor);
    auto toHalf = [](double value) {
      return host::scalar(DType::F16, value).data<uint16_t>()[0];
    };
    ASSERT_EQ(toHalf(ends[0]), half);
    ASSERT_EQ(toHalf(-ends[0]), half | 0x8000);
    double next = std::isinf(ends[1]) ? 65536 : ends[1];
    double middle = (ends[0] + next) / 2;
    ASSERT_EQ(toHalf(middle), half % 2 ? half + 1 : half);
    ASSERT_EQ(toHalf(std::nextafter(middle, 0)), half);
    ASSERT_EQ(toHalf(std::nextafter(middle, INFINITY)), half + 1);
  }
}

TEST(HostOps, ShapesWithoutElementsTakeNoSteps) {
  constexpr int64_t kLarge = int64_t(1) << 29;
  Tensor none(DType::F32, {kLarge, 0, kLarge});
  EXPECT_TRUE(host::reduce(budget, host::Reduction::Max, none, {0}, true));
  EXPECT_FALSE(host::reduce(budget, host::Reduction::Max, none, {1}, true));
  EXPECT_TRUE(host::transpose(budget, none, {2, 1, 0}));
  EXPECT_TRUE(host::concat(budget, {&none, &none}, 1));
  EXPECT_EQ(host::concat(budget, {&none, &none}, 0)->shape(),
            (Shape{2 * kLarge, 0, kLarge}));
  Tensor longest(DType::F32, {kMax, 0});
  EXPECT_FALSE(host::concat(budget, {&longest, &longest}, 0));
  EXPECT_TRUE(host::gather(budget, none, vector({1, 2}), 0));
}

TEST(HostOps, ABudgetIsSpentOnce) {
  host::Budget small(100);
  EXPECT_TRUE(host::expand(small, vector({1}), {40}));
  // 80 words are gone.
  Result<Tensor> next = host::expand(small, vector({1}), {40});
  ASSERT_FALSE(next);
  EXPECT_NE(next.message().find("goes beyond the 100 elements"),
            std::string::npos)
      << next.message();
  small.grant(400);
  EXPECT_TRUE(host::expand(small, vector({1}), {40}));
}

// A half-precision op makes floats on its way, and any step may fail.
TEST(HostOps, AFailureInsideAnOpIsItsFailure) {
  Tensor halves(DType::F16, {60});
  std::fill_n(halves.data<uint16_t>(), 60, uint16_t(0));
  for (int64_t most = 0; most < 400; most += 20) {
    for (int op = 0; op < 4; ++op) {
      host::Budget small(most);
      Result<Tensor> result =
          op == 0   ? host::unary(small, host::Unary::Exp, halves)
          : op == 1 ? host::binary(small, host::Binary::Add, halves, halves)
          : op == 2
              ? host::reduce(small, host::Reduction::Sum, halves, {0}, true)
              : host::compare(small, host::Comparison::Less, halves, halves);
      EXPECT_TRUE(result || !result.message().empty());
      EXPECT_TRUE(most > 0 || !result);
    }
  }
}

TEST(HostOps, MeansOfIntegersAreCut) {
  EXPECT_EQ(values(host::reduce(budget, host::Reduction::Mean, vector({-3, -4}),
                                {0}, true)),
            (Reals{-3}));
}
