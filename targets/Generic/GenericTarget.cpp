// The generic target: everything that qcrt runs, in its default arithmetic.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/TargetRegistry.h"

namespace qc {
namespace {

class GenericTarget : public TargetBackend {
public:
  StringRef getName() const override { return "generic"; }
  StringRef getSummary() const override {
    return "any processor that runs qcrt: int8, asymmetric activations, "
           "weights a channel";
  }

  QuantSpec getQuantSpec() const override {
    QuantSpec spec;
    ActivationScheme int8;
    ActivationScheme int16;
    int16.bits = 16;
    int16.symmetric = true;
    WeightScheme wide;
    wide.bits = 16;
    spec.precisions = {{"int8", int8, WeightScheme()},
                       {"a16w8", int16, WeightScheme()},
                       {"int16", int16, wide}};
    return spec;
  }

  void addSupportRules(SupportRules &rules) const override {
    rules.allowDialect("tpu");
  }
};

} // namespace

void registerGenericTarget(TargetRegistry &registry) {
  (void)registry.add("generic", [] { return std::make_unique<GenericTarget>(); });
}

} // namespace qc
