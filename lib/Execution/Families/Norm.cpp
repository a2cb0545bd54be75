// Batch norm, per-channel scale and layer norm.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Elementwise.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>

namespace qc {

namespace {

/// A tensor of channels in any order, as pieces of `inner` elements that lie
/// together: all of one channel, or one of each channel of a group.
struct ChannelView {
  int64_t batch, channels, positions, block;
  bool interleaved;
};

} // namespace

static ChannelView getChannelView(ArrayRef<int64_t> shape,
                                  TensorLayout layout) {
  int64_t positions = 1;
  for (int64_t dim : shape.drop_front(2))
    positions *= dim;
  switch (layout.kind) {
  case TensorLayout::RowMajor:
    return {shape[0], shape[1], positions, 1, false};
  case TensorLayout::ChannelsLast:
    return {shape[0], shape[1], positions, shape[1], true};
  case TensorLayout::ChannelBlocked:
    break;
  }
  return {shape[0], shape[1], positions, layout.block, true};
}

/// One channel's elements. The bounds are applied without a branch, so that
/// the loops vectorise.
static void applyToChannel(const float *__restrict in, float *__restrict out,
                           float factor, float offset, Clamp clamp,
                           int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    out[i] = std::min(std::max(in[i] * factor + offset, clamp.min), clamp.max);
}

/// One element of each of `count` channels.
static void applyToChannels(const float *__restrict in, float *__restrict out,
                            const float *__restrict factor,
                            const float *__restrict offset, Clamp clamp,
                            int64_t count) {
  for (int64_t c = 0; c < count; ++c)
    out[c] =
        std::min(std::max(in[c] * factor[c] + offset[c], clamp.min), clamp.max);
}

/// out = in * factor[c] + offset[c], clamped; filling becomes zero.
static void applyAffine(const ChannelView &view, const float *in, float *out,
                        const float *factor, const float *offset, Clamp clamp) {
  if (!view.interleaved) {
    parallelRanges(view.batch * view.channels, view.positions,
                   [&](int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i)
                       applyToChannel(
                           in + i * view.positions, out + i * view.positions,
                           factor[i % view.channels], offset[i % view.channels],
                           clamp, view.positions);
                   });
    return;
  }
  int64_t groups = (view.channels + view.block - 1) / view.block;
  int64_t rows = view.batch * groups * view.positions;
  parallelRanges(rows, view.block, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      int64_t first = row / view.positions % groups * view.block;
      int64_t filled = std::min(view.block, view.channels - first);
      float *target = out + row * view.block;
      applyToChannels(in + row * view.block, target, factor + first,
                      offset + first, clamp, filled);
      std::fill(target + filled, target + view.block, 0.0f);
    }
  });
}

static KernelResult makeScale(top::ScaleOp op, KernelRequest &request) {
  TensorLayout layout = request.arrivingLayout(0);
  ChannelView view = getChannelView(request.inputShape(0), layout);
  return makeKernelInLayout(
      request, layout,
      [view, clamp = getActivation(op)](const KernelBuffers &buffers) {
        applyAffine(view, buffers.in<float>(0), buffers.out<float>(),
                    buffers.in<float>(1), buffers.in<float>(2), clamp);
        return ok();
      });
}

/// Statistics become one factor and one offset a channel, in double precision
/// since they may be far from one.
static KernelResult makeBatchNorm(top::BatchNormOp op, KernelRequest &request) {
  TensorLayout layout = request.arrivingLayout(0);
  ChannelView view = getChannelView(request.inputShape(0), layout);
  double epsilon = op.getEpsilon().convertToFloat();
  auto kernel = makeKernelInLayout(
      request, layout,
      [view, epsilon, clamp = getActivation(op)](const KernelBuffers &buffers) {
        auto *factor = static_cast<float *>(buffers.scratch);
        float *offset = factor + view.channels;
        for (int64_t c = 0; c < view.channels; ++c) {
          double scale = buffers.in<float>(1)[c] /
                         std::sqrt(buffers.in<float>(4)[c] + epsilon);
          factor[c] = float(scale);
          offset[c] =
              float(buffers.in<float>(2)[c] - buffers.in<float>(3)[c] * scale);
        }
        applyAffine(view, buffers.in<float>(0), buffers.out<float>(), factor,
                    offset, clamp);
        return ok();
      });
  kernel->scratchBytes = 2 * view.channels * sizeof(float);
  return kernel;
}

static KernelResult makeLayerNorm(top::LayerNormOp op, KernelRequest &request) {
  int64_t outer = 1, inner = 1;
  for (auto [i, dim] : llvm::enumerate(request.inputShape(0)))
    (i < size_t(op.getAxis()) ? outer : inner) *= dim;
  auto flags = dnnl::normalization_flags::none;
  if (op.getScale())
    flags |= dnnl::normalization_flags::use_scale;
  if (op.getBias())
    flags |= dnnl::normalization_flags::use_shift;

  dnnl::memory::desc memory = getDesc({outer, inner});
  dnnl::layer_normalization_forward::desc operation(
      dnnl::prop_kind::forward_inference, memory,
      op.getEpsilon().convertToFloat(), flags);
  dnnl::layer_normalization_forward::primitive_desc desc(
      operation, getAttributes(), getEngine());
  auto kernel = std::make_unique<DnnlKernel>(
      dnnl::layer_normalization_forward(desc), desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_SRC, 0, memory);
  kernel->addOutput(DNNL_ARG_DST, 0, memory);
  unsigned next = 1;
  if (op.getScale())
    kernel->addInput(DNNL_ARG_SCALE, next++, getDesc({inner}));
  if (op.getBias())
    kernel->addInput(DNNL_ARG_SHIFT, next++, getDesc({inner}));
  kernel->inPlaceOperands = {0};
  return KernelResult(std::move(kernel));
}

void registerNormKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::BatchNormOp, makeBatchNorm>(context);
    attachKernel<top::ScaleOp, makeScale>(context);
    attachKernel<top::LayerNormOp, makeLayerNorm>(context);
  });
}

} // namespace qc
