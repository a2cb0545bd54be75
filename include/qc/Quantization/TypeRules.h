// Which storage types an op takes: rules over its operands and results.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_TYPERULES_H
#define QC_QUANTIZATION_TYPERULES_H

#include "mlir/IR/Types.h"

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace qc {

struct ActivationScheme;

/// What a value may be stored as.
enum class StorageKind { I4, U4, I8, U8, I16, U16, F16, F32 };

/// A set of storage types; all of them unless some are named.
class TypeSet {
public:
  TypeSet() = default;
  TypeSet(std::initializer_list<StorageKind> kinds);
  /// Signed and unsigned integers of so many bits: 4, 8 or 16.
  static TypeSet ofBits(unsigned bits);

  bool isAny() const { return mask == kAny; }
  bool contains(StorageKind kind) const { return mask >> unsigned(kind) & 1; }
  /// Whether it holds the storage of `type`: an integer or float type, or the
  /// element of a quantized tensor. Others (biases of 32 bits) it always does.
  bool contains(mlir::Type type) const;
  /// Whether it holds what `scheme` stores.
  bool contains(const ActivationScheme &scheme) const;
  /// Whether both hold a type.
  bool meets(const TypeSet &other) const { return (mask & other.mask) != 0; }

  /// "8 bits" where signs make no difference, else "u8 or i16".
  std::string getWords() const;

private:
  static constexpr unsigned kAny = 0xff;
  unsigned mask = kAny;
};

/// What a type is stored as; nothing for others than those of `StorageKind`.
std::optional<StorageKind> getStorageKind(mlir::Type type);

/// The types that one op of tpu takes. What is not said may be of any type.
struct TypeRule {
  /// Of activations that it reads, and of constants that stand in for them, by
  /// number of the operand; the last holds for all behind it.
  std::vector<TypeSet> operands = {};
  TypeSet results = {};
  /// Of the constant weights of a convolution or a product.
  TypeSet weights = {};
  /// All activations have as many bits as each other.
  bool sameBits = false;
  /// Why, in the target's words: "id: words".
  std::string reason = {};

  const TypeSet &getOperand(unsigned number) const;
};

/// The rules of ops of tpu by their names. All rules of an op hold.
using TypeRules = std::map<std::string, std::vector<TypeRule>>;

} // namespace qc

#endif // QC_QUANTIZATION_TYPERULES_H
