// Passes that ask the target.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_PASSES
#define QC_TARGET_PASSES

include "mlir/Pass/PassBase.td"

def Legalize : Pass<"legalize", "::mlir::ModuleOp"> {
  let summary = "Ask the target what it runs";
  let description = [{
    Applies the rewrites of the module's target, then checks every op of tpu
    against its support rules. Ops that break a rule are one error that lists
    them all with the reasons. With `allow-cpu` they are placed on the CPU
    instead, where qcrt runs them, and each is reported by a remark. Ops of top
    compute in float, which no target does: the CPU is the only place for them.
    In a network of precision `float` they are placed there without a remark.

    After, for an op that the target does not run:

    ```mlir
    %y = tpu.softmax %x {axis = 1 : i64, qc.placement = "cpu"} ...
    ```
  }];
  let options = [
    Option<"allowCpu", "allow-cpu", "bool", "false",
           "place what the target does not run on the CPU">,
  ];
  let statistics = [
    Statistic<"cpuOps", "cpu-ops", "ops placed on the CPU">,
  ];
}

def MergeSubgraphs : Pass<"merge-subgraphs", "::mlir::ModuleOp"> {
  let summary = "Leave small subgraphs to the CPU until few enough are left";
  let description = [{
    Ops on the device are one subgraph where values connect them and no way
    between them leads over the CPU. While there are more than `most`, the one
    with the least work (multiply-accumulates, then bytes) is placed on the CPU,
    which joins the parts there that it separated. The CPU computes the same
    integers. Each is reported by a remark.
  }];
  let options = [
    Option<"most", "most", "uint64_t", "16",
           "how many subgraphs the device may have">,
  ];
  let statistics = [
    Statistic<"movedOps", "moved-ops", "ops placed on the CPU">,
  ];
}

#endif // QC_TARGET_PASSES
