// From pixels to what a model's input wants, written once and carried along.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_PREPROCESS_H
#define QC_SUPPORT_PREPROCESS_H

#include "qc/Support/Image.h"
#include "qc/Support/Tensor.h"
#include "qc/Support/Yuv.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qc {

/// Geometry, colour and normalisation of one input. The text form is a list of
/// presets and key=value pairs between blanks; later ones win:
///
///   resize=N            short side to N, aspect kept (fit=short)
///   resize=HxW          exactly this size; height first, as in shapes
///   fit=short|stretch   short: keep the aspect, cover the size, so that a crop
///                       follows; stretch: ignore the aspect
///   fit=central:F       cut the central fraction F of both sides first, then
///                       stretch to `resize`, or to the input's size
///   crop=N | crop=HxW   window in the middle, after resizing
///   letterbox=N|HxW[:VALUE[:center]]  keep the aspect, fit inside, pad with
///                       VALUE (default 114) at the right and bottom, or around
///   interp=bilinear|bicubic|nearest
///   color=rgb|bgr|gray|yuv444  channels of the result and their order
///   yuv=bt601-full|bt601-video|bt709|bt709-full  of color=yuv444; default:
///   bt601-full mean=A[,B,C] std=A[,B,C] scale=S   value = (pixel - mean) / std
///   * scale,
///                       in units of the 0..255 pixel and in the order of
///                       `color`; a number may be a fraction such as 1/255; a
///                       std is above zero
///   layout=nchw|nhwc    default: judged from the input's shape
///
/// Without a size key an image must already have the input's size. Presets:
/// imagenet-torch, imagenet-tf, imagenet-caffe, unit (0..1), none.
struct PreprocessSpec {
  enum class Fit { Short, Stretch, Central };
  enum class Color { Rgb, Bgr, Gray, Yuv444 };
  enum class Layout { Automatic, Nchw, Nhwc };
  struct Size {
    int height = 0;
    int width = 0;
    bool operator==(const Size &o) const {
      return height == o.height && width == o.width;
    }
  };
  struct Letterbox {
    Size size;
    int value = 114;
    bool centered = false;
    bool operator==(const Letterbox &o) const {
      return size == o.size && value == o.value && centered == o.centered;
    }
  };

  std::optional<int> shortSide; ///< resize=N
  std::optional<Size> resize;   ///< resize=HxW
  std::optional<Fit> fit;       ///< default: Short for N, Stretch for HxW
  double centralFraction = 1;   ///< of Fit::Central
  std::optional<Size> crop;
  std::optional<Letterbox> letterbox;
  Interpolation interpolation = Interpolation::Bilinear;
  Color color = Color::Rgb;
  YuvMatrix matrix = YuvMatrix::Bt601Full; ///< of Color::Yuv444
  std::vector<double> mean;                ///< empty, one, or one a channel
  std::vector<double> std; ///< empty, one, or one a channel; above zero
  double scale = 1;
  Layout layout = Layout::Automatic;

  /// Errors name the key or value and suggest the nearest known key.
  static Result<PreprocessSpec> parse(std::string_view text);
  /// The keys that differ from the default, in a fixed order; "none" if none
  /// does. parse(toString()) gives an equal spec.
  std::string toString() const;
  bool operator==(const PreprocessSpec &other) const;
  bool operator!=(const PreprocessSpec &other) const {
    return !(*this == other);
  }

  int channels() const { return color == Color::Gray ? 1 : 3; }
  /// Whether values change: mean, std or scale is given.
  bool normalises() const;
  /// The value that a pixel of a channel of the result becomes.
  double normalise(double pixel, int channel) const;
  /// The same as pixel * multiplier + offset, for passes that put the
  /// normalisation into the graph.
  double multiplier(int channel) const;
  double offset(int channel) const;
};

/// The dimension of an input's channels: the last three dimensions are an
/// image, the side of size 1 or 3 its channels where `spec` leaves it open, the
/// first one if both are. The last dimension where there are no channels.
int64_t getChannelAxis(const Shape &shape, const PreprocessSpec &spec);

/// An error when part of the preprocessing `given` would be applied twice: a
/// network that carries `carried` has already `inserted` (a text; empty for
/// nothing) as part of its graph. What it carries may be given again.
Status checkNotInserted(const std::optional<PreprocessSpec> &carried,
                        const std::string &inserted,
                        const PreprocessSpec &given);

/// Presets by name, sorted, and what they stand for.
const std::vector<std::pair<std::string, std::string>> &preprocessPresets();

/// Applies geometry, colour and normalisation to one image and returns f32 in
/// the input's layout with a leading dimension of one where the input has one
/// (rank 4: batch; rank 3: one image, no batch; rank 2: one grey image).
/// `inputShape` is the model's; its batch size is ignored. An image that does
/// not come out in the input's size is an error that names both sizes.
Result<Tensor> applyPreprocess(const Image &image, const PreprocessSpec &spec,
                               const Shape &inputShape);

/// Geometry alone: an image of `size` with three channels (red, green, blue) or
/// one, as `spec` has it. Another size is an error that names both.
Result<Image> fitImage(const Image &image, const PreprocessSpec &spec,
                       PreprocessSpec::Size size);

/// The channels and the size of an input of images; an error for other shapes.
struct ImageShape {
  int64_t channels = 1;
  PreprocessSpec::Size size;
  bool channelsLast = false;
};
Result<ImageShape> getImageShape(const Shape &shape,
                                 const PreprocessSpec &spec);

/// For raw arrays that are not images: (x - mean) / std * scale elementwise on
/// a sample of the input's shape, whose channel axis follows the layout.
Result<Tensor> normaliseArray(const Tensor &sample, const PreprocessSpec &spec);

} // namespace qc

#endif // QC_SUPPORT_PREPROCESS_H
