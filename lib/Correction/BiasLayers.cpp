// Layers in both of their forms, and biases that can be changed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "BiasLayers.h"
#include "qc/Container/Encoding.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Transforms/ConstantValues.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Builders.h"

#include <algorithm>
#include <cmath>

namespace qc {

template <typename T> static void storeAs(BiasLayer &layer, double limit) {
  T *stored = layer.stored.data<T>();
  for (size_t c = 0; c < layer.bias.size(); ++c)
    stored[c] = static_cast<T>(std::clamp(
        std::nearbyint((layer.bias[c] + layer.delta[c]) / layer.units[c]),
        -limit, limit));
}

void BiasLayer::store() {
  if (stored.dtype() == DType::I64)
    storeAs<int64_t>(*this, 0x1p62);
  else
    storeAs<int32_t>(*this, INT32_MAX);
}

/// Whether `weight` is stored because a correction has chosen its integers;
/// others come with the model, where nothing is corrected.
static bool isRounded(Value weight) {
  ParametersAttr parameters = getParameters(weight);
  return weight.getDefiningOp<top::QuantizedConstantOp>() && parameters &&
         parameters.getSource() == ParameterSource::Correction;
}

/// Layers of the float network by the tensor that they compute.
static llvm::StringMap<WeightedOpInterface> findSources(func::FuncOp function) {
  llvm::StringMap<WeightedOpInterface> sources;
  for (Operation &op : function.getBody().front()) {
    auto layer = dyn_cast<WeightedOpInterface>(op);
    if (layer &&
        (getFloatConstant(layer.getWeight()) || isRounded(layer.getWeight())) &&
        (!layer.getBias() || getNumbers(layer.getBias())))
      sources[getTensorName(op.getResult(0))] = layer;
  }
  return sources;
}

/// The unit of each channel's bias.
static std::vector<double> getUnits(WeightedOpInterface layer,
                                    int64_t channels) {
  auto element = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getElementType();
  };
  double input =
      cast<quant::UniformQuantizedType>(element(layer->getOperand(0)))
          .getScale();
  Type weight = element(layer.getWeight());
  if (auto single = dyn_cast<quant::UniformQuantizedType>(weight))
    return std::vector<double>(channels, input * single.getScale());
  std::vector<double> units;
  for (double scale :
       cast<quant::UniformQuantizedPerAxisType>(weight).getScales())
    units.push_back(input * scale);
  return units;
}

Tensor ownConstant(qcrt::Program &program, uint32_t index, Operation *op,
                   Value value) {
  unsigned operand = 0;
  while (op->getOperand(operand) != value)
    ++operand;
  uint32_t &tensor = program.instructions[index].inputs[operand];
  qcrt::ProgramTensor copy = program.tensors[tensor];
  Tensor stored(toDType(copy.dtype), copy.shape);
  ArrayRef<char> bytes(static_cast<const char *>(copy.data),
                       qcrt::byteSize(copy));
  if (copy.dtype == QCRT_I4) {
    // As bytes, which the kernels take as well.
    llvm::copy(*unpackHalves(bytes, stored.numElements(), /*isSigned=*/true),
               stored.data<int8_t>());
    copy.dtype = QCRT_I8;
  } else {
    std::memcpy(stored.raw(), bytes.data(), stored.byteSize());
  }
  copy.data = stored.raw();
  tensor = program.tensors.size();
  program.tensors.push_back(std::move(copy));
  return stored;
}

void BiasLayer::moveIntoSource() {
  if (llvm::all_of(delta, [](double d) { return d == 0; }))
    return;
  for (size_t c = 0; c < bias.size(); ++c)
    bias[c] += delta[c];
  Value old = source.getBias();
  OpBuilder builder(source);
  source.setBias(createNumbers(
      builder, old ? old.getLoc() : deriveName(source.getLoc(), "_bias"), bias,
      source->getOperand(0).getType()));
  if (old && old.use_empty())
    old.getDefiningOp()->erase();
}

std::map<uint32_t, BiasLayer> findBiasLayers(func::FuncOp function,
                                             ProgramImage &image) {
  llvm::StringMap<WeightedOpInterface> sources = findSources(function);
  qcrt::Program &program = image.program;
  std::map<uint32_t, BiasLayer> layers;
  for (uint32_t i = 0; i < program.instructions.size(); ++i) {
    uint32_t result = program.instructions[i].outputs[0];
    auto integer = image.values[result].getDefiningOp<WeightedOpInterface>();
    // A layer in float has nothing to correct.
    if (!integer || !isa<tpu::TpuDialect>(integer->getDialect()))
      continue;
    WeightedOpInterface source;
    for (StringAttr name : getNames(integer.getLoc()))
      if ((source = sources.lookup(name)))
        break;
    if (!source)
      continue;
    BiasLayer &layer = layers[i];
    layer.source = source;
    layer.integer = integer;
    layer.name = getTensorName(source->getResult(0));
    layer.instruction = i;
    layer.result = result;
    int64_t channels = program.tensors[result].shape.back();
    layer.bias = source.getBias() ? *getNumbers(source.getBias())
                                  : std::vector<double>(channels, 0.0);
    layer.delta.assign(channels, 0.0);
    layer.units = getUnits(integer, channels);
    layer.stored = ownConstant(program, i, integer, layer.integer.getBias());
    layer.store();
  }
  return layers;
}

} // namespace qc
