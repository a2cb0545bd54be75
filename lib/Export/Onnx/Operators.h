// ONNX operators whose form depends on the operator set; private to this
// library. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXPORT_ONNX_OPERATORS_H
#define QC_LIB_EXPORT_ONNX_OPERATORS_H

#include "Exporter.h"

namespace qc::onnxexport {

/// The node named Pad on `input`, whose elements are of type `dtype`. `pads`
/// has the begins of all dimensions, then the ends; `value` fills them in mode
/// "constant". Fails after an error where only a later operator set has it.
FailureOr<std::string> emitPad(Exporter &exporter, const std::string &input,
                               ArrayRef<int64_t> pads, StringRef mode,
                               DType dtype = DType::F32, double value = 0);

/// A reduction of kind `opType` (ReduceMean, ReduceSum, ReduceMax, ReduceMin)
/// along `axes`, which ascend.
std::string emitReduction(Exporter &exporter, StringRef opType,
                          const std::string &input, ArrayRef<int64_t> axes,
                          bool keepdims);

/// Softmax or LogSoftmax of tensor `input` of `shape` along `axis`.
std::string emitSoftmax(Exporter &exporter, StringRef opType,
                        const std::string &input, ArrayRef<int64_t> shape,
                        int64_t axis);

/// The parts of `input` along `axis`, of these `sizes`.
SmallVector<std::string> emitSplit(Exporter &exporter, const std::string &input,
                                   int64_t axis, ArrayRef<int64_t> sizes);

/// What a layer normalization takes beside its input.
struct LayerNormalization {
  /// Tensors of the dimensions from `axis` on; empty where there is none.
  std::string scale, bias;
  int64_t axis;
  float epsilon;
};

/// A layer normalization of tensor `input` of `shape`: LayerNormalization, or
/// its parts where the operator set does not have that.
std::string emitLayerNormalization(Exporter &exporter, const std::string &input,
                                   ArrayRef<int64_t> shape,
                                   const LayerNormalization &norm);

} // namespace qc::onnxexport

#endif // QC_LIB_EXPORT_ONNX_OPERATORS_H
