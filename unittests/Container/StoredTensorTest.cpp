// Stored integers and real values.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/StoredTensor.h"

#include <gtest/gtest.h>
#include <limits>

using namespace qc;

template <typename T> static std::vector<T> values(const Tensor &tensor) {
  return {tensor.data<T>(), tensor.data<T>() + tensor.numElements()};
}

static TensorInfo quantizedInfo(DType dtype, float scale, int64_t zeroPoint) {
  TensorInfo info;
  info.dtype = dtype;
  info.scale = scale;
  info.zeroPoint = zeroPoint;
  return info;
}

TEST(StoredTensor, QuantizeRoundsHalfToEvenAndSaturates) {
  float inf = std::numeric_limits<float>::infinity();
  float nan = std::numeric_limits<float>::quiet_NaN();
  auto real = Tensor::fromVector<float>(
      {0.25f, 0.75f, -0.25f, -0.75f, 1000, -inf, nan}, {7});
  Tensor stored = quantize(quantizedInfo(DType::I8, 0.5f, 3), real);
  EXPECT_EQ(values<int8_t>(stored),
            (std::vector<int8_t>{3, 5, 3, 1, 127, -128, 3}));
}

TEST(StoredTensor, DequantizeInvertsEveryStorageType) {
  auto bytes = Tensor::fromVector<uint8_t>({0, 128, 255}, {3});
  EXPECT_EQ(
      values<float>(dequantize(quantizedInfo(DType::U8, 0.5f, 128), bytes)),
      (std::vector<float>{-64, 0, 63.5f}));
  auto words = Tensor::fromVector<int16_t>({-32768, 32767}, {2});
  EXPECT_EQ(
      values<float>(dequantize(quantizedInfo(DType::I16, 2.0f, 0), words)),
      (std::vector<float>{-65536, 65534}));
}

TEST(StoredTensor, WithoutScaleNothingChanges) {
  auto real = Tensor::fromVector<float>({1, 2}, {2});
  EXPECT_EQ(dequantize(TensorInfo(), real).raw(), real.raw());
}

TEST(StoredTensor, SourceOrderUndoesThePermutation) {
  // NHWC of a source tensor [1, 2 channels, 1, 3].
  TensorInfo info;
  info.permutation = {0, 2, 3, 1};
  auto stored = Tensor::fromVector<int8_t>({1, 10, 2, 20, 3, 30}, {1, 1, 3, 2});
  Tensor source = toSourceOrder(info, stored);
  EXPECT_EQ(source.shape(), (Shape{1, 2, 1, 3}));
  EXPECT_EQ(values<int8_t>(source), (std::vector<int8_t>{1, 2, 3, 10, 20, 30}));
}

TEST(StoredTensor, IdentityIsFree) {
  TensorInfo info;
  auto stored = Tensor::fromVector<int8_t>({1, 2}, {1, 2});
  EXPECT_EQ(toSourceOrder(info, stored).raw(), stored.raw());
  info.permutation = {0, 1};
  EXPECT_EQ(toSourceOrder(info, stored).raw(), stored.raw());
}

TEST(StoredTensor, WhatIsNoPermutationIsIgnored) {
  TensorInfo info;
  info.permutation = {5, 5};
  auto stored = Tensor::fromVector<int8_t>({1, 2}, {1, 2});
  EXPECT_EQ(toSourceOrder(info, stored).raw(), stored.raw());
}
