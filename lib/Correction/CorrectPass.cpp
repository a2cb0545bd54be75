// The correct pass: which corrections are done, and on which samples.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/Calibrator.h"
#include "qc/Calibration/Samples.h"
#include "qc/Container/Container.h"
#include "qc/Correction/Correction.h"
#include "qc/Correction/Lockstep.h"
#include "qc/Correction/Passes.h"
#include "qc/Dialect/QC/IR/Attached.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Quantization/Activations.h"
#include "qc/Target/Registries.h"

#include "llvm/ADT/StringExtras.h"

#include <chrono>
#include <map>
#include <mutex>

namespace qc {
#define GEN_PASS_DEF_CORRECT
#include "qc/Correction/Passes.h.inc"

namespace {

/// What samples may take, with all that is kept of them.
constexpr uint64_t kBudgetBytes = uint64_t(48) << 20;

struct CorrectPass : impl::CorrectBase<CorrectPass> {
  using CorrectBase::CorrectBase;

  CorrectListener listener;

  void runOnOperation() override {
    if (Status known = checkCorrections(
            getRegistry(),
            std::vector<std::string>(steps.begin(), steps.end()));
        !known) {
      getOperation().emitError() << known.message();
      return signalPassFailure();
    }
    if (auto known = parseEffort(effort); !known) {
      getOperation().emitError() << known.message();
      return signalPassFailure();
    }
    if (!(maxCycles >= 0)) {
      getOperation().emitError()
          << "max-cycles: expected a number from 0 on, found " << maxCycles;
      return signalPassFailure();
    }
    auto function = getEntryFunction(getOperation());
    if (failed(function) ||
        (!llvm::is_contained(steps, "none") && failed(correct(*function))))
      signalPassFailure();
  }

private:
  const CorrectionRegistry &getRegistry() {
    return Registries::of(&getContext()).corrections;
  }
  bool wants(const Correction &correction);
  FailureOr<std::unique_ptr<Dataset>> openData(func::FuncOp function);
  LogicalResult load(CorrectionContext &context, const Dataset &dataset);
  LogicalResult runReferences(CorrectionContext &context);
  LogicalResult correct(func::FuncOp function);
  void note(const Correction &correction, const CorrectionSummary &summary);
};

} // namespace

/// What is asked for and has not been done yet.
bool CorrectPass::wants(const Correction &correction) {
  auto done = getOperation()->getAttrOfType<DictionaryAttr>(kCorrectionsAttr);
  bool isAsked = steps.empty() ? correction.effort <= *parseEffort(effort) &&
                                     !(keepTensors && correction.changesTensors)
                               : llvm::is_contained(steps, correction.name);
  return isAsked && !(done && done.contains(correction.name));
}

/// Bytes that a sample takes while corrections work on it.
static FailureOr<uint64_t> getSampleBytes(CorrectionContext &context) {
  FailureOr<ModuleOp> integers = context.getIntegers();
  if (failed(integers))
    return failure();
  func::FuncOp function = context.function;
  auto image = buildProgram(*integers);
  if (failed(image))
    return failure();
  return getLockstepBytes(image->program) +
         sumOfBytes(function.getArgumentTypes()) +
         2 * sumOfBytes(function.getResultTypes());
}

FailureOr<std::unique_ptr<Dataset>>
CorrectPass::openData(func::FuncOp function) {
  DatasetOptions options;
  options.skipBad = skipBad;
  options.raw = raw;
  std::string spec = data;
  if (spec.empty()) {
    auto noted = getOperation()->getAttrOfType<DataAttr>(kDataAttr);
    spec = noted.getSpec().str();
    options.maxSamples = noted.getSamples();
    options.skipBad |= noted.getSkipBad();
    options.raw |= noted.getRaw();
  }
  return openDataset(function, spec, options);
}

namespace {
/// The samples with the smallest and the largest value of each input. Rare
/// strong ones may be among thousands: a correction that cuts them must see
/// one.
class ExtremeSamples {
public:
  void add(const Sample &sample, uint64_t hash) {
    ends.resize(2 * sample.inputs.size());
    for (auto [input, tensor] : llvm::enumerate(sample.inputs)) {
      if (tensor.dtype() != DType::F32 || tensor.numElements() == 0)
        continue;
      const float *data = tensor.data<float>();
      auto [low, high] = std::minmax_element(data, data + tensor.numElements());
      replace(ends[2 * input], -*low, sample, hash);
      replace(ends[2 * input + 1], *high, sample, hash);
    }
  }

  /// Puts them beside others.
  void moveInto(std::multimap<uint64_t, Sample> &samples) {
    for (End &end : ends)
      if (end.sample && !samples.count(end.hash))
        samples.emplace(end.hash, std::move(*end.sample));
  }

private:
  struct End {
    float value = 0;
    uint64_t hash = 0;
    std::optional<Sample> sample;
  };

  /// The larger value wins, the smaller hash among equal ones.
  static void replace(End &end, float value, const Sample &sample,
                      uint64_t hash) {
    if (end.sample &&
        std::pair(-end.value, end.hash) <= std::pair(-value, hash))
      return;
    end = {value, hash, sample};
  }

  std::vector<End> ends;
};
} // namespace

/// Keeps as many samples as fit into the budget, and the extreme ones. Which
/// ones, and their order, follows from what they hold and not from where they
/// stand in the data.
LogicalResult CorrectPass::load(CorrectionContext &context,
                                const Dataset &dataset) {
  auto bytes = getSampleBytes(context);
  if (failed(bytes))
    return failure();
  size_t most = std::max<int64_t>(kBudgetBytes / std::max<uint64_t>(*bytes, 1),
                                  kSmallestCorrectionSet);
  if (samples > 0)
    most = std::min<size_t>(most, samples);
  std::multimap<uint64_t, Sample> kept;
  ExtremeSamples extremes;
  std::mutex mutex;
  Status loaded = context.pool.runUntilFailure(
      dataset.size(), [&](int64_t i, int) -> Status {
        auto sample = dataset.sample(i);
        if (!sample)
          return sample.takeError();
        if (!*sample)
          return ok(); // a bad one that is left out
        uint64_t hash = getContentHash(**sample);
        std::lock_guard<std::mutex> lock(mutex);
        extremes.add(**sample, hash);
        kept.emplace(hash, std::move(**sample));
        if (kept.size() > most)
          kept.erase(std::prev(kept.end()));
        return ok();
      });
  if (!loaded)
    return context.function.emitError() << loaded.message();
  extremes.moveInto(kept);
  for (auto &[hash, sample] : kept)
    context.samples.push_back(std::move(sample));
  return success();
}

/// Runs the float network on the samples.
LogicalResult CorrectPass::runReferences(CorrectionContext &context) {
  auto runner = FloatRunner::create(context.function, context.pool);
  if (failed(runner))
    return failure();
  context.references.resize(context.samples.size());
  Status ran = (*runner)->run(
      context.samples.size(), [&](int64_t i, Executor &executor) {
        return executor.run(context.samples[i].inputs, context.references[i])
            .withContext(context.samples[i].name);
      });
  return ran ? success() : context.function.emitError() << ran.message();
}

/// Leaves a trace of what was done in the module.
void CorrectPass::note(const Correction &correction,
                       const CorrectionSummary &summary) {
  Builder builder(&getContext());
  NamedAttrList facts;
  for (const auto &[name, count] : summary.counts)
    facts.set(name, builder.getI64IntegerAttr(summary.kept ? count : 0));
  const Score &after = summary.kept ? summary.after : summary.before;
  facts.set("sqnr_before", builder.getF64FloatAttr(summary.before.energy));
  facts.set("sqnr_after", builder.getF64FloatAttr(after.energy));
  auto present =
      getOperation()->getAttrOfType<DictionaryAttr>(kCorrectionsAttr);
  NamedAttrList done(present);
  facts.set(kCorrectionOrder,
            builder.getI64IntegerAttr(present ? present.size() : 0));
  done.set(correction.name, facts.getDictionary(&getContext()));
  getOperation()->setAttr(kCorrectionsAttr, done.getDictionary(&getContext()));
  noteProvenance(
      getOperation(), "corrections",
      llvm::join(llvm::map_range(getCorrectionsInOrder(getOperation()),
                                 [](NamedAttribute entry) {
                                   return entry.getName().str();
                                 }),
                 ", "));
}

LogicalResult CorrectPass::correct(func::FuncOp function) {
  std::vector<const Correction *> wanted;
  for (const Correction *correction : getRegistry().getInOrder())
    if (wants(*correction))
      wanted.push_back(correction);
  if (wanted.empty())
    return success();
  if (hasStorageTypes(function)) {
    if (!steps.empty())
      function.emitRemark() << "nothing is corrected: all storage types are "
                               "given, and stored integers stay as they are";
    return success();
  }
  if (data.empty() && !getOperation()->hasAttr(kDataAttr)) {
    constexpr StringLiteral kNoSamples =
        "corrections need samples: give qc compile --data DIR, or qc-opt "
        "--correct=data=DIR";
    if (!steps.empty())
      return function.emitError() << kNoSamples;
    function.emitRemark() << "nothing is corrected: " << kNoSamples;
    return success();
  }
  auto dataset = openData(function);
  if (failed(dataset))
    return failure();
  ThreadPool pool(threads);
  CorrectionContext context(
      function, pool,
      quiet ? nullptr : getAttached<ProgressListener>(&getContext()));
  context.maxCycles = maxCycles;
  if (failed(load(context, **dataset)))
    return failure();
  if (int64_t count = context.samples.size(); count < kSmallestCorrectionSet) {
    function.emitRemark() << "nothing is corrected: " << count
                          << " samples are too few, give at least "
                          << kSmallestCorrectionSet;
    return success();
  }
  if (failed(runReferences(context)))
    return failure();
  context.dataset = dataset->get();
  for (const Correction *correction : wanted) {
    auto start = std::chrono::steady_clock::now();
    auto summary = correction->run(context);
    if (failed(summary))
      return failure();
    note(*correction, *summary);
    std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - start;
    if (listener.onStep)
      listener.onStep(correction->name, elapsed.count());
    if (listener.onRenamed && correction->changesTensors && summary->kept)
      listener.onRenamed(getOperation());
  }
  return success();
}

std::unique_ptr<Pass> createCorrect(const CorrectOptions &options,
                                    CorrectListener listener) {
  auto pass = std::make_unique<CorrectPass>(options);
  pass->listener = std::move(listener);
  return pass;
}

} // namespace qc
