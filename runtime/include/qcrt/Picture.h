// What a camera's bytes mean: the arithmetic of the kernel `picture`, which the
// compiler's float stages share.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_PICTURE_H
#define QCRT_PICTURE_H

#include <cmath>
#include <cstdint>

namespace qcrt {

/// How the bytes of an input are to be read; names in `pictureTypes`.
enum class PictureType { U8, S8, Rgb, Bgr, Gray, Yuv444, Nv12 };
constexpr const char *pictureTypes[] = {"u8",   "s8",     "rgb",  "bgr",
                                        "gray", "yuv444", "nv12", nullptr};
/// What the network was trained on; `Same`: the numbers as they come.
enum class TrainedType { Same, Rgb, Bgr, Gray, Yuv444 };
constexpr const char *trainedTypes[] = {"same", "rgb",    "bgr",
                                        "gray", "yuv444", nullptr};
/// Luma weights and range of YUV: full is 0..255, video 16..235 (16..240 for
/// chroma). bt709 has the video range.
enum class YuvMatrix { Bt601Full, Bt601Video, Bt709, Bt709Full };
constexpr const char *yuvMatrices[] = {"bt601-full", "bt601-video", "bt709",
                                       "bt709-full", nullptr};

/// Weights of red and blue in luma (ITU-R BT.601, BT.709) and the range.
struct YuvFacts {
  double red, blue;
  bool isVideo;
};
inline YuvFacts getYuvFacts(YuvMatrix matrix) {
  if (matrix == YuvMatrix::Bt709 || matrix == YuvMatrix::Bt709Full)
    return {0.2126, 0.0722, matrix == YuvMatrix::Bt709};
  return {0.299, 0.114, matrix == YuvMatrix::Bt601Video};
}

/// YUV to RGB in integers: each channel is a sum of products in units of
/// 2^-16, rounded half up once and cut to 0..255.
class YuvDecoder {
public:
  explicit YuvDecoder(YuvMatrix matrix) {
    YuvFacts facts = getYuvFacts(matrix);
    double luma = facts.isVideo ? 255.0 / 219 : 1;
    double chroma = facts.isVideo ? 255.0 / 224 : 1;
    double green = 1 - facts.red - facts.blue;
    double toRed = 2 * (1 - facts.red), toBlue = 2 * (1 - facts.blue);
    black = facts.isVideo ? 16 : 0;
    y = fix(luma);
    vRed = fix(toRed * chroma);
    uBlue = fix(toBlue * chroma);
    uGreen = fix(-toBlue * facts.blue / green * chroma);
    vGreen = fix(-toRed * facts.red / green * chroma);
  }

  /// What chroma adds to each channel, the rounding included.
  struct Chroma {
    int32_t red, green, blue;
  };
  Chroma getChroma(uint8_t uByte, uint8_t vByte) const {
    const int32_t u = uByte - 128, v = vByte - 128;
    const int32_t base = (1 << 15) - y * black;
    return {base + vRed * v, base + uGreen * u + vGreen * v, base + uBlue * u};
  }
  void decode(uint8_t luma, const Chroma &chroma, uint8_t rgb[3]) const {
    const int32_t bright = y * luma;
    rgb[0] = cut(bright + chroma.red);
    rgb[1] = cut(bright + chroma.green);
    rgb[2] = cut(bright + chroma.blue);
  }
  void decode(const uint8_t yuv[3], uint8_t rgb[3]) const {
    decode(yuv[0], getChroma(yuv[1], yuv[2]), rgb);
  }

  /// What luma and chroma, less `black` and 128, are multiplied with.
  int32_t black, y, vRed, uBlue, uGreen, vGreen;

private:
  static int32_t fix(double factor) {
    return static_cast<int32_t>(std::lround(factor * 65536));
  }
  static uint8_t cut(int32_t value) {
    value >>= 16;
    return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
  }
};

/// Reads pictures of one format, row by row. A row in memory may be longer than
/// the picture is wide (`stride`, in pixels); what stands behind is not read.
///
///   nv12    height rows of Y, then height / 2 rows of U and V in turns, each
///   of
///           which serves two by two pixels; height and width are even
///   others  `channels` bytes a pixel, beside each other (channels last) or in
///           planes
class PictureReader {
public:
  PictureReader(PictureType type, TrainedType trained, YuvMatrix matrix,
                bool channelsLast, int64_t channels, int64_t height,
                int64_t width, int64_t stride)
      : type(type), channelsLast(channelsLast), channels(channels),
        height(height), width(width), stride(stride), decoder(matrix) {
    const bool isYuv = type == PictureType::Nv12 || type == PictureType::Yuv444;
    const bool wantsRgb =
        trained == TrainedType::Rgb || trained == TrainedType::Bgr;
    const bool wantsBgr = trained == TrainedType::Bgr;
    isColor = isYuv || type == PictureType::Rgb || type == PictureType::Bgr;
    decodes = isYuv && wantsRgb;
    // What is decoded is red first.
    const bool isReversed = wantsRgb && wantsBgr != (type == PictureType::Bgr);
    first = isReversed ? 2 : 0;
  }

  /// Bytes of one picture.
  int64_t byteSize() const {
    return type == PictureType::Nv12 ? height / 2 * 3 * stride
                                     : channels * height * stride;
  }

  /// Calls take(x, channel, pixel) for all of row `row` of `picture`: pixels
  /// are 0..255, in the channels that the network was trained on.
  template <typename Take>
  void readRow(const uint8_t *picture, int64_t row, Take take) const {
    if (type == PictureType::Nv12)
      return readNv12(picture, row, take);
    const int64_t step = channelsLast ? channels : 1;
    const int64_t plane = channelsLast ? 1 : height * stride;
    const uint8_t *line = picture + row * stride * step;
    const uint8_t flip = type == PictureType::S8 ? 0x80 : 0;
    if (!isColor) {
      for (int64_t c = 0; c < channels; ++c)
        for (int64_t x = 0; x < width; ++x)
          take(x, c, static_cast<uint8_t>(line[x * step + c * plane] ^ flip));
      return;
    }
    for (int64_t x = 0; x < width; ++x) {
      const uint8_t *at = line + x * step;
      const uint8_t pixel[3] = {at[0], at[plane], at[2 * plane]};
      uint8_t rgb[3] = {pixel[0], pixel[1], pixel[2]};
      if (decodes)
        decoder.decode(pixel, rgb);
      give(rgb, x, take);
    }
  }

private:
  /// Two pixels at a time, which share their chroma.
  template <typename Take>
  void readNv12(const uint8_t *picture, int64_t row, Take take) const {
    const uint8_t *luma = picture + row * stride;
    const uint8_t *pairs = picture + (height + row / 2) * stride;
    for (int64_t x = 0; x < width; x += 2) {
      const YuvDecoder::Chroma chroma =
          decoder.getChroma(pairs[x], pairs[x + 1]);
      for (int64_t i = x; i < x + 2; ++i) {
        uint8_t rgb[3] = {luma[i], pairs[x], pairs[x + 1]};
        if (decodes)
          decoder.decode(luma[i], chroma, rgb);
        give(rgb, i, take);
      }
    }
  }

  template <typename Take>
  void give(const uint8_t pixel[3], int64_t x, Take take) const {
    take(x, 0, pixel[first]);
    take(x, 1, pixel[1]);
    take(x, 2, pixel[2 - first]);
  }

  PictureType type;
  bool channelsLast;
  int64_t channels, height, width, stride;
  YuvDecoder decoder;
  bool isColor, decodes;
  /// The channel of a pixel that the network sees as its first.
  int first;
};

} // namespace qcrt
#endif // QCRT_PICTURE_H
