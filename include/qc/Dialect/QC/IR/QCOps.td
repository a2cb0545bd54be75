// The qc dialect: attributes that carry a compile's state; it has no ops.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_QCOPS
#define QC_DIALECT_QC_IR_QCOPS

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def QC_Dialect : Dialect {
  let name = "qc";
  let cppNamespace = "::qc";
  let summary = "State of a compile, carried by the module";
  let description = [{
    Attributes that say for which target a module is compiled, with which
    samples it is calibrated and how its inputs are prepared. They are plain
    data: a module that names a target from a plugin parses without it.

    | attribute | on | meaning |
    |---|---|---|
    | `qc.target` | module | `#qc.target`: the target and its options |
    | `qc.precision` | module | the name of one of the target's precisions |
    | `qc.int16_tensors` | module | names of source tensors that shall have 16 bits |
    | `qc.widths` | module | activations that the correction `widths` has given 16 bits, with what each brings and costs |
    | `qc.data` | module | `#qc.data`: the calibration samples |
    | `qc.calibration_samples` | module | how many samples the ranges come from, where that is known |
    | `qc.preprocess` | argument of `@main` | `#qc.preprocess`: how a sample becomes the tensor |
    | `qc.name` | argument or result of `@main` | the name in the source model |
    | `qc.parameters` | op or argument | `#qc.parameters`, one a result: who chose the range or the storage type, and why |
    | `qc.placement` | op | `"cpu"` when the op does not run on the accelerator |
    | `qc.in_float` | op of top | the layer is computed in float where others become integers |
    | `qc.permutation` | op | the result is the source tensor transposed by this |
    | `qc.address` | op | byte offsets of the results in the arena |
  }];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
    /// What a session has attached to the context, by type: see Attached.h.
    llvm::DenseMap<::mlir::TypeID, std::shared_ptr<void>> attached;
  }];
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
}

class QC_Attr<string name, string attrMnemonic> : AttrDef<QC_Dialect, name> {
  let mnemonic = attrMnemonic;
}

def QC_TargetAttr : QC_Attr<"Target", "target"> {
  let summary = "The target that a module is compiled for";
  let description = [{
    The name under which the target is registered, and its options. Example:

    ```mlir
    module attributes {qc.target = #qc.target<"generic", {}>} {}
    ```
  }];
  let parameters = (ins StringRefParameter<"registered name">:$name,
                        "::mlir::DictionaryAttr":$options);
  let genVerifyDecl = 1;
  let assemblyFormat = "`<` $name `,` $options `>`";
  let builders = [AttrBuilder<(ins "::llvm::StringRef":$name), [{
    return $_get($_ctxt, name, ::mlir::DictionaryAttr::get($_ctxt));
  }]>];
}

def QC_DataAttr : QC_Attr<"Data", "data"> {
  let summary = "Where calibration samples come from";
  let description = [{
    The data specification of the command line (a folder, a file or
    `random:N[:seed]`) and how it is read: the number of samples to take (0:
    all), whether arrays hold pixels, whether bad samples are left out. Example:

    ```mlir
    module attributes {qc.data = #qc.data<"images/calib", samples = 100,
                                          skip_bad = true>} {}
    ```
  }];
  let parameters = (ins StringRefParameter<"data specification">:$spec,
                        DefaultValuedParameter<"int64_t", "0">:$samples,
                        DefaultValuedParameter<"bool", "false">:$raw,
                        DefaultValuedParameter<"bool", "false">:$skip_bad);
  let genVerifyDecl = 1;
  let assemblyFormat =
      "`<` $spec (`,` struct($samples, $raw, $skip_bad)^)? `>`";
}

def QC_PreprocessAttr : QC_Attr<"Preprocess", "preprocess"> {
  let summary = "How a sample becomes an input tensor";
  let description = [{
    The preprocessing of an input in the words of the command line; mean and
    std are in units of the 0..255 pixel. Example:

    ```mlir
    func.func @main(%x: tensor<1x3x224x224xf32>
        {qc.preprocess = #qc.preprocess<"resize=256 crop=224 color=rgb">}) {
      return
    }
    ```
  }];
  let parameters = (ins StringRefParameter<"specification">:$spec);
  let assemblyFormat = "`<` $spec `>`";
  let genVerifyDecl = 1;
}

def QC_ParameterSource : I32EnumAttr<"ParameterSource",
    "who chose quantization parameters", [
      I32EnumAttrCase<"Method", 0, "method">, I32EnumAttrCase<"Given", 1, "given">,
      I32EnumAttrCase<"File", 2, "file">, I32EnumAttrCase<"Imported", 3, "imported">,
      I32EnumAttrCase<"Correction", 4, "correction">,
      I32EnumAttrCase<"Rule", 5, "rule">]> {
  let cppNamespace = "::qc";
}

def QC_ParametersAttr : QC_Attr<"Parameters", "parameters"> {
  let summary = "Why a value has the range or the storage type that it has";
  let description = [{
    Who set it: a `method` of calibration, the user (`given`), an encodings
    `file` or a calibration table, the `imported` model, a `correction`, a `rule`
    of the target or of the assignment; in words; and whether later steps must
    leave it as it is. Example:

    ```mlir
    func.func @main(%x: tensor<1x8x!quant.uniform<i8:f32, 0.1>>
        {qc.parameters = #qc.parameters<file, "act.json", fixed = true>}) {
      return
    }
    ```
  }];
  let parameters = (ins EnumParameter<QC_ParameterSource>:$source,
                        StringRefParameter<"why">:$words,
                        DefaultValuedParameter<"bool", "false">:$fixed);
  let assemblyFormat = "`<` $source `,` $words (`,` `fixed` `=` $fixed^)? `>`";
}

#endif // QC_DIALECT_QC_IR_QCOPS
