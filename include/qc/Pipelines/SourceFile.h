// Files of the IR: reading them whole, and noticing damaged ones.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A stage is stock MLIR bytecode. What its header calls the producer, a text
// that readers only quote, holds the checksum: "qc 0.1.0 crc64:<16 digits>" is
// the CRC-64/XZ of the file without those digits. So every MLIR tool reads the
// file, and qc's tools refuse a changed one. Text carries no checksum, since it
// is there to be edited.
#ifndef QC_PIPELINES_SOURCEFILE_H
#define QC_PIPELINES_SOURCEFILE_H

#include "mlir/Support/LLVM.h"
#include "qc/Support/Result.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>

namespace llvm {
class MemoryBuffer;
} // namespace llvm

namespace mlir {
class Operation;
} // namespace mlir

namespace qc {

/// The whole of a regular file, which later changes of the file do not touch,
/// or of the standard input for "-". Errors are those of MappedFile::open.
Result<std::unique_ptr<llvm::MemoryBuffer>> readSource(const std::string &path);

/// Whether `bytes` begin as bytecode does.
bool isBytecode(llvm::StringRef bytes);

/// Whether `bytes`, the content of `path`, can be IR: bytecode of qc's with the
/// right checksum, stock MLIR's without one, or UTF-8 text without control
/// characters. Errors say how the file is damaged or where it stops being text.
Status checkSource(llvm::StringRef bytes, const std::string &path);

/// `op` as bytecode with its checksum. Fails after an error.
mlir::FailureOr<std::string> encodeBytecode(mlir::Operation *op);

/// Bytecode that a driver of MLIR's has written, with its checksum. Other bytes
/// come back as they are.
std::string sealBytecode(llvm::StringRef bytes);

} // namespace qc

#endif // QC_PIPELINES_SOURCEFILE_H
