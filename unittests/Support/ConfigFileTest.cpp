// Options files: ini, flags and YAML as flat entries.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/ConfigFile.h"

#include <gtest/gtest.h>

namespace qc {
namespace {

TEST(ConfigFile, Ini) {
  auto file = ConfigFile::parse("a = 1\n[B]\n; all of a line\nc = 1:2:3 # no\n"
                                "d: x y\ne =\n",
                                "f", ConfigSyntax::Ini);
  ASSERT_TRUE(file) << file.message();
  ASSERT_EQ(file->entries.size(), 4u);
  EXPECT_EQ(file->entries[0].getName(), "a");
  EXPECT_EQ(file->entries[1].getName(), "B.c");
  EXPECT_EQ(file->entries[1].values, std::vector<std::string>{"1:2:3"});
  EXPECT_EQ(file->entries[1].line, 4u);
  EXPECT_EQ(file->entries[2].values, std::vector<std::string>{"x y"});
  EXPECT_TRUE(file->entries[3].values.empty());
}

TEST(ConfigFile, IniMistakes) {
  for (const char *text : {"[a", "[]", "word", "= 1", "a=1\na=2"}) {
    auto file = ConfigFile::parse(text, "f", ConfigSyntax::Ini);
    EXPECT_FALSE(file) << text;
    EXPECT_EQ(file.message().rfind("f:", 0), 0u) << file.message();
  }
}

TEST(ConfigFile, Flags) {
  auto file = ConfigFile::parse("tool --a=1 -b two --c --d -1 \\\n  'e f' --g "
                                "\"h i\"\n",
                                "f", ConfigSyntax::Flags);
  ASSERT_TRUE(file) << file.message();
  std::vector<std::pair<std::string, std::vector<std::string>>> found;
  for (const ConfigEntry &entry : file->entries)
    found.push_back({entry.getName(), entry.values});
  decltype(found) wanted = {
      {"command", {"tool"}}, {"a", {"1"}},          {"b", {"two"}}, {"c", {}},
      {"d", {"-1"}},         {"argument", {"e f"}}, {"g", {"h i"}}};
  EXPECT_EQ(found, wanted);
  EXPECT_FALSE(ConfigFile::parse("--a 'b", "f", ConfigSyntax::Flags));
}

TEST(ConfigFile, Yaml) {
  auto file = ConfigFile::parse("a: {b: [1, x], c: {}}\nd: ~\n", "f",
                                ConfigSyntax::Yaml);
  ASSERT_TRUE(file) << file.message();
  ASSERT_EQ(file->entries.size(), 3u);
  EXPECT_EQ(file->entries[0].getName(), "a.b");
  EXPECT_TRUE(file->entries[0].isList);
  EXPECT_EQ(file->entries[0].values, (std::vector<std::string>{"1", "x"}));
  EXPECT_TRUE(file->entries[2].values.empty());
  EXPECT_EQ(file->entries[2].line, 2u);
}

/// A short file whose aliases mean a long one, or one without an end.
TEST(ConfigFile, YamlBombs) {
  std::string text = "a: &a {x: 1, y: 2, z: 3, w: 4}\n";
  for (char c = 'b'; c < 'g'; ++c) {
    std::string before = "*" + std::string(1, c - 1);
    text += std::string(1, c) + ": &" + c + " {";
    for (int i = 0; i < 16; ++i)
      text += std::to_string(i) + ": " + before + (i < 15 ? ", " : "}\n");
  }
  EXPECT_FALSE(ConfigFile::parse(text, "f", ConfigSyntax::Yaml));
  std::string deep(20000, '[');
  EXPECT_FALSE(ConfigFile::parse("a: " + deep, "f", ConfigSyntax::Yaml));
  std::string maps;
  for (int i = 0; i < 20; ++i)
    maps += "{a: ";
  EXPECT_FALSE(ConfigFile::parse(maps + "1" + std::string(20, '}'), "f",
                                 ConfigSyntax::Yaml));
}

TEST(ConfigFile, Guess) {
  EXPECT_EQ(guessConfigSyntax("; x\n[A]\n"), ConfigSyntax::Ini);
  EXPECT_EQ(guessConfigSyntax("# x\n---\na: b\n"), ConfigSyntax::Yaml);
  EXPECT_EQ(guessConfigSyntax("{\"a\": 1}"), ConfigSyntax::Yaml);
  EXPECT_EQ(guessConfigSyntax("tool --a=b\n"), ConfigSyntax::Flags);
  EXPECT_EQ(guessConfigSyntax("--a=b\n"), ConfigSyntax::Flags);
  EXPECT_EQ(guessConfigSyntax("a = b\n"), ConfigSyntax::Ini);
  EXPECT_EQ(guessConfigSyntax(""), ConfigSyntax::Yaml);
}

} // namespace
} // namespace qc
