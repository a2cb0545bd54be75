// JPEG through libjpeg.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ImageCodecs.h"

#include <algorithm>
#include <csetjmp>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>

namespace qc {

namespace {

/// libjpeg reports errors by calling a function that must not return: it jumps
/// back to decode(), where nothing with a destructor lives in between.
class JpegDecoder {
public:
  explicit JpegDecoder(std::string_view bytes) : bytes(bytes) {
    info.err = jpeg_std_error(&errors);
    info.client_data = this;
    errors.error_exit = [](j_common_ptr common) {
      self(common).keepMessage(common);
      std::longjmp(self(common).escape, 1);
    };
    errors.emit_message = [](j_common_ptr common, int level) {
      self(common).warn(common, level);
    };
    errors.output_message = [](j_common_ptr) {};
  }
  ~JpegDecoder() { jpeg_destroy_decompress(&info); }
  JpegDecoder(const JpegDecoder &) = delete;
  JpegDecoder &operator=(const JpegDecoder &) = delete;

  Result<Image> decode() {
    if (!readHeader())
      return error(defect);
    if (Status status = checkImageSize(info.output_width, info.output_height);
        !status)
      return status;
    if (Status status = checkScans(); !status)
      return status;
    Image image(static_cast<int>(info.output_width),
                static_cast<int>(info.output_height), info.output_components);
    if (!readRows(image))
      return error(defect);
    if (image.channels == 4)
      return fromInkedCmyk(image);
    return image.channels == 1 ? grayToColor(image) : std::move(image);
  }

private:
  static JpegDecoder &self(j_common_ptr common) {
    return *static_cast<JpegDecoder *>(common->client_data);
  }
  void keepMessage(j_common_ptr common) {
    char text[JMSG_LENGTH_MAX];
    common->err->format_message(common, text);
    std::snprintf(defect, sizeof(defect), "libjpeg says: %s", text);
  }
  /// libjpeg goes on after missing data and makes up the rest in grey.
  void warn(j_common_ptr common, int level) {
    if (level >= 0)
      return;
    int code = common->err->msg_code;
    if (code == JWRN_JPEG_EOF)
      std::snprintf(defect, sizeof(defect), "it is truncated");
    else if (code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE)
      keepMessage(common);
    else
      return; // stray bytes between segments do no harm
    std::longjmp(escape, 1);
  }

  bool readHeader() {
    if (setjmp(escape))
      return false;
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, reinterpret_cast<const unsigned char *>(bytes.data()),
                 static_cast<unsigned long>(bytes.size()));
    jpeg_read_header(&info, TRUE);
    bool inks = info.num_components == 4;
    bool gray = info.num_components == 1;
    info.out_color_space = inks ? JCS_CMYK : gray ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_calc_output_dimensions(&info);
    return true;
  }
  /// A picture in several scans is held as coefficients, and each scan goes
  /// over all of it again: a scan may be a few bytes, so their number is
  /// limited.
  Status checkScans() {
    uint64_t pixels = uint64_t{info.output_width} * info.output_height;
    if (!jpeg_has_multiple_scans(&info))
      return ok();
    if (pixels > kMostPixelsInScans)
      return error("it holds ", info.output_width, "x", info.output_height,
                   " pixels in several scans, more than the limit of 2^26");
    mostScans = static_cast<int>(std::clamp<uint64_t>(kMostPixelVisits / pixels,
                                                      kUsualScans, kMostScans));
    progress.progress_monitor = [](j_common_ptr common) {
      self(common).countScans();
    };
    info.progress = &progress;
    return ok();
  }
  void countScans() {
    if (info.input_scan_number <= mostScans)
      return;
    std::snprintf(defect, sizeof(defect),
                  "it has more than %d scans, the limit for its size",
                  mostScans);
    std::longjmp(escape, 1);
  }
  bool readRows(Image &image) {
    if (setjmp(escape))
      return false;
    jpeg_start_decompress(&info);
    while (info.output_scanline < info.output_height) {
      JSAMPROW row = image.row(static_cast<int>(info.output_scanline));
      jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
    return true;
  }

  /// Programs that write an Adobe marker store inks inverted: 255 is no ink.
  Image fromInkedCmyk(const Image &inks) const {
    Image image(inks.width, inks.height, 3);
    const uint8_t *from = inks.pixels.data();
    uint8_t *to = image.pixels.data();
    uint8_t invert = info.saw_Adobe_marker ? 0 : 255;
    size_t count = static_cast<size_t>(inks.width) * inks.height;
    for (size_t i = 0; i < count; ++i, from += 4, to += 3) {
      int paper = from[3] ^ invert;
      for (int c = 0; c < 3; ++c) {
        // paper * light / 255, rounded.
        int product = paper * (255 - (from[c] ^ invert)) + 128;
        to[c] = static_cast<uint8_t>(paper - ((product + (product >> 8)) >> 8));
      }
    }
    return image;
  }

  /// Encoders write about ten scans; 2^30 visits of a pixel take some seconds.
  static constexpr uint64_t kMostPixelsInScans = uint64_t{1} << 26;
  static constexpr uint64_t kMostPixelVisits = uint64_t{1} << 30;
  static constexpr uint64_t kUsualScans = 16, kMostScans = 500;

  std::string_view bytes;
  jpeg_decompress_struct info{};
  jpeg_progress_mgr progress{};
  int mostScans = 0;
  jpeg_error_mgr errors{};
  std::jmp_buf escape;
  char defect[JMSG_LENGTH_MAX + 32] = "it cannot be decoded";
};

} // namespace

Result<Image> decodeJpeg(std::string_view bytes) {
  return JpegDecoder(bytes).decode();
}

} // namespace qc
