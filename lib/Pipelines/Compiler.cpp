// A whole compile.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Compiler.h"
#include "PhaseRunner.h"

namespace qc {

Compilation::Compilation(Session &session, CompileOptions options)
    : runner(std::make_unique<PhaseRunner>(session, std::move(options))) {}

Compilation::~Compilation() = default;

LogicalResult Compilation::run() { return runner->run(); }

const CompileReport &Compilation::getReport() const { return runner->report; }

ModuleOp Compilation::getModule() const { return *runner->module; }

std::map<std::string, std::string> &Compilation::getFiles() {
  return runner->files;
}

} // namespace qc
