// What the sub-commands of qc share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Pipelines/InitAll.h"
#include "qc/Pipelines/ToolOptions.h"
#include "qc/Support/Memory.h"
#include "qc/Support/Strings.h"
#include "qc/Support/ThreadPool.h"

#include "llvm/Support/Path.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Session
//===----------------------------------------------------------------------===//

/// "file:line:col: " or "'tensor': " in front of a message, or nothing.
static std::string describeLocation(Location loc) {
  if (auto file = dyn_cast<FileLineColLoc>(loc)) {
    std::string text = file.getFilename().str();
    if (file.getLine())
      text += ":" + std::to_string(file.getLine()) + ":" +
              std::to_string(file.getColumn());
    return text + ": ";
  }
  auto names = getNames(loc);
  return names.empty() ? "" : "'" + names.front().str() + "': ";
}

static void printDiagnostic(Diagnostic &diagnostic) {
  static const char *kinds[] = {"note", "warning", "error", "remark"};
  std::string message = diagnostic.str();
  llvm::errs() << printable(describeLocation(diagnostic.getLocation()))
               << kinds[static_cast<int>(diagnostic.getSeverity())] << ": "
               << printableLines(message) << "\n";
  for (Diagnostic &note : diagnostic.getNotes())
    printDiagnostic(note);
}

static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registerAllDialects(registry);
  return registry;
}

Session::Session() : context(makeRegistry()) {
  context.printOpOnDiagnostic(false);
  handler = std::make_unique<ScopedDiagnosticHandler>(
      &context, [](Diagnostic &diagnostic) {
        printDiagnostic(diagnostic);
        return success();
      });
}

int Session::fail(const std::string &message) {
  printError(error(message));
  return kInputFault;
}

void Session::warn(const std::string &message) {
  llvm::errs() << "warning: " << message << "\n";
}

//===----------------------------------------------------------------------===//
// The standard output
//===----------------------------------------------------------------------===//

namespace {
/// Shows names of any origin in a way that a terminal survives.
class PrintableStream final : public llvm::raw_ostream {
public:
  ~PrintableStream() override {
    flush();
    llvm::outs() << printableLines(line);
  }

private:
  /// A character may come in two pieces: whole lines are looked at.
  void write_impl(const char *bytes, size_t size) override {
    position += size;
    line.append(bytes, size);
    size_t end = line.rfind('\n') + 1;
    llvm::outs() << printableLines(line.substr(0, end));
    line.erase(0, end);
  }
  uint64_t current_pos() const override { return position; }

  std::string line;
  uint64_t position = 0;
};
} // namespace

llvm::raw_ostream &out() {
  llvm::outs(); // made first, it ends last
  static PrintableStream stream;
  return stream;
}

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

CLI::Validator countUpTo(int64_t most) {
  return CLI::Validator(
      [most](std::string &text) -> std::string {
        auto value = parseInteger(text);
        if (value && *value >= 0 && *value <= most)
          return "";
        return "expected a whole number from 0" +
               (most == INT64_MAX ? " on" : " to " + std::to_string(most)) +
               ", found '" + text + "'";
      },
      "");
}

void DataOptions::add(CLI::App &app, bool required) {
  auto *option = app.add_option("--data", data,
                                "Samples: a folder of images, .npy, .npz, a "
                                "list file, or random:N[:seed]");
  if (required)
    option->required();
  app.add_option(
      "--preprocess", preprocess,
      "How pixels become values, e.g. \"resize=256 crop=224 "
      "mean=123.675,116.28,103.53 std=58.395,57.12,57.375\" or a "
      "preset (imagenet-torch, imagenet-tf, imagenet-caffe, unit, "
      "none); default: what the model carries. mean and std count in "
      "pixels of 0..255");
  app.add_option("--samples", samples, "Take so many samples (0: all)")
      ->check(countUpTo(INT64_MAX));
  app.add_flag("--raw", raw, "Arrays hold pixels: preprocess them as images");
  app.add_flag("--skip-bad", skipBad,
               "Leave out samples that cannot be loaded, and count them");
}

void ImportFlags::add(CLI::App &app) {
  app.add_option("--input-shape", shapes,
                 "Shape of an input, e.g. input=1x3x224x224 (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  app.add_option("--cut-at", cutAt,
                 "Tensors that become the outputs, between commas")
      ->delimiter(',')
      ->allow_extra_args(false);
}

Result<OnnxImportOptions> ImportFlags::get() const {
  OnnxImportOptions options;
  for (const std::string &text : shapes) {
    auto shape = parseInputShape(text);
    if (!shape)
      return shape.takeError();
    options.inputShapes[shape->first] = shape->second;
  }
  options.cutAt = cutAt;
  return options;
}

void RunOptions::add(CLI::App &app, bool dataRequired) {
  data.add(app, dataRequired);
  import.add(app);
  app.add_option("--threads", threads,
                 "Threads, at most 256 (0: one a processor)")
      ->check(countUpTo(kMostThreads));
}

//===----------------------------------------------------------------------===//
// Models and data
//===----------------------------------------------------------------------===//

/// What the executor's inputs want, for a stored program.
static Result<std::vector<InputSignature>>
getStoredSignatures(const TpuExecutor &executor) {
  std::vector<InputSignature> signatures;
  for (auto [info, preprocess] :
       llvm::zip(executor.getInputs(), executor.getPreprocess())) {
    InputSignature signature{info.name, info.dtype, info.shape, std::nullopt};
    // Stored integers are made from float samples.
    if (info.scale > 0)
      signature.dtype = DType::F32;
    if (!preprocess.empty()) {
      auto spec = PreprocessSpec::parse(preprocess);
      if (!spec)
        return spec.takeError();
      signature.preprocess = *spec;
    }
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

/// The preprocessing that has become part of the model; empty when none has.
static std::string getInsertedPreprocess(const Model &model) {
  if (!model.module)
    return static_cast<TpuExecutor &>(*model.executor)
        .getProvenance(kInsertedPreprocess);
  return getProvenance(*model.module, kInsertedPreprocess);
}

/// Replaces what the model says about preprocessing.
static Status overridePreprocess(Model &model, const std::string &path,
                                 const std::string &text) {
  auto spec = PreprocessSpec::parse(text);
  if (!spec)
    return spec.takeError().withContext("--preprocess");
  std::string inserted = getInsertedPreprocess(model);
  for (InputSignature &signature : model.signatures) {
    if (signature.shape.size() < 3)
      continue;
    std::string what = "'" + path + "', input '" + signature.name + "'";
    if (Status free = checkNotInserted(signature.preprocess, inserted, *spec);
        !free)
      return free.withContext(what);
    if (signature.preprocess && *signature.preprocess != *spec)
      Session::warn(what + " carries the preprocessing '" +
                    signature.preprocess->toString() +
                    "', --preprocess replaces it by '" + spec->toString() +
                    "'");
    signature.preprocess = *spec;
  }
  return ok();
}

static Status openProgram(const std::string &path,
                          const ExecutorOptions &options, Model &model) {
  auto executor = TpuExecutor::open(path, options);
  if (!executor)
    return executor.takeError();
  auto signatures = getStoredSignatures(**executor);
  if (!signatures)
    return signatures.takeError();
  model.signatures = std::move(*signatures);
  model.executor = std::move(*executor);
  return ok();
}

static LogicalResult openModule(Session &session, const std::string &path,
                                const OnnxImportOptions &import,
                                const ExecutorOptions &options, Model &model) {
  model.module = loadModule(path, &session.context, import);
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

ExitCode openModel(Session &session, const std::string &path,
                   const RunOptions &options, Model &model) {
  auto import = options.import.get();
  if (!import) {
    Session::fail(import.status());
    return kWrongUsage;
  }
  ExecutorOptions executorOptions{options.threads};
  Status status;
  if (llvm::sys::path::extension(path) == ".qcb")
    status = openProgram(path, executorOptions, model);
  else if (failed(openModule(session, path, *import, executorOptions, model)))
    return kInputFault;
  const std::string &preprocess = options.data.preprocess;
  if (status && !preprocess.empty())
    status = overridePreprocess(model, path, preprocess);
  if (status)
    return kDone;
  Session::fail(status);
  return kInputFault;
}

ExitCode openModels(Session &session, const std::string &path,
                    const std::string &otherPath, const RunOptions &options,
                    Model &model, Model &other) {
  if (ExitCode failed = openModel(session, path, options, model))
    return failed;
  if (ExitCode failed = openModel(session, otherPath, options, other))
    return failed;
  if (std::string mine = getInsertedPreprocess(model),
      theirs = getInsertedPreprocess(other);
      mine != theirs) {
    Session::fail("'" + (mine.empty() ? otherPath : path) +
                  "' does part of the preprocessing itself, '" +
                  (mine.empty() ? path : otherPath) +
                  "' does not; compare models that take the same samples, such "
                  "as its own prepare.mlirbc");
    return kInputFault;
  }
  for (auto [mine, theirs] : llvm::zip(model.signatures, other.signatures)) {
    if (!mine.preprocess)
      mine.preprocess = theirs.preprocess;
    if (!theirs.preprocess)
      theirs.preprocess = mine.preprocess;
    // Both see the same samples: a difference would be that of their inputs.
    if (mine.preprocess &&
        mine.preprocess->toString() != theirs.preprocess->toString()) {
      Session::fail("input '" + mine.name + "' is preprocessed differently: '" +
                    mine.preprocess->toString() + "' by '" + path + "', '" +
                    theirs.preprocess->toString() + "' by '" + otherPath +
                    "'; compare models that take the same samples");
      return kInputFault;
    }
  }
  return kDone;
}

InputSurvey surveyInputs(const Model &model) {
  return InputSurvey(model.signatures, getInsertedPreprocess(model));
}

void warnAboutData(const InputSurvey &survey) {
  for (const std::string &finding : survey.findMistakes())
    Session::warn(finding);
}

std::unique_ptr<Dataset> openData(const RunOptions &options,
                                  const Model &model) {
  DatasetOptions datasetOptions;
  datasetOptions.maxSamples = options.data.samples;
  datasetOptions.raw = options.data.raw;
  datasetOptions.skipBad = options.data.skipBad;
  auto dataset =
      Dataset::open(options.data.data, model.signatures, datasetOptions);
  if (dataset)
    return std::move(*dataset);
  Session::fail(dataset.status());
  return nullptr;
}

Status
forEachSample(const Dataset &dataset, int threads,
              const std::function<Status(int64_t, const Sample &)> &visit) {
  constexpr int64_t kAhead = 16;
  ThreadPool pool(threads);
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
    for (int64_t i = 0; i < count; ++i)
      if (samples[i])
        if (Status visited =
                guarded([&] { return visit(start + i, *samples[i]); });
            !visited)
          return visited.withContext(samples[i]->name);
  }
  return ok();
}

void printJson(llvm::json::Value value) {
  // JSON has escapes of its own.
  llvm::outs() << llvm::formatv("{0:2}\n", value);
}

} // namespace qc
