// The top dialect, its types and the classes that its ops derive from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_TOPBASE
#define QC_DIALECT_TOP_IR_TOPBASE

include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "qc/Interfaces/AliasOpInterface.td"
include "qc/Interfaces/CostOpInterface.td"
include "qc/Interfaces/QuantizableOpInterface.td"
include "qc/Interfaces/WeightedOpInterface.td"

def Top_Dialect : Dialect {
  let name = "top";
  let cppNamespace = "::qc::top";
  let summary = "Float networks, channels first, free of any chip";
  let description = [{
    What an imported model is made of. Values are ranked tensors of static
    shape; images are NCHW. After calibration the element type of an
    activation is `!quant.calibrated<f32<min:max>>` instead of `f32`, and once
    storage types are assigned, `!quant.uniform<...>`: the value is a real
    number still, rounded to what the type can represent. An op's location
    names the tensor that it computes.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let hasConstantMaterializer = 1;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Top_FloatElement : Type<
    CPred<"::qc::top::isFloatElement($_self)">,
    "f32, f16, calibrated or quantized float">;

/// A tensor whose sizes are known, none of them zero, and whose elements can
/// be counted and addressed without overflow.
class Top_TensorOf<list<Type> allowedTypes>
    : RankedTensorOf<allowedTypes,
                     [CPred<"::qc::top::hasUsableShape($_self)">],
                     "non-empty, statically shaped tensor">;

def Top_Float : Top_TensorOf<[Top_FloatElement]>;
def Top_Any : Top_TensorOf<[AnyType]>;
def Top_Index : Top_TensorOf<[I64, I32]>;
def Top_Bool : Top_TensorOf<[I1]>;
def Top_Integer : Top_TensorOf<[AnyInteger]>;
/// What ops that only move values accept besides floats: ids and masks.
def Top_Data : Top_TensorOf<[Top_FloatElement, AnyInteger]>;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// One of a few words.
class Top_OneOf<list<string> words> : ConfinedAttr<StrAttr, [AttrConstraint<
    CPred<"::llvm::is_contained({"
          # !interleave(!foreach(word, words,
                "::llvm::StringRef(\"" # word # "\")"), ", ")
          # "}, ::llvm::cast<::mlir::StringAttr>($_self).getValue())">,
    "that is one of " # !interleave(words, ", ")>]>;

/// A float that is neither infinite nor NaN.
def Top_FiniteF32 : ConfinedAttr<F32Attr, [AttrConstraint<
    CPred<"::llvm::cast<::mlir::FloatAttr>($_self).getValue().isFinite()">,
    "that is finite">]>;

/// A small positive number that keeps a division defined.
def Top_Epsilon : ConfinedAttr<Top_FiniteF32, [AttrConstraint<
    CPred<"!::llvm::cast<::mlir::FloatAttr>($_self).getValue().isNegative()">,
    "and not negative">]>;

//===----------------------------------------------------------------------===//
// Traits
//===----------------------------------------------------------------------===//

/// Marks ops that can end in a clamp: `act_min` and `act_max` (either may be
/// absent) bound the result as a fused relu, relu6 or clip.
def FusableActivation : NativeOpTrait<"FusableActivation"> {
  let cppNamespace = "::qc::top";
}

/// The attributes of a fused activation, to be concatenated to `arguments`.
defvar Top_ActivationArgs = (ins OptionalAttr<F32Attr>:$act_min,
                                 OptionalAttr<F32Attr>:$act_max);

/// Marks ops whose result at a place depends on the operands at that place
/// alone, after broadcasting: dimensions may as well be moved before as behind.
def ElementwiseFunction : NativeOpTrait<"ElementwiseFunction"> {
  let cppNamespace = "::qc::top";
}

/// An op that moves elements and looks at none: the runtime's kernel of its name
/// serves every element type. Other ops run as kernels `float.<name>`.
def MovesElements : NativeOpTrait<"MovesElements"> {
  let cppNamespace = "::qc::top";
}

/// An op that compares, chooses, counts or samples: it works on real numbers and
/// integers as they are, no integers stand for what it computes. It runs in
/// float, on the CPU, without being told so. The host runs the runtime's kernel.
def NoIntegerForm : NativeOpTrait<"NoIntegerForm"> {
  let cppNamespace = "::qc::top";
}

/// All operands express the same element type, calibrated, quantized or not.
def SameOperandElements : NativeOpTrait<"SameOperandElements"> {
  let cppNamespace = "::qc::top";
}

//===----------------------------------------------------------------------===//
// Op classes
//===----------------------------------------------------------------------===//

/// An op of the dialect: free of side effects.
class Top_Op<string opMnemonic, list<Trait> traits = []>
    : Op<Top_Dialect, opMnemonic, traits # [Pure]>;

defvar Top_compatibleTypes = [{
  bool $cppClass::isCompatibleReturnTypes(::mlir::TypeRange inferred,
                                          ::mlir::TypeRange actual) {
    return ::qc::top::areCompatibleTypes(inferred, actual);
  }
}];

/// A result may take the place of an operand of its shape.
defvar Top_InPlace =
    DeclareOpInterfaceMethods<AliasOpInterface, ["getInPlaceOperands"]>;
defvar Top_inPlaceTypes = Top_compatibleTypes # [{
  ::llvm::SmallVector<unsigned> $cppClass::getInPlaceOperands(unsigned) {
    return ::qc::top::getElementwiseInPlaceOperands(*this);
  }
}];

/// An op whose result types follow from operands and attributes. A result may
/// be calibrated or quantized where inference says f32.
class Top_InferOp<string opMnemonic, list<Trait> traits = []>
    : Top_Op<opMnemonic, traits # [InferTypeOpAdaptorWithIsCompatible]> {
  let extraClassDefinition = Top_compatibleTypes;
}

/// An op on each element: the result has the shape of the first operand.
class Top_ElementwiseOp<string opMnemonic, list<Trait> traits = []>
    : Top_InferOp<opMnemonic, traits # [SameOperandElements, Top_InPlace]> {
  let extraClassDefinition = Top_inPlaceTypes # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(
        ::mlir::MLIRContext *, std::optional<::mlir::Location>,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      types.push_back(
          ::qc::top::getResultTypeLike(adaptor.getOperands()[0].getType()));
      return ::mlir::success();
    }
  }];
}

#endif // QC_DIALECT_TOP_IR_TOPBASE
