// The pass that assigns storage types.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_ASSIGN_PASSES
#define QC_ASSIGN_PASSES

include "mlir/Pass/PassBase.td"

def AssignQuantization : Pass<"assign-quantization", "::mlir::ModuleOp"> {
  let summary = "Give every activation and weight of a calibrated network its storage type";
  let description = [{
    Chooses widths, scales and zero points from the calibrated ranges, in the
    types that the module's `qc.target` and `qc.precision` allow, and stores
    weights in integers. The ops stay those of the float network: the result
    runs, each value rounded to its type. The options set the module's
    attributes first.

    Activations have 8 or 16 bits each: as the precision says, as the tensors of
    `qc.int16_tensors` ask for, and as the target's ops allow; an op that takes
    another width reads a `top.requantize`. A remark names each op that works on
    8 bits where 16 are wanted.

    A value that has a storage type already keeps it, as do stored weights: what
    is edited, imported or read from a file is not chosen again. Two such types
    that cannot be joined are an error at the op between them.

    Before:

    ```mlir
    %y = top.relu %x : (tensor<1x8x!quant.calibrated<f32<-1.0:1.0>>>)
        -> tensor<1x8x!quant.calibrated<f32<0.0:1.0>>>
    ```

    After:

    ```mlir
    %y = top.relu %x {qc.parameters = [#qc.parameters<method, "kl">]}
      : (tensor<1x8x!quant.uniform<i8:f32, 7.8e-03>>)
        -> tensor<1x8x!quant.uniform<i8:f32, 3.9e-03:-128>>
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
  let dependentDialects = ["::qc::top::TopDialect", "::qc::QCDialect",
                           "::mlir::quant::QuantDialect"];
}

def ApplyEncodings : Pass<"apply-encodings", "::mlir::ModuleOp"> {
  let summary = "Take storage types and ranges from a file";
  let description = [{
    Gives the tensors that the file names (docs/Encodings.md) their storage
    types or ranges, which later steps leave as they are, and stores weights.
    Names that the network lacks, entries that do not fit, and, unless
    `allow-missing`, activations without an entry are errors that list them.
  }];
  let options = [
    Option<"file", "file", "std::string", "", "the encodings">,
    Option<"allowMissing", "allow-missing", "bool", "false",
           "take what the file lacks from calibration">,
  ];
  let dependentDialects = ["::qc::top::TopDialect", "::qc::QCDialect",
                           "::mlir::quant::QuantDialect"];
}

def FloatLayers : Pass<"float-layers", "::mlir::ModuleOp"> {
  let summary = "Mark layers that stay in float, on the device's CPU";
  let description = [{
    Each entry of `deny` is a type of layers (`Softmax`), a layer by the tensor
    that it computes (`name:conv_12`), or the layers between two (`conv_3:add_7`,
    both included). They get `qc.in_float`: the assignment gives what only they
    read and make no storage type, and the lowering puts them on the CPU, with
    conversions where integers come in and go out. A name or a type that the
    network lacks is an error.
  }];
  let options = [
    ListOption<"layersToDeny", "deny", "std::string", "the layers">,
  ];
  let dependentDialects = ["::qc::top::TopDialect", "::qc::QCDialect"];
}

def RelaxFloat : Pass<"relax-float", "::mlir::ModuleOp"> {
  let summary = "Store what is computed in float in 16 bits";
  let description = [{
    Results of layers that stay in float, and constants that only they read,
    become f16: they are computed in f32 and stored in half the bytes. In a
    network of precision `float` these are all layers. Outputs of the network
    stay f32, as do values whose calibrated range, and constants whose elements,
    half precision does not reach (65504): each by a remark.

    Before:

    ```mlir
    %y = top.softmax %x {axis = 1, qc.in_float}
        : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```

    After:

    ```mlir
    %y = top.softmax %x {axis = 1, qc.in_float}
        : (tensor<1x8xf32>) -> tensor<1x8xf16>
    ```
  }];
  let statistics = [
    Statistic<"relaxed", "relaxed", "tensors that became f16">,
  ];
  let dependentDialects = ["::qc::top::TopDialect", "::qc::QCDialect"];
}

def FoldStorageTypes : Pass<"fold-storage-types", "::mlir::ModuleOp"> {
  let summary = "Let the types that a model rounds to be those of its values";
  let description = [{
    A quantized model says where values are rounded, and to what
    (`top.requantize`). Where the value in front is read for nothing else, its op
    makes it in that type; what only moves it follows. The types are fixed: no
    later step chooses them again. A rounding of what has another type already
    stays. Reshapes and transposes of stored constants are carried out.

    Before:

    ```mlir
    %y = top.relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    %q = top.requantize %y : (tensor<1x8xf32>)
        -> tensor<1x8x!quant.uniform<u8:f32, 0.1>>
    ```

    After:

    ```mlir
    %y = top.relu %x {qc.parameters = [#qc.parameters<imported, "in the model", fixed>]}
      : (tensor<1x8xf32>) -> tensor<1x8x!quant.uniform<u8:f32, 0.1>>
    ```
  }];
  let dependentDialects = ["::qc::top::TopDialect", "::qc::QCDialect",
                           "::mlir::quant::QuantDialect"];
}

def UnfoldStorageTypes : Pass<"unfold-storage-types", "::mlir::ModuleOp"> {
  let summary = "Say where a model rounds by ops of their own again";
  let description = [{
    The inverse of `fold-storage-types` for values: a value whose type is fixed
    by the model becomes a float one that `top.requantize` rounds. So the rewrites
    in front see what stands between two ops, and cannot fuse it away.
  }];
  let dependentDialects = ["::qc::top::TopDialect", "::qc::QCDialect",
                           "::mlir::quant::QuantDialect"];
}

def StripStorageTypes : Pass<"strip-storage-types", "::mlir::ModuleOp"> {
  let summary = "Make a quantized model a float one again";
  let description = [{
    Takes away all storage types, so that they can be chosen anew: values are no
    longer rounded, only cut to what their types could hold, and stored constants
    become the floats that they stand for.
  }];
  let dependentDialects = ["::qc::top::TopDialect", "::qc::QCDialect",
                           "::mlir::quant::QuantDialect"];
}

def WriteEncodings : Pass<"write-encodings", "::mlir::ModuleOp"> {
  let summary = "Write storage types and ranges to a file";
  let description = [{
    Writes those that activations and weights have (docs/Encodings.md), whole or
    not at all; the network stays as it is.
  }];
  let options = [Option<"file", "file", "std::string", "", "the encodings">];
}

#endif // QC_ASSIGN_PASSES
