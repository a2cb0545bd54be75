// Passes that decide where the tensors of a program lie.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SCHEDULE_PASSES
#define QC_SCHEDULE_PASSES

include "mlir/Pass/PassBase.td"

def ScheduleMemory : Pass<"schedule-memory", "::mlir::ModuleOp"> {
  let summary = "Gives every tensor an address in one arena";
  let description = [{
    Plans the memory of every function by live ranges. The order of execution
    stays as it is. Views (reshape) share the buffer of what they view, and an
    op that allows it (AliasOpInterface) overwrites an operand that dies there.
    Arguments keep their memory to the end, so that a caller may run again
    without filling them, unless `keep-arguments=false`: then the arena is
    smaller where a large input is soon consumed, and the module says
    `qc.arguments_overwritten`. Results live to the end; constants are stored
    with the program and take none.

    `planner` names an algorithm: `greedy-by-size` places larger buffers first,
    `greedy-by-breadth` those of the fullest steps first, `smallest` tries both,
    `hill-climb` goes on from there while the plan is above the lower bound.
    `qc.arena_lower_bound` is the most that is live at once, which no plan can
    undercut. A plan that was there is replaced.

    ```mlir
    // Before
    func.func @main(%x: tensor<8x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<8x!quant.uniform<i8:f32, 0.1>> {
      %0 = tpu.clip %x {clamp = array<i64: 0, 60>}
        : (tensor<8x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<8x!quant.uniform<i8:f32, 0.1>>
      return %0 : tensor<8x!quant.uniform<i8:f32, 0.1>>
    }
    // After
    module attributes {qc.arena_lower_bound = 128 : i64, qc.arena_size = 128 : i64} {
      func.func @main(%x: tensor<8x!quant.uniform<i8:f32, 0.1>> {qc.address = array<i64: 0>})
          -> tensor<8x!quant.uniform<i8:f32, 0.1>> {
        %0 = tpu.clip %x {clamp = array<i64: 0, 60>, qc.address = array<i64: 64>}
          : (tensor<8x!quant.uniform<i8:f32, 0.1>>)
          -> tensor<8x!quant.uniform<i8:f32, 0.1>>
        return %0 : tensor<8x!quant.uniform<i8:f32, 0.1>>
      }
    }
    ```
  }];
  let options = [
    Option<"planner", "planner", "std::string", "\"hill-climb\"",
           "Algorithm that places the buffers: greedy-by-size, greedy-by-breadth, smallest or hill-climb">,
    Option<"alignment", "alignment", "uint64_t", "64",
           "Alignment of every tensor in bytes: a power of two of at least 64">,
    Option<"keepArguments", "keep-arguments", "bool", "true",
           "Leave arguments in memory as the caller filled them">
  ];
  let statistics = [
    Statistic<"arenaBytes", "arena-bytes", "Bytes of the arenas planned">,
    Statistic<"lowerBoundBytes", "lower-bound-bytes", "Bytes live at once at the worst steps">
  ];
}

def VerifyMemoryPlan : Pass<"verify-memory-plan", "::mlir::ModuleOp"> {
  let summary = "Checks the addresses that schedule-memory or a user has given";
  let description = [{
    Follows the execution of every function and fails at the op that reads what
    was overwritten, overwrites an operand while reading it, writes outside the
    arena or to an unaligned address, or changes an argument. Shares no code
    with the planners.
  }];
}

#endif // QC_SCHEDULE_PASSES
