// What a program is estimated to cost, for reports.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/CostFacts.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Target/LayerCost.h"
#include "qc/Target/TargetDescription.h"
#include "qc/Target/TargetRegistry.h"

namespace qc {

static std::vector<CostFigure> collectFigures(const TargetSpec &spec,
                                              const CostFigures &figures) {
  std::vector<CostFigure> all;
  auto add = [&](const char *name, double value, Provenance provenance,
                 const std::string &source) {
    if (value > 0)
      all.push_back({name, value, getProvenanceName(provenance).str(), source});
  };
  const ComputeRates &rates = spec.rates;
  add("macs_per_cycle", rates.macs, rates.provenance, rates.source);
  add("chip_bytes_per_cycle", rates.bytes, Provenance::Assumed, rates.source);
  for (const auto &[name, figure] : listFigures(figures))
    add(name, figure.value, figure.provenance, figure.source);
  return all;
}

static LayerCostReport describe(const NetworkCost &network,
                                const LayerCost &cost) {
  LayerCostReport layer;
  if (cost.op->getNumResults() > 0)
    layer.name = getTensorName(cost.op->getResult(0));
  layer.op = cost.op->getName().stripDialect().str();
  layer.isOnCpu = cost.isOnCpu;
  layer.cycles = cost.cycles;
  layer.boundCycles = cost.boundCycles;
  layer.microseconds = network.getMicroseconds(cost.cycles);
  layer.excess = network.getMicroseconds(cost.cycles - cost.boundCycles);
  layer.utilization = cost.utilization;
  layer.ddrBytes = cost.ddrBytes;
  layer.limit = cost.limit;
  layer.reasons = cost.reasons;
  if (cost.step >= 0 && network.plan.capacity > 0) {
    const StepTiling &tiling = network.plan.steps[cost.step];
    layer.tileRows = tiling.rows;
    layer.tileChannels = tiling.channels;
    layer.tiles = tiling.rowTiles * tiling.channelTiles;
    layer.chipBytes = tiling.chipBytes;
    layer.fits = tiling.fits;
    layer.resultStays =
        network.plan.stays[network.problem.steps[cost.step].result];
  }
  return layer;
}

std::optional<CostReport> makeCostReport(func::FuncOp function,
                                         int64_t onChipKb, int64_t advice) {
  auto backend = TargetRegistry::create(function->getParentOfType<ModuleOp>());
  if (failed(backend))
    return std::nullopt;
  TargetSpec spec = (*backend)->getTargetSpec();
  NetworkCost network = estimateCost(function, spec, onChipKb);
  if (network.layers.empty())
    return std::nullopt;
  CostReport report;
  report.figures = collectFigures(spec, network.figures);
  report.cycles = network.cycles;
  report.microseconds = network.getMicroseconds(network.cycles);
  report.ddrBytes = network.ddrBytes;
  report.onChipBytes = network.plan.capacity;
  report.advice = advice;
  for (const LayerCost &cost : network.layers)
    report.layers.push_back(describe(network, cost));
  return report;
}

} // namespace qc
