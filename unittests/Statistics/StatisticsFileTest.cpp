// Statistics survive the disk; damage is noticed and named.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/StatisticsFile.h"
#include "qc/Support/Strings.h"

#include <gtest/gtest.h>

#include <random>

using namespace qc;

static StatisticsFile makeFile(unsigned seed, int64_t firstSample,
                               const std::string &source) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  StatisticsFile file;
  file.sources = {source};
  file.samples = 3;
  StatisticsOptions channels;
  channels.channelAxis = 1;
  file.tensors.emplace("conv1", TensorStatistics(channels));
  file.tensors.emplace("input", TensorStatistics());
  for (int64_t i = 0; i < 3; ++i)
    for (auto &[name, statistics] : file.tensors) {
      Tensor tensor(DType::F32, {1, 4, 50});
      for (int64_t k = 0; k < 200; ++k)
        tensor.data<float>()[k] = normal(random);
      EXPECT_TRUE(statistics.update(tensor, firstSample + i));
    }
  return file;
}

TEST(StatisticsFile, RoundTrip) {
  StatisticsFile file = makeFile(1, 0, "a");
  std::string bytes = file.serialize();
  Result<StatisticsFile> read = StatisticsFile::parse(bytes, "x.stats");
  ASSERT_TRUE(read) << read.message();
  EXPECT_EQ(read->serialize(), bytes);
  EXPECT_EQ(diffStatistics(file, *read), "");
  EXPECT_EQ(read->tensors.at("conv1").channels().size(), 4u);
}

TEST(StatisticsFile, AnyNameReadsBack) {
  StatisticsFile file = makeFile(1, 0, "a");
  TensorStatistics statistics = file.tensors.at("input");
  for (const char *name : {"#h", "", "a\nb", "\x1b[31m", "\xff\xfe", " a "})
    file.tensors.emplace(name, statistics);
  Result<StatisticsFile> read = StatisticsFile::parse(file.serialize(), "x");
  ASSERT_TRUE(read) << read.message();
  EXPECT_EQ(diffStatistics(file, *read), "");
  EXPECT_EQ(read->tensors.count("\xff\xfe"), 1u);
  std::string shown = showStatistics(*read);
  EXPECT_NE(shown.find("\n\\xff\\xfe "), std::string::npos);
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_EQ(printableLines(shown), shown);
}

TEST(StatisticsFile, MergeInAnyOrderGivesTheSameBytes) {
  StatisticsFile a = makeFile(1, 0, "a"), b = makeFile(2, 3, "b"),
                 c = makeFile(3, 6, "c");
  StatisticsFile left = a, right = c;
  ASSERT_TRUE(left.merge(b));
  ASSERT_TRUE(left.merge(c));
  ASSERT_TRUE(right.merge(a));
  ASSERT_TRUE(right.merge(b));
  EXPECT_EQ(left.samples, 9u);
  EXPECT_EQ(left.serialize(), right.serialize());
  // Also when a shard went through a file.
  Result<StatisticsFile> stored =
      StatisticsFile::parse(b.serialize(), "b.stats");
  ASSERT_TRUE(stored);
  ASSERT_TRUE(stored->merge(a));
  ASSERT_TRUE(stored->merge(c));
  EXPECT_EQ(left.serialize(), stored->serialize());
}

TEST(StatisticsFile, OtherModelsDoNotMerge) {
  StatisticsFile a = makeFile(1, 0, "a"), b = makeFile(2, 3, "b");
  b.tensors.emplace("extra", TensorStatistics());
  std::string before = a.serialize();
  EXPECT_NE(a.merge(b).message().find("extra"), std::string::npos);
  b.tensors.erase("extra");
  b.tensors.erase("conv1");
  b.tensors.emplace("conv1", TensorStatistics());
  EXPECT_NE(a.merge(b).message().find("conv1"), std::string::npos);
  EXPECT_EQ(a.serialize(), before);
}

TEST(StatisticsFile, DamageIsNamed) {
  std::string bytes = makeFile(1, 0, "a").serialize();
  auto message = [](const std::string &text) {
    return StatisticsFile::parse(text, "x.stats").message();
  };
  EXPECT_EQ(message("hello"), "'x.stats' is not a qc statistics file");
  EXPECT_EQ(message(""), "'x.stats' is not a qc statistics file");
  EXPECT_NE(message(bytes.substr(0, bytes.size() / 2)).find("truncated"),
            std::string::npos);
  std::string newer = bytes;
  newer[8] = 9;
  EXPECT_EQ(message(newer), "'x.stats' has statistics format version 9, this "
                            "program reads 2");
  newer[8] = 1;
  EXPECT_EQ(message(newer), "'x.stats' has statistics format version 1, this "
                            "program reads 2; gather the statistics again");
  for (size_t i = 12; i < bytes.size(); i += 37) {
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x10);
    EXPECT_NE(message(flipped).find("checksum"), std::string::npos) << i;
  }
  EXPECT_EQ(StatisticsFile::read("/no/such.stats").message(),
            "'/no/such.stats' does not exist");
}

TEST(StatisticsFile, FieldsOutOfRangeAreRefusedEvenWithAGoodChecksum) {
  TensorStatistics statistics;
  std::vector<float> values = {1, -3, 0.25f, 7};
  ASSERT_TRUE(statistics.update(values.data(), 1, 1, 4, 0));
  std::string bytes;
  statistics.serialize(bytes);
  for (size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = bytes;
      flipped[i] = static_cast<char>(flipped[i] ^ 1 << bit);
      std::string_view view = flipped;
      // Whatever comes out must at least be usable.
      if (Result<TensorStatistics> read = TensorStatistics::deserialize(view)) {
        read->mean();
        std::string again;
        read->serialize(again);
      }
    }
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::string_view view(bytes.data(), size);
    EXPECT_FALSE(TensorStatistics::deserialize(view)) << size;
  }
}

TEST(StatisticsFile, ShowAndDiff) {
  StatisticsFile a = makeFile(1, 0, "set 1"), b = makeFile(2, 0, "b");
  std::string text = showStatistics(a);
  EXPECT_NE(text.find("2 tensors, 3 samples from set 1"), std::string::npos);
  EXPECT_NE(text.find("conv1"), std::string::npos);
  b.tensors.erase("input");
  std::string difference = diffStatistics(a, b);
  EXPECT_NE(difference.find("input: only in the first"), std::string::npos);
  EXPECT_NE(difference.find("conv1: min "), std::string::npos);
}
