// When an op runs on the MDLA: the vendor's guidelines.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "MTKRules.h"
#include "qc/Target/RuleLibrary.h"

namespace qc {

using namespace rules;

static bool isDense(Operation *op) { return !isDepthwise(op); }

static bool isDilated(Operation *op) {
  return llvm::any_of(getDilations(op), [](int64_t d) { return d > 1; });
}

static void addConvolutions(SupportRules &rules) {
  // Published for MDLA 2.0; 3.0 and 5.x are not below it.
  rules.setSource(Provenance::Documented, "MDLA 2.0 guidelines");
  std::vector<SupportRule> channels = {
      inRange("conv-channels", "input channels", getInputChannels, 1, 8194),
      onlyWhen("in 16 bits", isWide,
               inRange("conv-channels-16", "input channels", getInputChannels,
                       1, 4095)),
      inRange("conv-pad", "pads", getPads, 0, 15),
      oneOf("conv-dilation", "dilations", getDilations, {1, 2, 4, 8})};
  rules.allow("tpu.conv2d", channels);
  rules.allow(
      "tpu.conv2d",
      {onlyWhen("not depthwise", isDense,
                oneOf("conv-group", "groups", getGroup, {1})),
       onlyWhen(
           "not depthwise", isDense,
           inRange("conv-kernel", "kernel height and width", getKernel, 1, 16)),
       onlyWhen("not depthwise", isDense,
                oneOf("conv-stride", "strides", getStrides, {1, 2, 3, 4, 8})),
       onlyWhen("depthwise", isDepthwise,
                inRange("depthwise-kernel", "kernel height and width",
                        getKernel, 1, 8)),
       onlyWhen("depthwise", isDepthwise,
                oneOf("depthwise-stride", "strides", getStrides, {1, 2, 3, 4})),
       onlyWhen("dilated", isDilated,
                oneOf("conv-dilated-stride", "strides", getStrides, {1}))});
  rules.allow(
      "tpu.deconv2d",
      {inRange("deconv-kernel", "kernel height and width", getKernel, 1, 16),
       oneOf("deconv-group", "groups", getGroup, {1}),
       oneOf("deconv-dilation", "dilations", getDilations, {1})});
  rules.allow("tpu.avg_pool", {inRange("pool-kernel", "kernel height and width",
                                       getKernel, 1, 8),
                               inRange("pool-pad", "pads", getPads, 0, 15)});
  rules.allow("tpu.reduce_mean", {inRange("mean-positions", "positions",
                                          getReducedCount, 1, 1 << 18)});
}

void addMTKRules(SupportRules &rules) {
  addConvolutions(rules);
  rules.setSource(Provenance::Documented, "MDLA 3.0 guidelines");
  std::vector<SupportRule> general = {
      maxRank(4), inRange("sizes", "dimensions", getSizes, 1, 65535)};
  rules.allow({"tpu.conv2d",        "tpu.deconv2d",  "tpu.avg_pool",
               "tpu.reduce_mean",   "tpu.quantize",  "tpu.dequantize",
               "tpu.requantize",    "tpu.max_pool",  "tpu.fully_connected",
               "tpu.matmul",        "tpu.add",       "tpu.sub",
               "tpu.mul",           "tpu.div",       "tpu.min",
               "tpu.max",           "tpu.prelu",     "tpu.clip",
               "tpu.concat",        "tpu.slice",     "tpu.pad",
               "tpu.reshape",       "tpu.transpose", "tpu.reduce_sum",
               "tpu.reduce_max",    "tpu.softmax",   "tpu.resize_nearest",
               "tpu.resize_linear", "tpu.lut"},
              general);
  rules.allow("tpu.max_pool",
              {oneOf("pool-dilation", "dilations", getDilations, {1})});
  // Tensors alone go in: a picture is one of bytes.
  rules.allow("tpu.picture", {pictureIn({"u8", "s8"})});
  // MIRROR_PAD has a reflecting mode; edges are not repeated.
  rules.allow("tpu.pad", {{"pad-mode", "mode constant or reflect",
                           [](Operation *op) -> std::string {
                             auto mode = op->getAttrOfType<StringAttr>("mode");
                             return mode && mode == "edge" ? "edge" : "";
                           }}});
  rules.setSource(Provenance::Documented,
                  "LiteRT quantization specification, int8 and int16x8");
  rules.allow({"tpu.conv2d", "tpu.deconv2d", "tpu.avg_pool", "tpu.reduce_mean",
               "tpu.max_pool", "tpu.fully_connected", "tpu.matmul", "tpu.add",
               "tpu.sub", "tpu.mul", "tpu.div", "tpu.min", "tpu.max",
               "tpu.prelu", "tpu.reduce_sum", "tpu.softmax", "tpu.lut"},
              {oneWidth()});
  rules.setSource(Provenance::Documented,
                  "MDLA 3.0 guidelines and LiteRT operator set");
  rules.allow(
      "tpu.lut",
      {functionIn({"abs",       "elu",        "exp",          "gelu",
                   "gelu_tanh", "hard_swish", "hard_sigmoid", "leaky_relu",
                   "neg",       "sigmoid",    "silu",         "sqrt",
                   "tanh",      "add",        "sub",          "mul",
                   "div",       "min",        "max",          "pow"})});
}

} // namespace qc
