// RGB to YUV.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Yuv.h"

#include "qcrt/Picture.h"

#include <algorithm>
#include <cmath>

namespace qc {

static qcrt::YuvMatrix toRuntime(YuvMatrix matrix) {
  static_assert(static_cast<int>(YuvMatrix::Bt709Full) ==
                static_cast<int>(qcrt::YuvMatrix::Bt709Full));
  return static_cast<qcrt::YuvMatrix>(matrix);
}

Yuv toYuv(const uint8_t rgb[3], YuvMatrix matrix) {
  qcrt::YuvFacts facts = qcrt::getYuvFacts(toRuntime(matrix));
  double luma = facts.red * rgb[0] + (1 - facts.red - facts.blue) * rgb[1] +
                facts.blue * rgb[2];
  double u = (rgb[2] - luma) / (2 * (1 - facts.blue));
  double v = (rgb[0] - luma) / (2 * (1 - facts.red));
  if (!facts.isVideo)
    return {luma, u + 128, v + 128};
  return {16 + luma * 219 / 255, 128 + u * 224 / 255, 128 + v * 224 / 255};
}

uint8_t toByte(double value) {
  return static_cast<uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0));
}

Image toYuv(const Image &image, YuvMatrix matrix) {
  Image result = image;
  for (size_t i = 0; i + 2 < result.pixels.size(); i += 3) {
    Yuv yuv = toYuv(&image.pixels[i], matrix);
    result.pixels[i] = toByte(yuv.y);
    result.pixels[i + 1] = toByte(yuv.u);
    result.pixels[i + 2] = toByte(yuv.v);
  }
  return result;
}

Image fromYuv(const Image &image, YuvMatrix matrix) {
  Image result = image;
  qcrt::YuvDecoder decoder(toRuntime(matrix));
  for (size_t i = 0; i + 2 < result.pixels.size(); i += 3)
    decoder.decode(&image.pixels[i], &result.pixels[i]);
  return result;
}

} // namespace qc
