// Files that --encodings-in reads: qc's own, and those of a target's vendor.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_PARAMETERFILES_H
#define QC_LIB_PIPELINES_PARAMETERFILES_H

#include "qc/Assign/Encodings.h"
#include "qc/Target/TargetBackend.h"

namespace qc {

/// Reads the parameters in the file at `path` for `backend`. Where only other
/// targets read such files, the error names them. `notes` gets what the file
/// says and qc has no form for.
Result<Encodings> readParameterFile(const std::string &path,
                                    const TargetBackend &backend,
                                    mlir::MLIRContext *context,
                                    std::vector<std::string> &notes);

} // namespace qc

#endif // QC_LIB_PIPELINES_PARAMETERFILES_H
