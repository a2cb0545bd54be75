// Comparisons, choices between elements, and arithmetic on integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_LOGICFAMILY
#define QC_DIALECT_TOP_IR_LOGICFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

/// An op on elements as they are, operands broadcast as numpy does.
class Top_LogicOp<string opMnemonic, list<Trait> traits = []>
    : Top_InferOp<opMnemonic, traits # [
    NoIntegerForm, DeclareOpInterfaceMethods<CostOpInterface>]>;

def Top_CompareOp : Top_LogicOp<"compare", [SameOperandElements]> {
  let summary = "Whether two elements compare as said";
  let description = [{
    A boolean for each pair of elements of `lhs` and `rhs`. With NaN every
    comparison is false but `not_equal`.

    Example:

    ```mlir
    func.func @example(%a: tensor<4x8xf32>, %b: tensor<8xf32>)
        -> tensor<4x8xi1> {
      %y = top.compare %a, %b {kind = "less"}
        : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xi1>
      return %y : tensor<4x8xi1>
    }
    ```
  }];
  let arguments = (ins Top_Data:$lhs, Top_Data:$rhs,
      Top_OneOf<["equal", "not_equal", "less", "less_or_equal", "greater",
                 "greater_or_equal"]>:$kind);
  let results = (outs Top_Bool:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
}

def Top_SelectOp : Top_LogicOp<"select"> {
  let summary = "Elements of one tensor or of another";
  let description = [{
    The element of `yes` where `condition` is true, else that of `no`.

    Example:

    ```mlir
    func.func @example(%c: tensor<8xi1>, %a: tensor<4x8xf32>,
                       %b: tensor<f32>) -> tensor<4x8xf32> {
      %y = top.select %c, %a, %b
        : (tensor<8xi1>, tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
      return %y : tensor<4x8xf32>
    }
    ```
  }];
  let arguments = (ins Top_Bool:$condition, Top_Data:$yes, Top_Data:$no);
  let results = (outs Top_Data:$output);
  let assemblyFormat = [{
    $condition `,` $yes `,` $no attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Top_IntegerOp : Top_LogicOp<"integer", [SameOperandElements]> {
  let summary = "Arithmetic on integers that are no stored real numbers";
  let description = [{
    Ids, indices and booleans: exact, sums and products wrap. `div` goes towards
    zero, `mod` has the sign of the divisor and `rem` that of the dividend;
    dividing by zero gives 0. `and`, `or` and `xor` work on bits, and on
    booleans.

    Example:

    ```mlir
    func.func @example(%a: tensor<4xi64>, %b: tensor<i64>) -> tensor<4xi64> {
      %y = top.integer %a, %b {kind = "mod"}
        : (tensor<4xi64>, tensor<i64>) -> tensor<4xi64>
      return %y : tensor<4xi64>
    }
    ```
  }];
  let arguments = (ins Top_Integer:$lhs, Top_Integer:$rhs,
      Top_OneOf<["add", "sub", "mul", "div", "mod", "rem", "min", "max", "and",
                 "or", "xor", "shift_left", "shift_right"]>:$kind);
  let results = (outs Top_Integer:$output);
  let assemblyFormat = [{
    $lhs `,` $rhs attr-dict `:` functional-type(operands, results)
  }];
}

#endif // QC_DIALECT_TOP_IR_LOGICFAMILY
