// What the translation of one operator sees of it, and the nodes that it makes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Errors stick: after the first one, getters return defaults and no node is
// kept, so that translations read straight through.
#ifndef QC_LIB_IMPORT_TFLITE_OPERATORCONTEXT_H
#define QC_LIB_IMPORT_TFLITE_OPERATORCONTEXT_H

#include "GraphBuilder.h"
#include "Translator.h"

namespace qc::tfliteimport {

using tflite::ActivationFunctionType;

/// What is known about the model while it is translated.
struct TranslationState {
  const ModelFile &file;
  GraphBuilder builder;
  /// By tensor: the value of the real numbers; empty for what nothing has made
  /// yet.
  std::vector<std::string> values;
  /// By tensor: the same, channels in dimension 1.
  std::map<int32_t, std::string> channelsFirst;
  /// Of those, which are made so, and by which node; the plain ones are
  /// transposes of them.
  std::map<std::string, ImageName> madeFirst;
};

class OperatorContext {
public:
  OperatorContext(TranslationState &state, const OperatorInfo &info)
      : state(state), info(info) {}

  // Operands.
  size_t numInputs() const { return info.inputs.size(); }
  bool hasInput(size_t index) const;
  const TensorInfo &input(size_t index);
  const Shape &shape(size_t index) { return input(index).shape; }
  int64_t rank(size_t index) {
    return static_cast<int64_t>(shape(index).size());
  }
  /// The real numbers of an input.
  std::string value(size_t index);
  /// The same of a tensor [N, H, W, C] as [N, C, H, W].
  std::string channelsFirst(size_t index);
  /// Whether input `index`, or all of them, is made as [N, C, H, W].
  bool isMadeFirst(size_t index);
  bool isMadeFirst();
  /// Whether the operator, which works element by element, had better work on
  /// [N, C, H, W]: its operands are made so, or are a number a channel.
  bool isChannelsFirst();
  /// An operand of such an operator.
  std::string operand(size_t index);
  /// The real numbers of a constant input in another order of dimensions.
  std::string constant(size_t index, const Permuted &order);
  /// A bias: integers in units of `input` times `weight`, or floats.
  std::string bias(size_t index, size_t input, size_t weight);
  /// The integers of a constant input; `what` names it in the error.
  std::vector<int64_t> integers(size_t index, StringRef what);
  /// The one real number of a constant input.
  float real(size_t index, StringRef what);
  int64_t axis(int64_t axis, int64_t rank);

  /// The table with the operator's options.
  template <typename T> const T *options() {
    const T *table = info.raw->builtin_options_as<T>();
    if (!table)
      fail("has no options, or not its own");
    return table;
  }

  // Results.
  size_t numOutputs() const { return info.outputs.size(); }
  const TensorInfo &output(size_t index = 0);
  /// A node on the way there, called after output 0; the name of its value.
  std::string emit(const std::string &op, ArrayRef<std::string> inputs,
                   const Attributes &attributes = {});
  std::string reshape(const std::string &value, ArrayRef<int64_t> shape);
  std::string transpose(const std::string &value, ArrayRef<int64_t> perm);
  /// A constant of integers for a node.
  std::string ints(ArrayRef<int64_t> values);
  std::string scalar(float value) { return state.builder.addScalar(value); }
  /// `value` is output `index` once `activation` has been applied.
  void set(const std::string &value,
           ActivationFunctionType activation = ActivationFunctionType::NONE,
           size_t index = 0);
  /// The same for an operator that works element by element on operand().
  void setElements(const std::string &value, ActivationFunctionType activation =
                                                 ActivationFunctionType::NONE) {
    isChannelsFirst() ? setImage(value, activation) : set(value, activation);
  }
  /// The same for a value [N, C, H, W] of a tensor [N, H, W, C].
  void
  setImage(const std::string &value,
           ActivationFunctionType activation = ActivationFunctionType::NONE);

  /// Records why the operator cannot be imported (the first reason counts).
  void fail(const llvm::Twine &reason);
  const std::string &getFailure() const { return failure; }
  bool failed() const { return !failure.empty(); }
  const OperatorInfo &getInfo() const { return info; }

  /// Adds the nodes to the graph under the name `node`.
  void commit(const std::string &node);

private:
  std::optional<Shape> getBroadcastShape(size_t index);
  void round(const std::string &value, const std::string &result, size_t index);
  std::string activate(const std::string &value,
                       ActivationFunctionType activation);

  TranslationState &state;
  const OperatorInfo &info;
  std::vector<::onnx::NodeProto> nodes;
  /// What commit() notes of results that are made channels first.
  std::map<int32_t, std::string> images;
  std::string failure;
};

using Translate = void (*)(OperatorContext &op);
/// By the operator's number; each file of Families/ adds its own.
using TranslationTable = std::map<BuiltinOperator, Translate>;
#define QC_FAMILY(name) void add##name##Translations(TranslationTable &);
#include "qc/Import/TFLite/Families.inc"
#undef QC_FAMILY

} // namespace qc::tfliteimport

#endif // QC_LIB_IMPORT_TFLITE_OPERATORCONTEXT_H
