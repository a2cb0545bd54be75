// PPM and PGM, binary (P5, P6) and text (P2, P3).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ImageCodecs.h"

namespace qc {

namespace {

class PnmDecoder {
public:
  explicit PnmDecoder(std::string_view bytes) : bytes(bytes) {}

  Result<Image> decode() {
    char kind = bytes[1];
    at = 2;
    bool binary = kind >= '5';
    std::optional<uint32_t> width = number(), height = number(),
                            maximum = number();
    if (!width || !height || !maximum)
      return error("its header lacks width, height or maximum");
    if (*maximum == 0 || *maximum > 65535)
      return error("its maximum is ", *maximum, ", expected 1 to 65535");
    if (Status status = checkImageSize(*width, *height); !status)
      return status;
    ++at; // the one blank after the maximum
    int channels = kind == '3' || kind == '6' ? 3 : 1;
    size_t count =
        static_cast<size_t>(*width) * *height * static_cast<size_t>(channels);
    size_t sampleSize = *maximum > 255 ? 2 : 1;
    // A text sample takes a digit and a blank, the last one a digit.
    size_t least = binary ? count * sampleSize : count * 2 - 1;
    if (at > bytes.size() || bytes.size() - at < least)
      return error("it is truncated");
    Image image(static_cast<int>(*width), static_cast<int>(*height), channels);
    for (uint8_t &pixel : image.pixels) {
      std::optional<uint32_t> value = binary ? sample(sampleSize) : number();
      if (!value)
        return error("it is truncated");
      if (*value > *maximum)
        return error("it holds the value ", *value, " above its maximum ",
                     *maximum);
      pixel = static_cast<uint8_t>((*value * 255 + *maximum / 2) / *maximum);
    }
    return channels == 1 ? grayToColor(image) : std::move(image);
  }

private:
  std::optional<uint32_t> number() {
    auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (at < bytes.size() && (blank(bytes[at]) || bytes[at] == '#')) {
      if (bytes[at] == '#')
        while (at < bytes.size() && bytes[at] != '\n')
          ++at;
      else
        ++at;
    }
    size_t begin = at;
    uint32_t value = 0;
    for (; at < bytes.size() && bytes[at] >= '0' && bytes[at] <= '9'; ++at) {
      if (value > 1u << 28)
        return std::nullopt;
      value = value * 10 + static_cast<uint32_t>(bytes[at] - '0');
    }
    if (at == begin)
      return std::nullopt;
    return value;
  }
  std::optional<uint32_t> sample(size_t size) {
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i)
      value = value << 8 | static_cast<uint8_t>(bytes[at++]);
    return value;
  }

  std::string_view bytes;
  size_t at = 0;
};

} // namespace

Result<Image> decodePnm(std::string_view bytes) {
  return PnmDecoder(bytes).decode();
}

} // namespace qc
