// Arrays of Python as tensors and back, without copies.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PYTHON_ARRAYS_H
#define QC_PYTHON_ARRAYS_H

#include "qc/Support/Tensor.h"

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

namespace qc::python {

using Array =
    nanobind::ndarray<nanobind::ro, nanobind::c_contig, nanobind::device::cpu>;

/// A tensor that borrows the array's memory and keeps it alive. Throws
/// nanobind::type_error for element types that tensors do not have.
Tensor toTensor(const Array &array);

/// A numpy array that shares the tensor's memory.
nanobind::object toArray(const Tensor &tensor);

} // namespace qc::python

#endif // QC_PYTHON_ARRAYS_H
