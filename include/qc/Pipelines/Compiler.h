// A whole compile: from a model file to artefacts, phase by phase.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_COMPILER_H
#define QC_PIPELINES_COMPILER_H

#include "qc/Import/Onnx/Import.h"
#include "qc/Report/Report.h"

#include <map>
#include <string>
#include <vector>

namespace qc {

/// The phases in order; `--stop-after` names one.
ArrayRef<StringRef> getPhaseNames();

struct CompileOptions {
  std::string model;  ///< .onnx, or .mlir/.mlirbc of any stage before emit
  std::string output; ///< folder for the artefacts
  std::string target; ///< empty: the module's, else generic
  std::map<std::string, std::string> targetOptions;
  std::string precision; ///< empty: the target's default
  /// Names of tensors that shall have 16 bits; empty: the module's.
  std::vector<std::string> int16Tensors;
  std::string data;      ///< calibration samples
  std::string preprocess;
  bool raw = false, skipBad = false, allowCpu = false, quiet = false;
  bool insertPreprocess = false;
  std::vector<std::string> deny; ///< layers that stay in float
  bool refit = false; ///< choose a quantized model's storage types again
  std::string method; ///< empty: the default of the calibrate pass
  std::vector<std::string> correct; ///< empty: all corrections
  int64_t samples = 0, threads = 0, seed = 0;
  int64_t reportSamples = 4;
  std::string statsIn, statsOut, tableIn;
  /// Storage types and ranges by name (docs/Encodings.md).
  std::string encodingsIn, encodingsOut;
  bool allowMissing = false; ///< take what encodingsIn lacks from calibration
  OnnxImportOptions import;
  std::string stopAfter = "emit";
  /// Artefacts by name; ONNX models may have ":opset=N" behind it.
  std::vector<std::string> emit = {"qcb", "report"};
};

/// Whether `options` name `artefact`.
bool emits(const CompileOptions &options, StringRef artefact);

/// An error when an option names what does not exist: a phase, an artefact, a
/// target, a method, a key of the preprocessing.
Status checkUsage(const CompileOptions &options);

/// Reads a module: .onnx is imported, .mlir and .mlirbc are parsed. Null after
/// an error.
OwningOpRef<ModuleOp> loadModule(const std::string &path, MLIRContext *context,
                                 const OnnxImportOptions &import = {});

/// Runs the phases and writes OUT/<phase>.mlirbc after each, then what `emit`
/// names; a float model as soon as the last float stage is there. Files appear
/// whole or not at all. The report says what happened; fails after an error.
FailureOr<CompileReport> compile(const CompileOptions &options,
                                 MLIRContext *context);

} // namespace qc

#endif // QC_PIPELINES_COMPILER_H
