// The weights of a float layer as rows of outputs and columns of inputs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/LayerWeights.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/WeightedOpInterface.h"
#include "qc/Quantization/Activations.h"
#include "qc/Transforms/ConstantValues.h"

namespace qc {

static int64_t getRank(Value value) {
  return cast<RankedTensorType>(value.getType()).getRank();
}

static WeightGeometry getGeometry(top::ConvOp op) {
  ArrayRef<int64_t> shape = top::getShape(op.getWeight());
  WeightGeometry geometry;
  geometry.groups = op.getGroup();
  geometry.outputs = shape[0];
  geometry.inputs = shape[1];
  for (int64_t size : shape.drop_front(2))
    geometry.window *= size;
  geometry.columnStride = geometry.window;
  geometry.rowStride = geometry.window * geometry.inputs;
  return geometry;
}

static WeightGeometry getGeometry(top::MatMulOp op) {
  ArrayRef<int64_t> shape = top::getShape(op.getRhs());
  WeightGeometry geometry;
  if (op.getTransposeRhs()) {
    geometry.outputs = shape[0];
    geometry.inputs = geometry.rowStride = shape[1];
    geometry.columnStride = 1;
  } else {
    geometry.inputs = shape[0];
    geometry.outputs = geometry.columnStride = shape[1];
    geometry.rowStride = 1;
  }
  return geometry;
}

static WeightGeometry getGeometry(top::ScaleOp op) {
  WeightGeometry geometry;
  geometry.groups = geometry.outputs = top::getShape(op.getScale())[0];
  geometry.inputs = geometry.rowStride = geometry.columnStride = 1;
  return geometry;
}

/// The axes and the geometry of `layer`; false when it has none.
static bool describe(FloatLayer &layer) {
  if (auto conv = dyn_cast<top::ConvOp>(layer.op)) {
    layer.geometry = getGeometry(conv);
    return true;
  }
  if (auto scale = dyn_cast<top::ScaleOp>(layer.op)) {
    layer.geometry = getGeometry(scale);
    return true;
  }
  auto matmul = dyn_cast<top::MatMulOp>(layer.op);
  if (!matmul || matmul.getTransposeLhs() || getRank(matmul.getRhs()) != 2)
    return false;
  layer.geometry = getGeometry(matmul);
  layer.inputAxis = getRank(matmul.getLhs()) - 1;
  layer.outputAxis = getRank(matmul.getOutput()) - 1;
  return true;
}

std::optional<FloatLayer> getFloatLayer(Operation *op) {
  auto weighted = dyn_cast<WeightedOpInterface>(op);
  if (!weighted || isInFloat(op) || !weighted.getWeight().hasOneUse())
    return std::nullopt;
  FloatLayer layer;
  layer.op = op;
  auto weight = getFloatConstant(weighted.getWeight());
  if (!weight || !describe(layer))
    return std::nullopt;
  layer.weight = std::move(*weight);
  if (Value bias = weighted.getBias()) {
    auto numbers = getNumbers(bias);
    if (!numbers)
      return std::nullopt;
    layer.bias = std::move(*numbers);
  }
  return layer;
}

} // namespace qc
