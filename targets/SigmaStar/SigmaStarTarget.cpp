// SigmaStar: the second generation of the IPU, through the SGS toolchain.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "SigmaStarHandOff.h"
#include "SigmaStarOptions.h"
#include "qc/Export/Onnx/StageModels.h"
#include "qc/Target/LegalizationPatterns.h"
#include "qc/Target/Registries.h"
#include "qc/Target/RuleLibrary.h"

namespace qc {
namespace {

class SigmaStarTarget : public TargetBackend {
public:
  StringRef getName() const override { return "sigmastar"; }
  StringRef getSummary() const override {
    return "SigmaStar IPU2xx: u8 images and features, s16 on request, compiled "
           "by the SGS toolchain";
  }
  std::vector<TargetOption> getOptions() const override {
    return {{"chip", "the generation of the IPU", "ipu2", {"ipu2"}}};
  }
  std::vector<VendorFormat> getVendorFormats() const override {
    return makeSigmaStarFormats();
  }
  std::vector<Artefact> getArtefacts() const override {
    return {makeSigmaStarHandOff(),
            makeStageModels("the SGS tools' stages as ONNX: float and fixed "
                            "(offline is model.qcb)",
                            {{"model_float.onnx", ArtefactStage::Float},
                             {"model_fixed.onnx", ArtefactStage::Program}})};
  }
  std::vector<ParameterFile> getParameterFiles() const override {
    return {makeQuantFileReader()};
  }
  TargetSpec getTargetSpec() const override;
  QuantSpec getQuantSpec() const override;
  void addSupportRules(SupportRules &rules) const override;
  void addLegalizationPatterns(RewritePatternSet &patterns) const override {
    addCollapseTranspose(patterns, 4);
  }
};

} // namespace

using namespace rules;

QuantSpec SigmaStarTarget::getQuantSpec() const {
  ActivationScheme uint8, int16;
  uint8.isSigned = false;
  int16.bits = 16;
  int16.symmetric = true;
  WeightScheme wide;
  wide.bits = 16;
  QuantSpec spec;
  // input_config.ini gives s16 to inputs of convolutions: to those that
  // tensor_arrays names (named tensors), or to all by ALL_INT16 (conv16, and
  // int16 with all else in 16 bits, which its word may mean as well).
  Precision conv16{"conv16", uint8, WeightScheme()};
  conv16.wideInputs = {"tpu.conv2d", "tpu.deconv2d", "tpu.fully_connected"};
  spec.namedReaders = conv16.wideInputs;
  spec.precisions = {{"int8", uint8, WeightScheme()},
                     conv16,
                     {"a16w8", int16, WeightScheme()},
                     {"int16", int16, wide}};
  return spec;
}

TargetSpec SigmaStarTarget::getTargetSpec() const {
  TargetSpec spec;
  auto add = [&](Provenance provenance, const char *source, const char *topic,
                 const char *name, const char *value) {
    spec.facts.push_back({topic, name, value, provenance, source});
  };
  constexpr auto kDocumented = Provenance::Documented;
  const char *manual = "comake IPU toolchain manual";
  add(kDocumented, manual, "types", "activations",
      "u8 affine; s16 symmetric (zero point 0, clipped to +-32767)");
  add(kDocumented, manual, "types", "s16",
      "inputs of convolutions by name, or of all by ALL_INT16");
  add(kDocumented, manual, "types", "weights", "s8, s16");
  add(kDocumented, "quant_file lists", "types", "weight scales",
      "one a channel");
  add(kDocumented, manual, "types", "biases", "32 bits, constant");
  add(kDocumented, manual, "layout", "tensors",
      "NHWC, at most 4 dimensions; channels in 16 are efficient");
  add(kDocumented, manual, "memory", "buffers",
      "64 bytes; physical addresses to 4 KB");
  add(kDocumented, manual, "image", "runtime inputs",
      "NV12, RGB(A), BGR(A), GRAY, raw s16 and f32");
  add(kDocumented, manual, "placement", "fallback",
      "none: every op must map; a unit converts s16 to float at the outputs");
  add(kDocumented, "calibrator accuracy guide", "advice", "wide ranges",
      "where a u8 tensor's range exceeds 20, make that convolution's input "
      "s16");
  add(Provenance::Assumed, "not public", "types", "rounding",
      "multiplier of 32 bits, half up");
  spec.rates = {1024, 2, 64, Provenance::Assumed,
                "not published: channels in 16 are efficient"};
  for (Figure *figure : {&spec.cost.arrayInputs, &spec.cost.arrayOutputs})
    *figure = {16, kDocumented,
               "comake IPU toolchain manual: channels in 16 are efficient"};
  spec.cost.megahertz = {1000, Provenance::Assumed,
                         "not published: a round number"};
  add(Provenance::Assumed, "not public", "compute", "array",
      "size and on-chip memory are not published");
  return spec;
}

/// Blocks of 16 x 16 that the weights of one group fill.
static SmallVector<int64_t> getWeightBlocks(Operation *op) {
  SmallVector<int64_t> channels = getGroupChannels(op);
  if (channels.empty() && op->getNumOperands() > 1)
    if (auto weight = dyn_cast<RankedTensorType>(op->getOperand(1).getType()))
      channels = {weight.getShape().back(), weight.getShape().front()};
  if (channels.size() != 2)
    return {};
  return {(channels[0] + 15) / 16, (channels[1] + 15) / 16};
}

/// Windows that the depthwise unit has; others run as convolutions.
static bool isNativeDepthwise(Operation *op) {
  SmallVector<int64_t> kernel = getKernel(op);
  return isDepthwise(op) && kernel[0] == kernel[1] &&
         (kernel[0] == 3 || kernel[0] == 6 || kernel[0] == 9);
}

static void addWindows(SupportRules &rules) {
  SupportRule blocks =
      productAtMost("weight-blocks", "blocks of 16 x 16 channels",
                    getWeightBlocks, 512 * 1024 - 1);
  rules.allow("tpu.conv2d",
              {onlyWhen(
                   "not depthwise of 3x3, 6x6 or 9x9",
                   [](Operation *op) { return !isNativeDepthwise(op); },
                   productAtMost("conv-kernel", "kernel height x width",
                                 getKernel, 63)),
               blocks});
  rules.allow(
      "tpu.deconv2d",
      {productAtMost("deconv-kernel", "kernel height x width", getKernel, 63),
       blocks});
  rules.allow("tpu.fully_connected", {blocks});
  rules.allow(
      "tpu.avg_pool",
      {inRange("pool-kernel", "kernel height and width", getKernel, 1, 255),
       productAtMost("pool-area", "kernel height x width", getKernel, 12288)});
  rules.allow(
      "tpu.max_pool",
      {inRange("pool-kernel", "kernel height and width", getKernel, 1, 255),
       oneOf("pool-dilation", "dilations", getDilations, {1})});
  rules.allow("tpu.reduce_mean", {inRange("mean-positions", "positions",
                                          getReducedCount, 1, 12288)});
}

void SigmaStarTarget::addSupportRules(SupportRules &rules) const {
  rules.setSource(Provenance::Documented, "comake IPU operator support");
  addWindows(rules);
  rules.allow({"tpu.conv2d",
               "tpu.deconv2d",
               "tpu.fully_connected",
               "tpu.avg_pool",
               "tpu.max_pool",
               "tpu.reduce_mean",
               "tpu.matmul",
               "tpu.add",
               "tpu.sub",
               "tpu.mul",
               "tpu.div",
               "tpu.min",
               "tpu.max",
               "tpu.prelu",
               "tpu.clip",
               "tpu.concat",
               "tpu.slice",
               "tpu.pad",
               "tpu.reshape",
               "tpu.transpose",
               "tpu.expand",
               "tpu.gather",
               "tpu.reduce_sum",
               "tpu.reduce_max",
               "tpu.reduce_min",
               "tpu.resize_nearest",
               "tpu.resize_linear",
               "tpu.softmax",
               "tpu.quantize",
               "tpu.dequantize",
               "tpu.requantize"},
              {maxRank(4)});
  rules.allow("tpu.picture", {pictureIn({"u8", "nv12", "rgb", "bgr", "gray"})});
  rules.allow("tpu.concat",
              {inRange("concat-inputs", "operands", getOperandCount, 1, 1024)});
  rules.allow("tpu.softmax",
              {{"softmax-size", "at most 16384 values along the axis",
                [](Operation *op) -> std::string {
                  auto axis = op->getAttrOfType<IntegerAttr>("axis");
                  auto type =
                      cast<RankedTensorType>(op->getResult(0).getType());
                  int64_t size = axis ? type.getDimSize(axis.getInt()) : 1;
                  return size <= 16384 ? "" : std::to_string(size);
                }}});
  rules.setSource(Provenance::Assumed, "functions of the import tool's ops");
  rules.allow(
      "tpu.lut",
      {functionIn({"abs",       "elu",          "exp",        "gelu",
                   "gelu_tanh", "hard_sigmoid", "hard_swish", "leaky_relu",
                   "log",       "neg",          "reciprocal", "sigmoid",
                   "silu",      "sqrt",         "tanh",       "add",
                   "sub",       "mul",          "div",        "min",
                   "max",       "pow"})});
}

void registerSigmaStarTarget(Registries &registries) {
  (void)registries.targets.add(
      "sigmastar", [] { return std::make_unique<SigmaStarTarget>(); });
}

} // namespace qc
