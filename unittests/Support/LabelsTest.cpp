// Labels from folders, text of each form, and arrays.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Labels.h"

#include "TempFolder.h"
#include "qc/Support/Npy.h"

#include <gtest/gtest.h>

using namespace qc;

class LabelsTest : public ::testing::Test {
protected:
  static constexpr const char *pixel = "P6 1 1 255\nabc";

  std::unique_ptr<Dataset> open(int64_t samples = 0) {
    auto data = Dataset::open(folder.path("data"),
                              {{"image", DType::F32, {1, 3, 1, 1}, {}}},
                              {false, false, samples});
    EXPECT_TRUE(data) << data.message();
    return data ? std::move(*data) : nullptr;
  }
  std::vector<int64_t> labels(const std::string &source, int64_t samples = 0) {
    Result<Labels> loaded = loadLabels(source, *open(samples));
    EXPECT_TRUE(loaded) << loaded.message();
    return loaded ? loaded->ofItem : std::vector<int64_t>();
  }
  std::string message(const std::string &source) {
    return loadLabels(source, *open()).message();
  }
  TempFolder folder;
};

TEST_F(LabelsTest, Folders) {
  folder.write("data/cat/1.ppm", pixel);
  folder.write("data/dog/1.ppm", pixel);
  folder.write("data/ape/1.ppm", pixel);
  EXPECT_EQ(labels(""), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(loadLabels("folder", *open())->classNames,
            (std::vector<std::string>{"ape", "cat", "dog"}));
  std::string names = folder.write("names.txt", "dog\ncat\nape\n");
  EXPECT_EQ(labels(names), (std::vector<int64_t>{2, 1, 0}));
  folder.write("data/x.ppm", pixel);
  EXPECT_NE(message("").find("is in no sub-folder"), std::string::npos);
}

TEST_F(LabelsTest, NumberedFolders) {
  folder.write("data/10/1.ppm", pixel);
  folder.write("data/2/1.ppm", pixel);
  EXPECT_EQ(labels("folder"), (std::vector<int64_t>{10, 2}));
}

TEST_F(LabelsTest, Text) {
  folder.write("data/n01_a.ppm", pixel);
  folder.write("data/n02_b.ppm", pixel);
  folder.write("data/n03_c.ppm", pixel);
  EXPECT_EQ(labels(folder.write("synsets.txt", "n02 two, deux\nn01 one\n\n"
                                               "n03 three\n")),
            (std::vector<int64_t>{1, 0, 2}));
  EXPECT_EQ(
      labels(folder.write("pairs.txt", "n03_c.ppm 7\nn01_a 5\nn02_b.ppm\t6\n")),
      (std::vector<int64_t>{5, 6, 7}));
  EXPECT_EQ(labels(folder.write("csv.txt", "n01_a,1\nn02_b,2\nn03_c,3\n")),
            (std::vector<int64_t>{1, 2, 3}));
  std::string numbers = folder.write("numbers.txt", "4\n5\n6\n");
  EXPECT_EQ(labels(numbers), (std::vector<int64_t>{4, 5, 6}));
  // With fewer samples each keeps its own label.
  EXPECT_EQ(labels(numbers, 2), (std::vector<int64_t>{4, 5}));

  EXPECT_NE(message(folder.write("short.txt", "n01 a\nn02 b\n"))
                .find("names no class for '" + folder.path("data/n03_c.ppm")),
            std::string::npos);
  EXPECT_EQ(message(folder.write("few.txt", "4\n5\n")),
            "'" + folder.path("few.txt") +
                "' holds 2 labels, the data 3 samples");
  EXPECT_NE(message(folder.write("miss.txt", "n01_a 5\nn02_b 6\n"))
                .find("has no label for"),
            std::string::npos);
  EXPECT_EQ(message(folder.write("twice.txt", "n01_a 5\nn01_a 6\n")),
            folder.path("twice.txt") +
                ":2: 'n01_a' has label 6, an earlier line says 5");
  EXPECT_NE(message(folder.write("empty.txt", "\n")).find("holds no labels"),
            std::string::npos);
  EXPECT_NE(message(folder.path("gone")).find("does not exist"),
            std::string::npos);
}

TEST_F(LabelsTest, Arrays) {
  folder.write("data/a.ppm", pixel);
  folder.write("data/b.ppm", pixel);
  Tensor y = Tensor::fromVector<uint8_t>({3, 9}, {2});
  ASSERT_TRUE(writeNpy(folder.path("y.npy"), y));
  EXPECT_EQ(labels(folder.path("y.npy")), (std::vector<int64_t>{3, 9}));
  Tensor x = Tensor::zeros(DType::F32, {2});
  ASSERT_TRUE(writeNpz(folder.path("d.npz"), {{"x", x}, {"y", y}}));
  EXPECT_EQ(labels(folder.path("d.npz")), (std::vector<int64_t>{3, 9}));
  ASSERT_TRUE(writeNpz(folder.path("e.npz"), {{"x", x}, {"z", y}}));
  EXPECT_EQ(message(folder.path("e.npz")),
            "'" + folder.path("e.npz") +
                "' has no array 'y' or 'labels'; it holds: x, z");
  ASSERT_TRUE(writeNpy(folder.path("f.npy"), x));
  EXPECT_NE(message(folder.path("f.npy")).find("expected integer labels"),
            std::string::npos);
}
