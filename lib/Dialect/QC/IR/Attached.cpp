// Objects that belong to a context.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Attached.h"
#include "qc/Dialect/QC/IR/QC.h"

#include "mlir/IR/DialectRegistry.h"

using namespace mlir;

namespace {
/// Gives the dialect, when a context loads it, what the registry holds for it.
class AttachExtension
    : public DialectExtension<AttachExtension, qc::QCDialect> {
public:
  AttachExtension(TypeID type, std::shared_ptr<void> object)
      : type(type), object(std::move(object)) {}

  void apply(MLIRContext *, qc::QCDialect *dialect) const final {
    dialect->attached[type] = object;
  }

private:
  TypeID type;
  std::shared_ptr<void> object;
};
} // namespace

void qc::detail::attach(MLIRContext *context, TypeID type,
                        std::shared_ptr<void> object) {
  context->getOrLoadDialect<QCDialect>()->attached[type] = std::move(object);
}

void qc::detail::attach(DialectRegistry &registry, TypeID type,
                        std::shared_ptr<void> object) {
  // The type of what is attached tells extensions apart.
  registry.addExtension(
      type, std::make_unique<AttachExtension>(type, std::move(object)));
}

void *qc::detail::getAttached(MLIRContext *context, TypeID type) {
  auto *dialect = context->getLoadedDialect<QCDialect>();
  return dialect ? dialect->attached.lookup(type).get() : nullptr;
}
