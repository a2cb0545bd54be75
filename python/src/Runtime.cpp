// qc._runtime: compiled programs in a process without LLVM.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qcrt.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>

namespace nb = nanobind;

namespace {

using Array = nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>;
/// Rows of bytes; what lies between them is not read.
using Plane = nb::ndarray<const uint8_t, nb::ndim<2>, nb::device::cpu>;

nb::dlpack::dtype toType(qcrt_dtype type) {
  switch (type) {
  case QCRT_F32:
    return nb::dtype<float>();
  case QCRT_I4: // of constants alone, which nobody gets
  case QCRT_I8:
    return nb::dtype<int8_t>();
  case QCRT_U8:
    return nb::dtype<uint8_t>();
  case QCRT_I16:
    return nb::dtype<int16_t>();
  case QCRT_I32:
    return nb::dtype<int32_t>();
  case QCRT_I64:
    return nb::dtype<int64_t>();
  case QCRT_F16:
    return {static_cast<uint8_t>(nb::dlpack::dtype_code::Float), 16, 1};
  }
  return {};
}

void check(qcrt_status status) {
  if (status == QCRT_OK)
    return;
  if (status == QCRT_NO_MEMORY)
    throw std::bad_alloc();
  throw nb::value_error(qcrt_last_error());
}

struct Free {
  void operator()(void *pointer) const { std::free(pointer); }
};

/// One program with the memory that it runs in.
class Program {
public:
  explicit Program(const std::string &path) {
    check(qcrt_open_file(path.c_str(), &model));
    prepare();
  }
  explicit Program(nb::bytes bytes) : kept(bytes) {
    check(qcrt_open_memory(bytes.c_str(), bytes.size(), &model));
    prepare();
  }
  Program(const Program &) = delete;
  Program &operator=(const Program &) = delete;
  ~Program() { qcrt_close(model); }

  void setThreads(int threads) { check(qcrt_set_threads(model, threads)); }

  nb::list getInputs() const { return describe(inputs); }
  nb::list getOutputs() const { return describe(outputs); }
  std::string getTarget() const { return qcrt_target(model); }

  nb::list run(const std::vector<Array> &arrays) {
    if (arrays.size() != inputs.size())
      throw nb::value_error(("expected " + std::to_string(inputs.size()) +
                             " inputs, found " + std::to_string(arrays.size()))
                                .c_str());
    std::vector<const void *> from;
    for (size_t i = 0; i < arrays.size(); ++i) {
      checkInput(inputs[i], arrays[i]);
      from.push_back(arrays[i].data());
    }
    return runOnce([&](void *memory, size_t size, void *const *to) {
      return qcrt_run(model, memory, size, from.data(), to);
    });
  }

  nb::list getPlanes() const {
    nb::list list;
    for (size_t i = 0; i < qcrt_plane_count(model); ++i) {
      qcrt_plane_info info = getPlane(i);
      nb::dict dict;
      dict["input"] = inputs[info.input].name;
      dict["rows"] = info.rows;
      dict["row_bytes"] = info.row_bytes;
      list.append(dict);
    }
    return list;
  }

  nb::list runPlanes(const std::vector<Plane> &arrays) {
    size_t count = qcrt_plane_count(model);
    if (arrays.size() != count)
      throw nb::value_error(("expected " + std::to_string(count) +
                             " planes, found " + std::to_string(arrays.size()))
                                .c_str());
    std::vector<qcrt_plane> planes;
    for (size_t i = 0; i < count; ++i) {
      checkPlane(i, arrays[i]);
      bool isOne = arrays[i].shape(0) == 1;
      planes.push_back({arrays[i].data(),
                        isOne ? 0 : static_cast<size_t>(arrays[i].stride(0))});
    }
    return runOnce([&](void *memory, size_t size, void *const *to) {
      return qcrt_run_planes(model, memory, size, planes.data(), to);
    });
  }

private:
  /// Runs, by `start`, into arrays of its own.
  template <typename Start> nb::list runOnce(Start start) {
    std::vector<std::unique_ptr<void, Free>> results;
    std::vector<void *> to;
    for (const qcrt_tensor_info &info : outputs) {
      results.emplace_back(std::aligned_alloc(
          QCRT_ALIGNMENT, std::max<size_t>(info.aligned_size, 64)));
      if (!results.back())
        throw std::bad_alloc();
      to.push_back(results.back().get());
    }
    qcrt_status status;
    {
      // One run at a time: the arena is the program's.
      nb::gil_scoped_release unlock;
      std::lock_guard<std::mutex> lock(mutex);
      status = start(arena.get(), qcrt_arena_size(model), to.data());
    }
    check(status);
    nb::list list;
    for (size_t i = 0; i < outputs.size(); ++i) {
      const qcrt_tensor_info &info = outputs[i];
      std::vector<size_t> shape(info.shape, info.shape + info.rank);
      void *bytes = results[i].release();
      nb::capsule owner(bytes,
                        [](void *pointer) noexcept { std::free(pointer); });
      list.append(
          nb::cast(nb::ndarray<nb::numpy>(bytes, shape.size(), shape.data(),
                                          owner, nullptr, toType(info.dtype))));
    }
    return list;
  }

  void prepare() {
    inputs.resize(qcrt_input_count(model));
    outputs.resize(qcrt_output_count(model));
    for (size_t i = 0; i < inputs.size(); ++i)
      check(qcrt_input_info(model, i, &inputs[i]));
    for (size_t i = 0; i < outputs.size(); ++i)
      check(qcrt_output_info(model, i, &outputs[i]));
    size_t size = (qcrt_arena_size(model) + QCRT_ALIGNMENT - 1) /
                  QCRT_ALIGNMENT * QCRT_ALIGNMENT;
    arena.reset(std::aligned_alloc(QCRT_ALIGNMENT,
                                   std::max<size_t>(size, QCRT_ALIGNMENT)));
    if (!arena)
      throw std::bad_alloc();
  }

  static void checkInput(const qcrt_tensor_info &info, const Array &array) {
    bool fits = array.dtype() == toType(info.dtype) &&
                array.ndim() == static_cast<size_t>(info.rank);
    for (int32_t i = 0; fits && i < info.rank; ++i)
      fits = static_cast<int64_t>(array.shape(i)) == info.shape[i];
    if (fits)
      return;
    std::string shape;
    for (int32_t i = 0; i < info.rank; ++i)
      shape += (i ? "x" : "") + std::to_string(info.shape[i]);
    throw nb::value_error(("input '" + std::string(info.name) + "' wants " +
                           qcrt_dtype_name(info.dtype) + " of shape " + shape)
                              .c_str());
  }

  qcrt_plane_info getPlane(size_t index) const {
    qcrt_plane_info info = {};
    check(qcrt_plane_info_at(model, index, &info));
    return info;
  }

  void checkPlane(size_t index, const Plane &array) const {
    qcrt_plane_info info = getPlane(index);
    size_t rows = array.shape(0), bytes = array.shape(1);
    bool fits = rows == info.rows && bytes >= info.row_bytes &&
                (bytes == 1 || array.stride(1) == 1) &&
                (rows == 1 || array.stride(0) >= int64_t(info.row_bytes));
    if (fits)
      return;
    throw nb::value_error(
        ("plane " + std::to_string(index) + ", of input '" +
         inputs[info.input].name + "', wants " + std::to_string(info.rows) +
         " rows of " + std::to_string(info.row_bytes) +
         " bytes without gaps in a row, found " + std::to_string(rows) +
         " of " + std::to_string(bytes))
            .c_str());
  }

  static nb::list describe(const std::vector<qcrt_tensor_info> &tensors) {
    nb::list list;
    for (const qcrt_tensor_info &info : tensors) {
      nb::dict dict;
      dict["name"] = info.name;
      dict["dtype"] = qcrt_dtype_name(info.dtype);
      dict["shape"] = std::vector<int64_t>(info.shape, info.shape + info.rank);
      dict["scale"] = info.scale;
      dict["zero_point"] = info.zero_point;
      list.append(dict);
    }
    return list;
  }

  nb::object kept; ///< the file, where it is in memory
  qcrt_model *model = nullptr;
  std::unique_ptr<void, Free> arena;
  std::vector<qcrt_tensor_info> inputs, outputs;
  std::mutex mutex;
};

} // namespace

NB_MODULE(_runtime, module) {
  module.doc() = "qc's runtime; use the package qc";
  module.attr("version") = qcrt_version();
  nb::class_<Program>(module, "Program")
      .def(nb::init<const std::string &>())
      .def(nb::init<nb::bytes>())
      .def("set_threads", &Program::setThreads)
      .def("inputs", &Program::getInputs)
      .def("outputs", &Program::getOutputs)
      .def("target", &Program::getTarget)
      .def("run", &Program::run)
      .def("planes", &Program::getPlanes)
      .def("run_planes", &Program::runPlanes);
}
