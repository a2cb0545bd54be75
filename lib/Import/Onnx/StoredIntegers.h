// Tensors of integers that stand for real numbers: their parameters in a file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_STOREDINTEGERS_H
#define QC_LIB_IMPORT_ONNX_STOREDINTEGERS_H

#include "NodeContext.h"

#include "qc/Dialect/Top/IR/BlockParameters.h"

namespace qc::onnximport {

/// How integers are stored.
struct Format {
  unsigned bits = 8;
  bool isSigned = false;

  int64_t low() const { return isSigned ? -(int64_t(1) << (bits - 1)) : 0; }
  int64_t high() const {
    return (int64_t(1) << (isSigned ? bits - 1 : bits)) - 1;
  }
};

/// The format of input `index`, which must hold integers.
std::optional<Format> readFormat(NodeContext &node, size_t index);

/// The format that ONNX calls by the number of an attribute.
std::optional<Format> getNamedFormat(int64_t dataType);

/// A tensor's parameters, one a block in row-major order.
struct Parameters {
  Format format;
  top::Blocks blocks;
  std::vector<double> scales;
  std::vector<int64_t> zeroPoints;

  RankedTensorType getType(MLIRContext *context) const {
    return top::getBlockType(context, blocks, scales, zeroPoints, format.bits,
                             format.isSigned, format.low(), format.high());
  }
};

/// Where a node holds the parameters of one tensor.
struct ParameterInputs {
  size_t scale, zeroPoint;
};

/// The parameters at `inputs` for a tensor of `shape`. The zero point says how
/// integers are stored, else `otherwise`.
std::optional<Parameters> readParameters(NodeContext &node,
                                         ParameterInputs inputs,
                                         ArrayRef<int64_t> shape, int64_t axis,
                                         int64_t blockSize,
                                         std::optional<Format> otherwise);

/// The constant at input `index` as stored integers with `parameters`.
Value createStored(NodeContext &node, size_t index, Parameters parameters);

/// `type` as parameters of input `index`.
Parameters getParameters(quant::UniformQuantizedType type, NodeContext &node,
                         size_t index);

/// "!quant.uniform<u8:f32, 0.5:128>", for messages.
std::string typeText(Type type);

/// The type in which input `index`, which node.isStored says holds integers,
/// stores real numbers. An error unless it has one scale for all of it.
std::optional<quant::UniformQuantizedType> getStoredType(NodeContext &node,
                                                         size_t index);

/// `real`, of the shape of input `index`, in the integers in which that input
/// is stored, as output 0. Null type of the input: an error was reported.
LogicalResult setStoredLike(NodeContext &node, size_t index, Value real);

/// The stored constant at input `index` times the constant `factor`, which
/// spreads over it: the same integers with other scales. Null, and no error,
/// where that cannot be said with scales: factors that are not positive, or
/// that differ within a block of what may have a scale of its own.
Value scaleStored(NodeContext &node, size_t index, const Tensor &factor);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_STOREDINTEGERS_H
