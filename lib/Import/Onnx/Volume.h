// Windows over three dimensions, by ops over two.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_VOLUME_H
#define QC_LIB_IMPORT_ONNX_VOLUME_H

#include "NodeContext.h"

namespace qc::onnximport {

/// Whether input 0 has batch, channels and three spatial dimensions.
inline bool isVolume(NodeContext &node) { return node.rank(0) == 5; }

/// A Conv over volumes: the slices that a result reads become channels of
/// images, so that it stays one convolution.
LogicalResult importVolumeConv(NodeContext &node);

/// A pool over volumes: over height and width, then over depth. `average`: with
/// the attribute count_include_pad, else the largest.
LogicalResult importVolumePool(NodeContext &node, bool average);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_VOLUME_H
