// Objects that belong to a context: registries, listeners, a program's samples.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes are made from text and have only their context to find things in. What
// a session owns it attaches to its context, so that two sessions in a process
// share nothing.
#ifndef QC_DIALECT_QC_IR_ATTACHED_H
#define QC_DIALECT_QC_IR_ATTACHED_H

#include "mlir/Support/TypeID.h"

#include <memory>

namespace mlir {
class DialectRegistry;
class MLIRContext;
} // namespace mlir

namespace qc {

namespace detail {
void attach(mlir::MLIRContext *context, mlir::TypeID type,
            std::shared_ptr<void> object);
void attach(mlir::DialectRegistry &registry, mlir::TypeID type,
            std::shared_ptr<void> object);
void *getAttached(mlir::MLIRContext *context, mlir::TypeID type);
} // namespace detail

/// Attaches `object` to `context`, in the place of another of its type. Not
/// while passes run.
template <typename T>
void attach(mlir::MLIRContext *context, std::shared_ptr<T> object) {
  detail::attach(context, mlir::TypeID::get<T>(), std::move(object));
}

/// Attaches `object` to every context that is made with `registry`.
template <typename T>
void attach(mlir::DialectRegistry &registry, std::shared_ptr<T> object) {
  detail::attach(registry, mlir::TypeID::get<T>(), std::move(object));
}

/// The object of this type; null when none is attached.
template <typename T> T *getAttached(mlir::MLIRContext *context) {
  return static_cast<T *>(detail::getAttached(context, mlir::TypeID::get<T>()));
}

} // namespace qc

#endif // QC_DIALECT_QC_IR_ATTACHED_H
