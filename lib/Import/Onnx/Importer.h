// The driver of the import: a checked model in, a module out.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_IMPORTER_H
#define QC_LIB_IMPORT_ONNX_IMPORTER_H

#include "Failures.h"
#include "Inputs.h"
#include "ModelFile.h"
#include "ShapeOracle.h"
#include "TensorData.h"
#include "ValueTable.h"

#include "qc/Import/Onnx/Import.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "onnx/onnx_pb.h"

#include <list>
#include <set>

namespace qc::onnximport {

class Importer {
public:
  /// `file` gives its weights away and is of no use afterwards.
  Importer(ModelFile &file, MLIRContext *context, const ImportOptions &options);

  /// Null after an error.
  OwningOpRef<ModuleOp> run();

  using Nodes = google::protobuf::RepeatedPtrField<::onnx::NodeProto>;

private:
  Result<std::vector<std::string>> chooseOutputs() const;
  /// Those of `nodes` that `outputs` depend on, in their order; what they read
  /// is wanted from then on.
  std::vector<::onnx::NodeProto *>
  selectNodes(Nodes &nodes, const std::vector<std::string> &outputs);
  func::FuncOp createFunction(ModuleOp module, const BoundInputs &bound);
  /// `opset`: the version of the operator set that the node is one of.
  void importNode(::onnx::NodeProto &proto, int64_t opset);
  /// Why no handler can be asked about the node, or nothing.
  std::optional<std::string> checkSupport(const ::onnx::NodeProto &proto,
                                          int64_t opset, NodeInfo &info) const;
  /// Records why the node cannot be imported.
  void fail(const NodeInfo &info, StringRef reason);
  /// What the node stands for in the format that the model was translated from;
  /// null for a model that was not.
  const SourceOperator *findSource(const NodeInfo &info) const;

  // Nodes that stand for a graph (Inlining.cpp).
  struct Body;
  /// Imports an If, or a node that the model or the standard defines by others;
  /// false for other nodes.
  bool importAsGraph(const NodeInfo &info, ::onnx::NodeProto &proto,
                     int64_t opset);
  void importIf(const NodeInfo &info, ::onnx::NodeProto &proto, int64_t opset);
  // Loops.cpp.
  void importLoop(const NodeInfo &info, ::onnx::NodeProto &proto,
                  int64_t opset);
  void importScan(const NodeInfo &info, ::onnx::NodeProto &proto,
                  int64_t opset);
  /// Imports `body` with the tensors `inputs` as its inputs; the names of its
  /// results, or nothing after a failure.
  std::optional<std::vector<std::string>>
  importStep(const NodeInfo &info, const ::onnx::GraphProto &body,
             ArrayRef<std::string> inputs, int64_t step, int64_t opset);
  /// Imports a node with an axis (Unsqueeze, Concat, Gather) that is not in the
  /// model.
  void importSynthetic(StringRef op, ArrayRef<std::string> inputs,
                       const std::string &output, int64_t axis, int64_t opset);
  /// Makes `parts`, one a step, the output `output` of the node.
  void setStacked(const NodeInfo &info, size_t output,
                  std::vector<std::string> parts, int64_t axis, bool isReverse,
                  int64_t opset);
  void forwardResult(const std::string &from, const std::string &to);
  /// The definition of the node by other nodes, which is kept; null where there
  /// is none.
  ::onnx::FunctionProto *findDefinition(const ::onnx::NodeProto &proto,
                                        int64_t opset);
  void importBody(const NodeInfo &info, Body body);
  ::onnx::TypeProto getTypeProto(const std::string &name);
  bool areInputsKnown(const NodeInfo &info);
  void runHandler(const NodeInfo &info, ::onnx::NodeProto &proto);
  void noteDeclarations();
  /// How the file contradicts what has been found for tensor `name`, or
  /// nothing. Where only its shape differs and the model's inputs are open,
  /// what the file says may be left from its export: that is counted.
  std::optional<std::string> findContradiction(const std::string &name);
  /// Lets the nodes behind a failed one be looked at.
  void setPlaceholders(const NodeInfo &info);
  LogicalResult finish(func::FuncOp function,
                       const std::vector<std::string> &outputs);

  ModelFile &file;
  MLIRContext *context;
  const ImportOptions &options;
  /// The path as given, for messages; the file's name alone, for the IR, which
  /// is the same wherever the file lies.
  Location fileLoc, sourceLoc;
  OpBuilder builder;
  ExternalFiles externalFiles;
  ValueTable values;
  Failures failures;
  /// What outputs and the nodes that are imported read.
  std::set<std::string> wanted;
  /// Definitions in the places of nodes: all so far, the nodes that they have,
  /// and, inside of one, how deep and words about it for errors.
  std::list<::onnx::FunctionProto> definitions;
  /// Bodies of loops, one a step, whose initializers are read later.
  std::list<::onnx::GraphProto> stepGraphs;
  int64_t numDefined = 0;
  int depth = 0;
  std::string inside;
  /// What the file says of tensors that nodes compute.
  std::map<std::string, const ::onnx::ValueInfoProto *> declarations;
  /// Whether a dimension of an input is not fixed in the file.
  bool hasOpenInputs = false;
  size_t staleShapes = 0;
  std::string firstStale;
  std::unique_ptr<ShapeOracle> oracle;
};

/// Whether `node` is an op of the ONNX standard.
bool isDefaultDomain(const ::onnx::NodeProto &node);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_IMPORTER_H
