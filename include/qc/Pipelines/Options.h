// The options of a compile: declared once, for every way to give them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_OPTIONS_H
#define QC_PIPELINES_OPTIONS_H

#include "qc/Interfaces/FrontEnd.h"
#include "qc/Statistics/Metrics.h"
#include "qc/Support/MLIR.h"
#include "qc/Support/Result.h"

#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace qc {

/// What a compile is asked. Members that are empty or zero are not given; what
/// that means is in the declaration of the option.
struct CompileOptions {
  /// A file of any front end; also what messages call `modelBytes`.
  std::string model;
  /// The model in memory instead of a file.
  std::shared_ptr<const std::string> modelBytes;
  /// Folder for the artefacts; empty: they stay in memory.
  std::string output;

  std::string target;
  std::map<std::string, std::string> targetOptions;
  std::vector<std::string> plugins;
  std::string vendorConfig;
  std::string precision;
  std::string innerBits; ///< "8" or "16"; empty: 16 where the target has them
  std::vector<std::string> int16Tensors, int16Weights;
  std::vector<std::string> deny;
  bool allowCpu = false;
  bool relaxFp32 = false;
  int64_t maxSubgraphs = 0; ///< on the device; 0: any number

  std::string data, preprocess;
  int64_t samples = 0, seed = 0;
  bool raw = false, skipBad = false, insertPreprocess = false;
  /// Samples are what they should be: no warnings about them.
  bool yes = false;
  std::string labels; ///< of the samples; empty: nothing is scored
  int64_t labelOffset = 0;

  /// Inputs as they run: "nv12" or "name=nv12" (qc/Support/Picture.h).
  std::vector<std::string> inputTypes, inputLayouts, inputStrides;
  std::string yuv, outputLayout;
  bool keepEdges = false;
  std::vector<std::string> removeEdgeOps; ///< types, or "name:LAYER"

  std::string method, effort;
  std::vector<std::string> correct;
  double maxCycles = 0; ///< of 16 bits, beside those of 8; 0: the default
  bool refit = false;
  std::string statsIn, statsOut, tableIn;
  std::string encodingsIn, encodingsOut;
  bool allowMissing = false;

  ImportOptions import;
  std::string stopAfter = "emit";
  std::string stages = "bytecode"; ///< or "text": the files of the stages
  std::vector<std::string> emit;
  int64_t reportSamples = 4;
  int64_t l1SizeKb = 0; ///< 0: what the chip has
  int64_t advice = 0;   ///< microseconds; 0: none is given

  bool ladder = false;
  Tolerance tolerance;

  int64_t threads = 0;
  bool quiet = false;

  /// The file, or the bytes, which live as long as these options.
  ModelSource getSource() const;
};

struct Registries;

/// A value that an option may have.
struct OptionChoice {
  std::string value;
  std::string words = ""; ///< what it is; may be empty
};

/// How the value of an option is written.
enum class OptionForm {
  Flag,     ///< no value; "true" or "false" in files
  Text,     ///< one text
  Count,    ///< a whole number from `least` to `most`
  Number,   ///< a floating-point number, not negative
  List,     ///< texts between commas
  Repeated, ///< the option may come several times, with one text each
};

/// One option of a compile. The command line, YAML files, the Python package,
/// checks of options that come too late, and docs/Options.md are made of it.
struct OptionDeclaration {
  std::string name;      ///< "report-samples": --report-samples, the YAML key
  std::string shortName; ///< "o"
  OptionForm form = OptionForm::Text;
  std::string value; ///< what the value is called: "FILE"
  std::string group; ///< heading in help and on the page
  std::string words; ///< one sentence or two without the full stop
  /// The phase that reads it: where a compile begins behind that, it would
  /// change nothing. Empty: none.
  std::string phase;
  /// It would change nothing in a network that stays in float.
  bool quantizes = false;
  bool isPositional = false, isRequired = false;
  int64_t least = 0, most = INT64_MAX;
  /// What shells and editors offer; null: nothing is known.
  std::function<std::vector<OptionChoice>(const Registries &)> choices;
  bool isClosed = false; ///< only these are right

  /// The values as texts; a flag's are "true" and "false".
  std::function<std::vector<std::string>(const CompileOptions &)> get;
  /// Takes texts of the right form, such as `get` gives; errors do not name the
  /// option.
  std::function<Status(CompileOptions &, const std::vector<std::string> &)> set;
  /// The value in force where none is given; may ask the session's registries
  /// and, once a target is known, the target. Null: as `get` says.
  std::function<std::vector<std::string>(const CompileOptions &,
                                         MLIRContext *context)>
      effective;
};

/// All options, in the order of help.
const std::vector<OptionDeclaration> &getOptionDeclarations();

/// The declaration of `name`; '_' may stand for '-'. Unknown names are errors
/// that suggest the nearest.
Result<const OptionDeclaration *> findOption(const std::string &name);

/// Checks the form of `values`, then sets them. Errors begin with "--NAME: ".
Status setOption(CompileOptions &options, const OptionDeclaration &declaration,
                 const std::vector<std::string> &values);

/// Whether the option differs from what it is when nobody gives it.
bool isGiven(const CompileOptions &options,
             const OptionDeclaration &declaration);

/// Names and values in force, defaults included; empty ones are left out.
std::vector<std::pair<const OptionDeclaration *, std::vector<std::string>>>
getEffectiveOptions(const CompileOptions &options, MLIRContext *context);

/// docs/Options.md.
void writeOptionPage(llvm::raw_ostream &os);

/// A JSON schema of YAML job files, for editors.
void writeOptionSchema(llvm::raw_ostream &os);

/// An error when an option names what does not exist in the session of
/// `context`: a phase, an artefact, a target, a method, a key of the
/// preprocessing.
Status checkUsage(const CompileOptions &options, MLIRContext *context);

} // namespace qc

#endif // QC_PIPELINES_OPTIONS_H
