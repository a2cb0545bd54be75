// Quantization parameters by name: the table that files are read into and
// written from. Its text form is docs/Encodings.md.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_ASSIGN_ENCODINGS_H
#define QC_ASSIGN_ENCODINGS_H

#include "qc/Interfaces/QuantizableOpInterface.h"
#include "qc/Support/Result.h"
#include "qc/Target/ParameterFile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include <optional>
#include <string>
#include <vector>

namespace qc {

/// How integers are stored: "i8", "u4", ..., and their range, which may be
/// narrower than the type's.
struct StorageFormat {
  unsigned bits = 8;
  bool isSigned = true;
  int64_t low = -128, high = 127;

  /// The format called `name`, with its whole range.
  static std::optional<StorageFormat> parse(llvm::StringRef name);
  std::string getName() const;
  /// Whether the range is all that the type holds.
  bool isWhole() const;
};

/// The parameters of one tensor.
struct Encoding {
  enum Role { Activation, Weight };

  /// The name in the source model.
  std::string name;
  Role role = Activation;
  /// Of a weight that several layers read: the result of the one that is meant;
  /// else empty.
  std::string reader = {};
  /// Absent where only a range is given.
  std::optional<StorageFormat> format = std::nullopt;
  /// One scale and zero point a block in row-major order.
  std::vector<double> scales = {};
  std::vector<int64_t> zeroPoints = {};
  /// Elements of a block along each dimension; empty: one block.
  std::vector<int64_t> block = {};
  std::optional<ValueRange1D> range = std::nullopt;
  bool isFixed = true;
  /// Who chose it, in words.
  std::string why = {};
};

/// Encodings of a network, and where they come from.
struct Encodings {
  std::string origin; ///< the file, for messages
  std::vector<Encoding> entries;

  /// Reads the JSON of docs/Encodings.md. The error names the place or the
  /// entry.
  static Result<Encodings> read(const std::string &path);
  /// The same from `text`, which `origin` names.
  static Result<Encodings> parse(std::string_view text,
                                 const std::string &origin);
  std::string toText() const;
};

/// The same as Encodings::read, and files of one of `kinds`, which a target
/// reads. What such a file says that has no form here is added to `notes`.
Result<Encodings> readEncodings(const std::string &path,
                                const std::vector<ParameterFile> &kinds,
                                std::vector<std::string> &notes);

/// Those of the storage types and ranges that activations and weights of
/// `function` have.
Encodings collectEncodings(func::FuncOp function);

/// Gives the values of `function` that `encodings` name their storage types and
/// ranges, stores their weights, and lets what only moves values follow. Errors
/// list all names that the function lacks, all entries that contradict each
/// other or do not fit their tensor, and, unless `allowMissing`, all
/// activations that end without a storage type.
LogicalResult applyEncodings(func::FuncOp function, const Encodings &encodings,
                             bool allowMissing);

} // namespace qc

#endif // QC_ASSIGN_ENCODINGS_H
