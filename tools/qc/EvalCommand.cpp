// qc eval: accuracy, and agreement with another model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Statistics/Metrics.h"
#include "qc/Support/Labels.h"

#include <numeric>

namespace qc {

namespace {
struct EvalFlags {
  std::string model, labels, against;
  RunOptions run;
  int64_t labelOffset = 0;
  bool json = false;
};

/// What is counted over the items of a data set.
struct Score {
  int64_t items = 0, labelled = 0, top1 = 0, top5 = 0, agree = 0;
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
    score.agree +=
        best.front() ==
        getTopFive(expected.data<float>(), expected.numElements()).front();
    if (Status scored = scoreOutputs(score, reference, outputs, i, batch);
        !scored)
      return scored;
  }
  return ok();
}

static void printScore(const Score &score, ArrayRef<TensorInfo> outputs,
                       bool json) {
  double items = std::max<int64_t>(score.items, 1);
  double labelled = std::max<int64_t>(score.labelled, 1);
  if (json) {
    llvm::json::Object object{{"items", score.items}};
    if (score.labelled) {
      object["top1"] = score.top1 / labelled;
      object["top5"] = score.top5 / labelled;
    }
    if (!score.sqnr.empty()) {
      if (isClassification(outputs.front()))
        object["agreement"] = score.agree / items;
      llvm::json::Array array;
      for (auto [info, sqnr, cosine] :
           llvm::zip(outputs, score.sqnr, score.cosine))
        array.push_back(llvm::json::Object{{"name", info.name},
                                           {"sqnr_db_median", median(sqnr)},
                                           {"cosine_median", median(cosine)}});
      object["outputs"] = std::move(array);
    }
    return printJson(std::move(object));
  }
  out() << score.items << " items\n";
  if (score.labelled)
    out() << llvm::formatv("top-1 {0:f2} %, top-5 {1:f2} %\n",
                                  100 * score.top1 / labelled,
                                  100 * score.top5 / labelled);
  if (score.sqnr.empty())
    return;
  if (isClassification(outputs.front()))
    out() << llvm::formatv("agreement of top-1 {0:f2} %\n",
                                  100 * score.agree / items);
  for (auto [info, sqnr, cosine] : llvm::zip(outputs, score.sqnr, score.cosine))
    out() << llvm::formatv(
        "output '{0}': SQNR {1:f1} dB, cosine {2:f5} (medians)\n", info.name,
        median(sqnr), median(cosine));
}

static int runEval(EvalFlags &flags) {
  if (flags.labels.empty() && flags.against.empty()) {
    Session::fail("nothing to evaluate: give --labels, --against or both");
    return kWrongUsage;
  }
  Session session;
  Model model, against;
  bool compares = !flags.against.empty();
  if (ExitCode failed = compares
                            ? openModels(session, flags.model, flags.against,
                                         flags.run, model, against)
                            : openModel(session, flags.model, flags.run, model))
    return failed;
  auto dataset = openData(flags.run, model);
  if (!dataset)
    return kInputFault;
  std::optional<Labels> labels;
  if (!flags.labels.empty()) {
    auto loaded =
        loadLabels(flags.labels == "folder" ? "" : flags.labels, *dataset);
    if (!loaded)
      return Session::fail(loaded.status());
    labels = std::move(*loaded);
  }
  if (model.executor->getOutputs().empty() ||
      model.executor->getOutputs().front().dtype != DType::F32)
    return Session::fail("the first output is no float tensor");
  if (const TensorInfo &first = model.executor->getOutputs().front();
      labels && !isClassification(first))
    return Session::fail("--labels needs one score a class, output '" +
                         first.name + "' is " + shapeString(first.shape));

  Score score;
  InputSurvey survey = surveyInputs(model);
  Status status = forEachSample(
      *dataset, flags.run.threads, [&](int64_t, const Sample &sample) {
        SmallVector<Tensor> outputs, reference;
        if (Status added = survey.add(sample); !added)
          return added;
        if (Status ran = model.executor->run(sample.inputs, outputs); !ran)
          return ran;
        if (compares)
          if (Status ran = against.executor->run(sample.inputs, reference);
              !ran)
            return ran;
        return scoreSample(score, sample, outputs, reference,
                           labels ? &*labels : nullptr, flags.labelOffset);
      });
  if (!status)
    return Session::fail(status);
  warnAboutData(survey);
  printScore(score, model.executor->getOutputs(), flags.json);
  return kDone;
}

void addEvalCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<EvalFlags>();
  CLI::App *command = app.add_subcommand(
      "eval", "Top-1 and top-5; against another model agreement and SQNR");
  command->footer(
      "Examples:\n"
      "  qc eval out/model.qcb --data test/ --labels folder\n"
      "  qc eval out/model.qcb --data images/ --labels synsets.txt --against "
      "model.onnx --json");
  command
      ->add_option("model", flags->model,
                   "Model: .onnx, .mlir, .mlirbc or .qcb")
      ->required();
  flags->run.add(*command, /*dataRequired=*/true);
  command->add_option("--labels", flags->labels,
                      "folder (names of sub-folders), a text file, .npy or "
                      ".npz (array y or labels)");
  command->add_option(
      "--label-offset", flags->labelOffset,
      "Added to each label, e.g. 1 when output 0 is background");
  command->add_option("--against", flags->against,
                      "Another model to compare outputs with");
  command->add_flag("--json", flags->json, "Print the result as JSON");
  command->callback([flags, &exitCode] { exitCode = runEval(*flags); });
}

} // namespace qc
