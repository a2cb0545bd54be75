// BMP: palette, 16, 24 and 32 bits a pixel, uncompressed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ImageCodecs.h"

#include <algorithm>

namespace qc {

namespace {

/// One colour's bits inside a pixel word.
struct Channel {
  uint32_t mask = 0;
  int shift = 0;
  uint32_t maximum = 0;

  explicit Channel(uint32_t mask = 0) : mask(mask) {
    while (mask && !(mask & 1)) {
      mask >>= 1;
      ++shift;
    }
    maximum = mask;
  }
  uint8_t value(uint32_t pixel) const {
    if (!maximum)
      return 0;
    uint64_t bits = (pixel & mask) >> shift;
    return static_cast<uint8_t>((bits * 255 + maximum / 2) / maximum);
  }
};

class BmpDecoder {
public:
  explicit BmpDecoder(std::string_view bytes) : bytes(bytes) {}

  Result<Image> decode() {
    if (bytes.size() < 26)
      return error("it is truncated");
    if (Status status = readHeader(); !status)
      return status;
    if (Status status = readColors(); !status)
      return status;
    if (Status status = checkImageSize(static_cast<uint64_t>(width),
                                       static_cast<uint64_t>(height));
        !status)
      return status;
    // Rows are padded to four bytes.
    size_t stride = (static_cast<size_t>(width) * bits + 31) / 32 * 4;
    if (pixelsAt > bytes.size() ||
        (bytes.size() - pixelsAt) / stride < static_cast<size_t>(height))
      return error("it is truncated");
    Image image(static_cast<int>(width), static_cast<int>(height), 3);
    for (int y = 0; y < image.height; ++y) {
      int line = topDown ? y : image.height - 1 - y;
      if (Status status =
              readRow(pixelsAt + stride * static_cast<size_t>(line), image, y);
          !status)
        return status;
    }
    return image;
  }

private:
  uint32_t little(size_t at, size_t size) const {
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i)
      value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[at + i]))
               << 8 * i;
    return value;
  }

  Status readHeader() {
    pixelsAt = little(10, 4);
    headerSize = little(14, 4);
    bool oldForm = headerSize == 12;
    if (!oldForm && (headerSize < 40 || bytes.size() < 54))
      return error("its header of ", headerSize, " bytes is of no known form");
    if (oldForm) {
      width = little(18, 2);
      height = little(20, 2);
      bits = little(24, 2);
    } else {
      width = static_cast<int32_t>(little(18, 4));
      int64_t signedHeight = static_cast<int32_t>(little(22, 4));
      topDown = signedHeight < 0;
      height = topDown ? -signedHeight : signedHeight;
      bits = little(28, 2);
      compression = little(30, 4);
      paletteSize = little(46, 4);
    }
    if (width <= 0 || height <= 0)
      return error("it claims a size of ", width, "x", height, " pixels");
    return ok();
  }

  Status readColors() {
    bool fields = compression == 3 && (bits == 16 || bits == 32);
    if (compression != 0 && !fields)
      return error("it uses BMP compression ", compression,
                   ", expected an uncompressed file");
    if (bits == 16 || bits == 32) {
      bool wide = bits == 32;
      channels[0] = Channel(wide ? 0xff0000 : 0x7c00);
      channels[1] = Channel(wide ? 0xff00 : 0x3e0);
      channels[2] = Channel(wide ? 0xff : 0x1f);
      // The masks follow the basic header, or are part of a longer one.
      if (fields && bytes.size() < 66)
        return error("it is truncated");
      for (size_t c = 0; fields && c < 3; ++c)
        channels[c] = Channel(little(54 + 4 * c, 4));
      return ok();
    }
    if (bits == 24)
      return ok();
    if (bits != 1 && bits != 4 && bits != 8)
      return error("it has ", bits,
                   " bits a pixel, expected 1, 4, 8, 16, 24 or 32");
    entrySize = headerSize == 12 ? 3 : 4;
    if (paletteSize == 0 || paletteSize > 1u << bits)
      paletteSize = 1u << bits;
    paletteAt = 14 + size_t{headerSize};
    if (paletteAt > bytes.size() ||
        bytes.size() - paletteAt < paletteSize * entrySize)
      return error("it is truncated");
    return ok();
  }

  Status readRow(size_t at, Image &image, int y) const {
    uint8_t *to = image.row(y);
    for (size_t x = 0; x < static_cast<size_t>(image.width); ++x, to += 3) {
      if (bits == 24) {
        for (size_t c = 0; c < 3; ++c)
          to[c] = static_cast<uint8_t>(bytes[at + 3 * x + 2 - c]);
      } else if (bits >= 16) {
        uint32_t pixel = little(at + x * bits / 8, bits / 8);
        for (size_t c = 0; c < 3; ++c)
          to[c] = channels[c].value(pixel);
      } else {
        size_t bit = x * bits;
        uint32_t byte = static_cast<uint8_t>(bytes[at + bit / 8]);
        uint32_t index = byte >> (8 - bits - bit % 8) & ((1u << bits) - 1);
        if (index >= paletteSize)
          return error("pixel ", x, ",", y, " has colour ", index,
                       " of a palette of ", paletteSize);
        for (size_t c = 0; c < 3; ++c)
          to[c] = static_cast<uint8_t>(
              bytes[paletteAt + index * entrySize + 2 - c]);
      }
    }
    return ok();
  }

  std::string_view bytes;
  size_t pixelsAt = 0, paletteAt = 0, entrySize = 4;
  uint32_t headerSize = 0, bits = 0, compression = 0, paletteSize = 0;
  int64_t width = 0, height = 0;
  bool topDown = false;
  Channel channels[3];
};

} // namespace

Result<Image> decodeBmp(std::string_view bytes) {
  return BmpDecoder(bytes).decode();
}

} // namespace qc
