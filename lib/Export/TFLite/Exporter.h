// What the op families need to write their ops as LiteRT operators; private to
// this library. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A family is one file of Families/: it defines `populate<File>Exporters`,
// which adds a function for each op name. A function asks for its operands in
// the order of dimensions that the operator wants, emits operators, and hands
// over the tensor that the last one made, with the order that it has. Tensors
// are of the type that the value has: integers of ops of tpu, floats of ops of
// top. An op of tpu that LiteRT has in floats alone asks for its operands as
// floats; what it hands over is quantized.
#ifndef QC_LIB_EXPORT_TFLITE_EXPORTER_H
#define QC_LIB_EXPORT_TFLITE_EXPORTER_H

#include "ModelWriter.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Export/Network/Network.h"
#include "qc/Export/TFLite/Export.h"

#include <functional>

namespace qc::tfliteexport {

/// The order in which the images that `op` takes are NHWC: those of tpu are so
/// already, those of top have channels in dimension 1.
Order getImageOrder(Operation *op);

/// What a tensor that holds a value of `type` in `order` is.
Form makeForm(Type type, ArrayRef<int64_t> order);
/// What is added to integers of `type` to make them those of the tensor: -128
/// for unsigned bytes, else 0.
int64_t getShift(Type type);
/// Stored integers as the tensor has them.
Tensor withSignOf(const Tensor &stored, Type type);

/// Bounds of a result, in the units of the tensor: stored integers or floats.
struct Bounds {
  std::optional<double> low, high;
};
/// Steps of 16 bits that a step of 8 bits is made.
inline constexpr int64_t kWidening = 128;
/// What of `bounds` an operator does itself, and what is left to do.
struct Activation {
  ActivationFunctionType fused = ActivationFunctionType::NONE;
  Bounds rest;
};

/// The state of one function's export.
class Exporter {
public:
  Exporter(ModelWriter &model, Block &block,
           const TFLiteExportOptions &options);

  ModelWriter &model;
  const TFLiteExportOptions &options;

  /// Starts a new op: what is emitted from here on is named after it.
  void beginOp(Operation *op);
  /// What is emitted from here on belongs to an output called `name`.
  void beginOutput(StringRef name);
  /// An error at the current op.
  InFlightDiagnostic fail();

  //===--- operands -------------------------------------------------------===//

  /// The order in which `value` is stored; plain for constants, which are
  /// stored as they are asked for.
  Order getOrder(Value value);
  /// The tensor of `value` in `order`, transposed if need be.
  TensorId get(Value value, ArrayRef<int64_t> order);
  TensorId getPlain(Value value) {
    return get(value, getPlainOrder(getRank(value)));
  }
  /// The same as floats.
  TensorId getFloat(Value value, ArrayRef<int64_t> order);
  /// The tensor behind a constant; an error at the current op when `value` is
  /// none.
  FailureOr<Tensor> getConstant(Value value);
  /// The order that costs least for an op which wants its operands alike.
  Order chooseOrder(ValueRange operands, int64_t rank);
  const Form &getForm(TensorId id) const { return model.getForm(id); }

  //===--- operators ------------------------------------------------------===//

  /// An operator of the current op that makes one tensor.
  TensorId emit(BuiltinOperator code, ArrayRef<TensorId> inputs, Form form,
                Options options = {});
  /// Tensor `id` in another shape, order, form.
  TensorId reshape(TensorId id, const Shape &shape);
  TensorId transpose(TensorId id, ArrayRef<int64_t> perm);
  TensorId convert(TensorId id, const Form &numbers);
  TensorId dequantize(TensorId id);
  /// Elements around `id`; `fill` is the stored number, by default zero.
  TensorId pad(TensorId id, ArrayRef<int64_t> begins, ArrayRef<int64_t> ends,
               std::optional<double> fill = std::nullopt);
  /// Part of `id`, from `offsets` on, in steps.
  TensorId slice(TensorId id, ArrayRef<int64_t> offsets,
                 ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides);
  /// Slices of `id` along `axis`.
  TensorId gather(TensorId id, ArrayRef<int64_t> indices, int64_t axis);
  /// `id` limited to `bounds` by MAXIMUM and MINIMUM.
  TensorId limit(TensorId id, const Bounds &bounds);

  /// Operator `code`, whose 8-bit results have `scale` and `zeroPoint` by its
  /// definition, and whose 16-bit results lie between -1 and 1. Where `wanted`
  /// is finer than 8 bits can say, 8-bit integers pass through 16 bits.
  TensorId emitFixed(BuiltinOperator code, TensorId x, const Form &wanted,
                     float scale, int64_t zeroPoint, Options options = {});

  /// Operators have one width: where one of `operands` or the result, `form`,
  /// has 16 bits and another 8, those with 8 are made wide, which changes no
  /// number. Returns what an operator that makes `form` does of `bounds`: none
  /// of them where `form` is not the result's own any more.
  Activation unifyWidths(MutableArrayRef<TensorId> operands, Form &form,
                         const Bounds &bounds);

  /// Constants named after the current op.
  TensorId ints(StringRef suffix, ArrayRef<int64_t> values);
  TensorId scalar(StringRef suffix, float value);
  TensorId floats(StringRef suffix, ArrayRef<float> values, Shape shape);
  /// Integers (or floats) as they are stored, with parameters of their own.
  TensorId constant(StringRef suffix, const Tensor &tensor,
                    Parameters parameters = {});
  /// Float weights: in 16 bits if that is asked for.
  TensorId weights(StringRef suffix, const Tensor &tensor);

  /// Which part of `bounds` an operator that makes `form` does itself.
  Activation fuse(const Bounds &bounds, const Form &form) const;

  //===--- results --------------------------------------------------------===//

  /// What the tensor of `result` in `order` is.
  Form form(Value result, ArrayRef<int64_t> order) {
    return makeForm(result.getType(), order);
  }
  /// Makes tensor `id`, which holds `result` in `order`, the value of `result`:
  /// limited by `bounds`, in the parameters of its type, under its name.
  void finish(Value result, TensorId id, ArrayRef<int64_t> order,
              const Bounds &bounds = {});
  /// Tensor `id` holds `result` in `order` as well.
  void alias(Value result, TensorId id, ArrayRef<int64_t> order);

  /// True when a constant could not be read; an error has been emitted.
  bool isBroken() const { return broken; }

private:
  struct Stored {
    TensorId id;
    Order order;
  };
  TensorId makeConstant(Value value, ArrayRef<int64_t> order);
  std::string tensorName(Value value);
  /// All forms in which a value is there; the first is the one it was made in.
  llvm::DenseMap<Value, SmallVector<Stored, 1>> stored;
  llvm::DenseMap<TensorId, TensorId> dequantized;
  /// The op whose result a tensor name belongs to.
  llvm::StringMap<Operation *> owners;
  Operation *current = nullptr;
  std::string currentName;
  /// The first tensor that the current op can have made.
  TensorId firstOfOp = 0;
  bool broken = false;
};

template <typename OpTy>
using DetectClamp = decltype(std::declval<OpTy>().getClamp());

/// The clamp or the bounds of the activation that is fused into `op`.
template <typename OpTy> Bounds getBounds(OpTy op) {
  if constexpr (llvm::is_detected<DetectClamp, OpTy>::value) {
    if (auto clamp = std::optional<ArrayRef<int64_t>>(op.getClamp())) {
      auto type =
          cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
      auto shift = static_cast<double>(getShift(type));
      return {(*clamp)[0] + shift, (*clamp)[1] + shift};
    }
    return {};
  } else if constexpr (OpTy::template hasTrait<top::FusableActivation>()) {
    return {toFloat(op.getActMin()), toFloat(op.getActMax())};
  } else {
    return {};
  }
}

/// Op name to the function that writes the op.
class ExporterRegistry {
public:
  struct Entry {
    std::function<LogicalResult(Operation *, Exporter &)> write;
    /// Why the op has no form; empty where it has one.
    std::function<std::string(Operation *)> refuse;
  };

  template <typename OpTy>
  void add(LogicalResult (*write)(OpTy, Exporter &),
           std::string (*refuse)(OpTy) = nullptr) {
    Entry &entry = entries[OpTy::getOperationName()];
    entry.write = [write](Operation *op, Exporter &exporter) {
      return write(cast<OpTy>(op), exporter);
    };
    if (refuse)
      entry.refuse = [refuse](Operation *op) { return refuse(cast<OpTy>(op)); };
  }
  const Entry *find(StringRef name) const {
    auto found = entries.find(name);
    return found == entries.end() ? nullptr : &found->second;
  }

private:
  llvm::StringMap<Entry> entries;
};

} // namespace qc::tfliteexport

#endif // QC_LIB_EXPORT_TFLITE_EXPORTER_H
