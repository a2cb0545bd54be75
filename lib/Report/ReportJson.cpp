// The report as JSON, both ways.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "JsonText.h"
#include "qc/Report/Report.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/STLExtras.h"

namespace qc {

using llvm::json::Array;
using llvm::json::Object;
using llvm::json::Value;

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static Object metricsToJSON(const ErrorMetrics &metrics) {
  return Object{{"cosine", metrics.cosine},
                {"mse", metrics.mse},
                {"rmse", metrics.rmse},
                {"sqnr_db", metrics.sqnr},
                {"max_difference", metrics.maxDifference},
                {"elements", int64_t(metrics.elements)}};
}

static Array toTexts(const std::vector<std::string> &lines) {
  Array texts;
  for (const std::string &line : lines)
    texts.push_back(toText(line));
  return texts;
}

static Object errorToJSON(const LayerError &error) {
  Object object{{"name", toText(error.name)},
                {"accumulated", metricsToJSON(error.accumulated)},
                {"saturation", error.saturation},
                {"bad", isBad(error)}};
  if (error.lost)
    object["lost_channels"] =
        Object{{"axis", error.lost->axis},
               {"channels", Array(error.lost->channels)},
               {"of", error.lost->count},
               {"steps", error.lost->steps},
               {"widest_steps", error.lost->widest},
               {"error", metricsToJSON(error.lost->error)}};
  if (error.isolated)
    object["isolated"] = metricsToJSON(*error.isolated);
  if (error.assigned)
    object["assigned"] = metricsToJSON(*error.assigned);
  if (error.activations)
    object["activations"] = metricsToJSON(*error.activations);
  if (error.histogram)
    object["histogram"] = Object{{"low", error.histogram->low},
                                 {"high", error.histogram->high},
                                 {"counts", Array(error.histogram->counts)}};
  return object;
}

static Object widthsToJSON(const WidthsReport &widths) {
  Array tensors;
  for (const WidthReport &tensor : widths.tensors)
    tensors.push_back(Object{{"name", toText(tensor.name)},
                             {"gain_db", tensor.gain},
                             {"estimated_cycles", tensor.cycles}});
  return Object{{"tensors", std::move(tensors)},
                {"sqnr_db_before", widths.before},
                {"sqnr_db_activations_alone", widths.activationsAlone},
                {"estimated_cycles_before", widths.cyclesBefore},
                {"estimated_cycles_after", widths.cyclesAfter}};
}

static Object programToJSON(const CompileReport &report) {
  Array steps, buffers;
  for (const StepReport &step : report.steps)
    steps.push_back(Object{{"name", toText(step.name)},
                           {"op", step.op},
                           {"placement", step.placement},
                           {"subgraph", step.subgraph},
                           {"moves", step.moves},
                           {"operands", Array(step.operands)},
                           {"macs", step.macs},
                           {"bytes_read", step.bytesRead},
                           {"bytes_written", step.bytesWritten},
                           {"estimated_cycles", step.cycles}});
  for (const BufferReport &buffer : report.buffers)
    buffers.push_back(Object{{"name", toText(buffer.name)},
                             {"bytes", buffer.bytes},
                             {"offset", buffer.offset},
                             {"first_step", buffer.first},
                             {"last_step", buffer.last}});
  return Object{{"steps", std::move(steps)}, {"buffers", std::move(buffers)}};
}

static Object evaluationToJSON(const EvaluationReport &evaluation) {
  Object object{{"data", toText(evaluation.data)}, {"items", evaluation.items}};
  if (evaluation.top1)
    object["top1"] = *evaluation.top1;
  if (evaluation.floatTop1)
    object["float_top1"] = *evaluation.floatTop1;
  if (evaluation.agreement)
    object["agreement"] = *evaluation.agreement;
  return object;
}

Value toJSON(const CompileReport &report) {
  Array layers, outputs, seconds, corrections, remedies;
  for (const LayerReport &layer : report.layers) {
    Object object = errorToJSON(layer.error);
    object["op"] = layer.op;
    object["placement"] = layer.placement;
    object["type"] = layer.type;
    object["method"] = toText(layer.method);
    object["shape"] = Array(layer.shape);
    object["scale"] = layer.scale;
    object["zero_point"] = layer.zeroPoint;
    object["macs"] = layer.macs;
    object["drawn_in"] = layer.isDrawnIn;
    object["moves"] = layer.moves;
    if (!layer.scaleOf.empty())
      object["scale_of"] = toText(layer.scaleOf);
    layers.push_back(std::move(object));
  }
  for (const CorrectionReport &correction : report.corrections) {
    Object counts;
    for (const auto &[name, count] : correction.counts)
      counts[name] = count;
    corrections.push_back(Object{{"name", correction.name},
                                 {"changed", std::move(counts)},
                                 {"sqnr_db_before", correction.before},
                                 {"sqnr_db_after", correction.after},
                                 {"seconds", correction.seconds}});
  }
  for (const LayerError &output : report.outputs)
    outputs.push_back(errorToJSON(output));
  for (const RemedyReport &remedy : report.remedies)
    remedies.push_back(Object{{"option", toText(remedy.option)},
                              {"sqnr_db", remedy.sqnr},
                              {"enough", remedy.isEnough}});
  for (const auto &[phase, time] : report.seconds)
    seconds.push_back(Object{{"phase", phase}, {"seconds", time}});
  Object object{
      {"tool", report.tool},
      {"model", toText(report.model)},
      {"target", report.target},
      {"precision", report.precision},
      {"method", report.method},
      {"wider_precisions", Array(report.widerPrecisions)},
      {"calibration_samples", report.calibrationSamples},
      {"compared_samples", report.comparedSamples},
      {"seconds", std::move(seconds)},
      {"corrections", std::move(corrections)},
      {"warnings", toTexts(report.warnings)},
      {"memory",
       Object{{"arena_bytes", int64_t(report.arenaBytes)},
              {"arena_lower_bound_bytes", int64_t(report.arenaLowerBound)},
              {"constant_bytes", int64_t(report.constantBytes)},
              {"run_bytes", int64_t(report.runBytes)},
              {"boundary_bytes", int64_t(report.boundaryBytes)}}},
      {"transposes", Object{{"inner", report.innerTransposes},
                            {"boundary", report.boundaryTransposes}}},
      {"cpu", Object{{"ops", report.cpu.ops},
                     {"subgraphs", report.cpu.subgraphs},
                     {"device_subgraphs", report.cpu.deviceSubgraphs},
                     {"boundary_conversions", report.cpu.conversions}}},
      {"layers", std::move(layers)},
      {"outputs", std::move(outputs)},
      {"program", programToJSON(report)},
      {"remedies", std::move(remedies)},
      {"files", toTexts(report.files)}};
  if (report.evaluation)
    object["evaluation"] = evaluationToJSON(*report.evaluation);
  if (report.widths)
    object["widths"] = widthsToJSON(*report.widths);
  if (report.estimatedCycles > 0)
    object["estimated_cycles"] = report.estimatedCycles;
  if (report.cost)
    object["cost"] = toJSON(*report.cost);
  if (const LayerReport *bad = findFirstBad(report))
    object["first_bad"] =
        Object{{"name", toText(bad->error.name)},
               {"op", bad->op},
               {"suggestion", toText(suggestRemedy(report, *bad))}};
  return object;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static bool fromJSON(const Value &json, ErrorMetrics &metrics,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  int64_t elements = 0;
  bool good = map && map.map("cosine", metrics.cosine) &&
              map.map("mse", metrics.mse) && map.map("rmse", metrics.rmse) &&
              map.map("sqnr_db", metrics.sqnr) &&
              map.map("max_difference", metrics.maxDifference) &&
              map.map("elements", elements);
  metrics.elements = elements;
  return good;
}

static bool fromJSON(const Value &json, LostChannels &lost,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("axis", lost.axis) &&
         map.map("channels", lost.channels) && map.map("of", lost.count) &&
         map.map("steps", lost.steps) && map.map("widest_steps", lost.widest) &&
         map.map("error", lost.error);
}

static bool fromJSON(const Value &json, RemedyReport &remedy,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("option", remedy.option) &&
         map.map("sqnr_db", remedy.sqnr) && map.map("enough", remedy.isEnough);
}

static bool fromJSON(const Value &json, ValueHistogram &histogram,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("low", histogram.low) &&
         map.map("high", histogram.high) && map.map("counts", histogram.counts);
}

static bool fromJSON(const Value &json, LayerError &error,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("name", error.name) &&
         map.map("accumulated", error.accumulated) &&
         map.map("saturation", error.saturation) &&
         map.mapOptional("lost_channels", error.lost) &&
         map.mapOptional("isolated", error.isolated) &&
         map.mapOptional("assigned", error.assigned) &&
         map.mapOptional("activations", error.activations) &&
         map.mapOptional("histogram", error.histogram);
}

static bool fromJSON(const Value &json, LayerReport &layer,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return fromJSON(json, layer.error, path) && map && map.map("op", layer.op) &&
         map.map("placement", layer.placement) && map.map("type", layer.type) &&
         map.map("method", layer.method) && map.map("shape", layer.shape) &&
         map.map("scale", layer.scale) &&
         map.map("zero_point", layer.zeroPoint) &&
         map.map("macs", layer.macs) &&
         map.mapOptional("drawn_in", layer.isDrawnIn) &&
         map.mapOptional("moves", layer.moves) &&
         map.mapOptional("scale_of", layer.scaleOf);
}

static bool fromJSON(const Value &json, CorrectionReport &correction,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  std::map<std::string, int64_t> counts;
  bool good = map && map.map("name", correction.name) &&
              map.map("changed", counts) &&
              map.map("sqnr_db_before", correction.before) &&
              map.map("sqnr_db_after", correction.after) &&
              map.mapOptional("seconds", correction.seconds);
  correction.counts.assign(counts.begin(), counts.end());
  return good;
}

namespace {
struct PhaseTime {
  std::string phase;
  double seconds = 0;
};
struct Memory {
  int64_t arena = 0, lowerBound = 0, constants = 0, run = 0, boundary = 0;
};
struct Program {
  std::vector<StepReport> steps;
  std::vector<BufferReport> buffers;
};
struct Transposes {
  int64_t inner = 0, boundary = 0;
};

bool fromJSON(const Value &json, PhaseTime &time, llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("phase", time.phase) &&
         map.map("seconds", time.seconds);
}
bool fromJSON(const Value &json, Memory &memory, llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("arena_bytes", memory.arena) &&
         map.map("arena_lower_bound_bytes", memory.lowerBound) &&
         map.map("constant_bytes", memory.constants) &&
         map.mapOptional("run_bytes", memory.run) &&
         map.mapOptional("boundary_bytes", memory.boundary);
}
bool fromJSON(const Value &json, Transposes &transposes,
              llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("inner", transposes.inner) &&
         map.map("boundary", transposes.boundary);
}
} // namespace

static bool fromJSON(const Value &json, StepReport &step,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("name", step.name) && map.map("op", step.op) &&
         map.map("placement", step.placement) &&
         map.map("subgraph", step.subgraph) && map.map("moves", step.moves) &&
         map.map("operands", step.operands) && map.map("macs", step.macs) &&
         map.map("bytes_read", step.bytesRead) &&
         map.map("bytes_written", step.bytesWritten) &&
         map.map("estimated_cycles", step.cycles);
}

static bool fromJSON(const Value &json, BufferReport &buffer,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("name", buffer.name) &&
         map.map("bytes", buffer.bytes) && map.map("offset", buffer.offset) &&
         map.map("first_step", buffer.first) &&
         map.map("last_step", buffer.last);
}

namespace {
bool fromJSON(const Value &json, Program &program, llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("steps", program.steps) &&
         map.map("buffers", program.buffers);
}
} // namespace

static bool fromJSON(const Value &json, EvaluationReport &evaluation,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("data", evaluation.data) &&
         map.map("items", evaluation.items) &&
         map.mapOptional("top1", evaluation.top1) &&
         map.mapOptional("float_top1", evaluation.floatTop1) &&
         map.mapOptional("agreement", evaluation.agreement);
}

/// What pages draw, which a file made by hand may get wrong.
static Status checkProgram(const Program &program) {
  auto count = static_cast<int64_t>(program.steps.size());
  auto isStep = [&](int64_t step) { return step >= 0 && step < count; };
  for (const auto &[index, step] : llvm::enumerate(program.steps))
    for (int64_t operand : step.operands)
      if (operand < 0 || operand >= static_cast<int64_t>(index))
        return error("not a report of qc: step '", step.name, "' reads step ",
                     operand, ", which is not before it");
  for (const BufferReport &buffer : program.buffers)
    if (!isStep(buffer.first) || !isStep(buffer.last) ||
        buffer.first > buffer.last || buffer.bytes < 0 || buffer.offset < 0)
      return error("not a report of qc: buffer '", buffer.name,
                   "' is at no place or step");
  return ok();
}

static bool fromJSON(const Value &json, WidthReport &tensor,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("name", tensor.name) &&
         map.map("gain_db", tensor.gain) &&
         map.map("estimated_cycles", tensor.cycles);
}

static bool fromJSON(const Value &json, WidthsReport &widths,
                     llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("tensors", widths.tensors) &&
         map.map("sqnr_db_before", widths.before) &&
         map.map("sqnr_db_activations_alone", widths.activationsAlone) &&
         map.map("estimated_cycles_before", widths.cyclesBefore) &&
         map.map("estimated_cycles_after", widths.cyclesAfter);
}

static bool fromJSON(const Value &json, CpuReport &cpu, llvm::json::Path path) {
  llvm::json::ObjectMapper map(json, path);
  return map && map.map("ops", cpu.ops) &&
         map.map("subgraphs", cpu.subgraphs) &&
         map.mapOptional("device_subgraphs", cpu.deviceSubgraphs) &&
         map.map("boundary_conversions", cpu.conversions);
}

Result<CompileReport> reportFromJSON(const Value &json) {
  llvm::json::Path::Root root("report");
  llvm::json::ObjectMapper map(json, root);
  CompileReport report;
  std::vector<PhaseTime> times;
  Memory memory;
  Transposes transposes;
  Program program;
  bool good =
      map && map.map("tool", report.tool) && map.map("model", report.model) &&
      map.map("target", report.target) &&
      map.map("precision", report.precision) &&
      map.map("method", report.method) &&
      map.map("wider_precisions", report.widerPrecisions) &&
      map.map("calibration_samples", report.calibrationSamples) &&
      map.map("compared_samples", report.comparedSamples) &&
      map.map("seconds", times) && map.map("corrections", report.corrections) &&
      map.mapOptional("widths", report.widths) &&
      map.mapOptional("estimated_cycles", report.estimatedCycles) &&
      map.mapOptional("cost", report.cost) &&
      map.mapOptional("warnings", report.warnings) &&
      map.mapOptional("remedies", report.remedies) &&
      map.map("memory", memory) && map.map("transposes", transposes) &&
      map.mapOptional("program", program) &&
      map.mapOptional("evaluation", report.evaluation) &&
      map.mapOptional("cpu", report.cpu) && map.map("layers", report.layers) &&
      map.map("outputs", report.outputs) && map.map("files", report.files);
  if (!good)
    return error("not a report of qc: ", llvm::toString(root.getError()));
  if (Status checked = checkProgram(program); !checked)
    return checked;
  report.steps = std::move(program.steps);
  report.buffers = std::move(program.buffers);
  for (const PhaseTime &time : times)
    report.seconds.push_back({time.phase, time.seconds});
  report.arenaBytes = memory.arena;
  report.arenaLowerBound = memory.lowerBound;
  report.constantBytes = memory.constants;
  report.runBytes = memory.run;
  report.boundaryBytes = memory.boundary;
  report.innerTransposes = transposes.inner;
  report.boundaryTransposes = transposes.boundary;
  return report;
}

} // namespace qc
