// From a function of instructions to a program of the runtime.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Container/Container.h"
#include "qc/Container/Encoding.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Schedule/BufferAssignment.h"
#include "qc/Schedule/FunctionPlan.h"
#include "qc/Support/Convert.h"

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
  LogicalResult addOutput(OpOperand &result);
  uint32_t addCopy(uint32_t source);
  FailureOr<qcrt::ProgramTensor> describe(Value value, Location loc);
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

FailureOr<qcrt::ProgramTensor> Encoder::describe(Value value, Location loc) {
  FailureOr<qcrt::ProgramTensor> tensor = encodeType(value.getType(), loc);
  if (failed(tensor))
    return failure();
  tensor->name = getTensorName(value);
  tensor->arenaOffset = plan.addresses.lookup(value);
  return tensor;
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
  FailureOr<qcrt::ProgramTensor> tensor = describe(argument, function.getLoc());
  if (failed(tensor))
    return failure();
  unsigned number = argument.getArgNumber();
  if (tensor->name.empty())
    tensor->name = "input" + std::to_string(number);
  tensor->kind = qcrt::TensorKind::Input;
  tensor->sourcePermutation =
      getPermutation(function.getArgAttr(number, kPermutationAttr));
  if (auto preprocess =
          function.getArgAttrOfType<PreprocessAttr>(number, kPreprocessAttr))
    tensor->preprocess = preprocess.getSpec().str();
  if (auto picture =
          function.getArgAttrOfType<StringAttr>(number, kPictureAttr))
    tensor->picture = picture.str();
  program().inputs.push_back(addTensor(argument, std::move(*tensor)));
  return success();
}

/// Integers of 4 bits as a file holds them: two a byte.
static Tensor pack(const Tensor &integers) {
  std::vector<char> bytes =
      packHalves({integers.data<int8_t>(), size_t(integers.numElements())});
  return Tensor::fromVector<int8_t>({bytes.begin(), bytes.end()},
                                    {int64_t(bytes.size())});
}

LogicalResult Encoder::addConstant(Operation &op) {
  auto elements = op.getAttrOfType<ElementsAttr>("value");
  if (!elements)
    return op.emitOpError("is a constant without a value to store");
  Result<Tensor> data = getConstantTensor(elements);
  if (!data)
    return op.emitOpError() << data.message();
  Value value = op.getResult(0);
  FailureOr<qcrt::ProgramTensor> tensor = describe(value, op.getLoc());
  if (failed(tensor))
    return failure();
  if (tensor->dtype == QCRT_F16)
    data = convertTensor(*data, DType::F16);
  if (tensor->dtype == QCRT_I4)
    data = pack(*data);
  size_t hash = llvm::hash_value(
      StringRef(static_cast<const char *>(data->raw()), data->byteSize()));
  SmallVector<uint32_t> &equal = constants[{value.getType(), hash}];
  for (uint32_t other : equal)
    if (std::memcmp(program().tensors[other].data, data->raw(),
                    data->byteSize()) == 0) {
      indexOf[value] = other;
      return success();
    }
  tensor->kind = qcrt::TensorKind::Constant;
  tensor->data = data->raw();
  image.constants.push_back(*data);
  equal.push_back(addTensor(value, std::move(*tensor)));
  return success();
}

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

LogicalResult Encoder::addInstruction(Operation &op) {
  FailureOr<qcrt::ProgramInstruction> instruction = encodeOp(&op);
  if (failed(instruction))
    return failure();
  for (Value operand : op.getOperands())
    instruction->inputs.push_back(indexOf.lookup(operand));
  for (Value result : op.getResults()) {
    FailureOr<qcrt::ProgramTensor> tensor = describe(result, op.getLoc());
    if (failed(tensor))
      return failure();
    tensor->sourcePermutation =
        getPermutation(op.getDiscardableAttr(kPermutationAttr));
    instruction->outputs.push_back(addTensor(result, std::move(*tensor)));
  }
  program().instructions.push_back(std::move(*instruction));
  return success();
}

/// A tensor of the same content behind the planned arena, for a result that is
/// an argument, a constant or another result as well.
uint32_t Encoder::addCopy(uint32_t source) {
  qcrt::ProgramTensor copy = program().tensors[source];
  copy.kind = qcrt::TensorKind::Output;
  copy.data = nullptr;
  copy.preprocess.clear();
  copy.picture.clear();
  copy.arenaOffset = (program().arenaSize + kTensorAlignment - 1) /
                     kTensorAlignment * kTensorAlignment;
  program().arenaSize = copy.arenaOffset + qcrt::byteSize(copy);
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

LogicalResult Encoder::addOutput(OpOperand &result) {
  Value value = result.get();
  unsigned number = result.getOperandNumber();
  auto name = function.getResultAttrOfType<StringAttr>(number, kNameAttr);
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
  if (Attribute order = function.getResultAttr(number, kPermutationAttr))
    tensor.sourcePermutation = getPermutation(order);
  program().outputs.push_back(index);
  return success();
}

void Encoder::describeModule() {
  auto module = function->getParentOfType<ModuleOp>();
  program().producer = "qc " QC_VERSION;
  if (auto target = module->getAttrOfType<TargetAttr>(kTargetAttr)) {
    program().target = target.getName().str();
    for (NamedAttribute option : target.getOptions()) {
      std::string &text = program().targetOptions;
      text += (text.empty() ? "" : ",") + option.getName().str() + "=" +
              toText(option.getValue());
    }
  }
  if (auto facts = module->getAttrOfType<DictionaryAttr>(kProvenanceAttr))
    for (NamedAttribute fact : facts)
      program().provenance.emplace_back(fact.getName().str(),
                                        toText(fact.getValue()));
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
    bool constant =
        op.getNumResults() == 1 && isStoredConstant(op.getResult(0));
    // All ops that cannot be encoded are worth knowing at once.
    if (failed(constant ? addConstant(op) : addInstruction(op)))
      encoded = false;
  }
  if (!encoded)
    return failure();
  Operation *terminator = function.front().getTerminator();
  for (OpOperand &result : terminator->getOpOperands())
    if (failed(addOutput(result)))
      return failure();
  return success();
}

static FailureOr<FunctionPlan> getPlan(ModuleOp module, func::FuncOp function) {
  if (!hasMemoryPlan(module))
    return planFunction(function, *createHillClimbPlanner());
  FailureOr<FunctionPlan> plan = readPlan(function);
  if (failed(plan) || failed(verifyFunctionPlan(function, *plan)))
    return failure();
  return plan;
}

FailureOr<ProgramImage> buildProgram(ModuleOp module) {
  FailureOr<func::FuncOp> function = getEntryFunction(module);
  if (failed(function))
    return failure();
  FailureOr<FunctionPlan> plan = getPlan(module, *function);
  if (failed(plan))
    return failure();
  Block &block = function->front();
  auto isProgram = [](Operation &op) { return isInstruction(&op); };
  auto couldBe = [](Operation &op) { return hasEncoding(&op); };
  if (llvm::none_of(block, isProgram))
    if (auto first = llvm::find_if(block, couldBe); first != block.end())
      return first->emitOpError(
          "is of a float network, which is no program yet: "
          "quantize it, or compile it with --precision float");
  Encoder encoder(*function, *plan);
  if (failed(encoder.run()))
    return failure();
  return encoder.take();
}

} // namespace qc
