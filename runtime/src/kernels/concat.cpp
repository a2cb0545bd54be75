// concat: operands one after the other along an axis.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"

#include <algorithm>
#include <cstring>

using namespace qcrt;

namespace {
class Concat : public Kernel {
public:
  bool read(PrepareContext &context) {
    const TensorView &out = context.outputs[0];
    if (context.numInputs < 1 || context.numOutputs != 1)
      return context.refuse("needs at least one input and exactly one output");
    int axis = static_cast<int>(
        context.attributes.integer("axis", 0, std::max(0, out.rank - 1)));
    if (context.failed() || out.rank == 0)
      return context.refuse("scalars cannot be concatenated");
    const size_t width = qcrt_dtype_size(out.dtype);
    int64_t sum = 0;
    for (int i = 0; i < context.numInputs; ++i) {
      const TensorView &in = context.inputs[i];
      if (!context.expectSameParameters(in, out) ||
          !context.expectRank(in, out.rank))
        return false;
      for (int d = 0; d < out.rank; ++d)
        if (d != axis && in.shape[d] != out.shape[d])
          return context.refuse("tensor '" + std::string(in.name) +
                                "' differs from the result in dimension " +
                                std::to_string(d));
      offsets.push_back(rowBytes);
      widths.push_back(static_cast<size_t>(in.product(axis, in.rank)) * width);
      rowBytes += widths.back();
      sum += in.shape[axis];
    }
    rows = out.product(0, axis);
    return sum == out.shape[axis] ||
           context.refuse("the inputs have " + std::to_string(sum) +
                          " elements along the axis, but the result has " +
                          std::to_string(out.shape[axis]));
  }

  const char *run(const RunContext &context) const override {
    char *out = context.outputs[0].as<char>();
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (size_t i = 0; i < widths.size(); ++i) {
        const char *in = context.inputs[i].as<char>();
        if (in == out + offsets[i]) // a single row, already in place
          continue;
        for (int64_t row = begin; row < end; ++row)
          std::memcpy(out + static_cast<size_t>(row) * rowBytes + offsets[i],
                      in + static_cast<size_t>(row) * widths[i], widths[i]);
      }
    };
    const int64_t bytes = static_cast<int64_t>(rowBytes);
    context.pool.parallelFor(rows, std::max<int64_t>(1, 262144 / bytes), piece);
    return nullptr;
  }

  Sharing sharing(int input, int, int64_t distance) const override {
    bool inPlace =
        rows == 1 &&
        distance == static_cast<int64_t>(offsets[static_cast<size_t>(input)]);
    return inPlace ? Sharing::Keeps : Sharing::None;
  }

private:
  std::vector<size_t> offsets, widths; // bytes within a row of the result
  size_t rowBytes = 0;
  int64_t rows = 1;
};
} // namespace

void qcrt::registerConcat(KernelRegistry &registry) {
  registry.add("concat", makeKernel<Concat>);
}
