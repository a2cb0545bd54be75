// Nodes, initializers and names of an ONNX graph; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXPORT_ONNX_GRAPHWRITER_H
#define QC_LIB_EXPORT_ONNX_GRAPHWRITER_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include <variant>

#include "onnx/onnx_pb.h"

namespace qc::onnxexport {

/// An attribute of a node: integer, integers, float or text.
struct NodeAttribute {
  NodeAttribute(StringRef name, int64_t value) : name(name), value(value) {}
  NodeAttribute(StringRef name, ArrayRef<int64_t> value)
      : name(name), value(llvm::to_vector(value)) {}
  NodeAttribute(StringRef name, float value) : name(name), value(value) {}
  NodeAttribute(StringRef name, StringRef value)
      : name(name), value(value.str()) {}

  StringRef name;
  std::variant<int64_t, SmallVector<int64_t>, float, std::string> value;
};

::onnx::TensorProto::DataType getDataType(DType dtype);

/// Writes into the graph of a model. Names of tensors and of nodes are unique.
class GraphWriter {
public:
  explicit GraphWriter(::onnx::GraphProto &graph) : graph(graph) {}

  /// `name`, or with a number behind it when that is taken; taken afterwards.
  std::string uniqueTensor(StringRef name) { return unique(name, tensors); }
  std::string uniqueNode(StringRef name) { return unique(name, nodes); }
  bool isTaken(StringRef tensor) const { return tensors.contains(tensor); }

  void addInput(StringRef name, DType dtype, ArrayRef<int64_t> shape);
  void addOutput(StringRef name, DType dtype, ArrayRef<int64_t> shape);
  /// Says what an intermediate tensor is, for readers that do not infer.
  void addValueInfo(StringRef name, DType dtype, ArrayRef<int64_t> shape);

  /// Adds a node and returns its index. `outputs` must be unique tensor names
  /// already. An empty input is an optional one that is left out.
  size_t addNode(StringRef opType, StringRef name, ArrayRef<std::string> inputs,
                 ArrayRef<std::string> outputs,
                 ArrayRef<NodeAttribute> attributes = {});
  /// Calls node `index` by `name`, or by that with a number behind it.
  void renameNode(size_t index, StringRef name);
  /// Calls output `from` of node `index`, which nothing reads yet, by the
  /// unique name `to`. False when that node does not make it.
  bool renameOutput(size_t index, StringRef from, StringRef to);

  /// Adds a constant and returns its name.
  std::string addInitializer(StringRef name, const Tensor &tensor);
  /// The same of signed integers of 4 bits, given as i8.
  std::string addHalves(StringRef name, const Tensor &tensor);
  std::string addInts(StringRef name, ArrayRef<int64_t> values);

  /// Calls tensor `from` by the name `to`, which nothing else may have.
  void rename(StringRef from, StringRef to);
  bool isInput(StringRef tensor) const;
  bool isOutput(StringRef tensor) const;

private:
  static std::string unique(StringRef name, llvm::StringSet<> &taken);

  ::onnx::GraphProto &graph;
  llvm::StringSet<> tensors, nodes;
};

} // namespace qc::onnxexport

#endif // QC_LIB_EXPORT_ONNX_GRAPHWRITER_H
