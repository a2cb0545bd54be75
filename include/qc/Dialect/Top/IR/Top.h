// The top dialect: float networks, channels first, free of any chip.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_TOP_IR_TOP_H
#define QC_DIALECT_TOP_IR_TOP_H

#include "qc/Dialect/Top/IR/TopTypes.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Interfaces/QuantizableOpInterface.h"

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "qc/Dialect/Top/IR/TopDialect.h.inc"

#define GET_OP_CLASSES
#include "qc/Dialect/Top/IR/TopOps.h.inc"

namespace qc::top {

/// Creates an op of inferred result types from data that may be wrong, such as
/// a model's: where the types cannot be inferred, reports it at `loc` and
/// fails. `OpTy::create` ends the process instead. `attributes` must hold all
/// that `OpTy` requires, `operandSegmentSizes` included.
template <typename OpTy>
FailureOr<OpTy> createChecked(OpBuilder &builder, Location loc,
                              ValueRange operands,
                              ArrayRef<NamedAttribute> attributes = {}) {
  MLIRContext *context = builder.getContext();
  OperationState state(loc, OpTy::getOperationName(), operands, TypeRange(),
                       attributes);
  DictionaryAttr dictionary = state.attributes.getDictionary(context);
  auto &properties = state.getOrAddProperties<typename OpTy::Properties>();
  auto emit = [&] { return mlir::emitError(loc); };
  if (failed(OpTy::setPropertiesFromAttr(properties, dictionary, emit)) ||
      failed(OpTy::inferReturnTypes(context, loc, operands, dictionary,
                                    state.getRawProperties(), {}, state.types)))
    return failure();
  return cast<OpTy>(builder.create(state));
}

} // namespace qc::top

#endif // QC_DIALECT_TOP_IR_TOP_H
