// Comparisons, choices, integers, searches and samples: nodes of ONNX as they
// are.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Numbers.h"
#include "../Exporter.h"

namespace qc::onnxexport {

namespace {

/// All results of an op, plain.
void finishPlain(Operation *op, Exporter &exporter,
                 ArrayRef<std::string> made) {
  for (auto [result, name] : llvm::zip_equal(op->getResults(), made))
    exporter.finish(result, name, getPlainOrder(getRank(result)));
}

std::string negate(Exporter &exporter, const std::string &condition) {
  return exporter.emit("Not", {condition});
}

LogicalResult writeCompare(top::CompareOp op, Exporter &exporter) {
  StringRef kind = op.getKind();
  SmallVector<std::string> operands = exporter.getPlainOperands(op);
  std::string made;
  if (kind == "equal" || kind == "not_equal") {
    made = exporter.emit("Equal", operands);
    made = kind == "equal" ? made : negate(exporter, made);
  } else if (kind == "less" || kind == "greater") {
    made = exporter.emit(kind == "less" ? "Less" : "Greater", operands);
  } else if (failed(exporter.require(12, kind))) {
    return failure();
  } else {
    made = exporter.emit(
        kind == "less_or_equal" ? "LessOrEqual" : "GreaterOrEqual", operands);
  }
  finishPlain(op, exporter, made);
  return success();
}

LogicalResult writeSelect(top::SelectOp op, Exporter &exporter) {
  finishPlain(op, exporter,
              exporter.emit("Where", exporter.getPlainOperands(op)));
  return success();
}

LogicalResult writeInteger(top::IntegerOp op, Exporter &exporter) {
  StringRef kind = op.getKind();
  bool isBoolean = cast<RankedTensorType>(op.getLhs().getType())
                       .getElementType()
                       .isInteger(1);
  static const llvm::StringMap<StringRef> nodes = {{"add", "Add"},
                                                   {"sub", "Sub"},
                                                   {"mul", "Mul"},
                                                   {"div", "Div"},
                                                   {"mod", "Mod"},
                                                   {"rem", "Mod"},
                                                   {"min", "Min"},
                                                   {"max", "Max"},
                                                   {"and", "And"},
                                                   {"or", "Or"},
                                                   {"xor", "Xor"},
                                                   {"shift_left", "BitShift"},
                                                   {"shift_right", "BitShift"}};
  std::string node = nodes.lookup(kind).str();
  SmallVector<NodeAttribute> attributes;
  if (kind == "rem")
    attributes.push_back({"fmod", int64_t(1)});
  if (node == "BitShift")
    attributes.push_back(
        {"direction", StringRef(kind == "shift_left" ? "LEFT" : "RIGHT")});
  if (!isBoolean && (kind == "and" || kind == "or" || kind == "xor")) {
    if (failed(exporter.require(18, "arithmetic on bits")))
      return failure();
    node = "Bitwise" + node;
  }
  if ((kind == "min" || kind == "max") &&
      failed(exporter.require(12, "the smaller of integers")))
    return failure();
  finishPlain(op, exporter,
              exporter.emit(node, exporter.getPlainOperands(op), attributes));
  return success();
}

LogicalResult writeArgMax(top::ArgMaxOp op, Exporter &exporter) {
  SmallVector<NodeAttribute> attributes{
      {"axis", static_cast<int64_t>(op.getAxis())},
      {"keepdims", int64_t(op.getKeepdims())}};
  if (op.getLast()) {
    if (failed(exporter.require(12, "the last of equal elements")))
      return failure();
    attributes.push_back({"select_last_index", int64_t(1)});
  }
  finishPlain(op, exporter,
              exporter.emit(op.getSmallest() ? "ArgMin" : "ArgMax",
                            exporter.getPlainOperands(op), attributes));
  return success();
}

LogicalResult writeTopK(top::TopKOp op, Exporter &exporter) {
  std::string k = exporter.ints("k", {static_cast<int64_t>(op.getK())});
  SmallVector<NodeAttribute> attributes{
      {"axis", static_cast<int64_t>(op.getAxis())}};
  if (!op.getLargest()) {
    if (failed(exporter.require(11, "the smallest elements")))
      return failure();
    attributes.push_back({"largest", int64_t(0)});
  }
  finishPlain(op, exporter,
              exporter.emitSeveral("TopK",
                                   {exporter.getPlain(op.getInput()), k}, 2,
                                   attributes));
  return success();
}

/// Exporters have no rows of -1: what reads the file gets as many as there are.
LogicalResult writeNms(top::NmsOp op, Exporter &exporter) {
  auto number = [&](StringRef suffix, const llvm::APFloat &value) {
    return exporter.scalar(suffix, value.convertToFloat());
  };
  std::string most =
      exporter.ints("max_output", {static_cast<int64_t>(op.getMaxOutput())});
  std::string overlap = number("iou_threshold", op.getIouThreshold());
  std::string least = number("score_threshold", op.getScoreThreshold());
  finishPlain(
      op, exporter,
      exporter.emit("NonMaxSuppression",
                    {exporter.getPlain(op.getBoxes()),
                     exporter.getPlain(op.getScores()), most, overlap, least},
                    {{"center_point_box", int64_t(op.getCenterPointBox())}}));
  return success();
}

LogicalResult writeScatter(top::ScatterOp op, Exporter &exporter) {
  StringRef reduction = op.getReduction();
  if (failed(exporter.require(11, "ScatterND")))
    return failure();
  SmallVector<NodeAttribute> attributes;
  if (reduction != "none") {
    bool isNew = reduction == "max" || reduction == "min";
    if (failed(exporter.require(isNew ? 18 : 16, "reduction = '" + reduction +
                                                     "' of ScatterND")))
      return failure();
    attributes.push_back({"reduction", reduction});
  }
  std::string shape =
      exporter.ints("tuples", {getShape(op.getIndices())[0], 1});
  std::string tuples =
      exporter.emit("Reshape", {exporter.getPlain(op.getIndices()), shape});
  finishPlain(op, exporter,
              exporter.emit("ScatterND",
                            {exporter.getPlain(op.getInput()), tuples,
                             exporter.getPlain(op.getUpdates())},
                            attributes));
  return success();
}

LogicalResult writeGridSample(top::GridSampleOp op, Exporter &exporter) {
  if (failed(exporter.require(16, "GridSample")))
    return failure();
  StringRef mode = op.getMode();
  if (exporter.opset < 20)
    mode = mode == "linear" ? "bilinear" : mode == "cubic" ? "bicubic" : mode;
  finishPlain(
      op, exporter,
      exporter.emit("GridSample", exporter.getPlainOperands(op),
                    {{"mode", mode},
                     {"padding_mode", op.getPadding()},
                     {"align_corners", int64_t(op.getAlignCorners())}}));
  return success();
}

LogicalResult writeRoiAlign(top::RoiAlignOp op, Exporter &exporter) {
  SmallVector<NodeAttribute> attributes{
      {"mode", op.getMode()},
      {"output_height", static_cast<int64_t>(op.getHeight())},
      {"output_width", static_cast<int64_t>(op.getWidth())},
      {"sampling_ratio", static_cast<int64_t>(op.getSamplingRatio())},
      {"spatial_scale", op.getSpatialScale().convertToFloat()}};
  if (exporter.opset >= 16)
    attributes.push_back(
        {"coordinate_transformation_mode",
         StringRef(op.getHalfPixel() ? "half_pixel" : "output_half_pixel")});
  else if (op.getHalfPixel() &&
           failed(exporter.require(16, "RoiAlign with half pixels")))
    return failure();
  finishPlain(
      op, exporter,
      exporter.emit("RoiAlign", exporter.getPlainOperands(op), attributes));
  return success();
}

/// The operator sets that brought the forms that are asked for above.
int64_t getIntegerOpset(top::IntegerOp op) {
  bool isBoolean = cast<RankedTensorType>(op.getLhs().getType())
                       .getElementType()
                       .isInteger(1);
  bool ofBits = llvm::is_contained({"and", "or", "xor"}, op.getKind());
  return ofBits && !isBoolean ? 18 : 12;
}

int64_t getScatterOpset(top::ScatterOp op) {
  return llvm::is_contained({"max", "min"}, op.getReduction()) ? 18 : 16;
}

int64_t getGridSampleOpset(top::GridSampleOp) { return 16; }
int64_t getRoiAlignOpset(top::RoiAlignOp) { return 16; }

} // namespace

void populateNumbersExporters(ExporterRegistry &registry) {
  registry.add<top::CompareOp>(writeCompare);
  registry.add<top::SelectOp>(writeSelect);
  registry.add<top::IntegerOp>(writeInteger, getIntegerOpset);
  registry.add<top::ArgMaxOp>(writeArgMax);
  registry.add<top::TopKOp>(writeTopK);
  registry.add<top::NmsOp>(writeNms);
  registry.add<top::ScatterOp>(writeScatter, getScatterOpset);
  registry.add<top::GridSampleOp>(writeGridSample, getGridSampleOpset);
  registry.add<top::RoiAlignOp>(writeRoiAlign, getRoiAlignOpset);
}

} // namespace qc::onnxexport
