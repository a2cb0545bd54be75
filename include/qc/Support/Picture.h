// What the bytes of a picture mean where a program takes them from a camera.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_PICTURE_H
#define QC_SUPPORT_PICTURE_H

#include "qc/Support/Preprocess.h"
#include "qc/Support/Tensor.h"
#include "qc/Support/Yuv.h"

#include <optional>
#include <string>
#include <string_view>

namespace qc {

/// An input as it runs, beside the PreprocessSpec, which says what the network
/// was trained on. The text form is the type and key=value pairs between
/// blanks, in any order:
///
///   TYPE             f32, u8, s8, rgb, bgr, gray, yuv444 or nv12
///   layout=nchw|nhwc default: nhwc for rgb, bgr and yuv444, else the network's
///   yuv=bt601-full|bt601-video|bt709|bt709-full   default: bt601-full
///   stride=N         pixels from one row to the next; default: the width
///   width=N          of the picture, where stride is given
///   placed           the network takes these bytes already
///
/// f32 is a tensor of the network's own numbers. u8 is what an image holds in
/// the network's order of channels, s8 the same less 128.
struct PictureSpec {
  enum class Type { F32, U8, S8, Rgb, Bgr, Gray, Yuv444, Nv12 };

  Type type = Type::F32;
  PreprocessSpec::Layout layout = PreprocessSpec::Layout::Automatic;
  YuvMatrix matrix = YuvMatrix::Bt601Full;
  int64_t stride = 0; ///< 0: the width
  int64_t width = 0;  ///< 0: that of the input
  bool isPlaced = false;

  /// Errors name the word and suggest the nearest known one.
  static Result<PictureSpec> parse(std::string_view text);
  /// parse(toString()) gives an equal spec.
  std::string toString() const;

  bool isYuv() const { return type == Type::Yuv444 || type == Type::Nv12; }
  /// Whether pixels are colours, not just numbers.
  bool hasColor() const {
    return type != Type::F32 && type != Type::U8 && type != Type::S8;
  }
  /// Whether the input is of bytes.
  bool isOfBytes() const { return type != Type::F32; }
  /// Channels last: as given, else as the type has it (`otherwise` for
  /// numbers).
  bool hasChannelsLast(bool otherwise) const;
};

/// "f32", "nv12", ...; and back, with an error that suggests the nearest.
const char *toText(PictureSpec::Type type);
Result<PictureSpec::Type> parsePictureType(std::string_view text);
Result<PreprocessSpec::Layout> parsePictureLayout(std::string_view text);
const char *toText(YuvMatrix matrix);
Result<YuvMatrix> parseYuvMatrix(std::string_view text);

/// What a network was trained on: the row of the table of legal pairs.
enum class TrainedOn { Yuv444, Rgb, Bgr, Gray, Numbers };
const char *toText(TrainedOn trained);
/// By the preprocessing: no picture where `isImage` is false.
TrainedOn getTrainedType(const PreprocessSpec &spec, bool isImage);

/// An error that prints the row of the table of legal pairs unless a network
/// that was trained on one can run on the other.
Status checkPicturePair(TrainedOn trained, PictureSpec::Type running);

/// The input of bytes that stands for an input of the network of `channels`,
/// height and width: its shape. Errors say what is odd.
Result<Shape> getPictureShape(const PictureSpec &spec, int64_t batch,
                              int64_t channels, PreprocessSpec::Size size,
                              bool channelsLast);

/// Where the bytes of an input of `shape` have their pictures.
struct PictureGeometry {
  PreprocessSpec::Size size;
  int64_t channels = 0; ///< of the picture: 3 of nv12
  int64_t stride = 0;
  bool channelsLast = false;
};
/// An error for a shape that is not one of getPictureShape's.
Result<PictureGeometry> getPictureGeometry(const PictureSpec &spec,
                                           const Shape &shape);

/// What is odd, in words, where an op reads `input` as pictures and makes
/// `result` (images, channels first or last) of them; empty where nothing is.
std::string findOddPicture(PictureSpec::Type type, bool channelsLast,
                           const Shape &input, const Shape &result,
                           bool resultHasChannelsLast);

/// One image as such an input, of `inputShape` but for the batch: geometry and
/// colour of `preprocess`, then the format of `spec`, with a leading dimension
/// of one. Chroma of nv12 is the mean of two by two pixels.
Result<Tensor> makePicture(const Image &image, const PreprocessSpec &preprocess,
                           const PictureSpec &spec, const Shape &inputShape);

} // namespace qc

#endif // QC_SUPPORT_PICTURE_H
