// Telling image formats apart; cropping, padding and colour.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Image.h"

#include "ImageCodecs.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Memory.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace qc {

Status checkImageSize(uint64_t width, uint64_t height) {
  if (width == 0 || height == 0)
    return error("it claims a size of ", width, "x", height, " pixels");
  if (width > 1u << 28 || height > 1u << 28 || width * height > 1u << 28)
    return error("it claims ", width, "x", height,
                 " pixels, more than the limit of 2^28");
  return checkMemory(width * height * 3,
                     "an image of " + std::to_string(width) + "x" +
                         std::to_string(height) + " pixels");
}

Result<Image> decodeImage(std::string_view bytes, const std::string &what) {
  Result<Image> image = error("");
  if (startsWith(bytes, "\xff\xd8\xff"))
    image = decodeJpeg(bytes);
  else if (startsWith(bytes, "\x89PNG\r\n\x1a\n"))
    image = decodePng(bytes);
  else if (startsWith(bytes, "BM"))
    image = decodeBmp(bytes);
  else if (bytes.size() > 8 && bytes[0] == 'P' && std::strchr("2356", bytes[1]))
    image = decodePnm(bytes);
  else if (bytes.empty())
    return error("'", what, "' is empty, expected an image");
  else
    return error("'", what,
                 "' is not an image of a known format, expected "
                 "JPEG, PNG, BMP or PPM");
  if (!image)
    return error("cannot decode '", what, "': ", image.message());
  return image;
}

Result<Image> readImage(const std::string &path) {
  Result<std::shared_ptr<const MappedFile>> file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  return decodeImage((*file)->text(), path);
}

bool hasImageSuffix(std::string_view path) {
  std::string lower = toLower(path);
  for (const char *suffix :
       {".jpg", ".jpeg", ".jpe", ".png", ".bmp", ".ppm", ".pgm", ".pnm"})
    if (endsWith(lower, suffix))
      return true;
  return false;
}

Image cropImage(const Image &image, int left, int top, int width, int height) {
  assert(left >= 0 && top >= 0 && left + width <= image.width &&
         top + height <= image.height);
  Image window(width, height, image.channels);
  for (int y = 0; y < height; ++y)
    std::memcpy(window.row(y),
                image.row(top + y) + static_cast<size_t>(left) * image.channels,
                static_cast<size_t>(width) * image.channels);
  return window;
}

Result<Image> centerCrop(const Image &image, int width, int height) {
  if (width > image.width || height > image.height)
    return error("cannot crop ", height, "x", width,
                 " (height x width) from an "
                 "image of ",
                 image.height, "x", image.width);
  // Half of an odd difference rounds to even, as Python's round does.
  auto half = [](int difference) {
    return static_cast<int>(std::nearbyint(difference / 2.0));
  };
  return cropImage(image, half(image.width - width),
                   half(image.height - height), width, height);
}

Image padImage(const Image &image, int width, int height, int left, int top,
               uint8_t value) {
  assert(left >= 0 && top >= 0 && left + image.width <= width &&
         top + image.height <= height);
  Image canvas(width, height, image.channels);
  std::fill(canvas.pixels.begin(), canvas.pixels.end(), value);
  for (int y = 0; y < image.height; ++y)
    std::memcpy(
        canvas.row(top + y) + static_cast<size_t>(left) * image.channels,
        image.row(y), static_cast<size_t>(image.width) * image.channels);
  return canvas;
}

Image toGray(const Image &image) {
  if (image.channels == 1)
    return image;
  Image gray(image.width, image.height, 1);
  const uint8_t *from = image.pixels.data();
  for (uint8_t &pixel : gray.pixels) {
    // 0.299, 0.587 and 0.114 in units of 2^-16; they add up to 2^16.
    pixel = static_cast<uint8_t>(
        (from[0] * 19595u + from[1] * 38470u + from[2] * 7471u + 32768u) >> 16);
    from += 3;
  }
  return gray;
}

Image grayToColor(const Image &image) {
  if (image.channels == 3)
    return image;
  Image color(image.width, image.height, 3);
  uint8_t *to = color.pixels.data();
  for (uint8_t pixel : image.pixels) {
    to[0] = to[1] = to[2] = pixel;
    to += 3;
  }
  return color;
}

} // namespace qc
