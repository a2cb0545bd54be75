// What the files of vendors say about layers: ranges, scales, biases by name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_ASSIGN_LAYERPARAMETERS_H
#define QC_ASSIGN_LAYERPARAMETERS_H

#include "qc/Assign/Encodings.h"

namespace qc {

/// One input or layer of a network with storage types.
struct LayerParameters {
  /// The tensor that it makes, in the source model.
  std::string name;
  /// The op of top without its dialect ("conv"); empty for an input.
  std::string op;
  Encoding output; ///< of the tensor; has a format
  /// Of weights, where it has some; has a format.
  std::optional<Encoding> weight;
  /// Its bias in real numbers, where it has one.
  std::vector<float> bias;
};

/// Those of `function`, in its order. Values that stay in float are not there.
std::vector<LayerParameters> collectLayerParameters(func::FuncOp function);

/// What the format and the scale of block `index` reach.
ValueRange1D getReach(const Encoding &encoding, size_t index = 0);

/// The two ends of all blocks.
ValueRange1D getWholeReach(const Encoding &encoding);

} // namespace qc

#endif // QC_ASSIGN_LAYERPARAMETERS_H
