// Runs programs through the runtime, and shows their tensors.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/TpuExecutor.h"
#include "Parallel.h"

#include "qc/Container/Container.h"
#include "qc/Container/Encoding.h"
#include "qc/Execution/StoredTensor.h"
#include "qc/Schedule/BufferAssignment.h"
#include "qc/Support/Convert.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Memory.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {

namespace {
struct CloseModel {
  void operator()(qcrt_model *model) const { qcrt_close(model); }
};
} // namespace

struct TpuExecutor::State {
  // The bytes outlive what was opened on them.
  std::vector<uint8_t> encoded;
  std::shared_ptr<const MappedFile> file;
  std::unique_ptr<qcrt_model, CloseModel> model;
  /// Without data: what the C interface does not tell.
  qcrt::Program program;
  /// With one thread, as a program is opened.
  size_t arenaBytes = 0;
  /// Made by the first run: who only looks at a program needs none.
  std::optional<Tensor> arena;
  /// One a tensor of the program.
  std::vector<TensorInfo> infos;
  /// Where runs are done; null: here.
  std::unique_ptr<RemoteProgram> remote;

  std::pair<const void *, size_t> getBytes() const {
    if (file)
      return {file->data(), file->size()};
    return {encoded.data(), encoded.size()};
  }
};

TpuExecutor::TpuExecutor() : state(std::make_unique<State>()) {}
TpuExecutor::~TpuExecutor() = default;

std::vector<std::string> TpuExecutor::getPreprocess() const {
  std::vector<std::string> texts;
  for (uint32_t input : state->program.inputs)
    texts.push_back(state->program.tensors[input].preprocess);
  return texts;
}

std::vector<std::string> TpuExecutor::getPictures() const {
  std::vector<std::string> texts;
  for (uint32_t input : state->program.inputs)
    texts.push_back(state->program.tensors[input].picture);
  return texts;
}

std::string TpuExecutor::getProvenance(StringRef fact) const {
  for (const auto &[name, text] : state->program.provenance)
    if (name == fact)
      return text;
  return "";
}

bool isTpuFunction(func::FuncOp function) {
  if (!function.getBody().hasOneBlock())
    return false;
  bool any = false;
  for (Operation &op : function.front().without_terminator()) {
    if (op.getNumResults() == 1 && isStoredConstant(op.getResult(0)))
      continue;
    if (!hasEncoding(&op))
      return false;
    any |= isInstruction(&op);
  }
  return any;
}

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

TensorInfo describeTensor(const qcrt::ProgramTensor &tensor, Value value) {
  TensorInfo info;
  info.name = tensor.name;
  info.shape = tensor.shape;
  info.dtype = toDType(tensor.dtype);
  info.value = value;
  // Scales along an axis are those of constants, which nobody is shown.
  info.scale = tensor.scales.size() == 1 ? tensor.scales.front() : 0.0f;
  info.zeroPoint = tensor.zeroPoint;
  info.permutation = tensor.sourcePermutation;
  return info;
}

/// `values` are those of the program's tensors, or none.
Status TpuExecutor::load(ArrayRef<Value> values,
                         const ExecutorOptions &options) {
  auto [bytes, size] = state->getBytes();
  std::string message;
  if (!qcrt::readProgram(bytes, size, state->program, message))
    return error(message);
  qcrt_model *model = nullptr;
  if (qcrt_open_memory(bytes, size, &model) != QCRT_OK)
    return error(qcrt_last_error());
  state->model.reset(model);
  state->arenaBytes = qcrt_arena_size(model);
  if (qcrt_set_threads(model, resolveThreads(options.threads)) != QCRT_OK)
    return error(qcrt_last_error());

  arenaBytes = qcrt_arena_size(model);
  const qcrt::Program &program = state->program;
  for (size_t i = 0; i < program.tensors.size(); ++i)
    state->infos.push_back(describeTensor(
        program.tensors[i], values.empty() ? Value() : values[i]));
  for (uint32_t index : program.inputs)
    inputs.push_back(state->infos[index]);
  for (uint32_t index : program.outputs)
    outputs.push_back(state->infos[index]);
  tensors = inputs;
  for (const qcrt::ProgramInstruction &instruction : program.instructions)
    for (uint32_t index : instruction.outputs)
      tensors.push_back(state->infos[index]);
  return ok();
}

FailureOr<std::unique_ptr<TpuExecutor>>
TpuExecutor::create(ModuleOp module, const ExecutorOptions &options) {
  FailureOr<ProgramImage> image = buildProgram(module);
  if (failed(image))
    return failure();
  std::unique_ptr<TpuExecutor> executor(new TpuExecutor());
  std::string message;
  if (!qcrt::writeProgram(image->program, executor->state->encoded, message))
    return module.emitError("cannot be executed: ") << message;
  if (Status status =
          guarded([&] { return executor->load(image->values, options); });
      !status)
    return module.emitError("cannot be executed: ") << status.message();
  return std::move(executor);
}

Result<std::unique_ptr<TpuExecutor>>
TpuExecutor::open(const std::string &path, const ExecutorOptions &options) {
  Result<std::shared_ptr<const MappedFile>> file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  std::unique_ptr<TpuExecutor> executor(new TpuExecutor());
  executor->state->file = *file;
  if (Status status = guarded([&] { return executor->load({}, options); });
      !status)
    return status.withContext("'" + path + "'");
  return std::move(executor);
}

Status TpuExecutor::runOn(const RemoteHost &host) {
  auto [bytes, size] = state->getBytes();
  Result<std::unique_ptr<RemoteProgram>> remote =
      RemoteProgram::open(host, bytes, size);
  if (!remote)
    return remote.takeError();
  state->remote = std::move(*remote);
  // What lies between them is on the other machine.
  tensors = inputs;
  llvm::append_range(tensors, outputs);
  return ok();
}

size_t TpuExecutor::getPlannedBytes() const {
  return qcrt_planned_size(state->model.get());
}

size_t TpuExecutor::getLowerBoundBytes() const {
  return qcrt_lower_bound(state->model.get());
}

size_t TpuExecutor::getArenaBytes() const { return state->arenaBytes; }

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static void show(Probe &probe, const TensorInfo &info, const void *data) {
  if (probe.wants(info) != Probe::Interest::None)
    probe.observe(info,
                  Tensor::fromMapped(info.dtype, info.shape, nullptr, data));
}

namespace {
/// Hands each result to a probe while the program runs.
struct Tracer {
  Probe &probe;
  const qcrt::Program &program;
  const std::vector<TensorInfo> &infos;

  static void callback(void *user, const qcrt_trace_event *event) {
    const auto &self = *static_cast<const Tracer *>(user);
    const auto &results = self.program.instructions[event->instruction].outputs;
    for (size_t i = 0; i < results.size(); ++i)
      show(self.probe, self.infos[results[i]], event->output_data[i]);
  }
};
} // namespace

/// What is given for an input, in its stored type.
static Result<Tensor> bringToStoredType(const TensorInfo &info,
                                        const Tensor &given) {
  if (given.shape() == info.shape) {
    if (given.dtype() == info.dtype)
      return given;
    if (given.dtype() == DType::F32 && info.scale != 0)
      return quantize(info, given);
    if (given.dtype() == DType::F32 && info.dtype == DType::F16)
      return convertTensor(given, DType::F16);
  }
  return error("input '", info.name, "' is ", shapeString(info.shape), " ",
               dtypeName(info.dtype),
               info.scale != 0 || info.dtype == DType::F16 ? " or f32" : "",
               ", got ", shapeString(given.shape()), " ",
               dtypeName(given.dtype()));
}

Status TpuExecutor::runRemotely(ArrayRef<Tensor> stored,
                                SmallVectorImpl<Tensor> &outputTensors,
                                Probe *probe) {
  SmallVector<std::pair<const void *, size_t>> from;
  for (const Tensor &tensor : stored)
    from.push_back({tensor.raw(), tensor.byteSize()});
  SmallVector<std::pair<void *, size_t>> to;
  for (Tensor &tensor : outputTensors)
    to.push_back({tensor.raw(), tensor.byteSize()});
  Status ran = state->remote->run(from, to);
  if (ran && probe)
    for (auto [info, tensor] : llvm::zip_equal(outputs, outputTensors))
      show(*probe, info, std::as_const(tensor).raw());
  return ran;
}

Status TpuExecutor::run(ArrayRef<Tensor> inputTensors,
                        SmallVectorImpl<Tensor> &outputTensors, Probe *probe) {
  return guarded(
      [&] { return runProgram(inputTensors, outputTensors, probe); });
}

Status TpuExecutor::runProgram(ArrayRef<Tensor> inputTensors,
                               SmallVectorImpl<Tensor> &outputTensors,
                               Probe *probe) {
  if (inputTensors.size() != inputs.size())
    return error("the network has ", inputs.size(), " inputs, got ",
                 inputTensors.size());
  SmallVector<Tensor> stored;
  SmallVector<const void *> inputData;
  for (auto [info, given] : llvm::zip_equal(inputs, inputTensors)) {
    Result<Tensor> tensor = bringToStoredType(info, given);
    if (!tensor)
      return tensor.takeError();
    stored.push_back(std::move(*tensor));
    inputData.push_back(std::as_const(stored.back()).raw());
    if (probe)
      show(*probe, info, inputData.back());
  }
  SmallVector<void *> outputData;
  outputTensors.clear();
  for (const TensorInfo &info : outputs) {
    outputTensors.emplace_back(info.dtype, info.shape);
    outputData.push_back(outputTensors.back().raw());
  }

  if (state->remote)
    return runRemotely(stored, outputTensors, probe);
  qcrt_model *model = state->model.get();
  if (!state->arena) {
    if (Status status = checkMemory(arenaBytes, "the arena"); !status)
      return status;
    state->arena.emplace(DType::U8,
                         Shape{std::max<int64_t>(int64_t(arenaBytes), 1)});
  }
  std::optional<Tracer> tracer;
  if (probe)
    tracer.emplace(Tracer{*probe, state->program, state->infos});
  qcrt_set_trace(model, tracer ? Tracer::callback : nullptr,
                 tracer ? &*tracer : nullptr);
  qcrt_status status = qcrt_run(model, state->arena->raw(), arenaBytes,
                                inputData.data(), outputData.data());
  qcrt_set_trace(model, nullptr, nullptr);
  return status == QCRT_OK ? ok() : error(qcrt_last_error());
}

} // namespace qc
