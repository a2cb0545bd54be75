// Serving one client: its token, its model, its runs.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qcrt.h"
#include "qcrt/Remote.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace qcrt::remote {

namespace {
struct CloseModel {
  void operator()(qcrt_model *model) const { qcrt_close(model); }
};
struct Free {
  void operator()(void *memory) const { std::free(memory); }
};

class Server {
public:
  Server(Channel &channel, const Limits &limits, const std::string &token)
      : channel(channel), limits(limits), token(token) {}

  std::string run();

private:
  bool greet();
  bool answer(const Frame &frame);
  bool load(const Frame &frame);
  bool runOnce(const Frame &frame);
  bool refuse(const std::string &text);
  bool done(const std::vector<Piece> &pieces) {
    return writeFrame(channel, Kind::Done, pieces, log);
  }

  Channel &channel;
  const Limits &limits;
  const std::string &token;
  std::vector<uint8_t> bytes; ///< of the model, which refers to them
  std::unique_ptr<qcrt_model, CloseModel> model;
  std::unique_ptr<void, Free> arena;
  std::vector<size_t> inputSizes, outputSizes;
  size_t inputBytes = 0, outputBytes = 0, arenaBytes = 0;
  std::vector<uint8_t> outputs;
  uint64_t runs = 0;
  std::string log;
};
} // namespace

/// Takes as long wherever the two differ.
static bool areEqual(const std::string &expected, const uint8_t *given,
                     size_t size) {
  unsigned difference = expected.size() == size ? 0 : 1;
  for (size_t i = 0; i < size; ++i)
    difference |=
        given[i] ^ static_cast<uint8_t>(
                       expected.empty() ? 0 : expected[i % expected.size()]);
  return difference == 0;
}

/// Tells the client, and goes on with it.
bool Server::refuse(const std::string &text) {
  std::string words = text.substr(0, kSmallFrame);
  return writeFrame(channel, Kind::Failed, {{words.data(), words.size()}}, log);
}

bool Server::greet() {
  Frame hello;
  if (!readFrame(channel, kSmallFrame, hello, log))
    return false;
  const std::vector<uint8_t> &payload = hello.payload;
  std::vector<uint8_t> expected = makeHello("");
  if (hello.kind != Kind::Hello || payload.size() < expected.size() ||
      std::memcmp(payload.data(), expected.data(), expected.size()) != 0) {
    log = "a client that speaks another protocol";
    std::string ignored = log;
    refuse("expected a hello of protocol " + std::to_string(kProtocolVersion));
    log = ignored;
    return false;
  }
  if (!token.empty() && !areEqual(token, payload.data() + expected.size(),
                                  payload.size() - expected.size())) {
    refuse("the token is not that of the server");
    log = "a client with a wrong token";
    return false;
  }
  const char *version = qcrt_version();
  return done({{version, std::strlen(version)}});
}

bool Server::load(const Frame &frame) {
  model.reset();
  arena.reset();
  bytes = frame.payload;
  qcrt_model *opened = nullptr;
  if (qcrt_open_memory(bytes.data(), bytes.size(), &opened) != QCRT_OK)
    return refuse(qcrt_last_error());
  model.reset(opened);
  auto fail = [&](const std::string &text) {
    model.reset();
    return refuse(text);
  };
  if (qcrt_set_threads(opened, limits.threads) != QCRT_OK)
    return fail(qcrt_last_error());
  arenaBytes = qcrt_arena_size(opened);
  uint64_t needed = arenaBytes;
  auto measure = [&](size_t count, auto query, std::vector<size_t> &sizes,
                     size_t &sum) {
    sizes.clear();
    sum = 0;
    for (size_t i = 0; i < count && needed <= limits.memoryBytes; ++i) {
      qcrt_tensor_info info;
      query(opened, i, &info);
      sizes.push_back(info.byte_size);
      sum += info.byte_size;
      needed += info.byte_size;
    }
  };
  measure(qcrt_input_count(opened), qcrt_input_info, inputSizes, inputBytes);
  measure(qcrt_output_count(opened), qcrt_output_info, outputSizes,
          outputBytes);
  if (needed > limits.memoryBytes)
    return fail("the program needs more than the " +
                std::to_string(limits.memoryBytes) +
                " bytes of memory that the server allows");
  size_t rounded =
      (arenaBytes + QCRT_ALIGNMENT) / QCRT_ALIGNMENT * QCRT_ALIGNMENT;
  arena.reset(std::aligned_alloc(QCRT_ALIGNMENT, rounded));
  outputs.assign(outputBytes, 0);
  if (!arena)
    return fail("there is no memory for the program");
  uint64_t size = arenaBytes;
  uint8_t text[8];
  for (int i = 0; i < 8; ++i)
    text[i] = static_cast<uint8_t>(size >> (8 * i));
  return done({{text, sizeof text}});
}

/// Answers with the nanoseconds that the run took and its outputs.
bool Server::runOnce(const Frame &frame) {
  if (!model)
    return refuse("there is no model to run");
  if (frame.payload.size() != inputBytes)
    return refuse("inputs of " + std::to_string(frame.payload.size()) +
                  " bytes, the model takes " + std::to_string(inputBytes));
  std::vector<const void *> inputData;
  std::vector<void *> outputData;
  size_t offset = 0;
  for (size_t size : inputSizes) {
    inputData.push_back(frame.payload.data() + offset);
    offset += size;
  }
  offset = 0;
  for (size_t size : outputSizes) {
    outputData.push_back(outputs.data() + offset);
    offset += size;
  }
  auto start = std::chrono::steady_clock::now();
  if (qcrt_run(model.get(), arena.get(), arenaBytes, inputData.data(),
               outputData.data()) != QCRT_OK)
    return refuse(qcrt_last_error());
  auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::steady_clock::now() - start);
  ++runs;
  auto count = static_cast<uint64_t>(took.count());
  uint8_t text[8];
  for (int i = 0; i < 8; ++i)
    text[i] = static_cast<uint8_t>(count >> (8 * i));
  return done({{text, sizeof text}, {outputs.data(), outputs.size()}});
}

bool Server::answer(const Frame &frame) {
  switch (frame.kind) {
  case Kind::Model:
    return load(frame);
  case Kind::Run:
    return runOnce(frame);
  case Kind::Hello:
  case Kind::Done:
  case Kind::Failed:
    break;
  }
  refuse("expected a model or a run");
  log = "a client that sent what only a server sends";
  return false;
}

std::string Server::run() {
  if (!greet())
    return log;
  for (;;) {
    Frame frame;
    // Only one of the two is in memory beside the model.
    uint64_t most = model ? std::max<uint64_t>(inputBytes, limits.modelBytes)
                          : limits.modelBytes;
    if (!readFrame(channel, most, frame, log)) {
      if (std::string why = log; why != kClosed) {
        refuse(why);
        log = why;
      }
      break;
    }
    if (!answer(frame))
      break;
  }
  return std::to_string(runs) + " runs" +
         (log.empty() || log == kClosed ? "" : ", then " + log);
}

std::string serve(Channel &channel, const Limits &limits,
                  const std::string &token) {
  try {
    return Server(channel, limits, token).run();
  } catch (const std::bad_alloc &) {
    return "out of memory";
  }
}

} // namespace qcrt::remote
