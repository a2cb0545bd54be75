// numpy's .npy and .npz files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_NPY_H
#define QC_SUPPORT_NPY_H

#include "qc/Support/AtomicFile.h"
#include "qc/Support/Tensor.h"

#include <string>
#include <string_view>
#include <vector>

namespace qc {

struct NamedTensor {
  std::string name;
  Tensor value;
};

/// Reads a .npy file, format versions 1 to 3, both byte orders, C and Fortran
/// order. The tensor borrows the mapped file where the layout allows it, so
/// that a large stack costs no memory until it is touched. Errors name the file
/// and what is wrong: bad magic, truncated, an element type without a DType.
Result<Tensor> readNpy(const std::string &path);

/// The same for bytes in memory; `what` names them in errors. The tensor
/// borrows from `owner` if it can.
Result<Tensor> parseNpy(std::string_view bytes,
                        std::shared_ptr<const void> owner,
                        const std::string &what);

/// Whether the elements of .npy bytes have a DType; false for strings, objects,
/// structures and complex numbers.
Result<bool> npyHoldsNumbers(std::string_view bytes, const std::string &what);

/// Reads the arrays of a .npz file (zip members stored or deflated, zip64
/// included), in the order of the file, names without ".npy". Arrays whose
/// elements have no DType (file names often travel along as strings) are passed
/// over; `passedOver` collects their names.
Result<std::vector<NamedTensor>>
readNpz(const std::string &path,
        std::vector<std::string> *passedOver = nullptr);

/// What a .npy file holds, format version 1 where the header fits.
std::string encodeNpyHeader(const Tensor &tensor);

/// Writes atomically. Equal tensors give equal bytes.
Status writeNpy(const std::string &path, const Tensor &tensor,
                Durability durability = Durability::Disk);
/// Members stored uncompressed, in the given order; a repeated name is an
/// error.
Status writeNpz(const std::string &path,
                const std::vector<NamedTensor> &arrays);

} // namespace qc

#endif // QC_SUPPORT_NPY_H
