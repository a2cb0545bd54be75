// concat: operands one after the other along an axis.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Parts.h"

#include <cstring>

using namespace qcrt;

namespace {
class Concat : public Kernel {
public:
  bool read(PrepareContext &context) {
    const TensorView &out = context.outputs[0];
    if (context.numInputs < 1 || context.numOutputs != 1)
      return context.refuse("needs at least one input and exactly one output");
    if (out.rank == 0)
      return context.refuse("scalars cannot be concatenated");
    return parts.read(context, out, "result", context.inputs, context.numInputs,
                      "inputs");
  }

  const char *run(const RunContext &context) const override {
    char *out = context.outputs[0].as<char>();
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (size_t i = 0; i < parts.widths.size(); ++i) {
        const char *in = context.inputs[i].as<char>();
        const size_t offset = parts.offsets[i], width = parts.widths[i];
        if (in == out + offset) // a single row, already in place
          continue;
        for (int64_t row = begin; row < end; ++row)
          std::memcpy(out + static_cast<size_t>(row) * parts.rowBytes + offset,
                      in + static_cast<size_t>(row) * width, width);
      }
    };
    context.pool.parallelFor(parts.rows, parts.grain(), piece);
    return nullptr;
  }

  Sharing sharing(int input, int, int64_t distance) const override {
    bool inPlace = parts.rows == 1 &&
                   distance == static_cast<int64_t>(
                                   parts.offsets[static_cast<size_t>(input)]);
    return inPlace ? Sharing::Keeps : Sharing::None;
  }

private:
  Parts parts;
};
} // namespace

void qcrt::registerConcat(KernelRegistry &registry) {
  registry.add("concat", makeKernel<Concat>);
}
