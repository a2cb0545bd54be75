// The MLIR and LLVM names that all of qc's compiler code uses without a prefix.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_MLIR_H
#define QC_SUPPORT_MLIR_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Support/LLVM.h"

#include <memory>
#include <optional>
#include <string>

namespace qc {
// NOLINTBEGIN(misc-unused-using-decls)
using namespace mlir;
// NOLINTEND(misc-unused-using-decls)
} // namespace qc

#endif // QC_SUPPORT_MLIR_H
