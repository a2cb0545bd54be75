// The parts of the plugin.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef ALGORITHMS_H
#define ALGORITHMS_H

#include "qc/Target/Registries.h"

namespace qc {

Correction makeTighten();
std::unique_ptr<MemoryPlanner> createInOrderPlanner();

} // namespace qc

#endif // ALGORITHMS_H
