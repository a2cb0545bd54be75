// What a module says of its own compile, for the report.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ModuleFacts.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Target/CycleEstimate.h"
#include "qc/Target/Subgraphs.h"
#include "qc/Target/TargetRegistry.h"

namespace qc {

/// One entry of `qc.corrections`.
static CorrectionReport readCorrection(NamedAttribute entry) {
  CorrectionReport correction;
  correction.name = entry.getName().str();
  auto facts = dyn_cast<DictionaryAttr>(entry.getValue());
  if (!facts)
    return correction;
  for (NamedAttribute fact : facts) {
    if (fact.getName() == kCorrectionOrder)
      continue;
    if (auto count = dyn_cast<IntegerAttr>(fact.getValue()))
      correction.counts.push_back({fact.getName().str(), count.getInt()});
    else if (auto sqnr = dyn_cast<FloatAttr>(fact.getValue()))
      (fact.getName() == "sqnr_before" ? correction.before : correction.after) =
          sqnr.getValueAsDouble();
  }
  return correction;
}

/// `qc.widths`.
static WidthsReport readWidths(DictionaryAttr facts) {
  auto number = [](DictionaryAttr from, StringRef name) {
    auto value = from.getAs<FloatAttr>(name);
    return value ? value.getValueAsDouble() : 0;
  };
  WidthsReport widths;
  for (auto tensor :
       facts.getAs<ArrayAttr>("tensors").getAsRange<DictionaryAttr>())
    widths.tensors.push_back({tensor.getAs<StringAttr>("name").str(),
                              number(tensor, "gain"),
                              number(tensor, "cycles")});
  widths.before = number(facts, "sqnr_before");
  widths.activationsAlone = number(facts, "sqnr_activations_alone");
  widths.cyclesBefore = number(facts, "cycles_before");
  widths.cyclesAfter = number(facts, "cycles_after");
  return widths;
}

void readNotes(ModuleOp module, CompileReport &report) {
  report.widths.reset();
  if (auto facts = module->getAttrOfType<DictionaryAttr>(kWidthsAttr))
    report.widths = readWidths(facts);
  if (auto samples =
          module->getAttrOfType<IntegerAttr>(kCalibrationSamplesAttr))
    report.calibrationSamples = samples.getInt();
  report.corrections.clear();
  for (NamedAttribute entry : getCorrectionsInOrder(module))
    report.corrections.push_back(readCorrection(entry));
}

static bool isMove(Operation *op) {
  return isa_and_nonnull<tpu::TransposeOp, tpu::ReshapeOp>(op);
}

/// What makes the operand of `op`, which others may move on the way.
static Operation *skipMoves(Operation *op) {
  do
    op = op->getOperand(0).getDefiningOp();
  while (isMove(op));
  return op;
}

/// Whether the result of `op`, moved or not, is read by what `isReader`
/// accepts.
static bool reaches(Operation *op, function_ref<bool(Operation *)> isReader) {
  return llvm::any_of(op->getUsers(), [&](Operation *user) {
    return isReader(user) || (isMove(user) && reaches(user, isReader));
  });
}

/// Ops that are placed on the CPU, and what is done to bring values there.
static CpuReport countCpuParts(func::FuncOp function) {
  CpuReport report;
  auto isFloat = [](Operation *op) {
    return op && isa<top::TopDialect>(op->getDialect()) &&
           !op->hasTrait<OpTrait::ConstantLike>();
  };
  function.walk([&](Operation *op) {
    report.ops += isOnCpu(op);
    bool leaves = isa<tpu::QuantizeOp>(op) && isFloat(skipMoves(op));
    bool enters = isa<tpu::DequantizeOp>(op) && reaches(op, isFloat);
    report.conversions += leaves || enters;
  });
  Subgraphs subgraphs = findSubgraphs(function);
  report.subgraphs = subgraphs.cpu.size();
  report.deviceSubgraphs = subgraphs.device.size();
  return report;
}

void readProgram(func::FuncOp function, CompileReport &report) {
  report.cpu = countCpuParts(function);
  TransposeCount count = countTransposes(function);
  report.innerTransposes = count.inner;
  report.boundaryTransposes = count.boundary;
  auto module = function->getParentOfType<ModuleOp>();
  auto bytesOf = [&](StringRef name) -> uint64_t {
    auto attribute = module->getAttrOfType<IntegerAttr>(name);
    return attribute ? attribute.getInt() : 0;
  };
  if (auto backend = TargetRegistry::create(module); succeeded(backend))
    report.estimatedCycles =
        estimateCycles(function, (*backend)->getTargetSpec().rates);
  report.arenaBytes = bytesOf("qc.arena_size");
  report.arenaLowerBound = bytesOf("qc.arena_lower_bound");
  function.walk([&](Operation *op) {
    if (op->hasTrait<OpTrait::ConstantLike>())
      report.constantBytes += sumOfBytes(op->getResultTypes());
  });
}

llvm::StringMap<LayerReport> collectLayers(func::FuncOp function) {
  llvm::StringMap<LayerReport> layers;
  function.walk([&](Operation *op) {
    if (op->getNumResults() != 1 || op->hasTrait<OpTrait::ConstantLike>())
      return;
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type)
      return;
    LayerReport layer;
    layer.op = op->getName().stripDialect().str();
    layer.shape.assign(type.getShape().begin(), type.getShape().end());
    layer.placement = isOnCpu(op) ? "cpu" : "npu";
    layer.moves = movesValues(op);
    if (auto element =
            dyn_cast<quant::UniformQuantizedType>(type.getElementType())) {
      layer.type = (element.isSigned() ? "i" : "u") +
                   std::to_string(element.getStorageTypeIntegralWidth());
      layer.scale = element.getScale();
      layer.zeroPoint = element.getZeroPoint();
    } else {
      layer.type = type.getElementType().isF16() ? "f16" : "f32";
    }
    if (auto cost = dyn_cast<CostOpInterface>(op))
      layer.macs = cost.getMacs();
    layers[getTensorName(op->getResult(0))] = layer;
  });
  return layers;
}

} // namespace qc
