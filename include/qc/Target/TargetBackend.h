// What a target tells qc: data and rules, nearly all with defaults.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_TARGETBACKEND_H
#define QC_TARGET_TARGETBACKEND_H

#include "qc/Quantization/QuantSpec.h"
#include "qc/Target/Artefact.h"
#include "qc/Target/ParameterFile.h"
#include "qc/Target/SupportRules.h"
#include "qc/Target/TargetSpec.h"
#include "qc/Target/VendorOptions.h"

#include "mlir/Pass/PassManager.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace qc {

/// An option that `--target-option name=value` sets.
struct TargetOption {
  std::string name;
  std::string words; ///< one line of help
  std::string defaultValue;
  std::vector<std::string> values; ///< the allowed ones; empty: any
};

/// What a vendor's last tool does not take of a network that comes quantized.
struct QuantizedModelFault {
  std::string tensor;
  std::string rule;  ///< what the tool asks for, and of what
  std::string found; ///< what the tensor has
};

/// One target family, configured: its options have been read. Looked up by
/// name in the TargetRegistry; a backend is made for each compile.
class TargetBackend {
public:
  virtual ~TargetBackend();

  /// The registered name.
  virtual StringRef getName() const = 0;
  /// One line: what this target is.
  virtual StringRef getSummary() const = 0;
  /// What `configure` accepts. An option "chip" lists the chips.
  virtual std::vector<TargetOption> getOptions() const { return {}; }

  /// Reads `options` (string attributes): unknown names and values are errors
  /// that list the known ones. Overrides call this first.
  virtual LogicalResult configure(DictionaryAttr options,
                                  function_ref<InFlightDiagnostic()> emitError);

  /// The value of an option: what was configured, else the default.
  std::string getOption(StringRef name) const;

  /// Memories, alignments, layouts: facts with their provenance.
  virtual TargetSpec getTargetSpec() const { return {}; }
  /// Types and arithmetic that the target executes.
  virtual QuantSpec getQuantSpec() const = 0;
  /// When an op cannot run on the accelerator, and in which words.
  virtual void addSupportRules(SupportRules &rules) const {}
  /// Rewrites ops into forms that the target runs, before rules are checked.
  virtual void addLegalizationPatterns(RewritePatternSet &patterns) const {}
  /// Artefacts that only this target has, beside those that all have: what the
  /// vendor's last tool takes.
  virtual std::vector<Artefact> getArtefacts() const { return {}; }
  /// Options files of the vendor's tools, and what becomes of each key.
  virtual std::vector<VendorFormat> getVendorFormats() const { return {}; }
  /// Files with quantization parameters that --encodings-in reads beside its
  /// own.
  virtual std::vector<ParameterFile> getParameterFiles() const { return {}; }
  /// What the vendor's last tool would not take of `module`, a prepared network
  /// with storage types, whoever gave it them; nothing where the vendor
  /// publishes no rules for quantized models.
  virtual std::optional<std::vector<QuantizedModelFault>>
  checkQuantizedModel(ModuleOp module) const {
    return std::nullopt;
  }
  /// Orders ops and plans memory; the default is the generic planner.
  virtual void buildSchedulePipeline(OpPassManager &manager) const;

private:
  llvm::StringMap<std::string> configured;
};

/// Plans the memory of a module in the order it has, and verifies the plan.
void buildGenericSchedulePipeline(OpPassManager &manager,
                                  unsigned alignment = 64);

} // namespace qc

#endif // QC_TARGET_TARGETBACKEND_H
