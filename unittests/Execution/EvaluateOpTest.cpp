// Single ops computed from the values of their operands.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Execution/Executor.h"
#include "qc/Pipelines/InitAll.h"

#include <gtest/gtest.h>

using namespace qc;

namespace {

class EvaluateOp : public ::testing::Test {
protected:
  EvaluateOp() {
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

TEST_F(EvaluateOp, SingleOp) {
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

TEST_F(EvaluateOp, BadIndicesFailQuietly) {
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
