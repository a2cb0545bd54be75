// The ops that a pattern has matched, and whether they can go.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_TRANSFORMS_ENCLOSURE_H
#define QC_LIB_TRANSFORMS_ENCLOSURE_H

#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Support/MLIR.h"

#include "llvm/ADT/SetVector.h"

namespace qc {

/// Collects the ops between the inputs and the result of a pattern.
class Enclosure {
public:
  void add(Operation *op) { ops.insert(op); }

  /// True when nothing outside uses a value that is computed inside, but for
  /// the results of `last`.
  bool isClosed(Operation *last) const {
    return llvm::all_of(ops, [&](Operation *op) {
      return op == last || llvm::all_of(op->getUsers(), [&](Operation *user) {
               return ops.contains(user);
             });
    });
  }

  /// The location of what replaces all of it and computes the value of `last`.
  /// Names are ordered as the ops are in their block.
  Location getLoc(Operation *last) const {
    SmallVector<Operation *> ordered(ops.begin(), ops.end());
    llvm::sort(ordered, [](Operation *lhs, Operation *rhs) {
      return lhs->isBeforeInBlock(rhs);
    });
    SmallVector<Location> locs;
    for (Operation *op : ordered)
      locs.push_back(op->getLoc());
    return fuseNames(last->getLoc(), locs);
  }

private:
  llvm::SetVector<Operation *> ops;
};

} // namespace qc

#endif // QC_LIB_TRANSFORMS_ENCLOSURE_H
