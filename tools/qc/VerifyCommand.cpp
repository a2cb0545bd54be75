// qc verify: byte equality of two artefacts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Npy.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace qc {

namespace {
struct VerifyFlags {
  std::string first, second;
  RunOptions run;
};
} // namespace

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

/// Runs both models on the data. A difference in words; nothing when every
/// output has the same bytes.
static Result<std::string> compareRuns(Model &first, Model &second,
                                       const Dataset &dataset, int threads) {
  auto outputs = first.executor->getOutputs();
  if (outputs.size() != second.executor->getOutputs().size())
    return error("the models have ", outputs.size(), " and ",
                 second.executor->getOutputs().size(), " outputs");
  std::string difference;
  Status status = forEachSample(
      dataset, threads, [&](int64_t, const Sample &sample) -> Status {
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

static int report(const Result<std::string> &difference) {
  if (!difference)
    return Session::fail(difference.status());
  if (difference->empty()) {
    out() << "Strict check PASSED\n";
    return kDone;
  }
  out() << "Strict check FAILED: " << *difference << "\n";
  return kCheckFailed;
}

static int verifyRuns(VerifyFlags &flags) {
  Session session;
  Model first, second;
  if (ExitCode failed = openModels(session, flags.first, flags.second,
                                   flags.run, first, second))
    return failed;
  auto dataset = openData(flags.run, first);
  if (!dataset)
    return kInputFault;
  return report(compareRuns(first, second, *dataset, flags.run.threads));
}

static int runVerify(VerifyFlags &flags) {
  for (const std::string &path : {flags.first, flags.second})
    if (llvm::sys::fs::is_directory(path))
      return Session::fail("'" + path + "' is a folder; expected a file");
  if (!flags.run.data.data.empty())
    return verifyRuns(flags);
  bool arrays = llvm::sys::path::extension(flags.first) == ".npz" &&
                llvm::sys::path::extension(flags.second) == ".npz";
  auto difference = arrays ? compareArrays(flags.first, flags.second)
                           : compareBytes(flags.first, flags.second);
  return report(difference);
}

void addVerifyCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App *command = app.add_subcommand(
      "verify", "Byte equality of two artefacts (.qcb, .npz, .mlirbc, ...)");
  command->footer(
      "Arrays of two .npz files are compared by name. With --data both files "
      "are models, and what they compute is compared. Exits with 3 at the "
      "first difference.\n"
      "Examples:\n"
      "  qc verify host.npz board.npz\n"
      "  qc verify out/quantize.mlirbc out/model.qcb --data images/");
  command->add_option("first", flags->first, "One file")->required();
  command->add_option("second", flags->second, "The other")->required();
  flags->run.add(*command, /*dataRequired=*/false);
  command->callback([flags, &exitCode] { exitCode = runVerify(*flags); });
}

} // namespace qc
