// The steps of a program and where its tensors lie, for the report.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ModuleFacts.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Schedule/BufferAssignment.h"
#include "qc/Schedule/FunctionPlan.h"
#include "qc/Target/CycleEstimate.h"
#include "qc/Target/Subgraphs.h"
#include "qc/Target/TargetRegistry.h"

#include "llvm/ADT/StringSet.h"

namespace qc {

bool movesValues(Operation *op) {
  static const llvm::StringSet<> names = {"concat", "expand",   "gather",
                                          "pad",    "reshape",  "slice",
                                          "split",  "transpose"};
  return names.contains(op->getName().stripDialect());
}

static bool isStep(Operation &op) {
  return !op.hasTrait<OpTrait::ConstantLike>() &&
         !op.hasTrait<OpTrait::IsTerminator>();
}

/// Numbers the subgraphs of both sides in the order in which they begin.
static llvm::DenseMap<Operation *, int64_t>
numberSubgraphs(func::FuncOp function) {
  Subgraphs subgraphs = findSubgraphs(function);
  llvm::DenseMap<Operation *, int64_t> raw;
  int64_t count = 0;
  for (const auto *side : {&subgraphs.device, &subgraphs.cpu})
    for (const Subgraph &subgraph : *side) {
      for (Operation *op : subgraph)
        raw[op] = count;
      ++count;
    }
  std::map<int64_t, int64_t> inOrder;
  llvm::DenseMap<Operation *, int64_t> numbers;
  for (Operation &op : function.getBody().front())
    if (auto found = raw.find(&op); found != raw.end())
      numbers[&op] =
          inOrder.insert({found->second, inOrder.size()}).first->second;
  return numbers;
}

static void collectSteps(func::FuncOp function, CompileReport &report) {
  ComputeRates rates;
  if (auto backend =
          TargetRegistry::create(function->getParentOfType<ModuleOp>());
      succeeded(backend))
    rates = (*backend)->getTargetSpec().rates;
  auto subgraphs = numberSubgraphs(function);
  llvm::DenseMap<Operation *, int64_t> indices;
  for (Operation &op : function.getBody().front()) {
    if (!isStep(op))
      continue;
    StepReport step;
    if (op.getNumResults() != 0)
      step.name = getTensorName(op.getResult(0));
    step.op = op.getName().stripDialect().str();
    step.placement = isOnCpu(&op) ? "cpu" : "npu";
    step.subgraph = subgraphs.lookup(&op);
    step.moves = movesValues(&op);
    for (Value operand : op.getOperands())
      if (auto found = indices.find(operand.getDefiningOp());
          found != indices.end())
        step.operands.push_back(found->second);
    if (auto cost = dyn_cast<CostOpInterface>(&op)) {
      step.macs = cost.getMacs();
      step.bytesRead = cost.getBytesRead();
      step.bytesWritten = cost.getBytesWritten();
    } else {
      step.bytesRead = sumOfBytes(op.getOperandTypes());
      step.bytesWritten = sumOfBytes(op.getResultTypes());
    }
    step.cycles = estimateOpCycles(&op, rates);
    indices[&op] = static_cast<int64_t>(report.steps.size());
    report.steps.push_back(std::move(step));
  }
}

/// Positions of BufferAssignment, which count constants, as those of steps.
static std::vector<int64_t> mapPositions(func::FuncOp function) {
  std::vector<int64_t> steps;
  int64_t step = 0;
  for (Operation &op : function.getBody().front()) {
    steps.push_back(step);
    step += isStep(op);
  }
  // The terminator, and constants behind the last step, stand at that.
  for (int64_t &position : steps)
    position = std::min(position, std::max<int64_t>(step - 1, 0));
  return steps;
}

static void collectBuffers(func::FuncOp function, CompileReport &report) {
  if (!hasMemoryPlan(function->getParentOfType<ModuleOp>()))
    return;
  auto plan = readPlan(function);
  if (failed(plan))
    return;
  auto assignment =
      assignBuffers(function, kTensorAlignment, plan->keepsArguments);
  if (failed(assignment))
    return;
  std::vector<int64_t> steps = mapPositions(function);
  llvm::DenseSet<unsigned> seen;
  for (const auto &[value, buffer] : assignment->bufferOf) {
    auto *address = plan->addresses.find(value);
    if (address == plan->addresses.end() || !seen.insert(buffer).second)
      continue;
    const LiveBuffer &live = assignment->buffers[buffer];
    report.buffers.push_back({getTensorName(value),
                              static_cast<int64_t>(live.bytes),
                              static_cast<int64_t>(address->second),
                              steps[live.first], steps[live.last]});
  }
}

void readSteps(func::FuncOp function, CompileReport &report) {
  report.steps.clear();
  report.buffers.clear();
  collectSteps(function, report);
  collectBuffers(function, report);
  report.boundaryBytes = 0;
  for (Type type : function.getArgumentTypes())
    report.boundaryBytes += sumOfBytes(type);
  for (Type type : function.getResultTypes())
    report.boundaryBytes += sumOfBytes(type);
}

} // namespace qc
