// Which storage types an op takes: rules over its operands and results.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/TypeRules.h"
#include "qc/Quantization/QuantSpec.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

namespace qc {

static std::optional<StorageKind> getIntegerKind(unsigned bits, bool isSigned) {
  switch (bits) {
  case 4:
    return isSigned ? StorageKind::I4 : StorageKind::U4;
  case 8:
    return isSigned ? StorageKind::I8 : StorageKind::U8;
  case 16:
    return isSigned ? StorageKind::I16 : StorageKind::U16;
  default:
    return std::nullopt;
  }
}

std::optional<StorageKind> getStorageKind(mlir::Type type) {
  if (auto quantized = mlir::dyn_cast<mlir::quant::QuantizedType>(type))
    return getIntegerKind(quantized.getStorageTypeIntegralWidth(),
                          quantized.isSigned());
  if (auto integer = mlir::dyn_cast<mlir::IntegerType>(type))
    return getIntegerKind(integer.getWidth(), !integer.isUnsigned());
  if (type.isF16())
    return StorageKind::F16;
  if (type.isF32())
    return StorageKind::F32;
  return std::nullopt;
}

TypeSet::TypeSet(std::initializer_list<StorageKind> kinds) : mask(0) {
  for (StorageKind kind : kinds)
    mask |= 1u << unsigned(kind);
}

TypeSet TypeSet::ofBits(unsigned bits) {
  TypeSet set;
  set.mask = 0;
  for (bool isSigned : {true, false})
    if (auto kind = getIntegerKind(bits, isSigned))
      set.mask |= 1u << unsigned(*kind);
  return set;
}

bool TypeSet::contains(mlir::Type type) const {
  auto kind = getStorageKind(type);
  return !kind || contains(*kind);
}

bool TypeSet::contains(const ActivationScheme &scheme) const {
  auto kind = getIntegerKind(scheme.bits, scheme.isSigned);
  return kind && contains(*kind);
}

std::string TypeSet::getWords() const {
  static constexpr const char *names[] = {"i4",  "u4",  "i8",  "u8",
                                          "i16", "u16", "f16", "f32"};
  for (unsigned bits : {4, 8, 16})
    if (mask == ofBits(bits).mask)
      return std::to_string(bits) + " bits";
  llvm::SmallVector<std::string> found;
  for (auto [i, name] : llvm::enumerate(names))
    if (contains(StorageKind(i)))
      found.emplace_back(name);
  if (found.size() < 2)
    return llvm::join(found, "");
  std::string last = found.pop_back_val();
  return llvm::join(found, ", ") + " or " + last;
}

const TypeSet &TypeRule::getOperand(unsigned number) const {
  static const TypeSet any;
  if (operands.empty())
    return any;
  return operands[std::min<size_t>(number, operands.size() - 1)];
}

} // namespace qc
