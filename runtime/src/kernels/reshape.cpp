// reshape: the same elements in another shape; free if they stay in place.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"

#include <cstring>

using namespace qcrt;

namespace {
class Reshape : public Kernel {
public:
  const char *run(const RunContext &context) const override {
    const TensorView &in = context.inputs[0], &out = context.outputs[0];
    if (in.data != out.data)
      std::memcpy(out.data, in.data, in.byteSize());
    return nullptr;
  }
  Sharing sharing(int, int, int64_t distance) const override {
    return distance == 0 ? Sharing::Keeps : Sharing::None;
  }
};
} // namespace

static std::unique_ptr<Kernel> make(PrepareContext &context) {
  if (!context.expectOperands(1, 1))
    return nullptr;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  if (!context.expectSameParameters(in, out))
    return nullptr;
  if (in.numElements() != out.numElements())
    return context.fail("tensor '" + std::string(in.name) + "' has " +
                        std::to_string(in.numElements()) + " elements, but '" +
                        out.name + "' has " +
                        std::to_string(out.numElements()));
  return std::make_unique<Reshape>();
}

void qcrt::registerReshape(KernelRegistry &registry) {
  registry.add("reshape", make);
}
