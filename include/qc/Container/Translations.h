// The container's formats in qc-translate.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONTAINER_TRANSLATIONS_H
#define QC_CONTAINER_TRANSLATIONS_H

namespace qc {

/// Registers --export-qcb and --import-qcb (which describes a file).
void registerContainerTranslations();

} // namespace qc

#endif // QC_CONTAINER_TRANSLATIONS_H
