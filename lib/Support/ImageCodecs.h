// The decoders behind decodeImage, one a file format.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_SUPPORT_IMAGECODECS_H
#define QC_LIB_SUPPORT_IMAGECODECS_H

#include "qc/Support/Image.h"

namespace qc {

/// Each gets the bytes of the whole file and returns three channels. A failure
/// is the defect alone ("it is truncated"); decodeImage adds the file's name.
Result<Image> decodeJpeg(std::string_view bytes);
Result<Image> decodePng(std::string_view bytes);
Result<Image> decodeBmp(std::string_view bytes);
Result<Image> decodePnm(std::string_view bytes);

/// Refuses sizes that no sample image has before memory is taken for them.
Status checkImageSize(uint64_t width, uint64_t height);

} // namespace qc

#endif // QC_LIB_SUPPORT_IMAGECODECS_H
