// Which integer types and which arithmetic a compile may use.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/QuantSpec.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Support/EditDistance.h"

const qc::Precision *qc::QuantSpec::find(llvm::StringRef name) const {
  auto found = llvm::find_if(
      precisions, [&](const Precision &p) { return p.name == name; });
  return found == precisions.end() ? nullptr : &*found;
}

const qc::ActivationScheme *qc::QuantSpec::findWideScheme() const {
  auto found = llvm::find_if(
      precisions, [](const Precision &p) { return p.activation.bits == 16; });
  return found == precisions.end() ? nullptr : &found->activation;
}

bool qc::isFloatNetwork(ModuleOp module) {
  auto name = module->getAttrOfType<StringAttr>(kPrecisionAttr);
  return name && name.getValue() == kFloatPrecision;
}

mlir::FailureOr<qc::Precision> qc::getPrecision(ModuleOp module,
                                                const QuantSpec &spec) {
  auto name = module->getAttrOfType<StringAttr>(kPrecisionAttr);
  if (!name)
    return spec.precisions.front();
  if (const Precision *precision = spec.find(name))
    return *precision;
  if (isFloatNetwork(module))
    return module.emitError()
           << "has precision '" << kFloatPrecision
           << "': the network stays in float, there is nothing to quantize";
  std::vector<std::string> known = {kFloatPrecision.str()};
  for (const Precision &precision : spec.precisions)
    known.push_back(precision.name);
  return module.emitError()
         << "the target has no precision '" << name.getValue() << "'"
         << suggestName(name.str(), known);
}
