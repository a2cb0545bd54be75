// From a function of tpu ops to a program of the runtime.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "AttributeEncoding.h"
#include "qc/Container/Container.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Execution/Executor.h"
#include "qc/Interfaces/ExecutableOpInterface.h"
#include "qc/Schedule/BufferAssignment.h"
#include "qc/Schedule/FunctionPlan.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/Hashing.h"

namespace qc {

namespace {
class Encoder {
public:
  Encoder(func::FuncOp function, const FunctionPlan &plan)
      : function(function), plan(plan) {}

  LogicalResult run();
  ProgramImage take() { return std::move(image); }

private:
  LogicalResult addArgument(BlockArgument argument);
  LogicalResult addConstant(Operation &op);
  LogicalResult addInstruction(Operation &op);
  LogicalResult addOutput(Value value, StringAttr name);
  uint32_t addCopy(uint32_t source);
  LogicalResult describe(Value value, Location loc, qcrt::ProgramTensor &out);
  uint32_t addTensor(Value value, qcrt::ProgramTensor tensor);
  void describeModule();

  qcrt::Program &program() { return image.program; }

  func::FuncOp function;
  const FunctionPlan &plan;
  ProgramImage image;
  llvm::DenseMap<Value, uint32_t> indexOf;
  /// Tensors of equal type and hash of their bytes.
  llvm::DenseMap<std::pair<Type, size_t>, SmallVector<uint32_t>> constants;
};
} // namespace

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

static std::optional<qcrt_dtype> getRuntimeType(Type element) {
  std::optional<DType> dtype = getExecutionDType(element);
  if (!dtype)
    return std::nullopt;
  switch (*dtype) {
  case DType::F32:
    // Half precision executes as f32 on the host, which a file cannot say.
    if (element.isF16() || element.isBF16())
      return std::nullopt;
    return QCRT_F32;
  case DType::I8:
    return QCRT_I8;
  case DType::U8:
    return QCRT_U8;
  case DType::I16:
    return QCRT_I16;
  case DType::I32:
    return QCRT_I32;
  case DType::I64:
    return QCRT_I64;
  default:
    return std::nullopt;
  }
}

/// Scales, zero point and range of a quantized element type; false if its zero
/// points differ from channel to channel.
static bool describeParameters(Type element, qcrt::ProgramTensor &out) {
  auto quantized = dyn_cast<quant::QuantizedType>(element);
  if (!quantized || isa<quant::CalibratedQuantizedType>(quantized))
    return true;
  out.qmin = quantized.getStorageTypeMin();
  out.qmax = quantized.getStorageTypeMax();
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(element)) {
    out.scales = {static_cast<float>(uniform.getScale())};
    out.zeroPoint = uniform.getZeroPoint();
    return true;
  }
  auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(element);
  if (!perAxis || !llvm::all_equal(perAxis.getZeroPoints()))
    return false;
  for (double scale : perAxis.getScales())
    out.scales.push_back(static_cast<float>(scale));
  out.zeroPoint = perAxis.getZeroPoints().front();
  out.axis = perAxis.getQuantizedDimension();
  return true;
}

LogicalResult Encoder::describe(Value value, Location loc,
                                qcrt::ProgramTensor &out) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  auto dtype = type && type.hasStaticShape()
                   ? getRuntimeType(type.getElementType())
                   : std::nullopt;
  if (!dtype || !describeParameters(type.getElementType(), out))
    return emitError(loc) << "a value of type " << value.getType()
                          << " has no place in a container";
  if (type.getRank() > QCRT_MAX_RANK)
    return emitError(loc) << "a value of type " << type << " has rank "
                          << type.getRank() << ", the runtime takes at most "
                          << QCRT_MAX_RANK;
  out.name = getTensorName(value);
  out.dtype = *dtype;
  out.shape = type.getShape().vec();
  out.arenaOffset = plan.addresses.lookup(value);
  return success();
}

uint32_t Encoder::addTensor(Value value, qcrt::ProgramTensor tensor) {
  uint32_t index = program().tensors.size();
  program().tensors.push_back(std::move(tensor));
  image.values.push_back(value);
  indexOf.try_emplace(value, index);
  return index;
}

/// The order of dimensions that `attribute` tells, if the value has one.
static std::vector<int64_t> getPermutation(Attribute attribute) {
  auto permutation = dyn_cast_or_null<DenseI64ArrayAttr>(attribute);
  return permutation ? permutation.asArrayRef().vec() : std::vector<int64_t>();
}

LogicalResult Encoder::addArgument(BlockArgument argument) {
  qcrt::ProgramTensor tensor;
  if (failed(describe(argument, function.getLoc(), tensor)))
    return failure();
  unsigned number = argument.getArgNumber();
  if (tensor.name.empty())
    tensor.name = "input" + std::to_string(number);
  tensor.kind = qcrt::TensorKind::Input;
  tensor.sourcePermutation =
      getPermutation(function.getArgAttr(number, kPermutationAttr));
  if (auto preprocess =
          function.getArgAttrOfType<PreprocessAttr>(number, kPreprocessAttr))
    tensor.preprocess = preprocess.getSpec().str();
  program().inputs.push_back(addTensor(argument, std::move(tensor)));
  return success();
}

LogicalResult Encoder::addConstant(Operation &op) {
  auto elements = op.getAttrOfType<ElementsAttr>("value");
  if (!elements)
    return op.emitOpError("is a constant without a value to store");
  Result<Tensor> data = getConstantTensor(elements);
  if (!data)
    return op.emitOpError() << data.message();
  Value value = op.getResult(0);
  qcrt::ProgramTensor tensor;
  if (failed(describe(value, op.getLoc(), tensor)))
    return failure();
  size_t hash = llvm::hash_value(
      StringRef(static_cast<const char *>(data->raw()), data->byteSize()));
  SmallVector<uint32_t> &equal = constants[{value.getType(), hash}];
  for (uint32_t other : equal)
    if (std::memcmp(program().tensors[other].data, data->raw(),
                    data->byteSize()) == 0) {
      indexOf[value] = other;
      return success();
    }
  tensor.kind = qcrt::TensorKind::Constant;
  tensor.data = data->raw();
  image.constants.push_back(*data);
  equal.push_back(addTensor(value, std::move(tensor)));
  return success();
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

LogicalResult Encoder::addInstruction(Operation &op) {
  if (op.getName().getDialectNamespace() !=
      tpu::TpuDialect::getDialectNamespace())
    return op.emitOpError("cannot be run by the runtime, which takes ops of "
                          "tpu only");
  qcrt::ProgramInstruction instruction;
  instruction.kernel = op.getName().stripDialect().str();
  for (Value operand : op.getOperands())
    instruction.inputs.push_back(indexOf.lookup(operand));
  for (Value result : op.getResults()) {
    qcrt::ProgramTensor tensor;
    if (failed(describe(result, op.getLoc(), tensor)))
      return failure();
    tensor.sourcePermutation =
        getPermutation(op.getDiscardableAttr(kPermutationAttr));
    instruction.outputs.push_back(addTensor(result, std::move(tensor)));
  }
  auto attributes = encodeAttributes(&op);
  if (failed(attributes))
    return failure();
  instruction.attributes = std::move(*attributes);
  for (StringAttr name : getNames(op.getLoc()))
    instruction.sources.push_back(name.str());
  if (auto placement = dyn_cast_or_null<StringAttr>(
          op.getDiscardableAttr(kPlacementAttr)))
    instruction.placement = placement.str();
  program().instructions.push_back(std::move(instruction));
  return success();
}

/// A tensor of the same content behind the planned arena, for a result that is
/// an argument, a constant or another result as well.
uint32_t Encoder::addCopy(uint32_t source) {
  qcrt::ProgramTensor copy = program().tensors[source];
  copy.kind = qcrt::TensorKind::Output;
  copy.data = nullptr;
  copy.preprocess.clear();
  copy.arenaOffset = (program().arenaSize + kTensorAlignment - 1) /
                     kTensorAlignment * kTensorAlignment;
  uint64_t bytes = qcrt_dtype_size(copy.dtype);
  for (int64_t size : copy.shape)
    bytes *= size;
  program().arenaSize = copy.arenaOffset + bytes;
  uint32_t index = program().tensors.size();
  program().tensors.push_back(std::move(copy));
  image.values.push_back(image.values[source]);
  qcrt::ProgramInstruction instruction;
  instruction.kernel = "reshape";
  instruction.inputs = {source};
  instruction.outputs = {index};
  program().instructions.push_back(std::move(instruction));
  return index;
}

LogicalResult Encoder::addOutput(Value value, StringAttr name) {
  auto found = indexOf.find(value);
  if (found == indexOf.end())
    return function.emitError("gives back a value that nothing computes");
  uint32_t index = found->second;
  if (program().tensors[index].kind != qcrt::TensorKind::Activation)
    index = addCopy(index);
  qcrt::ProgramTensor &tensor = program().tensors[index];
  tensor.kind = qcrt::TensorKind::Output;
  if (name)
    tensor.name = name.str();
  else if (tensor.name.empty())
    tensor.name = "output" + std::to_string(program().outputs.size());
  program().outputs.push_back(index);
  return success();
}

static std::string print(Attribute value) {
  if (auto text = dyn_cast<StringAttr>(value))
    return text.str();
  std::string printed;
  llvm::raw_string_ostream(printed) << value;
  return printed;
}

void Encoder::describeModule() {
  auto module = function->getParentOfType<ModuleOp>();
  program().producer = std::string("qc ") + qcrt_version();
  if (auto target = module->getAttrOfType<TargetAttr>(kTargetAttr)) {
    program().target = target.getName().str();
    for (NamedAttribute option : target.getOptions()) {
      std::string &text = program().targetOptions;
      text += (text.empty() ? "" : ",") + option.getName().str() + "=" +
              print(option.getValue());
    }
  }
  if (auto facts = module->getAttrOfType<DictionaryAttr>(kProvenanceAttr))
    for (NamedAttribute fact : facts)
      program().provenance.emplace_back(fact.getName().str(),
                                        print(fact.getValue()));
  program().arenaSize = plan.arenaBytes;
  program().lowerBound = plan.lowerBound;
}

LogicalResult Encoder::run() {
  describeModule();
  for (BlockArgument argument : function.getArguments())
    if (failed(addArgument(argument)))
      return failure();
  bool encoded = true;
  for (Operation &op : function.front().without_terminator()) {
    bool constant = op.getNumResults() == 1 &&
                    isStoredConstant(op.getResult(0));
    // All ops that cannot be encoded are worth knowing at once.
    if (failed(constant ? addConstant(op) : addInstruction(op)))
      encoded = false;
  }
  if (!encoded)
    return failure();
  Operation *terminator = function.front().getTerminator();
  for (OpOperand &result : terminator->getOpOperands())
    if (failed(addOutput(result.get(),
                         function.getResultAttrOfType<StringAttr>(
                             result.getOperandNumber(), kNameAttr))))
      return failure();
  return success();
}

static FailureOr<FunctionPlan> getPlan(ModuleOp module, func::FuncOp function) {
  if (!hasMemoryPlan(module))
    return planFunction(function, *createSmallestPlanner());
  FailureOr<FunctionPlan> plan = readPlan(function);
  if (failed(plan) || failed(verifyFunctionPlan(function, *plan)))
    return failure();
  return plan;
}

FailureOr<ProgramImage> buildProgram(ModuleOp module) {
  FailureOr<func::FuncOp> function = getEntryFunction(module);
  if (failed(function))
    return failure();
  if (!function->getBody().hasOneBlock())
    return function->emitError(
        "expects a function with one block to make a program of");
  FailureOr<FunctionPlan> plan = getPlan(module, *function);
  if (failed(plan))
    return failure();
  Encoder encoder(*function, *plan);
  if (failed(encoder.run()))
    return failure();
  return encoder.take();
}

} // namespace qc
