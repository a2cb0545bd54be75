// The calibrate pass: where ranges come from, and where they go.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/Calibrator.h"
#include "qc/Calibration/Passes.h"
#include "qc/Calibration/Ranges.h"
#include "qc/Calibration/SampleWarnings.h"
#include "qc/Calibration/Samples.h"
#include "qc/Dialect/QC/IR/Attached.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Quantization/Activations.h"
#include "qc/Target/ChooseWidths.h"
#include "qc/Target/Registries.h"

#include "llvm/ADT/StringExtras.h"

#include <set>

namespace qc {
#define GEN_PASS_DEF_CALIBRATE
#include "qc/Calibration/Passes.h.inc"

namespace {

/// Random samples that stand in when there are none.
constexpr int kRandomSamples = 4;

struct CalibratePass : impl::CalibrateBase<CalibratePass> {
  using CalibrateBase::CalibrateBase;

  TableListener onTable;

  void runOnOperation() override {
    auto function = getEntryFunction(getOperation());
    if (failed(function) || failed(calibrate(*function)))
      signalPassFailure();
  }

private:
  LogicalResult calibrate(func::FuncOp function);
  LogicalResult fillTable(func::FuncOp function, const ActivationWidths &widths,
                          CalibrationTable &table);
  FailureOr<CalibrationTable>
  tableFromStatistics(func::FuncOp function, const ActivationWidths &widths);
  FailureOr<StatisticsFile> getStatistics(func::FuncOp function,
                                          const ThresholdMethod &method);
  std::string findData(func::FuncOp function, DatasetOptions &options);
  void noteSamples(int64_t count);
};

} // namespace

/// Samples named by the option, else by the module, else random ones.
std::string CalibratePass::findData(func::FuncOp function,
                                    DatasetOptions &options) {
  options.maxSamples = samples;
  options.skipBad = skipBad;
  options.raw = raw;
  if (!data.empty())
    return data;
  if (auto noted = getOperation()->getAttrOfType<DataAttr>(kDataAttr)) {
    if (options.maxSamples == 0)
      options.maxSamples = noted.getSamples();
    options.skipBad |= noted.getSkipBad();
    options.raw |= noted.getRaw();
    return noted.getSpec().str();
  }
  function.emitWarning()
      << "no calibration data: ranges come from " << kRandomSamples
      << " random samples and accuracy is meaningless; give "
         "qc compile --data DIR, or qc-opt --calibrate=data=DIR";
  return "random:" + std::to_string(kRandomSamples) + ":" +
         std::to_string(seed);
}

FailureOr<StatisticsFile>
CalibratePass::getStatistics(func::FuncOp function,
                             const ThresholdMethod &method) {
  if (!statsIn.empty()) {
    auto read = StatisticsFile::read(statsIn);
    if (!read)
      return function.emitError() << read.message();
    warnAboutStatistics(function, *read);
    warnAboutConstantResults(function, *read);
    return std::move(*read);
  }
  auto signatures = getInputSignatures(function);
  if (failed(signatures))
    return failure();
  DatasetOptions datasetOptions;
  std::string spec = findData(function, datasetOptions);
  auto dataset = openDataset(function, spec, datasetOptions);
  if (failed(dataset))
    return failure();
  CalibrationOptions options;
  options.statistics = method.requirements();
  options.threads = threads;
  if (!quiet)
    options.progress = getAttached<ProgressListener>(&getContext());
  InputSurvey survey(*signatures,
                     getProvenance(getOperation(), kInsertedPreprocess));
  options.survey = &survey;
  auto statistics = gatherStatistics(function, **dataset, options);
  if (failed(statistics))
    return failure();
  if (!sure)
    warnAboutSamples(function, survey);
  warnAboutConstantResults(function, *statistics);
  if (size_t count = (*dataset)->skipped().size())
    function.emitRemark() << "left out " << count << " bad samples, the first: "
                          << (*dataset)->skipped().begin()->second;
  if (!statsOut.empty())
    if (Status written = statistics->write(statsOut); !written)
      return function.emitError() << written.message();
  return statistics;
}

FailureOr<CalibrationTable>
CalibratePass::tableFromStatistics(func::FuncOp function,
                                   const ActivationWidths &widths) {
  auto method_ = Registries::of(&getContext()).thresholds.create(method);
  if (!method_)
    return function.emitError() << method_.message();
  auto statistics = getStatistics(function, **method_);
  if (failed(statistics))
    return failure();
  return chooseRanges(function, *statistics, **method_, widths, threads);
}

/// Names of tpu-mlir are those of tensors with the op behind: "122_Conv".
/// Where the network has no such tensor, but "122", that is meant.
static void takeSourceNames(func::FuncOp function, CalibrationTable &table) {
  std::set<std::string> known, taken;
  for (Value value : collectActivations(function))
    known.insert(getTensorName(value));
  for (const CalibrationTable::Entry &entry : table.entries)
    taken.insert(entry.name);
  for (CalibrationTable::Entry &entry : table.entries) {
    auto [name, op] = StringRef(entry.name).rsplit('_');
    if (known.count(entry.name) || op.empty() ||
        !llvm::all_of(op, [](char c) { return llvm::isAlnum(c); }))
      continue;
    if (known.count(name.str()) && taken.insert(name.str()).second)
      entry.name = name.str();
  }
}

/// Measures what the table lacks.
LogicalResult CalibratePass::fillTable(func::FuncOp function,
                                       const ActivationWidths &widths,
                                       CalibrationTable &table) {
  std::set<std::string> named;
  for (const CalibrationTable::Entry &entry : table.entries)
    named.insert(entry.name);
  if (llvm::all_of(collectActivations(function), [&](Value value) {
        return named.count(getTensorName(value)) > 0;
      }))
    return success();
  auto measured = tableFromStatistics(function, widths);
  if (failed(measured))
    return failure();
  for (CalibrationTable::Entry &entry : measured->entries)
    if (!named.count(entry.name))
      table.entries.push_back(std::move(entry));
  return success();
}

/// A table from elsewhere may not say.
void CalibratePass::noteSamples(int64_t count) {
  getOperation()->removeAttr(kCalibrationSamplesAttr);
  if (count > 0)
    getOperation()->setAttr(kCalibrationSamplesAttr,
                            Builder(&getContext()).getI64IntegerAttr(count));
}

LogicalResult CalibratePass::calibrate(func::FuncOp function) {
  bool hasSource =
      !data.empty() || !statsIn.empty() || getOperation()->hasAttr(kDataAttr);
  // Where all storage types are given there is nothing to choose.
  if (hasStorageTypes(function) ||
      (tableIn.empty() && !hasSource && readRanges(function)))
    return success();
  auto backend = TargetRegistry::create(getOperation());
  if (failed(backend))
    return failure();
  auto widths = chooseWidths(function, **backend);
  if (failed(widths))
    return failure();
  FailureOr<CalibrationTable> table = failure();
  if (!tableIn.empty()) {
    auto read = CalibrationTable::read(tableIn);
    if (!read)
      return function.emitError() << read.message();
    for (const std::string &note : read->notes)
      function.emitRemark() << note;
    table = std::move(*read);
    for (CalibrationTable::Entry &entry : table->entries)
      entry.why = "table";
    takeSourceNames(function, *table);
    if (allowMissing && failed(fillTable(function, *widths, *table)))
      return failure();
  } else {
    table = tableFromStatistics(function, *widths);
  }
  if (failed(table) ||
      failed(annotateRanges(function, *table, *widths,
                            tableIn.empty() ? ParameterSource::Method
                                            : ParameterSource::File)))
    return failure();
  noteSamples(table->samples);
  // A table that was read knows its own method, or nobody does.
  std::string chosen = tableIn.empty() ? method.getValue() : table->method;
  noteProvenance(getOperation(), "calibration",
                 Twine(chosen.empty() ? "unknown" : chosen) + " on " +
                     Twine(table->samples) + " samples");
  table->tool = "qc " QC_VERSION;
  table->method = chosen;
  if (onTable)
    onTable(table->toString());
  if (!tableOut.empty())
    if (Status written = table->write(tableOut); !written)
      return function.emitError() << written.message();
  return success();
}

std::unique_ptr<Pass> createCalibrate(const CalibrateOptions &options,
                                      TableListener onTable) {
  auto pass = std::make_unique<CalibratePass>(options);
  pass->onTable = std::move(onTable);
  return pass;
}

} // namespace qc
