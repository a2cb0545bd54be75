// How an op rewrites itself under a permutation of its data.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_LAYOUTOPINTERFACE
#define QC_INTERFACES_LAYOUTOPINTERFACE

include "mlir/IR/OpBase.td"

def LayoutOpInterface : OpInterface<"LayoutOpInterface"> {
  let cppNamespace = "::qc";
  let description = [{
    Lets a transpose move through an op: `transpose(op(x...), perm)` equals
    `op'(transpose(x, perm)...)` where `op'` is what `rebuildPermuted` makes.
    An op without the interface is a barrier.
  }];
  let methods = [
    InterfaceMethod<[{
        True when a transpose by `perm` may move through this op. Every
        operand listed by `getPermutedOperands` and every result then has rank
        `perm.size()`.
      }], "bool", "canPermute", (ins "::llvm::ArrayRef<int64_t>":$perm), "", [{
        return true;
      }]>,
    InterfaceMethod<[{
        The operands that must be permuted together with the results; the
        others (weights, indices) stay as they are.
      }], "::llvm::SmallVector<unsigned>", "getPermutedOperands", (ins), "", [{
        return ::llvm::to_vector(::llvm::seq<unsigned>(0, $_op->getNumOperands()));
      }]>,
    InterfaceMethod<[{
        Creates the op that computes this op's results transposed by `perm`
        (result dimension i is the old dimension perm[i]) from `operands`,
        which are already transposed by `perm` where `getPermutedOperands`
        says so. Attributes that name dimensions are rewritten.
      }], "::mlir::Operation *", "rebuildPermuted",
      (ins "::mlir::OpBuilder &":$builder, "::llvm::ArrayRef<int64_t>":$perm,
           "::mlir::ValueRange":$operands)>,
  ];
}

#endif // QC_INTERFACES_LAYOUTOPINTERFACE
