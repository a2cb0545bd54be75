// The check dialect: expectations that a test executes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_CHECK_IR_CHECKOPS
#define QC_DIALECT_CHECK_IR_CHECKOPS

include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"

def Check_Dialect : Dialect {
  let name = "check";
  let cppNamespace = "::qc::check";
  let summary = "Expectations that a test executes";
  let description = [{
    Lets a lit test say what an op computes: `qc-opt --check-execute` runs the
    functions of a module and reports every expectation that does not hold, at
    its location. For tests only; no other pass makes or keeps these ops.

    Values may be top's floats or tpu's quantized integers. A quantized tensor
    is compared by its stored integers.
  }];
}

def Check_Tensor : StaticShapeTensorOf<[AnyType]>;

/// A tolerance: finite and not negative.
def Check_Tolerance : ConfinedAttr<F64Attr, [AttrConstraint<
    And<[CPred<"::llvm::cast<::mlir::FloatAttr>($_self).getValue().isFinite()">,
         CPred<"!::llvm::cast<::mlir::FloatAttr>($_self).getValue().isNegative()">]>,
    "that is finite and not negative">]>;

/// An expectation on `actual`. It has effects, so that nothing removes it.
class Check_Op<string opMnemonic> : Op<Check_Dialect, opMnemonic> {
  let hasVerifier = 1;
}

class Check_ValueOp<string opMnemonic> : Check_Op<opMnemonic> {
  let assemblyFormat = [{
    $actual `,` $expected attr-dict `:` type($actual) `,` type($expected)
  }];
}

class Check_ConstOp<string opMnemonic> : Check_Op<opMnemonic> {
  let assemblyFormat = "$actual `,` $value attr-dict `:` type($actual)";
}

def Check_ExpectEqOp : Check_ValueOp<"expect_eq"> {
  let summary = "Two values are equal, element by element";
  let description = [{
    Zeros of either sign are equal, and so are two NaNs.

    Example:

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) {
      check.expect_eq %a, %b : tensor<4xf32>, tensor<4xf32>
      return
    }
    ```
  }];
  let arguments = (ins Check_Tensor:$actual, Check_Tensor:$expected);
}

def Check_ExpectEqConstOp : Check_ConstOp<"expect_eq_const"> {
  let summary = "A value equals a constant, element by element";
  let description = [{
    As `check.expect_eq`. For a quantized `actual` the constant holds the
    stored integers.

    Example:

    ```mlir
    func.func @example(%a: tensor<2x!quant.uniform<i8:f32, 0.5:3>>) {
      check.expect_eq_const %a, dense<[-128, 127]> : tensor<2xi8>
        : tensor<2x!quant.uniform<i8:f32, 0.5:3>>
      return
    }
    ```
  }];
  let arguments = (ins Check_Tensor:$actual, ElementsAttr:$value);
}

def Check_ExpectAlmostEqOp : Check_ValueOp<"expect_almost_eq"> {
  let summary = "Two values are close, element by element";
  let description = [{
    |actual - expected| <= `atol` + `rtol` * |expected| for each element, or,
    where `max_ulp` is given, at most that many representable numbers lie
    between the two. Stored integers of quantized values are compared as
    numbers, so that `atol = 1.0` with `rtol = 0.0` allows one step.

    Example:

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) {
      check.expect_almost_eq %a, %b {rtol = 1.0e-6 : f64}
        : tensor<4xf32>, tensor<4xf32>
      return
    }
    ```
  }];
  let arguments = (ins Check_Tensor:$actual, Check_Tensor:$expected,
                       DefaultValuedAttr<Check_Tolerance, "1e-5">:$rtol,
                       DefaultValuedAttr<Check_Tolerance, "1e-7">:$atol,
                       OptionalAttr<I64Attr>:$max_ulp);
}

def Check_ExpectAlmostEqConstOp : Check_ConstOp<"expect_almost_eq_const"> {
  let summary = "A value is close to a constant, element by element";
  let description = [{
    As `check.expect_almost_eq`.

    Example:

    ```mlir
    func.func @example(%a: tensor<2xf32>) {
      check.expect_almost_eq_const %a, dense<[0.1, 0.2]> : tensor<2xf32>
        {max_ulp = 2 : i64} : tensor<2xf32>
      return
    }
    ```
  }];
  let arguments = (ins Check_Tensor:$actual, ElementsAttr:$value,
                       DefaultValuedAttr<Check_Tolerance, "1e-5">:$rtol,
                       DefaultValuedAttr<Check_Tolerance, "1e-7">:$atol,
                       OptionalAttr<I64Attr>:$max_ulp);
}

def Check_ExpectRelMaxOp : Check_ValueOp<"expect_rel_max"> {
  let summary = "The largest difference is small beside the largest element";
  let description = [{
    max |actual - expected| <= `tolerance` * max |expected|: what a network's
    output is judged by, where small elements of a large tensor do not count.

    Example:

    ```mlir
    func.func @example(%a: tensor<4xf32>, %b: tensor<4xf32>) {
      check.expect_rel_max %a, %b {tolerance = 1.0e-4 : f64}
        : tensor<4xf32>, tensor<4xf32>
      return
    }
    ```
  }];
  let arguments = (ins Check_Tensor:$actual, Check_Tensor:$expected,
                       Check_Tolerance:$tolerance);
}

#endif // QC_DIALECT_CHECK_IR_CHECKOPS
