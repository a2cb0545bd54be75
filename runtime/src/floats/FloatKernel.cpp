// What the kernels over floats share.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FloatKernel.h"

#include <limits>

using namespace qcrt;

bool qcrt::expectFloats(PrepareContext &context) {
  for (int i = 0; i < context.numInputs; ++i)
    if (!context.expectType(context.inputs[i], QCRT_F32))
      return false;
  for (int i = 0; i < context.numOutputs; ++i)
    if (!context.expectType(context.outputs[i], QCRT_F32))
      return false;
  return true;
}

FloatClamp qcrt::readFloatClamp(Attributes &attributes, const char *low,
                                const char *high) {
  const float infinity = std::numeric_limits<float>::infinity();
  FloatClamp clamp = {-infinity, infinity};
  if (attributes.has(low))
    clamp.low = static_cast<float>(attributes.number(low));
  if (attributes.has(high))
    clamp.high = static_cast<float>(attributes.number(high));
  return clamp;
}

FloatClamp qcrt::readActivation(Attributes &attributes) {
  return readFloatClamp(attributes, "act_min", "act_max");
}
