// Pictures as cameras give them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_PICTUREFAMILY
#define QC_DIALECT_TPU_IR_PICTUREFAMILY

include "qc/Dialect/Tpu/IR/TpuBase.td"

def Tpu_PictureOp : Tpu_Op<"picture"> {
  let summary = "A camera's bytes as integers of the network, NHWC";
  let description = [{
    Reads the pixels of `input`, turns them into the channels that the network
    was `trained` on and looks each up in `table`: 256 results, for all channels
    or for each. Types, layouts, strides and the colour matrix are those of
    `top.picture`; the result is [N, H, W, C].

    Example:

    ```mlir
    func.func @example(%x: tensor<1x6x4xui8>, %t: tensor<1x256xi8>)
        -> tensor<1x4x4x3x!quant.uniform<i8:f32, 1.0:-128>> {
      %y = tpu.picture %x, %t {format = "nv12", layout = "nhwc", trained = "rgb",
          matrix = "bt601-full"}
        : (tensor<1x6x4xui8>, tensor<1x256xi8>)
        -> tensor<1x4x4x3x!quant.uniform<i8:f32, 1.0:-128>>
      return %y : tensor<1x4x4x3x!quant.uniform<i8:f32, 1.0:-128>>
    }
    ```
  }];
  let arguments = (ins StaticShapeTensorOf<[I8, UI8]>:$input,
                       StaticShapeTensorOf<[I8, UI8, I16]>:$table,
                       StrAttr:$format, StrAttr:$layout, StrAttr:$trained, StrAttr:$matrix);
  let results = (outs Tpu_Activation:$output);
  let hasVerifier = 1;
  let assemblyFormat = "$input `,` $table attr-dict `:` functional-type(operands, results)";
}

#endif // QC_DIALECT_TPU_IR_PICTUREFAMILY
