// What --input-shape accepts.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Import/Onnx/Import.h"

#include <gtest/gtest.h>

using namespace qc;

TEST(InputShape, ReadsNameAndSizes) {
  auto parsed = parseInputShape("data=1x3x224x224");
  ASSERT_TRUE(parsed) << parsed.message();
  EXPECT_EQ(parsed->first, "data");
  EXPECT_EQ(parsed->second, (std::vector<int64_t>{1, 3, 224, 224}));
}

TEST(InputShape, NamesMayHoldTheSeparators) {
  auto parsed = parseInputShape("input:0=x=8");
  ASSERT_TRUE(parsed) << parsed.message();
  EXPECT_EQ(parsed->first, "input:0=x");
  EXPECT_EQ(parsed->second, std::vector<int64_t>{8});
}

TEST(InputShape, NothingIsAScalar) {
  auto parsed = parseInputShape("x=");
  ASSERT_TRUE(parsed) << parsed.message();
  EXPECT_TRUE(parsed->second.empty());
}

TEST(InputShape, RefusesWhatIsNoShape) {
  for (const char *text : {"", "x", "=1x2", "x=1x", "x=axb", "x=-1x3", "x=0",
                           "x=99999999999999999999"}) {
    auto parsed = parseInputShape(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.message().find("name=1x3x224x224"), std::string::npos);
  }
}
