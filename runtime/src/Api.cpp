// The C interface over Model: argument checks, error texts, no exceptions.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FileLayout.h"
#include "Model.h"
#include "qcrt.h"

#include <new>
#include <string>
#include <system_error>

using namespace qcrt;

static thread_local std::string lastError;

static qcrt_status fail(qcrt_status status, const std::string &text) {
  lastError = text;
  return status;
}

/// Runs an action that may throw what the standard library throws.
template <typename Action> static qcrt_status guarded(Action &&action) {
  try {
    return action();
  } catch (const std::bad_alloc &) {
    return fail(QCRT_NO_MEMORY, "out of memory");
  } catch (const std::system_error &error) {
    return fail(QCRT_NO_MEMORY,
                std::string("cannot start a thread: ") + error.what());
  } catch (const std::exception &error) {
    return fail(QCRT_BAD_FILE, error.what());
  }
}

const char *qcrt_last_error(void) { return lastError.c_str(); }

const char *qcrt_version(void) { return QCRT_VERSION; }

size_t qcrt_dtype_size(qcrt_dtype dtype) {
  static const size_t sizes[] = {4, 1, 1, 2, 4, 8, 2, 1};
  size_t index = static_cast<size_t>(dtype);
  return index < sizeof(sizes) / sizeof(sizes[0]) ? sizes[index] : 0;
}

const char *qcrt_dtype_name(qcrt_dtype dtype) {
  static const char *const names[] = {"f32", "i8",  "u8",  "i16",
                                      "i32", "i64", "f16", "i4"};
  size_t index = static_cast<size_t>(dtype);
  return index < sizeof(names) / sizeof(names[0]) ? names[index] : "?";
}

static qcrt_status finishOpen(std::unique_ptr<qcrt_model> opened,
                              const std::string &where, qcrt_model **model) {
  std::string error;
  if (!opened->load(error))
    return fail(QCRT_BAD_FILE, where + error);
  *model = opened.release();
  return QCRT_OK;
}

qcrt_status qcrt_open_file(const char *path, qcrt_model **model) {
  if (!path || !model)
    return fail(QCRT_BAD_ARGUMENT, "qcrt_open_file: null argument");
  *model = nullptr;
  return guarded([&] {
    auto opened = std::make_unique<qcrt_model>();
    std::string error;
    if (!opened->bytes().open(path, error))
      return fail(QCRT_BAD_FILE, error);
    return finishOpen(std::move(opened),
                      "'" + std::string(path) + "': ", model);
  });
}

qcrt_status qcrt_open_memory(const void *bytes, size_t size,
                             qcrt_model **model) {
  if (!bytes || !model)
    return fail(QCRT_BAD_ARGUMENT, "qcrt_open_memory: null argument");
  *model = nullptr;
  return guarded([&] {
    auto opened = std::make_unique<qcrt_model>();
    opened->bytes().refer(bytes, size);
    return finishOpen(std::move(opened), "", model);
  });
}

void qcrt_close(qcrt_model *model) { delete model; }

size_t qcrt_input_count(const qcrt_model *model) {
  return model ? model->program().inputs.size() : 0;
}

size_t qcrt_output_count(const qcrt_model *model) {
  return model ? model->program().outputs.size() : 0;
}

static qcrt_status tensorInfo(const qcrt_model *model,
                              const std::vector<uint32_t> &tensors,
                              size_t index, qcrt_tensor_info *info) {
  if (index >= tensors.size())
    return fail(QCRT_BAD_ARGUMENT,
                "there is no tensor " + std::to_string(index) +
                    ", the model has " + std::to_string(tensors.size()));
  *info = model->info(tensors[index]);
  return QCRT_OK;
}

qcrt_status qcrt_input_info(const qcrt_model *model, size_t index,
                            qcrt_tensor_info *info) {
  if (!model || !info)
    return fail(QCRT_BAD_ARGUMENT, "qcrt_input_info: null argument");
  return tensorInfo(model, model->program().inputs, index, info);
}

qcrt_status qcrt_output_info(const qcrt_model *model, size_t index,
                             qcrt_tensor_info *info) {
  if (!model || !info)
    return fail(QCRT_BAD_ARGUMENT, "qcrt_output_info: null argument");
  return tensorInfo(model, model->program().outputs, index, info);
}

size_t qcrt_instruction_count(const qcrt_model *model) {
  return model ? model->program().instructions.size() : 0;
}

const char *qcrt_producer(const qcrt_model *model) {
  return model ? model->program().producer.c_str() : "";
}

const char *qcrt_target(const qcrt_model *model) {
  return model ? model->program().target.c_str() : "";
}

const char *qcrt_provenance(const qcrt_model *model, const char *key) {
  if (model && key)
    for (const auto &entry : model->program().provenance)
      if (entry.first == key)
        return entry.second.c_str();
  return nullptr;
}

qcrt_status qcrt_set_threads(qcrt_model *model, int threads) {
  const int most = 256;
  if (!model || threads < 1 || threads > most)
    return fail(QCRT_BAD_ARGUMENT, "qcrt_set_threads: expected a model and 1 "
                                   "to 256 threads, found " +
                                       std::to_string(threads));
  return guarded([&] {
    model->setThreads(threads);
    return QCRT_OK;
  });
}

size_t qcrt_arena_size(const qcrt_model *model) {
  return model ? model->arenaSize() : 0;
}

size_t qcrt_planned_size(const qcrt_model *model) {
  return model ? static_cast<size_t>(model->program().arenaSize) : 0;
}

size_t qcrt_lower_bound(const qcrt_model *model) {
  return model ? static_cast<size_t>(model->program().lowerBound) : 0;
}

static qcrt_status checkArena(const qcrt_model *model, const void *arena,
                              size_t arenaSize) {
  if (!model)
    return fail(QCRT_BAD_ARGUMENT, "qcrt_run: no model");
  if (arenaSize < model->arenaSize())
    return fail(QCRT_BAD_ARGUMENT, "the arena has " +
                                       std::to_string(arenaSize) +
                                       " bytes, expected at least " +
                                       std::to_string(model->arenaSize()));
  bool needsArena = model->arenaSize() > 0;
  if (needsArena &&
      (!arena || reinterpret_cast<uintptr_t>(arena) % QCRT_ALIGNMENT != 0))
    return fail(QCRT_BAD_ARGUMENT, "the arena is not aligned to " +
                                       std::to_string(QCRT_ALIGNMENT) +
                                       " bytes");
  return QCRT_OK;
}

/// "input 'x'", for texts.
static std::string nameInput(const qcrt_model *model, size_t input) {
  const Program &program = model->program();
  return "input '" + program.tensors[program.inputs[input]].name + "'";
}

static qcrt_status finishRun(const char *problem) {
  return problem ? fail(QCRT_RUN_FAILED, problem) : QCRT_OK;
}

qcrt_status qcrt_run(qcrt_model *model, void *arena, size_t arena_size,
                     const void *const *inputs, void *const *outputs) {
  qcrt_status status = checkArena(model, arena, arena_size);
  if (status != QCRT_OK)
    return status;
  for (size_t i = 0; i < qcrt_input_count(model); ++i)
    if (!inputs || !inputs[i])
      return fail(QCRT_BAD_ARGUMENT, nameInput(model, i) + " is null");
  return finishRun(
      model->run(static_cast<unsigned char *>(arena), inputs, outputs));
}

size_t qcrt_plane_count(const qcrt_model *model) {
  return model ? model->planes().size() : 0;
}

qcrt_status qcrt_plane_info_at(const qcrt_model *model, size_t index,
                               qcrt_plane_info *info) {
  if (!model || !info)
    return fail(QCRT_BAD_ARGUMENT, "qcrt_plane_info_at: null argument");
  if (index >= model->planes().size())
    return fail(QCRT_BAD_ARGUMENT, "there is no plane " +
                                       std::to_string(index) +
                                       ", the model has " +
                                       std::to_string(model->planes().size()));
  *info = model->planes()[index].info;
  return QCRT_OK;
}

qcrt_status qcrt_run_planes(qcrt_model *model, void *arena, size_t arena_size,
                            const qcrt_plane *planes, void *const *outputs) {
  qcrt_status status = checkArena(model, arena, arena_size);
  if (status != QCRT_OK)
    return status;
  for (size_t i = 0; i < model->planes().size(); ++i) {
    const qcrt_plane_info &info = model->planes()[i].info;
    if (!planes || !planes[i].data)
      return fail(QCRT_BAD_ARGUMENT, "plane " + std::to_string(i) + ", of " +
                                         nameInput(model, info.input) +
                                         ", is null");
    if (planes[i].stride && planes[i].stride < info.row_bytes)
      return fail(QCRT_BAD_ARGUMENT, "plane " + std::to_string(i) + ", of " +
                                         nameInput(model, info.input) +
                                         ", has a stride of " +
                                         std::to_string(planes[i].stride) +
                                         " bytes, expected at least " +
                                         std::to_string(info.row_bytes));
  }
  return finishRun(
      model->runPlanes(static_cast<unsigned char *>(arena), planes, outputs));
}

qcrt_status qcrt_set_trace(qcrt_model *model, qcrt_trace_callback callback,
                           void *user) {
  if (!model)
    return fail(QCRT_BAD_ARGUMENT, "qcrt_set_trace: no model");
  model->trace = callback;
  model->traceUser = user;
  return QCRT_OK;
}
