// Constants between attributes and tensors, and the evaluation of single ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Execution/Executor.h"
#include "qc/Pipelines/InitAll.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <gtest/gtest.h>

#include <limits>

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

TEST_F(Constants, SingleOpIsEvaluated) {
  Location loc = builder.getUnknownLoc();
  auto vector = type({3}, builder.getF32Type());
  Value x = top::ConstantOp::create(builder, loc, vector,
                                    DenseElementsAttr::get(vector, 0.0f));
  auto relu = top::ReluOp::create(builder, loc, vector, x);
  auto results =
      evaluateOp(relu, {Tensor::fromVector<float>({-1.0f, 0.5f, 2.0f}, {3})});
  ASSERT_TRUE(succeeded(results));
  EXPECT_EQ((*results)[0].data<float>()[0], 0.0f);
  EXPECT_EQ((*results)[0].data<float>()[2], 2.0f);
  relu->erase();
  x.getDefiningOp()->erase();
}

TEST_F(Constants, EvaluationOfBadIndicesFailsQuietly) {
  Location loc = builder.getUnknownLoc();
  auto vector = type({3}, builder.getF32Type());
  auto indices = type({3}, builder.getI64Type());
  Value x = top::ConstantOp::create(builder, loc, vector,
                                    DenseElementsAttr::get(vector, 0.0f));
  Value ids = top::ConstantOp::create(
      builder, loc, indices, DenseElementsAttr::get(indices, int64_t(7)));
  auto gather = top::GatherOp::create(builder, loc, vector, x, ids, 0);
  EXPECT_TRUE(failed(
      evaluateOp(gather, {Tensor::fromVector<float>({1, 2, 3}, {3}),
                          Tensor::fromVector<int64_t>({0, 7, 1}, {3})})));
  gather->erase();
  ids.getDefiningOp()->erase();
  x.getDefiningOp()->erase();
}
