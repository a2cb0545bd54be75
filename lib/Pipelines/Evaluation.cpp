// What a model is worth on samples.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Evaluation.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Execution/StoredTensor.h"
#include "qc/Pipelines/Session.h"
#include "qc/Statistics/Metrics.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Npy.h"

#include "llvm/Support/Path.h"

#include <numeric>

namespace qc {

//===----------------------------------------------------------------------===//
// Scores
//===----------------------------------------------------------------------===//

namespace {
/// What is counted over the items of a data set.
struct Score {
  int64_t items = 0, labelled = 0, top1 = 0, top5 = 0, agree = 0;
  int64_t againstTop1 = 0;
  /// One entry an item, for each output.
  std::vector<std::vector<double>> sqnr, cosine;
};
} // namespace

/// True for one vector of scores an item: what a top-1 is about.
static bool isClassification(const TensorInfo &output) {
  ArrayRef<int64_t> item(output.shape);
  if (item.size() > 1)
    item = item.drop_front();
  return llvm::count_if(item, [](int64_t size) { return size > 1; }) <= 1;
}

/// The five largest elements, best first; the first of equals wins.
static SmallVector<int64_t> getTopFive(const float *values, int64_t count) {
  SmallVector<int64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  int64_t kept = std::min<int64_t>(5, count);
  std::partial_sort(order.begin(), order.begin() + kept, order.end(),
                    [&](int64_t a, int64_t b) {
                      return values[a] != values[b] ? values[a] > values[b]
                                                    : a < b;
                    });
  order.resize(kept);
  return order;
}

/// Row `item` of an output, as a tensor of its own.
static Tensor getRow(const Tensor &output, int64_t item, int64_t batch) {
  if (batch <= 1)
    return output;
  int64_t count = output.numElements() / batch;
  Tensor row(DType::F32, {count});
  std::memcpy(row.raw(), output.data<float>() + item * count,
              count * sizeof(float));
  return row;
}

static Status scoreOutputs(Score &score, ArrayRef<Tensor> reference,
                           ArrayRef<Tensor> actual, int64_t item,
                           int64_t batch) {
  score.sqnr.resize(actual.size());
  score.cosine.resize(actual.size());
  if (reference.size() != actual.size())
    return error("the models have ", actual.size(), " and ", reference.size(),
                 " outputs");
  for (size_t i = 0; i < actual.size(); ++i) {
    if (reference[i].numElements() != actual[i].numElements())
      return error("output ", i, " has shapes ", shapeString(actual[i].shape()),
                   " and ", shapeString(reference[i].shape()));
    ErrorMetrics metrics = compareTensors(getRow(reference[i], item, batch),
                                          getRow(actual[i], item, batch));
    score.sqnr[i].push_back(metrics.sqnr);
    score.cosine[i].push_back(metrics.cosine);
  }
  return ok();
}

/// Adds the items of one sample.
static Status scoreSample(Score &score, const Sample &sample,
                          ArrayRef<Tensor> outputs, ArrayRef<Tensor> reference,
                          const Labels *labels, int64_t labelOffset) {
  const Tensor &logits = outputs.front();
  int64_t batch = logits.rank() > 1 ? logits.dim(0) : 1;
  for (int64_t i = 0; i < sample.itemCount; ++i) {
    Tensor row = getRow(logits, i, batch);
    auto best = getTopFive(row.data<float>(), row.numElements());
    ++score.items;
    if (labels) {
      int64_t label = labels->ofItem[sample.firstItem + i] + labelOffset;
      if (label < 0 || label >= row.numElements())
        return error("the label of item ", sample.firstItem + i, " is ", label,
                     ", the network has classes 0 to ", row.numElements() - 1,
                     "; --label-offset shifts labels");
      ++score.labelled;
      score.top1 += best.front() == label;
      score.top5 += llvm::is_contained(best, label);
    }
    if (reference.empty())
      continue;
    Tensor expected = getRow(reference.front(), i, batch);
    int64_t other =
        getTopFive(expected.data<float>(), expected.numElements()).front();
    score.agree += best.front() == other;
    if (labels)
      score.againstTop1 +=
          other == labels->ofItem[sample.firstItem + i] + labelOffset;
    if (Status scored = scoreOutputs(score, reference, outputs, i, batch);
        !scored)
      return scored;
  }
  return ok();
}

/// Shares and medians of what was counted.
static Evaluation summarize(const Score &score, ArrayRef<TensorInfo> outputs,
                            bool compares) {
  Evaluation evaluation;
  evaluation.items = score.items;
  double items = std::max<int64_t>(score.items, 1);
  if (score.labelled) {
    double labelled = score.labelled;
    evaluation.top1 = score.top1 / labelled;
    evaluation.top5 = score.top5 / labelled;
    if (compares) {
      evaluation.againstTop1 = score.againstTop1 / labelled;
      evaluation.drop = *evaluation.againstTop1 - *evaluation.top1;
    }
  }
  if (!compares)
    return evaluation;
  if (isClassification(outputs.front()))
    evaluation.agreement = score.agree / items;
  for (auto [info, sqnr, cosine] : llvm::zip(outputs, score.sqnr, score.cosine))
    evaluation.outputs.push_back({info.name, median(sqnr), median(cosine)});
  return evaluation;
}

/// What outputs stand for, in the order of the source model.
static void toReals(ArrayRef<TensorInfo> infos,
                    MutableArrayRef<Tensor> values) {
  for (auto [info, value] : llvm::zip_equal(infos, values))
    value = toSourceOrder(info, dequantize(info, value));
}

/// Runs the other model on sample `index`, in the form that it takes.
static Status runOther(const EvaluationRequest &request, int64_t index,
                       const Sample &sample, SmallVectorImpl<Tensor> &results) {
  Executor &executor = *request.against->executor;
  if (!request.againstData)
    return executor.run(sample.inputs, results);
  auto own = request.againstData->sample(index);
  if (!own)
    return own.takeError();
  if (!*own)
    return error("is left out for the other model alone");
  return executor.run((*own)->inputs, results);
}

Result<Evaluation> evaluate(Session &session, Model &model,
                            const Dataset &dataset,
                            const EvaluationRequest &request) {
  ArrayRef<TensorInfo> outputs = model.executor->getOutputs();
  if (outputs.empty() ||
      (outputs.front().dtype != DType::F32 && outputs.front().scale == 0))
    return error("the first output is no float tensor");
  if (request.labels && !isClassification(outputs.front()))
    return error("--labels needs one score a class, output '",
                 outputs.front().name, "' is ",
                 shapeString(outputs.front().shape));
  Score score;
  InputSurvey survey = model.survey();
  Status status = forEachSample(
      dataset, request.threads, session.getProgressListener(), "eval",
      [&](int64_t index, const Sample &sample) {
        SmallVector<Tensor> results, reference;
        if (Status added = survey.add(sample); !added)
          return added;
        if (Status ran = model.executor->run(sample.inputs, results); !ran)
          return ran;
        if (request.against)
          if (Status ran = runOther(request, index, sample, reference); !ran)
            return ran;
        toReals(outputs, results);
        if (request.against)
          toReals(request.against->executor->getOutputs(), reference);
        return scoreSample(score, sample, results, reference, request.labels,
                           request.labelOffset);
      });
  if (!status)
    return status;
  if (request.warns)
    warnAboutData(session, survey);
  return summarize(score, outputs, request.against != nullptr);
}

llvm::json::Value toJSON(const Evaluation &evaluation) {
  llvm::json::Object object{{"items", evaluation.items}};
  auto add = [&](StringRef name, std::optional<double> value) {
    if (value)
      object[name] = *value;
  };
  add("top1", evaluation.top1);
  add("top5", evaluation.top5);
  add("against_top1", evaluation.againstTop1);
  add("drop", evaluation.drop);
  add("agreement", evaluation.agreement);
  if (evaluation.outputs.empty())
    return object;
  llvm::json::Array array;
  for (const OutputEvaluation &output : evaluation.outputs)
    array.push_back(llvm::json::Object{{"name", output.name},
                                       {"sqnr_db_median", output.sqnr},
                                       {"cosine_median", output.cosine}});
  object["outputs"] = std::move(array);
  return object;
}

//===----------------------------------------------------------------------===//
// Tensor by tensor
//===----------------------------------------------------------------------===//

Result<std::vector<LayerError>> compareModels(Session &session,
                                              Model &reference, Model &actual,
                                              const Dataset &dataset) {
  // What the reference's graph does not say, the program's integers do.
  std::map<std::string, ValueRange1D> ranges;
  for (const TensorInfo &info : actual.executor->getTensors())
    if (auto range = getStoredRange(info))
      ranges[info.name] = *range;
  // A program that was read from a container has no graph to ask.
  SeenParts seenParts;
  std::set<std::string> mixed;
  if (auto function = reference.module ? getEntryFunction(*reference.module)
                                       : FailureOr<func::FuncOp>(failure());
      succeeded(function)) {
    seenParts = findSeenParts(*function, ranges);
    mixed = findMixedTensors(*function);
  }
  InputSurvey survey = reference.survey();
  LayerComparison what;
  what.seenParts = std::move(seenParts);
  what.survey = &survey;
  what.progress = session.getProgressListener();
  what.mixed = std::move(mixed);
  auto layers =
      compareLayers(*reference.executor, *actual.executor, dataset, what);
  if (layers)
    warnAboutData(session, survey);
  return layers;
}

//===----------------------------------------------------------------------===//
// Byte by byte
//===----------------------------------------------------------------------===//

/// The first element in which two tensors differ, in words; nothing when
/// their types, shapes and bytes are equal.
static std::string compareTensorBytes(const Tensor &x, const Tensor &y) {
  if (x.dtype() != y.dtype() || x.shape() != y.shape())
    return std::string("is ") + dtypeName(x.dtype()) + " " +
           shapeString(x.shape()) + " and " + dtypeName(y.dtype()) + " " +
           shapeString(y.shape());
  const char *p = static_cast<const char *>(x.raw());
  const char *q = static_cast<const char *>(y.raw());
  for (size_t i = 0; i < x.byteSize(); ++i)
    if (p[i] != q[i])
      return "differs first at element " +
             std::to_string(i / dtypeSize(x.dtype()));
  return "";
}

/// A difference in words; nothing when equal.
static Result<std::string> compareArrays(const std::string &a,
                                         const std::string &b) {
  auto first = readNpz(a);
  if (!first)
    return first.takeError();
  auto second = readNpz(b);
  if (!second)
    return second.takeError();
  std::map<std::string, const Tensor *> others;
  for (const NamedTensor &array : *second)
    others[array.name] = &array.value;
  for (const NamedTensor &array : *first) {
    auto other = others.find(array.name);
    if (other == others.end())
      return "array '" + array.name + "' is only in '" + a + "'";
    std::string difference = compareTensorBytes(array.value, *other->second);
    if (!difference.empty())
      return "array '" + array.name + "' " + difference;
    others.erase(other);
  }
  if (!others.empty())
    return "array '" + others.begin()->first + "' is only in '" + b + "'";
  return std::string();
}

static Result<std::string> compareBytes(const std::string &a,
                                        const std::string &b) {
  auto first = MappedFile::open(a);
  if (!first)
    return first.takeError();
  auto second = MappedFile::open(b);
  if (!second)
    return second.takeError();
  StringRef x = (*first)->text(), y = (*second)->text();
  size_t shared = std::min(x.size(), y.size());
  for (size_t i = 0; i < shared; ++i)
    if (x[i] != y[i])
      return "the files differ first at byte " + std::to_string(i);
  if (x.size() != y.size())
    return "the files have " + std::to_string(x.size()) + " and " +
           std::to_string(y.size()) + " bytes";
  return std::string();
}

Result<std::string> verifyFiles(const std::string &first,
                                const std::string &second) {
  bool areArrays = llvm::sys::path::extension(first) == ".npz" &&
                   llvm::sys::path::extension(second) == ".npz";
  return areArrays ? compareArrays(first, second) : compareBytes(first, second);
}

Result<std::string> verifyModels(Session &session, Model &first, Model &second,
                                 const Dataset &dataset, int threads) {
  auto outputs = first.executor->getOutputs();
  if (outputs.size() != second.executor->getOutputs().size())
    return error("the models have ", outputs.size(), " and ",
                 second.executor->getOutputs().size(), " outputs");
  std::string difference;
  Status status = forEachSample(
      dataset, threads, session.getProgressListener(), "verify",
      [&](int64_t, const Sample &sample) -> Status {
        SmallVector<Tensor> results, others;
        if (!difference.empty())
          return ok();
        if (Status ran = first.executor->run(sample.inputs, results); !ran)
          return ran;
        if (Status ran = second.executor->run(sample.inputs, others); !ran)
          return ran;
        for (auto [info, x, y] : llvm::zip(outputs, results, others))
          if (std::string found = compareTensorBytes(x, y);
              !found.empty() && difference.empty())
            difference = sample.name + ": output '" + info.name + "' " + found;
        return ok();
      });
  if (!status)
    return status;
  return difference;
}

} // namespace qc
