// The generic target: everything that qcrt runs, in its default arithmetic.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/Registries.h"

namespace qc {
namespace {

class GenericTarget : public TargetBackend {
public:
  StringRef getName() const override { return "generic"; }
  StringRef getSummary() const override {
    return "any processor that runs qcrt: int8, affine activations, a weight "
           "scale a channel";
  }

  TargetSpec getTargetSpec() const override {
    TargetSpec spec;
    spec.rates = {64, 2, 32, Provenance::Assumed,
                  "a core with dot products of 8 and 16 bits in 512 bits"};
    spec.cost.megahertz = {1000, Provenance::Assumed, "a round number"};
    auto fact = [&](const char *topic, const char *name, const char *value) {
      spec.facts.push_back({topic, name, value, Provenance::Documented,
                            "docs/Arithmetic.md and runtime/include/qcrt.h"});
    };
    fact("compute", "engine", "the processor itself, through qcrt's kernels");
    fact("compute", "accumulators",
         "32 bits; 64 where the bound of a layer needs them");
    fact("layout", "images", "NHWC");
    fact("layout", "padding", "none: tensors are dense");
    fact("memory", "arena", "one, given by the caller; offsets of 64 bytes");
    fact("types", "activations", "i8 affine; i16 symmetric on request");
    fact("types", "weights",
         "i8 narrow range, a scale a channel; i16 or i4 (groups of 32 inputs) "
         "on request");
    fact("types", "biases", "i32; i64 for activations of 16 bits");
    return spec;
  }

  QuantSpec getQuantSpec() const override {
    QuantSpec spec;
    ActivationScheme int8;
    ActivationScheme int16;
    int16.bits = 16;
    int16.symmetric = true;
    WeightScheme wide;
    wide.bits = 16;
    WeightScheme narrow;
    narrow.bits = 4;
    narrow.group = 32;
    spec.precisions = {{"int8", int8, WeightScheme()},
                       {"a16w8", int16, WeightScheme()},
                       {"int16", int16, wide},
                       {"a8w4", int8, narrow},
                       {"a16w4", int16, narrow}};
    spec.takesAnyTypes = true;
    return spec;
  }

  void addSupportRules(SupportRules &rules) const override {
    rules.allowDialect("tpu");
  }
};

} // namespace

void registerGenericTarget(Registries &registries) {
  (void)registries.targets.add(
      "generic", [] { return std::make_unique<GenericTarget>(); });
}

} // namespace qc
