// Checks that most factories share.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernel.h"

#include <algorithm>
#include <string>

using namespace qcrt;

static std::string quoted(const TensorView &tensor) {
  return "'" + std::string(tensor.name) + "'";
}

static std::string shapeText(const TensorView &tensor) {
  std::string text;
  for (int i = 0; i < tensor.rank; ++i)
    text += (i ? "x" : "") + std::to_string(tensor.shape[i]);
  return tensor.rank ? text : "scalar";
}

bool PrepareContext::expectOperands(int wantedInputs, int wantedOutputs) {
  if (numInputs == wantedInputs && numOutputs == wantedOutputs)
    return true;
  return refuse("has " + std::to_string(numInputs) + " inputs and " +
                std::to_string(numOutputs) + " outputs, expected " +
                std::to_string(wantedInputs) + " and " +
                std::to_string(wantedOutputs));
}

bool PrepareContext::expectRank(const TensorView &tensor, int rank) {
  if (tensor.rank == rank)
    return true;
  return refuse("tensor " + quoted(tensor) + " has shape " + shapeText(tensor) +
                ", expected rank " + std::to_string(rank));
}

bool PrepareContext::expectQuantized(const TensorView &tensor, bool needScale) {
  if (!tensor.isQuantized())
    return refuse("tensor " + quoted(tensor) + " has type " +
                  qcrt_dtype_name(tensor.dtype) + ", expected i8, u8 or i16");
  if (needScale && tensor.numScales != 1)
    return refuse("tensor " + quoted(tensor) + " has " +
                  std::to_string(tensor.numScales) + " scales, expected one");
  return true;
}

bool PrepareContext::expectType(const TensorView &tensor, qcrt_dtype dtype) {
  if (tensor.dtype == dtype)
    return true;
  return refuse("tensor " + quoted(tensor) + " has type " +
                qcrt_dtype_name(tensor.dtype) + ", expected " +
                qcrt_dtype_name(dtype));
}

bool PrepareContext::expectConstant(const TensorView &tensor) {
  return tensor.constant ||
         refuse("tensor " + quoted(tensor) + " must be a constant");
}

bool PrepareContext::expectSameShape(const TensorView &a, const TensorView &b) {
  if (a.rank == b.rank && std::equal(a.shape, a.shape + a.rank, b.shape))
    return true;
  return refuse("tensor " + quoted(a) + " has shape " + shapeText(a) +
                ", but " + quoted(b) + " has " + shapeText(b));
}

bool PrepareContext::expectMappable(const TensorView &tensor) {
  for (int i = 0; i < tensor.rank; ++i)
    if (tensor.shape[i] > largestMappedDimension)
      return refuse("tensor " + quoted(tensor) + " has dimension " +
                    std::to_string(tensor.shape[i]) + ", at most " +
                    std::to_string(largestMappedDimension) +
                    " is supported here");
  return true;
}

bool PrepareContext::expectSameParameters(const TensorView &a,
                                          const TensorView &b) {
  if (a.dtype != b.dtype)
    return refuse("tensor " + quoted(a) + " has type " +
                  qcrt_dtype_name(a.dtype) + ", but " + quoted(b) + " has " +
                  qcrt_dtype_name(b.dtype));
  bool same = a.numScales == b.numScales && a.zeroPoint == b.zeroPoint &&
              std::equal(a.scales, a.scales + a.numScales, b.scales);
  return same || refuse("tensors " + quoted(a) + " and " + quoted(b) +
                        " differ in scale or zero point");
}
