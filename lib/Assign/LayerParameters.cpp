// What the files of vendors say about layers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Assign/LayerParameters.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Interfaces/WeightedOpInterface.h"
#include "qc/Quantization/Activations.h"

#include "llvm/ADT/StringMap.h"

namespace qc {

ValueRange1D getReach(const Encoding &encoding, size_t index) {
  double scale = encoding.scales[index];
  int64_t zero = encoding.zeroPoints[index];
  return {static_cast<double>(encoding.format->low - zero) * scale,
          static_cast<double>(encoding.format->high - zero) * scale};
}

ValueRange1D getWholeReach(const Encoding &encoding) {
  ValueRange1D whole = getReach(encoding);
  for (size_t i = 1; i < encoding.scales.size(); ++i) {
    ValueRange1D block = getReach(encoding, i);
    whole.min = std::min(whole.min, block.min);
    whole.max = std::max(whole.max, block.max);
  }
  return whole;
}

std::vector<LayerParameters> collectLayerParameters(func::FuncOp function) {
  llvm::StringMap<const Encoding *> outputs, weights;
  Encodings encodings = collectEncodings(function);
  for (const Encoding &entry : encodings.entries) {
    if (!entry.format)
      continue;
    if (entry.role == Encoding::Activation)
      outputs[entry.name] = &entry;
    else
      weights[entry.name + "\n" + entry.reader] = &entry;
  }
  std::vector<LayerParameters> layers;
  for (Value value : collectActivations(function)) {
    auto output = outputs.find(getTensorName(value));
    if (output == outputs.end())
      continue;
    LayerParameters layer;
    layer.name = output->first().str();
    layer.output = *output->second;
    if (Operation *op = value.getDefiningOp()) {
      layer.op = op->getName().stripDialect().str();
      if (auto weighted = dyn_cast<WeightedOpInterface>(op)) {
        std::string name = getTensorName(weighted.getWeight());
        auto own = weights.find(name + "\n" + getDisplayName(op));
        if (own == weights.end())
          own = weights.find(name + "\n");
        if (own != weights.end())
          layer.weight = *own->second;
        if (Value bias = weighted.getBias())
          if (auto elements = getFloatElements(bias))
            layer.bias.assign(elements->begin(), elements->end());
      }
    }
    outputs.erase(output); // once a name
    // What a picture becomes is the network's input, and called like it.
    if (layer.op == "picture") {
      layer.op.clear();
      layer.name = layer.output.name =
          getTensorName(value.getDefiningOp()->getOperand(0));
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

} // namespace qc
