// Pictures as cameras give them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_PICTUREFAMILY
#define QC_DIALECT_TOP_IR_PICTUREFAMILY

include "qc/Dialect/Top/IR/TopBase.td"

def Top_PictureOp : Top_Op<"picture", [
    DeclareOpInterfaceMethods<QuantizableOpInterface>,
    DeclareOpInterfaceMethods<CostOpInterface>]> {
  let summary = "A camera's bytes as the network's input";
  let description = [{
    Reads the pixels of `input`, turns them into the channels that the network
    was `trained` on, and gives `pixel * factor + offset`, one number each or
    one a channel, where a pixel is 0 to 255. The result is [N, C, H, W]; `input`
    is of bytes:

    | format | shape |
    |---|---|
    | u8, s8 | that of the result, or NHWC; s8 is the pixel less 128 |
    | rgb, bgr, yuv444 | [N, H, S, 3] or [N, 3, H, S] by `layout` |
    | gray | [N, 1, H, S] or [N, H, S, 1] |
    | nv12 | [N, 3 H / 2, S]: H rows of Y, H / 2 of U and V in turns |

    S, the stride, is W or more; what stands behind W is not read. YUV becomes
    RGB by `matrix`, in integers: docs/Arithmetic.md. Where `trained` is `same`
    channels stay as they are.

    Example:

    ```mlir
    func.func @example(%x: tensor<1x6x4xui8>) -> tensor<1x3x4x4xf32> {
      %y = top.picture %x {format = "nv12", layout = "nhwc", trained = "rgb",
          matrix = "bt601-full", factor = array<f64: 0.00784313725490196>,
          offset = array<f64: -1.0>}
        : (tensor<1x6x4xui8>) -> tensor<1x3x4x4xf32>
      return %y : tensor<1x3x4x4xf32>
    }
    ```
  }];
  let arguments = (ins Top_TensorOf<[I8, UI8]>:$input,
      Top_OneOf<["u8", "s8", "rgb", "bgr", "gray", "yuv444", "nv12"]>:$format,
      Top_OneOf<["nchw", "nhwc"]>:$layout,
      Top_OneOf<["same", "rgb", "bgr", "gray", "yuv444"]>:$trained,
      Top_OneOf<["bt601-full", "bt601-video", "bt709", "bt709-full"]>:$matrix,
      DenseF64ArrayAttr:$factor, DenseF64ArrayAttr:$offset);
  let results = (outs Top_Float:$output);
  let assemblyFormat = [{
    $input attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// The real value of pixel 0 to 255 in a channel.
    double getValue(int64_t channel, int pixel);
    /// The least and the largest of all.
    ::qc::ValueRange1D getValueRange();
    int64_t getChannels();
  }];
  let hasVerifier = 1;
}

#endif // QC_DIALECT_TOP_IR_PICTUREFAMILY
