// What a network sees of its samples, as images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Preview.h"
#include "qc/Support/Yuv.h"
#include "qcrt/Picture.h"

#include <algorithm>
#include <cmath>

namespace qc {

using Color = PreprocessSpec::Color;

static PreprocessSpec getSpec(const InputSignature &input) {
  return input.preprocess.value_or(PreprocessSpec());
}

bool canPreview(const InputSignature &input) {
  size_t rank = input.shape.size();
  if (input.picture)
    return rank >= 3;
  if (input.dtype != DType::F32 || rank < 3 || rank > 4)
    return false;
  auto image = getImageShape(input.shape, getSpec(input));
  return image && image->channels == getSpec(input).channels();
}

/// Channels that the network was trained on as red, green, blue.
static void showChannels(Image &image, const PreprocessSpec &spec) {
  if (image.channels != 3)
    return;
  if (spec.color == Color::Yuv444)
    image = fromYuv(image, spec.matrix);
  if (spec.color == Color::Bgr)
    for (size_t i = 0; i + 2 < image.pixels.size(); i += 3)
      std::swap(image.pixels[i], image.pixels[i + 2]);
}

static qcrt::TrainedType toTrainedType(Color color) {
  switch (color) {
  case Color::Rgb:
    return qcrt::TrainedType::Rgb;
  case Color::Bgr:
    return qcrt::TrainedType::Bgr;
  case Color::Gray:
    return qcrt::TrainedType::Gray;
  case Color::Yuv444:
    return qcrt::TrainedType::Yuv444;
  }
  return qcrt::TrainedType::Same;
}

static Result<Preview> previewBytes(const InputSignature &input,
                                    const Tensor &value, int64_t item) {
  const PictureSpec &picture = *input.picture;
  PreprocessSpec spec = getSpec(input);
  auto geometry = getPictureGeometry(picture, value.shape());
  if (!geometry)
    return geometry.takeError();
  int64_t channels = geometry->channels;
  int64_t height = geometry->size.height, width = geometry->size.width;
  if (channels != 1 && channels != 3)
    return error("input '", input.name, "' has ", channels,
                 " channels, an image has 1 or 3");
  // F32 has no reader; the others have the same order.
  auto type =
      static_cast<qcrt::PictureType>(static_cast<int>(picture.type) - 1);
  qcrt::PictureReader reader(type, toTrainedType(spec.color),
                             static_cast<qcrt::YuvMatrix>(picture.matrix),
                             geometry->channelsLast, channels, height, width,
                             geometry->stride);
  Preview preview;
  preview.image = Image(static_cast<int>(width), static_cast<int>(height),
                        static_cast<int>(channels));
  const auto *bytes =
      static_cast<const uint8_t *>(value.raw()) + item * reader.byteSize();
  uint8_t low = 255, high = 0;
  for (int64_t y = 0; y < height; ++y)
    reader.readRow(bytes, y, [&](int64_t x, int64_t c, uint8_t pixel) {
      preview.image.row(static_cast<int>(y))[x * channels + c] = pixel;
      low = std::min(low, pixel);
      high = std::max(high, pixel);
    });
  preview.min = low;
  preview.max = high;
  showChannels(preview.image, spec);
  return preview;
}

static Result<Preview> previewFloats(const InputSignature &input,
                                     const Tensor &value, int64_t item) {
  PreprocessSpec spec = getSpec(input);
  auto shape = getImageShape(value.shape(), spec);
  if (!shape)
    return shape.takeError();
  int64_t channels = shape->channels;
  int64_t pixels = int64_t{shape->size.height} * shape->size.width;
  Preview preview;
  preview.image =
      Image(shape->size.width, shape->size.height, static_cast<int>(channels));
  const float *values = value.data<float>() + item * channels * pixels;
  preview.min = preview.max = values[0];
  for (int64_t c = 0; c < channels; ++c)
    for (int64_t i = 0; i < pixels; ++i) {
      float real =
          values[shape->channelsLast ? i * channels + c : c * pixels + i];
      preview.min = std::min(preview.min, real);
      preview.max = std::max(preview.max, real);
      double pixel = (real - spec.offset(static_cast<int>(c))) /
                     spec.multiplier(static_cast<int>(c));
      preview.image.pixels[static_cast<size_t>(i * channels + c)] =
          std::isfinite(pixel) ? toByte(pixel) : 0;
    }
  showChannels(preview.image, spec);
  return preview;
}

Result<Preview> previewInput(const InputSignature &input, const Tensor &value,
                             int64_t item) {
  return input.picture ? previewBytes(input, value, item)
                       : previewFloats(input, value, item);
}

} // namespace qc
