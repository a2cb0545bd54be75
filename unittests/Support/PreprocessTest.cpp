// The preprocessing's text form and what it does to pixels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Preprocess.h"

#include <gtest/gtest.h>

using namespace qc;

static PreprocessSpec parsed(const std::string &text) {
  Result<PreprocessSpec> spec = PreprocessSpec::parse(text);
  EXPECT_TRUE(spec) << spec.message();
  return spec ? *spec : PreprocessSpec();
}

static std::string messageOf(const std::string &text) {
  return PreprocessSpec::parse(text).message();
}

/// Red is the column, green the row, blue 7.
static Image coordinates(int width, int height) {
  Image image(width, height, 3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      image.row(y)[x * 3] = static_cast<uint8_t>(x);
      image.row(y)[x * 3 + 1] = static_cast<uint8_t>(y);
      image.row(y)[x * 3 + 2] = 7;
    }
  return image;
}

static Tensor applied(const Image &image, const std::string &text,
                      const Shape &shape) {
  Result<Tensor> tensor = applyPreprocess(image, parsed(text), shape);
  EXPECT_TRUE(tensor) << tensor.message();
  return tensor ? *tensor : Tensor::zeros(DType::F32, shape);
}

TEST(PreprocessSpec, RoundTrip) {
  for (const char *text :
       {"none",
        "resize=256 crop=224 mean=123.675,116.28,103.53 "
        "std=58.395,57.12,57.375",
        "resize=240x320 fit=short interp=bicubic color=bgr",
        "fit=central:0.875 mean=127.5 std=127.5", "letterbox=416:114",
        "letterbox=320x480:0:center", "crop=28x20 interp=nearest color=gray",
        "scale=0.017 layout=nhwc", "std=255", "fit=stretch"})
    EXPECT_EQ(parsed(text).toString(), text);
  for (const auto &[name, text] : preprocessPresets()) {
    EXPECT_EQ(parsed(name), parsed(text));
    EXPECT_EQ(parsed(parsed(name).toString()), parsed(name));
  }
}

TEST(PreprocessSpec, LaterKeysWinOverPresets) {
  PreprocessSpec spec = parsed("imagenet-torch crop=192 color=bgr");
  EXPECT_EQ(spec.crop->width, 192);
  EXPECT_EQ(spec.shortSide, 256);
  EXPECT_EQ(spec.color, PreprocessSpec::Color::Bgr);
  EXPECT_DOUBLE_EQ(parsed("scale=1/255").scale, 1.0 / 255);
}

TEST(PreprocessSpec, NothingIsUndoneInSilence) {
  EXPECT_EQ(messageOf("mean=1 std=2 mean=3"),
            "preprocessing key 'mean' comes twice");
  EXPECT_EQ(messageOf("crop=192 imagenet-torch"),
            "preprocessing preset 'imagenet-torch' comes after 'crop', which "
            "it would undo: presets come first");
}

TEST(PreprocessSpec, ErrorsNameTheKeyAndSuggest) {
  EXPECT_EQ(messageOf("reszie=256"), "unknown preprocessing key 'reszie'; did "
                                     "you mean 'resize'?");
  EXPECT_EQ(messageOf("imagenet-troch"), "unknown preprocessing preset "
                                         "'imagenet-troch'; did you mean "
                                         "'imagenet-torch'?");
  EXPECT_EQ(messageOf("resize"),
            "preprocessing key 'resize' needs a value: resize=...");
  EXPECT_EQ(messageOf("resize=-3"),
            "preprocessing key 'resize' has the value '-3', expected a size "
            "such as 256 or 240x320");
  for (const char *text : {"resize=0",
                           "resize=1x2x3",
                           "resize=99999999",
                           "crop=a",
                           "fit=crop",
                           "fit=central:0",
                           "fit=central:2",
                           "fit=central:",
                           "letterbox=416:300",
                           "letterbox=416:114:left",
                           "interp=lanczos",
                           "color=yuv",
                           "mean=1,2",
                           "mean=nan",
                           "std=0",
                           "std=1,0,1",
                           "scale=0",
                           "scale=1/0",
                           "scale=inf",
                           "layout=chw",
                           "mean=",
                           "letterbox=416 resize=3",
                           "crop=",
                           "color=gray mean=1,2,3"})
    EXPECT_NE(messageOf(text), "") << text;
}

TEST(Preprocess, NormalisationAndLayout) {
  Image image = coordinates(3, 2);
  Tensor nchw = applied(image, "mean=1,2,3 std=2,4,8", {1, 3, 2, 3});
  EXPECT_EQ(nchw.shape(), (Shape{1, 3, 2, 3}));
  EXPECT_EQ(nchw.data<float>()[2], 0.5f);       // red, column 2: (2 - 1) / 2
  EXPECT_EQ(nchw.data<float>()[6 + 3], -0.25f); // green, row 1: (1 - 2) / 4
  EXPECT_EQ(nchw.data<float>()[12], 0.5f);      // blue: (7 - 3) / 8
  // Mean is in the order of the result's channels.
  Tensor bgr = applied(image, "color=bgr mean=3,2,1 std=8,4,2", {1, 3, 2, 3});
  EXPECT_EQ(bgr.data<float>()[0], 0.5f);
  EXPECT_EQ(bgr.data<float>()[14], 0.5f);
  Tensor nhwc = applied(image, "scale=2", {1, 2, 3, 3});
  // 2x3x3 could be either: channels first is not possible with three columns.
  EXPECT_EQ(nhwc.shape(), (Shape{1, 2, 3, 3}));
  EXPECT_EQ(nhwc.data<float>()[2], 14);
  Tensor forced = applied(coordinates(3, 3), "layout=nhwc", {1, 3, 3, 3});
  EXPECT_EQ(forced.data<float>()[2], 7);
  Tensor chw = applied(image, "none", {3, 2, 3});
  EXPECT_EQ(chw.shape(), (Shape{3, 2, 3}));
  // The batch of the model is not the image's business.
  EXPECT_EQ(applied(image, "none", {8, 3, 2, 3}).shape(), (Shape{1, 3, 2, 3}));
  EXPECT_EQ(applied(image, "color=gray", {2, 3}).shape(), (Shape{2, 3}));
}

TEST(Preprocess, MultiplierAndOffsetSayTheSame) {
  PreprocessSpec spec = parsed("imagenet-torch scale=0.5");
  for (int channel = 0; channel < 3; ++channel)
    for (int pixel : {0, 100, 255})
      EXPECT_NEAR(spec.normalise(pixel, channel),
                  pixel * spec.multiplier(channel) + spec.offset(channel),
                  1e-12);
}

TEST(Preprocess, Geometry) {
  Image wide = coordinates(200, 100);
  // Short side 50: 100x50, then the middle 40 columns begin at 30 (60 before).
  Tensor torch = applied(wide, "resize=50 crop=40", {1, 3, 40, 40});
  EXPECT_NEAR(torch.data<float>()[0], 60.5f, 1);
  Tensor stretch = applied(wide, "fit=stretch", {1, 3, 40, 40});
  EXPECT_NEAR(stretch.data<float>()[39], 197, 1);
  Tensor central = applied(wide, "fit=central:0.5", {1, 3, 50, 100});
  EXPECT_EQ(central.data<float>()[0], 50); // cut only, no resizing needed
  Tensor covered = applied(wide, "fit=short", {1, 3, 50, 50});
  EXPECT_NEAR(covered.data<float>()[0], 50.5f, 1);
  Tensor exact = applied(wide, "resize=40x80", {1, 3, 40, 80});
  EXPECT_EQ(exact.dim(3), 80);
}

TEST(Preprocess, Letterbox) {
  Image wide = coordinates(200, 100);
  Tensor corner = applied(wide, "letterbox=50:114", {1, 3, 50, 50});
  const float *red = corner.data<float>();
  EXPECT_NE(red[24 * 50], 114);
  EXPECT_EQ(red[25 * 50], 114); // 50x25 of picture, the rest padding
  EXPECT_EQ(red[49 * 50 + 49], 114);
  Tensor centered = applied(wide, "letterbox=50:114:center", {1, 3, 50, 50});
  EXPECT_EQ(centered.data<float>()[11 * 50], 114);
  EXPECT_NE(centered.data<float>()[12 * 50], 114);
}

TEST(Preprocess, SizesThatDoNotMatchAreNamed) {
  Image image = coordinates(30, 20);
  auto message = [&](const char *text, Shape shape) {
    return applyPreprocess(image, parsed(text), shape).message();
  };
  EXPECT_EQ(
      message("none", {1, 3, 20, 31}),
      "preprocessing gives 20x30 (height x width), the input wants 20x31; "
      "give --preprocess with resize=, crop= or fit=stretch");
  EXPECT_EQ(
      message("color=rgb", {1, 1, 20, 30}),
      "preprocessing gives 3 channels, the input of shape 1x1x20x30 wants "
      "1; use color=gray");
  EXPECT_NE(message("none", {1, 640}), "");
  EXPECT_NE(message("none", {1, 2, 3, 4, 5}), "");
  EXPECT_NE(message("none", {7}), "");
  EXPECT_NE(message("crop=64", {1, 3, 64, 64}).find("cannot crop 64x64"),
            std::string::npos);
  EXPECT_NE(applyPreprocess(coordinates(1, 30000), parsed("resize=60000"),
                            {1, 3, 2, 2})
                .message()
                .find("would be resized"),
            std::string::npos);
}

TEST(Preprocess, ArraysAreNormalisedElementwise) {
  Tensor values = Tensor::fromVector<float>({83, 84, 85}, {1, 3});
  Result<Tensor> mfcc = normaliseArray(values, parsed("mean=83 scale=0.5"));
  ASSERT_TRUE(mfcc);
  EXPECT_EQ(mfcc->data<float>()[2], 1);
  Tensor image = Tensor::fromVector<float>({1, 2, 3, 4, 5, 6}, {1, 3, 1, 2});
  Result<Tensor> channels = normaliseArray(image, parsed("mean=1,3,5"));
  ASSERT_TRUE(channels);
  EXPECT_EQ(channels->data<float>()[5], 1);
  EXPECT_FALSE(normaliseArray(values, parsed("mean=1,2,3")));
}
