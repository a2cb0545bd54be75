// What an exported file says of the compile that it is from, so that reading it
// back loses nothing.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_LINEAGE_H
#define QC_DIALECT_QC_IR_LINEAGE_H

#include "qc/Support/MLIR.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>
#include <string>

namespace qc {

/// Keys and texts, as file formats keep them for those who know them:
/// `provenance.<fact>` for each fact, and `fused.<tensor>` for every tensor:
/// the names that were fused with it, a line each; `order.<tensor>` for one
/// that is computed with its dimensions in another order than the source's:
/// which of these each is. A constant `t` that an exporter stores as integers
/// is called `t_quantized` in the file.
using Lineage = std::map<std::string, std::string>;

/// The key of a checksum (CRC-64, in hexadecimal) of the graph, as it is
/// encoded, that a lineage is true of.
inline constexpr llvm::StringLiteral kGraphChecksum("graph_crc64");

/// The lineage of the network `function` of a module.
Lineage getLineage(func::FuncOp function);

/// Notes that dimension i of `tensor` in the file is dimension perm[i] of the
/// source tensor of that name; an identity leaves no trace.
void noteOrder(Lineage &lineage, StringRef tensor, ArrayRef<int64_t> perm);

/// Takes over what `lineage` says: facts replace the module's own, fused names
/// come back, and tensors that it does not name, which an exporter has put
/// between its own, lose their names. Other keys change nothing.
void applyLineage(func::FuncOp function, const Lineage &lineage);

} // namespace qc

#endif // QC_DIALECT_QC_IR_LINEAGE_H
