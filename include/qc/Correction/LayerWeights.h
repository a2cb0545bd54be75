// The weights of a float layer as rows of outputs and columns of inputs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_LAYERWEIGHTS_H
#define QC_CORRECTION_LAYERWEIGHTS_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

#include <optional>

namespace qc {

/// Where the weight of output channel `o`, input channel `j` of its group and
/// position `t` of the window lies: o * rowStride + j * columnStride + t.
struct WeightGeometry {
  int64_t groups = 1;
  int64_t outputs = 0; ///< of all groups
  int64_t inputs = 0;  ///< of one group
  int64_t window = 1;  ///< positions of the kernel
  int64_t rowStride = 0, columnStride = 0;

  int64_t getIndex(int64_t output, int64_t input, int64_t position) const {
    return output * rowStride + input * columnStride + position;
  }
  /// The channel of the layer's input that column `input` of `output` reads.
  int64_t getInputChannel(int64_t output, int64_t input) const {
    return output / (outputs / groups) * inputs + input;
  }
};

/// A layer of top (conv, matmul, scale) whose weight is a float constant that
/// no other op reads, and whose bias, if it has one, is constant as well.
struct FloatLayer {
  Operation *op = nullptr;
  WeightGeometry geometry;
  Tensor weight;
  std::vector<double> bias; ///< empty where there is none
  int64_t inputAxis = 1, outputAxis = 1;

  ArrayRef<float> getWeights() const {
    return {weight.data<float>(), size_t(weight.numElements())};
  }
};

/// `op` as a layer, or nothing when it is none of that kind.
std::optional<FloatLayer> getFloatLayer(Operation *op);

} // namespace qc

#endif // QC_CORRECTION_LAYERWEIGHTS_H
