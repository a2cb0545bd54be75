// Calibration tables read back what was written and name what is wrong.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/CalibrationTable.h"

#include <gtest/gtest.h>

using namespace qc;

static std::string messageOf(const std::string &text) {
  return CalibrationTable::parse(text, "t").message();
}

TEST(CalibrationTable, RoundTrip) {
  CalibrationTable table;
  table.tool = "qc 0.1.0";
  table.method = "percentile=0.9999";
  table.samples = 100;
  table.entries = {{"conv1", 2.7182817f, -1.0f / 3, 2.7182817f},
                   {"a name with blanks", 1e-30f, -1e-30f, 0},
                   {"8", 6, 0, 6}};
  Result<CalibrationTable> read =
      CalibrationTable::parse(table.toString(), "t");
  ASSERT_TRUE(read) << read.message();
  EXPECT_EQ(read->tool, table.tool);
  EXPECT_EQ(read->method, table.method);
  EXPECT_EQ(read->samples, 100);
  ASSERT_EQ(read->entries.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read->entries[i].name, table.entries[i].name);
    EXPECT_EQ(static_cast<float>(read->entries[i].min),
              static_cast<float>(table.entries[i].min));
    EXPECT_EQ(static_cast<float>(read->entries[i].threshold),
              static_cast<float>(table.entries[i].threshold));
  }
  EXPECT_EQ(read->toString(), table.toString());
}

TEST(CalibrationTable, TpuMlirForm) {
  Result<CalibrationTable> read =
      CalibrationTable::parse("# generated time: 2024-01-01 10:00:00\n"
                              "# histogram number: 2048\n"
                              "# sample number: 32\n"
                              "# tune number: 5\n"
                              "###\n"
                              "# op_name    threshold    min    max\n"
                              "data 2.6400 -2.1179 2.6400\r\n"
                              "conv1_Relu\t5.5\t0.0\t5.7\n"
                              "\n"
                              "#weight_scale\n"
                              "conv1_w 3 0.1 0.2 0.3\n"
                              "#asym_op\n"
                              "conv1_Relu\n",
                              "t");
  ASSERT_TRUE(read) << read.message();
  EXPECT_EQ(read->samples, 32);
  ASSERT_EQ(read->entries.size(), 2u);
  EXPECT_EQ(read->entries[1].name, "conv1_Relu");
  EXPECT_EQ(read->entries[1].max, 5.7);
  ASSERT_EQ(read->notes.size(), 2u);
  EXPECT_NE(read->notes[0].find("t:10: section '#weight_scale'"),
            std::string::npos);
}

TEST(CalibrationTable, ErrorsGiveTheLine) {
  EXPECT_EQ(messageOf("a 1 0 1\nb 1 0\n"),
            "t:2: expected name threshold min max, found 'b 1 0'");
  EXPECT_EQ(messageOf("a 1 zero 1"),
            "t:1: expected a finite number of single precision, found 'zero'");
  EXPECT_EQ(messageOf("a nan 0 1"),
            "t:1: expected a finite number of single precision, found 'nan'");
  EXPECT_EQ(messageOf("a 1 0 inf"),
            "t:1: expected a finite number of single precision, found 'inf'");
  EXPECT_EQ(messageOf("a 1 2 1"), "t:1: 'a' has min 2 above max 1");
  EXPECT_EQ(messageOf("a 1 0 1\n\na 2 0 2"),
            "t:3: 'a' comes twice, first in line 1");
  EXPECT_EQ(messageOf("a 1 0 1\n#surprise\nx"),
            "t:2: unknown section '#surprise'");
  EXPECT_EQ(messageOf("# nothing\n"), "'t' holds no ranges, expected lines of "
                                      "the form name threshold min max");
  EXPECT_EQ(CalibrationTable::read("/no/such").message(),
            "'/no/such' does not exist");
}

TEST(CalibrationTable, AnyNameReadsBack) {
  CalibrationTable table;
  for (const char *name : {"#h",
                           "# tool: x",
                           "#weight_scale",
                           "",
                           "a\nb",
                           "a\r",
                           " a",
                           "a\t",
                           "\"",
                           "\"a\"",
                           "a\\n",
                           "\\",
                           "a 1 2 3",
                           "\xff\xfe",
                           "\x1b[31mred",
                           "h\xc3\xa9",
                           "\xe2\x80\xae reversed",
                           "\x7f",
                           "a\fb",
                           "\"a"})
    table.entries.push_back({name, 1, -1, 2});
  auto read = CalibrationTable::parse(table.toString(), "t");
  ASSERT_TRUE(read) << read.message();
  ASSERT_EQ(read->entries.size(), table.entries.size());
  for (size_t i = 0; i < table.entries.size(); ++i)
    EXPECT_EQ(read->entries[i].name, table.entries[i].name);
  // What needs no quotes has none, as in tables of old.
  EXPECT_NE(table.toString().find("\na 1 2 3 1 -1 2\n"), std::string::npos);
  EXPECT_NE(table.toString().find("\nh\xc3\xa9 1 -1 2\n"), std::string::npos);
  EXPECT_EQ(messageOf("\"a 1 -1 1"),
            "t:1: the name \"a begins with a quote and does not end with one, "
            "or has an unknown escape");
  EXPECT_NE(messageOf("\"a\\q\" 1 -1 1"), "");
}

TEST(CalibrationTable, NamesAreCheckedAgainstTheModel) {
  CalibrationTable table;
  table.entries = {{"a", 1, 0, 1}, {"b", 1, 0, 1}};
  EXPECT_TRUE(table.checkNames({"b", "a"}));
  EXPECT_EQ(table.checkNames({"a", "c"}).message(),
            "the calibration table does not match the model; not in the model: "
            "'b'; without a range: 'c'");
}
