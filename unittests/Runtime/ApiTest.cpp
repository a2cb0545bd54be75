// The C interface: queries, errors, traces, threads, and no allocation in runs.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpTester.h"
#include "ThreadPool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <new>
#include <thread>

using namespace qcrt;
using namespace qcrt::test;

// Counts what the process allocates through operator new.
static std::atomic<long> allocations{0};

// ThreadSanitizer has operators of its own that cannot be replaced.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define QC_KEEP_OPERATORS
#endif
#endif
#ifndef QC_KEEP_OPERATORS

void *operator new(size_t size) {
  ++allocations;
  if (void *memory = std::malloc(size ? size : 1))
    return memory;
  throw std::bad_alloc();
}
void *operator new[](size_t size) { return operator new(size); }
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete[](void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, size_t) noexcept { std::free(memory); }
void operator delete[](void *memory, size_t) noexcept { std::free(memory); }
#endif

namespace {
class Api : public ::testing::Test {
protected:
  void SetUp() override {
    file = bytesOf(exampleProgram());
    ASSERT_EQ(qcrt_open_memory(file.data(), file.size(), &model), QCRT_OK)
        << qcrt_last_error();
    for (int i = 0; i < 64; ++i)
      input[i] = int8_t(i * 3 - 90);
  }
  void TearDown() override { qcrt_close(model); }

  qcrt_status run() {
    const void *inputs[] = {input};
    void *outputs[] = {output};
    return qcrt_run(model, arena, sizeof(arena), inputs, outputs);
  }

  std::vector<uint8_t> file;
  qcrt_model *model = nullptr;
  alignas(64) unsigned char arena[4096] = {};
  int8_t input[64] = {}, output[16] = {};
};
} // namespace

TEST_F(Api, DescribesInputsAndOutputs) {
  ASSERT_EQ(qcrt_input_count(model), 1u);
  ASSERT_EQ(qcrt_output_count(model), 1u);
  qcrt_tensor_info info;
  ASSERT_EQ(qcrt_input_info(model, 0, &info), QCRT_OK);
  EXPECT_STREQ(info.name, "image");
  EXPECT_EQ(info.dtype, QCRT_I8);
  EXPECT_EQ(info.rank, 4);
  EXPECT_EQ(info.shape[1], 4);
  EXPECT_EQ(info.strides[0], 64);
  EXPECT_EQ(info.strides[3], 1);
  EXPECT_EQ(info.scale, 0.5f);
  EXPECT_EQ(info.zero_point, 3);
  EXPECT_EQ(info.byte_size, 64u);
  EXPECT_STREQ(info.preprocess, "scale=1/255");
  EXPECT_STREQ(info.picture, "s8 layout=nhwc");
  ASSERT_EQ(qcrt_output_info(model, 0, &info), QCRT_OK);
  EXPECT_EQ(info.byte_size, 16u);
  EXPECT_EQ(info.aligned_size, 64u);
  EXPECT_EQ(qcrt_output_info(model, 1, &info), QCRT_BAD_ARGUMENT);
  EXPECT_STREQ(qcrt_last_error(), "there is no tensor 1, the model has 1");
  EXPECT_EQ(qcrt_instruction_count(model), 3u);
  EXPECT_STREQ(qcrt_producer(model), "qcrt tests");
  EXPECT_STREQ(qcrt_target(model), "generic");
  EXPECT_STREQ(qcrt_provenance(model, "method"), "by hand");
  EXPECT_EQ(qcrt_provenance(model, "nothing"), nullptr);
  EXPECT_EQ(qcrt_planned_size(model), 128u);
  EXPECT_EQ(qcrt_lower_bound(model), 80u);
  EXPECT_GE(qcrt_arena_size(model), 128u);
}

TEST_F(Api, RunsAndLeavesInputsAlone) {
  int8_t before[64];
  std::memcpy(before, input, 64);
  ASSERT_EQ(run(), QCRT_OK) << qcrt_last_error();
  EXPECT_EQ(std::memcmp(before, input, 64), 0);
  int8_t first[16];
  std::memcpy(first, output, 16);
  ASSERT_EQ(run(), QCRT_OK);
  EXPECT_EQ(std::memcmp(first, output, 16), 0);
  const void *inputs[] = {input};
  EXPECT_EQ(qcrt_run(model, arena, sizeof(arena), inputs, nullptr), QCRT_OK);
}

TEST_F(Api, AnInputThatIsNoPictureIsOnePlane) {
  ASSERT_EQ(qcrt_plane_count(model), 1u);
  qcrt_plane_info info;
  ASSERT_EQ(qcrt_plane_info_at(model, 0, &info), QCRT_OK);
  EXPECT_EQ(info.input, 0u);
  EXPECT_EQ(info.rows, 1u);
  EXPECT_EQ(info.row_bytes, 64u);
  EXPECT_EQ(qcrt_plane_info_at(model, 1, &info), QCRT_BAD_ARGUMENT);
  ASSERT_EQ(run(), QCRT_OK);
  int8_t whole[16];
  std::memcpy(whole, output, 16);
  std::memset(output, 0, 16);
  qcrt_plane plane = {input, 0};
  void *outputs[] = {output};
  ASSERT_EQ(qcrt_run_planes(model, arena, sizeof(arena), &plane, outputs),
            QCRT_OK);
  EXPECT_EQ(std::memcmp(whole, output, 16), 0);
  plane.stride = 63;
  EXPECT_EQ(qcrt_run_planes(model, arena, sizeof(arena), &plane, outputs),
            QCRT_BAD_ARGUMENT);
  EXPECT_STREQ(qcrt_last_error(), "plane 0, of input 'image', has a stride of "
                                  "63 bytes, expected at least 64");
  plane = {nullptr, 0};
  EXPECT_EQ(qcrt_run_planes(model, arena, sizeof(arena), &plane, outputs),
            QCRT_BAD_ARGUMENT);
  EXPECT_EQ(qcrt_run_planes(model, arena, sizeof(arena), nullptr, outputs),
            QCRT_BAD_ARGUMENT);
  EXPECT_EQ(qcrt_plane_count(nullptr), 0u);
}

TEST_F(Api, AllocatesNothingInARun) {
  for (int threads : {1, 3}) {
    ASSERT_EQ(qcrt_set_threads(model, threads), QCRT_OK);
    ASSERT_EQ(run(), QCRT_OK);
    long before = allocations;
    for (int i = 0; i < 10; ++i)
      ASSERT_EQ(run(), QCRT_OK);
    EXPECT_EQ(allocations, before);
  }
}

TEST_F(Api, RefusesBadCalls) {
  const void *inputs[] = {input}, *none[] = {nullptr};
  size_t size = sizeof(arena);
  EXPECT_EQ(qcrt_run(nullptr, arena, size, inputs, nullptr), QCRT_BAD_ARGUMENT);
  EXPECT_EQ(qcrt_run(model, arena, 64, inputs, nullptr), QCRT_BAD_ARGUMENT);
  EXPECT_NE(std::string(qcrt_last_error()).find("expected at least"),
            std::string::npos);
  EXPECT_EQ(qcrt_run(model, arena + 1, size - 1, inputs, nullptr),
            QCRT_BAD_ARGUMENT);
  EXPECT_STREQ(qcrt_last_error(), "the arena is not aligned to 64 bytes");
  EXPECT_EQ(qcrt_run(model, arena, size, none, nullptr), QCRT_BAD_ARGUMENT);
  EXPECT_STREQ(qcrt_last_error(), "input 'image' is null");
  EXPECT_EQ(qcrt_set_threads(model, 0), QCRT_BAD_ARGUMENT);
  EXPECT_EQ(qcrt_set_trace(nullptr, nullptr, nullptr), QCRT_BAD_ARGUMENT);
  EXPECT_EQ(qcrt_open_memory(nullptr, 0, &model), QCRT_BAD_ARGUMENT);
  qcrt_close(nullptr);
}

TEST_F(Api, TraceShowsEveryInstruction) {
  struct Seen {
    std::string text;
    int8_t last[16];
  } seen;
  auto callback = [](void *user, const qcrt_trace_event *event) {
    auto *into = static_cast<Seen *>(user);
    into->text += std::to_string(event->instruction) + " " + event->kernel +
                  " [" + event->sources + "] " + event->placement + " " +
                  event->infos[0].name + "\n";
    if (event->infos[0].byte_size == 16)
      std::memcpy(into->last, event->output_data[0], 16);
  };
  ASSERT_EQ(qcrt_set_trace(model, callback, &seen), QCRT_OK);
  ASSERT_EQ(run(), QCRT_OK);
  EXPECT_EQ(seen.text, "0 add [conv1, relu1] npu sum\n"
                       "1 reshape [reshape] npu rows\n"
                       "2 max_pool [pool] cpu pooled\n");
  EXPECT_EQ(std::memcmp(seen.last, output, 16), 0);
}

TEST_F(Api, UnalignedMemoryIsCopied) {
  std::vector<uint8_t> shifted(file.size() + 65);
  size_t address = reinterpret_cast<uintptr_t>(shifted.data());
  size_t offset = 64 - address % 64 + 1;
  std::memcpy(shifted.data() + offset, file.data(), file.size());
  qcrt_model *second = nullptr;
  ASSERT_EQ(qcrt_open_memory(shifted.data() + offset, file.size(), &second),
            QCRT_OK);
  qcrt_close(second);
}

TEST_F(Api, OpensFiles) {
  std::string path = ::testing::TempDir() + "qcrt_api_test.qcb";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(file.data()), long(file.size()));
  qcrt_model *second = nullptr;
  ASSERT_EQ(qcrt_open_file(path.c_str(), &second), QCRT_OK)
      << qcrt_last_error();
  qcrt_close(second);
  std::remove(path.c_str());
  auto error = [](const std::string &name) {
    qcrt_model *none = nullptr;
    EXPECT_EQ(qcrt_open_file(name.c_str(), &none), QCRT_BAD_FILE);
    return std::string(qcrt_last_error());
  };
  EXPECT_EQ(error(path), "'" + path + "': No such file or directory");
  EXPECT_EQ(error("/"), "'/': not a regular file");
  std::ofstream(path).close();
  EXPECT_EQ(error(path), "'" + path + "': the file is empty");
  std::ofstream(path) << "hello";
  EXPECT_EQ(error(path), "'" + path +
                             "': not a .qcb file (its first bytes are not "
                             "those of one)");
  std::remove(path.c_str());
}

TEST_F(Api, ErrorsBelongToTheirThread) {
  EXPECT_EQ(qcrt_set_threads(model, 0), QCRT_BAD_ARGUMENT);
  std::string mine = qcrt_last_error(), other = "?";
  std::thread([&] { other = qcrt_last_error(); }).join();
  EXPECT_NE(mine, "");
  EXPECT_EQ(other, "");
}

TEST(Pools, CoverEveryIndexOnce) {
  for (int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (int64_t count : {0, 1, 4, 5, 1000})
      for (int64_t grain : {1, 3, 2000}) {
        std::vector<std::atomic<int>> seen(size_t(count) + 1);
        pool.parallelFor(count, grain,
                         [&](int64_t begin, int64_t end, int worker) {
                           EXPECT_LT(worker, threads);
                           EXPECT_LT(begin, end);
                           for (int64_t i = begin; i < end; ++i)
                             ++seen[size_t(i)];
                         });
        for (int64_t i = 0; i < count; ++i)
          EXPECT_EQ(seen[size_t(i)], 1);
      }
  }
}

TEST(Pools, ManyLoopsInARow) {
  ThreadPool pool(3);
  std::vector<int> counts(100);
  for (int loop = 0; loop < 20000; ++loop)
    pool.parallelFor(100, 1 + loop % 60, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i)
        ++counts[size_t(i)];
    });
  EXPECT_EQ(counts, std::vector<int>(100, 20000));
}
