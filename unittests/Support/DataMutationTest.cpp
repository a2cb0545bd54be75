// Samples with a few bytes changed, cut off or put in: each is read or refused
// in words, without harm. Meant for builds with sanitizers as well.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Dataset.h"

#include "TempFolder.h"
#include "qc/Support/Npy.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

using namespace qc;

namespace {
/// A picture of 8x6 as a .bmp of 24 bits.
std::string makeBmp() {
  std::string bytes(54 + 8 * 6 * 3, '\x40');
  auto put = [&](size_t at, uint32_t value, int size) {
    for (int i = 0; i < size; ++i)
      bytes[at + i] = static_cast<char>(value >> (8 * i));
  };
  bytes[0] = 'B';
  bytes[1] = 'M';
  put(2, uint32_t(bytes.size()), 4);
  put(6, 0, 4);
  put(10, 54, 4);
  put(14, 40, 4);
  put(18, 8, 4);
  put(22, 6, 4);
  put(26, 1, 2);
  put(28, 24, 2);
  for (size_t at = 30; at < 54; at += 4)
    put(at, 0, 4);
  return bytes;
}

std::string readWhole(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Files of every form, as they should be, by suffix.
std::vector<std::pair<std::string, std::string>>
makeSeeds(const TempFolder &folder) {
  Tensor floats(DType::F32, {1, 3, 6, 8}), bytes(DType::U8, {6, 8, 3});
  std::fill(floats.data<float>(), floats.data<float>() + 144, 0.5f);
  std::fill(bytes.data<uint8_t>(), bytes.data<uint8_t>() + 144, uint8_t(7));
  EXPECT_TRUE(writeNpy(folder.path("a.npy"), floats));
  EXPECT_TRUE(writeNpy(folder.path("b.npy"), bytes));
  EXPECT_TRUE(writeNpz(folder.path("c.npz"), {{"x", floats}, {"y", bytes}}));
  return {{"npy", readWhole(folder.path("a.npy"))},
          {"npy", readWhole(folder.path("b.npy"))},
          {"npz", readWhole(folder.path("c.npz"))},
          {"bin", std::string(3 * 6 * 8 * 4, '\x3c')},
          {"raw", std::string(3 * 6 * 8 * 4, '\0')},
          {"rgbchw", std::string(2 * 3 * 6 * 8 * 4, '\x3c')},
          {"ppm", "P6 8 6 255\n" + std::string(144, 'x')},
          {"pgm", "P5 8 6 255\n" + std::string(48, 'x')},
          {"bmp", makeBmp()},
          {"txt", "# samples\na.npy\nb.npy\nc.npz\n"}};
}

std::string mutate(std::string bytes, std::mt19937 &random) {
  static const std::string odd[] = {"nan", "-1",   "99999999999", "(,)",
                                    "'",   "\xff", "{",           "../",
                                    "\n",  "True", "<f8",         "|O"};
  for (size_t n = 1 + random() % 4; n > 0 && !bytes.empty(); --n) {
    // Heads decide most.
    size_t at = random() % (random() % 2 ? bytes.size()
                                         : std::min<size_t>(bytes.size(), 140));
    switch (random() % 6) {
    case 0:
      bytes[at] = static_cast<char>(random());
      break;
    case 1:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
      break;
    case 2:
      bytes.erase(at, 1 + random() % 30);
      break;
    case 3:
      bytes.insert(at, odd[random() % std::size(odd)]);
      break;
    case 4:
      bytes.resize(at);
      break;
    default:
      bytes.insert(at, random() % 300, static_cast<char>(random()));
    }
  }
  return bytes;
}
} // namespace

TEST(DataMutation, EveryForm) {
  TempFolder folder;
  auto seeds = makeSeeds(folder);
  std::mt19937 random(23);
  int read = 0, refused = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto &[suffix, bytes] = seeds[random() % seeds.size()];
    std::string path = folder.write("mutated." + suffix, mutate(bytes, random));
    InputSignature input{"x", DType::F32, {1, 3, 6, 8}, {}};
    if (random() % 2)
      input.preprocess = *PreprocessSpec::parse("resize=6x8 mean=127.5 std=50");
    DatasetOptions options;
    options.raw = random() % 2;
    options.skipBad = random() % 2;
    auto dataset = Dataset::open(path, {input}, options);
    if (!dataset) {
      EXPECT_FALSE(dataset.message().empty());
      ++refused;
      continue;
    }
    for (int64_t i = 0; i < std::min<int64_t>((*dataset)->size(), 3); ++i) {
      auto sample = (*dataset)->sample(i);
      if (!sample)
        EXPECT_FALSE(sample.message().empty());
      else if (*sample)
        EXPECT_EQ((*sample)->inputs[0].numElements(), 144);
      sample ? ++read : ++refused;
    }
  }
  EXPECT_GT(read, 100);
  EXPECT_GT(refused, 100);
}

TEST(DataMutation, RandomSpecs) {
  std::mt19937 random(5);
  const std::string seeds[] = {"random:3", "random:3:7", "random:1:18446744"};
  for (int round = 0; round < 500; ++round) {
    auto dataset = Dataset::open(mutate(seeds[random() % 3], random),
                                 {{"x", DType::F32, {1, 2}, {}}});
    if (!dataset)
      EXPECT_FALSE(dataset.message().empty());
    else if ((*dataset)->size() > 0)
      (void)(*dataset)->sample(0);
  }
}
