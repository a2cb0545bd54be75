// Image files of every accepted kind, damaged ones, and resizing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Image.h"

#include "qc/Support/Checksum.h"
#include "qc/Support/Strings.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

using namespace qc;

/// The pattern that the golden values below were made from.
static Image pattern(int width, int height) {
  Image image(width, height, 3);
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c)
        image.row(y)[x * 3 + c] =
            static_cast<uint8_t>(x * 7 + y * 13 + c * 29 + x * y);
  return image;
}

static uint64_t checksum(const Image &image) {
  return crc64(image.pixels.data(), image.pixels.size());
}

static std::string pngOf(const void *pixels, int width, int height,
                         uint32_t format, const void *palette = nullptr) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.width = static_cast<png_uint_32>(width);
  png.height = static_cast<png_uint_32>(height);
  png.format = format;
  png.colormap_entries = palette ? 4 : 0;
  png_alloc_size_t size = 1 << 20;
  std::string bytes(size, '\0');
  EXPECT_TRUE(png_image_write_to_memory(&png, bytes.data(), &size, 0, pixels, 0,
                                        palette));
  bytes.resize(size);
  return bytes;
}

static std::string jpegOf(const uint8_t *pixels, int width, int height,
                          int channels, J_COLOR_SPACE space,
                          const std::vector<jpeg_scan_info> *scans = nullptr) {
  jpeg_compress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char *buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = channels;
  info.in_color_space = space;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 100, TRUE);
  if (scans) {
    info.scan_info = scans->data();
    info.num_scans = static_cast<int>(scans->size());
  }
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto *row = const_cast<uint8_t *>(
        pixels + static_cast<size_t>(info.next_scanline) *
                     static_cast<size_t>(width * channels));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  std::string bytes(reinterpret_cast<char *>(buffer), size);
  std::free(buffer);
  return bytes;
}

static Image decoded(const std::string &bytes) {
  Result<Image> image = decodeImage(bytes, "x");
  EXPECT_TRUE(image) << image.message();
  return image ? *image : Image(1, 1, 3);
}

/// A prefix of any length is an error, any changed byte no crash.
static void expectRobust(const std::string &bytes) {
  for (size_t size = 0; size < bytes.size();
       size += std::max<size_t>(1, bytes.size() / 200)) {
    Result<Image> cut = decodeImage(bytes.substr(0, size), "x");
    if (size + 16 < bytes.size()) {
      EXPECT_FALSE(cut) << size << " of " << bytes.size();
    }
    std::string changed = bytes;
    changed[size] = static_cast<char>(changed[size] ^ 0x55);
    (void)decodeImage(changed, "x").failed();
  }
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

TEST(Image, Png) {
  Image image = pattern(31, 17);
  std::string rgb = pngOf(image.pixels.data(), 31, 17, PNG_FORMAT_RGB);
  EXPECT_EQ(decoded(rgb).pixels, image.pixels);
  expectRobust(rgb);

  uint8_t gray[] = {0, 50, 100, 255};
  EXPECT_EQ(decoded(pngOf(gray, 2, 2, PNG_FORMAT_GRAY)).pixels,
            (std::vector<uint8_t>{0, 0, 0, 50, 50, 50, 100, 100, 100, 255, 255,
                                  255}));
  uint8_t rgba[] = {1, 2, 3, 0, 4, 5, 6, 128};
  EXPECT_EQ(decoded(pngOf(rgba, 2, 1, PNG_FORMAT_RGBA)).pixels,
            (std::vector<uint8_t>{1, 2, 3, 4, 5, 6}));
  uint8_t palette[] = {9, 8, 7, 1, 2, 3, 255, 0, 10, 0, 0, 0};
  uint8_t indices[] = {2, 0};
  EXPECT_EQ(
      decoded(pngOf(indices, 2, 1, PNG_FORMAT_RGB_COLORMAP, palette)).pixels,
      (std::vector<uint8_t>{255, 0, 10, 9, 8, 7}));
}

TEST(Image, Jpeg) {
  std::vector<uint8_t> flat(16 * 16 * 3);
  for (size_t i = 0; i < flat.size(); ++i)
    flat[i] = static_cast<uint8_t>(i % 3 == 0 ? 200 : i % 3 == 1 ? 100 : 30);
  Image color = decoded(jpegOf(flat.data(), 16, 16, 3, JCS_RGB));
  EXPECT_EQ(color.width, 16);
  EXPECT_EQ(color.channels, 3);
  EXPECT_NEAR(color.pixels[0], 200, 2);
  EXPECT_NEAR(color.pixels[1], 100, 2);
  EXPECT_NEAR(color.pixels[2], 30, 2);

  std::vector<uint8_t> gray(64, 77);
  Image fromGray = decoded(jpegOf(gray.data(), 8, 8, 1, JCS_GRAYSCALE));
  EXPECT_EQ(fromGray.channels, 3);
  EXPECT_EQ(fromGray.pixels[5], 77);

  // No Adobe marker: 0 is no ink. Full cyan on white paper.
  std::vector<uint8_t> inks;
  for (int i = 0; i < 64; ++i)
    inks.insert(inks.end(), {255, 0, 0, 0});
  Image cyan = decoded(jpegOf(inks.data(), 8, 8, 4, JCS_CMYK));
  bool inverted = cyan.pixels[0] == 0 && cyan.pixels[1] == 0;
  if (!inverted) { // libjpeg writes the marker itself in some versions
    EXPECT_EQ(cyan.pixels[0], 0);
    EXPECT_EQ(cyan.pixels[1], 255);
  }

  Image image = pattern(64, 48);
  std::string bytes = jpegOf(image.pixels.data(), 64, 48, 3, JCS_RGB);
  expectRobust(bytes);
  EXPECT_EQ(decodeImage(bytes.substr(0, bytes.size() / 2), "x").message(),
            "cannot decode 'x': it is truncated");
}

/// The coefficients of a grey picture one by one and bit by bit.
static std::vector<jpeg_scan_info> scansOf(int coefficients, int bits) {
  std::vector<jpeg_scan_info> scans;
  for (int k = 0; k < coefficients; ++k)
    for (int bit = bits; bit >= 0; --bit)
      scans.push_back({1, {0}, k, k, bit == bits ? 0 : bit + 1, bit});
  return scans;
}

TEST(Image, JpegScansAreLimited) {
  Image image = toGray(pattern(64, 48));
  auto encoded = [&](const std::vector<jpeg_scan_info> &scans) {
    return jpegOf(image.pixels.data(), 64, 48, 1, JCS_GRAYSCALE, &scans);
  };
  // As many as an encoder may choose give the same picture.
  EXPECT_EQ(
      decoded(encoded(scansOf(64, 1))).pixels,
      decoded(jpegOf(image.pixels.data(), 64, 48, 1, JCS_GRAYSCALE)).pixels);
  EXPECT_EQ(decodeImage(encoded(scansOf(64, 9)), "x").message(),
            "cannot decode 'x': it has more than 500 scans, the limit for its "
            "size");
  // A scan of a larger picture costs more.
  Image large(4096, 4096, 1);
  std::vector<jpeg_scan_info> scans = scansOf(65 / 9 + 1, 9);
  EXPECT_EQ(decodeImage(jpegOf(large.pixels.data(), 4096, 4096, 1,
                               JCS_GRAYSCALE, &scans),
                        "x")
                .message(),
            "cannot decode 'x': it has more than 64 scans, the limit for its "
            "size");
}

TEST(Image, ClaimedSizesAreNotBelieved) {
  Image image = pattern(31, 17);
  std::string png = pngOf(image.pixels.data(), 31, 17, PNG_FORMAT_RGB);
  // 16384 x 16384, within the limit, in a file of some hundred bytes.
  std::string claim = png;
  claim.replace(16, 8, std::string("\0\0\x40\0\0\0\x40\0", 8));
  uLong crc = crc32(0, reinterpret_cast<const Bytef *>(claim.data() + 12), 17);
  for (size_t i = 0; i < 4; ++i)
    claim[29 + i] = static_cast<char>(crc >> (24 - 8 * i));
  EXPECT_EQ(decodeImage(claim, "x").message(),
            "cannot decode 'x': it is truncated");
  EXPECT_EQ(decodeImage("P6 16384 16384 255\n", "x").message(),
            "cannot decode 'x': it is truncated");
  EXPECT_EQ(decodeImage("P6 65536 65536 255\n", "x").message(),
            "cannot decode 'x': it claims 65536x65536 pixels, more than the "
            "limit of 2^28");
}

static std::string bmp(int width, int height, int bits, int compression,
                       const std::string &extra, const std::string &pixels) {
  auto little = [](int64_t value, int size) {
    std::string text;
    for (int i = 0; i < size; ++i)
      text += static_cast<char>(value >> 8 * i & 255);
    return text;
  };
  std::string header = little(40, 4) + little(width, 4) + little(height, 4) +
                       little(1, 2) + little(bits, 2) + little(compression, 4) +
                       std::string(20, '\0');
  return "BM" + little(0, 8) +
         little(static_cast<int64_t>(14 + header.size() + extra.size()), 4) +
         header + extra + pixels;
}

TEST(Image, Bmp) {
  // Rows come from the bottom, blue first, padded to four bytes.
  std::string bottomUp = bmp(2, 2, 24, 0, "",
                             std::string("\1\2\3\4\5\6\0\0", 8) +
                                 std::string("\7\10\11\12\13\14\0\0", 8));
  std::vector<uint8_t> expected = {9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4};
  EXPECT_EQ(decoded(bottomUp).pixels, expected);
  expectRobust(bottomUp);
  std::string topDown =
      bmp(2, -1, 24, 0, "", std::string("\1\2\3\4\5\6\0\0", 8));
  EXPECT_EQ(decoded(topDown).pixels, (std::vector<uint8_t>{3, 2, 1, 6, 5, 4}));
  std::string palette = std::string("\1\2\3\0\4\5\6\0", 8);
  EXPECT_EQ(
      decoded(bmp(3, 1, 1, 0, palette, std::string("\xa0\0\0\0", 4))).pixels,
      (std::vector<uint8_t>{6, 5, 4, 3, 2, 1, 6, 5, 4}));
  // 5-6-5 bits by masks: full red.
  std::string masks("\0\xf8\0\0\xe0\7\0\0\x1f\0\0\0", 12);
  EXPECT_EQ(
      decoded(bmp(1, 1, 16, 3, masks, std::string("\0\xf8\0\0", 4))).pixels,
      (std::vector<uint8_t>{255, 0, 0}));
  EXPECT_EQ(decodeImage(bmp(1, 1, 8, 1, "", ""), "x").message(),
            "cannot decode 'x': it uses BMP compression 1, expected an "
            "uncompressed file");
  EXPECT_FALSE(decodeImage(bmp(1 << 30, 1 << 30, 24, 0, "", ""), "x"));
  EXPECT_FALSE(decodeImage(bmp(0, 5, 24, 0, "", ""), "x"));
}

TEST(Image, Pnm) {
  EXPECT_EQ(decoded("P6 1 2 255\nabcdef").pixels,
            (std::vector<uint8_t>{'a', 'b', 'c', 'd', 'e', 'f'}));
  EXPECT_EQ(decoded("P2\n# comment\n2 1\n15\n0 15\n").pixels,
            (std::vector<uint8_t>{0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(decoded(std::string("P5 1 1 65535\n\x80\0", 15)).pixels[0], 128);
  EXPECT_FALSE(decodeImage("P6 1 2 255\nabcde", "x"));
  EXPECT_FALSE(decodeImage("P3 9999 9999 255\n1", "x"));
  EXPECT_FALSE(decodeImage("P6 1 1 0\nabc", "x"));
  EXPECT_FALSE(decodeImage("P2 1 1 10\n11 ", "x"));
}

TEST(Image, OtherFilesAreNamed) {
  EXPECT_EQ(
      decodeImage("hello world", "a.jpg").message(),
      "'a.jpg' is not an image of a known format, expected JPEG, PNG, BMP "
      "or PPM");
  EXPECT_EQ(decodeImage("", "a.jpg").message(),
            "'a.jpg' is empty, expected an image");
  EXPECT_EQ(readImage("/no/such.png").message(),
            "'/no/such.png' does not exist");
  EXPECT_TRUE(hasImageSuffix("a/B.JPEG"));
  EXPECT_FALSE(hasImageSuffix("jpeg"));
}

//===----------------------------------------------------------------------===//
// Resizing: checksums of what Pillow 13.0 makes of the same pattern
//===----------------------------------------------------------------------===//

TEST(Resize, EqualsPillow) {
  struct Golden {
    int fromWidth, fromHeight, width, height;
    uint64_t nearest, bilinear, bicubic;
  } goldens[] = {
      {61, 47, 32, 24, 0xc6a60ae42788fdb8ull, 0x0eefd75903ce9a0aull,
       0xb859af42c0a36626ull},
      {61, 47, 100, 80, 0xf054065bdba42dc8ull, 0xa90436bd020b9001ull,
       0xf10e4e9be038f150ull},
      {61, 47, 17, 90, 0x531ddc957bbd5608ull, 0xe014686421ccc933ull,
       0x3bca34a1d1c77d2full},
      {61, 47, 90, 11, 0x24e6a5cd3add8b82ull, 0x4a8f3be52df41ae9ull,
       0x690e44768f7615efull},
      {64, 64, 63, 63, 0x6ea511764827c142ull, 0xd1fd50b38bd8c6a9ull,
       0x6dc32f6f4056eee8ull},
      {500, 375, 341, 256, 0x078e9b3e340caac2ull, 0xbe7de76b253ddbc5ull,
       0x7096fbdd72fe3cacull},
  };
  for (const Golden &golden : goldens) {
    Image image = pattern(golden.fromWidth, golden.fromHeight);
    auto sum = [&](Interpolation interpolation) {
      return checksum(
          resizeImage(image, golden.width, golden.height, interpolation));
    };
    EXPECT_EQ(sum(Interpolation::Nearest), golden.nearest);
    EXPECT_EQ(sum(Interpolation::Bilinear), golden.bilinear);
    EXPECT_EQ(sum(Interpolation::Bicubic), golden.bicubic);
  }
  Image gray = toGray(pattern(61, 47));
  EXPECT_EQ(checksum(gray), 0x5c09db74ae75698bull);
  EXPECT_EQ(checksum(resizeImage(gray, 20, 30, Interpolation::Bilinear)),
            0x37b8c47c0f09f22cull);
}

TEST(Resize, FlatStaysFlatAndSameSizeIsIdentity) {
  Image flat(13, 9, 3);
  std::fill(flat.pixels.begin(), flat.pixels.end(), 93);
  for (Interpolation interpolation :
       {Interpolation::Nearest, Interpolation::Bilinear,
        Interpolation::Bicubic}) {
    for (auto [width, height] : {std::pair{1, 1}, {40, 3}, {5, 50}})
      for (uint8_t pixel :
           resizeImage(flat, width, height, interpolation).pixels)
        ASSERT_EQ(pixel, 93);
    Image image = pattern(13, 9);
    EXPECT_EQ(resizeImage(image, 13, 9, interpolation).pixels, image.pixels);
  }
}

TEST(Image, CropAndPad) {
  Image image = pattern(10, 7);
  Image window = cropImage(image, 2, 3, 4, 2);
  EXPECT_EQ(window.row(1)[0], image.row(4)[6]);
  Image padded = padImage(window, 6, 5, 1, 2, 9);
  EXPECT_EQ(padded.row(0)[0], 9);
  EXPECT_EQ(padded.row(2)[3], window.row(0)[0]);
  Result<Image> centre = centerCrop(image, 4, 4);
  ASSERT_TRUE(centre);
  // (7 - 4) / 2 = 1.5 rounds to 2, (10 - 4) / 2 = 3.
  EXPECT_EQ(centre->row(0)[0], image.row(2)[9]);
  EXPECT_EQ(centerCrop(image, 11, 4).message(),
            "cannot crop 4x11 (height x width) from an image of 7x10");
}
