// What the exporters ask of a network, whatever format they write: orders of
// dimensions, constants, and which stage it has reached.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXPORT_NETWORK_NETWORK_H
#define QC_EXPORT_NETWORK_NETWORK_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/APFloat.h"
#include <optional>
#include <string>

namespace qc {

//===----------------------------------------------------------------------===//
// Orders of dimensions
//===----------------------------------------------------------------------===//

/// How a tensor of a file holds a value of the IR: its dimension i is the
/// value's dimension order[i].
using Order = SmallVector<int64_t>;

Order getPlainOrder(int64_t rank);
/// `values` of the value's dimensions as those of the file's tensor.
SmallVector<int64_t> reorder(ArrayRef<int64_t> values, ArrayRef<int64_t> order);
/// The dimension of the file's tensor that holds dimension `axis` of the value.
int64_t mapAxis(int64_t axis, ArrayRef<int64_t> order);
/// Row-major elements in another order of dimensions.
Tensor permute(const Tensor &tensor, ArrayRef<int64_t> order);

/// The order of a reduction's result: dimensions that vanish renumber others.
Order getReducedOrder(ArrayRef<int64_t> order, ArrayRef<int64_t> axes,
                      bool keep);

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

int64_t getRank(Value value);
ArrayRef<int64_t> getShape(Value value);
/// The value of a constant of any dialect; null when `value` is none.
ElementsAttr getElements(Value value);
/// Integers of 4 bits (as i8) times `factors` of groups of equal size along
/// their last dimension: integers of 8 bits.
Tensor multiplyGroups(const Tensor &integers, const Tensor &factors);
/// A bound of an activation as nodes take it.
std::optional<float> toFloat(std::optional<APFloat> bound);

/// The order in which an op of several operands of `rank` dimensions is
/// written: that of the largest, where the others can follow. `getOrder` says
/// how an operand is held.
Order chooseOrder(ValueRange operands, int64_t rank,
                  function_ref<Order(Value)> getOrder);

//===----------------------------------------------------------------------===//
// Networks
//===----------------------------------------------------------------------===//

/// `module` with the numbers in place of integers that a correction has chosen
/// for weights of float network `function`, which is what that computes with;
/// null where there are none. Fails after an error if their bytes are missing.
FailureOr<OwningOpRef<ModuleOp>> withNumbers(ModuleOp module,
                                             func::FuncOp function);

/// An error unless `function` is a float network or a program: what lies
/// between, float ops whose values are rounded, is neither of the two forms of
/// `format` ("ONNX"), whose integer one is called `integers` ("QDQ").
LogicalResult checkStage(func::FuncOp function, StringRef format,
                         StringRef integers);

/// Whether a file can hold tensors of `type`: of fixed shape, of elements that
/// executors compute with.
bool isExportable(Type type);

/// An error unless what `function` takes and gives can be tensors of a model in
/// `format` ("ONNX").
LogicalResult checkSignature(func::FuncOp function, StringRef format);

} // namespace qc

#endif // QC_EXPORT_NETWORK_NETWORK_H
