// From any stage of a network to an ONNX model: float, or integers in QDQ form.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXPORT_ONNX_EXPORT_H
#define QC_EXPORT_ONNX_EXPORT_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Result.h"

#include <string>

namespace qc {

/// The operator sets that can be written.
inline constexpr int64_t kOldestOnnxOpset = 10, kNewestOnnxOpset = 25;
/// An error unless `opset` is one of them.
Status checkOnnxOpset(int64_t opset);

struct OnnxExportOptions {
  /// The operator set to write; 0: 13, or the first that has all ops in one
  /// piece (17 for layer normalisation, 19 for dilated average pools) and can
  /// round as they do (21 for 16-bit activations).
  int64_t opset = 0;
};

/// Writes the entry function of `module` as an ONNX model. What that is follows
/// from its ops:
///
/// - Ops of top, without storage types (the stages import, prepare, calibrate,
///   correct): a float model. A source tensor `t` is called `t`, also where it
///   is a constant; what an op computes before its fused activation is called
///   `t_<OpType>_output`, and so is what stands between the parts of an op that
///   the operator set does not have in one piece.
/// - Ops of tpu (the stages from quantize on): a model that computes the same
///   in floats between QuantizeLinear and DequantizeLinear (QDQ). Layers that
///   stay in float are float nodes between them.
/// - Ops of top with storage types (the stage assign) are refused, with an
///   error that says which stage to give.
///
/// In both forms a node is called like the source node that made its tensor, or
/// that has been fused into it where an activation follows; producer, target
/// and preprocessing are in `metadata_props`; and every tensor has its type and
/// shape in `value_info`. The IR version is the oldest that goes with the
/// operator set. Ops that the operator set does not have are written as what
/// they consist of where that is simple; else they are errors at the op that
/// say which operator set has it. Half precision is written as f32, as it is
/// computed.
///
/// Of the QDQ form:
///
/// - Every activation passes through one pair with the scale and zero point of
///   its type. For a source tensor `t` the pair's float output is called `t`,
///   its integer output `t_quantized`, and what the op computed before rounding
///   `t_<OpType>_output`. A tensor that is in the model twice (before and after
///   a rescale) gives its name to the last one; one that a layer makes in float
///   keeps it, and the pair's float output is called `t_dequantized`.
/// - Weights are integers behind DequantizeLinear, biases i32 behind
///   DequantizeLinear with s_x * s_w. A fused clamp is a Relu or Clip before
///   the pair, or nothing where saturation does its work.
/// - Images are NCHW. Transposes of the IR only change how a tensor is read,
///   so that those around channels-last ops leave no trace; where an op needs
///   another order than its operand has, a Transpose is inserted.
/// - The session options that onnxruntime needs on processors without VNNI and
///   for layers in float are in `metadata_props`; the model's `doc_string` says
///   why.
///
/// The model has passed onnx's checker, shape inference included. Fails with
/// one error that lists all ops that have no ONNX form, or with errors at what
/// cannot be written.
LogicalResult exportOnnx(ModuleOp module, std::string &bytes,
                         const OnnxExportOptions &options = {});

/// Registers --export-onnx of qc-translate, and --opset for it.
void registerExportOnnxTranslation();

} // namespace qc

#endif // QC_EXPORT_ONNX_EXPORT_H
