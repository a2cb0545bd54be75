// The top dialect, its types and the classes that its ops derive from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_TOPBASE
#define QC_DIALECT_TOP_IR_TOPBASE

include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "qc/Interfaces/CostOpInterface.td"
include "qc/Interfaces/QuantizableOpInterface.td"

def Top_Dialect : Dialect {
  let name = "top";
  let cppNamespace = "::qc::top";
  let summary = "Float networks, channels first, free of any chip";
  let description = [{
    What an imported model is made of. Values are ranked tensors of static
    shape; images are NCHW. After calibration the element type of an
    activation is `!quant.calibrated<f32<min:max>>` instead of `f32`. An op's
    location names the tensor that it computes.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let hasConstantMaterializer = 1;
}

def Top_FloatElement : Type<
    CPred<"::qc::top::isFloatElement($_self)">,
    "f32, f16 or calibrated float">;
def Top_Float : StaticShapeTensorOf<[Top_FloatElement]>;
def Top_Any : StaticShapeTensorOf<[AnyType]>;
def Top_Index : StaticShapeTensorOf<[I64, I32]>;

/// An op of the dialect: free of side effects.
class Top_Op<string opMnemonic, list<Trait> traits = []>
    : Op<Top_Dialect, opMnemonic, traits # [Pure]>;

/// An op whose result types follow from operands and attributes. A result may
/// be calibrated where inference says f32.
class Top_InferOp<string opMnemonic, list<Trait> traits = []>
    : Top_Op<opMnemonic, traits # [InferTypeOpAdaptorWithIsCompatible]> {
  let extraClassDefinition = [{
    bool $cppClass::isCompatibleReturnTypes(::mlir::TypeRange inferred,
                                            ::mlir::TypeRange actual) {
      return ::qc::top::areCompatibleTypes(inferred, actual);
    }
  }];
}

/// Marks ops that can end in a clamp: `act_min` and `act_max` (either may be
/// absent) bound the result as a fused relu, relu6 or clip.
def FusableActivation : NativeOpTrait<"FusableActivation"> {
  let cppNamespace = "::qc::top";
}

/// The attributes of a fused activation, to be concatenated to `arguments`.
defvar Top_ActivationArgs = (ins OptionalAttr<F32Attr>:$act_min,
                                 OptionalAttr<F32Attr>:$act_max);

#endif // QC_DIALECT_TOP_IR_TOPBASE
