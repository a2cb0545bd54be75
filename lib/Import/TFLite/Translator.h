// A .tflite model in ONNX's words.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_TFLITE_TRANSLATOR_H
#define QC_LIB_IMPORT_TFLITE_TRANSLATOR_H

#include "ModelReader.h"
#include "qc/Import/Onnx/Translated.h"

namespace qc::tfliteimport {

/// A tensor that is made channels first, and the node that does so.
struct ImageName {
  std::string tensor, node;
};
/// By the name of the value that is so.
using ImageNames = std::map<std::string, ImageName>;

/// Fills `proto` and `operators` of `model`; an error says what is wrong with
/// the file as a whole. Operators that cannot be translated become nodes with a
/// refusal.
Status translate(const ModelFile &file, TranslatedModel &model,
                 ImageNames &images);

} // namespace qc::tfliteimport

#endif // QC_LIB_IMPORT_TFLITE_TRANSLATOR_H
