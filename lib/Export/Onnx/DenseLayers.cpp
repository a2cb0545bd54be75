// Convolutions of the rows of a matrix become fully connected layers again.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "DenseLayers.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"

namespace qc::onnxexport {
namespace {

/// The three ops that compute one layer.
struct DenseLayer {
  tpu::ReshapeOp image;
  tpu::Conv2dOp conv;
  tpu::ReshapeOp rows;
};

bool areAll(ArrayRef<int64_t> values, int64_t value) {
  return llvm::all_of(values, [value](int64_t v) { return v == value; });
}

/// Whether `conv` multiplies each position by one matrix.
bool isProduct(tpu::Conv2dOp conv) {
  auto weight = cast<RankedTensorType>(conv.getWeight().getType());
  return conv.getGroup() == 1 && areAll(conv.getStrides(), 1) &&
         areAll(conv.getPads(), 0) && weight.getDimSize(1) == 1 &&
         weight.getDimSize(2) == 1 && !conv.getFactors() &&
         conv.getWeight().getDefiningOp<tpu::ConstantOp>();
}

/// Whether `rows` and image [1, 1, rows, channels] hold the same matrix.
bool areRowsOf(Value rows, Value image) {
  auto matrix = cast<RankedTensorType>(rows.getType());
  auto shape = cast<RankedTensorType>(image.getType()).getShape();
  return matrix.getRank() >= 2 && shape[0] == 1 && shape[1] == 1 &&
         matrix.getShape().back() == shape[3];
}

std::optional<DenseLayer> match(tpu::Conv2dOp conv) {
  auto image = conv.getInput().getDefiningOp<tpu::ReshapeOp>();
  if (!image || !conv.getOutput().hasOneUse() || !isProduct(conv))
    return std::nullopt;
  auto rows = dyn_cast<tpu::ReshapeOp>(*conv.getOutput().user_begin());
  if (!rows || !areRowsOf(image.getInput(), image.getOutput()) ||
      !areRowsOf(rows.getOutput(), conv.getOutput()))
    return std::nullopt;
  auto from = cast<RankedTensorType>(image.getInput().getType()).getShape();
  auto to = cast<RankedTensorType>(rows.getOutput().getType()).getShape();
  if (from.drop_back() != to.drop_back())
    return std::nullopt;
  return DenseLayer{image, conv, rows};
}

SmallVector<DenseLayer> collect(func::FuncOp function) {
  SmallVector<DenseLayer> layers;
  function.walk([&](tpu::Conv2dOp conv) {
    if (auto layer = match(conv))
      layers.push_back(*layer);
  });
  return layers;
}

void rewrite(DenseLayer layer) {
  auto [image, conv, rows] = layer;
  auto constant = conv.getWeight().getDefiningOp<tpu::ConstantOp>();
  auto type = cast<RankedTensorType>(constant.getOutput().getType());
  SmallVector<int64_t> matrix{type.getDimSize(0), type.getDimSize(3)};
  ElementsAttr stored = reshapeConstant(constant.getValue(), matrix);
  if (!stored)
    return;
  OpBuilder builder(rows);
  Value weight = tpu::ConstantOp::create(
      builder, constant.getLoc(),
      RankedTensorType::get(matrix, type.getElementType()), stored);
  auto dense = tpu::FullyConnectedOp::create(
      builder, rows.getLoc(), rows.getOutput().getType(), image.getInput(),
      weight, conv.getBias(), conv.getRequant(), conv.getClampAttr(),
      /*factors=*/Value());
  setSourcePermutation(dense, getSourcePermutation(rows));
  rows.replaceAllUsesWith(dense.getOutput());
  rows.erase();
  conv.erase();
  if (image->use_empty())
    image.erase();
  if (constant->use_empty())
    constant.erase();
}

} // namespace

OwningOpRef<ModuleOp> withDenseLayers(ModuleOp module, func::FuncOp function) {
  if (collect(function).empty())
    return {};
  OwningOpRef<ModuleOp> copy(module.clone());
  for (DenseLayer layer :
       collect(copy->lookupSymbol<func::FuncOp>(function.getName())))
    rewrite(layer);
  return copy;
}

} // namespace qc::onnxexport
