// What the op families need to lower their ops; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A family is one file of Families/: it defines `populate<File>Lowerings`,
// which adds a function for each op name. Networks are straight lines, so
// lowering is one walk over the ops in order.
#ifndef QC_LIB_CONVERSION_TOPTOTPU_LOWERING_H
#define QC_LIB_CONVERSION_TOPTOTPU_LOWERING_H

#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/AssignParameters.h"
#include "qc/Quantization/Requantization.h"

#include "llvm/ADT/StringMap.h"
#include <functional>

namespace qc {

/// The state of one function's lowering.
class Lowering {
public:
  Lowering(OpBuilder &builder, const QuantSpec &spec,
           const Precision &precision, const ActivationWidths &widths,
           const ActivationTypes &types)
      : builder(builder), spec(spec), precision(precision), widths(widths),
        types(types) {}

  OpBuilder &builder;
  const QuantSpec &spec;
  const Precision &precision;
  /// Ranges are placeholders: weights and ratios do not matter, ops do.
  bool rehearses = false;

  /// Says which op is lowered next: it decides about the width of operands.
  void enter(Operation *op) { current = op; }

  /// The quantized value that stands for float `value` as an operand of the
  /// current op: what its op was lowered to, a copy where the current op takes
  /// another width, or a constant quantized over its own range. Integers are an
  /// error: nothing computes with them.
  FailureOr<Value> getActivation(Value value);
  /// The same for ops that only move what they read: integers, which are
  /// constants or come from outside, stay what they are.
  FailureOr<Value> getMovable(Value value);
  /// The same, where elements of a constant beyond `limits` need not be told
  /// from these: a mask of huge numbers leaves its other values a fine step.
  FailureOr<Value> getActivationWithin(Value value, ValueRange1D limits);
  /// Float `value` in the parameters of `element`: a constant quantized to it,
  /// an activation rescaled.
  FailureOr<Value> getActivationAs(Value value,
                                   quant::UniformQuantizedType element);
  /// True for a tensor of integers that nothing quantizes.
  static bool isIndex(Value value);

  /// The quantized element type chosen for float activation `value`.
  quant::UniformQuantizedType getType(Value value) const {
    return types.types.lookup(value);
  }

  /// Sets what float `value` was lowered to.
  void map(Value value, Value lowered) { lowerings[value] = lowered; }

  /// A tensor of `shape` with the element type chosen for `value`.
  RankedTensorType getTensorType(ArrayRef<int64_t> shape, Value value) const {
    return RankedTensorType::get(shape, getType(value));
  }

  /// `value` with its dimensions reordered; a helper, not a source tensor.
  Value transpose(Location loc, Value value, ArrayRef<int64_t> perm);
  /// `value` in another shape of as many elements.
  Value reshape(Location loc, Value value, ArrayRef<int64_t> shape);
  /// NCHW to NHWC and back, for images.
  Value toChannelsLast(Location loc, Value value);
  Value toChannelsFirst(Location loc, Value value);
  /// Lowers an op on images that wants channels last. `create` gets the operand
  /// `source` as NHWC, the NHWC shape of the result and the location to use;
  /// what it returns stands for `result`. Other ranks than 4 become images of
  /// height 1 on the way: [N, C, d...] is [N, C, 1, product of d].
  LogicalResult lowerAsImage(
      Location loc, Value source, Value result,
      llvm::function_ref<FailureOr<Value>(Value data, ArrayRef<int64_t> shape,
                                          Location loc)>
          create);

  /// `value` in the parameters of `element`: itself, or rescaled.
  FailureOr<Value> rescale(Location loc, Value value,
                           quant::UniformQuantizedType element);

  FailureOr<tpu::RequantAttr> requant(Location loc, ArrayRef<double> ratios) {
    SmallVector<double> possible(rehearses ? ratios.size() : 0, 1);
    return makeRequant(loc, rehearses ? ArrayRef(possible) : ratios, spec.kind,
                       spec.rounding);
  }

  /// The kind of multiplier for ratios that hold a divisor: no power of two
  /// even when all scales are.
  tpu::RequantKind getDivisionKind() const {
    return spec.kind == tpu::RequantKind::Pow2 ? tpu::RequantKind::Mul32
                                               : spec.kind;
  }

  /// The fused clamp [min, max] in the units of `element`; null when it does
  /// not cut the storage range.
  DenseI64ArrayAttr getClamp(std::optional<APFloat> min,
                             std::optional<APFloat> max,
                             quant::UniformQuantizedType element);

  /// A constant of stored integers or floats.
  Value constant(Location loc, RankedTensorType type, ArrayRef<int64_t> values);
  Value floatConstant(Location loc, ArrayRef<int64_t> shape,
                      ArrayRef<float> values);

private:
  FailureOr<Value> getCopy(Value value, Value lowered);
  quant::UniformQuantizedType getCopyType(Value value) const;
  FailureOr<Value> getConstant(Value value);
  bool needsWideConstants() const;
  FailureOr<Value> getIndices(Value value);
  FailureOr<Value> quantizeConstant(Value value, ArrayRef<float> elements,
                                    bool wide);
  Value quantizeConstant(Value value, ArrayRef<float> elements,
                         quant::UniformQuantizedType element);

  const ActivationWidths &widths;
  const ActivationTypes &types;
  Operation *current = nullptr;
  llvm::DenseMap<Value, Value> lowerings;
  /// Copies in the other width, by their types.
  llvm::DenseMap<std::pair<Value, Type>, Value> copies;
  /// Constants of 8 and of 16 bits.
  llvm::DenseMap<Value, Value> constants[2];
};

/// The integers of a constant, or nothing.
std::optional<SmallVector<int64_t>> getIntElements(Value value);

/// Weights of a layer, laid out for tpu: output channel first.
struct LayerWeights {
  SmallVector<float> values; ///< [outputs, inner...], row-major
  SmallVector<int64_t> shape;
  SmallVector<float> bias; ///< one an output
};

/// Weight, bias and requantisation of a layer in integers.
struct QuantizedLayer {
  Value weight;
  Value bias;
  tpu::RequantAttr requant;
};

/// Quantizes `weights` for an input of type `input` and a result of type
/// `output`. A scale is floored so that the bias fits its type and the ratio
/// can be represented: near-dead channels lose nothing by it.
FailureOr<QuantizedLayer> quantizeLayer(Lowering &lowering, Location loc,
                                        const LayerWeights &weights,
                                        quant::UniformQuantizedType input,
                                        quant::UniformQuantizedType output);

/// Op name to the function that creates its tpu form and maps its results, or
/// emits an error; and to the name of the op of tpu that does the work.
class LoweringRegistry {
public:
  struct Entry {
    std::function<LogicalResult(Operation *, Lowering &)> lower;
    std::function<StringRef(Operation *)> getTpuName;
  };

  /// `TpuOp` does the work of every `OpTy`.
  template <typename OpTy, typename TpuOp>
  void add(LogicalResult (*lower)(OpTy, Lowering &)) {
    add<OpTy>(lower,
              [](OpTy) -> StringRef { return TpuOp::getOperationName(); });
  }
  /// What does the work depends on the op.
  template <typename OpTy>
  void add(LogicalResult (*lower)(OpTy, Lowering &),
           StringRef (*getTpuName)(OpTy)) {
    entries[OpTy::getOperationName()] = {
        [lower](Operation *op, Lowering &lowering) {
          return lower(cast<OpTy>(op), lowering);
        },
        [getTpuName](Operation *op) { return getTpuName(cast<OpTy>(op)); }};
  }
  const Entry *find(StringRef name) const {
    auto found = entries.find(name);
    return found == entries.end() ? nullptr : &found->second;
  }

private:
  llvm::StringMap<Entry> entries;
};

} // namespace qc

#endif // QC_LIB_CONVERSION_TOPTOTPU_LOWERING_H
