// The pass from top to tpu.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONVERSION_TOPTOTPU_PASSES
#define QC_CONVERSION_TOPTOTPU_PASSES

include "mlir/Pass/PassBase.td"

def ConvertTopToTpu : Pass<"convert-top-to-tpu", "::mlir::ModuleOp"> {
  let summary = "Replace calibrated float ops by integer ops";
  let description = [{
    Chooses scales and zero points from the calibrated ranges, in the types and
    the arithmetic of the module's `qc.target` and `qc.precision`, quantizes
    weights and biases, and writes every op's arithmetic into attributes. The
    options set the module's attributes first.

    Activations have 8 or 16 bits each: as the precision says, as the tensors of
    `qc.int16_tensors` ask for, and as the target's ops allow. A remark names
    each op that works on 8 bits where 16 are wanted.

    Before:

    ```mlir
    %y = top.relu %x : (tensor<1x8x!quant.calibrated<f32<-1.0:1.0>>>)
        -> tensor<1x8x!quant.calibrated<f32<0.0:1.0>>>
    ```

    After:

    ```mlir
    %y = tpu.requantize %x {clamp = array<i64: -128, 127>,
        requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [29]>}
      : (tensor<1x8x!quant.uniform<i8:f32, 7.8e-03>>) -> tensor<1x8x!quant.uniform<i8:f32, 3.9e-03:-128>>
    ```
  }];
  let options = [
    Option<"target", "target", "std::string", "",
           "the target by name; default: the module's qc.target, else generic">,
    Option<"precision", "precision", "std::string", "",
           "one of the target's precisions; default: the module's qc.precision, else its first">,
    ListOption<"int16Tensors", "int16-tensors", "std::string",
               "names of tensors that shall have 16 bits; default: the module's qc.int16_tensors">,
  ];
  let dependentDialects = ["::qc::tpu::TpuDialect", "::qc::QCDialect"];
}

#endif // QC_CONVERSION_TOPTOTPU_PASSES
