// Constants with their elements in another order.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "PermuteConstant.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Interfaces/LayoutOpInterface.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace qc {

static bool isSplat(ElementsAttr value) {
  auto dense = dyn_cast<DenseElementsAttr>(value);
  return dense && dense.isSplat();
}

/// The bytes of a constant that is no splat, or nothing when its storage is not
/// at hand.
static std::optional<ArrayRef<char>> getBytes(ElementsAttr value) {
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    return dense.getRawData();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value))
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      return blob->getData();
  return std::nullopt;
}

/// Elements of `width` bytes in the order of dimensions `perm` of `shape`.
static std::vector<char> permuteBytes(ArrayRef<char> bytes, size_t width,
                                      ArrayRef<int64_t> shape,
                                      ArrayRef<int64_t> perm) {
  int64_t rank = shape.size();
  SmallVector<int64_t> strides(rank, 1), index(rank, 0);
  for (int64_t i = rank - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  std::vector<char> out;
  out.reserve(bytes.size());
  while (out.size() < bytes.size()) {
    int64_t offset = 0;
    for (int64_t i = 0; i < rank; ++i)
      offset += index[i] * strides[perm[i]];
    const char *element = bytes.data() + offset * width;
    out.insert(out.end(), element, element + width);
    for (int64_t i = rank - 1; i >= 0; --i) {
      if (++index[i] < shape[perm[i]])
        break;
      index[i] = 0;
    }
  }
  return out;
}

/// `value`, which is no splat, seen in `shape` and permuted, as a constant of
/// `type`; a resource stays one.
static ElementsAttr permute(ElementsAttr value, ArrayRef<int64_t> shape,
                            ArrayRef<int64_t> perm, RankedTensorType type) {
  auto bytes = getBytes(value);
  if (!bytes)
    return {};
  auto resource = dyn_cast<DenseResourceElementsAttr>(value);
  size_t width = std::max(type.getElementTypeBitWidth() / 8, 1u);
  bool isPacked = resource && type.getElementTypeBitWidth() == 4;
  std::vector<char> out;
  if (isPacked) {
    auto halves = unpackHalves(*bytes, type.getNumElements(), true);
    if (!halves)
      return {};
    out = permuteBytes(
        {reinterpret_cast<const char *>(halves->data()), halves->size()}, width,
        shape, perm);
    SmallVector<int8_t, 0> permuted(out.begin(), out.end());
    out = packHalves(permuted);
  } else {
    out = permuteBytes(*bytes, width, shape, perm);
  }
  if (!resource)
    return DenseElementsAttr::getFromRawBuffer(type, out);
  return DenseResourceElementsAttr::get(
      type, resource.getRawHandle().getKey(),
      HeapAsmResourceBlob::allocateAndCopyWithAlign(out, kBlobAlignment,
                                                    /*dataIsMutable=*/false));
}

ElementsAttr permuteConstant(ElementsAttr value, ArrayRef<int64_t> perm) {
  auto type = cast<RankedTensorType>(value.getType());
  auto permuted = RankedTensorType::get(applyPermutation(type.getShape(), perm),
                                        type.getElementType());
  if (isSplat(value))
    return cast<DenseElementsAttr>(value).resizeSplat(permuted);
  return permute(value, type.getShape(), perm, permuted);
}

ElementsAttr permuteConstantAs(ElementsAttr value, ArrayRef<int64_t> shape,
                               ArrayRef<int64_t> perm) {
  if (isSplat(value))
    return value;
  return permute(value, shape, perm, cast<RankedTensorType>(value.getType()));
}

} // namespace qc
