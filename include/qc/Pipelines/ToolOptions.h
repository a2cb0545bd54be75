// What main of every tool begins with, and how a tool ends.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_TOOLOPTIONS_H
#define QC_PIPELINES_TOOLOPTIONS_H

#include "qc/Support/Result.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace qc {

struct Registries;

/// What a user must not meet as a crash becomes a message and exit code 1, with
/// unfinished output removed: signals, mapped files that are truncated, memory
/// that is not there. To be called first in main.
void prepareTool();

/// Runs the tool proper; what it throws is a message and exit code 1.
int runTool(llvm::function_ref<int()> tool);

/// Prints "error: " and the message, with what a terminal must not get escaped.
void printError(const Status &status);

/// Writes a tool's result: beside the file and renamed over it, or to the
/// standard output for "-". IR in bytecode gets its checksum.
Status writeResult(const std::string &path, llvm::StringRef bytes);

/// Makes diagnostics of contexts with this registry show bytes that a file has
/// put into names and texts as printable() does.
void escapeDiagnostics(mlir::DialectRegistry &registry);

/// IR for people has constants of more elements, and binary ones of more
/// characters, as dots.
inline constexpr unsigned kElidedElements = 16, kElidedResource = 64;

/// Registers MLIR's printing and context flags with qc's defaults: locations
/// are printed, because they carry the names of tensors, and a diagnostic does
/// not repeat the whole function that it is about. Both can be set back on the
/// command line. Adds `--load-target-plugin`, which loads into `registries`,
/// and `--full`. To be called before flags are parsed.
void setToolDefaults(Registries &registries);

/// Whether what goes to `output` ("-": the standard output) is for reading and
/// not for reading back: it is shown on a terminal, unless --full says
/// otherwise.
bool isShortened(llvm::StringRef output);

/// IR that is printed from now on has dots for long constants, but for those
/// that the command line says something about.
void elideConstants();

/// Lets all threads allocate from one heap: what one of them has freed is there
/// for the others, where a heap a thread keeps up to 25 MB of a compile from
/// them. To be called before threads are made.
void shareHeap();

/// Keeps idle OpenMP threads (oneDNN's) from spinning while other programs need
/// the processors: starts this program again with GOMP_SPINCOUNT set, unless
/// the user has set how threads wait. libgomp reads it only when it is loaded.
/// To be called before anything else in main.
void limitSpinning(char **argv);

} // namespace qc

#endif // QC_PIPELINES_TOOLOPTIONS_H
