// Geometry, colour order and normalisation of one sample.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Preprocess.h"
#include "qc/Support/Yuv.h"

#include <algorithm>
#include <cmath>

namespace qc {

using Spec = PreprocessSpec;
using Size = PreprocessSpec::Size;

static std::string sizeText(int height, int width) {
  return std::to_string(height) + "x" + std::to_string(width);
}

/// Whether channels come last, when the spec leaves it open: the side that is
/// 1 or 3 is the channels, the first one if both are.
static bool judgeChannelsLast(const Shape &chw) {
  auto isChannels = [](int64_t dim) { return dim == 1 || dim == 3; };
  return !isChannels(chw.front()) && isChannels(chw.back());
}

int64_t getChannelAxis(const Shape &shape, const Spec &spec) {
  auto rank = static_cast<int64_t>(shape.size());
  if (rank < 3 || spec.layout == Spec::Layout::Nhwc)
    return rank - 1;
  bool isLast = spec.layout == Spec::Layout::Automatic &&
                judgeChannelsLast(Shape(shape.end() - 3, shape.end()));
  return isLast ? rank - 1 : rank - 3;
}

Status checkNotInserted(const std::optional<Spec> &carried,
                        const std::string &inserted, const Spec &given) {
  if (inserted.empty() || given == carried.value_or(Spec()))
    return ok();
  return error("the preprocessing '", inserted,
               "' is part of the network already, which takes pixels: '",
               given.toString(),
               "' would be applied on top of it; leave --preprocess out, or "
               "start from the model without it");
}

Result<ImageShape> getImageShape(const Shape &shape, const Spec &spec) {
  if (shape.size() < 2 || shape.size() > 4)
    return error("an image cannot become an input of shape ",
                 shapeString(shape), ", expected 2 to 4 dimensions");
  ImageShape result;
  Shape dims(shape.end() -
                 std::min<int64_t>(3, static_cast<int64_t>(shape.size())),
             shape.end());
  if (dims.size() == 2)
    dims.insert(dims.begin(), 1);
  else if (spec.layout == Spec::Layout::Automatic)
    result.channelsLast = judgeChannelsLast(dims);
  else
    result.channelsLast = spec.layout == Spec::Layout::Nhwc;
  if (result.channelsLast)
    std::rotate(dims.begin(), dims.begin() + 2, dims.end());
  for (int64_t dim : dims)
    if (dim < 1 || dim > 1 << 24)
      return error("an image cannot become an input of shape ",
                   shapeString(shape));
  result.channels = dims[0];
  result.size = {static_cast<int>(dims[1]), static_cast<int>(dims[2])};
  return result;
}

//===----------------------------------------------------------------------===//
// Geometry
//===----------------------------------------------------------------------===//

/// Keeps sides within int; checkGrowth then refuses what is that long.
constexpr int64_t sideLimit = int64_t{1} << 29;

/// The short side becomes `side`, the long one is cut to a whole pixel.
static Size shortSideSize(const Image &image, int side) {
  auto longSide = [&](int longer, int shorter) {
    return static_cast<int>(
        std::min<int64_t>(int64_t{side} * longer / shorter, sideLimit));
  };
  if (image.height < image.width)
    return {side, longSide(image.width, image.height)};
  return {longSide(image.height, image.width), side};
}

/// The smallest size of the image's aspect that covers `target`.
static Size coveringSize(const Image &image, Size target) {
  double ratio = std::max(static_cast<double>(target.height) / image.height,
                          static_cast<double>(target.width) / image.width);
  auto scaled = [&](int side, int least) {
    return std::max(least, static_cast<int>(std::min<int64_t>(
                               std::llround(side * ratio), sideLimit)));
  };
  return {scaled(image.height, target.height),
          scaled(image.width, target.width)};
}

static Image resizeTo(const Image &image, Size size, const Spec &spec) {
  return resizeImage(image, size.width, size.height, spec.interpolation);
}

/// The central fraction of both sides, as TensorFlow's central_crop cuts it.
static Image cutCentral(const Image &image, double fraction) {
  auto margin = [&](int side) {
    return static_cast<int>((side - side * fraction) / 2);
  };
  int top = margin(image.height), left = margin(image.width);
  return cropImage(image, left, top, image.width - 2 * left,
                   image.height - 2 * top);
}

static Image letterboxImage(const Image &image, const Spec &spec) {
  const Spec::Letterbox &box = *spec.letterbox;
  double ratio = std::min(static_cast<double>(box.size.height) / image.height,
                          static_cast<double>(box.size.width) / image.width);
  auto scaled = [&](int side, int most) {
    return std::clamp(static_cast<int>(side * ratio), 1, most);
  };
  Size inner{scaled(image.height, box.size.height),
             scaled(image.width, box.size.width)};
  int top = box.centered ? (box.size.height - inner.height) / 2 : 0;
  int left = box.centered ? (box.size.width - inner.width) / 2 : 0;
  return padImage(resizeTo(image, inner, spec), box.size.width, box.size.height,
                  left, top, static_cast<uint8_t>(box.value));
}

/// A strip of one pixel by thousands would grow beyond any memory.
static Status checkGrowth(const Image &image, Size size) {
  if (static_cast<int64_t>(size.height) * size.width > int64_t{1} << 28)
    return error("an image of ", sizeText(image.height, image.width),
                 " (height x width) would be resized to ",
                 sizeText(size.height, size.width));
  return ok();
}

static Result<Image> applyGeometry(Image image, const Spec &spec,
                                   Size inputSize) {
  if (spec.letterbox)
    return letterboxImage(image, spec);
  if (spec.shortSide || spec.resize || spec.fit) {
    Spec::Fit fit =
        spec.fit.value_or(spec.resize ? Spec::Fit::Stretch : Spec::Fit::Short);
    Size target = spec.resize ? *spec.resize : spec.crop.value_or(inputSize);
    bool square = spec.shortSide && fit != Spec::Fit::Short;
    if (square)
      target = {*spec.shortSide, *spec.shortSide};
    if (fit == Spec::Fit::Central)
      image = cutCentral(image, spec.centralFraction);
    if (fit == Spec::Fit::Short)
      target = spec.shortSide ? shortSideSize(image, *spec.shortSide)
                              : coveringSize(image, target);
    if (Status status = checkGrowth(image, target); !status)
      return status;
    image = resizeTo(image, target, spec);
  }
  // fit=short on its own covers the input: cut what stands over.
  bool coversInput =
      spec.fit == Spec::Fit::Short && !spec.shortSide && !spec.crop;
  if (spec.crop)
    return centerCrop(image, spec.crop->width, spec.crop->height);
  if (coversInput) {
    Size size = spec.resize.value_or(inputSize);
    return centerCrop(image, size.width, size.height);
  }
  return image;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static void storePixels(const Image &image, const Spec &spec, bool channelsLast,
                        float *to) {
  size_t channels = static_cast<size_t>(image.channels);
  size_t count = static_cast<size_t>(image.width) * image.height;
  for (size_t c = 0; c < channels; ++c) {
    // The 256 possible values, computed once in double.
    float values[256];
    for (int pixel = 0; pixel < 256; ++pixel)
      values[pixel] =
          static_cast<float>(spec.normalise(pixel, static_cast<int>(c)));
    bool swap = spec.color == Spec::Color::Bgr && channels == 3;
    const uint8_t *from = image.pixels.data() + (swap ? 2 - c : c);
    float *at = to + (channelsLast ? c : c * count);
    size_t step = channelsLast ? channels : 1;
    for (size_t i = 0; i < count; ++i)
      at[i * step] = values[from[i * channels]];
  }
}

Result<Image> fitImage(const Image &image, const Spec &spec, Size size) {
  Image colored =
      spec.color == Spec::Color::Gray ? toGray(image) : grayToColor(image);
  Result<Image> fitted = applyGeometry(std::move(colored), spec, size);
  if (!fitted)
    return fitted.takeError();
  if (fitted->height != size.height || fitted->width != size.width)
    return error("preprocessing gives ",
                 sizeText(fitted->height, fitted->width),
                 " (height x width), the input wants ",
                 sizeText(size.height, size.width),
                 "; give --preprocess with resize=, crop= or fit=stretch");
  return fitted;
}

Result<Tensor> applyPreprocess(const Image &image, const Spec &spec,
                               const Shape &inputShape) {
  Result<ImageShape> wanted = getImageShape(inputShape, spec);
  if (!wanted)
    return wanted.takeError();
  if (wanted->channels != spec.channels())
    return error("preprocessing gives ", spec.channels(),
                 " channels, the input of shape ", shapeString(inputShape),
                 " wants ", wanted->channels,
                 wanted->channels == 1 ? "; use color=gray"
                 : wanted->channels == 3 && spec.channels() == 1
                     ? "; use color=rgb or color=bgr"
                     : "; say layout=nchw or layout=nhwc if it was misjudged");
  Result<Image> fitted = fitImage(image, spec, wanted->size);
  if (!fitted)
    return fitted.takeError();
  if (spec.color == Spec::Color::Yuv444)
    fitted = toYuv(*fitted, spec.matrix);
  Shape shape = inputShape;
  if (shape.size() == 4)
    shape[0] = 1;
  Tensor tensor(DType::F32, shape);
  storePixels(*fitted, spec, wanted->channelsLast, tensor.data<float>());
  return tensor;
}

Result<Tensor> normaliseArray(const Tensor &sample, const Spec &spec) {
  if (sample.dtype() != DType::F32)
    return error("normalising wants f32, found ", dtypeName(sample.dtype()));
  if (!spec.normalises())
    return sample;
  int64_t channels = 1, inner = sample.numElements();
  if (spec.mean.size() == 3 || spec.std.size() == 3) {
    Result<ImageShape> shape = getImageShape(sample.shape(), spec);
    if (!shape)
      return shape.takeError();
    channels = shape->channels;
    if (channels != 3)
      return error("mean and std are given for 3 channels, a sample of shape ",
                   shapeString(sample.shape()), " has ", channels);
    int64_t pixels = int64_t{shape->size.height} * shape->size.width;
    inner = shape->channelsLast ? 1 : pixels;
  }
  Tensor result(DType::F32, sample.shape());
  const float *from = sample.data<float>();
  float *to = result.data<float>();
  for (int64_t i = 0; i < sample.numElements(); ++i) {
    int channel = static_cast<int>(i / std::max<int64_t>(inner, 1) % channels);
    to[i] = static_cast<float>(spec.normalise(from[i], channel));
  }
  return result;
}

} // namespace qc
