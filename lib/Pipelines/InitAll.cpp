// Registers everything that is built into qc.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/InitAll.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void qc::registerAllDialects(DialectRegistry &registry) {
  registry.insert<func::FuncDialect, quant::QuantDialect, QCDialect,
                  top::TopDialect, tpu::TpuDialect>();
}

void qc::registerAllPasses() {
  registerCanonicalizerPass();
  registerCSEPass();
  registerSymbolDCEPass();
}

void qc::registerAllTranslations() {}
