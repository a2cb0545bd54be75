// split: consecutive parts of the input along an axis.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"

#include <algorithm>
#include <cstring>

using namespace qcrt;

namespace {
class Split : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (context.numInputs != 1 || context.numOutputs < 1)
      return context.refuse("needs exactly one input and at least one output");
    const TensorView &in = context.inputs[0];
    int axis = static_cast<int>(
        context.attributes.integer("axis", 0, std::max(0, in.rank - 1)));
    if (context.failed() || in.rank == 0)
      return context.refuse("scalars cannot be split");
    const size_t width = qcrt_dtype_size(in.dtype);
    int64_t sum = 0;
    for (int i = 0; i < context.numOutputs; ++i) {
      const TensorView &out = context.outputs[i];
      if (!context.expectSameParameters(in, out) ||
          !context.expectRank(out, in.rank))
        return false;
      for (int d = 0; d < in.rank; ++d)
        if (d != axis && out.shape[d] != in.shape[d])
          return context.refuse("tensor '" + std::string(out.name) +
                                "' differs from the input in dimension " +
                                std::to_string(d));
      offsets.push_back(rowBytes);
      widths.push_back(static_cast<size_t>(out.product(axis, out.rank)) *
                       width);
      rowBytes += widths.back();
      sum += out.shape[axis];
    }
    rows = in.product(0, axis);
    return sum == in.shape[axis] ||
           context.refuse("the results have " + std::to_string(sum) +
                          " elements along the axis, but the input has " +
                          std::to_string(in.shape[axis]));
  }

  const char *run(const RunContext &context) const override {
    const char *in = context.inputs[0].as<char>();
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (size_t i = 0; i < widths.size(); ++i) {
        char *out = context.outputs[i].as<char>();
        for (int64_t row = begin; row < end; ++row)
          std::memcpy(out + static_cast<size_t>(row) * widths[i],
                      in + static_cast<size_t>(row) * rowBytes + offsets[i],
                      widths[i]);
      }
    };
    const int64_t bytes = static_cast<int64_t>(rowBytes);
    context.pool.parallelFor(rows, std::max<int64_t>(1, 262144 / bytes), piece);
    return nullptr;
  }

private:
  std::vector<size_t> offsets, widths; // bytes within a row of the input
  size_t rowBytes = 0;
  int64_t rows = 1;
};
} // namespace

void qcrt::registerSplit(KernelRegistry &registry) {
  registry.add("split", makeKernel<Split>);
}
