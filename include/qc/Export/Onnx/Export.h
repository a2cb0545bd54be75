// From tpu IR to ONNX models in QDQ form.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXPORT_ONNX_EXPORT_H
#define QC_EXPORT_ONNX_EXPORT_H

#include "qc/Support/MLIR.h"

#include <string>

namespace qc {

/// Writes the entry function of `module`, whose ops are of tpu, as an ONNX
/// model that computes the same in floats between QuantizeLinear and
/// DequantizeLinear.
///
/// - Every activation passes through one such pair with the scale and zero
///   point of its type. For a source tensor `t` the pair's float output is
///   called `t`, its integer output `t_quantized`, and what the op computed
///   before rounding `t_<OpType>_output`. A tensor that is in the model twice
///   (before and after a rescale) gives its name to the last one.
/// - Weights are integers behind DequantizeLinear, biases i32 behind
///   DequantizeLinear with s_x * s_w. A fused clamp is a Relu or Clip before
///   the pair, or nothing where saturation does its work.
/// - Images are NCHW. Transposes of the IR only change how a tensor is read,
///   so that those around channels-last ops leave no trace; where an op needs
///   another order than its operand has, a Transpose is inserted.
/// - Operator set 13, or the oldest one that can express the ops: 17 for layer
///   normalisation, 19 for dilated average pools, 21 for 16-bit activations.
/// - Producer, target and preprocessing are in `metadata_props`, and the session
///   option that onnxruntime needs on processors without VNNI; the model's
///   `doc_string` says why.
/// - Every tensor has its type and shape in `value_info`.
///
/// The model has passed onnx's checker, shape inference included. Fails with one error that lists all
/// ops that have no ONNX form, or with errors at what cannot be written.
LogicalResult exportQdq(ModuleOp module, std::string &bytes);

/// Writes that model to `path`, whole or not at all.
LogicalResult exportQdqFile(ModuleOp module, const std::string &path);

/// Registers --export-onnx of qc-translate.
void registerExportOnnxTranslation();

} // namespace qc

#endif // QC_EXPORT_ONNX_EXPORT_H
