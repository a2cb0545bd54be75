// Writing .qcb files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Container/Container.h"
#include "qc/Support/AtomicFile.h"

namespace qc {

/// Opens what was written: a board would otherwise be the first to find out
/// that its kernels refuse a program.
static LogicalResult checkLoads(ModuleOp module,
                                const std::vector<uint8_t> &bytes) {
  qcrt_model *model = nullptr;
  if (qcrt_open_memory(bytes.data(), bytes.size(), &model) != QCRT_OK)
    return module.emitError("the runtime refuses this program: ")
           << qcrt_last_error();
  qcrt_close(model);
  return success();
}

LogicalResult exportQcb(ModuleOp module, std::vector<uint8_t> &bytes) {
  FailureOr<ProgramImage> image = buildProgram(module);
  if (failed(image))
    return failure();
  std::string error;
  if (!qcrt::writeProgram(image->program, bytes, error))
    return module.emitError("cannot be written as a container: ") << error;
  return checkLoads(module, bytes);
}

LogicalResult exportQcbFile(ModuleOp module, const std::string &path) {
  std::vector<uint8_t> bytes;
  if (failed(exportQcb(module, bytes)))
    return failure();
  Status written = writeFile(
      path, {reinterpret_cast<const char *>(bytes.data()), bytes.size()});
  if (!written)
    return module.emitError() << written.message();
  return success();
}

} // namespace qc
