// The tpu dialect, its attributes, types and the classes its ops derive from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TPU_IR_TPUBASE
#define QC_DIALECT_TPU_IR_TPUBASE

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "qc/Interfaces/AliasOpInterface.td"
include "qc/Interfaces/CostOpInterface.td"
include "qc/Interfaces/LayoutOpInterface.td"
include "qc/Interfaces/WeightedOpInterface.td"

def Tpu_Dialect : Dialect {
  let name = "tpu";
  let cppNamespace = "::qc::tpu";
  let summary = "Quantized networks in integer arithmetic, channels last";
  let description = [{
    What is deployed. Activations carry `!quant.uniform` types, images are
    NHWC, and every op holds its own arithmetic in attributes: executing a
    module needs nothing else. The integer meaning of each op is written in
    docs/Arithmetic.md and implemented once, by the kernel of the same name in
    qcrt: attributes reach it under their own names.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

def Tpu_RequantKind : I32EnumAttr<"RequantKind",
    "how a scale ratio is represented", [
      I32EnumAttrCase<"Mul32", 0, "mul32">, I32EnumAttrCase<"Mul16", 1, "mul16">,
      I32EnumAttrCase<"Pow2", 2, "pow2">, I32EnumAttrCase<"Float", 3, "f32">]> {
  let cppNamespace = "::qc::tpu";
}

def Tpu_Rounding : I32EnumAttr<"Rounding", "how a scaled value is rounded", [
      I32EnumAttrCase<"Single", 0, "single">, I32EnumAttrCase<"Double", 1, "double">,
      I32EnumAttrCase<"HalfEven", 2, "half_even">]> {
  let cppNamespace = "::qc::tpu";
}

def Tpu_RequantAttr : AttrDef<Tpu_Dialect, "Requant"> {
  let mnemonic = "requant";
  let summary = "How an accumulator becomes a result";
  let description = [{
    The ratio r = s_in * s_w / s_out of each output channel (or one for all),
    as multipliers and shifts with r = m * 2^-n, or as floats for kind `f32`.
    Kinds and roundings are those of docs/Arithmetic.md. Example:

    ```mlir
    module attributes {tpu.example = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [31]>} {}
    ```
  }];
  let parameters = (ins
    EnumParameter<Tpu_RequantKind>:$kind,
    EnumParameter<Tpu_Rounding>:$rounding,
    OptionalArrayRefParameter<"int32_t">:$multipliers,
    OptionalArrayRefParameter<"int32_t">:$shifts,
    OptionalParameter<"::mlir::DenseF32ArrayAttr">:$scales);
  let assemblyFormat = [{
    `<` $kind `,` $rounding custom<Ratios>($multipliers, $shifts, $scales) `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Channels that this describes; 1 when one ratio serves all.
    int64_t getChannels() const {
      return getKind() == RequantKind::Float ? getScales().size()
                                             : getShifts().size();
    }
  }];
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Tpu_QuantElement : Type<CPred<"::qc::tpu::isActivationElement($_self)">,
    "quantized i8, u8 or i16 with one scale">;
def Tpu_WeightElement : Type<CPred<"::qc::tpu::isWeightElement($_self)">,
    "quantized i8, u8, symmetric i4 or i16">;
def Tpu_Activation : StaticShapeTensorOf<[Tpu_QuantElement]>;
def Tpu_Weight : StaticShapeTensorOf<[Tpu_WeightElement]>;
def Tpu_Bias : StaticShapeTensorOf<[I32, I64]>;
def Tpu_Factors : StaticShapeTensorOf<[I8]>;
def Tpu_Index : StaticShapeTensorOf<[I32, I64]>;
def Tpu_Float : StaticShapeTensorOf<[F32]>;
/// What the world outside hands in to be quantized.
def Tpu_Number : StaticShapeTensorOf<[F32, I8, UI8, I16, I32, I64]>;
/// What data movement moves: activations, indices on their way to a gather, and
/// numbers from outside that are still to be quantized.
def Tpu_Movable
    : StaticShapeTensorOf<[Tpu_QuantElement, I8, UI8, I16, I32, I64]>;
def Tpu_Any : StaticShapeTensorOf<[AnyType]>;

//===----------------------------------------------------------------------===//
// Op classes
//===----------------------------------------------------------------------===//

/// An op of the dialect: free of side effects.
class Tpu_Op<string opMnemonic, list<Trait> traits = []>
    : Op<Tpu_Dialect, opMnemonic, traits # [Pure]>;

/// An op whose work does not depend on where a dimension stands, so that a
/// permutation only changes its types.
defvar Tpu_Pointwise = DeclareOpInterfaceMethods<LayoutOpInterface>;

/// Operands and results share storage type, scale and zero point.
def Tpu_SameParameters : PredOpTrait<
    "operands and results share storage type, scale and zero point",
    CPred<"::qc::tpu::shareParameters($_op)">>;

/// Optional bounds of the result, in units of its storage type.
defvar Tpu_ClampArgs = (ins OptionalAttr<DenseI64ArrayAttr>:$clamp);

defvar Tpu_UnaryFormat =
    "$input attr-dict `:` functional-type(operands, results)";
defvar Tpu_BinaryFormat =
    "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";

#endif // QC_DIALECT_TPU_IR_TPUBASE
