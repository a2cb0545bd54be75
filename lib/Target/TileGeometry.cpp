// How ops of tpu lie over the rows and channels of what they read.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Target/LayerCost.h"
#include "qc/Target/RuleLibrary.h"
#include "qc/Target/Subgraphs.h"

#include "llvm/ADT/StringSet.h"

namespace qc {

namespace {
class TileDescriber {
public:
  explicit TileDescriber(func::FuncOp function) : function(function) {}

  TileProblem run(std::vector<Operation *> &ops);

private:
  int getTensor(Value value);
  void describe(Operation *op, TileStep &step);
  void describeWindow(Operation *op, TileStep &step);
  void describeMatmul(Operation *op, TileStep &step);
  void add(TileStep &step, Value value, RowMap rows, bool followsChannels);

  func::FuncOp function;
  TileProblem problem;
  llvm::DenseMap<Value, int> tensors;
};
} // namespace

static bool isConstant(Value value) {
  Operation *op = value.getDefiningOp();
  return op && op->hasTrait<OpTrait::ConstantLike>();
}

static ArrayRef<int64_t> getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// Images of rows of channels: NHWC; of fewer dimensions the last are channels
/// and all others rows.
static TileTensor view(Value value) {
  TileTensor tensor;
  tensor.name = getTensorName(value);
  ArrayRef<int64_t> shape = getShape(value);
  int64_t bytes = sumOfBytes(value.getType());
  if (!shape.empty())
    tensor.channels = std::max<int64_t>(shape.back(), 1);
  if (shape.size() == 4) {
    tensor.images = std::max<int64_t>(shape[0], 1);
    tensor.rows = std::max<int64_t>(shape[1], 1);
  } else {
    for (int64_t size : shape.drop_back(shape.empty() ? 0 : 1))
      tensor.rows *= std::max<int64_t>(size, 1);
  }
  int64_t count = tensor.images * tensor.rows;
  tensor.rowBytes = (bytes + count - 1) / count;
  return tensor;
}

int TileDescriber::getTensor(Value value) {
  // What is another view of the same bytes is the same tensor.
  while (auto reshape = value.getDefiningOp<tpu::ReshapeOp>())
    value = reshape->getOperand(0);
  auto [found, isNew] =
      tensors.try_emplace(value, static_cast<int>(problem.tensors.size()));
  if (isNew) {
    problem.tensors.push_back(view(value));
    problem.tensors.back().isOutside =
        isa<BlockArgument>(value) || isConstant(value);
    problem.tensors.back().first = static_cast<int>(problem.steps.size());
  }
  return found->second;
}

void TileDescriber::add(TileStep &step, Value value, RowMap rows,
                        bool followsChannels) {
  int tensor = getTensor(value);
  // A view with other rows than the tensor has is read as a whole.
  TileTensor seen = view(value);
  const TileTensor &held = problem.tensors[tensor];
  if (rows.kind == RowMap::Window &&
      (seen.rows != held.rows || seen.images != held.images ||
       seen.rowBytes != held.rowBytes))
    rows.kind = RowMap::Whole;
  if (followsChannels && seen.channels != held.channels)
    followsChannels = false;
  step.inputs.push_back({tensor, rows, followsChannels});
}

/// Convolutions and pools.
void TileDescriber::describeWindow(Operation *op, TileStep &step) {
  SmallVector<int64_t> kernel = rules::getKernel(op);
  SmallVector<int64_t> strides = rules::getStrides(op);
  SmallVector<int64_t> dilations = rules::getDilations(op);
  SmallVector<int64_t> pads = rules::getPads(op);
  SmallVector<int64_t> group = rules::getGroup(op);
  bool isDepthwise = !group.empty() && group[0] > 1 &&
                     group[0] == getShape(op->getOperand(0)).back() &&
                     group[0] == getShape(op->getResult(0)).back();
  RowMap rows;
  rows.window =
      kernel.empty()
          ? 1
          : (kernel[0] - 1) * (dilations.empty() ? 1 : dilations[0]) + 1;
  int64_t stride = strides.empty() ? 1 : strides[0];
  int64_t pad = pads.empty() ? 0 : pads[0];
  if (isa<tpu::Deconv2dOp>(op)) {
    // Row i of the input goes to rows from i * stride - pad on.
    rows.upscale = stride;
    rows.pad = rows.window - 1 - pad;
  } else {
    rows.stride = stride;
    rows.pad = pad;
  }
  add(step, op->getOperand(0), rows, isDepthwise || group.empty());
  step.splitsRows = true;
  step.splitsChannels = group.empty() || group[0] == 1 || isDepthwise;
}

void TileDescriber::describeMatmul(Operation *op, TileStep &step) {
  bool isBatched = getShape(op->getOperand(0)).size() > 2;
  auto transposes = op->getAttrOfType<BoolAttr>("transpose_lhs");
  RowMap whole;
  whole.kind = RowMap::Whole;
  bool isPlain = !isBatched && !(transposes && transposes.getValue());
  for (auto [i, operand] : llvm::enumerate(op->getOperands()))
    if (!isConstant(operand))
      add(step, operand, i == 0 && isPlain ? RowMap() : whole, false);
  step.splitsRows = isPlain;
}

/// Ops that treat each position by itself, and those that treat each row so.
static bool isPointwise(StringRef name) {
  static const llvm::StringSet<> names = {
      "add", "sub",  "mul",   "div",      "min",        "max",       "pow",
      "lut", "clip", "prelu", "quantize", "dequantize", "requantize"};
  return names.contains(name);
}
static bool isRowwise(Operation *op) {
  static const llvm::StringSet<> names = {"softmax", "log_softmax",
                                          "layer_norm"};
  if (!names.contains(op->getName().stripDialect()))
    return false;
  auto axis = op->getAttrOfType<IntegerAttr>("axis");
  auto rank = static_cast<int64_t>(getShape(op->getResult(0)).size());
  return !axis || axis.getInt() == rank - 1;
}

static bool onlyMoves(StringRef name) {
  static const llvm::StringSet<> names = {
      "concat", "slice", "pad", "transpose", "expand", "gather", "split"};
  return names.contains(name);
}

void TileDescriber::describe(Operation *op, TileStep &step) {
  StringRef name = op->getName().stripDialect();
  if (isa<tpu::Conv2dOp, tpu::Deconv2dOp, tpu::MaxPoolOp, tpu::AvgPoolOp>(op))
    return describeWindow(op, step);
  if (isa<tpu::MatmulOp>(op))
    return describeMatmul(op, step);
  RowMap rows;
  bool follows = false;
  ArrayRef<int64_t> result = getShape(op->getResult(0));
  if (isa<tpu::FullyConnectedOp>(op)) {
    step.splitsRows = step.splitsChannels = true;
  } else if (isPointwise(name)) {
    step.splitsRows = step.splitsChannels = follows = true;
  } else if (isRowwise(op)) {
    step.splitsRows = true;
  } else if (isa<tpu::ResizeNearestOp, tpu::ResizeLinearOp>(op) &&
             result.size() == 4) {
    // One row more on both sides than the ratio says.
    rows.stride = getShape(op->getOperand(0))[1];
    rows.upscale = result[1];
    rows.pad = rows.upscale;
    rows.window = 3 * rows.upscale + 1;
    step.splitsRows = step.splitsChannels = follows = true;
  } else if (onlyMoves(name)) {
    rows.kind = RowMap::Streamed;
    step.splitsRows = step.splitsChannels = true;
  } else {
    rows.kind = RowMap::Whole;
  }
  for (Value operand : op->getOperands()) {
    if (isConstant(operand))
      continue;
    RowMap map = rows;
    // What is broadcast along rows is needed whole.
    if (isPointwise(name) && getShape(operand) != result) {
      map.kind = RowMap::Whole;
      add(step, operand, map, false);
    } else {
      add(step, operand, map, follows);
    }
  }
}

TileProblem TileDescriber::run(std::vector<Operation *> &ops) {
  for (BlockArgument argument : function.getArguments())
    getTensor(argument);
  for (Operation &op : function.getBody().front()) {
    bool isCpu = isOnCpu(&op) || op.hasTrait<OpTrait::IsTerminator>();
    if (op.hasTrait<OpTrait::ConstantLike>() || isa<tpu::ReshapeOp>(op))
      continue;
    if (isCpu || op.getNumResults() != 1) {
      for (Value value : llvm::to_vector(op.getOperands()))
        if (!isConstant(value))
          problem.tensors[getTensor(value)].isOutside = true;
      for (Value value : op.getResults())
        problem.tensors[getTensor(value)].isOutside = true;
      continue;
    }
    auto index = static_cast<int>(problem.steps.size());
    TileStep step;
    step.name = getTensorName(op.getResult(0));
    describe(&op, step);
    step.result = getTensor(op.getResult(0));
    for (Value operand : op.getOperands())
      if (isConstant(operand))
        step.weightBytes += sumOfBytes(operand.getType());
    problem.tensors[step.result].first = index;
    problem.tensors[step.result].last = index;
    for (const TileInput &input : step.inputs)
      problem.tensors[input.tensor].last = index;
    problem.steps.push_back(std::move(step));
    ops.push_back(&op);
  }
  return std::move(problem);
}

TileProblem describeTiles(func::FuncOp function,
                          std::vector<Operation *> &ops) {
  return TileDescriber(function).run(ops);
}

} // namespace qc
