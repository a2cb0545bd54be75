// The pass from top to tpu.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONVERSION_TOPTOTPU_PASSES
#define QC_CONVERSION_TOPTOTPU_PASSES

include "mlir/Pass/PassBase.td"

def ConvertTopToTpu : Pass<"convert-top-to-tpu", "::mlir::ModuleOp"> {
  let summary = "Replace float ops whose values have storage types by integer ops";
  let description = [{
    Writes every op's arithmetic into attributes, in the form that the module's
    `qc.target` computes. Nothing is chosen: storage types are those that
    `--assign-quantization` or a hand has given, and a value without one is an
    error.

    Before:

    ```mlir
    %y = top.relu %x : (tensor<1x8x!quant.uniform<i8:f32, 7.8e-03>>)
        -> tensor<1x8x!quant.uniform<i8:f32, 3.9e-03:-128>>
    ```

    After:

    ```mlir
    %y = tpu.requantize %x {clamp = array<i64: -128, 127>,
        requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [29]>}
      : (tensor<1x8x!quant.uniform<i8:f32, 7.8e-03>>) -> tensor<1x8x!quant.uniform<i8:f32, 3.9e-03:-128>>
    ```
  }];
  let dependentDialects = ["::qc::tpu::TpuDialect", "::qc::QCDialect"];
}

#endif // QC_CONVERSION_TOPTOTPU_PASSES
