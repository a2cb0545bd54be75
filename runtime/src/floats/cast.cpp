// float.cast: the same values in another type; towards zero, and to the ends
// of the type for what it cannot hold (NaN becomes 0).
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "AnyType.h"
#include "FloatKernel.h"
#include "Halves.h"
#include "kernels/Families.h"
#include "kernels/Unary.h"

#include <limits>
#include <type_traits>

using namespace qcrt;

template <typename Out, typename In> static Out convert(In value) {
  if constexpr (std::is_same_v<In, float> && !std::is_same_v<Out, float>) {
    // The limits as floats: the upper one may be one above the type's.
    const float low = static_cast<float>(std::numeric_limits<Out>::min());
    const float high = static_cast<float>(std::numeric_limits<Out>::max());
    if (!(value == value))
      return 0;
    if (value <= low)
      return std::numeric_limits<Out>::min();
    if (value >= high)
      return std::numeric_limits<Out>::max();
  }
  return static_cast<Out>(value);
}

namespace {
class Cast : public UnaryKernel {
public:
  bool read(PrepareContext &context) {
    return prepare(context) && expectNumbers(context) && !context.failed();
  }

private:
  void compute(const void *in, void *out, int64_t count) const override {
    withType(inType, [&](auto from) {
      withType(outType, [&](auto to) {
        using In = decltype(from);
        using Out = decltype(to);
        const In *source = static_cast<const In *>(in);
        Out *target = static_cast<Out *>(out);
        for (int64_t i = 0; i < count; ++i)
          target[i] = convert<Out>(source[i]);
      });
    });
  }
};
} // namespace

void qcrt::registerFloatCast(KernelRegistry &registry) {
  registry.add("float.cast", withHalves<makeKernel<Cast>>);
}
