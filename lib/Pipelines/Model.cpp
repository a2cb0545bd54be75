// Models of any stage, ready to run.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Model.h"
#include "qc/Calibration/Samples.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/Session.h"
#include "qc/Support/Memory.h"
#include "qc/Support/ThreadPool.h"

#include "llvm/Support/Path.h"

namespace qc {

/// What the executor's inputs want, for a stored program.
static Result<std::vector<InputSignature>>
getStoredSignatures(const TpuExecutor &executor) {
  std::vector<InputSignature> signatures;
  for (auto [info, preprocess, picture] :
       llvm::zip(executor.getInputs(), executor.getPreprocess(),
                 executor.getPictures())) {
    InputSignature signature{info.name, info.dtype, info.shape, std::nullopt,
                             std::nullopt};
    // Stored integers are made from float samples.
    if (info.scale > 0)
      signature.dtype = DType::F32;
    if (!preprocess.empty()) {
      auto spec = PreprocessSpec::parse(preprocess);
      if (!spec)
        return spec.takeError();
      signature.preprocess = *spec;
    }
    if (!picture.empty()) {
      auto spec = PictureSpec::parse(picture);
      if (!spec)
        return spec.takeError();
      if (spec->isOfBytes())
        signature.picture = *spec;
    }
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

std::string Model::getInsertedPreprocess() const {
  if (!module)
    return static_cast<TpuExecutor &>(*executor).getProvenance(
        kInsertedPreprocess);
  return getProvenance(*module, kInsertedPreprocess);
}

/// Replaces what the model says about preprocessing.
static Status overridePreprocess(Session &session, Model &model,
                                 const std::string &path,
                                 const std::string &text) {
  auto spec = PreprocessSpec::parse(text);
  if (!spec)
    return spec.takeError().withContext("--preprocess");
  std::string inserted = model.getInsertedPreprocess();
  for (InputSignature &signature : model.signatures) {
    if (signature.shape.size() < 3)
      continue;
    std::string what = "'" + path + "', input '" + signature.name + "'";
    if (Status free = checkNotInserted(signature.preprocess, inserted, *spec);
        !free)
      return free.withContext(what);
    if (signature.preprocess && *signature.preprocess != *spec)
      session.warn(what + " carries the preprocessing '" +
                   signature.preprocess->toString() +
                   "', --preprocess replaces it by '" + spec->toString() + "'");
    signature.preprocess = *spec;
  }
  return ok();
}

static Status openProgram(const std::string &path,
                          const ExecutorOptions &options,
                          const std::optional<RemoteHost> &remote,
                          Model &model) {
  auto executor = TpuExecutor::open(path, options);
  if (!executor)
    return executor.takeError();
  if (remote)
    if (Status connected = (*executor)->runOn(*remote); !connected)
      return connected;
  auto signatures = getStoredSignatures(**executor);
  if (!signatures)
    return signatures.takeError();
  model.signatures = std::move(*signatures);
  model.executor = std::move(*executor);
  return ok();
}

static LogicalResult openModule(Session &session, const std::string &path,
                                const ImportOptions &import,
                                const ExecutorOptions &options, Model &model) {
  model.module = loadModule({path, std::nullopt}, session.getContext(), import);
  if (!model.module)
    return failure();
  auto function = getEntryFunction(*model.module);
  if (failed(function))
    return failure();
  auto signatures = getInputSignatures(*function);
  auto executor = Executor::create(*model.module, options);
  if (failed(signatures) || failed(executor))
    return failure();
  model.signatures = std::move(*signatures);
  model.executor = std::move(*executor);
  return success();
}

std::unique_ptr<Model> openModel(Session &session, const std::string &path,
                                 const ModelOptions &options) {
  auto model = std::make_unique<Model>();
  ExecutorOptions executorOptions{options.threads};
  Status status;
  if (llvm::sys::path::extension(path) == ".qcb")
    status = openProgram(path, executorOptions, options.remote, *model);
  else if (options.remote)
    status = error("'", path,
                   "' is no .qcb program, which is what another machine runs");
  else if (failed(openModule(session, path, options.import, executorOptions,
                             *model)))
    return nullptr;
  if (status && !options.preprocess.empty())
    status = overridePreprocess(session, *model, path, options.preprocess);
  if (status)
    return model;
  session.fail(status);
  return nullptr;
}

/// What an input takes, in words.
static std::string describePicture(const InputSignature &signature) {
  return signature.picture ? signature.picture->toString() : "no picture";
}

Status matchInputs(Model &model, const std::string &path, Model &other,
                   const std::string &otherPath) {
  if (std::string mine = model.getInsertedPreprocess(),
      theirs = other.getInsertedPreprocess();
      mine != theirs)
    return error("'", mine.empty() ? otherPath : path,
                 "' does part of the preprocessing itself, '",
                 mine.empty() ? path : otherPath,
                 "' does not; compare models that take the same samples, such "
                 "as its own prepare.mlirbc");
  for (auto [mine, theirs] : llvm::zip(model.signatures, other.signatures)) {
    if (describePicture(mine) != describePicture(theirs))
      return error("input '", mine.name, "' of '", path, "' takes ",
                   describePicture(mine), ", that of '", otherPath, "' ",
                   describePicture(theirs),
                   "; compare models that take the same samples, such as its "
                   "own prepare.mlirbc");
    if (!mine.preprocess)
      mine.preprocess = theirs.preprocess;
    if (!theirs.preprocess)
      theirs.preprocess = mine.preprocess;
    // Both see the same samples: a difference would be that of their inputs.
    if (mine.preprocess &&
        mine.preprocess->toString() != theirs.preprocess->toString())
      return error("input '", mine.name, "' is preprocessed differently: '",
                   mine.preprocess->toString(), "' by '", path, "', '",
                   theirs.preprocess->toString(), "' by '", otherPath,
                   "'; compare models that take the same samples");
  }
  return ok();
}

/// Lets the inputs of `model` be preprocessed as the other model does itself.
static Status preprocessAs(const std::string &inserted, Model &model,
                           const std::string &path) {
  auto spec = PreprocessSpec::parse(inserted);
  if (!spec)
    return spec.takeError();
  for (InputSignature &signature : model.signatures) {
    if (signature.shape.size() < 3)
      continue;
    if (signature.preprocess && *signature.preprocess != *spec)
      return error("'", path, "' is preprocessed by '",
                   signature.preprocess->toString(),
                   "', the other model does '", inserted,
                   "' itself; compare models that see the same images");
    signature.preprocess = *spec;
  }
  return ok();
}

Result<bool> pairInputs(Model &model, const std::string &path, Model &other,
                        const std::string &otherPath) {
  std::string mine = model.getInsertedPreprocess();
  std::string theirs = other.getInsertedPreprocess();
  bool isAlike = mine == theirs;
  for (auto [a, b] : llvm::zip(model.signatures, other.signatures))
    isAlike &= describePicture(a) == describePicture(b);
  if (isAlike || (!mine.empty() && !theirs.empty() && mine != theirs)) {
    if (Status match = matchInputs(model, path, other, otherPath); !match)
      return match;
    return true;
  }
  Status made = ok();
  if (mine.empty())
    made = preprocessAs(theirs, model, path);
  else if (theirs.empty())
    made = preprocessAs(mine, other, otherPath);
  if (!made)
    return made;
  return false;
}

void warnAboutData(Session &session, const InputSurvey &survey) {
  for (const std::string &finding : survey.findMistakes())
    session.warn(finding);
}

Status
forEachSample(const Dataset &dataset, int threads, ProgressListener *listener,
              const std::string &label,
              const std::function<Status(int64_t, const Sample &)> &visit) {
  constexpr int64_t kAhead = 16;
  ThreadPool pool(threads);
  Progress progress(label, dataset.size(), listener);
  for (int64_t start = 0; start < dataset.size(); start += kAhead) {
    int64_t count = std::min(kAhead, dataset.size() - start);
    std::vector<std::optional<Sample>> samples(count);
    Status loaded = pool.runUntilFailure(count, [&](int64_t i, int) -> Status {
      auto sample = dataset.sample(start + i);
      if (!sample)
        return sample.takeError();
      samples[i] = std::move(*sample);
      return ok();
    });
    if (!loaded)
      return loaded;
    for (int64_t i = 0; i < count; ++i) {
      if (samples[i])
        if (Status visited =
                guarded([&] { return visit(start + i, *samples[i]); });
            !visited)
          return visited.withContext(samples[i]->name);
      if (Status goesOn = progress.advance(); !goesOn)
        return goesOn;
    }
  }
  progress.finish();
  return ok();
}

} // namespace qc
