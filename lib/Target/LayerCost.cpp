// What the layers of a program are estimated to cost on a chip, and why.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/LayerCost.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Interfaces/LayoutOpInterface.h"
#include "qc/Target/RuleLibrary.h"
#include "qc/Target/Subgraphs.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

namespace qc {

namespace {
/// What of the array a layer uses: parts of it, and why not all.
struct ArrayUse {
  double part = 1;
  std::vector<std::pair<double, std::string>> reasons; ///< part, words
};

class CostEstimator {
public:
  CostEstimator(const TargetSpec &spec, const NetworkCost &network)
      : rates(spec.rates), network(network) {}

  LayerCost estimate(Operation *op, int step) const;

private:
  ArrayUse getUse(Operation *op) const;
  int64_t getNeededBytes(int step) const;
  void addTraffic(LayerCost &cost, int64_t needed) const;

  const ComputeRates &rates;
  const NetworkCost &network;
};
} // namespace

static bool isConstant(Value value) {
  Operation *op = value.getDefiningOp();
  return op && op->hasTrait<OpTrait::ConstantLike>();
}

static bool readsWide(Operation *op) {
  return llvm::any_of(op->getOperands(), [](Value operand) {
    auto type = dyn_cast<RankedTensorType>(operand.getType());
    return !isConstant(operand) && type &&
           getStorageBits(type.getElementType()) == 16;
  });
}

/// Ops that bring values elsewhere and compute nothing.
static bool onlyMoves(Operation *op) {
  static const llvm::StringSet<> names = {"transpose", "concat",    "slice",
                                          "pad",       "expand",    "gather",
                                          "split",     "requantize"};
  return names.contains(op->getName().stripDialect());
}

/// How full `count` makes an array of `width`.
static double fill(int64_t count, double width) {
  return width > 0 && count > 0 ? count / (std::ceil(count / width) * width)
                                : 1;
}

ArrayUse CostEstimator::getUse(Operation *op) const {
  ArrayUse use;
  double inputs = network.figures.arrayInputs.value;
  double outputs = network.figures.arrayOutputs.value;
  auto lose = [&](double part, std::string words) {
    if (part >= 1)
      return;
    use.part *= part;
    use.reasons.push_back({part, std::move(words)});
  };
  SmallVector<int64_t> group = rules::getGroup(op);
  SmallVector<int64_t> channels = rules::getGroupChannels(op);
  auto last = [](Value value) {
    ArrayRef<int64_t> shape =
        cast<RankedTensorType>(value.getType()).getShape();
    return shape.empty() ? int64_t(1) : shape.back();
  };
  if (channels.empty())
    channels = {last(op->getOperand(0)), last(op->getResult(0))};
  bool isDepthwise = !group.empty() && group[0] > 1 && channels[0] == 1;
  double depthwise = network.figures.depthwiseMacs.value;
  if (isDepthwise && depthwise > 0) {
    lose(depthwise / rates.macs,
         llvm::formatv("depthwise: {0} of {1} multiply-accumulates a cycle",
                       depthwise, rates.macs));
    return use;
  }
  // Of a window, taps go in beside channels where these leave room.
  SmallVector<int64_t> kernel = rules::getKernel(op);
  int64_t taps = kernel.size() == 2 ? kernel[0] * kernel[1] : 1;
  int64_t values = isDepthwise ? 1 : channels[0] * taps;
  lose(fill(values, inputs),
       isDepthwise
           ? llvm::formatv("depthwise on a matrix engine: each channel by "
                           "itself fills 1 of the {0} inputs of the array",
                           inputs)
                 .str()
           : llvm::formatv("sums of {0} products ({1} channels, {2} taps) are "
                           "no multiple of the array's {3} inputs",
                           values, channels[0], taps, inputs)
                 .str());
  int64_t made = isDepthwise ? last(op->getResult(0)) : channels[1];
  lose(fill(made, outputs),
       llvm::formatv(
           "{0} output channels{1} are no multiple of the array's "
           "{2}",
           made,
           !group.empty() && group[0] > 1 && !isDepthwise ? " of a group" : "",
           outputs));
  return use;
}

/// Bytes that cannot but pass: constants, and tensors that do not stay on the
/// chip, each once.
int64_t CostEstimator::getNeededBytes(int index) const {
  const TileStep &step = network.problem.steps[index];
  int64_t bytes = step.weightBytes;
  auto add = [&](int tensor) {
    if (!network.plan.stays[tensor])
      bytes += network.problem.tensors[tensor].getBytes();
  };
  for (const TileInput &input : step.inputs)
    add(input.tensor);
  add(step.result);
  return bytes;
}

void CostEstimator::addTraffic(LayerCost &cost, int64_t needed) const {
  const StepTiling &tiling = network.plan.steps[cost.step];
  int64_t again = cost.ddrBytes - needed;
  if (again > needed / 50)
    cost.reasons.push_back(
        llvm::formatv("{0} tiles of {1} rows and {2} channels read {3} bytes "
                      "again",
                      tiling.rowTiles * tiling.channelTiles, tiling.rows,
                      tiling.channels, again));
  if (!tiling.fits)
    cost.reasons.push_back(
        llvm::formatv("not even its smallest tile, of {0} bytes, fits on the "
                      "chip",
                      tiling.chipBytes));
}

LayerCost CostEstimator::estimate(Operation *op, int step) const {
  LayerCost cost;
  cost.op = op;
  cost.step = step;
  if (step < 0) {
    cost.isOnCpu = true;
    return cost;
  }
  auto counted = dyn_cast<CostOpInterface>(op);
  double macs = counted ? static_cast<double>(counted.getMacs()) : 0;
  double peak = rates.macs / (readsWide(op) ? rates.wideFactor : 1);
  double ddrRate = network.figures.ddrBytes.value > 0
                       ? network.figures.ddrBytes.value
                       : rates.bytes;
  auto needed = static_cast<double>(getNeededBytes(step));
  cost.ddrBytes = network.plan.steps[step].ddrBytes;
  cost.memoryCycles = static_cast<double>(cost.ddrBytes) / ddrRate;
  cost.chipCycles = static_cast<double>(sumOfBytes(op->getOperandTypes()) +
                                        sumOfBytes(op->getResultTypes())) /
                    rates.bytes;
  ArrayUse use;
  if (macs > 0) {
    use = getUse(op);
    cost.arrayCycles = macs / (peak * use.part);
  }
  cost.cycles =
      std::max({cost.arrayCycles, cost.chipCycles, cost.memoryCycles});
  cost.limit = cost.cycles == cost.arrayCycles    ? "array"
               : cost.cycles == cost.memoryCycles ? "memory"
                                                  : "on-chip moves";
  if (cost.cycles > 0)
    cost.utilization = macs / (peak * cost.cycles);
  if (onlyMoves(op)) {
    cost.reasons.push_back(
        isa<tpu::TransposeOp>(op) ? "a layout change: it only moves values"
        : isa<tpu::RequantizeOp>(op)
            ? "a conversion: it only brings values to other scales"
            : "it only moves values");
    return cost;
  }
  cost.boundCycles = std::max(macs / peak, needed / ddrRate);
  if (cost.arrayCycles > cost.boundCycles) {
    llvm::stable_sort(use.reasons, [](const auto &a, const auto &b) {
      return a.first < b.first;
    });
    for (auto &[part, words] : use.reasons)
      cost.reasons.push_back(
          llvm::formatv("{0} ({1:f0} % of it idle)", words, 100 * (1 - part)));
  }
  addTraffic(cost, static_cast<int64_t>(needed));
  if (cost.limit == "on-chip moves" && cost.chipCycles > cost.boundCycles)
    cost.reasons.push_back("all that it reads and makes moves on the chip");
  return cost;
}

NetworkCost estimateCost(func::FuncOp function, const TargetSpec &spec,
                         int64_t onChipKb) {
  NetworkCost network;
  network.figures = spec.cost;
  if (onChipKb > 0)
    network.figures.onChipBytes = {static_cast<double>(onChipKb) * 1024,
                                   Provenance::Documented, "--l1-size-kb"};
  if (spec.rates.macs <= 0 || spec.rates.bytes <= 0)
    return network;
  std::vector<Operation *> ops;
  network.problem = describeTiles(function, ops);
  network.plan = planTiles(
      network.problem, static_cast<int64_t>(network.figures.onChipBytes.value));
  llvm::DenseMap<Operation *, int> steps;
  for (auto [i, op] : llvm::enumerate(ops))
    steps[op] = static_cast<int>(i);
  CostEstimator estimator(spec, network);
  for (Operation &op : function.getBody().front()) {
    if (op.hasTrait<OpTrait::ConstantLike>() ||
        op.hasTrait<OpTrait::IsTerminator>() ||
        (isa<tpu::ReshapeOp>(op) && !isOnCpu(&op)))
      continue;
    auto step = steps.find(&op);
    network.layers.push_back(
        estimator.estimate(&op, step == steps.end() ? -1 : step->second));
    network.cycles += network.layers.back().cycles;
    network.ddrBytes += network.layers.back().ddrBytes;
  }
  return network;
}

} // namespace qc
