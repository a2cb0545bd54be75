// Mean, sum, maximum and minimum along dimensions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"
#include "Movement.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <limits>

namespace qc {

namespace {

/// Which input elements a result is made of: result element (k, c) with
/// c < `inner` reads input[kept[k] + reduced[i] + c] for all i.
struct ReductionPlan {
  SmallVector<int64_t> kept, reduced;
  int64_t inner = 1;
};

// Sums are kept in double: images have a hundred thousand elements.
struct SumOf {
  using Value = double;
  static double start() { return 0; }
  static double combine(double a, double b) { return a + b; }
};

struct MaxOf {
  using Value = float;
  static float start() { return -std::numeric_limits<float>::infinity(); }
  static float combine(float a, float b) { return b > a ? b : a; }
};

struct MinOf {
  using Value = float;
  static float start() { return std::numeric_limits<float>::infinity(); }
  static float combine(float a, float b) { return b < a ? b : a; }
};

} // namespace

/// Adds every index of a dimension to every offset.
static void appendDimension(SmallVector<int64_t> &offsets, int64_t size,
                            int64_t stride) {
  SmallVector<int64_t> extended;
  for (int64_t offset : offsets)
    for (int64_t i = 0; i < size; ++i)
      extended.push_back(offset + i * stride);
  offsets = std::move(extended);
}

static ReductionPlan planReduction(ArrayRef<int64_t> shape,
                                   ArrayRef<int64_t> axes) {
  ReductionPlan plan;
  plan.kept = plan.reduced = {0};
  SmallVector<int64_t> strides = getStrides(shape);
  size_t rank = shape.size();
  for (; rank > 0 && !llvm::is_contained(axes, int64_t(rank) - 1); --rank)
    plan.inner *= shape[rank - 1];
  for (size_t i = 0; i < rank; ++i)
    appendDimension(llvm::is_contained(axes, int64_t(i)) ? plan.reduced
                                                         : plan.kept,
                    shape[i], strides[i]);
  return plan;
}

/// True when `axes` are all dimensions behind the channel.
static bool areSpatial(ArrayRef<int64_t> axes, size_t rank) {
  if (rank < 3 || axes.size() != rank - 2)
    return false;
  return llvm::all_of(llvm::enumerate(axes), [](auto axis) {
    return axis.value() == int64_t(axis.index()) + 2;
  });
}

/// Elements that lie together, kept apart in lanes so that the loop
/// vectorises.
template <typename Reduction>
static float reduceRun(const float *in, int64_t count, double factor) {
  constexpr int64_t width = 16;
  typename Reduction::Value values[width];
  std::fill(values, values + width, Reduction::start());
  int64_t i = 0;
  for (; i + width <= count; i += width)
    for (int64_t lane = 0; lane < width; ++lane)
      values[lane] = Reduction::combine(values[lane], in[i + lane]);
  for (; i < count; ++i)
    values[0] = Reduction::combine(values[0], in[i]);
  for (int64_t lane = 1; lane < width; ++lane)
    values[0] = Reduction::combine(values[0], values[lane]);
  return float(values[0] * factor);
}

/// Reduces `inner` neighbours at once over the plan's offsets.
template <typename Reduction>
static void reduceRow(const ReductionPlan &plan, const float *in, float *out,
                      double factor) {
  auto count = int64_t(plan.reduced.size());
  if (plan.inner == 1 && plan.reduced.back() == count - 1) {
    out[0] = reduceRun<Reduction>(in, count, factor);
    return;
  }
  // Blocks of columns keep the running values in registers or first cache.
  constexpr int64_t width = 16;
  for (int64_t first = 0; first < plan.inner; first += width) {
    int64_t columns = std::min(width, plan.inner - first);
    typename Reduction::Value values[width];
    std::fill(values, values + width, Reduction::start());
    for (int64_t offset : plan.reduced)
      for (int64_t c = 0; c < columns; ++c)
        values[c] = Reduction::combine(values[c], in[offset + first + c]);
    for (int64_t c = 0; c < columns; ++c)
      out[first + c] = float(values[c] * factor);
  }
}

/// Over all positions of an image, in the order in which it arrives; the
/// result has one element a channel and is row-major.
template <typename Reduction>
static std::unique_ptr<OpKernel> makeGlobal(const KernelRequest &request,
                                            double factor) {
  ArrayRef<int64_t> shape = request.inputShape(0);
  TensorLayout layout = request.arrivingLayout(0);
  SpatialView view = getSpatialView(shape, layout);
  int64_t positions = 1, channels = shape[1];
  for (int64_t dim : shape.drop_front(2))
    positions *= dim;
  ReductionPlan plan;
  plan.inner = view.inner;
  plan.kept = {0};
  plan.reduced = {0};
  appendDimension(plan.reduced, positions, view.inner);
  auto kernel = makeRowMajorKernel([=](const KernelBuffers &buffers) {
    int64_t plane = positions * view.inner;
    int64_t groups = view.outer / shape.front();
    auto *rows = static_cast<float *>(buffers.scratch);
    parallelRanges(view.outer, plane, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i)
        reduceRow<Reduction>(plan, buffers.in<float>(0) + i * plane,
                             rows + i * view.inner, factor);
    });
    for (int64_t n = 0; n < shape.front(); ++n)
      std::copy_n(rows + n * groups * view.inner, channels,
                  buffers.out<float>() + n * channels);
    return ok();
  });
  kernel->scratchBytes = view.outer * view.inner * sizeof(float);
  request.setDefaultLayouts(*kernel);
  kernel->inputLayouts[0] = layout;
  return kernel;
}

/// `factor` times the reduction of each result's elements.
template <typename Reduction>
static std::unique_ptr<OpKernel> makeReduction(const KernelRequest &request,
                                               ArrayRef<int64_t> axes,
                                               double factor) {
  ArrayRef<int64_t> shape = request.inputShape(0);
  if (areSpatial(axes, shape.size()))
    return makeGlobal<Reduction>(request, factor);
  return makeRowMajorKernel([plan = planReduction(shape, axes),
                             factor](const KernelBuffers &buffers) {
    parallelRanges(plan.kept.size(), plan.reduced.size() * plan.inner,
                   [&](int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i)
                       reduceRow<Reduction>(
                           plan, buffers.in<float>(0) + plan.kept[i],
                           buffers.out<float>() + i * plan.inner, factor);
                   });
    return ok();
  });
}

static KernelResult makeMean(top::ReduceMeanOp op, KernelRequest &request) {
  double count = 1;
  for (int64_t axis : op.getAxes())
    count *= double(request.inputShape(0)[axis]);
  return makeReduction<SumOf>(request, op.getAxes(), 1 / count);
}

template <typename Reduction, typename OpTy>
static KernelResult makePlain(OpTy op, KernelRequest &request) {
  return makeReduction<Reduction>(request, op.getAxes(), 1);
}

void registerReduceKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::ReduceMeanOp, makeMean>(context);
    attachKernel<top::ReduceSumOp, makePlain<SumOf, top::ReduceSumOp>>(context);
    attachKernel<top::ReduceMaxOp, makePlain<MaxOf, top::ReduceMaxOp>>(context);
    attachKernel<top::ReduceMinOp, makePlain<MinOf, top::ReduceMinOp>>(context);
  });
}

} // namespace qc
