// What a network sees of its samples, as images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_PREVIEW_H
#define QC_PIPELINES_PREVIEW_H

#include "qc/Support/Dataset.h"
#include "qc/Support/Image.h"

namespace qc {

/// One input of one sample.
struct Preview {
  Image image;            ///< red, green, blue or grey
  float min = 0, max = 0; ///< of the values that the network computes with
};

/// Whether `input` is an image that can be shown.
bool canPreview(const InputSignature &input);

/// Values of `input` as an image: a camera's bytes as the program reads them;
/// floats as the pixels that the preprocessing made them of, cut to 0..255.
/// Row `item` of a batch.
Result<Preview> previewInput(const InputSignature &input, const Tensor &value,
                             int64_t item);

} // namespace qc

#endif // QC_PIPELINES_PREVIEW_H
