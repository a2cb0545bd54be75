// Images as 8-bit pixels: decoding, cropping, padding and colour.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_IMAGE_H
#define QC_SUPPORT_IMAGE_H

#include "qc/Support/Result.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qc {

/// Interleaved 8-bit pixels, rows from the top: pixels[(y * width + x) *
/// channels + c]. Three channels are red, green, blue; one is grey.
struct Image {
  int width = 0;
  int height = 0;
  int channels = 3;
  std::vector<uint8_t> pixels;

  Image() = default;
  Image(int width, int height, int channels)
      : width(width), height(height), channels(channels),
        pixels(static_cast<size_t>(width) * height * channels) {}
  const uint8_t *row(int y) const {
    return pixels.data() + static_cast<size_t>(y) * width * channels;
  }
  uint8_t *row(int y) {
    return pixels.data() + static_cast<size_t>(y) * width * channels;
  }
};

/// Decodes JPEG, PNG, BMP or PPM/PGM, told apart by content, to three channels.
/// Grey is repeated, palettes are looked up, CMYK is converted, alpha is
/// dropped, 16-bit samples keep their high byte; orientation tags are not
/// applied. Errors name the file and the defect (unknown format, truncated,
/// corrupt, over 2^28 pixels).
Result<Image> readImage(const std::string &path);
Result<Image> decodeImage(std::string_view bytes, const std::string &what);

/// The image as a PNG file of one or three channels of 8 bits.
Result<std::string> encodePng(const Image &image);

/// Whether the path ends in a suffix of an image format that can be decoded.
bool hasImageSuffix(std::string_view path);

enum class Interpolation { Nearest, Bilinear, Bicubic };

/// Resizes with an antialiasing filter whose support grows with the reduction:
/// Pillow's Image.resize bit for bit (22-bit fixed-point coefficients, two
/// passes, each rounded to 8 bits). Nearest takes floor((x + 0.5) * ratio).
Image resizeImage(const Image &image, int width, int height,
                  Interpolation interpolation);

/// The window of the given size and top left corner, which must lie inside.
Image cropImage(const Image &image, int left, int top, int width, int height);
/// The window in the middle, rounded as torchvision's CenterCrop does.
Result<Image> centerCrop(const Image &image, int width, int height);
/// `image` on a canvas of one value, its top left corner at (left, top).
Image padImage(const Image &image, int width, int height, int left, int top,
               uint8_t value);
/// One channel by ITU-R 601-2 luma in 16-bit fixed point, as Pillow's "L".
Image toGray(const Image &image);
/// Three equal channels from one.
Image grayToColor(const Image &image);

} // namespace qc

#endif // QC_SUPPORT_IMAGE_H
