// The top dialect: registration.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/Top/IR/Numbers.h"
#include "qc/Dialect/Top/IR/Picture.h"
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::top {

void TopDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "qc/Dialect/Top/IR/TopOps.cpp.inc"
      >();
}

} // namespace qc::top

#define GET_OP_CLASSES
#include "qc/Dialect/Top/IR/TopOps.cpp.inc"

#include "qc/Dialect/Top/IR/TopDialect.cpp.inc"
