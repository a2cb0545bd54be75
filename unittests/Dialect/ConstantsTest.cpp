// Constants between attributes and tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Pipelines/InitAll.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <gtest/gtest.h>

using namespace qc;

namespace {

class Constants : public ::testing::Test {
protected:
  Constants() {
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  RankedTensorType type(ArrayRef<int64_t> shape, Type element) {
    return RankedTensorType::get(shape, element);
  }

  MLIRContext context;
  OpBuilder builder{&context};
};

} // namespace

TEST_F(Constants, SplatIsRepeated) {
  auto elements =
      DenseElementsAttr::get(type({2, 3}, builder.getF32Type()), 1.5f);
  Result<Tensor> tensor = getConstantTensor(elements);
  ASSERT_TRUE(tensor) << tensor.message();
  EXPECT_EQ(tensor->shape(), (Shape{2, 3}));
  EXPECT_EQ(tensor->data<float>()[5], 1.5f);
}

TEST_F(Constants, LargeTensorsBecomeResources) {
  Tensor tensor(DType::I64, {200});
  for (int64_t i = 0; i < 200; ++i)
    tensor.data<int64_t>()[i] = i - 100;
  ElementsAttr elements =
      getElementsAttr(tensor, type({200}, builder.getI64Type()), "ids");
  EXPECT_TRUE(isa<DenseResourceElementsAttr>(elements));
  Result<Tensor> back = getConstantTensor(elements);
  ASSERT_TRUE(back) << back.message();
  EXPECT_EQ(back->data<int64_t>()[0], -100);
  EXPECT_EQ(back->data<int64_t>()[199], 99);
}

TEST_F(Constants, HalfPrecisionIsHeldAsSingle) {
  auto half = type({3}, builder.getF16Type());
  Tensor tensor = Tensor::fromVector<float>({1.0f, 0.1f, -65504.0f}, {3});
  ElementsAttr elements = getElementsAttr(tensor, half, "h");
  EXPECT_EQ(elements.getType(), half);
  Result<Tensor> back = getConstantTensor(elements);
  ASSERT_TRUE(back) << back.message();
  EXPECT_EQ(back->dtype(), DType::F32);
  EXPECT_EQ(back->data<float>()[1], 0.0999755859375f);
  EXPECT_EQ(back->data<float>()[2], -65504.0f);
}

TEST_F(Constants, BooleansAreBytes) {
  Tensor tensor(DType::Bool, {10});
  for (int i = 0; i < 10; ++i)
    tensor.data<uint8_t>()[i] = i % 3 == 0;
  Result<Tensor> back = getConstantTensor(
      getElementsAttr(tensor, type({10}, builder.getI1Type()), "mask"));
  ASSERT_TRUE(back) << back.message();
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(back->data<uint8_t>()[i], i % 3 == 0);
}

TEST_F(Constants, ResourceOfWrongSizeIsRefused) {
  auto elements = DenseResourceElementsAttr::get(
      type({4}, builder.getF32Type()), "short",
      HeapAsmResourceBlob::allocateAndCopyWithAlign(
          ArrayRef<char>("12345678", 8), 8));
  Result<Tensor> tensor = getConstantTensor(elements);
  ASSERT_FALSE(tensor);
  EXPECT_EQ(tensor.message(),
            "a constant of type tensor<4xf32> holds 8 bytes, expected 16");
}
