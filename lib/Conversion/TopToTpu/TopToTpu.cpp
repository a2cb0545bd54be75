// From calibrated top to integer tpu: one walk over the function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Conversion/TopToTpu/TopToTpu.h"
#include "Lowering.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Quantization/FiniteWeights.h"

#include "mlir/IR/Matchers.h"

namespace qc {

#define QC_FAMILY(name) void populate##name##Lowerings(LoweringRegistry &);
#include "qc/Conversion/TopToTpu/Families.inc"
#undef QC_FAMILY

static LoweringRegistry buildRegistry() {
  LoweringRegistry registry;
#define QC_FAMILY(name) populate##name##Lowerings(registry);
#include "qc/Conversion/TopToTpu/Families.inc"
#undef QC_FAMILY
  return registry;
}

FailureOr<ActivationWidths> chooseWidths(func::FuncOp function,
                                         const TargetBackend &backend) {
  auto module = function->getParentOfType<ModuleOp>();
  QuantSpec spec = backend.getQuantSpec();
  auto precision = getPrecision(module, spec);
  if (failed(precision))
    return failure();
  SupportRules rules;
  backend.addSupportRules(rules);
  LoweringRegistry registry = buildRegistry();
  WidthRequest request;
  request.rules = rules.getWidthRules();
  request.getTpuName = [&](Operation *op) {
    const auto *entry = registry.find(op->getName().getStringRef());
    return entry ? entry->getTpuName(op) : StringRef();
  };
  if (auto names = module->getAttrOfType<ArrayAttr>(kInt16TensorsAttr))
    for (auto name : names.getAsRange<StringAttr>())
      request.wideTensors.push_back(name.str());
  return assignWidths(function, spec, *precision, request);
}

/// Quantizes the float arguments that are read.
static void lowerArguments(func::FuncOp function, Lowering &lowering,
                           const ActivationTypes &types) {
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !types.types.contains(argument))
      continue;
    Location loc = getTensorLoc(function.getContext(), getTensorName(argument));
    auto quantized = RankedTensorType::get(type.getShape(),
                                           lowering.getType(argument));
    lowering.map(argument, tpu::QuantizeOp::create(lowering.builder, loc,
                                                   quantized, argument));
  }
}

/// Returns the results as floats again.
static LogicalResult lowerReturn(func::ReturnOp op, Lowering &lowering) {
  SmallVector<Value> results;
  for (Value operand : op.getOperands()) {
    auto lowered = lowering.getMovable(operand);
    if (failed(lowered))
      return failure();
    if (Lowering::isIndex(operand)) {
      results.push_back(*lowered);
      continue;
    }
    auto shape = cast<RankedTensorType>(operand.getType()).getShape();
    Location loc = deriveName(
        getTensorLoc(op.getContext(), getTensorName(operand)), "_float");
    results.push_back(tpu::DequantizeOp::create(
        lowering.builder, loc,
        RankedTensorType::get(shape, lowering.builder.getF32Type()), *lowered));
  }
  func::ReturnOp::create(lowering.builder, op.getLoc(), results);
  return success();
}

/// Arguments and results are plain floats once ranges have become types.
static void setFloatSignature(func::FuncOp function) {
  auto toFloat = [](Type type) -> Type {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor ||
        !isa<quant::CalibratedQuantizedType>(tensor.getElementType()))
      return type;
    return RankedTensorType::get(
        tensor.getShape(), top::getExpressedElement(tensor.getElementType()));
  };
  for (BlockArgument argument : function.getArguments())
    argument.setType(toFloat(argument.getType()));
  FunctionType type = function.getFunctionType();
  function.setFunctionType(
      FunctionType::get(function.getContext(),
                        llvm::map_to_vector(type.getInputs(), toFloat),
                        llvm::map_to_vector(type.getResults(), toFloat)));
}

LogicalResult convertTopToTpu(func::FuncOp function, const QuantSpec &spec,
                              const Precision &precision,
                              const ActivationWidths &widths, bool rehearses) {
  ActivationTypes types;
  if (failed(checkFiniteWeights(function)) ||
      failed(assignParameters(function, spec, widths, types)))
    return failure();

  Block &block = function.getBody().front();
  SmallVector<Operation *> ops =
      llvm::map_to_vector(block, [](Operation &op) { return &op; });
  OpBuilder builder = OpBuilder::atBlockEnd(&block);
  Lowering lowering(builder, spec, precision, widths, types);
  lowering.rehearses = rehearses;
  LoweringRegistry registry = buildRegistry();

  // The old ops stay until all are lowered, so that a failure can undo.
  lowerArguments(function, lowering, types);
  bool complete = true;
  for (Operation *op : ops) {
    if (matchPattern(op, m_Constant()))
      continue;
    lowering.enter(op);
    if (auto terminator = dyn_cast<func::ReturnOp>(op)) {
      complete = complete && succeeded(lowerReturn(terminator, lowering));
      continue;
    }
    const auto *entry = registry.find(op->getName().getStringRef());
    if (!entry) {
      op->emitError() << "'" << op->getName() << "' at '" << getDisplayName(op)
                      << "' has no integer form";
      complete = false;
      continue;
    }
    // After a first error only further unsupported ops are worth reporting.
    if (complete && failed(entry->lower(op, lowering)))
      complete = false;
  }
  if (!complete) {
    while (&block.back() != ops.back())
      block.back().erase();
    return failure();
  }
  for (Operation *op : llvm::reverse(ops))
    op->erase();
  setFloatSignature(function);
  return success();
}

} // namespace qc
