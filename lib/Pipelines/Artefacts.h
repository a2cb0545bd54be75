// What --emit names: artefacts and their options; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_ARTEFACTS_H
#define QC_LIB_PIPELINES_ARTEFACTS_H

#include "qc/Export/Onnx/Export.h"

namespace qc {

/// One entry of `CompileOptions::emit`.
struct Artefact {
  std::string name;
  OnnxExportOptions onnx; ///< of those that are ONNX models
};

/// Reads "NAME" or "NAME:opset=N". An error names what does not exist.
Result<Artefact> parseArtefact(StringRef text);

/// An error unless all of `emit` can be read and none is named twice.
Status checkArtefacts(ArrayRef<std::string> emit);

/// The entry of `emit`, which has been checked, that is called `name`.
std::optional<Artefact> findArtefact(ArrayRef<std::string> emit,
                                     StringRef name);

} // namespace qc

#endif // QC_LIB_PIPELINES_ARTEFACTS_H
