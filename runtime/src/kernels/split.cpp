// split: consecutive parts of the input along an axis.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Parts.h"

#include <cstring>

using namespace qcrt;

namespace {
class Split : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (context.numInputs != 1 || context.numOutputs < 1)
      return context.refuse("needs exactly one input and at least one output");
    const TensorView &in = context.inputs[0];
    if (in.rank == 0)
      return context.refuse("scalars cannot be split");
    return parts.read(context, in, "input", context.outputs, context.numOutputs,
                      "results");
  }

  const char *run(const RunContext &context) const override {
    const char *in = context.inputs[0].as<char>();
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (size_t i = 0; i < parts.widths.size(); ++i) {
        char *out = context.outputs[i].as<char>();
        const size_t offset = parts.offsets[i], width = parts.widths[i];
        for (int64_t row = begin; row < end; ++row)
          std::memcpy(out + static_cast<size_t>(row) * width,
                      in + static_cast<size_t>(row) * parts.rowBytes + offset,
                      width);
      }
    };
    context.pool.parallelFor(parts.rows, parts.grain(), piece);
    return nullptr;
  }

private:
  Parts parts;
};
} // namespace

void qcrt::registerSplit(KernelRegistry &registry) {
  registry.add("split", makeKernel<Split>);
}
