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
#include "qc/Interfaces/IntegerFormOpInterface.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/Parameters.h"
#include "qc/Quantization/Requantization.h"

#include "llvm/ADT/StringMap.h"
#include <functional>

namespace qc {

/// The state of one function's lowering.
class Lowering {
public:
  Lowering(OpBuilder &builder, const QuantSpec &spec)
      : builder(builder), spec(spec) {}

  OpBuilder &builder;
  const QuantSpec &spec;
  /// Types are placeholders: weights and ratios do not matter, ops do.
  bool rehearses = false;

  /// Says which op is lowered next, for messages.
  void enter(Operation *op) { current = op; }

  /// The integers that stand for `value` as an operand of the current op: what
  /// its op was lowered to, or a stored constant. What has no storage type is
  /// an error, and so are integers: nothing computes with them.
  FailureOr<Value> getActivation(Value value);
  /// The same for ops that only move what they read: integers, which are
  /// constants or come from outside, stay what they are.
  FailureOr<Value> getMovable(Value value);
  /// What `value` stands for, for a layer in float: constants as they are, what
  /// integer ops make dequantized.
  FailureOr<Value> getFloat(Value value);
  /// `value` in the parameters of `element`: itself, or rescaled.
  FailureOr<Value> getActivationAs(Value value,
                                   quant::UniformQuantizedType element);
  /// True for a tensor of integers that nothing quantizes.
  static bool isIndex(Value value);

  /// The storage type of `value`.
  quant::UniformQuantizedType getType(Value value) const {
    return getStorageType(value);
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
  FailureOr<Value> getConstant(Value value);
  FailureOr<Value> getIndices(Value value);

  Operation *current = nullptr;
  llvm::DenseMap<Value, Value> lowerings, floats;
};

/// The integers of a constant, or nothing.
std::optional<SmallVector<int64_t>> getIntElements(Value value);

/// Fails as `value`, the weight or another parameter of `op`, is computed by
/// the network, and says how to go on. `role` is what it is to `op`.
LogicalResult refuseComputed(Operation *op, StringRef role, Value value);

/// Stored weights of a layer and its bias.
struct LayerWeights {
  /// Row-major in `shape`.
  SmallVector<int64_t> stored, shape;
  /// One, or one an output channel.
  SmallVector<double> scales;
  /// Of groups of inputs, in the shape `grid`; none where channels have none.
  SmallVector<int64_t> factors, grid;
  /// How they are stored; its own scales do not count.
  quant::QuantizedType element;
  int64_t zeroPoint = 0;
  /// One an output channel, and its integers where it is stored, with the unit
  /// that these are in.
  SmallVector<float> bias;
  SmallVector<int64_t> storedBias;
  SmallVector<double> biasScales;

  /// The integers of constant `weight` and the elements of `bias` (null: zeros
  /// for `outputs` channels), or an error at `op`.
  static FailureOr<LayerWeights> read(Operation *op, Value weight, Value bias,
                                      int64_t outputs);
  /// Lets dimension i be what was dimension perm[i].
  void permute(ArrayRef<int64_t> perm);
  /// Sees [O, I, K] as [O, I, 1, K].
  void toImage();
  /// The type in the integer network, output channel first.
  RankedTensorType getType() const;

private:
  void setZeroPoints(ArrayRef<int64_t> zeroPoints);
};

/// Weight, bias and requantisation of a layer in integers.
struct QuantizedLayer {
  Value weight;
  Value bias;
  /// Null where weights have no groups.
  Value factors;
  tpu::RequantAttr requant;
};

/// The integer constants of `weights`, output channel first, for an input of
/// type `input` and a result of type `output`.
FailureOr<QuantizedLayer> lowerLayer(Lowering &lowering, Location loc,
                                     const LayerWeights &weights,
                                     quant::UniformQuantizedType input,
                                     quant::UniformQuantizedType output);

/// Op name to the function that creates its tpu form and maps its results, or
/// emits an error; to the name of the op of tpu that does the work; and to how
/// that reads constants.
class LoweringRegistry {
public:
  struct Entry {
    std::function<LogicalResult(Operation *, Lowering &)> lower;
    std::function<StringRef(Operation *)> getIntegerName;
    std::function<ConstantForm(Operation *, unsigned)> getConstantForm;
    void (*attach)(MLIRContext *);
  };

  /// `TpuOp` does the work of every `OpTy`.
  template <typename OpTy, typename TpuOp>
  void add(LogicalResult (*lower)(OpTy, Lowering &)) {
    add<OpTy>(lower,
              [](OpTy) -> StringRef { return TpuOp::getOperationName(); });
  }
  /// What does the work depends on the op. Constants are read in their roles
  /// unless `getConstantForm` says otherwise.
  template <typename OpTy>
  void add(LogicalResult (*lower)(OpTy, Lowering &),
           StringRef (*getIntegerName)(OpTy),
           ConstantForm (*getConstantForm)(OpTy, unsigned) = nullptr);
  const Entry *find(StringRef name) const {
    auto found = entries.find(name);
    return found == entries.end() ? nullptr : &found->second;
  }
  /// Says what is registered here through IntegerFormOpInterface.
  void attachForms(MLIRContext *context) const {
    for (const auto &entry : entries)
      entry.second.attach(context);
  }
  /// All families; made once.
  static const LoweringRegistry &get();

private:
  llvm::StringMap<Entry> entries;
};

/// The form in which an operand of `role` is read.
inline ConstantForm getFormOf(OperandRole role) {
  switch (role) {
  case OperandRole::Weight:
    return ConstantForm::Weight;
  case OperandRole::Activation:
    return ConstantForm::Activation;
  default:
    return ConstantForm::Number;
  }
}

/// What the registry knows of `OpTy`.
template <typename OpTy>
struct IntegerFormModel
    : IntegerFormOpInterface::ExternalModel<IntegerFormModel<OpTy>, OpTy> {
  static const LoweringRegistry::Entry &getEntry() {
    return *LoweringRegistry::get().find(OpTy::getOperationName());
  }
  StringRef getIntegerName(Operation *op) const {
    return getEntry().getIntegerName(op);
  }
  ConstantForm getConstantForm(Operation *op, unsigned index) const {
    return getEntry().getConstantForm(op, index);
  }
};

template <typename OpTy>
void LoweringRegistry::add(LogicalResult (*lower)(OpTy, Lowering &),
                           StringRef (*getIntegerName)(OpTy),
                           ConstantForm (*getConstantForm)(OpTy, unsigned)) {
  entries[OpTy::getOperationName()] = {
      [lower](Operation *op, Lowering &lowering) {
        return lower(cast<OpTy>(op), lowering);
      },
      [getIntegerName](Operation *op) {
        return getIntegerName(cast<OpTy>(op));
      },
      [getConstantForm](Operation *op, unsigned index) {
        if (getConstantForm)
          return getConstantForm(cast<OpTy>(op), index);
        auto quantizable = dyn_cast<QuantizableOpInterface>(op);
        return getFormOf(quantizable ? quantizable.getOperandRole(index)
                                     : OperandRole::Activation);
      },
      [](MLIRContext *context) {
        OpTy::template attachInterface<IntegerFormModel<OpTy>>(*context);
      }};
}

} // namespace qc

#endif // QC_LIB_CONVERSION_TOPTOTPU_LOWERING_H
