// What the sub-commands of qc share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TOOLS_QC_COMMAND_H
#define QC_TOOLS_QC_COMMAND_H

#include "qc/Calibration/Calibrator.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Support/Dataset.h"

#include "llvm/Support/JSON.h"

#include <CLI/CLI.hpp>
#include <functional>

namespace qc {

/// Exit codes of every command.
enum ExitCode {
  kDone = 0,
  kInputFault = 1,  ///< the input or the model is at fault
  kWrongUsage = 2,  ///< the command line is
  kCheckFailed = 3, ///< a check did not pass
};

/// The compiler's state for one invocation; diagnostics go to standard error.
class Session {
public:
  Session();
  MLIRContext context;
  /// Prints "error: " and `message`; returns kInputFault.
  static int fail(const std::string &message);
  static int fail(const Status &status) { return fail(status.message()); }
  static void warn(const std::string &message);

private:
  std::unique_ptr<ScopedDiagnosticHandler> handler;
};

/// `--data` and what belongs to it.
struct DataOptions {
  std::string data;
  std::string preprocess;
  int64_t samples = 0;
  bool raw = false, skipBad = false;

  void add(CLI::App &app, bool required);
};

/// `--input-shape` and `--cut-at`, for models that are imported.
struct ImportFlags {
  std::vector<std::string> shapes;
  std::vector<std::string> cutAt;

  void add(CLI::App &app);
  Result<OnnxImportOptions> get() const;
};

/// What every command has that runs models.
struct RunOptions {
  DataOptions data;
  ImportFlags import;
  int threads = 0;

  void add(CLI::App &app, bool dataRequired);
};

/// A model of any stage, ready to run: an .onnx, .mlir, .mlirbc or .qcb file.
struct Model {
  OwningOpRef<ModuleOp> module; ///< null for .qcb
  std::unique_ptr<Executor> executor;
  /// What a data set must give, with the preprocessing that the model carries.
  std::vector<InputSignature> signatures;
};

/// Opens `path`; a `--preprocess` replaces what the model carries, with a
/// warning where that differs, but not what is in its graph. kDone, or the exit
/// code after errors were printed.
ExitCode openModel(Session &session, const std::string &path,
                   const RunOptions &options, Model &model);

/// Opens a model and the one to compare it with. Where only one carries a
/// preprocessing (a float source does not), it is that of both.
ExitCode openModels(Session &session, const std::string &path,
                    const std::string &otherPath, const RunOptions &options,
                    Model &model, Model &other);

/// What to show the samples of `model` to; `warnAboutData` says what it found.
InputSurvey surveyInputs(const Model &model);
void warnAboutData(const InputSurvey &survey);

/// Opens the data for `model`. Nothing after an error was printed.
std::unique_ptr<Dataset> openData(const RunOptions &options,
                                  const Model &model);

/// Calls `visit` with each sample in order; images are decoded ahead by
/// `threads` workers. Stops at the first failure.
Status forEachSample(const Dataset &dataset, int threads,
                     const std::function<Status(int64_t, const Sample &)> &visit);

/// The standard output. What a terminal must not get of the names in a file is
/// written out, as printableLines() does.
llvm::raw_ostream &out();

/// A whole number from 0 to `most`, for an option.
CLI::Validator countUpTo(int64_t most);

/// Prints `value` to standard output, for `--json`.
void printJson(llvm::json::Value value);

/// One a file: adds the sub-command. Its callback sets `exitCode`.
void addCompileCommand(CLI::App &app, int &exitCode);
void addRunCommand(CLI::App &app, int &exitCode);
void addEvalCommand(CLI::App &app, int &exitCode);
void addCompareCommand(CLI::App &app, int &exitCode);
void addVerifyCommand(CLI::App &app, int &exitCode);
void addInspectCommand(CLI::App &app, int &exitCode);
void addStatsCommand(CLI::App &app, int &exitCode);
void addTargetsCommand(CLI::App &app, int &exitCode);
void addReportCommand(CLI::App &app, int &exitCode);

} // namespace qc

#endif // QC_TOOLS_QC_COMMAND_H
