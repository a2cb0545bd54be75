// Registers everything that is built into qc; tools and tests begin here.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_INITALL_H
#define QC_PIPELINES_INITALL_H

#include <memory>

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace qc {

struct Registries;

/// Targets, threshold methods, artefacts and front ends that are built in, for
/// tools and sessions to attach to their contexts.
std::shared_ptr<Registries> makeRegistries();

/// All dialects of qc and those upstream ones it stands on, with the external
/// models (kernels, conversions) of their ops.
void registerAllDialects(mlir::DialectRegistry &registry);

/// All passes and pipelines, under the names of the command line.
void registerAllPasses();

/// All translations of qc-translate.
void registerAllTranslations();

} // namespace qc

#endif // QC_PIPELINES_INITALL_H
