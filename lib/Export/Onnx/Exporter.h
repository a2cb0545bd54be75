// What the op families need to write their ops as ONNX; private to this
// library. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A family is one file of Families/: it defines `populate<File>Exporters`,
// which adds a function for each op name. A function asks for its operands in
// the order of dimensions that the ONNX op wants, emits nodes on floats, and
// hands over the last of them with the order that it has. That is the same for
// ops of top, whose values are these floats, and for ops of tpu, whose values
// are rounded by a pair behind them; where both dialects have an op, one
// function writes both.
#ifndef QC_LIB_EXPORT_ONNX_EXPORTER_H
#define QC_LIB_EXPORT_ONNX_EXPORTER_H

#include "GraphWriter.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Export/Network/Network.h"

#include "llvm/ADT/MapVector.h"
#include <functional>
#include <map>

namespace qc::onnxexport {

/// The first operator set with integers of 4 and of 16 bits.
inline constexpr int64_t kWideOpset = 21;

/// NCHW for a value in NHWC.
Order getImageOrder();
/// The order in which the images that `op` takes are NCHW: those of tpu are
/// NHWC, those of top, of any rank, are so already.
Order getImageOrder(Operation *op);

/// The type of the elements of the tensor that holds `value`, which is known to
/// be one of ONNX's. Numbers behind quantized values are f32, and so are those
/// of half precision.
DType getTensorDType(Value value);
/// Behind the name of a float that is quantized and dequantized as it stands.
inline constexpr llvm::StringLiteral kDequantized = "_dequantized";
/// The type that values of tensor type `type` are rounded to; null where they
/// are not.
quant::UniformQuantizedType getQuantizedElement(Type type);
/// The IR stores integers without a sign; ONNX wants to know of it.
Tensor withSignOf(const Tensor &stored, quant::QuantizedType type);
/// Up to `count` names of source nodes in `loc`, that of the node that made the
/// tensor which `loc` names first, then those of what has been fused into it.
SmallVector<std::string> getNodeNames(Location loc, size_t count);

/// The state of one function's export.
class Exporter {
public:
  Exporter(GraphWriter &graph, Block &block, int64_t opset);

  GraphWriter &graph;
  /// The operator set that the model imports.
  const int64_t opset;

  /// Starts a new op: what is emitted from here on is named after it.
  void beginOp(Operation *op);
  /// Fails with an error at the op unless the model's operator set is `since`
  /// or a later one, the first that can say `what`.
  LogicalResult require(int64_t since, const llvm::Twine &what);

  //===--- operands -------------------------------------------------------===//

  /// The order in which `value` is stored; plain for constants, which are
  /// stored as they are asked for.
  Order getOrder(Value value);
  /// The order of the tensor that is called as `value` is; nothing if that is
  /// not written.
  std::optional<Order> getNamedOrder(Value value) const;
  /// The float tensor of `value` in `order`, transposed if need be.
  std::string get(Value value, ArrayRef<int64_t> order);
  std::string get(Value value) { return get(value, getOrder(value)); }
  std::string getPlain(Value value) {
    return get(value, getPlainOrder(getRank(value)));
  }
  /// All operands of `op`, plain.
  SmallVector<std::string> getPlainOperands(Operation *op) {
    return llvm::map_to_vector(
        op->getOperands(), [&](Value operand) { return getPlain(operand); });
  }
  /// The tensor behind a constant; an error at the op that is being exported
  /// when `value` is none.
  FailureOr<Tensor> getConstant(Value value);
  /// The order that costs least for an op which wants its operands alike.
  Order chooseOrder(ValueRange operands, int64_t rank);

  //===--- nodes ----------------------------------------------------------===//

  /// A node of the current op; returns its result's name.
  std::string emit(StringRef opType, ArrayRef<std::string> inputs,
                   ArrayRef<NodeAttribute> attributes = {});
  /// The same for a node with `count` results.
  SmallVector<std::string> emitSeveral(StringRef opType,
                                       ArrayRef<std::string> inputs,
                                       size_t count,
                                       ArrayRef<NodeAttribute> attributes = {});
  /// The elements of `tensor` as numbers of type `dtype`.
  std::string convert(const std::string &tensor, DType dtype);
  /// Constants named after the current op.
  std::string scalar(StringRef suffix, float value);
  std::string ints(StringRef suffix, ArrayRef<int64_t> values);
  std::string constant(StringRef suffix, const Tensor &tensor);
  /// Stored integers behind DequantizeLinear: one scale, or one for each
  /// element of dimension `axis`, and one zero point.
  std::string dequantized(StringRef name, const Tensor &stored,
                          ArrayRef<double> scales, int64_t axis,
                          int64_t zero = 0);
  /// The same for integers `stored` as quantized tensors of `type` are.
  std::string dequantizedAs(StringRef name, const Tensor &stored, Type type,
                            int64_t axis);
  /// Weight `value`, whose channels are its dimension 0, with its dimensions
  /// in `order`. With `factors` of groups of 4 bits it has a scale for each;
  /// before operator set 21 the products, in 8 bits.
  FailureOr<std::string> weight(Value value, ArrayRef<int64_t> order,
                                Value factors = {});
  /// Bias of a layer with scales s_input * s_weight.
  FailureOr<std::string> bias(Value value, Value input, Value weight);
  /// `tensor` limited to [low, high]: nothing, Relu or Clip.
  std::string limit(const std::string &tensor, std::optional<float> low,
                    std::optional<float> high);

  /// Float tensor `raw` of `shape` behind a pair in the parameters of `type`;
  /// named after the current op.
  std::string pair(const std::string &raw, StringRef suffix,
                   quant::UniformQuantizedType type, ArrayRef<int64_t> shape);

  //===--- results --------------------------------------------------------===//

  /// Makes tensor `raw`, which holds `result` in `order`, the value of
  /// `result`: limited by `clamp` (in stored units), then through a pair of
  /// QuantizeLinear and DequantizeLinear when `result` is quantized; else under
  /// its name.
  void finish(Value result, const std::string &raw, ArrayRef<int64_t> order,
              std::optional<ArrayRef<int64_t>> clamp = std::nullopt);
  /// Tensor `name` holds `result` in `order` as well.
  void alias(Value result, const std::string &name, ArrayRef<int64_t> order);
  void addArgument(BlockArgument argument, StringRef name);

  /// True when a constant could not be read; an error has been emitted.
  bool isBroken() const { return broken; }

private:
  struct Stored {
    std::string name;
    Order order;
  };
  struct Parameters {
    std::string scale, zeroPoint;
  };

  std::string tensorName(Value value);
  std::string rawName(const llvm::Twine &base);
  std::string nameResult(Value result, const std::string &raw,
                         ArrayRef<int64_t> order);
  void nameNodes();
  std::string makeConstant(Value value, ArrayRef<int64_t> order);
  std::string transpose(Value value, const Stored &from,
                        ArrayRef<int64_t> order);
  std::string clamp(const std::string &raw, ArrayRef<int64_t> bounds,
                    quant::UniformQuantizedType type);
  std::string quantize(const std::string &raw, StringRef name,
                       quant::UniformQuantizedType type,
                       ArrayRef<int64_t> shape);
  std::string dequantize(const std::string &integers, StringRef name,
                         quant::UniformQuantizedType type,
                         ArrayRef<int64_t> shape);
  Parameters makeParameters(quant::UniformQuantizedType type, StringRef name);
  const Parameters &getParameters(quant::UniformQuantizedType type,
                                  StringRef name);
  std::string dequantizedHalves(const Tensor &stored, Type type,
                                ArrayRef<int64_t> order, const Tensor *factors);
  /// All forms in which a value is there; the first is the one it was made in.
  llvm::DenseMap<Value, SmallVector<Stored, 1>> stored;
  /// The op whose result a tensor name belongs to.
  llvm::StringMap<Operation *> owners;
  llvm::DenseMap<Type, Parameters> parameters;
  Operation *current = nullptr;
  std::string currentName;
  /// The node that the current op has ended in so far, and the one before it if
  /// that ended the op before its bounds were put on it.
  std::optional<size_t> lastNode, limitedNode;
  bool broken = false;
};

template <typename OpTy>
using DetectClamp = decltype(std::declval<OpTy>().getClamp());

/// Ends `op`, whose result tensor `raw` holds in `order` but for the activation
/// that is fused into it: a clamp in stored units, bounds, or none.
template <typename OpTy>
void finish(OpTy op, Exporter &exporter, const std::string &raw,
            ArrayRef<int64_t> order) {
  if constexpr (llvm::is_detected<DetectClamp, OpTy>::value) {
    exporter.finish(op.getOutput(), raw, order, op.getClamp());
  } else if constexpr (OpTy::template hasTrait<top::FusableActivation>()) {
    exporter.finish(
        op.getOutput(),
        exporter.limit(raw, toFloat(op.getActMin()), toFloat(op.getActMax())),
        order);
  } else {
    exporter.finish(op.getOutput(), raw, order);
  }
}

/// Op name to the function that writes the op, and the operator set it needs.
class ExporterRegistry {
public:
  struct Entry {
    std::function<LogicalResult(Operation *, Exporter &)> write;
    /// The first operator set that has the op in one piece.
    std::function<int64_t(Operation *)> getOpset;
  };

  template <typename OpTy>
  void add(LogicalResult (*write)(OpTy, Exporter &),
           int64_t (*getOpset)(OpTy) = nullptr) {
    Entry &entry = entries[OpTy::getOperationName()];
    entry.write = [write](Operation *op, Exporter &exporter) {
      return write(cast<OpTy>(op), exporter);
    };
    if (getOpset)
      entry.getOpset = [getOpset](Operation *op) {
        return getOpset(cast<OpTy>(op));
      };
  }
  const Entry *find(StringRef name) const {
    auto found = entries.find(name);
    return found == entries.end() ? nullptr : &found->second;
  }

private:
  llvm::StringMap<Entry> entries;
};

} // namespace qc::onnxexport

#endif // QC_LIB_EXPORT_ONNX_EXPORTER_H
