// How a transpose passes through a reshape.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ReshapeLayout.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace {
/// Dimensions of the transposed tensor and of the result that hold the same
/// elements in the same order.
struct Group {
  SmallVector<int64_t> sourceDims; ///< of x, sizes above one, in y's order
  SmallVector<int64_t> resultDims;
};
} // namespace

/// Splits y = transpose(x) and the result into the finest groups of equal
/// products. Dimensions of one in the result join the group before them.
static SmallVector<Group> findGroups(ArrayRef<int64_t> source,
                                     ArrayRef<int64_t> perm,
                                     ArrayRef<int64_t> result) {
  SmallVector<Group> groups;
  size_t i = 0, j = 0;
  while (i < perm.size() || j < result.size()) {
    Group group;
    int64_t left = 1, right = 1;
    auto takeSource = [&] {
      int64_t dim = perm[i++];
      left *= source[dim];
      if (source[dim] != 1)
        group.sourceDims.push_back(dim);
    };
    auto takeResult = [&] {
      right *= result[j];
      group.resultDims.push_back(j++);
    };
    while (i < perm.size() && left == 1)
      takeSource();
    while (j < result.size() && right == 1)
      takeResult();
    while (left != right) {
      if (left < right) {
        if (i == perm.size())
          return {};
        takeSource();
      } else {
        if (j == result.size())
          return {};
        takeResult();
      }
    }
    while (j < result.size() && result[j] == 1)
      takeResult();
    if (group.sourceDims.empty() && !groups.empty())
      llvm::append_range(groups.back().resultDims, group.resultDims);
    else
      groups.push_back(std::move(group));
  }
  return groups;
}

std::optional<qc::ReshapeThenTranspose>
qc::exchangeTransposeAndReshape(ArrayRef<int64_t> source,
                                ArrayRef<int64_t> perm,
                                ArrayRef<int64_t> result) {
  SmallVector<Group> groups = findGroups(source, perm, result);
  if (groups.empty())
    return std::nullopt;

  // Each group must be one run of x's dimensions (ones do not matter).
  SmallVector<int64_t> rank(source.size(), -1);
  int64_t next = 0;
  for (size_t i = 0; i < source.size(); ++i)
    if (source[i] != 1)
      rank[i] = next++;
  for (const Group &group : groups)
    for (size_t i = 1; i < group.sourceDims.size(); ++i)
      if (rank[group.sourceDims[i]] != rank[group.sourceDims[i - 1]] + 1)
        return std::nullopt;

  SmallVector<size_t> order =
      llvm::to_vector(llvm::seq<size_t>(0, groups.size()));
  llvm::stable_sort(order, [&](size_t a, size_t b) {
    auto key = [&](size_t g) {
      return groups[g].sourceDims.empty() ? -1
                                          : rank[groups[g].sourceDims.front()];
    };
    return key(a) < key(b);
  });
  ReshapeThenTranspose exchanged;
  exchanged.perm.resize(result.size());
  for (size_t g : order)
    for (int64_t dim : groups[g].resultDims) {
      exchanged.perm[dim] = exchanged.shape.size();
      exchanged.shape.push_back(result[dim]);
    }
  return exchanged;
}
