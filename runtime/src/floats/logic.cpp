// float.compare, float.select, float.integer: numbers as they are, operands
// that broadcast. Booleans are bytes of 0 and 1.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "AnyType.h"
#include "Halves.h"
#include "kernels/Broadcast.h"
#include "kernels/Families.h"

#include <limits>
#include <type_traits>

using namespace qcrt;

namespace {
const char *const comparisons[] = {
    "equal",   "not_equal",        "less", "less_or_equal",
    "greater", "greater_or_equal", nullptr};
enum Comparison { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual };

template <typename T> bool compareTwo(int kind, T a, T b) {
  switch (kind) {
  case Equal:
    return a == b;
  case NotEqual:
    return a != b;
  case Less:
    return a < b;
  case LessOrEqual:
    return a <= b;
  case Greater:
    return a > b;
  default:
    return a >= b;
  }
}

/// Fills the result with what `body` makes of each pair of elements of the two
/// operands.
template <typename In, typename Out, typename Body>
void forEachPair(const RunContext &context, const Broadcast &broadcast,
                 Body body) {
  const In *a = context.inputs[0].as<In>(), *b = context.inputs[1].as<In>();
  Out *out = context.outputs[0].as<Out>();
  const int64_t stepA = broadcast.stepA(), stepB = broadcast.stepB();
  auto piece = [&](int64_t begin, int64_t end, int) {
    broadcast.visit(
        begin, end,
        [&](int64_t to, int64_t fromA, int64_t fromB, int64_t length) {
          for (int64_t i = 0; i < length; ++i)
            out[to + i] = body(a[fromA + i * stepA], b[fromB + i * stepB]);
        });
  };
  context.pool.parallelFor(broadcast.count(), 32768, piece);
}

class Compare : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(2, 1) || !expectNumbers(context) ||
        !expectSameType(context, context.inputs[0], context.inputs[1]) ||
        !context.expectType(context.outputs[0], QCRT_U8))
      return false;
    kind = context.attributes.choice("kind", comparisons);
    dtype = context.inputs[0].dtype;
    return !context.failed() &&
           broadcast.prepare(context, context.inputs[0], context.inputs[1],
                             context.outputs[0]);
  }

  const char *run(const RunContext &context) const override {
    withType(dtype, [&](auto zero) {
      using T = decltype(zero);
      forEachPair<T, uint8_t>(context, broadcast,
                              [&](T a, T b) { return compareTwo(kind, a, b); });
    });
    return nullptr;
  }

private:
  Broadcast broadcast;
  int kind = 0;
  qcrt_dtype dtype = QCRT_F32;
};

/// Both pairs broadcast to the shape of the result, whose elements are taken in
/// order.
class Select : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(3, 1) || !expectNumbers(context) ||
        !context.expectType(context.inputs[0], QCRT_U8) ||
        !expectSameType(context, context.outputs[0], context.inputs[1]) ||
        !expectSameType(context, context.outputs[0], context.inputs[2]))
      return false;
    const TensorView &out = context.outputs[0];
    width = qcrt_dtype_size(out.dtype);
    return first.prepare(context, out, context.inputs[0], out) &&
           second.prepare(context, out, context.inputs[1], out) &&
           third.prepare(context, out, context.inputs[2], out);
  }

  const char *run(const RunContext &context) const override {
    withType(width == 1   ? QCRT_U8
             : width == 2 ? QCRT_I16
             : width == 4 ? QCRT_I32
                          : QCRT_I64,
             [&](auto zero) { choose<decltype(zero)>(context); });
    return nullptr;
  }

private:
  template <typename T> void choose(const RunContext &context) const {
    const uint8_t *condition = context.inputs[0].as<uint8_t>();
    T *out = context.outputs[0].as<T>();
    auto piece = [&](int64_t begin, int64_t end, int) {
      auto copy = [&](const Broadcast &broadcast, const T *from) {
        const int64_t step = broadcast.stepB();
        broadcast.visit(begin, end,
                        [&](int64_t to, int64_t, int64_t at, int64_t length) {
                          for (int64_t i = 0; i < length; ++i)
                            out[to + i] = from[at + i * step];
                        });
      };
      copy(third, context.inputs[2].as<T>());
      // What is chosen from the second, element by element of the condition.
      constexpr int64_t most = 256;
      T chosen[most];
      const T *yes = context.inputs[1].as<T>();
      for (int64_t start = begin; start < end; start += most) {
        const int64_t stop = std::min(end, start + most);
        const int64_t step = second.stepB(), test = first.stepB();
        second.visit(start, stop,
                     [&](int64_t to, int64_t, int64_t at, int64_t length) {
                       for (int64_t i = 0; i < length; ++i)
                         chosen[to - start + i] = yes[at + i * step];
                     });
        first.visit(start, stop,
                    [&](int64_t to, int64_t, int64_t at, int64_t length) {
                      for (int64_t i = 0; i < length; ++i)
                        if (condition[at + i * test])
                          out[to + i] = chosen[to - start + i];
                    });
      }
    };
    context.pool.parallelFor(first.count(), 32768, piece);
  }

  Broadcast first, second, third;
  size_t width = 4;
};

const char *const arithmetic[] = {
    "add", "sub", "mul", "div", "mod",        "rem",         "min",
    "max", "and", "or",  "xor", "shift_left", "shift_right", nullptr};
enum Arithmetic {
  Add,
  Sub,
  Mul,
  Div,
  Mod,
  Rem,
  Min,
  Max,
  And,
  Or,
  Xor,
  ShiftLeft,
  ShiftRight
};

/// In 64 bits without signs, so that nothing overflows; the result is cut to T.
template <typename T> T computeTwo(int kind, T x, T y) {
  using Wide = uint64_t;
  const int64_t a = x, b = y;
  const auto bits = static_cast<int64_t>(8 * sizeof(T));
  switch (kind) {
  case Add:
    return static_cast<T>(static_cast<Wide>(a) + static_cast<Wide>(b));
  case Sub:
    return static_cast<T>(static_cast<Wide>(a) - static_cast<Wide>(b));
  case Mul:
    return static_cast<T>(static_cast<Wide>(a) * static_cast<Wide>(b));
  case Div:
    return b == 0    ? T(0)
           : b == -1 ? static_cast<T>(Wide(0) - static_cast<Wide>(a))
                     : static_cast<T>(a / b);
  case Mod:
    return b == 0 || b == -1
               ? T(0)
               : static_cast<T>(a % b +
                                (a % b != 0 && (a % b < 0) != (b < 0) ? b : 0));
  case Rem:
    return b == 0 || b == -1 ? T(0) : static_cast<T>(a % b);
  case Min:
    return x < y ? x : y;
  case Max:
    return x > y ? x : y;
  case And:
    return static_cast<T>(a & b);
  case Or:
    return static_cast<T>(a | b);
  case Xor:
    return static_cast<T>(a ^ b);
  case ShiftLeft:
    return b < 0 || b >= bits ? T(0)
                              : static_cast<T>(static_cast<Wide>(a) << b);
  default:
    return b < 0 || b >= bits
               ? T(0)
               : static_cast<T>(static_cast<std::make_unsigned_t<T>>(x) >> b);
  }
}

class Integer : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(2, 1) || !expectNumbers(context) ||
        !expectSameType(context, context.inputs[0], context.inputs[1]) ||
        !expectSameType(context, context.inputs[0], context.outputs[0]))
      return false;
    kind = context.attributes.choice("kind", arithmetic);
    dtype = context.inputs[0].dtype;
    if (dtype == QCRT_F32 || dtype == QCRT_F16)
      return context.refuse("operands are no integers");
    return !context.failed() &&
           broadcast.prepare(context, context.inputs[0], context.inputs[1],
                             context.outputs[0]);
  }

  const char *run(const RunContext &context) const override {
    withType(dtype, [&](auto zero) {
      using T = decltype(zero);
      if constexpr (std::is_integral_v<T>) {
        forEachPair<T, T>(context, broadcast,
                          [&](T a, T b) { return computeTwo<T>(kind, a, b); });
      }
    });
    return nullptr;
  }

private:
  Broadcast broadcast;
  int kind = 0;
  qcrt_dtype dtype = QCRT_I64;
};
} // namespace

void qcrt::registerFloatLogic(KernelRegistry &registry) {
  registry.add("float.compare", withHalves<makeKernel<Compare>>);
  registry.add("float.integer", makeKernel<Integer>);
  registry.add("float.select", withHalves<makeKernel<Select>>);
}
