// What the text, the JSON and the page of a target have in common; private to
// this library. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_TARGET_DESCRIPTIONPARTS_H
#define QC_LIB_TARGET_DESCRIPTIONPARTS_H

#include "qc/Target/TargetBackend.h"

namespace qc {

std::string describeScheme(const ActivationScheme &scheme);
std::string describeScheme(const WeightScheme &scheme);
/// All activations of a precision: those of most ops, then the others.
std::string describeActivations(const Precision &precision,
                                const QuantSpec &spec);
/// What named tensors of 16 bits are; "none" when there are no 16 bits.
std::string describeNamedTensors(const QuantSpec &spec);
/// Kind of multiplier and rounding.
std::string describeRequantization(const QuantSpec &spec);

/// The ops of tpu (constants aside) by whether a target runs them.
struct OpSupport {
  std::vector<std::string> always;
  std::map<std::string, std::vector<SupportRule>> conditions;
  std::vector<std::string> never;
};
OpSupport getOpSupport(const TargetBackend &backend);

/// "256 multiply-accumulates of 8 bits a cycle, ..." with where it is from.
std::string describeRates(const ComputeRates &rates);

/// "megahertz 1000.0 (documented: ...)".
std::string describeFigure(const char *name, const Figure &figure);

/// Facts by topic, in their order within it.
std::map<std::string, std::vector<TargetFact>>
groupByTopic(const std::vector<TargetFact> &facts);

} // namespace qc

#endif // QC_LIB_TARGET_DESCRIPTIONPARTS_H
