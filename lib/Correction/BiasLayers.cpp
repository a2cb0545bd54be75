// Layers in both of their forms, and biases that can be changed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "BiasLayers.h"
#include "qc/Container/Encoding.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Transforms/ConstantValues.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

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

/// Layers of the float network by the tensor that they compute.
static llvm::StringMap<WeightedOpInterface> findSources(func::FuncOp function) {
  llvm::StringMap<WeightedOpInterface> sources;
  for (Operation &op : function.getBody().front()) {
    auto layer = dyn_cast<WeightedOpInterface>(op);
    if (layer && getFloatConstant(layer.getWeight()) &&
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

/// Gives the layer a bias tensor that is no other layer's.
static void ownBias(BiasLayer &layer, qcrt::Program &program) {
  Value bias = layer.integer.getBias();
  unsigned operand = 0;
  while (layer.integer->getOperand(operand) != bias)
    ++operand;
  uint32_t &tensor = program.instructions[layer.instruction].inputs[operand];
  qcrt::ProgramTensor copy = program.tensors[tensor];
  layer.stored = Tensor(toDType(copy.dtype), copy.shape);
  layer.store();
  copy.data = layer.stored.raw();
  tensor = program.tensors.size();
  program.tensors.push_back(std::move(copy));
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
    ownBias(layer, program);
  }
  return layers;
}

} // namespace qc
