// The qc dialect: registration and verification of its attributes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/QC.h"
//PRE

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "qc/Dialect/QC/IR/QCDialect.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "qc/Dialect/QC/IR/QCAttributes.cpp.inc"

void qc::QCDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "qc/Dialect/QC/IR/QCAttributes.cpp.inc"
      >();
}

LogicalResult qc::PreprocessAttr::verify(
    llvm::function_ref<InFlightDiagnostic()> emitError, StringRef spec) {
  //PRE
  if (spec.empty())
    return emitError() << "empty";
  return success();
}
