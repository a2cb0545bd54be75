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
  // Leading ones of the result (the batch) stay in front, also where the
  // reshape puts them there.
  while (j < result.size() && result[j] == 1) {
    if (groups.empty())
      groups.emplace_back();
    groups.front().resultDims.push_back(j++);
    if (i < perm.size() && source[perm[i]] == 1)
      ++i;
  }
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

/// Orders groups by where they begin in x; groups of ones come first.
static void sortGroups(SmallVector<Group> &groups) {
  auto key = [](const Group &group) {
    return group.sourceDims.empty() ? -1 : *llvm::min_element(group.sourceDims);
  };
  llvm::stable_sort(
      groups, [&](const Group &a, const Group &b) { return key(a) < key(b); });
}

/// The result's dimensions in the order of `groups`, and the way back.
static qc::ReshapeThenTranspose getReordered(ArrayRef<Group> groups,
                                             ArrayRef<int64_t> result) {
  qc::ReshapeThenTranspose reordered;
  reordered.perm.resize(result.size());
  for (const Group &group : groups)
    for (int64_t dim : group.resultDims) {
      reordered.perm[dim] = reordered.shape.size();
      reordered.shape.push_back(result[dim]);
    }
  return reordered;
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
  sortGroups(groups);
  return getReordered(groups, result);
}

std::optional<qc::SplitTranspose>
qc::splitTransposeAtReshape(ArrayRef<int64_t> source, ArrayRef<int64_t> perm,
                            ArrayRef<int64_t> result) {
  SmallVector<Group> groups = findGroups(source, perm, result);
  if (groups.empty())
    return std::nullopt;
  sortGroups(groups);
  SplitTranspose split;
  // Ones of x stay in front: the reshape does not see where they are.
  for (size_t i = 0; i < source.size(); ++i)
    if (source[i] == 1)
      split.local.push_back(i);
  for (const Group &group : groups)
    llvm::append_range(split.local, group.sourceDims);
  split.rest = getReordered(groups, result);
  return split;
}
