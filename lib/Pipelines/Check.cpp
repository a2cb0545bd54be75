// What a target would make of a network, without data.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Check.h"
#include "ModuleFacts.h"
#include "Rehearsal.h"
#include "qc/Container/Encoding.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Pipelines/CostFacts.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Pipelines/Session.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Target/Subgraphs.h"
#include "qc/Target/TargetRegistry.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace qc {

/// The options of a compile that ends with the prepared network.
static CompileOptions getPreparing(const CompileOptions &options) {
  CompileOptions preparing = options;
  preparing.output.clear();
  preparing.stopAfter = "prepare";
  preparing.emit.clear();
  return preparing;
}

/// The network of integers, or of floats, placed and planned; null after an
/// error.
static OwningOpRef<ModuleOp> makeProgram(ModuleOp prepared,
                                         const TargetBackend &backend,
                                         int64_t maxSubgraphs) {
  OwningOpRef<ModuleOp> program;
  mlir::PassManager manager(prepared.getContext());
  if (isFloatNetwork(prepared)) {
    program = OwningOpRef<ModuleOp>(prepared.clone());
    buildLegalizePipeline(manager, {/*allowCpu=*/true});
  } else {
    program = rehearse(prepared, /*legalizes=*/true, /*allowCpu=*/true);
    if (maxSubgraphs)
      manager.addPass(createMergeSubgraphs({uint64_t(maxSubgraphs)}));
  }
  backend.buildSchedulePipeline(manager);
  if (!program || failed(manager.run(*program)))
    return nullptr;
  return program;
}

static CheckedOp checkOp(Operation *op, const SupportRules &rules) {
  CheckedOp checked;
  checked.name = getTensorName(op->getResult(0));
  checked.op = op->getName().stripDialect().str();
  checked.isOnCpu = isOnCpu(op);
  checked.isDenied = isa<top::TopDialect>(op->getDialect());
  if (checked.isOnCpu && !checked.isDenied)
    checked.reasons = rules.explain(op);
  return checked;
}

FailureOr<CheckReport> checkModel(const CompileOptions &options,
                                  Session &session) {
  Compilation preparing(session, getPreparing(options));
  if (failed(preparing.run()))
    return failure();
  auto backend = TargetRegistry::create(preparing.getModule());
  if (failed(backend))
    return failure();
  OwningOpRef<ModuleOp> program =
      makeProgram(preparing.getModule(), **backend, options.maxSubgraphs);
  if (!program)
    return failure();
  auto function = getEntryFunction(*program);
  if (failed(function))
    return failure();

  CheckReport report;
  report.target = preparing.getReport().target;
  report.precision = preparing.getReport().precision;
  CompileReport facts;
  readProgram(*function, facts);
  report.cpu = facts.cpu;
  report.arenaBytes = facts.arenaBytes;
  report.constantBytes = facts.constantBytes;
  report.cost = makeCostReport(*function, options.l1SizeKb, options.advice);
  SupportRules rules;
  (*backend)->addSupportRules(rules);
  llvm::StringMap<LayerReport> layers = collectLayers(*function);
  function->walk([&](Operation *op) {
    if (!hasEncoding(op) || op->getNumResults() == 0)
      return;
    CheckedOp checked = checkOp(op, rules);
    if (auto layer = layers.find(checked.name); layer != layers.end()) {
      checked.type = layer->second.type;
      checked.shape = layer->second.shape;
      checked.macs = layer->second.macs;
    }
    report.refused += !checked.reasons.empty();
    report.macs += checked.macs;
    report.ops.push_back(std::move(checked));
  });
  return report;
}

llvm::json::Value toJSON(const CheckReport &report) {
  llvm::json::Array ops;
  for (const CheckedOp &op : report.ops)
    ops.push_back(
        llvm::json::Object{{"name", op.name},
                           {"op", op.op},
                           {"type", op.type},
                           {"shape", llvm::json::Array(op.shape)},
                           {"macs", op.macs},
                           {"placement", op.isOnCpu ? "cpu" : "npu"},
                           {"denied", op.isDenied},
                           {"reasons", llvm::json::Array(op.reasons)}});
  llvm::json::Object object{
      {"target", report.target},
      {"precision", report.precision},
      {"ops", std::move(ops)},
      {"refused", report.refused},
      {"cpu",
       llvm::json::Object{{"ops", report.cpu.ops},
                          {"subgraphs", report.cpu.subgraphs},
                          {"device_subgraphs", report.cpu.deviceSubgraphs},
                          {"conversions", report.cpu.conversions}}},
      {"macs", report.macs},
      {"arena_bytes", int64_t(report.arenaBytes)},
      {"constant_bytes", int64_t(report.constantBytes)}};
  if (report.cost)
    object["cost"] = toJSON(*report.cost);
  return object;
}

void printCheck(const CheckReport &report, bool all, llvm::raw_ostream &os) {
  for (const CheckedOp &op : report.ops) {
    if (!all && op.reasons.empty() && !op.isDenied)
      continue;
    std::string why = llvm::join(op.reasons, "; ");
    if (op.isDenied)
      why = "in float";
    os << llvm::formatv("{0,-32} {1,-16} {2,-5} {3,-16} {4} {5}\n", op.name,
                        op.op, op.type, shapeText(op.shape),
                        op.isOnCpu ? "cpu" : "npu", why);
  }
  os << "target " << report.target << ", precision " << report.precision << ": "
     << report.ops.size() << " ops, " << report.refused
     << " that the target does not run; on the CPU " << describeCpu(report.cpu)
     << "\n"
     << llvm::formatv("{0:f1} million multiply-accumulates, {1} bytes of "
                      "constants, {2} bytes of temporary memory\n",
                      report.macs / 1e6, report.constantBytes,
                      report.arenaBytes);
  if (report.cost)
    printCost(*report.cost, os);
}

} // namespace qc
