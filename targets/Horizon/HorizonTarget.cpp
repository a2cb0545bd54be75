// Horizon / D-Robotics: the BPU of the X3 and the X5.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "HorizonHandOff.h"
#include "HorizonOptions.h"
#include "HorizonRules.h"
#include "qc/Export/Onnx/StageModels.h"
#include "qc/Target/Registries.h"

namespace qc {
namespace {

class HorizonTarget : public TargetBackend {
public:
  StringRef getName() const override { return "horizon"; }
  StringRef getSummary() const override {
    return "Horizon / D-Robotics X3 (bernoulli2), X5 (bayes-e) and J6, S100 "
           "(nash): BPU, compiled by hb_mapper, nash by hb_compile";
  }
  std::vector<TargetOption> getOptions() const override {
    return {{"chip",
             "the processor; nash is that of J6 and S100",
             "x5",
             {"x3", "x5", "nash"}}};
  }
  std::vector<VendorFormat> getVendorFormats() const override {
    return makeHorizonFormats();
  }
  std::vector<Artefact> getArtefacts() const override {
    return {makeHorizonHandOff(getOption("chip")),
            makeStageModels(
                "the models that hb_mapper leaves: original and optimized "
                "float, quantized",
                {{"model_original_float_model.onnx", ArtefactStage::Imported},
                 {"model_optimized_float_model.onnx", ArtefactStage::Float},
                 {"model_quantized_model.onnx", ArtefactStage::Program}})};
  }
  TargetSpec getTargetSpec() const override;
  QuantSpec getQuantSpec() const override;
  void addSupportRules(SupportRules &rules) const override {
    if (isFirst())
      addBernoulliRules(rules);
    else
      addBayesRules(rules, isNash());
  }

private:
  bool isFirst() const { return getOption("chip") == "x3"; }
  bool isNash() const { return getOption("chip") == "nash"; }
};

} // namespace

QuantSpec HorizonTarget::getQuantSpec() const {
  ActivationScheme int8;
  int8.symmetric = true;
  QuantSpec spec;
  spec.precisions = {{"int8", int8, WeightScheme()}};
  if (!isFirst()) {
    ActivationScheme int16 = int8;
    int16.bits = 16;
    // 16 bits are for listed ops; others take 8 beside them.
    spec.precisions.push_back({"a16w8", int16, WeightScheme(), int8});
  }
  return spec;
}

/// What is public about the second generation.
static void
addNashFacts(llvm::function_ref<void(Provenance, const char *, const char *,
                                     const char *, const char *)>
                 add) {
  constexpr auto kDocumented = Provenance::Documented;
  const char *guide = "OE tool chain guide, J6 and S100";
  add(kDocumented, guide, "types", "activations",
      "s8, s16, f16; symmetric or with a zero point");
  add(kDocumented, guide, "types", "weights", "s8, a scale a channel");
  add(Provenance::Assumed, "not public", "types", "biases", "32 bits");
  add(Provenance::Assumed, "not public", "types", "requantisation",
      "multiplier of 32 bits, half up; the BPU's own is not published");
  add(kDocumented, guide, "image", "runtime inputs",
      "nv12, yuv444, rgb, bgr, gray or a feature map");
  add(kDocumented, guide, "image", "nv12", "rows are multiples of 32 bytes");
  add(kDocumented, guide, "layout", "tensors", "NHWC, at most 10 dimensions");
  add(kDocumented, guide, "memory", "L2M", "at most 24 MB, by max_l2m_size");
  add(kDocumented, "public J6 guide", "compute", "BPU",
      "18 to 560 TOPS, 1 to 4 cores");
  add(kDocumented, guide, "placement", "fallback",
      "vector and scalar units, then Arm cores");
}

TargetSpec HorizonTarget::getTargetSpec() const {
  TargetSpec spec;
  auto add = [&](Provenance provenance, const char *source, const char *topic,
                 const char *name, const char *value) {
    spec.facts.push_back({topic, name, value, provenance, source});
  };
  constexpr auto kDocumented = Provenance::Documented;
  constexpr auto kAssumed = Provenance::Assumed;
  const char *manual = "RDK toolchain manual";
  if (isNash()) {
    addNashFacts(add);
    return spec;
  }
  add(kDocumented, manual, "types", "weights", "s8");
  add(kAssumed, "not public", "types", "biases", "32 bits");
  add(kAssumed, "not public", "types", "requantisation",
      "multiplier of 32 bits, half up; the BPU's own is not published");
  add(kDocumented, manual, "image", "runtime inputs",
      "nv12, yuv444, rgb, bgr, gray or a feature map");
  add(kDocumented, manual, "image", "nv12 and yuv444",
      "even height and width; nv12 rows are multiples of 16 bytes");
  add(kDocumented, manual, "image", "pixels", "s8: the pixel less 128");
  add(kDocumented, manual, "placement", "fallback",
      "Arm cores, which also quantize and dequantize");
  add(kDocumented, "RDK supported_op_list", "placement", "softmax",
      "on the Arm cores by default");
  if (isFirst()) {
    add(kDocumented, manual, "types", "activations", "s8 symmetric");
    add(kAssumed, "qualified by the operator list for convolutions", "types",
        "weight scales", "one a channel");
    add(kDocumented, manual, "layout", "tensors", "NHWC");
    add(kDocumented, "RDK X3 product page", "compute", "BPU",
        "5 TOPS, 2 cores");
    spec.rates = {1024, 2, 64, kAssumed, "5 TOPS of 2 cores at about 1.2 GHz"};
    spec.cost.megahertz = {1200, kAssumed, "5 TOPS of 2 cores"};
  } else {
    add(kDocumented, manual, "types", "activations",
        "s8 symmetric; s16 on the ops whose list entry says so");
    add(kDocumented, manual, "types", "weight scales", "one a channel");
    add(kDocumented, manual, "layout", "tensors",
        "NHWC; inputs of at most 4 channels: H to 2, W to 32; others: channel "
        "bytes to 16, 32, 64, 128 or a multiple of 256");
    add(kDocumented, manual, "memory", "tensor size", "at most 1 GB");
    add(kDocumented, "RDK X5 product page", "compute", "BPU",
        "10 TOPS, 1 core");
    spec.rates = {4096, 2, 64, kAssumed,
                  "10 TOPS of 1 core at about 1.2 GHz; 16 bits at half is a "
                  "guess"};
    spec.cost.megahertz = {1200, kAssumed, "10 TOPS of 1 core"};
  }
  return spec;
}

void registerHorizonTarget(Registries &registries) {
  (void)registries.targets.add(
      "horizon", [] { return std::make_unique<HorizonTarget>(); });
}

} // namespace qc
