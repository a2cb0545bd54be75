// Single instructions among other ops: each runs as a program of its own.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A function of instructions alone is run by TpuExecutor. This is for functions
// that mix them with others, such as expectations of tests.
#include "Kernels.h"

#include "qc/Container/Encoding.h"
#include "qc/Dialect/Top/IR/TopTypes.h"
#include "qc/Support/Convert.h"
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

  Status run(const KernelBuffers &buffers);
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
  /// Constants of f16, stored so.
  std::vector<Tensor> halves;
};
} // namespace

/// Values of f16 are f32 among other ops, here they are stored as they will be.
Status OpProgram::run(const KernelBuffers &buffers) {
  std::vector<Tensor> halves;
  SmallVector<const void *> from;
  SmallVector<void *> to;
  auto shapeOf = [](const qcrt_tensor_info &info) {
    return Shape(info.shape, info.shape + info.rank);
  };
  qcrt_tensor_info info;
  halves.reserve(inputs.size() + buffers.outputs.size());
  for (auto [i, operand] : llvm::enumerate(inputs)) {
    from.push_back(buffers.inputs[operand]);
    qcrt_input_info(model.get(), i, &info);
    if (info.dtype != QCRT_F16)
      continue;
    Tensor real =
        Tensor::fromMapped(DType::F32, shapeOf(info), nullptr, from.back());
    halves.push_back(*convertTensor(real, DType::F16));
    from.back() = std::as_const(halves.back()).raw();
  }
  const size_t first = halves.size();
  for (auto [i, buffer] : llvm::enumerate(buffers.outputs)) {
    to.push_back(buffer);
    qcrt_output_info(model.get(), i, &info);
    if (info.dtype != QCRT_F16)
      continue;
    halves.emplace_back(DType::F16, shapeOf(info));
    to.back() = halves.back().raw();
  }
  if (qcrt_run(model.get(), arena.raw(), qcrt_arena_size(model.get()),
               from.data(), to.data()) != QCRT_OK)
    return error(qcrt_last_error());
  size_t next = first;
  for (auto [i, buffer] : llvm::enumerate(buffers.outputs)) {
    if (to[i] == buffer)
      continue;
    Tensor real = *convertTensor(halves[next++], DType::F32);
    std::memcpy(buffer, std::as_const(real).raw(), real.byteSize());
  }
  return ok();
}

/// Every tensor gets memory of its own: nothing is gained by sharing here.
FailureOr<uint32_t> OpProgramBuilder::addTensor(Value value,
                                                qcrt::TensorKind kind,
                                                const void *data) {
  // A float op among others holds real numbers, however they will be stored.
  Type type = isInstruction(op) ? value.getType()
                                : top::getResultTypeLike(value.getType());
  FailureOr<qcrt::ProgramTensor> tensor = encodeType(type, op->getLoc());
  if (failed(tensor))
    return failure();
  uint32_t index = program.tensors.size();
  tensor->name = "#" + std::to_string(index);
  tensor->kind = kind;
  tensor->data = data;
  if (data && tensor->dtype == QCRT_F16) {
    Tensor real = Tensor::fromMapped(DType::F32, tensor->shape, nullptr, data);
    halves.push_back(*convertTensor(real, DType::F16));
    tensor->data = std::as_const(halves.back()).raw();
  }
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
    return program->run(buffers);
  });
}

} // namespace qc
