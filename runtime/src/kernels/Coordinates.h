// Where a resized image takes its pixels from, as ONNX Resize defines it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_COORDINATES_H
#define QCRT_SRC_KERNELS_COORDINATES_H

#include "Kernel.h"

#include <cstdint>
#include <vector>

namespace qcrt {

/// Reads coordinate_transformation and scales ([height, width], result over
/// input) and gives, for rows and columns of an NHWC result, the coordinate in
/// the input; not clamped. False with an error in the context.
bool readCoordinates(PrepareContext &context, std::vector<double> &rows,
                     std::vector<double> &columns);

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_COORDINATES_H
