// From IR to .qcb programs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CONTAINER_CONTAINER_H
#define QC_CONTAINER_CONTAINER_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Tensor.h"
#include "qcrt/Program.h"

#include "llvm/Support/JSON.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace qc {

/// A program and what its constants point into. Some of that may be resource
/// blobs of the module, which must outlive it.
struct ProgramImage {
  qcrt::Program program;
  /// The IR value of each tensor of the program.
  std::vector<Value> values;
  std::vector<Tensor> constants;
};

/// Turns the entry function of `module` into a program. The encoding is
/// generic: an op becomes an instruction, its attributes keys of their own
/// names (see Encoding.h); names, scales, addresses, target and provenance come
/// along. Memory is planned here unless the module carries a plan (see
/// FunctionPlan.h), which is then verified.
///
/// Fails with errors at all ops that have no encoding.
FailureOr<ProgramImage> buildProgram(ModuleOp module);

/// The bytes of the .qcb file of `module`; the runtime has opened and accepted
/// them.
LogicalResult exportQcb(ModuleOp module, std::vector<uint8_t> &bytes);

/// Writes the .qcb file of `module` to `path`, whole or not at all.
LogicalResult exportQcbFile(ModuleOp module, const std::string &path);

/// A text that says what is in a program: inputs, outputs, sizes, instructions.
/// `allocated`: the bytes that a run of it allocates (qcrt_arena_size), where
/// that is known.
std::string describeProgram(const qcrt::Program &program,
                            std::optional<int64_t> allocated = {});
/// The same as JSON, and the strides, in bytes, of every tensor.
llvm::json::Value programToJson(const qcrt::Program &program,
                                std::optional<int64_t> allocated = {});

} // namespace qc

#endif // QC_CONTAINER_CONTAINER_H
