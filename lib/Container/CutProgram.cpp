// Parts of programs that stand alone.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Container/CutProgram.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <map>

namespace qc {

namespace {
/// Takes tensors over into a smaller program, renumbered.
class Cutter {
public:
  explicit Cutter(const qcrt::Program &program) : program(program) {}

  uint32_t take(uint32_t tensor, qcrt::TensorKind kind);

  qcrt::Program part;

private:
  const qcrt::Program &program;
  std::map<uint32_t, uint32_t> renumbered;
};
} // namespace

/// The number of `tensor` in the part; it becomes of `kind` when it is new and
/// no constant.
uint32_t Cutter::take(uint32_t tensor, qcrt::TensorKind kind) {
  auto [entry, isNew] = renumbered.try_emplace(tensor, part.tensors.size());
  if (!isNew)
    return entry->second;
  qcrt::ProgramTensor copy = program.tensors[tensor];
  if (copy.kind != qcrt::TensorKind::Constant) {
    copy.kind = kind;
    copy.arenaOffset = part.arenaSize;
    part.arenaSize += llvm::alignTo(qcrt::byteSize(copy), QCRT_ALIGNMENT);
  }
  part.tensors.push_back(std::move(copy));
  return entry->second;
}

qcrt::Program cutProgram(const qcrt::Program &program,
                         llvm::ArrayRef<uint32_t> inputs,
                         llvm::ArrayRef<uint32_t> instructions,
                         llvm::ArrayRef<uint32_t> outputs) {
  Cutter cutter(program);
  qcrt::Program &part = cutter.part;
  part.producer = program.producer;
  for (uint32_t tensor : inputs)
    part.inputs.push_back(cutter.take(tensor, qcrt::TensorKind::Input));
  for (uint32_t tensor : outputs)
    part.outputs.push_back(cutter.take(tensor, qcrt::TensorKind::Output));
  for (uint32_t index : instructions) {
    qcrt::ProgramInstruction instruction = program.instructions[index];
    for (auto *list : {&instruction.inputs, &instruction.outputs})
      for (uint32_t &tensor : *list)
        tensor = cutter.take(tensor, qcrt::TensorKind::Activation);
    part.instructions.push_back(std::move(instruction));
  }
  part.lowerBound = part.arenaSize;
  return std::move(part);
}

std::vector<uint32_t> getVariableOperands(const qcrt::Program &program,
                                          uint32_t instruction) {
  std::vector<uint32_t> operands;
  for (uint32_t tensor : program.instructions[instruction].inputs)
    if (program.tensors[tensor].kind != qcrt::TensorKind::Constant &&
        !llvm::is_contained(operands, tensor))
      operands.push_back(tensor);
  return operands;
}

} // namespace qc
