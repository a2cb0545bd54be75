// Memory descriptors, weights and the kernel class of oneDNN primitives.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OneDNN.h"

#include <limits>

namespace qc {

using dnnl::memory;

const dnnl::engine &getEngine() {
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

memory::dims getDims(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return {1};
  return memory::dims(shape.begin(), shape.end());
}

static std::optional<memory::format_tag> getTag(size_t rank,
                                                TensorLayout layout) {
  using tag = memory::format_tag;
  if (rank < 3 || rank > 5)
    return std::nullopt;
  if (layout.kind == TensorLayout::ChannelsLast)
    return rank == 3 ? tag::nwc : rank == 4 ? tag::nhwc : tag::ndhwc;
  if (layout.block == 16)
    return rank == 3 ? tag::nCw16c : rank == 4 ? tag::nChw16c : tag::nCdhw16c;
  if (layout.block == 8)
    return rank == 3 ? tag::nCw8c : rank == 4 ? tag::nChw8c : tag::nCdhw8c;
  return std::nullopt;
}

memory::desc getStridedDesc(ArrayRef<int64_t> shape,
                            ArrayRef<int64_t> strides) {
  return memory::desc(getDims(shape), memory::data_type::f32, getDims(strides));
}

memory::desc getDesc(ArrayRef<int64_t> shape, TensorLayout layout) {
  if (!layout.isRowMajor())
    return memory::desc(getDims(shape), memory::data_type::f32,
                        *getTag(shape.size(), layout));
  memory::dims dims = getDims(shape), strides(dims.size(), 1);
  for (size_t i = dims.size() - 1; i > 0; --i)
    strides[i - 1] = strides[i] * dims[i];
  return memory::desc(dims, memory::data_type::f32, strides);
}

memory::desc getAnyDesc(ArrayRef<int64_t> shape) {
  return memory::desc(getDims(shape), memory::data_type::f32,
                      memory::format_tag::any);
}

std::optional<TensorLayout> getLayout(const memory::desc &desc,
                                      ArrayRef<int64_t> shape) {
  if (desc == getDesc(shape))
    return TensorLayout::rowMajor();
  for (TensorLayout layout :
       {TensorLayout::channelBlocked(16), TensorLayout::channelBlocked(8),
        TensorLayout::channelsLast()})
    if (getTag(shape.size(), layout) && desc == getDesc(shape, layout))
      return layout;
  return std::nullopt;
}

bool isReference(const dnnl::primitive_desc_base &desc) {
  return StringRef(desc.impl_info_str()).starts_with("ref");
}

dnnl::primitive_attr getAttributes(const dnnl::post_ops &postOps) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (postOps.len() > 0)
    attributes.set_post_ops(postOps);
  return attributes;
}

Tensor reorderData(const Tensor &data, const memory::desc &from,
                   const memory::desc &to) {
  Tensor result(DType::U8, {int64_t(to.get_size())});
  memory source(from, getEngine(), const_cast<void *>(data.raw()));
  memory target(to, getEngine(), result.raw());
  dnnl::stream stream(getEngine());
  dnnl::reorder(source, target).execute(stream, source, target);
  stream.wait();
  return result;
}

//===----------------------------------------------------------------------===//
// Clamps
//===----------------------------------------------------------------------===//

bool Clamp::isActive() const {
  return min != -std::numeric_limits<float>::infinity() ||
         max != std::numeric_limits<float>::infinity();
}

Clamp getActivation(Operation *op) {
  auto bound = [&](StringRef name, float absent) {
    auto attribute = op->getAttrOfType<FloatAttr>(name);
    return attribute ? attribute.getValue().convertToFloat() : absent;
  };
  constexpr float infinity = std::numeric_limits<float>::infinity();
  return {bound("act_min", -infinity), bound("act_max", infinity)};
}

void appendClamp(dnnl::post_ops &postOps, Clamp clamp) {
  if (!clamp.isActive())
    return;
  if (clamp.min == 0 && clamp.max == std::numeric_limits<float>::infinity())
    postOps.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
  else
    postOps.append_eltwise(1.0f, dnnl::algorithm::eltwise_clip, clamp.min,
                           clamp.max);
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

DnnlKernel::DnnlKernel(const dnnl::primitive &primitive,
                       const memory::desc &scratchpad)
    : primitive(primitive), scratchpad(scratchpad), stream(getEngine()) {
  scratchBytes = scratchpad.get_size();
}

void DnnlKernel::addInput(int arg, unsigned index, const memory::desc &desc) {
  arguments.push_back({arg, Source::Input, index, desc});
}

void DnnlKernel::addOutput(int arg, unsigned index, const memory::desc &desc) {
  arguments.push_back({arg, Source::Output, index, desc});
}

void DnnlKernel::addData(int arg, Tensor tensor, const memory::desc &desc) {
  arguments.push_back({arg, Source::Data, unsigned(data.size()), desc});
  data.push_back(std::move(tensor));
}

void DnnlKernel::bind(const KernelBuffers &buffers) {
  auto add = [&](int arg, const memory::desc &desc, const void *bytes) {
    memories.push_back(memory(desc, getEngine(), const_cast<void *>(bytes)));
    bound.push_back({arg, memories.back().get()});
  };
  memories.clear();
  bound.clear();
  for (const Argument &argument : arguments)
    switch (argument.source) {
    case Source::Input:
      add(argument.arg, argument.desc, buffers.inputs[argument.index]);
      break;
    case Source::Output:
      add(argument.arg, argument.desc, buffers.outputs[argument.index]);
      break;
    case Source::Data:
      add(argument.arg, argument.desc, data[argument.index].raw());
      break;
    }
  if (scratchBytes > 0)
    add(DNNL_ARG_SCRATCHPAD, scratchpad, buffers.scratch);
}

Status DnnlKernel::run() {
  dnnl_status_t status = dnnl_primitive_execute(
      primitive.get(), stream.get(), int(bound.size()), bound.data());
  if (status != dnnl_success)
    return error("oneDNN reports status ", int(status));
  return ok();
}

std::unique_ptr<OpKernel>
makeReorderKernel(ArrayRef<int64_t> shape, TensorLayout from, TensorLayout to) {
  memory::desc source = getDesc(shape, from), target = getDesc(shape, to);
  dnnl::reorder::primitive_desc desc(getEngine(), source, getEngine(), target,
                                     getAttributes());
  auto kernel =
      std::make_unique<DnnlKernel>(dnnl::reorder(desc), desc.scratchpad_desc());
  kernel->addInput(DNNL_ARG_FROM, 0, source);
  kernel->addOutput(DNNL_ARG_TO, 0, target);
  kernel->inputLayouts = {from};
  kernel->outputLayouts = {to};
  return kernel;
}

} // namespace qc
