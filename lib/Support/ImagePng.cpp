// PNG through libpng.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ImageCodecs.h"

#include <csetjmp>
#include <cstdio>
#include <cstring>

#include <png.h>

namespace qc {

namespace {

/// libpng reports errors by jumping; nothing with a destructor lives between
/// setjmp and the calls that can jump.
class PngDecoder {
public:
  explicit PngDecoder(std::string_view bytes) : bytes(bytes) {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, onError,
                                 [](png_structp, png_const_charp) {});
    if (png)
      info = png_create_info_struct(png);
  }
  ~PngDecoder() { png_destroy_read_struct(&png, &info, nullptr); }
  PngDecoder(const PngDecoder &) = delete;
  PngDecoder &operator=(const PngDecoder &) = delete;

  Result<Image> decode() {
    if (!info)
      return error("libpng cannot be set up");
    if (!readHeader())
      return error(defect);
    if (Status status = checkImageSize(width, height); !status)
      return status;
    // A pixel has a bit at least, and deflate makes 258 bytes of two bits at
    // most: a file that claims more takes memory for nothing.
    if (uint64_t{width} * height / 8 / 1032 > bytes.size())
      return error("it is truncated");
    Image image(static_cast<int>(width), static_cast<int>(height), 3);
    if (rowBytes != static_cast<size_t>(width) * 3)
      return error("it has rows of ", rowBytes, " bytes for ", width,
                   " pixels");
    std::vector<png_bytep> rows(height);
    for (png_uint_32 y = 0; y < height; ++y)
      rows[y] = image.row(static_cast<int>(y));
    if (!readRows(rows.data()))
      return error(defect);
    return image;
  }

private:
  static PngDecoder &self(void *pointer) {
    return *static_cast<PngDecoder *>(pointer);
  }
  [[noreturn]] static void onError(png_structp png, png_const_charp message) {
    PngDecoder &decoder = self(png_get_error_ptr(png));
    std::snprintf(decoder.defect, sizeof(decoder.defect), "%s", message);
    std::longjmp(decoder.escape, 1);
  }
  static void onRead(png_structp png, png_bytep into, size_t size) {
    PngDecoder &decoder = self(png_get_io_ptr(png));
    if (decoder.bytes.size() - decoder.at < size)
      png_error(png, "it is truncated");
    std::memcpy(into, decoder.bytes.data() + decoder.at, size);
    decoder.at += size;
  }

  bool readHeader() {
    if (setjmp(escape))
      return false;
    png_set_read_fn(png, this, onRead);
    png_set_user_limits(png, 1u << 28, 1u << 28);
    png_read_info(png, info);
    width = png_get_image_width(png, info);
    height = png_get_image_height(png, info);
    // Everything becomes 8-bit red, green, blue; alpha is dropped, not blended.
    png_set_expand(png);
    png_set_strip_16(png);
    png_set_strip_alpha(png);
    png_set_gray_to_rgb(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    rowBytes = png_get_rowbytes(png, info);
    return true;
  }
  bool readRows(png_bytepp rows) {
    if (setjmp(escape))
      return false;
    png_read_image(png, rows);
    png_read_end(png, nullptr);
    return true;
  }

  std::string_view bytes;
  size_t at = 0;
  png_structp png = nullptr;
  png_infop info = nullptr;
  png_uint_32 width = 0, height = 0;
  size_t rowBytes = 0;
  std::jmp_buf escape;
  char defect[200] = "it cannot be decoded";
};

/// The same way round for writing.
class PngEncoder {
public:
  explicit PngEncoder(std::string &bytes) : bytes(bytes) {
    png = png_create_write_struct(PNG_LIBPNG_VER_STRING, this, onError,
                                  [](png_structp, png_const_charp) {});
    if (png)
      info = png_create_info_struct(png);
  }
  ~PngEncoder() { png_destroy_write_struct(&png, &info); }
  PngEncoder(const PngEncoder &) = delete;
  PngEncoder &operator=(const PngEncoder &) = delete;

  Status encode(const Image &image) {
    if (!info)
      return error("libpng cannot be set up");
    std::vector<png_bytep> rows;
    for (int y = 0; y < image.height; ++y)
      rows.push_back(const_cast<png_bytep>(image.row(y)));
    return write(image, rows.data()) ? ok() : error(defect);
  }

private:
  [[noreturn]] static void onError(png_structp png, png_const_charp message) {
    PngEncoder &encoder = *static_cast<PngEncoder *>(png_get_error_ptr(png));
    std::snprintf(encoder.defect, sizeof(encoder.defect), "%s", message);
    std::longjmp(encoder.escape, 1);
  }
  static void onWrite(png_structp png, png_bytep from, size_t size) {
    auto *encoder = static_cast<PngEncoder *>(png_get_io_ptr(png));
    encoder->bytes.append(reinterpret_cast<const char *>(from), size);
  }

  bool write(const Image &image, png_bytepp rows) {
    if (setjmp(escape))
      return false;
    png_set_write_fn(png, this, onWrite, nullptr);
    png_set_IHDR(png, info, static_cast<png_uint_32>(image.width),
                 static_cast<png_uint_32>(image.height), 8,
                 image.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_set_rows(png, info, rows);
    png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
    return true;
  }

  std::string &bytes;
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::jmp_buf escape;
  char defect[200] = "it cannot be encoded";
};

} // namespace

Result<std::string> encodePng(const Image &image) {
  std::string bytes;
  if (Status encoded = PngEncoder(bytes).encode(image); !encoded)
    return encoded;
  return bytes;
}

Result<Image> decodePng(std::string_view bytes) {
  return PngDecoder(bytes).decode();
}

} // namespace qc
