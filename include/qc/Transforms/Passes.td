// Passes on top: what can be simplified before anything is measured.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What holds for all of them: a pass that finds nothing leaves the module as
// it is; the op that survives a fusion computes the last of the fused tensors
// and keeps its name in front, the names of the others behind it; a value that
// has other users, or is a result of the function, is never fused away.
#ifndef QC_TRANSFORMS_PASSES
#define QC_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

class QC_TransformPass<string argument> : Pass<argument, "::mlir::ModuleOp"> {
  let dependentDialects = ["::qc::top::TopDialect"];
}

def InsertPreprocess : QC_TransformPass<"insert-preprocess"> {
  let summary = "Moves mean, std and scale of the inputs into the network";
  let description = [{
    An argument whose `qc.preprocess` normalises values gets a `top.scale`
    behind it, so that the network takes raw pixels from 0 to 255. What is left
    in the attribute is geometry and colour. The argument keeps its name; the
    normalised tensor is called `<name>_normalized`. Where channels are not
    dimension 1 of the argument, a `top.mul` and a `top.add` do the same.

    Ranges that calibration found belong to the normalised argument, so the
    pass refuses calibrated arguments: insert preprocessing first. It refuses a
    module whose provenance says that it has been inserted, and warns when there
    is none to insert.

    ```mlir
    // Before
    func.func @main(%x: tensor<1x3x8x8xf32> {qc.name = "x", qc.preprocess =
        #qc.preprocess<"resize=8x8 mean=127.5 std=127.5">})
        -> tensor<1x3x8x8xf32> {
      return %x : tensor<1x3x8x8xf32>
    }
    // After
    func.func @main(%x: tensor<1x3x8x8xf32> {qc.name = "x", qc.preprocess =
        #qc.preprocess<"resize=8x8">}) -> tensor<1x3x8x8xf32> {
      %s = top.constant dense<0.00784313772> : tensor<3xf32>
      %b = top.constant dense<-1.0> : tensor<3xf32>
      %y = top.scale %x, %s, %b : (tensor<1x3x8x8xf32>, tensor<3xf32>,
                                   tensor<3xf32>) -> tensor<1x3x8x8xf32>
      return %y : tensor<1x3x8x8xf32>
    }
    ```
  }];
  let statistics = [
    Statistic<"numInserted", "inserted", "Inputs whose normalisation moved into the network">
  ];
}

def RemoveEdgeOps : QC_TransformPass<"remove-edge-ops"> {
  let summary = "Leaves out ops at the inputs and outputs of the network";
  let description = [{
    Each entry of `layers` is a type (`Softmax`) or a layer by its result or node
    (`name:prob`). Such an op that is all that reads an input goes, and the input
    has the type of its result and keeps its name; one whose result is an output
    and nothing else goes, and what it read becomes the output. This is done
    until no more is found. A name that is not at an edge is an error, a type
    that is not there a remark.

    ```mlir
    // Before
    func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
      %y = top.softmax %x {axis = 1 : i64} : tensor<1x4xf32>
      return %y : tensor<1x4xf32>
    }
    // After, with layers=Softmax
    func.func @main(%x: tensor<1x4xf32>) -> tensor<1x4xf32> {
      return %x : tensor<1x4xf32>
    }
    ```
  }];
  let options = [
    ListOption<"layers", "layers", "std::string", "types, or name:LAYER">,
  ];
  let statistics = [
    Statistic<"numRemoved", "removed", "Ops that are left out">
  ];
}

def InsertPicture : QC_TransformPass<"insert-picture"> {
  let summary = "Lets the network take what the camera gives";
  let description = [{
    An argument with a `qc.picture` becomes one of bytes in that format, with a
    `top.picture` behind it, which makes the pixels that the network was trained
    on, and a `top.scale` with the mean, std and scale of `qc.preprocess`, of
    which geometry and colour are left. For `f32` only the layout changes. Where
    the module's target has symmetric activations, pixels are taken less 128.

    A result with a `qc.output_layout` is transposed to it, and says by
    `qc.permutation` how.

    ```mlir
    // Before
    func.func @main(%x: tensor<1x3x4x4xf32> {qc.name = "x",
        qc.picture = "nv12 yuv=bt601-full"}) -> tensor<1x3x4x4xf32> {
      return %x : tensor<1x3x4x4xf32>
    }
    // After
    func.func @main(%x: tensor<1x6x4xui8> {qc.name = "x",
        qc.picture = "nv12 yuv=bt601-full placed"})
        -> tensor<1x3x4x4xf32> {
      %y = top.picture %x {format = "nv12", layout = "nchw", trained = "rgb",
          matrix = "bt601-full", factor = array<f64: 1.0>, offset = array<f64: 0.0>}
        : (tensor<1x6x4xui8>) -> tensor<1x3x4x4xf32>
      return %y : tensor<1x3x4x4xf32>
    }
    ```
  }];
  let statistics = [
    Statistic<"numInserted", "inserted", "Inputs that take a camera's bytes">
  ];
}

def FoldPicture : QC_TransformPass<"fold-picture"> {
  let summary = "Takes factors and shifts behind a picture into it, and fixes its range";
  let description = [{
    A `top.scale` that is all that reads a `top.picture` becomes its factor and
    offset. The range of the result follows from 0 to 255 and is fixed: samples
    have nothing to say about it. In a network of floats it has none.

    ```mlir
    // Before
    %0 = top.picture %x {..., factor = array<f64: 1.0>, offset = array<f64: 0.0>}
    %1 = top.scale %0, %scale, %bias
    // After
    %1 = top.picture %x {..., factor = array<f64: 0.0078>, offset = array<f64: -1.0>}
    ```
  }];
  let dependentDialects = ["::qc::top::TopDialect", "::qc::QCDialect"];
  let statistics = [
    Statistic<"numFolded", "folded", "Scales that became part of a picture">
  ];
}

def RemoveIdentities : QC_TransformPass<"remove-identities"> {
  let summary = "Removes ops that change nothing and simplifies those that say little";
  let description = [{
    Applies the folds and canonicalizations of the ops, and beyond them:

    | before | after |
    |---|---|
    | min, max with one number | clip |
    | relu, clip after relu, clip | one relu or clip |
    | expand that an arithmetic op would broadcast anyway | - |
    | concat of all parts of a tensor in their order | the tensor |
    | split of a concat into what was joined | what was joined |
    | slice of a slice; slice inside one part of a concat | one slice |
    | gather of indices at equal distances | slice, reshape |
    | scale by ones and zeros; window of one element | - |
    | reduction of dimensions of size 1 | reshape |

    The names of an op that goes are kept behind those of the value that takes
    its place.

    ```mlir
    // Before
    %zero = top.constant dense<0.0> : tensor<f32>
    %six = top.constant dense<6.0> : tensor<f32>
    %0 = top.max %x, %zero : (tensor<1x8xf32>, tensor<f32>) -> tensor<1x8xf32>
    %1 = top.min %0, %six : (tensor<1x8xf32>, tensor<f32>) -> tensor<1x8xf32>
    // After
    %1 = top.clip %x {max = 6.0 : f32, min = 0.0 : f32}
      : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
}

def FoldConstants : QC_TransformPass<"fold-constants"> {
  let summary = "Computes ops whose operands are all constant";
  let description = [{
    Runs the op's own kernel (see ExecutableOpInterface) and puts a constant of
    its result's name in its place. An op that is not executable stays, and so
    does one whose results are larger than its operands by more than
    `max-growth` bytes: such a file would grow for no computation worth saving.
    All growth of one run is limited to 16 times that, and its work to 2^30
    operations and 16 for each stored element of the module's constants.
    A calibrated result stays, too: a constant cannot carry its range.

    ```mlir
    // Before
    %w = top.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
    %t = top.transpose %w {perm = array<i64: 1, 0>}
      : (tensor<1x2xf32>) -> tensor<2x1xf32>
    // After
    %t = top.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
    ```
  }];
  let options = [
    Option<"maxGrowth", "max-growth", "uint64_t", /*default=*/"16777216",
           "Bytes by which results may exceed the operands they are computed from">
  ];
  let statistics = [
    Statistic<"numFolded", "folded", "Ops that were computed">
  ];
}

def RecognizeLayerNorm : QC_TransformPass<"recognize-layer-norm"> {
  let summary = "Finds layer normalizations that were exported as arithmetic";
  let description = [{
    mean, sub, square (pow 2 or mul), mean, add of epsilon, sqrt (or pow 0.5),
    div (or reciprocal and mul, or pow -0.5), in any order of operands, with the
    difference computed once or twice; over the last dimensions also the form
    x * i + (b - mean * i). Over other dimensions (the channels of an image) the
    norm stands between transposes, which later vanish where the integer program
    has the channels last. A constant multiplied or added behind it becomes
    scale or bias.

    ```mlir
    // Before
    %m = top.reduce_mean %x {axes = array<i64: 2>} : (tensor<1x4x8xf32>) -> tensor<1x4x1xf32>
    %d = top.sub %x, %m : (tensor<1x4x8xf32>, tensor<1x4x1xf32>) -> tensor<1x4x8xf32>
    %q = top.mul %d, %d : (tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
    %v = top.reduce_mean %q {axes = array<i64: 2>} : (tensor<1x4x8xf32>) -> tensor<1x4x1xf32>
    %e = top.add %v, %eps : (tensor<1x4x1xf32>, tensor<f32>) -> tensor<1x4x1xf32>
    %s = top.sqrt %e : (tensor<1x4x1xf32>) -> tensor<1x4x1xf32>
    %y = top.div %d, %s : (tensor<1x4x8xf32>, tensor<1x4x1xf32>) -> tensor<1x4x8xf32>
    // After
    %y = top.layer_norm %x {axis = 2 : i64, epsilon = 1.0e-5 : f32}
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
    ```
  }];
  let statistics = [
    Statistic<"numRecognized", "recognized", "Layer normalizations found">
  ];
}

def RecognizeActivations : QC_TransformPass<"recognize-activations"> {
  let summary = "Finds activation functions that were exported as arithmetic";
  let description = [{
    Around every erf, tanh, sigmoid, hard_sigmoid and clip, the sums and
    products are expanded into a polynomial of the input x and of the function's
    value t, and compared with the definitions, so that neither the order nor
    the grouping of the factors matters:

    | function | is | of |
    |---|---|---|
    | gelu | 0.5 x + 0.5 x t | t = erf(x / sqrt(2)) |
    | gelu, tanh | 0.5 x + 0.5 x t | t = tanh(sqrt(2 / pi) (x + 0.044715 x^3)) |
    | silu | x t | t = sigmoid(x) |
    | hard_swish | x t / 6 | t = clip(x + 3, 0, 6) |
    | hard_swish | x t | t = hard_sigmoid(x), alpha 1/6, beta 0.5 |
    | hard_sigmoid | t / 6 | t = clip(x + 3, 0, 6) |

    Coefficients may differ by 1e-5 of their value, as exporters round them.
    1 / (1 + exp(-x)) becomes sigmoid, x over the same silu; x tanh(softplus(x))
    becomes mish.

    ```mlir
    // Before
    %t = top.sigmoid %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    %y = top.mul %x, %t : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
    // After
    %y = top.silu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
  let statistics = [
    Statistic<"numRecognized", "recognized", "Activation functions found">
  ];
}

def CanonicalizeMovement : QC_TransformPass<"canonicalize-movement"> {
  let summary = "Brings reshapes and transposes into one form and cancels pairs";
  let description = [{
    | before | after |
    |---|---|
    | adjacent reshapes; adjacent transposes | one, or none |
    | transpose that only moves dimensions of size 1 | reshape |
    | transpose, elementwise ops, transpose | elementwise ops, one transpose or none |
    | reshape, elementwise op, reshape back | elementwise op |
    | matmul of two activations, one with its last two dimensions exchanged | `transpose_lhs`, `transpose_rhs` |

    ```mlir
    // Before
    %0 = top.transpose %x {perm = array<i64: 0, 2, 3, 1>}
      : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x8xf32>
    %1 = top.tanh %0 : (tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
    %2 = top.transpose %1 {perm = array<i64: 0, 3, 1, 2>}
      : (tensor<1x4x4x8xf32>) -> tensor<1x8x4x4xf32>
    // After
    %2 = top.tanh %x : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
    ```
  }];
}

def FusePadding : QC_TransformPass<"fuse-padding"> {
  let summary = "Merges zero padding into the window that follows it";
  let description = [{
    `top.pad` with zeros in spatial dimensions becomes pads of the `top.conv`
    or `top.avg_pool` behind it. A pool with pads of its own keeps its pad op:
    its divisors would change.

    ```mlir
    // Before
    %0 = top.pad %x {pads = array<i64: 0, 0, 1, 1, 0, 0, 1, 1>}
      : (tensor<1x3x8x8xf32>) -> tensor<1x3x10x10xf32>
    %1 = top.conv %0, %w {pads = array<i64: 0, 0, 0, 0>, ...}
    // After
    %1 = top.conv %x, %w {pads = array<i64: 1, 1, 1, 1>, ...}
    ```
  }];
  let statistics = [
    Statistic<"numFused", "fused", "Pads that became attributes">
  ];
}

def FuseBias : QC_TransformPass<"fuse-bias"> {
  let summary = "Merges the addition of a constant into the bias";
  let description = [{
    add or sub of a constant with one number a channel (or one number) after
    conv, deconv, matmul or scale becomes its bias. Sums are computed in
    double.

    ```mlir
    // Before
    %0 = top.matmul %x, %w : (tensor<1x4xf32>, tensor<4x8xf32>) -> tensor<1x8xf32>
    %1 = top.add %b, %0 : (tensor<8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
    // After
    %1 = top.matmul %x, %w, %b
      : (tensor<1x4xf32>, tensor<4x8xf32>, tensor<8xf32>) -> tensor<1x8xf32>
    ```
  }];
  let statistics = [
    Statistic<"numFused", "fused", "Additions that became a bias">
  ];
}

def FoldBatchNorm : QC_TransformPass<"fold-batch-norm"> {
  let summary = "Folds batch norms and other channel factors into weights";
  let description = [{
    batch_norm, scale, and mul or div by a constant with one number a channel
    are folded into the weights and bias of the conv, deconv, matmul or scale
    in front of them, or else of the conv, deconv or matmul behind them where
    that is exact: a shift cannot pass a padded border. A transpose may stand
    between them and those behind them. Computed in double, rounded once. A
    batch norm that finds no weights becomes a `top.scale`.

    New weights keep the names of those that they replace.

    ```mlir
    // Before
    %0 = top.conv %x, %w {...} : (...) -> tensor<1x4x8x8xf32>
    %1 = top.batch_norm %0, %gamma, %beta, %mean, %variance {epsilon = 1.0e-5 : f32} : (...) -> tensor<1x4x8x8xf32>
    // After
    %1 = top.conv %x, %w1, %b1 {...} : (...) -> tensor<1x4x8x8xf32>
    ```
  }];
  let statistics = [
    Statistic<"numFolded", "folded", "Affine maps folded into weights">,
    Statistic<"numScales", "scales", "Batch norms that became a scale">
  ];
}

def FuseActivation : QC_TransformPass<"fuse-activation"> {
  let summary = "Merges relu and clip into the op in front of them";
  let description = [{
    relu, clip, and min or max with one number become `act_min` and `act_max`
    of an op that can end in a clamp (trait FusableActivation), when they are
    the only user of its result. Bounds that are already there are
    intersected.

    ```mlir
    // Before
    %0 = top.add %a, %b : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
    %1 = top.relu %0 : (tensor<1x8xf32>) -> tensor<1x8xf32>
    // After
    %1 = top.add %a, %b {act_min = 0.0 : f32}
      : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
  let statistics = [
    Statistic<"numFused", "fused", "Activations that became a clamp">
  ];
}

#endif // QC_TRANSFORMS_PASSES
