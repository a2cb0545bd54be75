// qc run: runs a model of any stage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "Remote.h"
#include "qc/Execution/Dump.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/FolderLock.h"
#include "qc/Support/Memory.h"
#include "qc/Support/Npy.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

#include <chrono>

namespace qc {

namespace {
struct RunFlags {
  std::string model, output, dump, dumpFormat = "npy", dumpLayout = "nchw";
  bool dumpIntegers = false;
  CompileOptions run;
  RemoteFlags remote;
  int repeat = 0;
  bool json = false;
};

/// The outputs of all samples, one array each, stacked along a new or the
/// batch dimension.
class Stacker {
public:
  /// For at most so many samples.
  explicit Stacker(int64_t samples) : samples(samples) {}

  /// The first sample tells how much memory all will take.
  Status add(ArrayRef<TensorInfo> infos, ArrayRef<Tensor> outputs) {
    if (arrays.empty())
      if (Status made = makeArrays(infos, outputs); !made)
        return made;
    for (auto [array, part] : llvm::zip(arrays, outputs))
      if (part.byteSize() != 0)
        std::memcpy(static_cast<char *>(array.value.raw()) +
                        added * part.byteSize(),
                    part.raw(), part.byteSize());
    ++added;
    return ok();
  }

  /// One array an output: [added samples * batch, ...].
  std::vector<NamedTensor> stack() const {
    std::vector<NamedTensor> stacked;
    for (const NamedTensor &array : arrays) {
      int64_t batch = array.value.dim(0) / samples;
      stacked.push_back({array.name, array.value.rows(0, added * batch)});
    }
    return stacked;
  }

private:
  Status makeArrays(ArrayRef<TensorInfo> infos, ArrayRef<Tensor> outputs) {
    uint64_t bytes = 0;
    std::vector<Shape> shapes;
    for (const Tensor &output : outputs) {
      shapes.push_back(output.shape());
      if (shapes.back().empty())
        shapes.back().push_back(1);
      bytes = llvm::SaturatingMultiplyAdd<uint64_t>(output.byteSize(), samples,
                                                    bytes);
      shapes.back().front() *= samples;
    }
    std::string what =
        "keeping the results of " + std::to_string(samples) + " samples";
    if (Status fits = checkMemory(bytes, what); !fits)
      return fits;
    return guarded([&]() -> Status {
             for (auto [info, output, shape] :
                  llvm::zip(infos, outputs, shapes))
               arrays.push_back({info.name, Tensor(output.dtype(), shape)});
             return ok();
           })
        .withContext(what);
  }

  int64_t samples, added = 0;
  std::vector<NamedTensor> arrays;
};
} // namespace

/// What the outputs can be written as is told by the file's suffix.
static Status checkOutputName(StringRef path) {
  if (path.empty() || path.ends_with(".npz") || path.ends_with(".npy"))
    return ok();
  return error("-o '", path.str(),
               "': expected a name that ends in .npz, for all outputs, or in "
               ".npy, for a model with one output");
}

static Status checkOutputNumber(StringRef path, const Model &model) {
  size_t count = model.executor->getOutputs().size();
  if (!path.ends_with(".npy") || count == 1)
    return ok();
  return error("'", path.str(), "' can hold one array, the model has ", count,
               " outputs: write a .npz");
}

static Status writeOutputs(const std::string &path,
                           const std::vector<NamedTensor> &outputs) {
  if (StringRef(path).ends_with(".npy"))
    return writeNpy(path, outputs.front().value);
  return writeNpz(path, outputs);
}

static int runRun(RunFlags &flags) {
  if (Status known = checkOutputName(flags.output); !known)
    return failUsage(known);
  if (flags.dump.empty() && (flags.dumpIntegers || flags.dumpFormat != "npy" ||
                             flags.dumpLayout != "nchw"))
    return failUsage("--dump-format, --dump-layout and --dump-integers are "
                     "about --dump DIR");
  if (!flags.dump.empty() && flags.remote.isGiven())
    return failUsage("--dump shows tensors of a program that runs here: leave "
                     "--host out");
  ToolSession session;
  // The whole dump is of one run.
  std::optional<FolderLock> dump;
  ModelOptions options = getModelOptions(flags.run);
  Result<std::optional<RemoteHost>> remote = readRemote(flags.remote);
  if (!remote)
    return fail(remote.status());
  options.remote = *remote;
  auto opened = openModel(session, flags.model, options);
  if (!opened)
    return kInputFault;
  Model &model = *opened;
  auto dataset = openData(session, flags.run, model);
  if (!dataset)
    return kInputFault;

  if (Status status = checkOutputNumber(flags.output, model); !status)
    return fail(status);
  if (!flags.dump.empty()) {
    Result<FolderLock> taken = FolderLock::take(flags.dump);
    if (!taken)
      return fail(taken.status());
    dump.emplace(std::move(*taken));
  }

  Stacker stacker(dataset->size());
  DumpLayout layout =
      flags.dumpLayout == "nhwc" ? DumpLayout::Nhwc : DumpLayout::Nchw;
  DumpProbe probe(flags.dumpIntegers, layout);
  InputSurvey survey = model.survey();
  double best = 0, total = 0;
  int64_t runs = 0;
  Status status = forEachSample(
      *dataset, flags.run.threads, session.getProgressListener(), "run",
      [&](int64_t index, const Sample &sample) -> Status {
        SmallVector<Tensor> outputs;
        probe.dump.clear();
        if (Status added = survey.add(sample); !added)
          return added;
        for (int i = 0; i <= flags.repeat; ++i) {
          auto start = std::chrono::steady_clock::now();
          if (Status ran =
                  model.executor->run(sample.inputs, outputs,
                                      flags.dump.empty() ? nullptr : &probe);
              !ran)
            return ran;
          std::chrono::duration<double> elapsed =
              std::chrono::steady_clock::now() - start;
          best = runs++ ? std::min(best, elapsed.count()) : elapsed.count();
          total += elapsed.count();
        }
        if (!flags.dump.empty()) {
          std::string folder = flags.dump;
          if (dataset->size() > 1) {
            folder += "/" + std::to_string(index);
            if (std::error_code failed =
                    llvm::sys::fs::create_directories(folder))
              return error("cannot make the folder '", folder,
                           "': ", failed.message());
          }
          if (Status dumped =
                  writeDump(probe.dump, folder, flags.dumpFormat, layout);
              !dumped)
            return dumped;
        }
        return flags.output.empty()
                   ? ok()
                   : stacker.add(model.executor->getOutputs(), outputs);
      });
  if (!status)
    return fail(status);
  if (runs == 0)
    return fail("no sample could be used of " + dataset->description());
  warnAboutData(session, survey);
  if (!flags.output.empty())
    if (Status written = writeOutputs(flags.output, stacker.stack()); !written)
      return fail(written);

  if (flags.json) {
    printJson(
        llvm::json::Object{{"runs", runs},
                           {"milliseconds_best", best * 1e3},
                           {"milliseconds_mean", total / runs * 1e3},
                           {"skipped", int64_t(dataset->skipped().size())}});
  } else {
    if (runs == 1)
      out() << llvm::formatv("1 run, {0:f2} ms\n", best * 1e3);
    else
      out() << llvm::formatv(
          "{0} runs, {1:f2} ms each at best, {2:f2} ms on average\n", runs,
          best * 1e3, total / runs * 1e3);
    if (flags.output.empty() && flags.dump.empty())
      out() << "results are kept with -o FILE.npz, every tensor with --dump "
               "FOLDER\n";
    for (const auto &[index, reason] : dataset->skipped())
      llvm::errs() << "left out: " << printable(reason) << "\n";
  }
  return kDone;
}

void addRunCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App *command =
      app.add_subcommand("run", "Run a model of any stage on samples");
  command->footer("Examples:\n"
                  "  qc run model.onnx --data x.npz -o y.npz\n"
                  "  qc run out/model.qcb --data images/ -o y.npz\n"
                  "  qc run model.onnx --data x.npy --dump tensors/\n"
                  "  qc run out/model.qcb --data x.npy --host board "
                  "--token-file token");
  command
      ->add_option("model", flags->model,
                   "Model: .onnx, .mlir, .mlirbc or .qcb")
      ->required();
  addRunOptions(*command, flags->run, /*dataRequired=*/true);
  command->add_option("-o,--output", flags->output,
                      "Write the outputs of all samples, stacked, to a .npz "
                      "or, of a model with one output, a .npy");
  command->add_option("--dump", flags->dump,
                      "Write every tensor, in the source's order, into this "
                      "folder, with index.tsv");
  command
      ->add_option("--dump-format", flags->dumpFormat,
                   "npy; bin: the bytes; txt16, txt1: text, 16 numbers or one "
                   "a line")
      ->check(CLI::IsMember(getDumpFormats()))
      ->capture_default_str();
  command
      ->add_option("--dump-layout", flags->dumpLayout,
                   "Tensors of four dimensions in the source's order (nchw) or "
                   "with channels last (nhwc), as programs hold them")
      ->check(CLI::IsMember({"nchw", "nhwc"}))
      ->capture_default_str();
  command->add_flag("--dump-integers", flags->dumpIntegers,
                    "Integers as the program stores them, instead of the real "
                    "numbers that they stand for");
  command
      ->add_option("--repeat", flags->repeat,
                   "Run each sample so many more times, to measure time")
      ->check(countUpTo(1000000));
  addRemoteOptions(*command, flags->remote);
  command->add_flag("--json", flags->json, "Print times as JSON");
  command->callback([flags, &exitCode] { exitCode = runRun(*flags); });
}

} // namespace qc
