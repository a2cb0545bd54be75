// What becomes of an op in integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_INTEGERFORMOPINTERFACE
#define QC_INTERFACES_INTEGERFORMOPINTERFACE

include "mlir/IR/OpBase.td"

def IntegerFormOpInterface : OpInterface<"IntegerFormOpInterface"> {
  let cppNamespace = "::qc";
  let description = [{
    What the assignment of storage types must know of the op's integer form.
    Attached by the conversion that makes this form, so that a float op knows
    nothing of it. An op without the interface has none.
  }];
  let methods = [
    InterfaceMethod<"The op that does the work in integers.",
      "::mlir::StringRef", "getIntegerName">,
    InterfaceMethod<"How the integer form reads constant operand `index`.",
      "::qc::ConstantForm", "getConstantForm", (ins "unsigned":$index)>,
  ];
}

#endif // QC_INTERFACES_INTEGERFORMOPINTERFACE
