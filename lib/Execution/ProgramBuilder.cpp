// Turns ops into steps and lays their tensors out in one arena.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FakeQuantize.h"
#include "Kernels.h"
#include "OneDNN.h"
#include "Parallel.h"
#include "Program.h"

#include "qc/Container/Encoding.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Support/Memory.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include "llvm/Support/MathExtras.h"

#include <cstdlib>

namespace qc {

void FreeMemory::operator()(char *bytes) const { std::free(bytes); }

static RankedTensorType tensorType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static bool isIntegerOp(Operation &op) {
  return isa_and_nonnull<tpu::TpuDialect>(op.getDialect());
}

/// The type that real `value` is rounded to; null for others, and for what
/// integer ops make, who store integers, and the functions that they are in
/// take.
static quant::QuantizedType getRoundedType(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  auto quantized = type ? dyn_cast<quant::QuantizedType>(type.getElementType())
                        : quant::QuantizedType();
  if (!quantized || isa<quant::CalibratedQuantizedType>(quantized))
    return {};
  Operation *op = value.getDefiningOp();
  bool isStored = op ? isIntegerOp(*op)
                     : llvm::any_of(*value.getParentBlock(), isIntegerOp);
  return isStored ? quant::QuantizedType() : quantized;
}

/// How elements of `value` are held.
static std::optional<DType> getHeldDType(Value value) {
  if (quant::QuantizedType rounded = getRoundedType(value))
    return getExecutionDType(rounded.getExpressedType());
  return getExecutionDType(tensorType(value).getElementType());
}

static size_t physicalBytes(Value value, TensorLayout layout) {
  return layout.physicalElements(tensorType(value).getShape()) *
         dtypeSize(*getHeldDType(value));
}

LogicalResult ProgramBuilder::checkType(Value value, Location loc) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || !getHeldDType(value))
    return emitError(loc) << "a tensor of type " << value.getType()
                          << " cannot be computed on this machine";
  // Refused before kernels make tables for it. Allocation itself does not
  // fail reliably: LLVM's tools abort, and systems promise what they lack.
  if (physicalBytes(value, {}) > getMemoryLimit())
    return emitError(loc) << "a tensor of type " << value.getType()
                          << " is larger than this machine's memory";
  return success();
}

int ProgramBuilder::addBuffer(size_t bytes) {
  program->buffers.push_back({bytes, std::nullopt});
  return int(program->buffers.size()) - 1;
}

TensorInfo describeTensor(Value value) {
  RankedTensorType type = tensorType(value);
  TensorInfo info;
  info.name = getTensorName(value);
  info.shape = type.getShape().vec();
  info.dtype = *getHeldDType(value);
  info.value = value;
  if (auto quantized =
          dyn_cast<quant::UniformQuantizedType>(type.getElementType());
      quantized && !getRoundedType(value)) {
    info.scale = static_cast<float>(quantized.getScale());
    info.zeroPoint = quantized.getZeroPoint();
  }
  if (Operation *op = value.getDefiningOp())
    if (auto permutation =
            op->getAttrOfType<DenseI64ArrayAttr>(kPermutationAttr))
      info.permutation = permutation.asArrayRef().vec();
  return info;
}

void ProgramBuilder::addTensor(Value value, int buffer, TensorLayout layout) {
  values[value] = {buffer, layout};
  shownAt[value] = program->tensors.size();
  program->tensors.push_back({buffer, layout});
  program->infos.push_back(describeTensor(value));
}

LogicalResult ProgramBuilder::addInput(Value value, Location loc) {
  if (failed(checkType(value, loc)))
    return failure();
  int buffer = addBuffer(physicalBytes(value, {}));
  addTensor(value, buffer, {});
  program->inputs.push_back(buffer);
  return success();
}

LogicalResult ProgramBuilder::addConstant(Operation *op,
                                          ElementsAttr elements) {
  if (failed(checkType(op->getResult(0), op->getLoc())))
    return failure();
  auto stored = dyn_cast<top::QuantizedConstantOp>(op);
  Result<Tensor> tensor =
      stored ? dequantizeConstant(stored) : getConstantTensor(elements);
  if (!tensor)
    return op->emitError() << tensor.message();
  addConstant(op->getResult(0), std::move(*tensor));
  return success();
}

void ProgramBuilder::addConstant(Value value, Tensor tensor) {
  int buffer = addBuffer(0);
  program->buffers[buffer].constant = std::move(tensor);
  values[value] = {buffer, TensorLayout::rowMajor()};
}

/// Whether a kernel for these tensors touches so little that threads would wait
/// for one another longer than they work: oneDNN starts all of them for four
/// elements, too.
static bool isSmall(ValueRange operands, ValueRange results) {
  constexpr int64_t kElements = 8192;
  int64_t elements = 0;
  auto fits = [&](Value value) {
    elements += tensorType(value).getNumElements();
    return elements <= kElements;
  };
  return llvm::all_of(operands, fits) && llvm::all_of(results, fits);
}

/// The buffer that holds `value` in `layout`: its own or a converted copy.
/// Constants are converted now, others by a step.
int ProgramBuilder::getBuffer(Value value, TensorLayout layout) {
  ProgramTensor tensor = values.lookup(value);
  if (tensor.layout == layout)
    return tensor.buffer;
  auto [entry, isNew] =
      converted.try_emplace(std::make_tuple(value.getAsOpaquePointer(),
                                            int(layout.kind), layout.block),
                            -1);
  if (!isNew)
    return entry->second;
  ArrayRef<int64_t> shape = tensorType(value).getShape();
  int buffer = entry->second = addBuffer(physicalBytes(value, layout));
  if (const auto &constant = program->buffers[tensor.buffer].constant) {
    program->buffers[buffer].constant = reorderData(
        *constant, getDesc(shape, tensor.layout), getDesc(shape, layout));
    return buffer;
  }
  ProgramStep step;
  step.isSmall = isSmall(value, value);
  step.kernel = makeReorderKernel(shape, tensor.layout, layout);
  step.inputs = {tensor.buffer};
  step.outputs = {buffer};
  program->steps.push_back(std::move(step));
  return buffer;
}

/// Whether `result` needs no rounding: its values are those of operands of the
/// same type.
static bool isOnGrid(Operation *op, Value result) {
  auto quantizable = dyn_cast<QuantizableOpInterface>(op);
  return quantizable && quantizable.sharesParameters() &&
         !quantizable.getInsertedValues() &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           Type element = tensorType(operand).getElementType();
           return element.isInteger() ||
                  element == tensorType(result).getElementType();
         });
}

LogicalResult ProgramBuilder::addOp(Operation *op) {
  auto executable = dyn_cast<ExecutableOpInterface>(op);
  if (!executable && !isInstruction(op))
    return op->emitError() << "'" << op->getName()
                           << "' is not executable: no kernel is registered "
                              "for it";
  for (Value result : op->getResults())
    if (failed(checkType(result, op->getLoc())))
      return failure();

  SmallVector<TensorLayout> layouts;
  SmallVector<std::optional<Tensor>> constants;
  for (Value operand : op->getOperands()) {
    ProgramTensor tensor = values.lookup(operand);
    layouts.push_back(tensor.layout);
    constants.push_back(program->buffers[tensor.buffer].constant);
    // A view of a constant shares its buffer under another shape.
    if (constants.back())
      constants.back() =
          constants.back()->reshaped(tensorType(operand).getShape().vec());
  }
  bool small = isSmall(op->getOperands(), op->getResults());
  ThreadLimit limit(small ? 1 : threads);
  auto getHeld = [](Value value) { return *getHeldDType(value); };
  KernelRequest request(
      op, layouts, constants, llvm::map_to_vector(op->getOperands(), getHeld),
      llvm::map_to_vector(op->getResults(), getHeld), small ? 1 : threads);
  KernelResult kernel = isInstruction(op) ? makeOpProgram(op, request)
                                          : executable.createKernel(request);
  if (failed(kernel))
    return failure();
  request.setDefaultLayouts(**kernel);

  ProgramStep step;
  step.op = op;
  step.isSmall = small;
  for (auto [i, operand] : llvm::enumerate(op->getOperands()))
    step.inputs.push_back(request.isAbsorbed(i)
                              ? -1
                              : getBuffer(operand, (*kernel)->inputLayouts[i]));
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    TensorLayout layout = (*kernel)->outputLayouts[i];
    int buffer = (*kernel)->isView ? step.inputs[0]
                                   : addBuffer(physicalBytes(result, layout));
    step.outputs.push_back(buffer);
    step.shown.push_back(program->tensors.size());
    addTensor(result, buffer, layout);
  }
  if ((*kernel)->scratchBytes > 0)
    step.scratch = addBuffer((*kernel)->scratchBytes);
  step.kernel = std::move(*kernel);
  program->steps.push_back(std::move(step));
  // Of what is rounded, only the rounded value is shown.
  size_t producer = program->steps.size() - 1;
  for (Value result : op->getResults())
    if (!isOnGrid(op, result) && addRounding(result))
      llvm::erase(program->steps[producer].shown, shownAt.lookup(result));
  return success();
}

bool ProgramBuilder::addRounding(Value value) {
  auto type = dyn_cast_or_null<quant::UniformQuantizedType>(
      Type(getRoundedType(value)));
  bool isHalf = tensorType(value).getElementType().isF16();
  if (!rounds || !(type || isHalf))
    return false;
  ProgramTensor tensor = values.lookup(value);
  int rounded = addBuffer(physicalBytes(value, tensor.layout));
  ProgramStep step;
  step.op = value.getDefiningOp();
  if (!isHalf)
    step.rounded = value;
  ArrayRef<int64_t> shape = tensorType(value).getShape();
  step.kernel = isHalf ? makeHalfPrecisionKernel(shape, tensor.layout)
                       : makeFakeQuantizeKernel(shape, tensor.layout, type);
  step.inputs = {tensor.buffer};
  step.outputs = {rounded};
  if (step.op)
    values[value] =
        program->tensors[shownAt.lookup(value)] = {rounded, tensor.layout};
  else // an argument is shown as it comes, too
    addTensor(value, rounded, tensor.layout);
  step.shown = {shownAt.lookup(value)};
  program->steps.push_back(std::move(step));
  return true;
}

LogicalResult ProgramBuilder::addOutput(Value value) {
  program->outputs.push_back(getBuffer(value, TensorLayout::rowMajor()));
  return success();
}

/// Inputs are written at step 0, step i runs at i + 1, results are read after
/// the last.
SmallVector<ArenaBuffer> ProgramBuilder::getLifetimes() const {
  SmallVector<ArenaBuffer> lifetimes;
  constexpr int64_t never = std::numeric_limits<int64_t>::max();
  for (const ProgramBuffer &buffer : program->buffers)
    lifetimes.push_back({buffer.bytes, never, -1});
  auto use = [&](int buffer, int64_t at) {
    if (buffer < 0)
      return;
    lifetimes[buffer].firstStep = std::min(lifetimes[buffer].firstStep, at);
    lifetimes[buffer].lastStep = std::max(lifetimes[buffer].lastStep, at);
  };
  for (int buffer : program->inputs)
    use(buffer, 0);
  for (auto [i, step] : llvm::enumerate(program->steps)) {
    for (int buffer : step.inputs)
      use(buffer, i + 1);
    for (int buffer : step.outputs)
      use(buffer, i + 1);
    use(step.scratch, i + 1);
  }
  for (int buffer : program->outputs)
    use(buffer, program->steps.size() + 1);
  return lifetimes;
}

/// Lets results take over the buffers of operands that die with their step.
void ProgramBuilder::shareDyingOperands() {
  SmallVector<ArenaBuffer> lifetimes = getLifetimes();
  SmallVector<int> owner =
      llvm::to_vector(llvm::seq<int>(0, int(program->buffers.size())));
  auto resolve = [&](int &buffer) {
    if (buffer >= 0)
      buffer = owner[buffer];
  };
  for (auto [i, step] : llvm::enumerate(program->steps)) {
    llvm::for_each(step.inputs, resolve);
    llvm::for_each(step.outputs, resolve);
    for (unsigned operand : step.kernel->inPlaceOperands) {
      int from = step.inputs[operand], to = step.outputs[0];
      if (from < 0 || program->buffers[from].constant ||
          lifetimes[from].lastStep != int64_t(i) + 1 ||
          step.kernel->inputLayouts[operand] != step.kernel->outputLayouts[0] ||
          program->buffers[from].bytes != program->buffers[to].bytes)
        continue;
      owner[to] = from;
      lifetimes[from].lastStep = lifetimes[to].lastStep;
      step.outputs[0] = from;
      break;
    }
  }
  llvm::for_each(program->outputs, resolve);
  for (ProgramTensor &tensor : program->tensors)
    resolve(tensor.buffer);
}

FailureOr<std::unique_ptr<Program>> ProgramBuilder::finish(Location loc) {
  shareDyingOperands();

  // Constants and buffers whose owner changed take no memory.
  SmallVector<ArenaBuffer> lifetimes = getLifetimes();
  for (auto [buffer, lifetime] : llvm::zip(program->buffers, lifetimes))
    if (buffer.constant || lifetime.lastStep < 0)
      lifetime = {0, 0, 0};
  ArenaPlan plan = planArena(lifetimes);
  program->arenaBytes = plan.totalBytes;
  if (plan.totalBytes <= getMemoryLimit())
    program->arena.reset(static_cast<char *>(std::aligned_alloc(
        kArenaAlignment, std::max(plan.totalBytes, kArenaAlignment))));
  if (!program->arena)
    return emitError(loc) << "running this network takes " << plan.totalBytes
                          << " bytes of working memory, which are not "
                             "available";
  for (auto [buffer, offset] : llvm::zip(program->buffers, plan.offsets))
    program->addresses.push_back(buffer.constant
                                     ? buffer.constant->raw()
                                     : program->arena.get() + offset);
  for (ProgramStep &step : program->steps) {
    if (step.kernel->isView)
      continue;
    KernelBuffers buffers;
    for (int input : step.inputs)
      buffers.inputs.push_back(input < 0 ? nullptr : program->address(input));
    for (int output : step.outputs)
      buffers.outputs.push_back(program->address(output));
    if (step.scratch >= 0)
      buffers.scratch = program->address(step.scratch);
    step.kernel->bind(buffers);
  }
  return std::move(program);
}

} // namespace qc
