// What shells and editors offer behind options; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_OPTIONCHOICES_H
#define QC_LIB_PIPELINES_OPTIONCHOICES_H

#include "qc/Pipelines/Options.h"

namespace qc {

/// What there is of each kind in `registries`, in the order of its listing.
std::vector<OptionChoice> offerTargets(const Registries &registries);
std::vector<OptionChoice> offerMethods(const Registries &registries);
std::vector<OptionChoice> offerCorrections(const Registries &registries);
/// Those of all targets, with the targets that have them.
std::vector<OptionChoice> offerPrecisions(const Registries &registries);
std::vector<OptionChoice> offerArtefacts(const Registries &registries);

/// The presets of preprocessing.
std::vector<OptionChoice> offerPresets(const Registries &registries);
std::vector<OptionChoice> getPhaseChoices();

/// Offers `values`, whatever the registries hold.
std::function<std::vector<OptionChoice>(const Registries &)>
offerAll(std::vector<std::string> values);

} // namespace qc

#endif // QC_LIB_PIPELINES_OPTIONCHOICES_H
