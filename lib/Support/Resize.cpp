// Image resizing with antialiasing, equal to Pillow's to the bit.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Image.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace qc {

namespace {

/// Coefficients have 22 fraction bits: 32 minus 8 for the pixel, minus two for
/// the overshoot of the bicubic kernel.
constexpr int fractionBits = 32 - 8 - 2;

/// The pixels that make one output pixel, and their weights.
struct Window {
  int begin = 0;
  std::vector<int32_t> weights;
};

double triangle(double x) {
  x = std::fabs(x);
  return x < 1 ? 1 - x : 0;
}

/// Keys' cubic convolution with a = -0.5.
double cubic(double x) {
  constexpr double a = -0.5;
  x = std::fabs(x);
  if (x < 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2)
    return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

std::vector<Window> makeWindows(int from, int to, Interpolation interpolation) {
  bool isCubic = interpolation == Interpolation::Bicubic;
  double ratio = static_cast<double>(from) / to;
  // Reducing widens the kernel over the pixels that fall into one.
  double stretch = std::max(ratio, 1.0);
  double support = (isCubic ? 2.0 : 1.0) * stretch;
  double inverse = 1.0 / stretch;
  std::vector<Window> windows(static_cast<size_t>(to));
  for (int i = 0; i < to; ++i) {
    double center = (i + 0.5) * ratio;
    int begin = std::max(0, static_cast<int>(center - support + 0.5));
    int end = std::min(from, static_cast<int>(center + support + 0.5));
    std::vector<double> weights;
    double total = 0;
    for (int x = begin; x < end; ++x) {
      double at = (x - center + 0.5) * inverse;
      weights.push_back(isCubic ? cubic(at) : triangle(at));
      total += weights.back();
    }
    Window &window = windows[static_cast<size_t>(i)];
    window.begin = begin;
    for (double weight : weights) {
      double share = total != 0 ? weight / total : weight;
      double fixed = share * (1 << fractionBits);
      window.weights.push_back(
          static_cast<int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
    }
  }
  return windows;
}

uint8_t toPixel(int32_t sum) {
  return static_cast<uint8_t>(std::clamp(sum >> fractionBits, 0, 255));
}

constexpr int32_t half = 1 << (fractionBits - 1);

template <int channels>
void resizeRow(const uint8_t *from, uint8_t *to,
               const std::vector<Window> &windows) {
  for (const Window &window : windows) {
    const uint8_t *pixel = from + static_cast<size_t>(window.begin) * channels;
    int32_t sums[channels];
    std::fill(sums, sums + channels, half);
    for (int32_t weight : window.weights) {
      for (int c = 0; c < channels; ++c)
        sums[c] += pixel[c] * weight;
      pixel += channels;
    }
    for (int c = 0; c < channels; ++c)
      *to++ = toPixel(sums[c]);
  }
}

Image resizeColumns(const Image &image, int height,
                    const std::vector<Window> &windows) {
  Image out(image.width, height, image.channels);
  size_t rowSize = static_cast<size_t>(image.width) * image.channels;
  std::vector<int32_t> sums(rowSize);
  for (int y = 0; y < height; ++y) {
    const Window &window = windows[static_cast<size_t>(y)];
    std::fill(sums.begin(), sums.end(), half);
    // Whole rows at a time: the inner loop runs over neighbours in memory.
    for (size_t k = 0; k < window.weights.size(); ++k) {
      const uint8_t *row = image.row(window.begin + static_cast<int>(k));
      int32_t weight = window.weights[k];
      for (size_t i = 0; i < rowSize; ++i)
        sums[i] += row[i] * weight;
    }
    uint8_t *to = out.row(y);
    for (size_t i = 0; i < rowSize; ++i)
      to[i] = toPixel(sums[i]);
  }
  return out;
}

Image resizeRows(const Image &image, int width,
                 const std::vector<Window> &windows) {
  Image out(width, image.height, image.channels);
  for (int y = 0; y < image.height; ++y) {
    if (image.channels == 3)
      resizeRow<3>(image.row(y), out.row(y), windows);
    else
      resizeRow<1>(image.row(y), out.row(y), windows);
  }
  return out;
}

/// The source index of each output index. The position is a running sum, as in
/// Pillow: its rounding decides where a position falls on a whole number.
std::vector<int> nearestIndices(int from, int to) {
  std::vector<int> indices(static_cast<size_t>(to));
  double ratio = static_cast<double>(from) / to, position = ratio * 0.5;
  for (int &index : indices) {
    index = std::min(from - 1, static_cast<int>(position));
    position += ratio;
  }
  return indices;
}

Image resizeNearest(const Image &image, int width, int height) {
  Image out(width, height, image.channels);
  std::vector<int> columns = nearestIndices(image.width, width);
  std::vector<int> rows = nearestIndices(image.height, height);
  for (int y = 0; y < height; ++y) {
    const uint8_t *from = image.row(rows[static_cast<size_t>(y)]);
    uint8_t *to = out.row(y);
    for (int column : columns)
      for (int c = 0; c < image.channels; ++c)
        *to++ = from[column * image.channels + c];
  }
  return out;
}

/// Which pass comes first shows in the last bit, since the first one rounds to
/// 8 bits. Rows first is the rule; Pillow (observed with 13.0) begins with the
/// columns where that drops more than twice as many lines.
bool columnsFirst(const Image &image, int width, int height) {
  return height < image.height &&
         2 * (image.width - width) < image.height - height;
}

} // namespace

Image resizeImage(const Image &image, int width, int height,
                  Interpolation interpolation) {
  assert(width > 0 && height > 0);
  if (interpolation == Interpolation::Nearest)
    return resizeNearest(image, width, height);
  Image result = image;
  bool columnsDone = false;
  auto doColumns = [&] {
    if (height != image.height && !columnsDone)
      result = resizeColumns(result, height,
                             makeWindows(image.height, height, interpolation));
    columnsDone = true;
  };
  if (columnsFirst(image, width, height))
    doColumns();
  if (width != image.width)
    result = resizeRows(result, width,
                        makeWindows(image.width, width, interpolation));
  doColumns();
  return result;
}

} // namespace qc
