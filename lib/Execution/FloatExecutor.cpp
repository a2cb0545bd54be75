// Runs a planned program, and shows its tensors to a probe.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OneDNN.h"
#include "Parallel.h"
#include "Program.h"

#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/Executor.h"
#include "qc/Support/Memory.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

/// Adds `op`, which is a constant or something to execute.
static LogicalResult addToProgram(ProgramBuilder &builder, Operation *op) {
  ElementsAttr elements;
  if (!matchPattern(op, m_Constant(&elements)))
    return builder.addOp(op);
  return builder.addConstant(op, elements);
}

static LogicalResult addFunction(ProgramBuilder &builder,
                                 func::FuncOp function) {
  for (BlockArgument argument : function.getArguments())
    if (failed(builder.addInput(argument, function.getLoc())))
      return failure();
  for (BlockArgument argument : function.getArguments())
    builder.addRounding(argument);
  for (Operation &op : function.front().without_terminator())
    if (failed(addToProgram(builder, &op)))
      return failure();
  for (Value result : function.front().getTerminator()->getOperands())
    if (failed(builder.addOutput(result)))
      return failure();
  return success();
}

static TensorInfo describe(Value value, StringAttr name) {
  TensorInfo info = describeTensor(value);
  if (name)
    info.name = name.str();
  return info;
}

/// A result of the function as it is given out.
static TensorInfo describe(func::FuncOp function, OpOperand &result) {
  unsigned number = result.getOperandNumber();
  TensorInfo info =
      describe(result.get(),
               function.getResultAttrOfType<StringAttr>(number, kNameAttr));
  if (auto order = function.getResultAttrOfType<DenseI64ArrayAttr>(
          number, kPermutationAttr))
    info.permutation = order.asArrayRef().vec();
  return info;
}

//===----------------------------------------------------------------------===//
// FloatExecutor
//===----------------------------------------------------------------------===//

/// A planned program and what a probe needs beside it.
struct FloatExecutor::Program {
  std::unique_ptr<qc::Program> plan;
  int threads = 1;
  /// Row-major copies for a probe, made when it first asks for one.
  std::vector<Tensor> copies;
  std::vector<std::unique_ptr<OpKernel>> converters;

  Status show(size_t index, Probe &probe);
  Result<Tensor> getCopy(size_t index);
};

FloatExecutor::FloatExecutor() : program(std::make_unique<Program>()) {}
FloatExecutor::~FloatExecutor() = default;

FailureOr<std::unique_ptr<FloatExecutor>>
FloatExecutor::create(func::FuncOp function, const ExecutorOptions &options) {
  if (!function.getBody().hasOneBlock())
    return function.emitError()
           << "expects a function with one block to execute";
  std::unique_ptr<FloatExecutor> executor(new FloatExecutor());
  executor->program->threads = resolveThreads(options.threads);
  ThreadLimit limit(executor->program->threads);
  // oneDNN and large allocations report by exceptions; they end here.
  try {
    ProgramBuilder builder(executor->program->threads, options.rounds);
    if (failed(addFunction(builder, function)))
      return failure();
    FailureOr<std::unique_ptr<qc::Program>> plan =
        builder.finish(function.getLoc());
    if (failed(plan))
      return failure();
    executor->program->plan = std::move(*plan);
  } catch (const std::exception &exception) {
    return function.emitError()
           << "cannot be prepared for execution: " << exception.what();
  }

  qc::Program &plan = *executor->program->plan;
  executor->program->copies.resize(plan.tensors.size());
  executor->program->converters.resize(plan.tensors.size());
  executor->tensors = plan.infos;
  executor->arenaBytes = plan.arenaBytes;
  for (BlockArgument argument : function.getArguments())
    executor->inputs.push_back(describe(argument, {}));
  for (OpOperand &result : function.front().getTerminator()->getOpOperands())
    executor->outputs.push_back(describe(function, result));
  return std::move(executor);
}

Result<Tensor> FloatExecutor::Program::getCopy(size_t index) {
  const ProgramTensor &tensor = plan->tensors[index];
  const TensorInfo &info = plan->infos[index];
  if (!converters[index]) {
    copies[index] = Tensor(info.dtype, info.shape);
    converters[index] =
        makeReorderKernel(info.shape, tensor.layout, TensorLayout::rowMajor());
    KernelBuffers buffers;
    buffers.inputs = {plan->address(tensor.buffer)};
    buffers.outputs = {copies[index].raw()};
    if (size_t bytes = converters[index]->scratchBytes) {
      plan->buffers.push_back({});
      plan->buffers.back().constant = Tensor(DType::U8, {int64_t(bytes)});
      buffers.scratch = plan->buffers.back().constant->raw();
    }
    converters[index]->bind(buffers);
  }
  if (Status status = converters[index]->run(); !status)
    return status;
  return copies[index];
}

Status FloatExecutor::Program::show(size_t index, Probe &probe) {
  const TensorInfo &info = plan->infos[index];
  Probe::Interest interest = probe.wants(info);
  if (interest == Probe::Interest::None)
    return ok();
  const ProgramTensor &tensor = plan->tensors[index];
  bool direct =
      tensor.layout.isRowMajor() || (interest == Probe::Interest::AnyOrder &&
                                     !tensor.layout.isPadded(info.shape));
  if (direct) {
    probe.observe(info, Tensor::fromMapped(info.dtype, info.shape, nullptr,
                                           plan->address(tensor.buffer)));
    return ok();
  }
  Result<Tensor> copy = getCopy(index);
  if (copy)
    probe.observe(info, *copy);
  return copy.status();
}

static Status describeFailure(Operation *op, const Status &status) {
  if (!op)
    return status.withContext("conversion between memory orders");
  return status.withContext("'" + getDisplayName(op) + "' (" +
                            op->getName().getStringRef().str() + ")");
}

Status FloatExecutor::run(ArrayRef<Tensor> inputTensors,
                          SmallVectorImpl<Tensor> &outputTensors,
                          Probe *probe) {
  if (Status status = checkInputs(inputTensors); !status)
    return status;
  // oneDNN and large allocations report by exceptions; they end here.
  return guarded([&] { return runSteps(inputTensors, outputTensors, probe); });
}

Status FloatExecutor::runSteps(ArrayRef<Tensor> inputTensors,
                               SmallVectorImpl<Tensor> &outputTensors,
                               Probe *probe) {
  qc::Program &plan = *program->plan;
  ThreadLimit limit(program->threads);
  for (size_t i = 0; i < inputTensors.size(); ++i) {
    std::memcpy(plan.address(plan.inputs[i]), inputTensors[i].raw(),
                inputTensors[i].byteSize());
    if (probe)
      if (Status status = program->show(i, *probe); !status)
        return status;
  }
  for (ProgramStep &step : plan.steps) {
    if (!step.kernel->isView) {
      ThreadLimit own(step.isSmall ? 1 : program->threads);
      if (Status status = step.kernel->run(); !status)
        return describeFailure(step.op, status);
    }
    if (probe)
      for (size_t index : step.shown)
        if (Status status = program->show(index, *probe); !status)
          return describeFailure(step.op, status);
  }
  outputTensors = copyOutputs();
  return ok();
}

SmallVector<Tensor> FloatExecutor::copyOutputs() const {
  const qc::Program &plan = *program->plan;
  SmallVector<Tensor> copies;
  for (size_t i = 0; i < outputs.size(); ++i) {
    copies.emplace_back(outputs[i].dtype, outputs[i].shape);
    std::memcpy(copies[i].raw(), plan.address(plan.outputs[i]),
                copies[i].byteSize());
  }
  return copies;
}

//===----------------------------------------------------------------------===//
// Variants
//===----------------------------------------------------------------------===//

/// Runs `step`, a rounding only if `rounds`.
static Status runStep(const Program &plan, ProgramStep &step, bool rounds,
                      int threads) {
  if (step.kernel->isView)
    return ok();
  if (step.rounded && !rounds) {
    int from = step.inputs[0], to = step.outputs[0];
    if (from != to)
      std::memcpy(plan.address(to), plan.address(from), plan.buffers[to].bytes);
    return ok();
  }
  ThreadLimit own(step.isSmall ? 1 : threads);
  Status status = step.kernel->run();
  return status ? status : describeFailure(step.op, status);
}

Status
FloatExecutor::runVariants(ArrayRef<Tensor> inputTensors, bool rounds,
                           ArrayRef<Variant> variants,
                           function_ref<void(int, ArrayRef<Tensor>)> visit) {
  if (Status status = checkInputs(inputTensors); !status)
    return status;
  return guarded([&]() -> Status {
    qc::Program &plan = *program->plan;
    ThreadLimit limit(program->threads);
    for (size_t i = 0; i < inputTensors.size(); ++i)
      std::memcpy(plan.address(plan.inputs[i]), inputTensors[i].raw(),
                  inputTensors[i].byteSize());
    // The steps at which variants leave the common way.
    std::multimap<size_t, size_t> leaving;
    for (size_t v = 0; v < variants.size(); ++v) {
      auto first = llvm::find_if(plan.steps, [&](const ProgramStep &step) {
        return step.rounded && llvm::is_contained(variants[v], step.rounded);
      });
      leaving.emplace(first - plan.steps.begin(), v);
    }
    std::vector<char> state(leaving.empty() ? 0 : plan.arenaBytes);
    for (size_t i = 0; i <= plan.steps.size(); ++i) {
      auto [begin, end] = leaving.equal_range(i);
      if (begin != end)
        std::memcpy(state.data(), plan.arena.get(), state.size());
      for (auto entry = begin; entry != end; ++entry) {
        const Variant &variant = variants[entry->second];
        for (size_t j = i; j < plan.steps.size(); ++j) {
          ProgramStep &step = plan.steps[j];
          bool isTurned =
              step.rounded && llvm::is_contained(variant, step.rounded);
          if (Status ran =
                  runStep(plan, step, rounds != isTurned, program->threads);
              !ran)
            return ran;
        }
        visit(static_cast<int>(entry->second), copyOutputs());
        std::memcpy(plan.arena.get(), state.data(), state.size());
      }
      if (i == plan.steps.size())
        break;
      if (Status ran = runStep(plan, plan.steps[i], rounds, program->threads);
          !ran)
        return ran;
    }
    visit(-1, copyOutputs());
    return ok();
  });
}

//===----------------------------------------------------------------------===//
// Single ops
//===----------------------------------------------------------------------===//

static FailureOr<SmallVector<Tensor>>
evaluateUnguarded(Operation *op, ArrayRef<Tensor> operands) {
  ProgramBuilder builder(1);
  for (auto [operand, tensor] : llvm::zip_equal(op->getOperands(), operands))
    builder.addConstant(operand, tensor);
  if (failed(builder.addOp(op)))
    return failure();
  for (Value result : op->getResults())
    if (failed(builder.addOutput(result)))
      return failure();
  FailureOr<std::unique_ptr<Program>> program = builder.finish(op->getLoc());
  if (failed(program))
    return failure();
  for (ProgramStep &step : (*program)->steps)
    if (!step.kernel->isView && step.kernel->run().failed())
      return failure();
  SmallVector<Tensor> results;
  for (auto [result, buffer] :
       llvm::zip(op->getResults(), (*program)->outputs)) {
    TensorInfo info = describe(result, {});
    results.emplace_back(info.dtype, info.shape);
    std::memcpy(results.back().raw(), (*program)->address(buffer),
                results.back().byteSize());
  }
  return results;
}

FailureOr<SmallVector<Tensor>> evaluateOp(Operation *op,
                                          ArrayRef<Tensor> operands) {
  ScopedDiagnosticHandler silence(op->getContext(),
                                  [](Diagnostic &) { return success(); });
  ThreadLimit limit(1);
  try {
    return evaluateUnguarded(op, operands);
  } catch (const std::exception &) {
    return failure();
  }
}

} // namespace qc
