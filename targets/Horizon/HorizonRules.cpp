// When an op runs on the BPU: the vendor's operator lists.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HorizonRules.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Target/RuleLibrary.h"

namespace qc {

using namespace rules;

/// Multiplying with broadcasting: shapes equal, a value a channel, or one
/// value.
static SupportRule channelBroadcast() {
  return {
      "broadcast", "shapes that are equal, one value a channel or one value",
      [](Operation *op) -> std::string {
        auto shapeOf = [&](unsigned i) {
          return cast<RankedTensorType>(op->getOperand(i).getType()).getShape();
        };
        auto fits = [](ArrayRef<int64_t> small, ArrayRef<int64_t> large) {
          return llvm::all_of(small.drop_back(small.empty() ? 0 : 1),
                              [](int64_t n) { return n == 1; }) &&
                 (small.empty() || small.back() == 1 ||
                  small.back() == large.back());
        };
        ArrayRef<int64_t> lhs = shapeOf(0), rhs = shapeOf(1);
        if (lhs == rhs || (!rhs.empty() && fits(lhs, rhs)) ||
            (!lhs.empty() && fits(rhs, lhs)))
          return "";
        return "another broadcast";
      }};
}

static SupportRule constantPadding() {
  return {"pad-mode", "mode constant", [](Operation *op) -> std::string {
            auto mode = op->getAttrOfType<StringAttr>("mode");
            return !mode || mode == "constant" ? "" : mode.str();
          }};
}

/// Height, width and channels of one filter.
static SmallVector<int64_t> getFilterSizes(Operation *op) {
  SmallVector<int64_t> sizes = getKernel(op);
  SmallVector<int64_t> channels = getGroupChannels(op);
  if (!channels.empty())
    sizes.push_back(channels[0]);
  return sizes;
}

/// One axis, or height and width together.
static SupportRule fewAxes() {
  return {"axes", "one axis, or height and width together",
          [](Operation *op) -> std::string {
            auto axes = op->getAttrOfType<DenseI64ArrayAttr>("axes");
            if (!axes || axes.size() == 1)
              return "";
            return reducesImage().check(op);
          }};
}

/// Values of a table that has to fit at once; a sigmoid's are padded to 8 in W
/// and 4 in C, or to 32 in C, whichever is less.
static SupportRule tableSize() {
  return {"table-size",
          "at most 8192 values, when sigmoid (padded), sqrt or tanh",
          [](Operation *op) -> std::string {
            auto name = op->getAttrOfType<StringAttr>("function");
            ArrayRef<int64_t> shape =
                cast<RankedTensorType>(op->getResult(0).getType()).getShape();
            if (!name || shape.size() != 4 ||
                (name != "sigmoid" && name != "sqrt" && name != "tanh"))
              return "";
            auto padded = [&](int64_t width, int64_t channels) {
              return shape[1] * ((shape[2] + width - 1) / width * width) *
                     ((shape[3] + channels - 1) / channels * channels);
            };
            int64_t values = name == "sigmoid"
                                 ? std::min(padded(8, 4), padded(1, 32))
                                 : padded(1, 1);
            return values <= 8192 ? "" : std::to_string(values);
          }};
}

/// Height and width of the operand are multiples of the dilations.
static SupportRule dilationDivides() {
  return {"conv-dilated-size", "height and width in multiples of the dilations",
          [](Operation *op) -> std::string {
            ArrayRef<int64_t> shape =
                cast<RankedTensorType>(op->getOperand(0).getType()).getShape();
            SmallVector<int64_t> dilations = getDilations(op);
            if (shape.size() != 4 || dilations.size() != 2 ||
                (shape[1] % dilations[0] == 0 && shape[2] % dilations[1] == 0))
              return "";
            return std::to_string(shape[1]) + "x" + std::to_string(shape[2]);
          }};
}

/// What the pyramid and the DDR hand over, in the manual's words.
static void addPictureRules(SupportRules &rules, int64_t rowBytes) {
  rules.setSource(Provenance::Documented, "RDK toolchain manual");
  rules.allow("tpu.picture",
              {pictureIn({"nv12", "yuv444", "rgb", "bgr", "gray"}),
               nv12Rows(rowBytes)});
}

//===----------------------------------------------------------------------===//
// bernoulli2
//===----------------------------------------------------------------------===//

void addBernoulliRules(SupportRules &rules) {
  // What enters and leaves is converted by the Arm cores.
  rules.allow({"tpu.quantize", "tpu.dequantize", "tpu.requantize", "tpu.clip"});
  addPictureRules(rules, 16);
  rules.setSource(Provenance::Documented, "RDK supported_op_list, X3");
  SupportRule batch = inRange("batch", "batches", getBatches, 1, 128);
  rules.allow(
      "tpu.conv2d",
      {batch,
       inRange("conv-kernel", "kernel height and width", getKernel, 1, 7),
       onlyWhen(
           "in groups", [](Operation *op) { return getGroup(op)[0] > 1; },
           inRange("conv-group-channels", "channels of a group",
                   getGroupChannels, 1, 2048)),
       inRange("conv-channels", "channels", getGroupChannels, 1, 4096),
       productAtMost("conv-weights", "kernel height x width x channels",
                     getFilterSizes, 32768),
       powersOfTwo("conv-dilation", "dilations", getDilations)});
  rules.allow(
      "tpu.deconv2d",
      {batch,
       inRange("deconv-kernel", "kernel height and width", getKernel, 2, 14),
       inRange("deconv-channels", "channels of a group", getGroupChannels, 1,
               2048),
       oneOf("deconv-stride", "strides", getStrides, {2, 4}),
       oneOf("deconv-dilation", "dilations", getDilations, {1})});
  rules.allow("tpu.fully_connected",
              {batch, inRange("dense-channels", "input channels",
                              getInputChannels, 1, 16384)});
  rules.allow(
      "tpu.avg_pool",
      {batch,
       inRange("pool-kernel", "kernel height and width", getKernel, 1, 7),
       inRange("pool-stride", "strides", getStrides, 1, 185)});
  rules.allow(
      "tpu.max_pool",
      {batch,
       inRange("pool-kernel", "kernel height and width", getKernel, 1, 64),
       inRange("pool-stride", "strides", getStrides, 1, 185),
       oneOf("pool-dilation", "dilations", getDilations, {1})});
  rules.allow("tpu.reduce_mean",
              {batch, reducesImage(),
               inRange("mean-plane", "positions", getReducedCount, 1, 8192)});
  rules.allow("tpu.reduce_max", {batch, reducesImage()});
  rules.allow("tpu.add",
              {batch, maxRank(4),
               inRange("channels", "channels", getInputChannels, 1, 2048)});
  rules.allow("tpu.mul",
              {batch, maxRank(4), channelBroadcast(),
               inRange("channels", "channels", getInputChannels, 1, 2048)});
  rules.allow("tpu.div", {batch, maxRank(4)});
  rules.allow({"tpu.concat", "tpu.slice", "tpu.prelu"}, {batch});
  rules.allow("tpu.pad", {batch, maxRank(4), constantPadding()});
  rules.allow({"tpu.resize_nearest"},
              {batch, maxRank(4), resizeByPowersOfTwo()});
  rules.allow("tpu.resize_linear", {batch, maxRank(4)});
  rules.allow("tpu.lut",
              {functionIn({"sigmoid", "tanh", "exp", "sqrt", "reciprocal",
                           "leaky_relu", "silu", "add", "mul", "pow"}),
               tableSize()});
  rules.setSource(Provenance::Observed, "toolchain folds them at the edges");
  rules.allow({"tpu.reshape", "tpu.transpose"});
}

//===----------------------------------------------------------------------===//
// bayes-e
//===----------------------------------------------------------------------===//

static void addBayesWindows(SupportRules &rules, const SupportRule &sizes,
                            const SupportRule &batch) {
  rules.allow(
      "tpu.conv2d",
      {sizes, batch,
       inRange("conv-kernel", "kernel height and width", getKernel, 1, 31),
       inRange("conv-channels", "channels of a group", getGroupChannels, 1,
               8192),
       productAtMost("conv-weights", "kernel height x width x channels",
                     getFilterSizes, 65535),
       inRange("conv-stride", "strides", getStrides, 1, 256),
       inRange("conv-dilation", "dilations", getDilations, 1, 16),
       onlyWhen(
           "dilated",
           [](Operation *op) {
             return llvm::any_of(getDilations(op),
                                 [](int64_t d) { return d > 1; });
           },
           oneOf("conv-dilated-stride", "strides", getStrides, {1})),
       dilationDivides(), inRange("conv-pad", "pads", getPads, 0, 256)});
  rules.allow(
      "tpu.deconv2d",
      {eightBits(), batch,
       inRange("deconv-kernel", "kernel height and width", getKernel, 1, 14),
       inRange("deconv-channels", "channels of a group", getGroupChannels, 1,
               2048),
       inRange("deconv-stride", "strides", getStrides, 1, 14),
       oneOf("deconv-dilation", "dilations", getDilations, {1})});
  std::vector<SupportRule> pool = {
      sizes,
      batch,
      inRange("pool-kernel", "kernel height and width", getKernel, 1, 256),
      inRange("pool-stride", "strides", getStrides, 1, 256),
      inRange("pool-pad", "pads", getPads, 0, 256),
      oneOf("pool-dilation", "dilations", getDilations, {1})};
  rules.allow("tpu.max_pool", pool);
  pool.push_back(eightBits());
  rules.allow("tpu.avg_pool", pool);
}

void addBayesRules(SupportRules &rules, bool isNash) {
  // No operator list of nash is public.
  auto setSource = [&](Provenance provenance, const char *source) {
    rules.setSource(isNash ? Provenance::Assumed : provenance,
                    isNash ? "as the X5" : source);
  };
  rules.allow({"tpu.quantize", "tpu.dequantize", "tpu.requantize"});
  addPictureRules(rules, isNash ? 32 : 16);
  setSource(Provenance::Documented, "RDK supported_op_list, X5");
  SupportRule sizes = inRange("sizes", "dimensions", getSizes, 1, 65536);
  SupportRule batch = inRange("batch", "batches", getBatches, 1, 4096);
  addBayesWindows(rules, sizes, batch);
  rules.allow("tpu.fully_connected", {sizes, batch});
  rules.allow(
      {"tpu.add", "tpu.sub", "tpu.mul", "tpu.div", "tpu.min", "tpu.max"},
      {sizes, batch, maxRank(5)});
  rules.allow({"tpu.clip", "tpu.concat", "tpu.slice", "tpu.pad", "tpu.expand",
               "tpu.reshape", "tpu.transpose"},
              {sizes, batch, maxRank(10)});
  rules.allow("tpu.pad", {constantPadding()});
  rules.allow({"tpu.reduce_mean", "tpu.reduce_sum"},
              {maxRank(5), batch, fewAxes()});
  rules.allow("tpu.reduce_max",
              {maxRank(5), batch, fewAxes(),
               inRange("reduce-size", "positions", getReducedCount, 1, 8192)});
  rules.allow("tpu.gather", {maxRank(4), eightBits()});
  rules.allow("tpu.resize_nearest",
              {maxRank(4), eightBits(), resizeByPowersOfTwo()});
  rules.allow("tpu.resize_linear", {maxRank(4), eightBits()});
  rules.allow(
      "tpu.lut",
      {functionIn({"abs",          "elu",        "exp",        "floor",
                   "hard_sigmoid", "hard_swish", "leaky_relu", "log",
                   "reciprocal",   "sigmoid",    "silu",       "sqrt",
                   "tanh",         "add",        "sub",        "mul",
                   "div",          "min",        "max",        "pow"})});
  setSource(Provenance::Observed, "developer forum, topic 34983");
  rules.allow("tpu.matmul", {sizes, batch, eightBits()});
}

} // namespace qc
