// Where a resized image takes its pixels from, as ONNX Resize defines it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_COORDINATES_H
#define QCRT_SRC_KERNELS_COORDINATES_H

#include "Kernel.h"

#include <cstdint>
#include <vector>

namespace qcrt {

/// Reads coordinate_transformation and scales (result over input, for `count`
/// dimensions from `first` on; the others do not change) and gives, for each
/// index of these dimensions of the result, the coordinate in the input; not
/// clamped. False with an error in the context.
bool readCoordinates(PrepareContext &context, int first, int count,
                     std::vector<double> *coordinates);

enum class NearestMode { Floor, Ceil, RoundPreferFloor, RoundPreferCeil };

/// Reads nearest_mode. Check failed() afterwards.
NearestMode readNearestMode(Attributes &attributes);

/// The element of a dimension of so many that a coordinate stands for.
int64_t nearestElement(NearestMode mode, double coordinate, int64_t size);

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_COORDINATES_H
