// Pictures against the definitions of their formats, in double.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpTester.h"

#include "qcrt/Picture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

using namespace qcrt;
using namespace qcrt::test;

namespace {
struct Matrix {
  const char *name;
  double kr, kb;
  bool video;
};
const Matrix matrices[] = {{"bt601-full", 0.299, 0.114, false},
                           {"bt601-video", 0.299, 0.114, true},
                           {"bt709", 0.2126, 0.0722, true},
                           {"bt709-full", 0.2126, 0.0722, false}};

/// By BT.601 and BT.709: R - Y = 2 (1 - kr) V and so on.
void toRgb(const Matrix &m, double y, double u, double v, double rgb[3]) {
  double luma = m.video ? (y - 16) * 255 / 219 : y;
  double cb = (u - 128) * (m.video ? 255.0 / 224 : 1);
  double cr = (v - 128) * (m.video ? 255.0 / 224 : 1);
  rgb[0] = luma + 2 * (1 - m.kr) * cr;
  rgb[2] = luma + 2 * (1 - m.kb) * cb;
  rgb[1] = (luma - m.kr * rgb[0] - m.kb * rgb[2]) / (1 - m.kr - m.kb);
  for (int c = 0; c < 3; ++c)
    rgb[c] = std::min(std::max(rgb[c], 0.0), 255.0);
}

Values bytes(std::mt19937 &random, int64_t count) {
  Values pixels;
  for (int64_t i = 0; i < count; ++i)
    pixels.push_back(random() % 256);
  return pixels;
}

/// Entry p is p: results are pixels.
Values identity() {
  Values table;
  for (int64_t p = 0; p < 256; ++p)
    table.push_back(p);
  return table;
}

/// The enumerator that is called `name`.
std::optional<YuvMatrix> findMatrix(const std::string &name) {
  for (int i = 0; yuvMatrices[i]; ++i)
    if (name == yuvMatrices[i])
      return static_cast<YuvMatrix>(i);
  return std::nullopt;
}

const Format raw = {QCRT_U8, 0, 0}, pixels = {QCRT_U8, 1, 0};
} // namespace

TEST(Picture, EveryColourIsWithinOneStep) {
  for (const Matrix &m : matrices) {
    YuvDecoder decoder(*findMatrix(m.name));
    double largest = 0;
    for (int y = 0; y < 256; y += 3)
      for (int u = 0; u < 256; u += 3)
        for (int v = 0; v < 256; v += 3) {
          const uint8_t yuv[3] = {uint8_t(y), uint8_t(u), uint8_t(v)};
          uint8_t rgb[3];
          double expected[3];
          decoder.decode(yuv, rgb);
          toRgb(m, y, u, v, expected);
          for (int c = 0; c < 3; ++c)
            largest = std::max(largest, std::abs(rgb[c] - expected[c]));
        }
    EXPECT_LT(largest, 0.51) << m.name;
  }
}

TEST(Picture, Nv12) {
  std::mt19937 random(7);
  const int64_t n = 2, h = 6, w = 10, s = 12;
  for (const Matrix &m : matrices) {
    Values in = bytes(random, n * h / 2 * 3 * s);
    OpTester tester("picture");
    tester.input(raw, {n, h / 2 * 3, s}, in)
        .input(raw, {1, 256}, identity(), true)
        .output(pixels, {n, h, w, 3})
        .text("format", "nv12")
        .text("layout", "nhwc")
        .text("trained", "rgb")
        .text("matrix", m.name);
    Values out = tester.run();
    ASSERT_EQ(int64_t(out.size()), n * h * w * 3);
    for (int64_t i = 0; i < n; ++i)
      for (int64_t y = 0; y < h; ++y)
        for (int64_t x = 0; x < w; ++x) {
          const int64_t *picture = in.data() + i * h / 2 * 3 * s;
          const int64_t *chroma = picture + (h + y / 2) * s + x / 2 * 2;
          double rgb[3];
          toRgb(m, double(picture[y * s + x]), double(chroma[0]),
                double(chroma[1]), rgb);
          for (int c = 0; c < 3; ++c)
            ASSERT_NEAR(double(out[((i * h + y) * w + x) * 3 + c]), rgb[c],
                        0.51)
                << m.name << " at " << y << ", " << x << ", " << c;
        }
  }
}

TEST(Picture, LayoutsChannelsAndTables) {
  std::mt19937 random(8);
  const int64_t h = 3, w = 4, s = 5;
  Values table;
  for (int64_t i = 0; i < 3 * 256; ++i)
    table.push_back((i * 37) % 251);
  for (const char *layout : {"nchw", "nhwc"})
    for (const char *format : {"rgb", "bgr", "u8"})
      for (const char *trained : {"rgb", "bgr"}) {
        bool last = layout[1] == 'h', numbers = format[0] == 'u';
        Values in = bytes(random, h * s * 3);
        OpTester tester("picture");
        tester.input(raw, last ? Shape{1, h, s, 3} : Shape{1, 3, h, s}, in)
            .input(raw, {3, 256}, table, true)
            .output(pixels, {1, h, w, 3})
            .text("format", format)
            .text("layout", layout)
            .text("trained", numbers ? "same" : trained)
            .text("matrix", "bt601-full");
        Values out = tester.run();
        ASSERT_EQ(int64_t(out.size()), h * w * 3);
        bool reversed = !numbers && format[0] != trained[0];
        for (int64_t y = 0; y < h; ++y)
          for (int64_t x = 0; x < w; ++x)
            for (int64_t c = 0; c < 3; ++c) {
              int64_t from = reversed ? 2 - c : c;
              int64_t pixel =
                  in[last ? (y * s + x) * 3 + from : (from * h + y) * s + x];
              ASSERT_EQ(out[(y * w + x) * 3 + c], table[c * 256 + pixel])
                  << format << " to " << trained << " " << layout;
            }
      }
}

TEST(Picture, FloatsAreChannelsFirst) {
  std::mt19937 random(9);
  Values in = bytes(random, 2 * 2 * 3);
  OpTester tester("float.picture");
  tester.input(raw, {1, 2, 2, 3}, in)
      .floatOutput({1, 3, 2, 2})
      .text("format", "bgr")
      .text("layout", "nhwc")
      .text("trained", "rgb")
      .text("matrix", "bt601-full")
      .numbers("factor", {0.5, 0.25, 2})
      .numbers("offset", {-1, 0, 3});
  std::vector<float> out = tester.runFloats();
  ASSERT_EQ(out.size(), 12u);
  const double factor[] = {0.5, 0.25, 2}, offset[] = {-1, 0, 3};
  for (int c = 0; c < 3; ++c)
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(
          out[size_t(c * 4 + i)],
          float(double(in[size_t(i * 3 + 2 - c)]) * factor[c] + offset[c]));
}

TEST(Picture, ShapesThatDoNotGoTogetherAreRefused) {
  auto open = [](const Shape &in, const Shape &out, const char *format,
                 int64_t rows = 1) {
    OpTester tester("picture");
    tester.input(raw, in, Values(size_t(elements(in)), 0))
        .input(raw, {rows, 256}, Values(size_t(rows * 256), 0), true)
        .output(pixels, out)
        .text("format", format)
        .text("layout", "nhwc")
        .text("trained", "rgb")
        .text("matrix", "bt601-full");
    return tester.openError();
  };
  EXPECT_EQ(open({1, 6, 4}, {1, 4, 4, 3}, "nv12"), "");
  EXPECT_NE(open({1, 5, 4}, {1, 4, 4, 3}, "nv12"), "");
  EXPECT_NE(open({1, 6, 2}, {1, 4, 4, 3}, "nv12"), "");
  EXPECT_NE(open({1, 6, 4}, {1, 4, 4, 1}, "nv12"), "");
  EXPECT_NE(open({1, 6, 5}, {1, 4, 5, 3}, "nv12"), "");
  EXPECT_NE(open({1, 4, 4, 3}, {1, 4, 4, 3}, "nv12"), "");
  EXPECT_NE(open({1, 4, 4, 1}, {1, 4, 4, 3}, "rgb"), "");
  EXPECT_NE(open({1, 4, 4, 3}, {1, 4, 4, 3}, "gray"), "");
  EXPECT_NE(open({1, 4, 4, 3}, {1, 4, 4, 3}, "rgb", 2), "");
  EXPECT_NE(open({1, 4, 4, 3}, {1, 4, 4, 3}, "cmyk"), "");
}
