// Images in the formats of cameras.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Picture.h"
#include "qc/Support/Yuv.h"

#include <algorithm>
#include <utility>

namespace qc {

using Type = PictureSpec::Type;
using Size = PreprocessSpec::Size;

Result<Shape> getPictureShape(const PictureSpec &spec, int64_t batch,
                              int64_t channels, Size size, bool channelsLast) {
  int64_t stride = spec.stride ? spec.stride : size.width;
  if (spec.isYuv() && (size.height % 2 || size.width % 2))
    return error("has ", size.height, " rows of ", size.width, " pixels; ",
                 toText(spec.type), " needs even sizes");
  if (spec.type == Type::Nv12 && stride % 2)
    return error("has rows of ", stride, " bytes; nv12 needs an even number");
  if (stride < size.width)
    return error("has rows of ", size.width, " pixels, which a stride of ",
                 stride, " cannot hold");
  int64_t wanted = spec.type == Type::Gray ? 1 : spec.hasColor() ? 3 : channels;
  if (wanted != channels)
    return error("has ", channels, channels == 1 ? " channel" : " channels",
                 ", ", toText(spec.type), " gives ", wanted);
  if (spec.type == Type::Nv12)
    return Shape{batch, int64_t{size.height} / 2 * 3, stride};
  if (channelsLast)
    return Shape{batch, size.height, stride, channels};
  return Shape{batch, channels, size.height, stride};
}

Result<PictureGeometry> getPictureGeometry(const PictureSpec &spec,
                                           const Shape &shape) {
  bool isNv12 = spec.type == Type::Nv12;
  auto fail = [&] {
    return error("an image cannot become ", toText(spec.type), " of shape ",
                 shapeString(shape));
  };
  if (!spec.isOfBytes() || shape.size() != (isNv12 ? 3u : 4u))
    return fail();
  for (int64_t dim : shape)
    if (dim < 1 || dim > 1 << 24)
      return fail();
  PictureGeometry geometry;
  geometry.channelsLast = !isNv12 && spec.hasChannelsLast(/*otherwise=*/false);
  bool isLast = geometry.channelsLast;
  geometry.channels = isNv12 ? 3 : shape[isLast ? 3 : 1];
  geometry.stride = isNv12 || isLast ? shape[2] : shape[3];
  int64_t height = isNv12 ? shape[1] / 3 * 2 : shape[isLast ? 1 : 2];
  int64_t width = spec.width ? spec.width : geometry.stride;
  geometry.size = {static_cast<int>(height), static_cast<int>(width)};
  PictureSpec dense = spec;
  dense.stride = geometry.stride;
  Result<Shape> expected = getPictureShape(dense, shape[0], geometry.channels,
                                           geometry.size, isLast);
  if (!expected || *expected != shape)
    return fail();
  return geometry;
}

std::string findOddPicture(Type type, bool channelsLast, const Shape &input,
                           const Shape &result, bool resultHasChannelsLast) {
  bool isNumbers = type == Type::U8 || type == Type::S8;
  if (isNumbers && result.size() != 4)
    return input == result ? "" : "has another shape than its input";
  if (result.size() != 4 || type == Type::F32)
    return "is no image of four dimensions";
  size_t rank = input.size(), at = channelsLast && rank == 4 ? 2 : 3;
  if (rank != (type == Type::Nv12 ? 3u : 4u))
    return "reads an input of " + std::to_string(rank) + " dimensions";
  const Shape &r = result;
  int64_t channels = r[resultHasChannelsLast ? 3 : 1];
  int64_t height = r[resultHasChannelsLast ? 1 : 2];
  int64_t width = r[resultHasChannelsLast ? 2 : 3];
  PictureSpec spec;
  spec.type = type;
  spec.stride = type == Type::Nv12 ? input[2] : input[at];
  if (std::max(height, width) > 1 << 24)
    return "is too large for a picture";
  Result<Shape> expected = getPictureShape(
      spec, r[0], channels, {static_cast<int>(height), static_cast<int>(width)},
      channelsLast);
  if (!expected)
    return expected.message();
  return input == *expected ? ""
                            : "reads an input of shape " + shapeString(input) +
                                  ", expected " + shapeString(*expected);
}

//===----------------------------------------------------------------------===//
// Colour
//===----------------------------------------------------------------------===//

/// Colour pixels as three bytes each, in the order of `spec`; grey ones as one.
static Image toPixelsOf(const Image &image, const PreprocessSpec &preprocess,
                        const PictureSpec &spec) {
  if (image.channels == 1)
    return image;
  using Color = PreprocessSpec::Color;
  bool isNumbers = !spec.hasColor();
  bool isYuv = spec.type == Type::Yuv444 ||
               (isNumbers && preprocess.color == Color::Yuv444);
  bool isReversed =
      spec.type == Type::Bgr || (isNumbers && preprocess.color == Color::Bgr);
  if (isYuv)
    return toYuv(image, isNumbers ? preprocess.matrix : spec.matrix);
  Image result = image;
  if (isReversed)
    for (size_t i = 0; i + 2 < result.pixels.size(); i += 3)
      std::swap(result.pixels[i], result.pixels[i + 2]);
  return result;
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

static void storeNv12(const Image &image, YuvMatrix matrix, int64_t stride,
                      uint8_t *to) {
  uint8_t *chroma = to + image.height * stride;
  for (int y = 0; y < image.height; y += 2)
    for (int x = 0; x < image.width; x += 2) {
      double u = 0, v = 0;
      for (int dy = 0; dy < 2; ++dy)
        for (int dx = 0; dx < 2; ++dx) {
          Yuv yuv = toYuv(image.row(y + dy) + (x + dx) * 3, matrix);
          to[(y + dy) * stride + x + dx] = toByte(yuv.y);
          u += yuv.u / 4;
          v += yuv.v / 4;
        }
      chroma[y / 2 * stride + x] = toByte(u);
      chroma[y / 2 * stride + x + 1] = toByte(v);
    }
}

static void storePlain(const Image &pixels, bool channelsLast, int64_t stride,
                       uint8_t flip, uint8_t *to) {
  int64_t channels = pixels.channels;
  int64_t plane = pixels.height * stride;
  for (int64_t y = 0; y < pixels.height; ++y)
    for (int64_t x = 0; x < pixels.width; ++x)
      for (int64_t c = 0; c < channels; ++c) {
        int64_t at = y * stride + x;
        to[channelsLast ? at * channels + c : c * plane + at] =
            static_cast<uint8_t>(pixels.pixels[static_cast<size_t>(
                                     (y * pixels.width + x) * channels + c)] ^
                                 flip);
      }
}

Result<Tensor> makePicture(const Image &image, const PreprocessSpec &preprocess,
                           const PictureSpec &spec, const Shape &inputShape) {
  bool isNv12 = spec.type == Type::Nv12;
  Result<PictureGeometry> geometry = getPictureGeometry(spec, inputShape);
  if (!geometry)
    return geometry.takeError();
  // Colours are turned here, not by the order of the network's channels.
  Result<Image> fitted = fitImage(image, preprocess, geometry->size);
  if (!fitted)
    return fitted.takeError();
  if (fitted->channels != geometry->channels)
    return error("preprocessing gives ", fitted->channels,
                 " channels, the input of shape ", shapeString(inputShape),
                 " wants ", geometry->channels);
  Shape shape = inputShape;
  shape[0] = 1;
  bool isSigned = spec.type == Type::S8;
  Tensor tensor = Tensor::zeros(isSigned ? DType::I8 : DType::U8, shape);
  auto *to = static_cast<uint8_t *>(tensor.raw());
  if (isNv12)
    storeNv12(*fitted, spec.matrix, geometry->stride, to);
  else
    storePlain(toPixelsOf(*fitted, preprocess, spec), geometry->channelsLast,
               geometry->stride, isSigned ? 0x80 : 0, to);
  return tensor;
}

} // namespace qc
