// What the first batch norm has seen in training, against the samples.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Calibration/FirstNorm.h"
#include "qc/Calibration/Samples.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Execution/Executor.h"
#include "qc/Quantization/Activations.h"
#include "qc/Statistics/Metrics.h"
#include "qc/Transforms/ConstantValues.h"

#include "mlir/IR/IRMapping.h"

#include <cmath>

namespace qc {

/// Images that say enough of means and variances.
constexpr int64_t kImages = 8;

bool NormFit::isFar() const {
  return spread > 2 || spread < 0.5 || distance > 1;
}

namespace {
/// The network as far as its first batch norm.
class Beginning {
public:
  static std::optional<Beginning> find(func::FuncOp function, int threads);

  std::string getName() const { return name; }
  /// Nothing where samples cannot be run, or none is an image.
  std::optional<NormFit> measure(const Dataset &dataset);

private:
  void cut(func::FuncOp function, Value end);
  std::vector<double> mean, variance;
  std::string name;
  OwningOpRef<ModuleOp> module;
  std::unique_ptr<FloatExecutor> executor;
};
} // namespace

static top::BatchNormOp findNorm(func::FuncOp function) {
  for (Operation &op : function.front())
    if (auto norm = dyn_cast<top::BatchNormOp>(op))
      return isActivation(norm.getInput()) ? norm : top::BatchNormOp();
  return {};
}

/// Lets `end` be the only result, and takes away what is not needed for it.
void Beginning::cut(func::FuncOp function, Value end) {
  Operation *terminator = function.front().getTerminator();
  OpBuilder builder(terminator);
  func::ReturnOp::create(builder, terminator->getLoc(), end);
  terminator->erase();
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.front())))
    if (!op.hasTrait<OpTrait::IsTerminator>() && op.use_empty())
      op.erase();
  function.setResAttrsAttr(nullptr);
  updateFunctionType(function);
}

std::optional<Beginning> Beginning::find(func::FuncOp function, int threads) {
  top::BatchNormOp norm = findNorm(function);
  if (!norm)
    return std::nullopt;
  auto mean = getNumbers(norm.getMean()),
       variance = getNumbers(norm.getVariance());
  if (!mean || !variance || mean->empty() || mean->size() != variance->size() ||
      top::getShape(norm.getInput()).size() < 2)
    return std::nullopt;
  Beginning beginning;
  beginning.mean = std::move(*mean);
  beginning.variance = std::move(*variance);
  for (double &number : beginning.variance)
    number += norm.getEpsilon().convertToFloat();
  beginning.name = getDisplayName(norm);
  IRMapping mapping;
  auto source = function->getParentOfType<ModuleOp>();
  beginning.module = cast<ModuleOp>(source->clone(mapping));
  auto copy = cast<func::FuncOp>(mapping.lookup(function.getOperation()));
  beginning.cut(copy, mapping.lookup(Value(norm.getInput())));
  // What cannot be run is told by those who must run it.
  ScopedDiagnosticHandler silence(function.getContext(),
                                  [](Diagnostic &) { return success(); });
  ExecutorOptions options;
  options.threads = threads;
  auto executor = FloatExecutor::create(copy, options);
  if (failed(executor))
    return std::nullopt;
  beginning.executor = std::move(*executor);
  return beginning;
}

std::optional<NormFit> Beginning::measure(const Dataset &dataset) {
  size_t channels = mean.size();
  std::vector<double> sum(channels), squares(channels);
  double count = 0;
  for (int64_t i = 0; i < std::min(kImages, dataset.size()); ++i) {
    auto sample = dataset.sample(i);
    if (!sample || !*sample)
      return std::nullopt;
    bool isImage = llvm::any_of((*sample)->origins, [](InputOrigin origin) {
      return origin == InputOrigin::Pixels || origin == InputOrigin::Raw;
    });
    SmallVector<Tensor> results;
    if (!isImage || !executor->run((*sample)->inputs, results))
      return std::nullopt;
    const Tensor &values = results.front();
    if (values.dtype() != DType::F32 || values.rank() < 2 ||
        values.dim(1) != int64_t(channels))
      return std::nullopt;
    int64_t inner =
        values.numElements() / std::max<int64_t>(values.dim(0) * channels, 1);
    const float *at = values.data<float>();
    for (int64_t n = 0; n < values.dim(0); ++n)
      for (size_t c = 0; c < channels; ++c)
        for (int64_t j = 0; j < inner; ++j, ++at) {
          sum[c] += *at;
          squares[c] += double(*at) * *at;
        }
    count += double(values.dim(0) * inner);
  }
  if (count == 0)
    return std::nullopt;
  std::vector<double> spreads, distances;
  for (size_t c = 0; c < channels; ++c) {
    double found = sum[c] / count;
    double deviation = std::sqrt(variance[c]);
    if (!(deviation > 0) || !std::isfinite(found))
      continue;
    spreads.push_back(
        std::sqrt(std::max(squares[c] / count - found * found, 0.0)) /
        deviation);
    distances.push_back(std::abs(found - mean[c]) / deviation);
  }
  if (spreads.empty())
    return std::nullopt;
  return NormFit{median(spreads), median(distances)};
}

/// The inputs with the normalisation of `spec` instead of their own.
static std::vector<InputSignature>
normaliseBy(std::vector<InputSignature> inputs, const PreprocessSpec &spec) {
  for (InputSignature &input : inputs) {
    if (input.shape.size() < 3)
      continue;
    PreprocessSpec changed = input.preprocess.value_or(PreprocessSpec());
    changed.mean = spec.mean;
    changed.std = spec.std;
    changed.scale = spec.scale;
    input.preprocess = changed;
  }
  return inputs;
}

static std::string describe(const NormFit &fit) {
  char text[96];
  std::snprintf(
      text, sizeof(text),
      "%.3g times the standard deviation and lies %.3g of it from the mean",
      fit.spread, fit.distance);
  return text;
}

std::optional<std::string>
checkFirstNorm(func::FuncOp function, int threads,
               llvm::function_ref<Result<std::unique_ptr<Dataset>>(
                   std::vector<InputSignature>)>
                   open) {
  auto beginning = Beginning::find(function, threads);
  if (!beginning)
    return std::nullopt;
  auto inputs = getInputSignatures(function);
  auto dataset = succeeded(inputs) ? open(*inputs) : error("no inputs");
  auto fit = dataset ? beginning->measure(**dataset) : std::nullopt;
  if (!fit || !fit->isFar())
    return std::nullopt;
  std::string text =
      "the first batch norm, '" + beginning->getName() +
      "', has noted other values in training: here its input has " +
      describe(*fit) +
      " (medians of channels), so that the preprocessing is likely not that of "
      "the training";
  for (const auto &[name, preset] : preprocessPresets()) {
    auto spec = PreprocessSpec::parse(preset);
    auto other = spec ? open(normaliseBy(*inputs, *spec)) : error("no preset");
    auto found = other ? beginning->measure(**other) : std::nullopt;
    if (found && !found->isFar() && found->spread > 0.67 &&
        found->spread < 1.5 && found->distance < 0.5)
      return text + "; mean and std of '" + name + "' would fit (" +
             describe(*found) + ")";
  }
  return text;
}

} // namespace qc
