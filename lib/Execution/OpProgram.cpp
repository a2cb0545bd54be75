// Single instructions among other ops: each runs as a program of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function of instructions alone is run by TpuExecutor. This is for functions
// that mix them with others, such as expectations of tests.
#include "Kernels.h"

#include "qc/Container/Encoding.h"
#include "qcrt/Program.h"

namespace qc {

namespace {
struct CloseModel {
  void operator()(qcrt_model *model) const { qcrt_close(model); }
};

/// An opened program of one instruction and its memory.
struct OpProgram {
  std::vector<uint8_t> bytes;
  std::unique_ptr<qcrt_model, CloseModel> model;
  Tensor arena;
  /// The operands that are not constants, in order.
  SmallVector<unsigned> inputs;
};

class OpProgramBuilder {
public:
  OpProgramBuilder(Operation *op, KernelRequest &request)
      : op(op), request(request) {}
  LogicalResult build(std::vector<uint8_t> &bytes,
                      SmallVectorImpl<unsigned> &inputs);

private:
  FailureOr<uint32_t> addTensor(Value value, qcrt::TensorKind kind,
                                const void *data);

  Operation *op;
  KernelRequest &request;
  qcrt::Program program;
};
} // namespace

/// Every tensor gets memory of its own: nothing is gained by sharing here.
FailureOr<uint32_t> OpProgramBuilder::addTensor(Value value,
                                                qcrt::TensorKind kind,
                                                const void *data) {
  FailureOr<qcrt::ProgramTensor> tensor =
      encodeType(value.getType(), op->getLoc());
  if (failed(tensor))
    return failure();
  uint32_t index = program.tensors.size();
  tensor->name = "#" + std::to_string(index);
  tensor->kind = kind;
  tensor->data = data;
  if (!data) {
    tensor->arenaOffset = program.arenaSize;
    program.arenaSize += llvm::alignTo(qcrt::byteSize(*tensor), QCRT_ALIGNMENT);
  }
  program.tensors.push_back(std::move(*tensor));
  return index;
}

LogicalResult OpProgramBuilder::build(std::vector<uint8_t> &bytes,
                                      SmallVectorImpl<unsigned> &inputs) {
  FailureOr<qcrt::ProgramInstruction> instruction = encodeOp(op);
  if (failed(instruction))
    return failure();
  for (OpOperand &operand : op->getOpOperands()) {
    unsigned number = operand.getOperandNumber();
    const Tensor *constant = request.getConstant(number);
    auto index =
        constant ? addTensor(operand.get(), qcrt::TensorKind::Constant,
                             constant->raw())
                 : addTensor(operand.get(), qcrt::TensorKind::Input, nullptr);
    if (failed(index))
      return failure();
    instruction->inputs.push_back(*index);
    if (constant)
      continue;
    program.inputs.push_back(*index);
    inputs.push_back(number);
  }
  for (Value result : op->getResults()) {
    auto index = addTensor(result, qcrt::TensorKind::Output, nullptr);
    if (failed(index))
      return failure();
    instruction->outputs.push_back(*index);
    program.outputs.push_back(*index);
  }
  program.instructions.push_back(std::move(*instruction));
  std::string message;
  if (!qcrt::writeProgram(program, bytes, message))
    return op->emitOpError("cannot be executed: ") << message;
  return success();
}

KernelResult makeOpProgram(Operation *op, KernelRequest &request) {
  auto program = std::make_shared<OpProgram>();
  if (failed(
          OpProgramBuilder(op, request).build(program->bytes, program->inputs)))
    return failure();
  qcrt_model *model = nullptr;
  if (qcrt_open_memory(program->bytes.data(), program->bytes.size(), &model) !=
      QCRT_OK)
    return op->emitOpError("cannot be executed: ") << qcrt_last_error();
  program->model.reset(model);
  program->arena = Tensor(
      DType::U8, {std::max<int64_t>(int64_t(qcrt_arena_size(model)), 1)});
  return makeRowMajorKernel([program](const KernelBuffers &buffers) {
    SmallVector<const void *> inputs;
    for (unsigned operand : program->inputs)
      inputs.push_back(buffers.inputs[operand]);
    qcrt_status status = qcrt_run(program->model.get(), program->arena.raw(),
                                  qcrt_arena_size(program->model.get()),
                                  inputs.data(), buffers.outputs.data());
    return status == QCRT_OK ? ok() : error(qcrt_last_error());
  });
}

} // namespace qc
