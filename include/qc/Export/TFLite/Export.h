// From any stage of a network to a LiteRT model (.tflite): float, or integers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXPORT_TFLITE_EXPORT_H
#define QC_EXPORT_TFLITE_EXPORT_H

#include "qc/Support/MLIR.h"

#include <string>

namespace qc {

struct TFLiteExportOptions {
  /// Inputs and outputs of a quantized network are floats, which the model
  /// quantizes and dequantizes itself. Otherwise they are the integers.
  bool floatBoundary = false;
  /// Inputs and outputs have their dimensions in the order of the source.
  /// Otherwise images are channels last, which takes no transpose.
  bool sourceLayout = false;
  /// Float weights are stored in 16 bits, and read through DEQUANTIZE.
  bool halfWeights = false;
};

/// Writes the entry function of `module` as a LiteRT model, a FlatBuffer of
/// schema version 3. What that is follows from its ops:
///
/// - Ops of top, without storage types (the stages import, prepare, calibrate,
///   correct): a float model.
/// - Ops of tpu (the stages from quantize on): a model of the same integers, 8
///   or 16 bits, with weights of 8 bits. Layers that stay in float are float
///   operators between DEQUANTIZE and QUANTIZE, and so are ops that LiteRT has
///   no integers for.
/// - Ops of top with storage types (the stage assign) are refused, with an
///   error that says which stage to give. The stage behind has the same types,
///   and layouts, constants and clamps as operators take them.
///
/// A source tensor `t` is called `t`; what an op needs in between is called
/// `t_<OPERATOR>`. Images are NHWC. Transposes of the IR only change how a
/// tensor is read; where an op needs another order than its operand has, a
/// TRANSPOSE is inserted. The signature `serving_default` has the names of the
/// source for inputs and outputs; the description says who wrote the model and
/// for which target. Metadata `order.<name>` lists the source's dimensions of
/// an input or output as they lie in its tensor ("0,2,3,1") where they have
/// moved, `preprocess.<name>` what is to be done to an input.
///
/// Unsigned 8-bit activations become signed ones, 128 lower, which are the same
/// numbers. What no operator of LiteRT takes is an error that names the tensor,
/// the rule and the ways out: weights with a zero point, weights of 16 bits,
/// 16-bit activations with a zero point. Fails with one error that lists all
/// ops that have no form, or with errors at what cannot be written.
LogicalResult exportTFLite(ModuleOp module, std::string &bytes,
                           const TFLiteExportOptions &options = {});

/// Registers --export-tflite of qc-translate, and its options.
void registerExportTFLiteTranslation();

} // namespace qc

#endif // QC_EXPORT_TFLITE_EXPORT_H
