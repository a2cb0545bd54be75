// RGB to YUV, by the definitions of ITU-R BT.601 and BT.709.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_YUV_H
#define QC_SUPPORT_YUV_H

#include "qc/Support/Image.h"

namespace qc {

/// Luma weights and range of YUV: full is 0..255, video 16..235 (16..240 for
/// chroma). bt709 has the video range. As in the runtime (qcrt/Picture.h).
enum class YuvMatrix { Bt601Full, Bt601Video, Bt709, Bt709Full };

/// Luma and chroma in units of the stored bytes, not yet rounded.
struct Yuv {
  double y, u, v;
};
Yuv toYuv(const uint8_t rgb[3], YuvMatrix matrix);
/// Rounded half up and cut to 0..255.
uint8_t toByte(double value);
/// Every pixel of a colour image as Y, U, V.
Image toYuv(const Image &image, YuvMatrix matrix);
/// Every pixel Y, U, V as red, green, blue, in the runtime's arithmetic.
Image fromYuv(const Image &image, YuvMatrix matrix);

} // namespace qc

#endif // QC_SUPPORT_YUV_H
