// Every form of DATA, and the message for each way it can be wrong.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Dataset.h"

#include "TempFolder.h"
#include "qc/Support/Npy.h"
#include "qc/Support/Strings.h"
#include "qc/Support/ThreadPool.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

using namespace qc;
namespace fs = std::filesystem;

/// A picture of one colour.
static std::string ppm(int width, int height, uint8_t value) {
  return "P6 " + std::to_string(width) + " " + std::to_string(height) +
         " 255\n" +
         std::string(static_cast<size_t>(width * height * 3),
                     static_cast<char>(value));
}

static InputSignature imageInput(Shape shape = {1, 3, 2, 2},
                                 const std::string &preprocess = "") {
  InputSignature input{"image", DType::F32, std::move(shape), {}};
  if (!preprocess.empty())
    input.preprocess = *PreprocessSpec::parse(preprocess);
  return input;
}

static std::unique_ptr<Dataset> opened(const std::string &data,
                                       std::vector<InputSignature> inputs,
                                       DatasetOptions options = {}) {
  auto dataset = Dataset::open(data, std::move(inputs), options);
  EXPECT_TRUE(dataset) << dataset.message();
  return dataset ? std::move(*dataset) : nullptr;
}

static std::string openError(const std::string &data,
                             std::vector<InputSignature> inputs,
                             DatasetOptions options = {}) {
  auto dataset = Dataset::open(data, std::move(inputs), options);
  EXPECT_FALSE(dataset);
  return dataset ? "" : dataset.message();
}

static float firstValue(const Dataset &dataset, int64_t index,
                        size_t input = 0) {
  auto sample = dataset.sample(index);
  EXPECT_TRUE(sample) << sample.message();
  if (!sample || !*sample)
    return -1000;
  return (*sample)->inputs[input].data<float>()[0];
}

static constexpr DatasetOptions raw{false, true, 0};
static constexpr DatasetOptions skip{true, false, 0};

static void write(const TempFolder &folder, const std::string &name,
                  const std::vector<NamedTensor> &arrays) {
  fs::create_directories(fs::path(folder.path(name)).parent_path());
  if (endsWith(name, ".npy"))
    ASSERT_TRUE(writeNpy(folder.path(name), arrays[0].value));
  else
    ASSERT_TRUE(writeNpz(folder.path(name), arrays));
}

static Tensor filled(Shape shape, float value) {
  Tensor tensor(DType::F32, std::move(shape));
  std::fill(tensor.data<float>(), tensor.data<float>() + tensor.numElements(),
            value);
  return tensor;
}

//===----------------------------------------------------------------------===//
// Image folders
//===----------------------------------------------------------------------===//

TEST(Dataset, ImageFolderInByteOrderWithSubFolders) {
  TempFolder folder;
  folder.write("b/2.ppm", ppm(2, 2, 20));
  folder.write("b/10.ppm", ppm(2, 2, 10));
  folder.write("a/z.PPM", ppm(2, 2, 30));
  folder.write("readme.txt", "x");
  folder.write(".hidden.ppm", ppm(2, 2, 1));
  folder.write(".cache/x.ppm", ppm(2, 2, 1));
  auto data = opened(folder.path(), {imageInput({1, 3, 2, 2}, "std=10")});
  ASSERT_TRUE(data);
  ASSERT_EQ(data->size(), 3);
  EXPECT_EQ(firstValue(*data, 0), 3);
  EXPECT_EQ(firstValue(*data, 1), 1);
  EXPECT_EQ(firstValue(*data, 2), 2);
  EXPECT_EQ(data->item(1).folder, "b");
  EXPECT_EQ(data->item(1).name, folder.path("b/10.ppm"));
  EXPECT_EQ(data->description(), "'" + folder.path() + "' (3 samples)");
  EXPECT_FALSE(data->sample(3));
  EXPECT_FALSE(data->sample(-1));
}

TEST(Dataset, AFewSamplesAreSpreadOverAll) {
  TempFolder folder;
  for (int i = 0; i < 10; ++i)
    folder.write(std::to_string(i) + ".ppm",
                 ppm(2, 2, static_cast<uint8_t>(i)));
  auto data = opened(folder.path(), {imageInput()}, {false, false, 3});
  ASSERT_EQ(data->size(), 3);
  EXPECT_EQ(firstValue(*data, 1), 3);
  EXPECT_EQ(firstValue(*data, 2), 6);
  EXPECT_EQ(data->item(2).position, 6);
  EXPECT_EQ(data->totalItems(), 10);
  EXPECT_EQ(data->description(), "'" + folder.path() + "' (3 of 10 samples)");
  EXPECT_EQ(opened(folder.path(), {imageInput()}, {false, false, 99})->size(),
            10);
}

TEST(Dataset, BatchesTakeSeveralImages) {
  TempFolder folder;
  for (int i = 0; i < 3; ++i)
    folder.write(std::to_string(i) + ".ppm",
                 ppm(2, 2, static_cast<uint8_t>(i + 1)));
  auto data = opened(folder.path(), {imageInput({2, 3, 2, 2})});
  ASSERT_EQ(data->size(), 2);
  auto first = data->sample(0), last = data->sample(1);
  ASSERT_TRUE(first && last);
  EXPECT_EQ((*first)->inputs[0].shape(), (Shape{2, 3, 2, 2}));
  EXPECT_EQ((*first)->inputs[0].data<float>()[12], 2);
  EXPECT_EQ((*first)->name, folder.path("0.ppm") + " and 1 more");
  EXPECT_EQ((*last)->firstItem, 2);
  EXPECT_EQ((*last)->itemCount, 1);
  EXPECT_EQ((*last)->inputs[0].data<float>()[12], 3); // repeats the last
}

TEST(Dataset, PositionsOfBatchesOfStacks) {
  TempFolder folder;
  // Two files of 4 and 6 rows; batches of 2.
  auto write = [&](const std::string &name, int64_t rows, float from) {
    std::vector<float> values(static_cast<size_t>(rows) * 2);
    std::iota(values.begin(), values.end(), from);
    ASSERT_TRUE(
        writeNpy(folder.path(name), Tensor::fromVector(values, {rows, 2})));
  };
  write("a.npy", 4, 0);
  write("b.npy", 6, 8);
  InputSignature input{"x", DType::F32, {2, 2}, {}};
  auto all = opened(folder.path(), {input});
  ASSERT_EQ(all->size(), 5);
  EXPECT_EQ(all->itemCount(), 10);
  for (int64_t i = 0; i < 10; ++i)
    EXPECT_EQ(all->item(i).position, i);
  EXPECT_EQ(all->item(3).name, folder.path("a.npy[3]"));
  EXPECT_EQ(all->item(4).name, folder.path("b.npy[0]"));
  auto few = opened(folder.path(), {input}, {false, false, 2});
  ASSERT_EQ(few->itemCount(), 4);
  EXPECT_EQ(few->item(1).position, 1);
  EXPECT_EQ(few->item(2).position, 4);
  EXPECT_EQ(few->item(3).position, 5);
  EXPECT_EQ(firstValue(*few, 1), 8);
}

TEST(Dataset, MissingAndEmptyAreNamed) {
  TempFolder folder;
  EXPECT_EQ(openError(folder.path("gone"), {imageInput()}),
            "data '" + folder.path("gone") + "' does not exist");
  EXPECT_EQ(openError(folder.path(), {imageInput()}),
            "folder '" + folder.path() +
                "' holds no images (JPEG, PNG, BMP, PPM) and no .npy or .npz "
                "files: it is empty");
  folder.write("notes.txt", "x");
  EXPECT_NE(openError(folder.path(), {imageInput()})
                .find("it holds only others such as 'notes.txt'"),
            std::string::npos);
  EXPECT_NE(openError("", {imageInput()}).find("no data given"),
            std::string::npos);
  EXPECT_NE(openError(folder.path(), {imageInput({1, 0, 2, 2})}), "");
}

TEST(Dataset, BadImagesAreErrorsOrCounted) {
  TempFolder folder;
  folder.write("0.ppm", ppm(2, 2, 1));
  folder.write("1.ppm", ppm(2, 2, 1).substr(0, 15));
  folder.write("2.ppm", ppm(3, 2, 1));
  auto data = opened(folder.path(), {imageInput()});
  EXPECT_EQ(data->sample(1).message(),
            "cannot decode '" + folder.path("1.ppm") + "': it is truncated");
  EXPECT_EQ(data->sample(2).message(),
            "'" + folder.path("2.ppm") +
                "': preprocessing gives 2x3 (height x width), the input wants "
                "2x2; give --preprocess with resize=, crop= or fit=stretch");
  auto skipping = opened(folder.path(), {imageInput()}, skip);
  for (int round = 0; round < 2; ++round)
    for (int64_t i = 0; i < 3; ++i) {
      auto sample = skipping->sample(i);
      ASSERT_TRUE(sample);
      EXPECT_EQ(sample->has_value(), i == 0);
    }
  EXPECT_EQ(skipping->skipped().size(), 2u);
  EXPECT_NE(skipping->skipped()[1].find("truncated"), std::string::npos);
}

TEST(Dataset, SamplesAreTheSameFromManyThreads) {
  TempFolder folder;
  for (int i = 0; i < 40; ++i)
    folder.write("d" + std::to_string(i % 7) + "/" + std::to_string(i) + ".ppm",
                 ppm(2, 2, static_cast<uint8_t>(i)));
  write(folder, "stack.npz",
        {{"image",
          Tensor::fromVector<float>(std::vector<float>(60, 5), {5, 3, 2, 2})}});
  auto data = opened(folder.path(), {imageInput()});
  ASSERT_EQ(data->size(), 45);
  std::vector<float> serial, parallel(45);
  for (int64_t i = 0; i < 45; ++i)
    serial.push_back(firstValue(*data, i));
  ASSERT_TRUE(parallelFor(45, 4, [&](int64_t i) {
    parallel[static_cast<size_t>(i)] = firstValue(*data, i);
    return ok();
  }));
  EXPECT_EQ(serial, parallel);
}

TEST(Dataset, PixelsForAnIntegerInput) {
  TempFolder folder;
  folder.write("0.ppm", ppm(2, 2, 200));
  InputSignature input = imageInput();
  input.dtype = DType::U8;
  auto sample = opened(folder.path(), {input})->sample(0);
  ASSERT_TRUE(sample) << sample.message();
  EXPECT_EQ((*sample)->inputs[0].dtype(), DType::U8);
  EXPECT_EQ((*sample)->inputs[0].data<uint8_t>()[0], 200);
}

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

TEST(Dataset, StacksOfEveryShape) {
  TempFolder folder;
  auto sizeOf = [&](Shape array, Shape input) -> int64_t {
    write(folder, "x.npy", {{"", filled(std::move(array), 1)}});
    auto data =
        Dataset::open(folder.path("x.npy"), {imageInput(std::move(input))});
    if (!data)
      return -1;
    auto sample = (*data)->sample((*data)->size() - 1);
    EXPECT_TRUE(sample) << sample.message();
    return (*data)->size();
  };
  EXPECT_EQ(sizeOf({1, 3, 2, 2}, {1, 3, 2, 2}), 1);
  EXPECT_EQ(sizeOf({5, 3, 2, 2}, {1, 3, 2, 2}), 5);
  EXPECT_EQ(sizeOf({3, 2, 2}, {1, 3, 2, 2}), 1);
  EXPECT_EQ(sizeOf({7, 1, 3, 2, 2}, {1, 3, 2, 2}), 7);
  EXPECT_EQ(sizeOf({6, 3, 2, 2}, {2, 3, 2, 2}), 3);
  EXPECT_EQ(sizeOf({5, 3, 2, 2}, {2, 3, 2, 2}), -1);
  EXPECT_EQ(sizeOf({4, 2, 3, 2, 2}, {2, 3, 2, 2}), 4);
  EXPECT_EQ(sizeOf({9, 49, 10}, {1, 1, 49, 10}), 9);
  EXPECT_EQ(sizeOf({640}, {640}), 1);
  EXPECT_EQ(sizeOf({11, 640}, {640}), 11);
  EXPECT_EQ(sizeOf({0, 3, 2, 2}, {1, 3, 2, 2}), -1);
  EXPECT_EQ(sizeOf({5, 2, 2, 3}, {1, 3, 2, 2}), -1);
  EXPECT_EQ(sizeOf({5, 3, 2, 3}, {1, 3, 2, 2}), -1);
}

TEST(Dataset, RowsOfAStack) {
  TempFolder folder;
  write(folder, "x.npz",
        {{"image", Tensor::fromVector<float>({1, 2, 3, 4, 5, 6}, {3, 2})},
         {"y", Tensor::fromVector<int64_t>({7, 8, 9}, {3})}});
  auto data = opened(folder.path("x.npz"), {imageInput({1, 2})});
  ASSERT_EQ(data->size(), 3);
  auto sample = data->sample(1);
  ASSERT_TRUE(sample);
  EXPECT_EQ((*sample)->inputs[0].shape(), (Shape{1, 2}));
  EXPECT_EQ((*sample)->inputs[0].data<float>()[1], 4);
  EXPECT_EQ((*sample)->name, folder.path("x.npz") + "[1]");
}

TEST(Dataset, SeveralInputs) {
  TempFolder folder;
  std::vector<InputSignature> inputs = {{"tokens", DType::I64, {1, 3}, {}},
                                        {"a/scale:0", DType::F32, {1, 1}, {}}};
  write(folder, "x.npz",
        {{"a_scale_0", filled({2, 1}, 5)},
         {"tokens", Tensor::fromVector<int32_t>({1, 2, 3, 4, 5, 6}, {2, 3})}});
  auto data = opened(folder.path("x.npz"), inputs);
  ASSERT_EQ(data->size(), 2);
  auto sample = data->sample(1);
  ASSERT_TRUE(sample) << sample.message();
  EXPECT_EQ((*sample)->inputs[0].dtype(), DType::I64);
  EXPECT_EQ((*sample)->inputs[0].data<int64_t>()[0], 4);
  EXPECT_EQ((*sample)->inputs[1].data<float>()[0], 5);

  write(folder, "y.npz", {{"tokens", Tensor::zeros(DType::I64, {2, 3})}});
  EXPECT_EQ(openError(folder.path("y.npz"), inputs),
            "'" + folder.path("y.npz") +
                "' has no array named 'a/scale:0'; it holds 'tokens' (i64 of "
                "shape 2x3)");
  write(folder, "z.npz",
        {{"tokens", Tensor::zeros(DType::I64, {2, 3})},
         {"a/scale:0", filled({3, 1}, 1)}});
  EXPECT_EQ(openError(folder.path("z.npz"), inputs),
            "'" + folder.path("z.npz") +
                "' holds 2 samples for input 'tokens' and 3 for 'a/scale:0'");
  write(folder, "t.npy", {{"", filled({1, 3}, 1)}});
  EXPECT_NE(openError(folder.path("t.npy"), inputs).find("has 2 inputs"),
            std::string::npos);
}

TEST(Dataset, AFolderForEachInput) {
  TempFolder folder;
  std::vector<InputSignature> inputs = {imageInput(),
                                        {"ids", DType::F32, {1, 1}, {}}};
  for (int i = 0; i < 3; ++i) {
    folder.write("image/s" + std::to_string(i) + ".ppm",
                 ppm(2, 2, static_cast<uint8_t>(i)));
    write(folder, "ids/s" + std::to_string(i) + ".npy",
          {{"", filled({1}, static_cast<float>(10 + i))}});
  }
  auto data = opened(folder.path(), inputs);
  ASSERT_EQ(data->size(), 3);
  EXPECT_EQ(firstValue(*data, 2, 0), 2);
  EXPECT_EQ(firstValue(*data, 2, 1), 12);
  fs::remove(folder.path("ids/s1.npy"));
  EXPECT_EQ(openError(folder.path(), inputs),
            "folder '" + folder.path("ids") +
                "' has no file for sample 's1' that folder '" +
                folder.path("image") + "' has");
  fs::remove_all(folder.path("ids"));
  EXPECT_NE(openError(folder.path(), inputs)
                .find("has no sub-folder for input 'ids'"),
            std::string::npos);
}

TEST(Dataset, WrongArraysAreNamed) {
  TempFolder folder;
  write(folder, "x.npy", {{"", filled({5, 4}, 1)}});
  EXPECT_EQ(openError(folder.path("x.npy"), {imageInput()}),
            "'" + folder.path("x.npy") +
                "' holds f32 of shape 5x4, input 'image' wants f32 of shape "
                "1x3x2x2 or a stack of such samples");
  write(folder, "u8.npy", {{"", Tensor::zeros(DType::U8, {1, 3, 2, 2})}});
  EXPECT_EQ(openError(folder.path("u8.npy"), {imageInput()}),
            "'" + folder.path("u8.npy") +
                "' holds u8 of shape 1x3x2x2, input 'image' wants f32 of shape "
                "1x3x2x2; pass --raw if these are raw values that the "
                "preprocessing should be applied to");
  write(folder, "two.npz",
        {{"a", filled({1, 3, 2, 2}, 1)}, {"b", filled({1, 3, 2, 2}, 1)}});
  EXPECT_NE(openError(folder.path("two.npz"), {imageInput()})
                .find("has several arrays that fit input 'image'"),
            std::string::npos);
  write(folder, "none.npz", {{"a", filled({7}, 1)}, {"b", filled({8}, 1)}});
  EXPECT_NE(openError(folder.path("none.npz"), {imageInput()})
                .find("'b' holds f32 of shape 8"),
            std::string::npos);
  EXPECT_NE(openError(folder.path("none.npz"), {})
                .find("has no inputs, so that data '"),
            std::string::npos);
  Tensor bad = filled({2, 3, 2, 2}, 1);
  bad.data<float>()[17] = std::numeric_limits<float>::quiet_NaN();
  write(folder, "nan.npy", {{"", bad}});
  auto data = opened(folder.path("nan.npy"), {imageInput()});
  EXPECT_TRUE(data->sample(0));
  EXPECT_EQ(data->sample(1).message(),
            "'" + folder.path("nan.npy") +
                "[1]' holds NaN at element 5 of input 'image'");
  folder.write("cut.npy", "\x93NUMPY");
  EXPECT_NE(openError(folder.path("cut.npy"), {imageInput()}).find("truncated"),
            std::string::npos);
  EXPECT_EQ(opened(folder.path("cut.npy"), {imageInput()}, skip)->size(), 1);
  InputSignature integers = imageInput({1, 2});
  integers.dtype = DType::I64;
  write(folder, "f.npy", {{"", filled({1, 2}, 1)}});
  EXPECT_NE(openError(folder.path("f.npy"), {integers})
                .find("input 'image' wants i64"),
            std::string::npos);
}

TEST(Dataset, OtherFloatTypesConvert) {
  TempFolder folder;
  write(folder, "d.npy", {{"", Tensor::fromVector<double>({0.1, 2}, {2, 1})}});
  auto data = opened(folder.path("d.npy"), {imageInput({1, 1})});
  EXPECT_EQ(firstValue(*data, 0), 0.1f);
}

TEST(Dataset, RawArraysArePreprocessed) {
  TempFolder folder;
  // Pixels with channels last and first, with and without items.
  for (const Shape &shape :
       {Shape{2, 4, 4, 3}, Shape{2, 3, 4, 4}, Shape{4, 4, 3}}) {
    Tensor pixels = Tensor::zeros(DType::U8, shape);
    std::memset(pixels.raw(), 30, pixels.byteSize());
    write(folder, "x.npy", {{"", pixels}});
    auto data =
        opened(folder.path("x.npy"),
               {imageInput({1, 3, 2, 2}, "resize=2 mean=10 std=2")}, raw);
    ASSERT_TRUE(data);
    EXPECT_EQ(data->size(), shape.size() == 4 ? 2 : 1);
    EXPECT_EQ(firstValue(*data, 0), 10);
  }
  write(folder, "m.npz",
        {{"x", Tensor::fromVector<int8_t>({83, 83, 83, 87, 87, 87}, {2, 3})},
         {"y", Tensor::fromVector<uint8_t>({0, 1}, {2})}});
  auto mfcc =
      opened(folder.path("m.npz"),
             {imageInput({1, 1, 3, 1}, "mean=83 scale=0.5 color=gray")}, raw);
  ASSERT_TRUE(mfcc);
  EXPECT_EQ(firstValue(*mfcc, 1), 2);
  write(folder, "g.npy", {{"", Tensor::zeros(DType::U8, {9, 4, 4})}});
  EXPECT_EQ(opened(folder.path("g.npy"),
                   {imageInput({1, 1, 4, 4}, "color=gray")}, raw)
                ->size(),
            9);
}

//===----------------------------------------------------------------------===//
// Lists and random data
//===----------------------------------------------------------------------===//

TEST(Dataset, Lists) {
  TempFolder folder;
  folder.write("img/1.ppm", ppm(2, 2, 1));
  folder.write("img/2.ppm", ppm(2, 2, 2));
  std::string list = folder.write("list.txt", "# two images\n img/2.ppm \n\n" +
                                                  folder.path("img/1.ppm"));
  auto data = opened(list, {imageInput()});
  ASSERT_EQ(data->size(), 2);
  EXPECT_EQ(firstValue(*data, 0), 2);
  EXPECT_EQ(openError(folder.write("a.txt", "img/1.ppm\nimg/9.ppm\n"),
                      {imageInput()}),
            folder.path("a.txt") + ":2: '" + folder.path("img/9.ppm") +
                "' does not exist");
  EXPECT_EQ(
      openError(folder.write("b.txt", "img/1.ppm,img/2.ppm\n"), {imageInput()}),
      folder.path("b.txt") + ":1: found 2 files, expected 1, one for each "
                             "input of the model");
  EXPECT_NE(openError(folder.write("c.txt", "img"), {imageInput()})
                .find("is a directory"),
            std::string::npos);
  EXPECT_NE(openError(folder.write("d.txt", "#\n"), {imageInput()})
                .find("names no files"),
            std::string::npos);
  EXPECT_NE(
      openError(folder.write("e.dat", std::string("\0\1", 2)), {imageInput()})
          .find("of no known kind"),
      std::string::npos);

  write(folder, "a.npy", {{"", filled({1, 1}, 3)}});
  write(folder, "b.npy", {{"", filled({1, 1}, 4)}});
  std::vector<InputSignature> two = {{"p", DType::F32, {1, 1}, {}},
                                     {"q", DType::F32, {1, 1}, {}}};
  auto pairs =
      opened(folder.write("p.txt", "a.npy, b.npy\nb.npy,b.npy\n"), two);
  ASSERT_EQ(pairs->size(), 2);
  EXPECT_EQ(firstValue(*pairs, 0, 0), 3);
  EXPECT_EQ(firstValue(*pairs, 0, 1), 4);
  EXPECT_EQ(firstValue(*pairs, 1, 0), 4);
  write(folder, "s.npy", {{"", filled({3, 1}, 3)}});
  EXPECT_NE(openError(folder.write("q.txt", "a.npy,s.npy\n"), two)
                .find("holds 3 samples, expected one"),
            std::string::npos);
}

TEST(Dataset, OneImage) {
  TempFolder folder;
  std::string path = folder.write("1.ppm", ppm(2, 2, 8));
  auto data = opened(path, {imageInput()});
  ASSERT_EQ(data->size(), 1);
  EXPECT_EQ(firstValue(*data, 0), 8);
}

TEST(Dataset, RandomIsSeededAndIndependentOfOrder) {
  std::vector<InputSignature> inputs = {imageInput({1, 3, 4, 4}),
                                        {"ids", DType::I64, {1, 5}, {}},
                                        {"bytes", DType::U8, {1, 5}, {}}};
  auto a = opened("random:5:7", inputs), b = opened("random:5:7", inputs),
       c = opened("random:5:8", inputs);
  ASSERT_EQ(a->size(), 5);
  for (int64_t i = 4; i >= 0; --i) {
    auto x = a->sample(i), y = b->sample(4 - i), z = b->sample(i),
         w = c->sample(i);
    ASSERT_TRUE(x && y && z && w);
    const Tensor &first = (*x)->inputs[0];
    EXPECT_EQ(std::memcmp(first.raw(), (*z)->inputs[0].raw(), first.byteSize()),
              0);
    EXPECT_NE(std::memcmp(first.raw(), (*w)->inputs[0].raw(), first.byteSize()),
              0);
    if (i != 2) {
      EXPECT_NE(
          std::memcmp(first.raw(), (*y)->inputs[0].raw(), first.byteSize()), 0);
    }
    for (int64_t k = 0; k < first.numElements(); ++k) {
      EXPECT_GE(first.data<float>()[k], -1);
      EXPECT_LT(first.data<float>()[k], 1);
    }
    for (int k = 0; k < 5; ++k)
      EXPECT_EQ((*x)->inputs[1].data<int64_t>()[k] & ~int64_t{1}, 0);
  }
  auto pixels =
      opened("random:1", {imageInput({1, 3, 4, 4}, "mean=127.5 std=127.5")});
  EXPECT_LE(std::abs(firstValue(*pixels, 0)), 1);
  EXPECT_EQ(opened("random:3", {imageInput({2, 3, 2, 2})})->size(), 3);
  for (const char *bad : {"random", "random:", "random:0", "random:-1",
                          "random:3:x", "random:1:2:3", "random:1e3"})
    EXPECT_NE(openError(bad, {imageInput()}).find("expected random:N[:SEED]"),
              std::string::npos)
        << bad;
}
