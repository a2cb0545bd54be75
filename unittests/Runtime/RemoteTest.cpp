// The protocol of qcrt-server, without sockets: rules, and mutated sessions.
// Meant for builds with sanitizers as well.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qcrt/Remote.h"
#include "OpBuilder.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

using namespace qcrt;
using namespace qcrt::remote;

namespace {
/// Reads from bytes that are there, keeps what is written.
class MemoryChannel : public Channel {
public:
  explicit MemoryChannel(std::vector<uint8_t> bytes = {})
      : input(std::move(bytes)) {}

  bool read(void *bytes, size_t size, std::string &error) override {
    if (input.size() - at < size) {
      error = at == input.size() ? kClosed : "the connection ended";
      return false;
    }
    std::memcpy(bytes, input.data() + at, size);
    at += size;
    return true;
  }
  bool write(const void *bytes, size_t size, std::string &) override {
    const auto *from = static_cast<const uint8_t *>(bytes);
    output.insert(output.end(), from, from + size);
    return true;
  }

  std::vector<uint8_t> input, output;
  size_t at = 0;
};

void add(std::vector<uint8_t> &bytes, Kind kind,
         const std::vector<uint8_t> &payload) {
  MemoryChannel channel;
  std::string error;
  writeFrame(channel, kind, {{payload.data(), payload.size()}}, error);
  bytes.insert(bytes.end(), channel.output.begin(), channel.output.end());
}

std::vector<uint8_t> makeModel() {
  std::vector<uint8_t> bytes;
  std::string error;
  EXPECT_TRUE(writeProgram(test::exampleProgram(), bytes, error)) << error;
  return bytes;
}

/// A hello, a model and `runs` runs.
std::vector<uint8_t> makeSession(const std::string &token, int runs) {
  std::vector<uint8_t> bytes;
  add(bytes, Kind::Hello, makeHello(token));
  add(bytes, Kind::Model, makeModel());
  for (int i = 0; i < runs; ++i)
    add(bytes, Kind::Run, std::vector<uint8_t>(64, uint8_t(i)));
  return bytes;
}

std::vector<Frame> readAll(const std::vector<uint8_t> &bytes) {
  MemoryChannel channel(bytes);
  std::vector<Frame> frames;
  std::string error;
  for (Frame frame; readFrame(channel, 1 << 20, frame, error);)
    frames.push_back(frame);
  EXPECT_EQ(error, kClosed);
  return frames;
}

std::string toText(const Frame &frame) {
  return {frame.payload.begin(), frame.payload.end()};
}
} // namespace

TEST(Remote, ServesRuns) {
  MemoryChannel channel(makeSession("secret", 3));
  EXPECT_EQ(serve(channel, {}, "secret"), "3 runs");
  std::vector<Frame> frames = readAll(channel.output);
  ASSERT_EQ(frames.size(), 5U);
  for (const Frame &frame : frames)
    EXPECT_EQ(frame.kind, Kind::Done) << toText(frame);
  EXPECT_EQ(frames[2].payload.size(), 8U + 16U);
}

TEST(Remote, AsksForTheToken) {
  for (const char *token : {"", "secre", "secret1", "Secret", "secretsecret"}) {
    MemoryChannel channel(makeSession(token, 1));
    EXPECT_EQ(serve(channel, {}, "secret"), "a client with a wrong token");
    std::vector<Frame> frames = readAll(channel.output);
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].kind, Kind::Failed);
  }
}

TEST(Remote, NothingBeforeTheHello) {
  std::vector<uint8_t> bytes;
  add(bytes, Kind::Run, std::vector<uint8_t>(64));
  MemoryChannel channel(bytes);
  EXPECT_EQ(serve(channel, {}, ""), "a client that speaks another protocol");
  // Who has not said hello cannot make the server hold much.
  bytes.clear();
  add(bytes, Kind::Hello, std::vector<uint8_t>(kSmallFrame + 1));
  MemoryChannel large(bytes);
  EXPECT_NE(serve(large, {}, "").find("4096 are allowed"), std::string::npos);
}

TEST(Remote, KeepsToItsLimits) {
  Limits limits;
  limits.modelBytes = 100;
  MemoryChannel model(makeSession("", 1));
  EXPECT_NE(serve(model, limits, "").find("100 are allowed"),
            std::string::npos);
  limits = {};
  limits.memoryBytes = 64;
  MemoryChannel memory(makeSession("", 1));
  serve(memory, limits, "");
  std::vector<Frame> frames = readAll(memory.output);
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_NE(toText(frames[1]).find("needs more than the 64 bytes"),
            std::string::npos);
  EXPECT_EQ(toText(frames[2]), "there is no model to run");
}

TEST(Remote, RefusesAndGoesOn) {
  std::vector<uint8_t> bytes;
  add(bytes, Kind::Hello, makeHello(""));
  add(bytes, Kind::Model, {1, 2, 3});
  add(bytes, Kind::Model, makeModel());
  add(bytes, Kind::Run, std::vector<uint8_t>(63));
  add(bytes, Kind::Run, std::vector<uint8_t>(64));
  MemoryChannel channel(bytes);
  EXPECT_EQ(serve(channel, {}, ""), "1 runs");
  std::vector<Frame> frames = readAll(channel.output);
  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(frames[1].kind, Kind::Failed);
  EXPECT_EQ(frames[2].kind, Kind::Done);
  EXPECT_EQ(toText(frames[3]), "inputs of 63 bytes, the model takes 64");
  EXPECT_EQ(frames[4].kind, Kind::Done);
}

TEST(Remote, EveryBeginningOfASession) {
  std::vector<uint8_t> session = makeSession("t", 1);
  for (size_t size = 0; size < session.size(); ++size) {
    MemoryChannel channel({session.begin(), session.begin() + size});
    serve(channel, {}, "t");
    EXPECT_LE(channel.at, size);
  }
}

TEST(Remote, MutatedSessions) {
  std::mt19937 random(3);
  const std::vector<uint8_t> session = makeSession("t", 2);
  Limits limits;
  limits.modelBytes = 1 << 16;
  limits.memoryBytes = 1 << 20;
  for (int round = 0; round < 20000; ++round) {
    std::vector<uint8_t> bytes = session;
    for (unsigned n = 1 + random() % 4; n > 0; --n) {
      size_t at = random() % bytes.size();
      switch (random() % 5) {
      case 0:
        bytes[at] = uint8_t(random());
        break;
      case 1:
        bytes[at] ^= uint8_t(1u << random() % 8);
        break;
      case 2:
        bytes.erase(bytes.begin() + at,
                    bytes.begin() + std::min(bytes.size(), at + random() % 40));
        break;
      case 3:
        bytes.insert(bytes.begin() + at, random() % 20, uint8_t(random()));
        break;
      default:
        // Sizes and kinds stand in the headers.
        bytes[at / 16 * 16] = 0xff;
      }
      if (bytes.empty())
        bytes.push_back(0);
    }
    MemoryChannel channel(bytes);
    serve(channel, limits, round % 2 ? "t" : "");
    // What the server says is always in frames.
    readAll(channel.output);
    if (HasFailure())
      break;
  }
}
