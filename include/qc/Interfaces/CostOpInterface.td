// Work and traffic of an op, counted from shapes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_COSTOPINTERFACE
#define QC_INTERFACES_COSTOPINTERFACE

include "mlir/IR/OpBase.td"

def CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::qc";
  let description = [{
    Counts that hold on every chip; a target turns them into time with its own
    rates. Defaults follow from the shapes of operands and results.
  }];
  let methods = [
    InterfaceMethod<"Multiply-accumulates of one execution.",
      "int64_t", "getMacs", (ins), "", [{ return 0; }]>,
    InterfaceMethod<"Bytes read, parameters included.",
      "int64_t", "getBytesRead", (ins), "", [{
        return ::qc::sumOfBytes($_op->getOperandTypes());
      }]>,
    InterfaceMethod<"Bytes written.",
      "int64_t", "getBytesWritten", (ins), "", [{
        return ::qc::sumOfBytes($_op->getResultTypes());
      }]>,
    InterfaceMethod<"Constant elements (weights and biases) that the op reads.",
      "int64_t", "getParameterCount", (ins), "", [{
        return ::qc::countConstantElements($_op);
      }]>,
  ];
}

#endif // QC_INTERFACES_COSTOPINTERFACE
