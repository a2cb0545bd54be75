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

namespace onnx {
class NodeProto;
class ValueInfoProto;
} // namespace onnx

namespace qc::onnximport {

class Importer {
public:
  /// `file` gives its weights away and is of no use afterwards.
  Importer(ModelFile &file, MLIRContext *context,
           const OnnxImportOptions &options);

  /// Null after an error.
  OwningOpRef<ModuleOp> run();

private:
  Result<std::vector<std::string>> chooseOutputs() const;
  /// The nodes that `outputs` depend on, in the order of the file.
  std::vector<::onnx::NodeProto *>
  selectNodes(const std::vector<std::string> &outputs) const;
  func::FuncOp createFunction(ModuleOp module, const BoundInputs &bound);
  void importNode(::onnx::NodeProto &proto);
  /// Why no handler can be asked about the node, or nothing.
  std::optional<std::string> checkSupport(const ::onnx::NodeProto &proto,
                                          NodeInfo &info) const;
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
  const OnnxImportOptions &options;
  /// The path as given, for messages; the file's name alone, for the IR, which
  /// is the same wherever the file lies.
  Location fileLoc, sourceLoc;
  OpBuilder builder;
  ExternalFiles externalFiles;
  ValueTable values;
  Failures failures;
  /// What the file says of tensors that nodes compute.
  std::map<std::string, const ::onnx::ValueInfoProto *> declarations;
  /// Whether a dimension of an input is not fixed in the file.
  bool hasOpenInputs = false;
  size_t staleShapes = 0;
  std::string firstStale;
  std::unique_ptr<ShapeOracle> oracle;
};

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_IMPORTER_H
