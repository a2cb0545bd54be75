// Which result may live in an operand's buffer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_ALIASOPINTERFACE
#define QC_INTERFACES_ALIASOPINTERFACE

include "mlir/IR/OpBase.td"

def AliasOpInterface : OpInterface<"AliasOpInterface"> {
  let cppNamespace = "::qc";
  let description = [{
    Says which result may share the memory of an operand. The planner uses it
    to give both one address; the op's kernel must then be correct in place.
  }];
  let methods = [
    InterfaceMethod<[{
        The operand whose bytes result `index` repeats unchanged (reshape), or
        nothing. Both then have the same size in bytes.
      }], "::std::optional<unsigned>", "getViewedOperand",
      (ins "unsigned":$index), "", [{ return ::std::nullopt; }]>,
    InterfaceMethod<[{
        The operands that result `index` may overwrite when they die here
        (elementwise ops on equal shapes and storage widths).
      }], "::llvm::SmallVector<unsigned>", "getInPlaceOperands",
      (ins "unsigned":$index), "", [{ return {}; }]>,
  ];
}

#endif // QC_INTERFACES_ALIASOPINTERFACE
