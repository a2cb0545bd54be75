// What an import handler sees of a node: its inputs, attributes and results.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Errors stick: after the first one every getter returns a default and every
// op that would be created is null, so that handlers read straight through.
// The driver asks for getFailure() in the end.
#ifndef QC_LIB_IMPORT_ONNX_NODECONTEXT_H
#define QC_LIB_IMPORT_ONNX_NODECONTEXT_H

#include "Attributes.h"
#include "ValueTable.h"

#include "qc/Dialect/QC/IR/Names.h"

namespace qc::onnximport {

/// A node without its protobuf.
struct NodeInfo {
  std::string op;
  std::string name;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  /// Version of the operator set in which this form of the op came.
  int64_t since = 0;
};

/// Attributes of an op that is being created.
class OpAttributes {
public:
  OpAttributes &integer(StringRef name, int64_t value);
  OpAttributes &integers(StringRef name, ArrayRef<int64_t> values);
  OpAttributes &real(StringRef name, double value);
  OpAttributes &reals(StringRef name, ArrayRef<double> values);
  OpAttributes &boolean(StringRef name, bool value);
  OpAttributes &string(StringRef name, StringRef value);
  OpAttributes &attribute(StringRef name, Attribute value);
  /// operandSegmentSizes, for ops with several optional operands.
  OpAttributes &segments(ArrayRef<int32_t> sizes);

  using Entry = std::pair<std::string, std::function<Attribute(Builder &)>>;
  ArrayRef<Entry> get() const { return entries; }

private:
  std::vector<Entry> entries;
};

class NodeContext {
public:
  NodeContext(const NodeInfo &info, AttributeTable &attributes,
              ValueTable &values, OpBuilder &builder);

  StringRef op() const { return info.op; }
  int64_t since() const { return info.since; }

  // Inputs. A missing input is empty or beyond the last.
  size_t numInputs() const { return info.inputs.size(); }
  bool hasInput(size_t index) const;
  /// The tensor that input `index` is called by; empty when it is missing.
  std::string inputName(size_t index) const;
  /// The input as a value of the IR; null after an error.
  Value input(size_t index);
  /// The contents of an input that is known at import, else null.
  const Tensor *constant(size_t index);
  /// The contents of an input that must be known at import; `what` names it in
  /// the error. Null after the error.
  const Tensor *requireConstant(size_t index, StringRef what);
  /// What folding may take; the host ops ask for it.
  host::Budget &budget() { return values.getBudget(); }
  /// A constant of integers (of any shape), or of floats.
  std::vector<int64_t> integers(size_t index, StringRef what);
  std::vector<double> reals(size_t index, StringRef what);
  /// The shape of an input, constant or not; empty after an error.
  ArrayRef<int64_t> shape(size_t index);
  int64_t rank(size_t index) {
    return static_cast<int64_t>(shape(index).size());
  }
  /// The type of the numbers of an input, which is that of floats where
  /// integers stand for them; null after an error.
  Type elementType(size_t index);
  /// Bits of the integers of a constant input where those are less than a
  /// byte's, else 0.
  unsigned narrowBits(size_t index);
  /// Whether an input holds integers that stand for the real numbers of the
  /// value that input() gives. A constant never does.
  bool isStored(size_t index);

  // Attributes. Reading marks one as understood.
  bool hasAttribute(StringRef name) const { return attributes.has(name); }
  int64_t integerAttr(StringRef name, int64_t otherwise);
  double realAttr(StringRef name, double otherwise);
  std::string stringAttr(StringRef name, StringRef otherwise);
  std::optional<std::vector<int64_t>> integersAttr(StringRef name);
  std::optional<std::vector<double>> realsAttr(StringRef name);
  std::optional<std::vector<std::string>> stringsAttr(StringRef name);
  std::optional<Tensor> tensorAttr(StringRef name);
  /// Marks an attribute as understood that cannot change the result here.
  void ignoreAttr(StringRef name) { attributes.read(name); }
  /// A flag that must be as given (a mode that is not supported otherwise).
  void expectAttr(StringRef name, int64_t expected);

  /// `axis` counted from the front for a tensor of `rank`; an error when it is
  /// out of range.
  int64_t normalizeAxis(int64_t axis, int64_t rank);
  std::vector<int64_t> normalizeAxes(ArrayRef<int64_t> axes, int64_t rank);

  // Results.
  size_t numOutputs() const { return info.outputs.size(); }
  bool hasOutput(size_t index) const;
  /// The tensor that output `index` is called by; empty when nobody reads it.
  std::string outputName(size_t index) const;
  /// An error unless only the first `count` outputs are used.
  void expectOutputs(size_t count, StringRef why);

  /// An op that computes the node's output 0. Types are inferred unless given.
  template <typename OpT>
  Value create(ValueRange operands, const OpAttributes &attrs = {},
               Type type = {}) {
    return firstResult(build(OpT::getOperationName(), resultLoc(), operands,
                             attrs, type ? TypeRange(type) : TypeRange()));
  }
  /// An op on the way there, whose tensor is not in the model: it is named as
  /// output 0 with "/`suffix`" appended.
  template <typename OpT>
  Value createHelper(StringRef suffix, ValueRange operands,
                     const OpAttributes &attrs = {}, Type type = {}) {
    return firstResult(build(OpT::getOperationName(), helperLoc(suffix),
                             operands, attrs,
                             type ? TypeRange(type) : TypeRange()));
  }
  /// Notes that `value` is inside of what the node computes, where rounding
  /// adds up: qc/Dialect/QC/IR/Inner.h. Returns it.
  Value markInner(Value value);
  /// The same for a tensor of the model that is no output of the node.
  template <typename OpT>
  Value createNamed(StringRef tensor, ValueRange operands,
                    const OpAttributes &attrs = {}, Type type = {}) {
    return firstResult(build(OpT::getOperationName(),
                             getTensorLoc(context(), tensor), operands, attrs,
                             type ? TypeRange(type) : TypeRange()));
  }
  /// An op whose results are all outputs of the node; null after an error.
  template <typename OpT>
  Operation *createMany(ValueRange operands, const OpAttributes &attrs,
                        TypeRange types) {
    return build(OpT::getOperationName(), resultsLoc(), operands, attrs, types);
  }
  /// A constant that is not in the model, named as createHelper does.
  Value helperConstant(StringRef suffix, const Tensor &tensor);

  /// Where output 0 comes from: its name and the node's.
  Location resultLoc() const;
  LogicalResult setResult(Value value) { return setResult(0, value); }
  LogicalResult setResult(size_t index, Value value);
  LogicalResult setConstant(Tensor tensor);
  LogicalResult setConstant(size_t index, Tensor tensor);
  /// What is set from here on holds integers that stand for real numbers.
  void storeResults() { storesResults = true; }
  /// Output 0 is input `index` under another name.
  LogicalResult forward(size_t index);

  /// Records why the node cannot be imported (the first reason counts).
  LogicalResult fail(const Twine &reason);
  /// A warning about the node, which is imported all the same.
  void warn(const Twine &message) const;
  bool failed() const { return failure.has_value(); }
  const std::optional<std::string> &getFailure() const { return failure; }
  /// True when the failure only follows from that of an earlier node.
  bool isConsequence() const { return consequence; }

  MLIRContext *context() const { return builder.getContext(); }

private:
  bool pay(const Tensor &tensor);
  const ImportedValue *find(size_t index);
  const AttributeValue *readAttr(StringRef name);
  template <typename T> const T *readAs(StringRef name, StringRef expected);
  Location resultsLoc() const;
  Location helperLoc(StringRef suffix) const;
  Operation *build(StringRef opName, Location loc, ValueRange operands,
                   const OpAttributes &attrs, TypeRange types);
  static Value firstResult(Operation *op) {
    return op ? op->getResult(0) : Value();
  }

  const NodeInfo &info;
  AttributeTable &attributes;
  ValueTable &values;
  OpBuilder &builder;
  std::optional<std::string> failure;
  bool consequence = false;
  bool storesResults = false;
};

/// "1x3x224x224", for messages.
std::string shapeText(ArrayRef<int64_t> shape);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_NODECONTEXT_H
