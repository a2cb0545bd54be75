// Pictures: their descriptions, legal pairs, and images as cameras give them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Picture.h"
#include "qcrt/Picture.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace qc;
using Type = PictureSpec::Type;

static PictureSpec parse(const char *text) {
  auto spec = PictureSpec::parse(text);
  EXPECT_TRUE(bool(spec)) << spec.message();
  return spec ? *spec : PictureSpec();
}

static std::string complaint(const char *text) {
  auto spec = PictureSpec::parse(text);
  return spec ? "" : spec.message();
}

TEST(Picture, DescriptionsReadBack) {
  for (const char *text : {"f32", "u8 layout=nhwc", "s8 layout=nchw", "gray",
                           "rgb layout=nhwc", "nv12 yuv=bt601-full",
                           "yuv444 layout=nhwc yuv=bt709 stride=32 width=30",
                           "nv12 yuv=bt601-video stride=64 width=48 placed"})
    EXPECT_EQ(parse(text).toString(), text);
  EXPECT_EQ(parse("yuv=bt709 nv12").toString(), "nv12 yuv=bt709");
}

TEST(Picture, MistakesNameTheWord) {
  EXPECT_EQ(
      complaint("nv21"),
      "unknown type of an input 'nv21': expected one of f32, u8, s8, rgb, "
      "bgr, gray, yuv444, nv12; did you mean 'nv12'?");
  EXPECT_NE(complaint("nv12 yuv=bt2020").find("bt709"), std::string::npos);
  EXPECT_NE(complaint("rgb layout=chw").find("nchw"), std::string::npos);
  EXPECT_NE(complaint("rgb strid=3").find("stride"), std::string::npos);
  EXPECT_NE(complaint("rgb stride=0").find("number of pixels"),
            std::string::npos);
  EXPECT_NE(complaint("rgb bgr").find("one type"), std::string::npos);
  EXPECT_NE(complaint("rgb layout=nhwc layout=nhwc").find("twice"),
            std::string::npos);
  EXPECT_NE(complaint("").find("lacks its type"), std::string::npos);
  EXPECT_NE(complaint("nv12 width=8 stride=4").find("not below"),
            std::string::npos);
}

TEST(Picture, PairsAreThoseOfTheTable) {
  auto legal = [](TrainedOn trained, Type type) {
    return bool(checkPicturePair(trained, type));
  };
  for (TrainedOn trained : {TrainedOn::Rgb, TrainedOn::Bgr}) {
    for (Type type : {Type::Nv12, Type::Yuv444, Type::Rgb, Type::Bgr})
      EXPECT_TRUE(legal(trained, type));
    EXPECT_FALSE(legal(trained, Type::Gray));
  }
  EXPECT_TRUE(legal(TrainedOn::Gray, Type::Gray));
  EXPECT_FALSE(legal(TrainedOn::Gray, Type::Nv12));
  EXPECT_TRUE(legal(TrainedOn::Yuv444, Type::Nv12));
  EXPECT_FALSE(legal(TrainedOn::Yuv444, Type::Rgb));
  EXPECT_FALSE(legal(TrainedOn::Numbers, Type::Nv12));
  EXPECT_EQ(checkPicturePair(TrainedOn::Gray, Type::Nv12).message(),
            "was trained on gray and cannot run on nv12; gray runs on gray, "
            "u8, s8, f32");
}

TEST(Picture, ShapesFollowFromTheNetworks) {
  auto shape = [](const char *text, int64_t channels, int height, int width,
                  bool last = false) {
    auto made =
        getPictureShape(parse(text), 2, channels, {height, width}, last);
    return made ? shapeString(*made) : made.message();
  };
  EXPECT_EQ(shape("nv12", 3, 4, 6), shapeString({2, 6, 6}));
  EXPECT_EQ(shape("nv12 stride=16 width=6", 3, 4, 6), shapeString({2, 6, 16}));
  EXPECT_EQ(shape("rgb", 3, 4, 5, true), shapeString({2, 4, 5, 3}));
  EXPECT_EQ(shape("gray", 1, 4, 5), shapeString({2, 1, 4, 5}));
  EXPECT_EQ(shape("nv12", 3, 5, 6),
            "has 5 rows of 6 pixels; nv12 needs even sizes");
  EXPECT_EQ(shape("yuv444", 3, 4, 7, true),
            "has 4 rows of 7 pixels; yuv444 needs even sizes");
  EXPECT_EQ(shape("rgb", 1, 4, 4), "has 1 channel, rgb gives 3");
}

/// A picture with a colour of its own for each two by two pixels.
static Image colours(int width, int height) {
  Image image(width, height, 3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c)
        image.row(y)[x * 3 + c] =
            static_cast<uint8_t>((x / 2) * 53 + (y / 2) * 101 + c * 67);
  return image;
}

TEST(Picture, ColoursComeBackFromNv12) {
  Image image = colours(8, 6);
  for (const char *matrix :
       {"bt601-full", "bt601-video", "bt709", "bt709-full"}) {
    PictureSpec spec = parse((std::string("nv12 yuv=") + matrix).c_str());
    spec.stride = 10;
    spec.width = 8;
    auto made = makePicture(image, PreprocessSpec(), spec, {1, 9, 10});
    ASSERT_TRUE(bool(made)) << made.message();
    ASSERT_EQ(made->dtype(), DType::U8);
    const uint8_t *bytes = made->data<uint8_t>();
    qcrt::PictureReader reader(qcrt::PictureType::Nv12, qcrt::TrainedType::Rgb,
                               static_cast<qcrt::YuvMatrix>(spec.matrix), true,
                               3, 6, 8, 10);
    int largest = 0;
    for (int y = 0; y < 6; ++y)
      reader.readRow(bytes, y, [&](int64_t x, int64_t c, uint8_t pixel) {
        largest = std::max(largest, std::abs(pixel - image.row(y)[x * 3 + c]));
      });
    // What two roundings to bytes of YUV make at most.
    EXPECT_LE(largest, 2) << matrix;
    EXPECT_EQ(bytes[8], 0) << "behind the row";
  }
}

TEST(Picture, ChannelsAndSigns) {
  Image image = colours(2, 2);
  PreprocessSpec bgr = *PreprocessSpec::parse("color=bgr");
  auto numbers = makePicture(image, bgr, parse("s8 layout=nchw"), {1, 3, 2, 2});
  ASSERT_TRUE(bool(numbers)) << numbers.message();
  EXPECT_EQ(numbers->dtype(), DType::I8);
  EXPECT_EQ(numbers->data<int8_t>()[0], int(image.pixels[2]) - 128);
  EXPECT_EQ(numbers->data<int8_t>()[8], int(image.pixels[0]) - 128);
  // The camera's order does not depend on the network's.
  auto camera = makePicture(image, bgr, parse("rgb layout=nhwc"), {1, 2, 2, 3});
  ASSERT_TRUE(bool(camera));
  EXPECT_EQ(camera->data<uint8_t>()[0], image.pixels[0]);
  PreprocessSpec grey = *PreprocessSpec::parse("color=gray");
  auto wrong = makePicture(image, grey, parse("rgb layout=nhwc"), {1, 2, 2, 3});
  ASSERT_FALSE(bool(wrong));
  EXPECT_NE(wrong.message().find("1 channels"), std::string::npos);
}

TEST(Picture, ShapesOfFilesAreNotBelieved) {
  for (const Shape &shape :
       {Shape{1, 7, 8}, Shape{1, 6, 7}, Shape{6, 8}, Shape{1, 6, 0},
        Shape{1, 6, 8, 3}, Shape{1, 6, int64_t{1} << 40}})
    EXPECT_FALSE(bool(getPictureGeometry(parse("nv12"), shape)))
        << shapeString(shape);
  PictureSpec wide = parse("rgb layout=nhwc");
  wide.width = 9;
  EXPECT_FALSE(bool(getPictureGeometry(wide, {1, 4, 8, 3})));
  EXPECT_FALSE(bool(getPictureGeometry(parse("gray"), {1, 4, 8, 3})));
}
