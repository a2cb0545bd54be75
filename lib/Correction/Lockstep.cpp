// Runs a program on many samples at once, one instruction after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Lockstep.h"
#include "qc/Container/CutProgram.h"
#include "qc/Container/Encoding.h"

#include <algorithm>
#include <limits>

namespace qc {

constexpr uint32_t kNever = std::numeric_limits<uint32_t>::max();

/// The last instruction that reads each tensor, or its own where none does;
/// kNever for results of the program, which stay.
static std::vector<uint32_t> findLastReaders(const qcrt::Program &program) {
  std::vector<uint32_t> last(program.tensors.size(), kNever);
  for (uint32_t i = 0; i < program.instructions.size(); ++i)
    for (const auto *list :
         {&program.instructions[i].inputs, &program.instructions[i].outputs})
      for (uint32_t tensor : *list)
        last[tensor] = i;
  for (uint32_t tensor : program.outputs)
    last[tensor] = kNever;
  return last;
}

/// The tensors that no instruction behind `index` reads, but it does or makes.
static std::vector<uint32_t> getDying(const qcrt::Program &program,
                                      const std::vector<uint32_t> &last,
                                      uint32_t index) {
  const qcrt::ProgramInstruction &instruction = program.instructions[index];
  std::vector<uint32_t> dying;
  for (const auto *list : {&instruction.inputs, &instruction.outputs})
    for (uint32_t tensor : *list)
      if (last[tensor] == index)
        dying.push_back(tensor);
  // An instruction may read a tensor twice.
  std::sort(dying.begin(), dying.end());
  dying.erase(std::unique(dying.begin(), dying.end()), dying.end());
  return dying;
}

uint64_t getLockstepBytes(const qcrt::Program &program) {
  std::vector<uint32_t> last = findLastReaders(program);
  uint64_t live = 0, most = 0;
  for (uint32_t input : program.inputs)
    live += qcrt::byteSize(program.tensors[input]);
  for (uint32_t i = 0; i < program.instructions.size(); ++i) {
    for (uint32_t tensor : program.instructions[i].outputs)
      live += qcrt::byteSize(program.tensors[tensor]);
    most = std::max(most, live);
    for (uint32_t tensor : getDying(program, last, i))
      if (program.tensors[tensor].kind != qcrt::TensorKind::Constant)
        live -= qcrt::byteSize(program.tensors[tensor]);
  }
  return most;
}

Lockstep::Lockstep(const qcrt::Program &program, ThreadPool &pool)
    : program(program), pool(pool), lastReader(findLastReaders(program)) {}

Lockstep::~Lockstep() = default;

Status Lockstep::addSample(std::vector<Tensor> inputs) {
  if (inputs.size() != program.inputs.size())
    return error("the network has ", program.inputs.size(), " inputs, got ",
                 inputs.size());
  std::vector<Tensor> tensors(program.tensors.size());
  for (size_t i = 0; i < inputs.size(); ++i)
    tensors[program.inputs[i]] = std::move(inputs[i]);
  samples.push_back(std::move(tensors));
  return ok();
}

namespace {
/// One thread's instance of an instruction.
struct Instance {
  Instance() = default;
  ~Instance() { qcrt_close(model); }
  Instance(const Instance &) = delete;
  Instance &operator=(const Instance &) = delete;

  Status open(const std::vector<uint8_t> &bytes) {
    if (qcrt_open_memory(bytes.data(), bytes.size(), &model) != QCRT_OK ||
        qcrt_set_threads(model, 1) != QCRT_OK)
      return error(qcrt_last_error());
    arena = Tensor(DType::U8, {std::max<int64_t>(qcrt_arena_size(model), 1)});
    return ok();
  }

  qcrt_model *model = nullptr;
  Tensor arena;
};
} // namespace

Status Lockstep::run(uint32_t index) {
  const std::vector<uint32_t> &results = program.instructions[index].outputs;
  std::vector<uint32_t> operands = getVariableOperands(program, index);
  std::vector<uint8_t> bytes;
  std::string message;
  if (!qcrt::writeProgram(cutProgram(program, operands, {index}, results),
                          bytes, message))
    return error(message);
  // Any of the threads may be the one that takes a sample.
  std::vector<Instance> instances(pool.size());
  return pool.runUntilFailure(getSampleCount(), [&](int64_t i, int worker) {
    Instance &instance = instances[worker];
    if (!instance.model)
      if (Status opened = instance.open(bytes); !opened)
        return opened;
    std::vector<Tensor> &tensors = samples[i];
    std::vector<const void *> inputs;
    std::vector<void *> outputs;
    for (uint32_t operand : operands)
      inputs.push_back(std::as_const(tensors[operand]).raw());
    for (uint32_t result : results) {
      const qcrt::ProgramTensor &info = program.tensors[result];
      if (tensors[result].shape() != info.shape)
        tensors[result] = Tensor(toDType(info.dtype), info.shape);
      outputs.push_back(tensors[result].raw());
    }
    if (qcrt_run(instance.model, instance.arena.raw(),
                 instance.arena.byteSize(), inputs.data(),
                 outputs.data()) != QCRT_OK)
      return error(qcrt_last_error());
    return ok();
  });
}

void Lockstep::finish(uint32_t index) {
  for (uint32_t tensor : getDying(program, lastReader, index))
    for (std::vector<Tensor> &sample : samples)
      sample[tensor] = Tensor();
}

} // namespace qc
