// What quantization needs to know of an op, on any chip.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_QUANTIZABLEOPINTERFACE
#define QC_INTERFACES_QUANTIZABLEOPINTERFACE

include "mlir/IR/OpBase.td"

def QuantizableOpInterface : OpInterface<"QuantizableOpInterface"> {
  let cppNamespace = "::qc";
  let description = [{
    The facts about an op that decide how its operands and results may be
    quantized. Nothing here depends on a chip: which integer types a chip
    accepts is the target's `QuantSpec`. An op that does not implement the
    interface stays in float.
  }];
  let methods = [
    InterfaceMethod<[{
        The role of operand `index`: an activation gets a calibrated range, a
        weight is a constant quantized on its own, a bias takes the scale
        `s_input * s_weight`, an index stays an integer.
      }], "::qc::OperandRole", "getOperandRole", (ins "unsigned":$index), "", [{
        return ::qc::OperandRole::Activation;
      }]>,
    InterfaceMethod<[{
        How many elements of weight `index` along each of its dimensions may
        share a scale, so that each output channel has one of its own; empty
        when one scale must do for all. Blocks in row-major order are the
        channels of the result in theirs.
      }], "::llvm::SmallVector<int64_t>", "getWeightBlock",
      (ins "unsigned":$index), "", [{ return {}; }]>,
    InterfaceMethod<[{
        True when activations and results must carry the same parameters
        because the op only moves or selects values (max pool, concat, pad).
      }], "bool", "sharesParameters", (ins), "", [{ return false; }]>,
    InterfaceMethod<[{
        The range that result `index` has by definition (softmax: 0 to 1), or
        nothing when it follows the data.
      }], "::std::optional<::qc::ValueRange1D>", "getFixedOutputRange",
      (ins "unsigned":$index), "", [{ return ::std::nullopt; }]>,
    InterfaceMethod<[{
        The values that the op itself puts among those of its operands (what a
        pad surrounds them with), or nothing.
      }], "::std::optional<::qc::ValueRange1D>", "getInsertedValues", (ins), "",
      [{ return ::std::nullopt; }]>,
    InterfaceMethod<[{
        The values of operand `index` that can be told apart by the result: one
        beyond an end of the interval acts as that end. `operands` says what is
        known of all operands, `result` which values of the result can be told
        apart in turn. Everything where the op says nothing. An op that
        `sharesParameters` says only what it adds to its readers' word.
      }], "::qc::ValueRange1D", "getUsefulRange",
      (ins "unsigned":$index, "::llvm::ArrayRef<::qc::KnownValues>":$operands,
           "::qc::ValueRange1D":$result), "", [{ return ::qc::kUnlimited; }]>,
    InterfaceMethod<[{
        The axis of operand `index` along which values far below the largest
        make no difference (more than kExponentialReach, e.g. of a softmax), or
        nothing. `resultAxis` is such an axis of the result; an op that only
        moves values says where that one comes from.
      }], "::std::optional<int64_t>", "getPeakAxis",
      (ins "unsigned":$index, "::std::optional<int64_t>":$resultAxis), "",
      [{ return ::std::nullopt; }]>,
    InterfaceMethod<[{
        How the result's integers follow from those of the activations, where
        that is a matter of scales alone (sums, means, products, clamps).
      }], "::qc::ScaleRelation", "getScaleRelation", (ins), "", [{ return {}; }]>,
  ];
}

#endif // QC_INTERFACES_QUANTIZABLEOPINTERFACE
