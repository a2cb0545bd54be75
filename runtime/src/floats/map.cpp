// float.relu, float.sigmoid, ...: a function of each value.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"
#include "Halves.h"
#include "kernels/Families.h"
#include "kernels/Unary.h"

using namespace qcrt;

namespace {
class FloatMap : public UnaryKernel {
public:
  bool read(PrepareContext &context, FloatFunction which) {
    function = which;
    return prepare(context) && expectFloats(context) && !context.failed();
  }

  float parameters[2] = {0, 0};

private:
  void compute(const void *in, void *out, int64_t count) const override {
    floats.apply(function, static_cast<const float *>(in), count, parameters,
                 static_cast<float *>(out));
  }

  const FloatLoops &floats = floatLoops();
  FloatFunction function = FloatFunction::Relu;
};
} // namespace

/// The kernel of a function whose parameters are the attributes `first` and
/// `second`, where they are given.
static std::unique_ptr<Kernel> makeMap(PrepareContext &context,
                                       FloatFunction function,
                                       const char *first = nullptr,
                                       const char *second = nullptr) {
  auto kernel = std::make_unique<FloatMap>();
  if (first)
    kernel->parameters[0] =
        static_cast<float>(context.attributes.number(first));
  if (second)
    kernel->parameters[1] =
        static_cast<float>(context.attributes.number(second));
  if (!kernel->read(context, function))
    return nullptr;
  return kernel;
}

template <FloatFunction function>
static std::unique_ptr<Kernel> makePlain(PrepareContext &context) {
  return makeMap(context, function);
}

static std::unique_ptr<Kernel> makeClip(PrepareContext &context) {
  auto kernel = std::make_unique<FloatMap>();
  FloatClamp clamp = readFloatClamp(context.attributes, "min", "max");
  kernel->parameters[0] = clamp.low;
  kernel->parameters[1] = clamp.high;
  if (!kernel->read(context, FloatFunction::Clip))
    return nullptr;
  return kernel;
}

static std::unique_ptr<Kernel> makeElu(PrepareContext &context) {
  return makeMap(context, FloatFunction::Elu, "alpha");
}

static std::unique_ptr<Kernel> makeLeakyRelu(PrepareContext &context) {
  return makeMap(context, FloatFunction::LeakyRelu, "alpha");
}

static std::unique_ptr<Kernel> makeHardSigmoid(PrepareContext &context) {
  return makeMap(context, FloatFunction::HardSigmoid, "alpha", "beta");
}

static std::unique_ptr<Kernel> makeGelu(PrepareContext &context) {
  const char *const names[] = {"none", "tanh", nullptr};
  int approximate = context.attributes.choiceOr("approximate", names, 0);
  return makeMap(context,
                 approximate ? FloatFunction::GeluTanh : FloatFunction::Gelu);
}

void qcrt::registerFloatMap(KernelRegistry &registry) {
  registry.add("float.abs", withHalves<makePlain<FloatFunction::Abs>>);
  registry.add("float.ceil", withHalves<makePlain<FloatFunction::Ceil>>);
  registry.add("float.clip", withHalves<makeClip>);
  registry.add("float.cos", withHalves<makePlain<FloatFunction::Cos>>);
  registry.add("float.elu", withHalves<makeElu>);
  registry.add("float.erf", withHalves<makePlain<FloatFunction::Erf>>);
  registry.add("float.exp", withHalves<makePlain<FloatFunction::Exp>>);
  registry.add("float.floor", withHalves<makePlain<FloatFunction::Floor>>);
  registry.add("float.gelu", withHalves<makeGelu>);
  registry.add("float.hard_sigmoid", withHalves<makeHardSigmoid>);
  registry.add("float.hard_swish",
               withHalves<makePlain<FloatFunction::HardSwish>>);
  registry.add("float.leaky_relu", withHalves<makeLeakyRelu>);
  registry.add("float.log", withHalves<makePlain<FloatFunction::Log>>);
  registry.add("float.mish", withHalves<makePlain<FloatFunction::Mish>>);
  registry.add("float.neg", withHalves<makePlain<FloatFunction::Neg>>);
  registry.add("float.reciprocal",
               withHalves<makePlain<FloatFunction::Reciprocal>>);
  registry.add("float.relu", withHalves<makePlain<FloatFunction::Relu>>);
  registry.add("float.round", withHalves<makePlain<FloatFunction::Round>>);
  registry.add("float.sigmoid", withHalves<makePlain<FloatFunction::Sigmoid>>);
  registry.add("float.sign", withHalves<makePlain<FloatFunction::Sign>>);
  registry.add("float.silu", withHalves<makePlain<FloatFunction::Silu>>);
  registry.add("float.sin", withHalves<makePlain<FloatFunction::Sin>>);
  registry.add("float.softplus",
               withHalves<makePlain<FloatFunction::Softplus>>);
  registry.add("float.sqrt", withHalves<makePlain<FloatFunction::Sqrt>>);
  registry.add("float.tanh", withHalves<makePlain<FloatFunction::Tanh>>);
}
