// Resampling by ONNX's coordinate rules, which oneDNN shares only in part.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Movement.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <cmath>

namespace qc {

namespace {

/// One dimension to interpolate along: the tensor as [outer, size, inner], and
/// the two neighbours of each result with the weight of the second.
struct Interpolation {
  int64_t outer, inner, inSize;
  SmallVector<int64_t> first, second;
  SmallVector<float> weight;

  int64_t outSize() const { return int64_t(first.size()); }
  int64_t outElements() const { return outer * outSize() * inner; }
};

} // namespace

/// Where element `index` of a result dimension is read (see the op).
static double getPosition(top::ResizeOp op, size_t dim, int64_t index,
                          int64_t in, int64_t out) {
  StringRef transformation = op.getCoordinateTransformation();
  double scale = op.getScales()[dim];
  if (transformation == "asymmetric")
    return double(index) / scale;
  if (transformation == "align_corners")
    return out == 1 ? 0.0
                    : double(index) * double(in - 1) /
                          (op.getResizedLength(dim) - 1.0);
  if (transformation == "pytorch_half_pixel" && out == 1)
    return 0.0;
  return (double(index) + 0.5) / scale - 0.5;
}

static int64_t roundPosition(double position, StringRef mode) {
  if (mode == "floor")
    return int64_t(std::floor(position));
  if (mode == "ceil")
    return int64_t(std::ceil(position));
  if (mode == "round_prefer_floor")
    return int64_t(std::ceil(position - 0.5));
  return int64_t(std::floor(position + 0.5));
}

static KernelResult makeNearest(top::ResizeOp op, KernelRequest &request) {
  ArrayRef<int64_t> in = request.inputShape(0), out = request.outputShape();
  SmallVector<SmallVector<int64_t>> indices;
  for (size_t d = 0; d < in.size(); ++d) {
    auto &picked = indices.emplace_back();
    for (int64_t j = 0; j < out[d]; ++j) {
      double position = getPosition(op, d, j, in[d], out[d]);
      // A dimension that keeps its size is not resampled.
      int64_t index = in[d] == out[d] && op.getScales()[d] == 1.0
                          ? j
                          : roundPosition(position, op.getNearestMode());
      picked.push_back(std::clamp<int64_t>(index, 0, in[d] - 1));
    }
  }
  return makeIndexKernel(request, indices);
}

static Interpolation planInterpolation(top::ResizeOp op, size_t dim, int64_t in,
                                       int64_t out) {
  Interpolation plan;
  plan.inSize = in;
  for (int64_t j = 0; j < out; ++j) {
    double position = getPosition(op, dim, j, in, out);
    position = std::clamp(position, 0.0, double(in - 1));
    auto first = int64_t(position);
    plan.first.push_back(first);
    plan.second.push_back(std::min(first + 1, in - 1));
    plan.weight.push_back(float(position - double(first)));
  }
  return plan;
}

static void interpolate(const Interpolation &plan, const float *in,
                        float *out) {
  int64_t inner = plan.inner, size = plan.outSize();
  parallelRanges(plan.outer * size, inner, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      int64_t j = i % size;
      const float *base = in + i / size * plan.inSize * inner;
      const float *a = base + plan.first[j] * inner;
      const float *b = base + plan.second[j] * inner;
      float weight = plan.weight[j], rest = 1.0f - weight;
      for (int64_t c = 0; c < inner; ++c)
        out[i * inner + c] = a[c] * rest + b[c] * weight;
    }
  });
}

/// One pass a resampled dimension, in the order in which the image arrives.
static KernelResult makeLinear(top::ResizeOp op, KernelRequest &request) {
  ArrayRef<int64_t> in = request.inputShape(0), out = request.outputShape();
  bool resizesChannels = in.size() < 3 || in[1] != out[1] ||
                         op.getScales()[1] != 1.0 || in[0] != out[0];
  TensorLayout layout =
      resizesChannels ? TensorLayout::rowMajor() : request.arrivingLayout(0);
  SmallVector<int64_t> shape = getPhysicalShape(in, layout);
  std::vector<Interpolation> passes;
  for (size_t d = 0; d < in.size(); ++d) {
    if (in[d] == out[d] && op.getScales()[d] == 1.0)
      continue;
    Interpolation plan = planInterpolation(op, d, in[d], out[d]);
    size_t at = getPhysicalDim(d, layout);
    plan.outer = plan.inner = 1;
    for (size_t i = 0; i < shape.size(); ++i)
      (i < at ? plan.outer : plan.inner) *= i == at ? 1 : shape[i];
    shape[at] = out[d];
    passes.push_back(std::move(plan));
  }
  if (passes.empty())
    return makeViewKernel();

  // Passes alternate between two halves of the scratch memory.
  int64_t half = 0;
  for (const Interpolation &pass : ArrayRef(passes).drop_back())
    half = std::max(half, pass.outElements());
  size_t halves = std::min<size_t>(passes.size() - 1, 2);
  auto kernel = makeKernelInLayout(
      request, layout,
      [passes = std::move(passes), half](const KernelBuffers &buffers) {
        auto *scratch = static_cast<float *>(buffers.scratch);
        const float *source = buffers.in<float>(0);
        for (size_t i = 0; i < passes.size(); ++i) {
          float *target = i + 1 == passes.size() ? buffers.out<float>()
                                                 : scratch + i % 2 * half;
          interpolate(passes[i], source, target);
          source = target;
        }
        return ok();
      });
  kernel->scratchBytes = halves * half * sizeof(float);
  return kernel;
}

static KernelResult makeResize(top::ResizeOp op, KernelRequest &request) {
  return op.getMode() == "nearest" ? makeNearest(op, request)
                                   : makeLinear(op, request);
}

void registerResizeKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::ResizeOp, makeResize>(context);
  });
}

} // namespace qc
