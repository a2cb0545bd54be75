// Pooling over windows, on oneDNN where its windows mean the same.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"
#include "OneDNN.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/Top.h"

#include <limits>

namespace qc {

namespace {

/// The windows along one spatial dimension.
struct Window {
  int64_t in = 1, out = 1, kernel = 1, stride = 1, dilation = 1;
  int64_t padBegin = 0, padEnd = 0;

  /// The end padding with which the last window lies inside.
  int64_t getReachedPadEnd() const {
    int64_t reach = (out - 1) * stride + dilation * (kernel - 1) + 1;
    return std::max(padEnd, reach - in - padBegin);
  }
  int64_t position(int64_t index, int64_t tap) const {
    return index * stride + tap * dilation - padBegin;
  }
  /// Taps of window `index` inside [low, high).
  int64_t countInside(int64_t index, int64_t low, int64_t high) const {
    int64_t count = 0;
    for (int64_t tap = 0; tap < kernel; ++tap) {
      int64_t at = position(index, tap);
      count += at >= low && at < high;
    }
    return count;
  }
};

struct MaxOf {
  static float start() { return -std::numeric_limits<float>::infinity(); }
  static float combine(float a, float b) { return b > a ? b : a; }
};

struct SumOf {
  static float start() { return 0; }
  static float combine(float a, float b) { return a + b; }
};

} // namespace

template <typename OpTy>
static SmallVector<Window> getWindows(OpTy op, const KernelRequest &request) {
  SmallVector<Window> windows;
  size_t spatial = op.getKernel().size();
  for (size_t i = 0; i < spatial; ++i)
    windows.push_back({request.inputShape(0)[i + 2],
                       request.outputShape()[i + 2], op.getKernel()[i],
                       op.getStrides()[i], op.getDilations()[i],
                       op.getPads()[i], op.getPads()[i + spatial]});
  return windows;
}

/// Null where oneDNN has only its reference loops.
static std::unique_ptr<OpKernel> makeOnDnnl(const KernelRequest &request,
                                            ArrayRef<Window> windows,
                                            dnnl::algorithm algorithm) {
  TensorLayout layout = request.arrivingLayout(0);
  dnnl::memory::desc input = getDesc(request.inputShape(0), layout);
  dnnl::memory::desc output = getDesc(request.outputShape(), layout);
  dnnl::memory::dims strides, kernelSize, dilations, begins, ends;
  for (const Window &window : windows) {
    strides.push_back(window.stride);
    kernelSize.push_back(window.kernel);
    // A single tap is dilated by nothing; oneDNN refuses it otherwise.
    dilations.push_back(window.kernel == 1 ? 0 : window.dilation - 1);
    begins.push_back(window.padBegin);
    ends.push_back(window.getReachedPadEnd());
  }
  dnnl::pooling_v2_forward::desc operation(dnnl::prop_kind::forward_inference,
                                           algorithm, input, output, strides,
                                           kernelSize, dilations, begins, ends);
  dnnl::pooling_v2_forward::primitive_desc desc(
      operation, getAttributes(), getEngine(), /*allow_empty=*/true);
  if (!desc || isReference(desc))
    return nullptr;
  auto kernel = std::make_unique<DnnlKernel>(dnnl::pooling_v2_forward(desc),
                                             desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_SRC, 0, input);
  kernel->addOutput(DNNL_ARG_DST, 0, output);
  kernel->inputLayouts = {layout};
  kernel->outputLayouts = {layout};
  return kernel;
}

/// One plane of `inner` elements a position; `divide(y, x)` is what a window's
/// value is divided by.
template <typename Reduction, typename Divisor>
static void poolPlane(const Window &high, const Window &wide, int64_t inner,
                      const float *in, float *out, Divisor divisor) {
  for (int64_t y = 0; y < high.out; ++y)
    for (int64_t x = 0; x < wide.out; ++x, out += inner) {
      std::fill(out, out + inner, Reduction::start());
      for (int64_t i = 0; i < high.kernel; ++i) {
        int64_t row = high.position(y, i);
        if (row < 0 || row >= high.in)
          continue;
        for (int64_t j = 0; j < wide.kernel; ++j) {
          int64_t column = wide.position(x, j);
          if (column < 0 || column >= wide.in)
            continue;
          const float *source = in + (row * wide.in + column) * inner;
          for (int64_t c = 0; c < inner; ++c)
            out[c] = Reduction::combine(out[c], source[c]);
        }
      }
      float divide = divisor(y, x);
      if (divide != 1.0f)
        for (int64_t c = 0; c < inner; ++c)
          out[c] /= divide;
    }
}

/// Our own loops, in any order of memory and with any divisor.
template <typename Reduction, typename Divisor>
static std::unique_ptr<OpKernel> makeOwn(const KernelRequest &request,
                                         ArrayRef<Window> windows,
                                         Divisor divisor) {
  Window high = windows.size() == 2 ? windows[0] : Window();
  Window wide = windows.back();
  TensorLayout layout = request.arrivingLayout(0);
  SpatialView view = getSpatialView(request.inputShape(0), layout);
  SmallVector<int64_t> shape(request.outputShape());
  return makeKernelInLayout(request, layout, [=](const KernelBuffers &buffers) {
    int64_t inPlane = high.in * wide.in * view.inner;
    int64_t outPlane = high.out * wide.out * view.inner;
    parallelRanges(view.outer, outPlane * high.kernel * wide.kernel,
                   [&](int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i)
                       poolPlane<Reduction>(high, wide, view.inner,
                                            buffers.in<float>(0) + i * inPlane,
                                            buffers.out<float>() + i * outPlane,
                                            [&](int64_t y, int64_t x) {
                                              return divisor(high, wide, y, x);
                                            });
                   });
    // The maximum of a window without elements is not zero.
    clearFilling(shape, layout, buffers.out<float>());
    return ok();
  });
}

static KernelResult makeMaxPool(top::MaxPoolOp op, KernelRequest &request) {
  SmallVector<Window> windows = getWindows(op, request);
  if (auto kernel = makeOnDnnl(request, windows, dnnl::algorithm::pooling_max))
    return kernel;
  return makeOwn<MaxOf>(
      request, windows,
      [](const Window &, const Window &, int64_t, int64_t) { return 1.0f; });
}

static KernelResult makeAvgPool(top::AvgPoolOp op, KernelRequest &request) {
  SmallVector<Window> windows = getWindows(op, request);
  bool countPads = op.getCountIncludePad();
  // oneDNN counts the whole window; here what hangs over the end padding is
  // left out.
  bool hangsOver = llvm::any_of(windows, [](const Window &window) {
    return window.getReachedPadEnd() != window.padEnd;
  });
  if (!countPads || !hangsOver)
    if (auto kernel = makeOnDnnl(
            request, windows,
            countPads ? dnnl::algorithm::pooling_avg_include_padding
                      : dnnl::algorithm::pooling_avg_exclude_padding))
      return kernel;
  auto count = [countPads](const Window &window, int64_t index) {
    return countPads ? window.countInside(index, -window.padBegin,
                                          window.in + window.padEnd)
                     : window.countInside(index, 0, window.in);
  };
  return makeOwn<SumOf>(
      request, windows,
      [count](const Window &high, const Window &wide, int64_t y, int64_t x) {
        int64_t elements = count(high, y) * count(wide, x);
        return float(std::max<int64_t>(elements, 1));
      });
}

void registerPoolKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::MaxPoolOp, makeMaxPool>(context);
    attachKernel<top::AvgPoolOp, makeAvgPool>(context);
  });
}

} // namespace qc
