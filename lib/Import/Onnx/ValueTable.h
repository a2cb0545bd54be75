// What each tensor of a model is while the model is being imported.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_VALUETABLE_H
#define QC_LIB_IMPORT_ONNX_VALUETABLE_H

#include "HostOps.h"

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include <map>
#include <string>

namespace onnx {
class TensorProto;
} // namespace onnx

namespace qc::onnximport {

class ExternalFiles;

struct ImportedValue {
  /// The contents, when they are known at import.
  std::optional<Tensor> constant;
  /// The value in the IR; null for a constant that no op has asked for yet.
  Value value;
  /// Stands for the result of a node that could not be imported, so that the
  /// nodes behind it can be looked at too.
  bool isPlaceholder = false;
  /// Bits of the constant's integers where they are less than a byte's, which
  /// each of them takes; else 0.
  unsigned narrowBits = 0;
  /// The tensor holds integers in the model that stand for the real numbers of
  /// `value`, as QuantizeLinear makes them.
  bool isStored = false;

  /// The type in the IR.
  RankedTensorType getType(MLIRContext *context) const;
};

/// Tensors by name. Constants enter the IR only when an op uses them.
class ValueTable {
public:
  ValueTable(OpBuilder &builder, ExternalFiles &files)
      : builder(builder), files(files) {}

  /// An initializer; it is read when it is first looked up.
  void addInitializer(const std::string &name, ::onnx::TensorProto *proto);
  void set(const std::string &name, ImportedValue value);

  /// Null when there is no such tensor (or nothing is known about it). An
  /// initializer that cannot be read is a failure.
  Result<const ImportedValue *> find(const std::string &name);

  /// The value of `name` in the IR, made at the current insertion point if
  /// it is a constant that has none yet. The tensor must exist.
  Value materialize(const std::string &name);

  /// What computing constants may take.
  host::Budget &getBudget() { return budget; }

private:
  OpBuilder &builder;
  ExternalFiles &files;
  host::Budget budget;
  std::map<std::string, ::onnx::TensorProto *> initializers;
  std::map<std::string, ImportedValue> values;
};

/// The quantized type of `value`, or of what ops have only moved to it; null
/// for a value that stands for itself.
quant::QuantizedType findStorageType(Value value);

/// The MLIR type of elements of `dtype`: signed integers are signless.
Type getElementType(MLIRContext *context, DType dtype);

/// `tensor` as an attribute: a resource blob that keeps its buffer alive when
/// it has 1 KiB or more, named after `name`, else inline.
ElementsAttr getElements(MLIRContext *context, const Tensor &tensor,
                         StringRef name);

/// A top.constant of `tensor`.
Value createConstant(OpBuilder &builder, Location loc, const Tensor &tensor,
                     StringRef name);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_VALUETABLE_H
