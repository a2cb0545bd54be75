// qcrt-run: the board-side program that runs one .qcb file.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Options.h"
#include "RawFile.h"
#include "qcrt.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>

using namespace qcrt::tool;

namespace {
struct Close {
  void operator()(qcrt_model *model) const { qcrt_close(model); }
};
struct Free {
  void operator()(void *memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<void, Free>;

/// A tensor of the interface with room for its elements.
struct Port {
  qcrt_tensor_info info = {};
  std::string file; // "" for an output that nobody wants
  Memory data;
};
} // namespace

static int fail(const std::string &text, int status) {
  std::fprintf(stderr, "qcrt-run: error: %s\n", printable(text).c_str());
  return status;
}

static Memory allocate(size_t size) {
  size_t rounded = (size + QCRT_ALIGNMENT) / QCRT_ALIGNMENT * QCRT_ALIGNMENT;
  void *memory = std::aligned_alloc(QCRT_ALIGNMENT, rounded);
  if (!memory)
    throw std::bad_alloc();
  return Memory(memory);
}

using Query = qcrt_status (*)(const qcrt_model *, size_t, qcrt_tensor_info *);

static std::vector<Port> portsOf(const qcrt_model *model, size_t count,
                                 Query query) {
  std::vector<Port> ports(count);
  for (size_t i = 0; i < count; ++i) {
    query(model, i, &ports[i].info);
    ports[i].data = allocate(ports[i].info.byte_size);
  }
  return ports;
}

/// Gives each FILE or NAME=FILE to its port.
static bool assign(std::vector<Port> &ports, const char *what,
                   const std::vector<std::string> &files, std::string &error) {
  size_t next = 0;
  for (const std::string &word : files) {
    size_t equals = word.find('=');
    Port *port = nullptr;
    if (equals != std::string::npos)
      for (Port &candidate : ports)
        if (word.compare(0, equals, candidate.info.name) == 0)
          port = &candidate;
    std::string file = port ? word.substr(equals + 1) : word;
    if (!port && next < ports.size())
      port = &ports[next++];
    if (!port || !port->file.empty()) {
      error = "'" + word + "': the model has " + std::to_string(ports.size()) +
              " " + what + "s, and there is none left for this file";
      return false;
    }
    port->file = file;
  }
  return true;
}

static void printPort(const char *what, const qcrt_tensor_info &info) {
  std::string shape;
  for (int i = 0; i < info.rank; ++i)
    shape += (i ? "x" : "") + std::to_string(info.shape[i]);
  std::printf("%s %s: %s %s, %zu bytes", what, printable(info.name).c_str(),
              info.rank ? shape.c_str() : "scalar", qcrt_dtype_name(info.dtype),
              info.byte_size);
  if (info.scale != 0)
    std::printf(", scale %.9g, zero point %lld", double(info.scale),
                static_cast<long long>(info.zero_point));
  if (info.preprocess[0])
    std::printf(", preprocess %s", info.preprocess);
  if (info.picture[0])
    std::printf(", picture %s", printable(info.picture).c_str());
  std::printf("\n");
}

static void printInfo(const qcrt_model *model, const std::vector<Port> &inputs,
                      const std::vector<Port> &outputs) {
  std::printf("producer: %s\ntarget: %s\n",
              printable(qcrt_producer(model)).c_str(),
              printable(qcrt_target(model)).c_str());
  for (const Port &port : inputs)
    printPort("input", port.info);
  // Where each input is whole there is nothing to say.
  for (size_t i = 0, count = qcrt_plane_count(model);
       count > inputs.size() && i < count; ++i) {
    qcrt_plane_info plane = {};
    qcrt_plane_info_at(model, i, &plane);
    std::printf("plane %zu: of %s, %zu rows of %zu bytes\n", i,
                printable(inputs[plane.input].info.name).c_str(), plane.rows,
                plane.row_bytes);
  }
  for (const Port &port : outputs)
    printPort("output", port.info);
  std::printf("instructions: %zu\narena: %zu bytes (tensors %zu, lower bound "
              "%zu)\n",
              qcrt_instruction_count(model), qcrt_arena_size(model),
              qcrt_planned_size(model), qcrt_lower_bound(model));
}

static void printStep(void *, const qcrt_trace_event *event) {
  std::printf("%4zu %s %s (%s)\n", event->instruction, event->placement,
              event->kernel, printable(event->sources).c_str());
}

/// Reads the files of --plane, one behind the other in the model's order.
static bool readPlanes(const qcrt_model *model, const Options &options,
                       std::vector<Memory> &memory,
                       std::vector<qcrt_plane> &planes, std::string &error) {
  size_t count = qcrt_plane_count(model);
  if (options.planes.size() != count) {
    error = "the model has " + std::to_string(count) + " plane" +
            (count == 1 ? "" : "s") + ", as --info lists them, found " +
            std::to_string(options.planes.size()) + " --plane";
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    qcrt_plane_info info = {};
    qcrt_plane_info_at(model, i, &info);
    // A plane of one row is an input that is no picture in parts.
    size_t stride = info.rows > 1 && options.planeStride
                        ? static_cast<size_t>(options.planeStride)
                        : info.row_bytes;
    if (stride < info.row_bytes) {
      error = "--plane-stride: plane " + std::to_string(i) + " has rows of " +
              std::to_string(info.row_bytes) + " bytes";
      return false;
    }
    memory.push_back(allocate(stride * info.rows));
    if (!readFile(options.planes[i], memory.back().get(), stride * info.rows,
                  error))
      return false;
    planes.push_back({memory.back().get(), stride});
  }
  return true;
}

static bool readInputs(std::vector<Port> &inputs, std::string &error) {
  for (Port &port : inputs) {
    if (port.file.empty()) {
      error = "input '" + std::string(port.info.name) +
              "' has no file: add --in FILE";
      return false;
    }
    if (!readFile(port.file, port.data.get(), port.info.byte_size, error))
      return false;
  }
  return true;
}

static qcrt_status execute(qcrt_model *model, const Options &options,
                           std::vector<Port> &inputs,
                           const std::vector<qcrt_plane> &planes,
                           std::vector<Port> &outputs) {
  std::vector<const void *> from;
  std::vector<void *> to;
  for (const Port &port : inputs)
    from.push_back(port.data.get());
  for (const Port &port : outputs)
    to.push_back(port.data.get());
  size_t size = qcrt_arena_size(model);
  Memory arena = allocate(size);
  double best = 1e300, sum = 0;
  for (int i = 0; i < options.repeat; ++i) {
    auto start = std::chrono::steady_clock::now();
    qcrt_status status =
        planes.empty()
            ? qcrt_run(model, arena.get(), size, from.data(), to.data())
            : qcrt_run_planes(model, arena.get(), size, planes.data(),
                              to.data());
    std::chrono::duration<double, std::milli> time =
        std::chrono::steady_clock::now() - start;
    if (status != QCRT_OK)
      return status;
    best = std::min(best, time.count());
    sum += time.count();
  }
  if (options.repeat > 1)
    std::printf("time: fastest %.3f ms, mean %.3f ms of %d runs\n", best,
                sum / options.repeat, options.repeat);
  return QCRT_OK;
}

static int runTool(const Options &options) {
  qcrt_model *opened = nullptr;
  if (qcrt_open_file(options.model.c_str(), &opened) != QCRT_OK)
    return fail(qcrt_last_error(), 1);
  std::unique_ptr<qcrt_model, Close> model(opened);
  if (qcrt_set_threads(opened, options.threads) != QCRT_OK)
    return fail(qcrt_last_error(), 1);
  std::vector<Port> inputs =
      portsOf(opened, qcrt_input_count(opened), qcrt_input_info);
  std::vector<Port> outputs =
      portsOf(opened, qcrt_output_count(opened), qcrt_output_info);
  std::string error;
  if (!assign(inputs, "input", options.inputs, error) ||
      !assign(outputs, "output", options.outputs, error))
    return fail(error, 2);
  if (options.info)
    printInfo(opened, inputs, outputs);
  if (options.info && options.inputs.empty() && options.planes.empty())
    return 0;
  std::vector<Memory> memory;
  std::vector<qcrt_plane> planes;
  if (options.planes.empty()
          ? !readInputs(inputs, error)
          : !readPlanes(opened, options, memory, planes, error))
    return fail(error, 1);
  if (options.trace)
    qcrt_set_trace(opened, printStep, nullptr);
  if (execute(opened, options, inputs, planes, outputs) != QCRT_OK)
    return fail(qcrt_last_error(), 1);
  for (const Port &port : outputs)
    if (!port.file.empty() &&
        !writeFile(port.file, port.data.get(), port.info.byte_size, error))
      return fail(error, 1);
  return 0;
}

int main(int argc, char **argv) {
  Options options;
  std::string error;
  if (!parseOptions(argc, argv, options, error))
    return fail(error + "; see qcrt-run --help", 2);
  if (options.help) {
    std::fputs(helpText, stdout);
    return 0;
  }
  if (options.version) {
    std::printf("qcrt-run %s\n", qcrt_version());
    return 0;
  }
  try {
    return runTool(options);
  } catch (const std::bad_alloc &) {
    return fail("not enough memory", 1);
  } catch (const std::exception &problem) {
    return fail(problem.what(), 1);
  }
}
