// Passes that execute IR.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXECUTION_PASSES
#define QC_EXECUTION_PASSES

include "mlir/Pass/PassBase.td"

def CheckExecute : Pass<"check-execute", "::mlir::ModuleOp"> {
  let summary = "Execute functions and report expectations that do not hold";
  let description = [{
    Runs every function that holds `check` ops and reports each expectation
    that does not hold, at its location; the pass then fails. The functions
    take no arguments: their inputs are constants. The IR does not change.

    ```mlir
    func.func @relu() {
      %x = top.constant dense<[-1.0, 2.0]> : tensor<2xf32>
      %y = top.relu %x : (tensor<2xf32>) -> tensor<2xf32>
      check.expect_eq_const %y, dense<[0.0, 2.0]> : tensor<2xf32>
        : tensor<2xf32>
      return
    }
    ```
  }];
  let options = [
    Option<"threads", "threads", "int", "0",
           "Threads of one run; 0: one a processor">,
  ];
}

#endif // QC_EXECUTION_PASSES
