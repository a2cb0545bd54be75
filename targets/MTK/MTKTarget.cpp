// MediaTek: the MDLA of Dimensity and Genio processors, through NeuroPilot.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "MTKHandOff.h"
#include "MTKOptions.h"
#include "MTKRules.h"
#include "qc/Target/LegalizationPatterns.h"
#include "qc/Target/Registries.h"

namespace qc {
namespace {

class MTKTarget : public TargetBackend {
public:
  StringRef getName() const override { return "mtk"; }
  StringRef getSummary() const override {
    return "MediaTek MDLA 3.x and 5.x, compiled by NeuroPilot (ncc-tflite)";
  }
  std::vector<TargetOption> getOptions() const override {
    return {
        {"chip", "the generation of the MDLA", "mdla3", {"mdla3", "mdla5"}},
        {"symmetric", "1: activations without a zero point", "0", {"0", "1"}}};
  }
  std::vector<VendorFormat> getVendorFormats() const override {
    return {makeMTKConverterOptions(), makeMTKCompilerFlags()};
  }
  std::vector<Artefact> getArtefacts() const override {
    return {makeMTKHandOff(getOption("chip")), makeMTKConverterFiles()};
  }
  std::vector<ParameterFile> getParameterFiles() const override {
    return {makeMTKParamsReader()};
  }
  TargetSpec getTargetSpec() const override;
  QuantSpec getQuantSpec() const override;
  void addSupportRules(SupportRules &rules) const override {
    addMTKRules(rules);
  }
  void addLegalizationPatterns(RewritePatternSet &patterns) const override {
    addFullyConnectedToConv(patterns);
    addCollapseTranspose(patterns, 4);
  }
};

} // namespace

QuantSpec MTKTarget::getQuantSpec() const {
  // TFLite's int8 and int16x8.
  ActivationScheme int8, int16;
  int8.symmetric = getOption("symmetric") == "1";
  int16.bits = 16;
  int16.symmetric = true;
  QuantSpec spec;
  spec.precisions = {{"int8", int8, WeightScheme()},
                     {"a16w8", int16, WeightScheme()}};
  return spec;
}

TargetSpec MTKTarget::getTargetSpec() const {
  bool newer = getOption("chip") == "mdla5";
  TargetSpec spec;
  auto add = [&](Provenance provenance, const char *source, const char *topic,
                 const char *name, const char *value) {
    spec.facts.push_back({topic, name, value, provenance, source});
  };
  constexpr auto kDocumented = Provenance::Documented;
  constexpr auto kObserved = Provenance::Observed;
  const char *guide = "MDLA 3.0 guidelines";
  add(kDocumented, guide, "types", "activations",
      newer ? "u8 and s8 affine, s16 symmetric, fp16; 4 and 2 bits in the API"
            : "u8 and s8 affine, s16 symmetric, fp16");
  add(kDocumented, guide, "types", "weights",
      newer ? "s8, s4; symmetric for 16-bit activations"
            : "s8; symmetric for 16-bit activations");
  add(kDocumented, guide, "types", "weight scales",
      "one a channel for conv, depthwise, transposed conv, fully connected "
      "and PRelu only");
  add(kDocumented, "TFLite quantization specification", "types", "biases",
      "32 bits; 64 for activations of 16 bits");
  if (newer)
    add(kObserved, "converter option allow_asym16_quantization", "types",
        "affine s16", "as an extension of the vendor");
  add(kDocumented, guide, "layout", "tensors", "NHWC, at most 4 dimensions");
  add(kDocumented, "Neuron SDK, dynamic weights", "layout", "alignment",
      "channels to 16, or 32 bytes for weights that are not constant");
  add(kDocumented, guide, "ops", "fully connected",
      "batches of 1, 2, 4 and 8; others become convolutions");
  add(kDocumented, "MDLA model design guide", "compute", "arrays",
      newer ? "not public"
            : "2048 s8 multiply-accumulates a cycle; 16 bits at a quarter");
  spec.rates = {2048, 4, 64, newer ? Provenance::Assumed : kDocumented,
                newer ? "as MDLA 3.0; its own is not public"
                      : "MDLA model design guide; bytes are a guess"};
  const char *help = "default of ncc-tflite, help of Neuron 6.3.3";
  spec.cost.megahertz = {960, kDocumented,
                         std::string("--mdla-freq 960, ") + help};
  spec.cost.ddrBytes = {10240.0 / 960, kDocumented,
                        std::string("--mdla-bw 10240 MB/s, ") + help};
  spec.cost.arrayOutputs = {16, Provenance::Assumed,
                            "channels are aligned to 16"};
  if (newer)
    spec.cost.onChipBytes = {256.0 * 1024, kObserved,
                             "public build scripts: L1 of 256 KB (MT8371), 2 "
                             "MB (MT6899), 7 MB (MT6991); the least"};
  if (newer)
    add(kObserved, "public build scripts", "memory", "on-chip",
        "L1 of 256 KB (MT8371), 2 MB (MT6899) or 7 MB (MT6991)");
  else
    add(kDocumented, "ncc-tflite help", "memory", "on-chip",
        "L1 size by flag, --l1-size-kb");
  add(kDocumented, "ncc-tflite help", "placement", "fallback",
      "VPU or CPU through TFLite; a DLA file fails as a whole");
  add(Provenance::Assumed, "not public", "types", "rounding",
      "multiplier of 32 bits, half up");
  return spec;
}

void registerMTKTarget(Registries &registries) {
  (void)registries.targets.add("mtk",
                               [] { return std::make_unique<MTKTarget>(); });
}

} // namespace qc
