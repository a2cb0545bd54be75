// numpy files: round trips, foreign layouts, damage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Npy.h"

#include "TempFolder.h"
#include "qc/Support/Convert.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <zlib.h>

using namespace qc;

static Tensor counting(DType dtype, Shape shape) {
  Tensor tensor = Tensor::zeros(dtype, std::move(shape));
  size_t size = dtypeSize(dtype);
  for (int64_t i = 0; i < tensor.numElements(); ++i)
    static_cast<char *>(tensor.raw())[static_cast<size_t>(i) * size] =
        static_cast<char>(dtype == DType::Bool ? i & 1 : i);
  return tensor;
}

static bool equal(const Tensor &a, const Tensor &b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         std::memcmp(a.raw(), b.raw(), a.byteSize()) == 0;
}

/// A .npy as numpy writes it.
static std::string npy(const std::string &descr, bool fortran,
                       const std::string &shape, const std::string &bytes,
                       char version = 1) {
  std::string header = "{'descr': '" + descr +
                       "', 'fortran_order': " + (fortran ? "True" : "False") +
                       ", 'shape': " + shape + ", }";
  header.append(53, ' ');
  header += '\n';
  std::string text = "\x93NUMPY";
  text += version;
  text += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    text += static_cast<char>(header.size() >> 8 * i & 255);
  return text + header + bytes;
}

template <typename T> static std::string bytesOf(const std::vector<T> &values) {
  return {reinterpret_cast<const char *>(values.data()),
          values.size() * sizeof(T)};
}

TEST(Npy, RoundTripOfEveryTypeAndRank) {
  TempFolder folder;
  std::string path = folder.path("a.npy");
  for (DType dtype : {DType::F32, DType::F16, DType::F64, DType::I8, DType::U8,
                      DType::I16, DType::U16, DType::I32, DType::U32,
                      DType::I64, DType::U64, DType::Bool})
    for (const Shape &shape :
         {Shape{}, Shape{5}, Shape{2, 3}, Shape{0, 4}, Shape{1, 2, 3, 4}}) {
      Tensor tensor = counting(dtype, shape);
      ASSERT_TRUE(writeNpy(path, tensor));
      Result<Tensor> read = readNpy(path);
      ASSERT_TRUE(read) << read.message();
      EXPECT_TRUE(equal(tensor, *read)) << dtypeName(dtype);
    }
}

TEST(Npy, ForeignLayouts) {
  auto parse = [](const std::string &text) {
    return parseNpy(text, nullptr, "x");
  };
  // [[1, 2, 3], [4, 5, 6]] column by column.
  Result<Tensor> columns =
      parse(npy("<i2", true, "(2, 3)", bytesOf<int16_t>({1, 4, 2, 5, 3, 6})));
  ASSERT_TRUE(columns) << columns.message();
  EXPECT_TRUE(
      equal(*columns, Tensor::fromVector<int16_t>({1, 2, 3, 4, 5, 6}, {2, 3})));
  Result<Tensor> swapped = parse(npy(">i2", false, "(2,)", {"\0\1\1\0", 4}));
  ASSERT_TRUE(swapped);
  EXPECT_EQ(swapped->data<int16_t>()[1], 256);
  for (char version : {1, 2, 3})
    EXPECT_TRUE(parse(npy("|u1", false, "(1L,)", "x", version)));
}

TEST(Npy, ErrorsNameTheFileAndTheDefect) {
  auto message = [](const std::string &text) {
    return parseNpy(text, nullptr, "x.npy").message();
  };
  EXPECT_EQ(message("hello"), "'x.npy' is not a .npy file: it does not begin "
                              "with the numpy magic");
  std::string good = npy("<f4", false, "(2, 3)", std::string(24, '\0'));
  EXPECT_EQ(message(good.substr(0, 9)),
            "'x.npy' is truncated inside its header");
  EXPECT_EQ(message(good.substr(0, 60)),
            "'x.npy' is truncated inside its header");
  EXPECT_EQ(message(good.substr(0, good.size() - 1)),
            "'x.npy' is truncated: its header promises 24 bytes for shape 2x3 "
            "of f32, the file holds 23");
  EXPECT_NE(message(npy("<c8", false, "(1,)", "12345678")).find("'<c8'"),
            std::string::npos);
  EXPECT_NE(message(npy("<f4", false, "(99999999999999, 99999999999)", ""))
                .find("impossible shape"),
            std::string::npos);
  EXPECT_NE(message(npy("<f4", false, "(-1,)", "")).find("cannot be read"),
            std::string::npos);
  EXPECT_NE(message(npy("<f4", false, "(1,)", "1234", 7)).find("version 7"),
            std::string::npos);
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(message(good.substr(0, size)), "");
}

TEST(Npz, RoundTrip) {
  TempFolder folder;
  std::string path = folder.path("a.npz");
  std::vector<NamedTensor> arrays = {{"x", counting(DType::F32, {3, 5})},
                                     {"a/b:0", counting(DType::I64, {2})},
                                     {"empty", counting(DType::U8, {0})}};
  ASSERT_TRUE(writeNpz(path, arrays));
  Result<std::vector<NamedTensor>> read = readNpz(path);
  ASSERT_TRUE(read) << read.message();
  ASSERT_EQ(read->size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*read)[i].name, arrays[i].name);
    EXPECT_TRUE(equal((*read)[i].value, arrays[i].value));
    // Mapped, not copied.
    EXPECT_TRUE((*read)[i].value.isReadOnly());
  }
  std::string first = *readTextFile(path);
  ASSERT_TRUE(writeNpz(path, arrays));
  EXPECT_EQ(*readTextFile(path), first);
  ASSERT_TRUE(writeNpz(path, {}));
  EXPECT_TRUE(readNpz(path)->empty());
  arrays[1].name = "x";
  EXPECT_NE(writeNpz(path, arrays).message().find("named 'x'"),
            std::string::npos);
}

/// Readers take names for those of an old code page unless a flag says UTF-8.
TEST(Npz, NamesAreUtf8) {
  TempFolder folder;
  std::string path = folder.path("a.npz");
  auto flagOf = [&](const std::string &name) {
    EXPECT_TRUE(writeNpz(path, {{name, counting(DType::F32, {3})}}));
    Result<std::vector<NamedTensor>> read = readNpz(path);
    EXPECT_TRUE(read && read->front().name == name);
    return static_cast<unsigned char>((*readTextFile(path))[7]) & 8;
  };
  EXPECT_EQ(flagOf("x"), 0);
  EXPECT_EQ(flagOf("gr\xc3\xb6\xc3\x9f"
                   "e"),
            8);
}

/// A zip with one deflated member, as numpy's savez_compressed writes.
static std::string deflatedNpz(const std::string &name,
                               const std::string &npy) {
  std::string packed(compressBound(npy.size()), '\0');
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(npy.data()));
  stream.avail_in = static_cast<uInt>(npy.size());
  stream.next_out = reinterpret_cast<Bytef *>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  auto crc = crc32(0, reinterpret_cast<const Bytef *>(npy.data()),
                   static_cast<uInt>(npy.size()));
  auto little = [](uint64_t value, int size) {
    std::string text;
    for (int i = 0; i < size; ++i)
      text += static_cast<char>(value >> 8 * i & 255);
    return text;
  };
  std::string common = little(20, 2) + little(0, 2) + little(8, 2) +
                       little(0, 4) + little(crc, 4) +
                       little(packed.size(), 4) + little(npy.size(), 4) +
                       little(name.size(), 2) + little(0, 2);
  std::string local = "PK\3\4" + common + name + packed;
  std::string central = "PK\1\2" + little(20, 2) + common + little(0, 2) +
                        little(0, 2) + little(0, 2) + little(0, 4) +
                        little(0, 4) + name;
  return local + central + "PK\5\6" + little(0, 4) + little(1, 2) +
         little(1, 2) + little(central.size(), 4) + little(local.size(), 4) +
         little(0, 2);
}

TEST(Npz, DeflatedMembersAndDamage) {
  TempFolder folder;
  std::vector<float> values(1000);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(i % 17);
  std::string bytes =
      deflatedNpz("x.npy", npy("<f4", false, "(10, 100)", bytesOf(values)));
  Result<std::vector<NamedTensor>> read = readNpz(folder.write("a.npz", bytes));
  ASSERT_TRUE(read) << read.message();
  EXPECT_TRUE(
      equal((*read)[0].value, Tensor::fromVector<float>(values, {10, 100})));
  for (size_t i = 0; i < bytes.size(); i += 3) {
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x21);
    // Some fields (dates, versions) carry nothing; none may crash.
    (void)readNpz(folder.write("b.npz", flipped)).failed();
    std::string cut = bytes.substr(0, i);
    Result<std::vector<NamedTensor>> bad = readNpz(folder.write("c.npz", cut));
    ASSERT_FALSE(bad) << i;
    EXPECT_NE(bad.message().find("c.npz"), std::string::npos);
  }
}

TEST(Npz, MembersHaveBytesOfTheirOwn) {
  TempFolder folder;
  std::string bytes =
      deflatedNpz("x.npy", npy("<f4", false, "(1000,)", std::string(4000, 0)));
  // The directory names the one member a second time.
  size_t central = bytes.find("PK\1\2"), end = bytes.find("PK\5\6");
  std::string entry = bytes.substr(central, end - central);
  std::string twice = bytes.substr(0, end) + entry + bytes.substr(end);
  end += entry.size();
  twice[end + 8] = twice[end + 10] = 2;
  twice[end + 12] = static_cast<char>(2 * entry.size());
  EXPECT_EQ(readNpz(folder.write("a.npz", twice)).message(),
            "'" + folder.path("a.npz") +
                "' is damaged: arrays 'x.npy' and 'x.npy' take the same bytes "
                "of the file");
}

TEST(Npz, ClaimedSizesAreNotBelieved) {
  TempFolder folder;
  std::string bytes =
      deflatedNpz("x.npy", npy("<f4", false, "(4,)", std::string(16, 0)));
  size_t central = bytes.find("PK\1\2");
  std::string claim = bytes;
  claim.replace(central + 24, 4, "\xff\xff\xff\x7f"); // 2 GiB of some bytes
  EXPECT_NE(readNpz(folder.write("a.npz", claim)).message().find("damaged"),
            std::string::npos);
}

TEST(Npz, NamesAreUnique) {
  TempFolder folder;
  std::string path = folder.path("a.npz");
  Tensor one = Tensor::fromVector<float>({1}, {1});
  ASSERT_TRUE(writeNpz(path, {{"x", one}, {"y", one}}));
  std::string bytes(MappedFile::map(path)->get()->text());
  for (size_t at; (at = bytes.find("y.npy")) != std::string::npos;)
    bytes[at] = 'x';
  EXPECT_NE(readNpz(folder.write("b.npz", bytes))
                .message()
                .find("two arrays of the name 'x.npy'"),
            std::string::npos);
}

TEST(Npz, ArraysOfStringsArePassedOver) {
  TempFolder folder;
  std::string text =
      deflatedNpz("names.npy", npy("<U2", false, "(1,)", std::string(8, 'a')));
  std::vector<std::string> passedOver;
  Result<std::vector<NamedTensor>> read =
      readNpz(folder.write("a.npz", text), &passedOver);
  ASSERT_TRUE(read) << read.message();
  EXPECT_TRUE(read->empty());
  EXPECT_EQ(passedOver, std::vector<std::string>{"names.npy"});
}

TEST(Convert, HalfIsExactBothWays) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    auto half = static_cast<uint16_t>(bits);
    float value = halfToFloat(half);
    if (std::isnan(value))
      continue;
    EXPECT_EQ(floatToHalf(value), half);
    // The middle to the next one rounds to the even one.
    float next = halfToFloat(static_cast<uint16_t>(bits + 1));
    if ((bits & 0x7fff) < 0x7bff) {
      EXPECT_EQ(floatToHalf((value + next) / 2), half + (half & 1));
    }
  }
  EXPECT_EQ(floatToHalf(65520.0f), 0x7c00);
  EXPECT_EQ(floatToHalf(65519.0f), 0x7bff);
  EXPECT_TRUE(std::isnan(
      halfToFloat(floatToHalf(std::numeric_limits<float>::quiet_NaN()))));
}

TEST(Convert, ChecksRanges) {
  Tensor bytes = Tensor::fromVector<int32_t>({-128, 127}, {2});
  Result<Tensor> narrow = convertTensor(bytes, DType::I8);
  ASSERT_TRUE(narrow);
  EXPECT_EQ(narrow->data<int8_t>()[0], -128);
  EXPECT_EQ(convertTensor(bytes, DType::U64).message(),
            "value -128 at element 0 does not fit u64");
  EXPECT_FALSE(convertTensor(bytes, DType::Bool));
  EXPECT_EQ(convertTensor(bytes, DType::F64)->data<double>()[1], 127);
  EXPECT_EQ(convertTensor(bytes, DType::F16)->data<uint16_t>()[1], 0x57f0);
  EXPECT_EQ(convertTensor(Tensor(DType::F32, {1}), DType::I8).message(),
            "cannot turn f32 into i8");
  Tensor values = Tensor::zeros(DType::F32, {10000});
  EXPECT_EQ(findNan(values), -1);
  values.data<float>()[5000] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(findNan(values), 5000);
}
