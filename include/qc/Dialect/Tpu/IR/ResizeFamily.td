// Resizing of images.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_RESIZEFAMILY
#define QC_DIALECT_TPU_IR_RESIZEFAMILY

include "qc/Dialect/Tpu/IR/TpuBase.td"

def Tpu_ResizeNearestOp : Tpu_Op<"resize_nearest", [Tpu_SameParameters]> {
  let summary = "Nearest neighbour, NHWC";
  let description = [{
    Coordinates as ONNX Resize defines them; `scales` are those of H and W.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.resize_nearest %x {coordinate_transformation = "asymmetric", nearest_mode = "floor",
          scales = array<f64: 2.0, 2.0>}
        : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = (ins Tpu_Activation:$input, StrAttr:$coordinate_transformation,
                       StrAttr:$nearest_mode, DenseF64ArrayAttr:$scales);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

def Tpu_ResizeLinearOp : Tpu_Op<"resize_linear"> {
  let summary = "Bilinear, NHWC";
  let description = [{
    Weights are integers over `denominators` (of H and W, 1 to 2048); what they
    and x - z add up to is requantised with s_in / s_out over the product of the
    denominators. Coordinates are as ONNX Resize defines them; `scales` are
    those of H and W.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>> {
      %y = tpu.resize_linear %x {coordinate_transformation = "half_pixel",
          scales = array<f64: 2.0, 2.0>, denominators = array<i64: 4, 4>,
          requant = #tpu.requant<mul32, half_even, multipliers = [1073741824], shifts = [34]>}
        : (tensor<1x4x4x2x!quant.uniform<i8:f32, 0.1>>)
        -> tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
      return %y : tensor<1x8x8x2x!quant.uniform<i8:f32, 0.1>>
    }
    ```
  }];
  let arguments = !con((ins Tpu_Activation:$input,
                       StrAttr:$coordinate_transformation,
                       DenseF64ArrayAttr:$scales,
                       DenseI64ArrayAttr:$denominators,
                       Tpu_RequantAttr:$requant), Tpu_ClampArgs);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = Tpu_UnaryFormat;
}

#endif // QC_DIALECT_TPU_IR_RESIZEFAMILY
