// Strings, suggestions, checksums, progress lines and tensor helpers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Checksum.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/Progress.h"
#include "qc/Support/Strings.h"
#include "qc/Support/Tensor.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>

using namespace qc;

TEST(Strings, SplitAndTrim) {
  EXPECT_EQ(split("a,,b", ',').size(), 3u);
  EXPECT_EQ(splitBlanks("  a \t b ").size(), 2u);
  EXPECT_TRUE(splitBlanks(" \t").empty());
  EXPECT_EQ(trim("\t x y \r\n"), "x y");
  EXPECT_EQ(splitLines("a\r\nb\n").size(), 2u);
  EXPECT_EQ(splitLines("a\r\nb")[0], "a");
  EXPECT_TRUE(splitLines("").empty());
  EXPECT_EQ(splitLines("\n\n").size(), 2u);
}

TEST(Strings, NumbersAreStrict) {
  EXPECT_EQ(parseInteger("-12"), -12);
  EXPECT_EQ(parseInteger("+3"), 3);
  EXPECT_FALSE(parseInteger("3x"));
  EXPECT_FALSE(parseInteger(""));
  EXPECT_FALSE(parseInteger("99999999999999999999"));
  EXPECT_EQ(parseNumber("1e-3"), 1e-3);
  EXPECT_FALSE(parseNumber("1,5"));
  EXPECT_EQ(formatFloat(0.1f), "0.1");
  EXPECT_EQ(parseNumber(formatDouble(1.0 / 3)), 1.0 / 3);
}

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(editDistance("", "abc"), 3u);
  EXPECT_EQ(editDistance("kitten", "sitting"), 3u);
  EXPECT_EQ(editDistance("corp", "crop"), 1u); // a swap is one slip
  EXPECT_EQ(editDistance("same", "same"), 0u);
}

TEST(EditDistance, SuggestsOnlyWhatIsNear) {
  std::vector<std::string> known = {"resize", "crop", "mean", "std"};
  EXPECT_EQ(nearestName("reszie", known), "resize");
  EXPECT_EQ(nearestName("Mean", known), "mean");
  EXPECT_EQ(nearestName("wavelength", known), "");
  EXPECT_EQ(suggestName("corp", known), "; did you mean 'crop'?");
  EXPECT_EQ(suggestName("wavelength", known),
            "; known: resize, crop, mean, std");
}

TEST(EditDistance, FindsWhatATableHasCut) {
  std::vector<std::string> known = {"block1_conv", "block1_conv", "block2_conv",
                                    "block2_add"};
  EXPECT_EQ(findCutName("block1..v", known), "block1_conv");
  EXPECT_EQ(findCutName("block2_..dd", known), "block2_add");
  EXPECT_EQ(findCutName("bl..conv", known), "");       // two are
  EXPECT_EQ(findCutName("block1_co..onv", known), ""); // longer than the name
  EXPECT_EQ(findCutName("..conv", known), "");
  EXPECT_EQ(suggestName("block2..d", known), "; did you mean 'block2_add'?");
}

TEST(EditDistance, ListsEachNameOnceAndNotAll) {
  EXPECT_EQ(suggestName("elsewhere", {"a", "b", "a"}), "; known: a, b");
  std::vector<std::string> many;
  for (int i = 0; i < 40; ++i)
    many.push_back("n" + std::to_string(i));
  std::string text = suggestName("elsewhere", many);
  EXPECT_NE(text.find("n29, ... (40 in all)"), std::string::npos);
}

TEST(Checksum, KnownValueAndPieces) {
  EXPECT_EQ(crc64("123456789", 9), 0x995dc9bbdf1939faull);
  std::string text = "a longer text that is checked in two uneven pieces";
  EXPECT_EQ(crc64(text.data() + 13, text.size() - 13, crc64(text.data(), 13)),
            crc64(text.data(), text.size()));
  EXPECT_EQ(hexString(0xabc), "0000000000000abc");
}

static std::string progressOutput(bool terminal, int64_t total, bool finish) {
  std::FILE *file = std::tmpfile();
  {
    ProgressPrinter printer(file, terminal, /*patience=*/0);
    Progress progress("load", total, &printer);
    for (int64_t i = 0; i < total; ++i)
      EXPECT_TRUE(progress.advance());
    if (finish)
      progress.finish();
  }
  std::string text(static_cast<size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  return text;
}

TEST(Progress, OneLineInALog) {
  std::string text = progressOutput(false, 1000, true);
  EXPECT_EQ(splitLines(text).size(), 1u);
  EXPECT_TRUE(startsWith(text, "load  1000/1000  ")) << text;
  EXPECT_EQ(progressOutput(false, 3, false), "");
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(Progress, WhatIsQuickIsNotToldOf) {
  std::FILE *file = std::tmpfile();
  {
    ProgressPrinter printer(file, /*terminal=*/true, /*patience=*/3600);
    Progress progress("load", 10, &printer);
    for (int i = 0; i < 10; ++i)
      EXPECT_TRUE(progress.advance());
    progress.finish();
  }
  EXPECT_EQ(std::ftell(file), 0);
  std::fclose(file);
}

TEST(Progress, OnATerminalItEndsInOneLine) {
  std::string text = progressOutput(true, 10, true);
  EXPECT_TRUE(startsWith(text, "\r\x1b[K")) << text;
  EXPECT_EQ(splitLines(text).size(), 1u);
}

TEST(Progress, AListenerMayEndTheLoop) {
  struct Impatient : ProgressListener {
    void update(const std::string &, int64_t done, int64_t) override {
      seen.push_back(done);
    }
    void abandon() override { abandoned = true; }
    bool isCancelled() const override { return seen.size() > 2; }
    std::vector<int64_t> seen;
    bool abandoned = false;
  } listener;
  {
    Progress progress("load", 10, &listener);
    EXPECT_TRUE(progress.advance());
    EXPECT_TRUE(progress.advance());
    EXPECT_EQ(progress.advance().message(), "load was cancelled");
  }
  EXPECT_EQ(listener.seen, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_TRUE(listener.abandoned);
}

TEST(Progress, Durations) {
  EXPECT_EQ(formatDuration(5.4), "0:05");
  EXPECT_EQ(formatDuration(754), "12:34");
  EXPECT_EQ(formatDuration(3723), "1:02:03");
}

TEST(Tensor, SharesAndClones) {
  Tensor tensor = Tensor::fromVector<float>({1, 2, 3, 4, 5, 6}, {3, 2});
  Tensor copy = tensor, clone = tensor.clone(), row = tensor.rows(1, 2);
  copy.data<float>()[2] = 9;
  EXPECT_EQ(tensor.data<float>()[2], 9);
  EXPECT_EQ(clone.data<float>()[2], 3);
  EXPECT_EQ(row.shape(), (Shape{2, 2}));
  EXPECT_EQ(row.data<float>()[0], 9);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(tensor.raw()) % 64, 0u);
  EXPECT_EQ(tensor.reshaped({6}).dim(0), 6);
  EXPECT_EQ(Tensor().numElements(), 0);
}

TEST(Tensor, CountsRefuseWhatCannotBeAddressed) {
  EXPECT_EQ(countElements({}), 1);
  EXPECT_EQ(countElements({2, 0, 3}), 0);
  EXPECT_FALSE(countElements({-1, 2}));
  EXPECT_FALSE(countElements({int64_t{1} << 40, int64_t{1} << 40}));
  EXPECT_EQ(shapeString({1, 3, 224}), "1x3x224");
  EXPECT_EQ(dtypeFromName("uint8"), DType::U8);
  EXPECT_FALSE(dtypeFromName("complex64"));
}

TEST(Strings, WhatHarmsATerminalIsWrittenOut) {
  EXPECT_EQ(printable("conv1/Relu:0 h\xc3\xa9"), "conv1/Relu:0 h\xc3\xa9");
  EXPECT_EQ(printable("\x1b[2J"), "\\x1b[2J");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
  EXPECT_EQ(printable("a\nb\tc\rd\x7f"), "a\\nb\\tc\\rd\\x7f");
  EXPECT_EQ(printableLines("a\nb\tc\rd"), "a\nb\tc\\rd");
  // Not UTF-8: a lone lead byte, a lone continuation, an overlong slash, half a
  // surrogate pair, beyond Unicode.
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(printable("\x80x"), "\\x80x");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");
  EXPECT_EQ(printable("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80");
  // C1 controls and marks that turn the direction of text.
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\xe2\\x80\\xae");
}

TEST(Strings, QuotedNamesReadBack) {
  EXPECT_EQ(quoteName("a b"), "a b");
  EXPECT_EQ(quoteName("#a\n\"\\"), "\"#a\\n\\\"\\\\\"");
  for (int c = 0; c < 256; ++c)
    for (std::string name :
         {std::string(1, char(c)), "x" + std::string(1, char(c)) + "y"}) {
      std::string quoted = quoteName(name);
      EXPECT_EQ(unquoteName(quoted), name);
      EXPECT_EQ(printable(quoted), quoted);
    }
  for (const char *bad : {"\"", "\"a", "\"a\"b", "\"\\q\"", "\"\\x1\"", "\"\\"})
    EXPECT_FALSE(unquoteName(bad)) << bad;
}
