// Convolutions and transposed convolutions, on oneDNN.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"
#include "OneDNN.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc {

using dnnl::memory;

namespace {

/// A weight as oneDNN shapes it ([g,] O/g, I/g, k...), and how the row-major
/// weight of the op lies in that shape.
struct WeightShape {
  SmallVector<int64_t> shape;
  memory::desc source;
};

/// What decides which memory a convolution works on.
struct ConvMemory {
  memory::desc input, weight, bias, output;
};

/// A kernel, and a clamp of its result as a pass of its own.
class ThenClamp final : public OpKernel {
public:
  ThenClamp(std::unique_ptr<OpKernel> first, Clamp clamp,
            ArrayRef<int64_t> shape)
      : first(std::move(first)), clamp(clamp), shape(shape) {
    inputLayouts = this->first->inputLayouts;
    outputLayouts = this->first->outputLayouts;
    scratchBytes = this->first->scratchBytes;
  }

  void bind(const KernelBuffers &buffers) override {
    first->bind(buffers);
    output = buffers.out<float>();
  }

  Status run() override {
    if (Status status = first->run(); !status)
      return status;
    TensorLayout layout = outputLayouts[0];
    // Copies, of which the compiler knows that no result overwrites them.
    parallelRanges(layout.physicalElements(shape), 1,
                   [clamp = clamp, data = output](int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i)
                       data[i] = clamp(data[i]);
                   });
    if (clamp(0) != 0)
      clearFilling(shape, layout, output);
    return ok();
  }

private:
  std::unique_ptr<OpKernel> first;
  Clamp clamp;
  SmallVector<int64_t> shape;
  float *output = nullptr;
};

} // namespace

/// Weight [O, I/g, k...] of conv.
static WeightShape getConvWeight(ArrayRef<int64_t> shape, int64_t group) {
  SmallVector<int64_t> dims(shape);
  if (group > 1) {
    dims[0] /= group;
    dims.insert(dims.begin(), group);
  }
  return {dims, getDesc(dims)};
}

/// Weight [I, O/g, k...] of deconv: input and output channels change places.
static WeightShape getDeconvWeight(ArrayRef<int64_t> shape, int64_t group) {
  SmallVector<int64_t> stored = getConvWeight(shape, group).shape;
  SmallVector<int64_t> strides(stored.size(), 1), dims(stored);
  for (size_t i = stored.size() - 1; i > 0; --i)
    strides[i - 1] = strides[i] * stored[i];
  size_t first = group > 1 ? 1 : 0;
  std::swap(dims[first], dims[first + 1]);
  std::swap(strides[first], strides[first + 1]);
  return {dims, getStridedDesc(dims, strides)};
}

static memory::dims toDims(ArrayRef<int64_t> values) {
  return memory::dims(values.begin(), values.end());
}

/// oneDNN counts the elements skipped between taps.
static memory::dims toDnnlDilations(ArrayRef<int64_t> dilations) {
  memory::dims dims;
  for (int64_t dilation : dilations)
    dims.push_back(dilation - 1);
  return dims;
}

static dnnl::convolution_forward::primitive_desc
describe(top::ConvOp op, const ConvMemory &memories) {
  ArrayRef<int64_t> pads = op.getPads();
  size_t spatial = pads.size() / 2;
  dnnl::convolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
      memories.input, memories.weight, memories.bias, memories.output,
      toDims(op.getStrides()), toDnnlDilations(op.getDilations()),
      toDims(pads.take_front(spatial)), toDims(pads.drop_front(spatial)));
  dnnl::post_ops postOps;
  appendClamp(postOps, getActivation(op));
  return {desc, getAttributes(postOps), getEngine()};
}

/// Without the op's clamp: with one, oneDNN 2.6 leaves its fast kernels and
/// takes several times as long.
static dnnl::deconvolution_forward::primitive_desc
describe(top::DeconvOp op, const ConvMemory &memories) {
  ArrayRef<int64_t> pads = op.getPads();
  size_t spatial = pads.size() / 2;
  memory::dims ends;
  for (size_t i = 0; i < spatial; ++i)
    ends.push_back(pads[spatial + i] - op.getOutputPadding()[i]);
  dnnl::deconvolution_forward::desc desc(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::deconvolution_direct,
      memories.input, memories.weight, memories.bias, memories.output,
      toDims(op.getStrides()), toDnnlDilations(op.getDilations()),
      toDims(pads.take_front(spatial)), ends);
  return {desc, getAttributes(), getEngine()};
}

/// The kernel of a described convolution. Constant weights are stored once in
/// the order that it asks for.
template <typename Primitive, typename Desc>
static std::unique_ptr<OpKernel>
makeFromDesc(Operation *op, KernelRequest &request, const Desc &desc,
             const WeightShape &weight, TensorLayout input,
             TensorLayout output) {
  auto kernel =
      std::make_unique<DnnlKernel>(Primitive(desc), desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_SRC, 0, desc.src_desc());
  kernel->addOutput(DNNL_ARG_DST, 0, desc.dst_desc());
  if (const Tensor *constant = request.getConstant(1)) {
    kernel->addData(DNNL_ARG_WEIGHTS,
                    reorderData(*constant, weight.source, desc.weights_desc()),
                    desc.weights_desc());
    request.absorb(1);
  } else {
    kernel->addInput(DNNL_ARG_WEIGHTS, 1, desc.weights_desc());
  }
  if (op->getNumOperands() > 2)
    kernel->addInput(DNNL_ARG_BIAS, 2, desc.bias_desc());
  request.setDefaultLayouts(*kernel);
  kernel->inputLayouts[0] = input;
  kernel->outputLayouts[0] = output;
  return kernel;
}

/// Lets oneDNN choose the orders of activations and weight; where it chooses
/// one that the executor does not know, everything stays row-major.
template <typename Primitive, typename OpTy>
static std::unique_ptr<OpKernel> makeConvLike(OpTy op, KernelRequest &request,
                                              const WeightShape &weight) {
  ArrayRef<int64_t> inputShape = request.inputShape(0);
  ArrayRef<int64_t> outputShape = request.outputShape();
  ConvMemory memories;
  if (op.getBias())
    memories.bias = getDesc(request.inputShape(2));
  memories.weight =
      request.getConstant(1) ? getAnyDesc(weight.shape) : weight.source;
  memories.input = getAnyDesc(inputShape);
  memories.output = getAnyDesc(outputShape);
  auto desc = describe(op, memories);
  auto input = getLayout(desc.src_desc(), inputShape);
  auto output = getLayout(desc.dst_desc(), outputShape);
  if (input && output)
    return makeFromDesc<Primitive>(op, request, desc, weight, *input, *output);

  memories.input = getDesc(inputShape);
  memories.output = getDesc(outputShape);
  return makeFromDesc<Primitive>(op, request, describe(op, memories), weight,
                                 TensorLayout::rowMajor(),
                                 TensorLayout::rowMajor());
}

static KernelResult makeConv(top::ConvOp op, KernelRequest &request) {
  return makeConvLike<dnnl::convolution_forward>(
      op, request, getConvWeight(request.inputShape(1), op.getGroup()));
}

static KernelResult makeDeconv(top::DeconvOp op, KernelRequest &request) {
  auto kernel = makeConvLike<dnnl::deconvolution_forward>(
      op, request, getDeconvWeight(request.inputShape(1), op.getGroup()));
  Clamp clamp = getActivation(op);
  if (clamp.isActive())
    kernel = std::make_unique<ThenClamp>(std::move(kernel), clamp,
                                         request.outputShape());
  return KernelResult(std::move(kernel));
}

void registerConvKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::ConvOp, makeConv>(context);
    attachKernel<top::DeconvOp, makeDeconv>(context);
  });
}

} // namespace qc
