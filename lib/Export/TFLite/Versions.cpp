// Which version of an operator says what it does with the tensors it has.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The format's list of operators counts up a number where an operator has
// learned something: types first, then ranks and options.
#include "ModelWriter.h"

namespace qc::tfliteexport {

namespace {
/// The versions that took 8-bit and 16-bit integers.
struct Versions {
  int32_t bytes = 1, words = 1;
};
} // namespace

static Versions getTypeVersions(BuiltinOperator code) {
  switch (code) {
  case BuiltinOperator::CONV_2D:
    return {3, 4};
  case BuiltinOperator::DEPTHWISE_CONV_2D:
    return {3, 5};
  case BuiltinOperator::FULLY_CONNECTED:
    return {4, 7};
  case BuiltinOperator::TRANSPOSE_CONV:
    return {3, 3};
  case BuiltinOperator::ADD:
    return {2, 3};
  case BuiltinOperator::SUB:
    return {2, 5};
  case BuiltinOperator::MUL:
  case BuiltinOperator::SLICE:
  case BuiltinOperator::STRIDED_SLICE:
  case BuiltinOperator::MAXIMUM:
  case BuiltinOperator::MINIMUM:
  case BuiltinOperator::GATHER:
    return {2, 4};
  case BuiltinOperator::TRANSPOSE:
    return {2, 5};
  case BuiltinOperator::AVERAGE_POOL_2D:
  case BuiltinOperator::MAX_POOL_2D:
  case BuiltinOperator::CONCATENATION:
  case BuiltinOperator::SOFTMAX:
  case BuiltinOperator::LOGISTIC:
  case BuiltinOperator::TANH:
  case BuiltinOperator::PAD:
  case BuiltinOperator::PADV2:
  case BuiltinOperator::MEAN:
  case BuiltinOperator::SUM:
  case BuiltinOperator::REDUCE_MAX:
  case BuiltinOperator::REDUCE_MIN:
  case BuiltinOperator::DEQUANTIZE:
  case BuiltinOperator::MIRROR_PAD:
  case BuiltinOperator::BATCH_MATMUL:
  case BuiltinOperator::BROADCAST_TO:
    return {2, 3};
  case BuiltinOperator::RESIZE_BILINEAR:
  case BuiltinOperator::RESIZE_NEAREST_NEIGHBOR:
    return {2, 4};
  case BuiltinOperator::QUANTIZE:
    return {2, 3};
  case BuiltinOperator::LEAKY_RELU:
  case BuiltinOperator::RELU:
  case BuiltinOperator::RELU6:
  case BuiltinOperator::LOG_SOFTMAX:
  case BuiltinOperator::ABS:
  case BuiltinOperator::EXP:
  case BuiltinOperator::LOG:
  case BuiltinOperator::GELU:
    return {2, 2};
  default:
    return {};
  }
}

/// What an operator has learned beside types; 1: nothing that is used.
static int32_t getOwnVersion(BuiltinOperator code,
                             ArrayRef<const Form *> inputs, const Form &output,
                             const Options &options) {
  auto isHalf = [&] { return inputs[0]->type == TensorType::FLOAT16; };
  auto rank = [&] { return inputs[0]->shape.size(); };
  switch (code) {
  case BuiltinOperator::CONV_2D:
    // Groups.
    return inputs[0]->shape.back() != inputs[1]->shape.back() ? 6 : 1;
  case BuiltinOperator::DEPTHWISE_CONV_2D: {
    const auto *table = options.AsDepthwiseConv2DOptions();
    return table->dilation_h_factor != 1 || table->dilation_w_factor != 1 ? 2
                                                                          : 1;
  }
  case BuiltinOperator::TRANSPOSE_CONV:
    // A bias.
    return inputs.size() > 3 ? 3 : 1;
  case BuiltinOperator::FULLY_CONNECTED: {
    if (inputs[1]->parameters.scales.size() > 1)
      return 12;
    return options.AsFullyConnectedOptions()->keep_num_dims ? 5 : 1;
  }
  case BuiltinOperator::RESIZE_BILINEAR:
    return options.AsResizeBilinearOptions()->half_pixel_centers ? 3 : 1;
  case BuiltinOperator::RESIZE_NEAREST_NEIGHBOR: {
    const auto *table = options.AsResizeNearestNeighborOptions();
    return table->half_pixel_centers || table->align_corners ? 3 : 1;
  }
  case BuiltinOperator::TRANSPOSE:
    return rank() > 4 ? 4 : 1;
  case BuiltinOperator::DEQUANTIZE:
    return isHalf() ? 3 : 1;
  case BuiltinOperator::BROADCAST_TO:
    return 2;
  default:
    return 1;
  }
}

int32_t getVersion(BuiltinOperator code, ArrayRef<const Form *> inputs,
                   const Form &output, const Options &options) {
  Versions types = getTypeVersions(code);
  int32_t version = getOwnVersion(code, inputs, output, options);
  auto take = [&](const Form &form) {
    if (form.type == TensorType::INT8)
      version = std::max(version, types.bytes);
    if (form.type == TensorType::INT16)
      version = std::max(version, types.words);
  };
  take(output);
  if (!inputs.empty() && inputs.front())
    take(*inputs.front());
  // The first version of QUANTIZE makes bytes of floats.
  if (code == BuiltinOperator::QUANTIZE &&
      inputs.front()->type == TensorType::FLOAT32 &&
      output.type == TensorType::INT8)
    return 1;
  return version;
}

} // namespace qc::tfliteexport
