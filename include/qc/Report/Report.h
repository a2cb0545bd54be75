// The evidence of a compile: what was decided, and how well each layer does.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_REPORT_REPORT_H
#define QC_REPORT_REPORT_H

#include "qc/Report/CostReport.h"
#include "qc/Report/LayerErrors.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace qc {

/// One row of the table of layers.
struct LayerReport {
  LayerError error;
  std::string op;        ///< "conv2d"
  std::string placement; ///< "npu" or "cpu"
  std::string type;      ///< "i8"
  std::string method;    ///< how its range was chosen: "mse, clips 0.02 %"
  std::vector<int64_t> shape;
  /// The tensor whose scale it takes although its own range is much smaller: a
  /// join of several; empty where it has a scale of its own.
  std::string scaleOf;
  bool moves = false; ///< it only brings values elsewhere
  /// A correction has drawn its range in.
  bool isDrawnIn = false;
  double scale = 0;
  int64_t zeroPoint = 0;
  int64_t macs = 0;
};

/// What a correction changed, and what it brought on held-out samples.
struct CorrectionReport {
  std::string name;                                    ///< "bias"
  std::vector<std::pair<std::string, int64_t>> counts; ///< {"channels", 120}
  double before = 0, after = 0; ///< mean SQNR of the results, dB
  double seconds = 0;           ///< what it took; 0 where that is not known
};

/// An activation that the correction `widths` has given 16 bits.
struct WidthReport {
  std::string name;
  double gain = 0;   ///< dB at the results, beside those before it
  double cycles = 0; ///< more than with those before it, estimated
};

/// What the correction `widths` found.
struct WidthsReport {
  std::vector<WidthReport> tensors; ///< in the order in which they were taken
  /// SQNR of the results in dB: of the integer network before, and with its
  /// activations rounded but no weights.
  double before = 0, activationsAlone = 0;
  double cyclesBefore = 0, cyclesAfter = 0; ///< estimated
};

/// What a change of the options would bring, as it was tried.
struct RemedyReport {
  std::string option; ///< "--precision int16"
  /// The worst of the network's results with it, in dB.
  double sqnr = 0;
  bool isEnough = false; ///< no result is bad with it
};

/// What the program does on the CPU.
struct CpuReport {
  int64_t ops = 0;
  int64_t subgraphs = 0;       ///< parts that run there in one go
  int64_t deviceSubgraphs = 0; ///< parts that run on the device in one go
  /// Quantizations and dequantizations between float and integer ops.
  int64_t conversions = 0;
};

/// An op of the program. Constants are none.
struct StepReport {
  std::string name; ///< of what it computes
  std::string op;   ///< "conv2d"
  std::string placement;
  /// Which of the parts that run in one go, counted over both sides in the
  /// order in which they begin.
  int64_t subgraph = 0;
  bool moves = false;            ///< it only brings values elsewhere
  std::vector<int64_t> operands; ///< steps whose results it reads
  int64_t macs = 0, bytesRead = 0, bytesWritten = 0;
  double cycles = 0; ///< estimated; 0 where the target says nothing about it
};

/// A place in the arena, and the steps from and to which (included) it holds
/// data.
struct BufferReport {
  std::string name; ///< of the first tensor in it
  int64_t bytes = 0, offset = 0, first = 0, last = 0;
};

/// The program's accuracy on labelled samples, as `qc eval` has found it.
/// Shares are 0..1.
struct EvaluationReport {
  std::string data;
  int64_t items = 0;
  std::optional<double> top1, floatTop1, agreement;
};

struct CompileReport {
  std::string tool, model, target, precision, method;
  /// Precisions of the target whose activations are wider.
  std::vector<std::string> widerPrecisions;
  int64_t calibrationSamples = 0;
  int64_t comparedSamples = 0;
  std::vector<std::pair<std::string, double>> seconds; ///< phase, wall time
  uint64_t arenaBytes = 0, arenaLowerBound = 0, constantBytes = 0;
  /// What a run with one thread needs in all: the arena with the kernels'
  /// scratch memory (0 where the program was not run), and the caller's inputs
  /// and outputs.
  uint64_t runBytes = 0, boundaryBytes = 0;
  int64_t boundaryTransposes = 0, innerTransposes = 0;
  CpuReport cpu;
  std::vector<CorrectionReport> corrections;
  std::optional<WidthsReport> widths; ///< where they were chosen
  /// Of the program; 0 where the target says nothing about it.
  double estimatedCycles = 0;
  /// What its layers are estimated to cost, where the target says enough.
  std::optional<CostReport> cost;
  /// What is likely wrong, as it was said while compiling.
  std::vector<std::string> warnings;
  std::vector<LayerReport> layers;
  std::vector<StepReport> steps;     ///< in the order of execution
  std::vector<BufferReport> buffers; ///< in the order in which they begin
  std::optional<EvaluationReport> evaluation;
  /// Of the network's results, same order as they have.
  std::vector<LayerError> outputs;
  /// What was tried because a layer is bad, cheapest first.
  std::vector<RemedyReport> remedies;
  std::vector<std::string> files;
};

/// "7785 channels, SQNR 17.0 dB to 18.3 dB on held-out samples", or that it was
/// not kept.
std::string describeCorrection(const CorrectionReport &correction);

/// "1,234,567".
std::string formatThousands(double number);

/// Lines about what has 16 bits, and whether more of them would help.
std::string describeWidths(const WidthsReport &widths);

/// "3 ops in 1 subgraph, 2 conversions between float and integers".
std::string describeCpu(const CpuReport &cpu);

/// Whether a layer is bad with nothing else rounded.
bool isBadAlone(const LayerReport &layer);

/// The first layer that `isBadAlone`, else the first that is bad with all
/// before it; null when none is.
const LayerReport *findFirstBad(const CompileReport &report);

/// What is wrong with a bad layer of `report` and what helps: the first remedy
/// after which no result is bad, else the one that gains most, with what it
/// brought. Where nothing was tried, what may help.
std::string suggestRemedy(const CompileReport &report,
                          const LayerReport &layer);

/// A layer that loses much by itself.
struct Suspect {
  const LayerReport *layer;
  std::string cause;  ///< in words
  std::string option; ///< what to add to the compile; empty: nothing known
};

/// The `most` layers of `report` with the lowest SQNR alone, below that of an
/// ordinary layer of 8 bits.
std::vector<Suspect> findSuspects(const CompileReport &report, size_t most);

/// Ends of the real values that a layer of integers can hold; nothing for
/// floats.
std::optional<std::pair<double, double>>
getThresholds(const LayerReport &layer);

/// The lowest SQNR of the network's results in dB, lost channels counted.
double getWorstOutput(const CompileReport &report);

/// "1x8x4x4".
std::string shapeText(const std::vector<int64_t> &shape);

llvm::json::Value toJSON(const CompileReport &report);
/// Reads what toJSON wrote. The error names the missing or wrong key.
Result<CompileReport> reportFromJSON(const llvm::json::Value &json);

/// The table for a terminal, ending in the first bad layer and a suggestion.
void printReport(const CompileReport &report, llvm::raw_ostream &os);

/// A self-contained page that says the same and more.
void printHtml(const CompileReport &report, llvm::raw_ostream &os);

/// What differs between two reports: facts, outputs, layers by name.
void printDiff(const CompileReport &before, const CompileReport &after,
               llvm::raw_ostream &os);
void printDiffHtml(const CompileReport &before, const CompileReport &after,
                   llvm::raw_ostream &os);
llvm::json::Value diffToJSON(const CompileReport &before,
                             const CompileReport &after);

} // namespace qc

#endif // QC_REPORT_REPORT_H
