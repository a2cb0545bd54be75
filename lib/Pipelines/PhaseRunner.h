// Runs the phases of a compile; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_PHASERUNNER_H
#define QC_LIB_PIPELINES_PHASERUNNER_H

#include "Artefacts.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/Session.h"
#include "qc/Quantization/AssignWidths.h"
#include "qc/Support/FolderLock.h"

#include "mlir/Pass/PassManager.h"

#include <optional>
#include <set>

namespace qc {

/// One compile: the module as it changes, and what is noted along the way.
class PhaseRunner {
public:
  PhaseRunner(Session &session, CompileOptions options);

  LogicalResult run();

  /// One phase of the table of all.
  struct Phase {
    StringRef name;
    /// It has nothing to do in a network that stays in float.
    bool quantizes = false;
    /// Adds its passes; null where it has none.
    LogicalResult (PhaseRunner::*add)(PassManager &manager) = nullptr;
  };
  static ArrayRef<Phase> getPhases();

  CompileReport report;
  OwningOpRef<ModuleOp> module;
  std::map<std::string, std::string> files; ///< where there is no folder

private:
  LogicalResult fail(const Status &status);
  LogicalResult takeFolder();
  LogicalResult load();
  LogicalResult setTarget();
  LogicalResult setInt16Tensors(StringRef isAlready);
  LogicalResult setInt16Weights(StringRef isAlready);
  LogicalResult setState();
  std::vector<std::string> findStale(StringRef next);
  LogicalResult publish(StringRef next);
  LogicalResult replaceEarlier();
  LogicalResult writeIntoFolder(const std::string &name, std::string bytes);
  LogicalResult writeTable();
  bool readsSamples(StringRef next);
  LogicalResult checkSources(StringRef next);
  LogicalResult rehearseQuantization();
  bool reaches(StringRef phase);
  LogicalResult runPhase(const Phase &phase);
  LogicalResult runPhases(StringRef next);
  LogicalResult addPrepare(PassManager &manager);
  LogicalResult addCalibrate(PassManager &manager);
  LogicalResult addCorrect(PassManager &manager);
  LogicalResult addAssign(PassManager &manager);
  LogicalResult addQuantize(PassManager &manager);
  LogicalResult addLegalize(PassManager &manager);
  LogicalResult addSchedule(PassManager &manager);
  LogicalResult takeEncodings();
  LogicalResult giveEncodings();
  LogicalResult writeStage(StringRef phase);
  LogicalResult emit(ArtefactStage stage);
  ModuleOp getStage(ArtefactStage stage);
  LogicalResult write(const Emission &emission);
  LogicalResult tryToWrite(const Emission &emission);
  FailureOr<llvm::json::Value> getReport();
  LogicalResult readProgramFigures();
  LogicalResult fillReport();
  LogicalResult compareWithFloat();
  LogicalResult collectLayerReports(func::FuncOp floats,
                                    std::vector<LayerError> errors,
                                    const std::set<std::string> &results);
  FailureOr<std::unique_ptr<FloatExecutor>> createAssigned();
  FailureOr<std::unique_ptr<FloatExecutor>>
  createActivations(func::FuncOp floats, OwningOpRef<ModuleOp> &mixed);
  template <typename Action>
  LogicalResult timed(StringRef phase, Action action);

  Session &session;
  CompileOptions options; ///< settled when the run begins
  MLIRContext *context;
  std::optional<FolderLock> lock;
  /// Where files go; none: into `files`.
  std::optional<FolderSink> folder;
  /// Whether each file appears when it is done: nothing of an earlier compile
  /// is there to be replaced.
  bool isPublished = false, appearsAtOnce = false;
  std::set<std::string> written; ///< paths in the folder
  /// What an earlier compile may have left, and this one may not make.
  std::vector<std::string> stale;
  std::string table; ///< calibration.table, once ranges are chosen
  std::vector<Emission> emissions;
  std::set<ArtefactStage> emitted;
  bool isCompared = false, hasProgramFigures = false;
  /// Notes warnings for the report; whoever listens before is told of them.
  ScopedDiagnosticHandler noteWarnings;
  /// The calibrated network, before it became integers: the reference.
  OwningOpRef<ModuleOp> reference;
  /// The network as it came, if an artefact asks for it.
  OwningOpRef<ModuleOp> imported;
  /// The same with the names of tensors that corrections have scaled; null
  /// where they have none.
  OwningOpRef<ModuleOp> compared;
  /// The same after corrections, where there were any.
  OwningOpRef<ModuleOp> corrected;
  /// The same with storage types.
  OwningOpRef<ModuleOp> assigned;
  /// What the ranges were chosen for that the module came with.
  std::optional<ActivationWidths> calibrated;
  std::string method;
  std::map<std::string, double> correctionSeconds; ///< by name
};

} // namespace qc

#endif // QC_LIB_PIPELINES_PHASERUNNER_H
