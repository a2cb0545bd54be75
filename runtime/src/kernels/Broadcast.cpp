// Which elements of two operands meet in each element of a result.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Broadcast.h"

using namespace qcrt;

/// Strides of operand in the dimensions of out; false if it does not broadcast.
static bool stridesOf(const TensorView &operand, const TensorView &out,
                      int64_t *strides) {
  int missing = out.rank - operand.rank;
  if (missing < 0)
    return false;
  int64_t stride = 1;
  for (int i = out.rank - 1; i >= 0; --i) {
    int64_t size = i >= missing ? operand.shape[i - missing] : 1;
    if (size != 1 && size != out.shape[i])
      return false;
    strides[i] = size == 1 ? 0 : stride;
    stride *= size;
  }
  return true;
}

bool Broadcast::prepare(PrepareContext &context, const TensorView &a,
                        const TensorView &b, const TensorView &out) {
  int64_t fullA[QCRT_MAX_RANK], fullB[QCRT_MAX_RANK];
  if (!stridesOf(a, out, fullA) || !stridesOf(b, out, fullB))
    return context.refuse("tensors '" + std::string(a.name) + "' and '" +
                          b.name + "' do not broadcast to the shape of '" +
                          out.name + "'");
  total = out.numElements();
  rank = 0;
  for (int i = 0; i < out.rank; ++i) {
    if (out.shape[i] == 1)
      continue;
    // Merge with the dimension before if a step there is a whole run here.
    if (rank > 0 && strideA[rank - 1] == fullA[i] * out.shape[i] &&
        strideB[rank - 1] == fullB[i] * out.shape[i]) {
      shape[rank - 1] *= out.shape[i];
      strideA[rank - 1] = fullA[i];
      strideB[rank - 1] = fullB[i];
      continue;
    }
    shape[rank] = out.shape[i];
    strideA[rank] = fullA[i];
    strideB[rank] = fullB[i];
    ++rank;
  }
  // A row always runs with steps of 0 or 1.
  if (rank == 0 || strideA[rank - 1] > 1 || strideB[rank - 1] > 1) {
    shape[rank] = 1;
    strideA[rank] = strideB[rank] = 0;
    ++rank;
  }
  return true;
}
