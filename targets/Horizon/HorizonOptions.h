// The yaml files of hb_mapper and hb_compile, and what becomes of their keys.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGETS_HORIZON_HORIZONOPTIONS_H
#define QC_TARGETS_HORIZON_HORIZONOPTIONS_H

#include "qc/Target/VendorOptions.h"

namespace qc {

/// hb_mapper's yaml (first generation) and hb_compile's (second, nash).
std::vector<VendorFormat> makeHorizonFormats();

/// Settles keys that belong together (HorizonSettings.cpp).
void settleHorizonKeys(VendorReading &reading);

/// Those about layers: nodes, edges, words, quant_config (HorizonLayers.cpp).
void settleHorizonLayers(VendorReading &reading);

/// Parts between ';', without those that are empty.
std::vector<std::string> splitHorizonInputs(const VendorReading::Entry *entry);

} // namespace qc

#endif // QC_TARGETS_HORIZON_HORIZONOPTIONS_H
