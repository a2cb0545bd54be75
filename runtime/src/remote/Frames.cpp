// Frames of the protocol of qcrt-server.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qcrt/Remote.h"

#include <algorithm>
#include <cstring>

namespace qcrt::remote {

static constexpr uint8_t kMagic[4] = {'Q', 'C', 'R', '1'};
static constexpr size_t kHeaderBytes = 16;
static constexpr size_t kChunk = size_t(1) << 20;

Channel::~Channel() = default;

template <typename T> static void put(uint8_t *to, T value) {
  for (size_t i = 0; i < sizeof(T); ++i)
    to[i] = static_cast<uint8_t>(value >> (8 * i));
}

template <typename T> static T get(const uint8_t *from) {
  T value = 0;
  for (size_t i = 0; i < sizeof(T); ++i)
    value |= static_cast<T>(from[i]) << (8 * i);
  return value;
}

bool readFrame(Channel &channel, uint64_t most, Frame &frame,
               std::string &error) {
  channel.beginMessage();
  uint8_t header[kHeaderBytes];
  if (!channel.read(header, sizeof header, error))
    return false;
  if (std::memcmp(header, kMagic, sizeof kMagic) != 0) {
    error = "what came is no frame of qcrt";
    return false;
  }
  auto kind = get<uint32_t>(header + 4);
  auto size = get<uint64_t>(header + 8);
  if (kind < uint32_t(Kind::Hello) || kind > uint32_t(Kind::Failed)) {
    error = "a frame of the unknown kind " + std::to_string(kind);
    return false;
  }
  if (size > most) {
    error = "a frame of " + std::to_string(size) + " bytes, of which " +
            std::to_string(most) + " are allowed";
    return false;
  }
  frame.kind = static_cast<Kind>(kind);
  frame.payload.clear();
  while (frame.payload.size() < size) {
    size_t begin = frame.payload.size();
    size_t part = std::min<uint64_t>(size - begin, kChunk);
    frame.payload.resize(begin + part);
    if (!channel.read(frame.payload.data() + begin, part, error)) {
      if (error == kClosed)
        error = "the connection ended in the middle of a message";
      return false;
    }
  }
  return true;
}

bool writeFrame(Channel &channel, Kind kind, const std::vector<Piece> &pieces,
                std::string &error) {
  uint64_t size = 0;
  for (const Piece &piece : pieces)
    size += piece.size;
  uint8_t header[kHeaderBytes];
  std::memcpy(header, kMagic, sizeof kMagic);
  put(header + 4, static_cast<uint32_t>(kind));
  put(header + 8, size);
  channel.beginMessage();
  if (!channel.write(header, sizeof header, error))
    return false;
  for (const Piece &piece : pieces)
    if (piece.size && !channel.write(piece.bytes, piece.size, error))
      return false;
  return true;
}

std::vector<uint8_t> makeHello(const std::string &token) {
  std::vector<uint8_t> hello(4 + token.size());
  put(hello.data(), kProtocolVersion);
  std::memcpy(hello.data() + 4, token.data(), token.size());
  return hello;
}

} // namespace qcrt::remote
