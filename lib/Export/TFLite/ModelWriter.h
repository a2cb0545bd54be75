// Tensors, operators and names of a LiteRT model; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXPORT_TFLITE_MODELWRITER_H
#define QC_LIB_EXPORT_TFLITE_MODELWRITER_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

#include "llvm/ADT/StringSet.h"

#include "tflite_generated.h"

namespace qc::tfliteexport {

using tflite::ActivationFunctionType;
using tflite::BuiltinOperator;
using tflite::TensorType;

/// A tensor of the model, by its index.
using TensorId = int32_t;
/// An operand that is left out.
inline constexpr TensorId kNone = -1;

/// real = scale * (stored - zero point); no scales: the numbers as they stand.
struct Parameters {
  std::vector<float> scales;
  std::vector<int64_t> zeroPoints;
  int32_t axis = 0;
  bool operator==(const Parameters &other) const {
    return scales == other.scales && zeroPoints == other.zeroPoints &&
           (scales.size() < 2 || axis == other.axis);
  }
};

/// What a tensor is beside its name.
struct Form {
  TensorType type = TensorType::FLOAT32;
  Shape shape;
  Parameters parameters;

  bool isQuantized() const { return !parameters.scales.empty(); }
  bool isWide() const { return type == TensorType::INT16; }
  float getScale() const { return parameters.scales.front(); }
  int64_t getZeroPoint() const { return parameters.zeroPoints.front(); }
  /// The least and the largest integer of the type.
  int64_t getMin() const { return isWide() ? -32768 : -128; }
  int64_t getMax() const { return isWide() ? 32767 : 127; }
  /// The same numbers in another shape.
  Form withShape(Shape other) const;
  /// The same shape, holding what `other` does.
  Form withNumbersOf(const Form &other) const;
  Form withParameters(float scale, int64_t zeroPoint) const;
  bool hasSameNumbers(const Form &other) const {
    return type == other.type && parameters == other.parameters;
  }
};

/// A table of the schema as an operator's options; none by default.
using Options = tflite::BuiltinOptionsUnion;
template <typename Table> Options makeOptions(Table table) {
  Options options;
  options.Set(std::move(table));
  return options;
}

class ModelWriter {
public:
  /// A tensor that an operator or the user makes.
  TensorId addTensor(StringRef name, Form form);
  /// One whose row-major elements are `bytes`.
  TensorId addConstant(StringRef name, Form form, const void *bytes,
                       size_t size);
  void addOperator(BuiltinOperator code, ArrayRef<TensorId> inputs,
                   ArrayRef<TensorId> outputs, Options options);

  const Form &getForm(TensorId id) const { return tensors[id].form; }
  const std::string &getName(TensorId id) const { return tensors[id].name; }
  TensorId getNextId() const { return tensors.size(); }
  bool isConstant(TensorId id) const { return tensors[id].buffer != 0; }
  bool isInput(TensorId id) const { return llvm::is_contained(inputs, id); }
  bool isOutput(TensorId id) const { return llvm::is_contained(outputs, id); }
  bool isTaken(StringRef name) const { return names.contains(name); }
  /// `name` itself if no tensor has it, else with a number behind it.
  std::string unique(StringRef name) const;
  /// Calls the tensor `name`, or something like it if that is taken.
  void rename(TensorId id, StringRef name);

  /// `name` is that of the signature.
  void addInput(TensorId id, StringRef name);
  void addOutput(TensorId id, StringRef name);
  void addMetadata(StringRef name, StringRef text);

  /// The bytes of the model; an error where the format cannot hold it.
  Result<std::string> finish(StringRef graphName, StringRef description);

private:
  struct TensorEntry {
    std::string name;
    Form form;
    uint32_t buffer;
  };
  uint32_t addBuffer(const void *bytes, size_t size);

  std::vector<TensorEntry> tensors;
  /// Buffer 0 is empty.
  std::vector<std::string> buffers{std::string()};
  std::vector<TensorId> inputs, outputs;
  std::vector<std::string> inputNames, outputNames;
  std::vector<std::unique_ptr<tflite::OperatorT>> operators;
  std::vector<std::pair<BuiltinOperator, int32_t>> codes;
  std::vector<std::pair<std::string, uint32_t>> metadata;
  llvm::StringSet<> names;
};

/// The version of an operator that says what it does with such tensors:
/// readers refuse versions that they do not know.
int32_t getVersion(BuiltinOperator code, ArrayRef<const Form *> inputs,
                   const Form &output, const Options &options);

} // namespace qc::tfliteexport

#endif // QC_LIB_EXPORT_TFLITE_MODELWRITER_H
