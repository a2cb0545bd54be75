// Storage types of weights, and the integers that are stored.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_WEIGHTTYPES_H
#define QC_QUANTIZATION_WEIGHTTYPES_H

#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Quantization/Parameters.h"

namespace qc {

/// The weights of a layer and what their scales depend on.
struct WeightRequest {
  ArrayRef<float> values;
  /// Blocks that may have a scale each: one an output channel, or one.
  top::Blocks blocks;
  /// One a channel, where the layer has one: the scale leaves it room.
  ArrayRef<float> bias = {};
  quant::UniformQuantizedType input, output;
  WeightScheme scheme;
  /// Parts of `blocks` with a scale of their own; none where it has no shape.
  top::Blocks groups = {};
};

/// The type of `request`'s weights: the scales with the smallest squared error,
/// floored so that the bias fits its type and the ratio to the result's scale
/// can be represented (near-dead channels lose nothing by it), in tie-free
/// ratios where results have 8 bits. A slope, which has no channels, takes its
/// extremes. Groups have integers times the scale of their channel.
RankedTensorType chooseWeightType(MLIRContext *context,
                                  const WeightRequest &request);

/// The least scale of the weights of a channel with `bias` that can be
/// computed: the bias fits its type (32 bits; 64 beside an `input` of 16), and
/// the ratio to the scale of `output` can be represented.
double getLeastWeightScale(double bias, quant::UniformQuantizedType input,
                           quant::UniformQuantizedType output);

/// The type of a bias [C] of 32 bits: its unit is the input's scale times that
/// of the weights, which have `scales`.
RankedTensorType getBiasType(MLIRContext *context, int64_t channels,
                             ArrayRef<double> scales, double inputScale);

/// The quantized type of weights with a scale for each of `blocks`.
RankedTensorType getWeightType(MLIRContext *context, const top::Blocks &blocks,
                               ArrayRef<double> scales,
                               const WeightScheme &scheme);

/// `values`, which are within the storage range of `type`, as they are stored:
/// inline, or, from 1 KiB on, a resource called `name`, where those of 4 bits
/// are packed two a byte.
ElementsAttr storeIntegers(ArrayRef<int64_t> values, RankedTensorType type,
                           StringRef name);
/// The same for `storage`, a tensor of plain integers.
ElementsAttr storeIntegersAs(ArrayRef<int64_t> values, RankedTensorType storage,
                             StringRef name);

/// The integers nearest to `values` in the parameters of `type`, saturated, as
/// an attribute of the storage type; a resource called `name` where they are
/// many.
ElementsAttr storeElements(ArrayRef<float> values, RankedTensorType type,
                           StringRef name);

} // namespace qc

#endif // QC_QUANTIZATION_WEIGHTTYPES_H
