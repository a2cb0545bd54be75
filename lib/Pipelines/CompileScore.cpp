// What a compile has cost in accuracy, where labels are known.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/CompileScore.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/Session.h"
#include "qc/Pipelines/StageFiles.h"

#include <cmath>

namespace qc {

bool isAtChance(double top1, int64_t items, int64_t classes) {
  if (items < 1 || classes < 2)
    return false;
  double chance = 1.0 / double(classes);
  return top1 <= chance + 3 * std::sqrt(chance * (1 - chance) / double(items));
}

Status checkScoreUsage(const CompileOptions &options) {
  if (options.labels.empty())
    return ok();
  bool isEmitted = options.emit.empty() || emits(options, "qcb");
  if (options.stopAfter != "emit" || !isEmitted)
    return error("--labels scores the program: it needs --emit qcb, and no "
                 "--stop-after before that");
  if (options.data.empty())
    return error("--labels are those of the samples of --data, which is not "
                 "given");
  if (options.data.rfind("random:", 0) == 0)
    return error("--labels: random samples have none");
  return ok();
}

Result<CompileScore> scoreCompile(Session &session,
                                  const CompileOptions &options) {
  ModelOptions opening;
  opening.threads = static_cast<int>(options.threads);
  auto program = openModel(session, options.output + "/model.qcb", opening);
  auto network =
      openModel(session, findStageFile(options.output, "prepare"), opening);
  if (!program || !network)
    return error("the compile left nothing that --labels could score; start it "
                 "from the model or an earlier stage");
  DatasetOptions reading;
  reading.maxSamples = options.samples;
  reading.raw = options.raw;
  reading.skipBad = options.skipBad;
  auto dataset = Dataset::open(options.data, program->signatures, reading);
  if (!dataset)
    return dataset.takeError();
  auto labels =
      loadLabels(options.labels == "folder" ? "" : options.labels, **dataset);
  if (!labels)
    return labels.takeError();
  EvaluationRequest request;
  request.against = network.get();
  request.labels = &*labels;
  request.labelOffset = options.labelOffset;
  request.threads = static_cast<int>(options.threads);
  request.warns = false; // the compile has
  auto evaluation = evaluate(session, *program, **dataset, request);
  if (!evaluation)
    return evaluation.takeError();
  CompileScore score;
  score.evaluation = std::move(*evaluation);
  const Shape &shape = program->executor->getOutputs().front().shape;
  int64_t batch = shape.size() > 1 ? shape.front() : 1;
  score.classes =
      countElements(shape).value_or(0) / std::max<int64_t>(batch, 1);
  return score;
}

} // namespace qc
