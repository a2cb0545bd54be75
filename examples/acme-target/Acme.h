// The parts of Acme's plugin.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef ACME_H
#define ACME_H

#include "qc/Target/Registries.h"

namespace qc {

Artefact makeAcmeScales();
Artefact makeAcmeHandOff();
ParameterFile makeAcmeReader();
VendorFormat makeAcmeOptions();
void addAcmeThreshold(ThresholdRegistry &registry);

} // namespace qc

#endif // ACME_H
