// Nodes and constants of the ONNX graph that stands for a .tflite model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_TFLITE_GRAPHBUILDER_H
#define QC_LIB_IMPORT_TFLITE_GRAPHBUILDER_H

#include "ModelReader.h"

#include "llvm/ADT/StringSet.h"

#include "onnx/onnx_pb.h"

namespace qc::tfliteimport {

/// Attributes of a node.
class Attributes {
public:
  Attributes &integer(const char *name, int64_t value);
  Attributes &integers(const char *name, ArrayRef<int64_t> values);
  Attributes &real(const char *name, float value);
  Attributes &text(const char *name, const std::string &value);

  std::vector<::onnx::AttributeProto> list;
};

/// A constant in the order of dimensions that a node wants.
struct Permuted {
  ArrayRef<int64_t> perm; ///< result dimension i is source dimension perm[i]
  Shape shape;            ///< what it is called after that
  int64_t axis = 0;       ///< of `shape`, which a scale a slice belongs to
};

/// The domain of nodes that stand for what cannot be imported.
inline constexpr const char *kRefusedDomain = "tflite";

class GraphBuilder {
public:
  explicit GraphBuilder(::onnx::GraphProto &graph) : graph(graph) {}

  /// `name`, or with a number behind it if a value is called so already.
  std::string unique(const std::string &name);
  void reserve(const std::string &name) { names.insert(name); }

  void add(::onnx::NodeProto node) { *graph.add_node() = std::move(node); }

  /// Constants; the names of their values.
  std::string addIntegers(const std::string &name, ArrayRef<int64_t> values);
  std::string addReal(const std::string &name, float value);
  std::string addScalar(float value);
  std::string addReals(const std::string &name, ArrayRef<float> values);
  /// `bytes` of `dataType` (ONNX's number) in `shape`.
  std::string addTensor(const std::string &name, int32_t dataType,
                        ArrayRef<int64_t> shape, std::string bytes);

  /// QuantizeLinear or DequantizeLinear of `input`, which makes `output`; the
  /// integers are of `type`.
  ::onnx::NodeProto makeRounding(bool isQuantize, const std::string &input,
                                 const std::string &output, TensorType type,
                                 const Quantization &parameters, int64_t axis);

  ::onnx::GraphProto &graph;

private:
  std::string addZeroPoints(const std::string &name, TensorType type,
                            ArrayRef<int64_t> values, bool isScalar);

  llvm::StringSet<> names;
  std::map<float, std::string> scalars;
};

::onnx::NodeProto makeNode(const std::string &op, ArrayRef<std::string> inputs,
                           const std::string &output,
                           const Attributes &attributes = {});

/// ONNX's number for `type`, where it has the same elements.
std::optional<int32_t> getDataType(TensorType type);

/// The elements of `bytes`, each of `size` bytes in `shape`, in the order of
/// `perm`.
std::string permute(StringRef bytes, size_t size, ArrayRef<int64_t> shape,
                    ArrayRef<int64_t> perm);

} // namespace qc::tfliteimport

#endif // QC_LIB_IMPORT_TFLITE_GRAPHBUILDER_H
