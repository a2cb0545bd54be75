// float.scatter: rows replaced or added to by index, one after the other.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "AnyType.h"
#include "Halves.h"
#include "kernels/Families.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

using namespace qcrt;

namespace {
enum Reduction { None, Add, Mul, Max, Min };

template <typename T> T reduceTwo(Reduction reduction, T a, T b) {
  // Integers wrap.
  using Wide = std::conditional_t<std::is_integral_v<T>, uint64_t, T>;
  switch (reduction) {
  case Add:
    return static_cast<T>(static_cast<Wide>(a) + static_cast<Wide>(b));
  case Mul:
    return static_cast<T>(static_cast<Wide>(a) * static_cast<Wide>(b));
  case Max:
    return a < b ? b : a;
  case Min:
    return b < a ? b : a;
  default:
    return b;
  }
}

class Scatter : public Kernel {
public:
  bool read(PrepareContext &context) {
    static const char *const words[] = {"none", "add", "mul",
                                        "max",  "min", nullptr};
    if (!context.expectOperands(3, 1) || !expectNumbers(context))
      return false;
    const TensorView &in = context.inputs[0], &indices = context.inputs[1];
    const TensorView &updates = context.inputs[2], &out = context.outputs[0];
    reduction =
        static_cast<Reduction>(context.attributes.choice("reduction", words));
    if (context.failed() || !context.expectRank(in, 2) ||
        !context.expectRank(updates, 2) || !context.expectRank(indices, 1) ||
        !context.expectType(indices, QCRT_I64) ||
        !context.expectSameShape(in, out) ||
        !expectSameType(context, in, out) ||
        !expectSameType(context, in, updates))
      return false;
    if (updates.shape[0] != indices.shape[0] || updates.shape[1] != in.shape[1])
      return context.refuse("input, indices and updates do not fit");
    rows = in.shape[0];
    size = in.shape[1];
    count = indices.shape[0];
    dtype = in.dtype;
    return true;
  }

  const char *run(const RunContext &context) const override {
    const int64_t *indices = context.inputs[1].as<int64_t>();
    for (int64_t i = 0; i < count; ++i)
      if (indices[i] < -rows || indices[i] >= rows)
        return "scatter: an index is out of range";
    const TensorView &in = context.inputs[0];
    if (context.outputs[0].data != in.data)
      std::memcpy(context.outputs[0].data, in.data, in.byteSize());
    withType(dtype, [&](auto zero) {
      using T = decltype(zero);
      const T *updates = context.inputs[2].as<T>();
      for (int64_t i = 0; i < count; ++i) {
        const int64_t row = indices[i] < 0 ? indices[i] + rows : indices[i];
        T *to = context.outputs[0].as<T>() + row * size;
        for (int64_t j = 0; j < size; ++j)
          to[j] = reduceTwo(reduction, to[j], updates[i * size + j]);
      }
    });
    return nullptr;
  }

  Sharing sharing(int input, int, int64_t distance) const override {
    return input == 0 && distance == 0 ? Sharing::Overwrites : Sharing::None;
  }

private:
  Reduction reduction = None;
  qcrt_dtype dtype = QCRT_F32;
  int64_t rows = 1, size = 1, count = 1;
};
} // namespace

void qcrt::registerFloatScatter(KernelRegistry &registry) {
  registry.add("float.scatter", withHalves<makeKernel<Scatter>>);
}
