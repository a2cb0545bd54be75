// TI TDA4VM and the AM6xA family, through TIDL.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TDA4HandOff.h"
#include "TDA4Options.h"
#include "TDA4Prequantized.h"
#include "TDA4Rules.h"
#include "qc/Target/Registries.h"

namespace qc {
namespace {

class TDA4Target : public TargetBackend {
public:
  StringRef getName() const override { return "tda4"; }
  StringRef getSummary() const override {
    return "TI TDA4VM and AM62A to AM69A: C7x DSP with a matrix unit, "
           "compiled by TIDL";
  }
  std::vector<TargetOption> getOptions() const override {
    return {
        {"chip",
         "the processor",
         "tda4vm",
         {"tda4vm", "am62a", "am67a", "am68a", "am69a"}},
        {"quantization_scale_type",
         "0: symmetric; 1: symmetric, powers of two; 4: affine activations, "
         "a weight scale a channel (not tda4vm); default: 1 on tda4vm, else "
         "4",
         "default",
         {"default", "0", "1", "4"}},
        {"channel_wise_quantization",
         "a weight scale a channel (not tda4vm); default: as the scale type "
         "has it",
         "default",
         {"default", "0", "1"}}};
  }
  LogicalResult
  configure(DictionaryAttr options,
            function_ref<InFlightDiagnostic()> emitError) override;
  std::vector<VendorFormat> getVendorFormats() const override {
    return {makeTIDLOptions()};
  }
  std::vector<Artefact> getArtefacts() const override {
    return {makeTDA4HandOff(getScaleType(), isFirst())};
  }
  std::vector<ParameterFile> getParameterFiles() const override {
    return {makeQuantParamsReader()};
  }
  std::optional<std::vector<QuantizedModelFault>>
  checkQuantizedModel(ModuleOp module) const override {
    return checkTIDLTable(module, isFirst());
  }

  TargetSpec getTargetSpec() const override;
  QuantSpec getQuantSpec() const override;
  void addSupportRules(SupportRules &rules) const override {
    addTDA4Rules(rules, getOption("chip"));
  }

private:
  /// The first generation of the matrix unit.
  bool isFirst() const { return getOption("chip") == "tda4vm"; }
  std::string getScaleType() const {
    std::string type = getOption("quantization_scale_type");
    return type != "default" ? type : isFirst() ? "1" : "4";
  }
  bool isPerChannel() const {
    std::string given = getOption("channel_wise_quantization");
    return given == "default" ? getScaleType() == "4" : given == "1";
  }
};

} // namespace

LogicalResult
TDA4Target::configure(DictionaryAttr options,
                      function_ref<InFlightDiagnostic()> emitError) {
  if (failed(TargetBackend::configure(options, emitError)))
    return failure();
  if (isFirst() && getScaleType() == "4")
    return emitError() << "quantization_scale_type=4 is not for tda4vm, whose "
                          "activations are symmetric; take 0 or 1, or another "
                          "chip";
  if (isFirst() && isPerChannel())
    return emitError()
           << "channel_wise_quantization=1 is not for tda4vm, which "
              "has one weight scale a tensor";
  if (getScaleType() == "4" && !isPerChannel())
    return emitError() << "quantization_scale_type=4 has a weight scale a "
                          "channel: channel_wise_quantization=0 goes with 0 "
                          "and 1";
  return success();
}

QuantSpec TDA4Target::getQuantSpec() const {
  ActivationScheme int8, int16;
  WeightScheme weight8, weight16;
  int16.bits = weight16.bits = 16;
  int16.symmetric = true;
  QuantSpec spec;
  for (WeightScheme *scheme : {&weight8, &weight16})
    scheme->perChannel = isPerChannel();
  spec.oneScaleOps = getOneScaleOps();
  if (getScaleType() == "4") {
    // What prequantized_model=1 takes, layer by layer.
    int8.isSigned = false;
    spec.symmetricOps = getSymmetricOps();
    spec.symmetricInputs = spec.symmetricProducts = true;
  } else {
    int8.symmetric = true;
  }
  if (getScaleType() == "1") {
    for (ActivationScheme *scheme : {&int8, &int16})
      scheme->powerOfTwo = true;
    for (WeightScheme *scheme : {&weight8, &weight16})
      scheme->powerOfTwo = true;
    spec.kind = tpu::RequantKind::Pow2;
    // Shifts tie often. To even is what the QDQ model means that TIDL takes.
    spec.rounding = tpu::Rounding::HalfEven;
  }
  spec.precisions = {{"int8", int8, weight8}, {"int16", int16, weight16}};
  return spec;
}

TargetSpec TDA4Target::getTargetSpec() const {
  TargetSpec spec;
  auto add = [&](Provenance provenance, const char *source, const char *topic,
                 const char *name, const char *value) {
    spec.facts.push_back({topic, name, value, provenance, source});
  };
  constexpr auto kDocumented = Provenance::Documented;
  constexpr auto kObserved = Provenance::Observed;
  constexpr auto kAssumed = Provenance::Assumed;
  const char *guide = "TIDL-RT quantization guide";
  add(kDocumented, guide, "types", "activations", "u8 or s8, s16");
  add(kDocumented, guide, "types", "weights", "s8, s16");
  add(kDocumented, guide, "types", "tensor_bits",
      "8 or 16; 32 is float emulation on a PC only");
  if (isFirst()) {
    add(kDocumented, guide, "types", "scheme",
        "symmetric; scales that are powers of two are recommended");
    add(kDocumented, "TIDL device comparison", "types", "weight scales",
        "one a tensor: no asymmetric per-channel quantization");
    add(kObserved, "TIDL import tool, bias_clipping", "types", "biases",
        "clipped to 16 bits unless the weight scale is adapted");
    add(kDocumented, "SPRAD74", "compute", "matrix unit",
        "64x64 s8 multiply-accumulates at 1 GHz, 8 TOPS");
    add(kDocumented, "TIDL device configuration", "memory", "on-chip",
        "L1D 16 KB, L2 448 KB typical");
    add(kAssumed, "similar devices", "memory", "MSMC", "8 MB");
    spec.rates = {4096, 4, 64, kAssumed,
                  "64x64 s8 (SPRAD74), 32x32 of 16 bits in the same unit"};
    spec.cost.arrayInputs =
        spec.cost.arrayOutputs = {64, kDocumented, "SPRAD74: 64x64"};
    spec.cost.megahertz = {1000, kDocumented, "SPRAD74: 1 GHz"};
    spec.cost.ddrBytes = {17, kAssumed,
                          "32 bits of LPDDR4-4266, 17 GB/s at 1 GHz"};
    spec.cost.onChipBytes = {8.0 * 1024 * 1024, kAssumed,
                             "the MSMC of similar devices"};
  } else {
    add(kDocumented, guide, "types", "scheme",
        "affine activations, scales of any value "
        "(quantization_scale_type=4)");
    add(kDocumented, guide, "types", "weight scales",
        "one a channel, symmetric");
    add(kAssumed, "TFLite int8 intake", "types", "biases", "32 bits");
    add(kDocumented, "SDAA175", "memory", "on-chip",
        "L1D 16 KB, L2 224 or 448 KB, private L3");
    bool isSmall = getOption("chip") == "am62a";
    spec.rates = {isSmall ? 1024.0 : 4096.0, 4, 64, kAssumed,
                  isSmall ? "32x32 s8 (SPRAD74), 16x16 of 16 bits"
                          : "64x64 s8, 32x32 of 16 bits, as in the first "
                            "generation"};
    double side = isSmall ? 32 : 64;
    spec.cost.arrayInputs = spec.cost.arrayOutputs = {
        side, isSmall ? kDocumented : kAssumed,
        isSmall ? "SPRAD74: 32x32" : "as in the first generation"};
    spec.cost.megahertz = {1000, kAssumed, "2 TOPS of 32x32"};
    spec.cost.ddrBytes = {isSmall ? 7.5 : 17.0, kAssumed,
                          isSmall ? "32 bits of LPDDR4-1866"
                                  : "32 bits of LPDDR4-4266"};
    spec.cost.onChipBytes = {(isSmall ? 224.0 : 448.0) * 1024, kDocumented,
                             "SDAA175: L2 of 224 or 448 KB; L3 not counted"};
    if (isSmall)
      add(kDocumented, "SPRAD74", "compute", "matrix unit", "32x32, 2 TOPS");
    else
      add(kAssumed, "product pages", "compute", "matrix unit",
          "4 to 32 TOPS, up to 4 cores");
    add(kDocumented, "TIDL device comparison", "compute", "tables",
        getOption("chip") == "am62a" ? "no table unit: functions run as code"
                                     : "non-linear functions by table");
  }
  add(kAssumed, "not public", "types", "rounding",
      isFirst() ? "half to even after the shift, as the QDQ models that TIDL "
                  "takes; its own is not published"
                : "half up after the shift; TIDL's own is not published");
  add(kDocumented, "TIDL-RT I/O tensors", "layout", "tensors",
      "NCHW with pads; the application pads as the I/O descriptor says");
  add(kDocumented, "TIDL-RT", "placement", "fallback",
      "Arm core through the runtime; at most 16 subgraphs");
  return spec;
}

void registerTDA4Target(Registries &registries) {
  (void)registries.targets.add("tda4",
                               [] { return std::make_unique<TDA4Target>(); });
}

} // namespace qc
