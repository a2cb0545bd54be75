// The bodies of the loops over floats, to be inlined into a function per
// instruction set.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_FLOATS_FLOATBODIES_H
#define QCRT_SRC_FLOATS_FLOATBODIES_H

#include "Elementary.h"
#include "FloatLoops.h"
#include "Functions.h"
#include "loops/LoopBodies.h"

#include <cmath>

namespace qcrt::body {

QCRT_ALWAYS_INLINE float clampFloat(float value, FloatClamp clamp) {
  value = value < clamp.low ? clamp.low : value;
  return value > clamp.high ? clamp.high : value;
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

#if defined(__GNUC__) || defined(__clang__)
/// So many floats side by side; the compiler splits what registers cannot hold.
template <int lanes> struct FloatVector {
  typedef float Type __attribute__((vector_size(lanes * sizeof(float))));
};
#else
template <int lanes> struct FloatVector {
  using Type = float;
  static_assert(lanes == 1, "no vectors with this compiler");
};
#endif

/// A tile of `rows` by `vectors * lanes` elements in registers.
template <int rows, int vectors, int lanes>
QCRT_ALWAYS_INLINE void multiplyTile(const float *a, int64_t aRow,
                                     int64_t aDepth, const float *b,
                                     int64_t bDepth, int64_t depth, float *c,
                                     int64_t cRow, bool accumulate) {
  using Vector = typename FloatVector<lanes>::Type;
  Vector sums[rows][vectors] = {};
  for (int64_t k = 0; k < depth; ++k) {
    Vector right[vectors];
    for (int j = 0; j < vectors; ++j)
      std::memcpy(&right[j], b + k * bDepth + j * lanes, sizeof(Vector));
    for (int i = 0; i < rows; ++i) {
      const float left = a[i * aRow + k * aDepth];
      for (int j = 0; j < vectors; ++j)
        sums[i][j] += right[j] * left;
    }
  }
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < vectors; ++j) {
      float *to = c + i * cRow + j * lanes;
      Vector before = {};
      if (accumulate)
        std::memcpy(&before, to, sizeof(Vector));
      before += sums[i][j];
      std::memcpy(to, &before, sizeof(Vector));
    }
}

/// All rows of a strip of columns.
template <int most, int vectors, int lanes>
QCRT_ALWAYS_INLINE void multiplyStrip(const FloatProduct &p, const float *b,
                                      int64_t bDepth, float *c, int64_t cRow) {
  int64_t i = 0;
  for (; i + most <= p.rows; i += most)
    multiplyTile<most, vectors, lanes>(p.a + i * p.aRow, p.aRow, p.aDepth, b,
                                       bDepth, p.depth, c + i * cRow, cRow,
                                       p.accumulate);
  for (; i + 2 <= p.rows; i += 2)
    multiplyTile<2, vectors, lanes>(p.a + i * p.aRow, p.aRow, p.aDepth, b,
                                    bDepth, p.depth, c + i * cRow, cRow,
                                    p.accumulate);
  for (; i < p.rows; ++i)
    multiplyTile<1, vectors, lanes>(p.a + i * p.aRow, p.aRow, p.aDepth, b,
                                    bDepth, p.depth, c + i * cRow, cRow,
                                    p.accumulate);
}

template <int most, int vectors, int lanes>
QCRT_ALWAYS_INLINE void multiply(const FloatProduct &p) {
  constexpr int width = vectors * lanes;
  int64_t j = 0;
  for (; j + width <= p.columns; j += width)
    multiplyStrip<most, vectors, lanes>(p, p.b + j, p.bDepth, p.c + j, p.cRow);
  const int64_t rest = p.columns - j;
  if (rest == 0)
    return;
  // The last columns, with zeros behind them, a few rows at a time.
  float right[productRun * width], result[most * width];
  for (int64_t k = 0; k < p.depth; ++k)
    for (int64_t i = 0; i < width; ++i)
      right[k * width + i] = i < rest ? p.b[k * p.bDepth + j + i] : 0;
  FloatProduct part = p;
  for (int64_t row = 0; row < p.rows; row += most) {
    part.rows = p.rows - row < most ? p.rows - row : most;
    part.a = p.a + row * p.aRow;
    for (int64_t i = 0; p.accumulate && i < part.rows; ++i)
      for (int64_t x = 0; x < width; ++x)
        result[i * width + x] = x < rest ? p.c[(row + i) * p.cRow + j + x] : 0;
    multiplyStrip<most, vectors, lanes>(part, right, width, result, width);
    for (int64_t i = 0; i < part.rows; ++i)
      for (int64_t x = 0; x < rest; ++x)
        p.c[(row + i) * p.cRow + j + x] = result[i * width + x];
  }
}

/// Some vectors of sums in registers at a time.
template <int lanes> QCRT_ALWAYS_INLINE void slide(const FloatSlide &s) {
  using Vector = typename FloatVector<lanes>::Type;
  constexpr int vectors = 4, width = vectors * lanes;
  static_assert(width <= slideSlack, "what is read behind the end");
  for (int64_t i = 0; i < s.count; i += width) {
    Vector sums[vectors] = {};
    if (s.accumulate)
      std::memcpy(sums, s.out + i, sizeof(sums));
    for (int64_t t = 0; t < s.taps; ++t) {
      const float *from = s.plane + s.offsets[t] + i;
      const float weight = s.weights[t];
      for (int j = 0; j < vectors; ++j) {
        Vector right;
        std::memcpy(&right, from + j * lanes, sizeof(Vector));
        sums[j] += right * weight;
      }
    }
    std::memcpy(s.out + i, sums, sizeof(sums));
  }
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

template <FloatFunction function>
QCRT_ALWAYS_INLINE float applyTo(float x, const float *p) {
  const double wide = x;
  switch (function) {
  case FloatFunction::Abs:
    return x < 0 ? -x : x + 0.0f; // of -0, too
  case FloatFunction::Ceil:
    return std::ceil(x);
  case FloatFunction::Clip:
    return clampFloat(x, {p[0], p[1]});
  case FloatFunction::Cos:
    return static_cast<float>(laneSine(wide, 1));
  case FloatFunction::Elu: {
    // e^x - 1 without losing what x lacks of one.
    const double series = wide * (1 + wide * (0.5 + wide * (1.0 / 6)));
    const double below = x > -0.001953125f ? series : laneExp(wide) - 1;
    return x >= 0 ? x : static_cast<float>(p[0] * below);
  }
  case FloatFunction::Erf:
    return static_cast<float>(laneErf(wide));
  case FloatFunction::Exp:
    return static_cast<float>(laneExp(wide));
  case FloatFunction::Floor:
    return std::floor(x); // exact, as is the square root
  case FloatFunction::Gelu:
    return static_cast<float>(wide * 0.5 *
                              (1 + laneErf(wide * 0.70710678118654752440)));
  case FloatFunction::GeluTanh: {
    const double inner = 0.79788456080286535588 * // sqrt(2 / pi)
                         (wide + 0.044715 * wide * wide * wide);
    return static_cast<float>(wide * laneSigmoid(2 * inner));
  }
  case FloatFunction::HardSigmoid:
    return clampFloat(p[0] * x + p[1], {0, 1});
  case FloatFunction::HardSwish:
    return x * clampFloat(x / 6 + 0.5f, {0, 1});
  case FloatFunction::LeakyRelu:
    return x < 0 ? p[0] * x : x;
  case FloatFunction::Log:
    return static_cast<float>(laneLog(wide));
  case FloatFunction::Mish: {
    // tanh(log(1 + e^x)) = (e^2x + 2 e^x) / (e^2x + 2 e^x + 2); e^-x on the
    // right, where it overflows.
    const double e = laneExp(wide < 0 ? wide : -wide);
    const double numerator = wide < 0 ? e * (e + 2) : 1 + 2 * e;
    const double rest = wide < 0 ? 2 : 2 * e * e;
    return static_cast<float>(wide * (numerator / (numerator + rest)));
  }
  case FloatFunction::Neg:
    return -x;
  case FloatFunction::Reciprocal:
    return 1 / x;
  case FloatFunction::Relu:
    return x < 0 ? 0 : x;
  case FloatFunction::Round: {
    // Adding 2^23 leaves no room for a fraction; larger numbers have none.
    const float magnitude = x < 0 ? -x : x;
    const float whole = (magnitude + 8388608.0f) - 8388608.0f;
    return std::copysign(magnitude < 8388608.0f ? whole : magnitude, x);
  }
  case FloatFunction::Sigmoid:
    return static_cast<float>(laneSigmoid(wide));
  case FloatFunction::Sign:
    return x > 0 ? 1 : x < 0 ? -1 : x;
  case FloatFunction::Silu:
    return static_cast<float>(wide * laneSigmoid(wide));
  case FloatFunction::Sin:
    return static_cast<float>(laneSine(wide, 0));
  case FloatFunction::Softplus:
    return static_cast<float>((wide > 0 ? wide : 0) +
                              laneLogOnePlus(laneExp(wide > 0 ? -wide : wide)));
  case FloatFunction::Sqrt:
    return std::sqrt(x);
  case FloatFunction::Tanh:
    return static_cast<float>(laneTanh(wide));
  }
  return x;
}

template <FloatFunction function>
QCRT_ALWAYS_INLINE void apply(const float *in, int64_t count, const float *p,
                              float *out) {
  const float parameters[2] = {p[0], p[1]};
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    out[i] = applyTo<function>(in[i], parameters);
}

template <FloatBinary function>
QCRT_ALWAYS_INLINE float combineTwo(float a, float b) {
  switch (function) {
  case FloatBinary::Add:
    return a + b;
  case FloatBinary::Div:
    return a / b;
  case FloatBinary::Max:
    return a < b ? b : a;
  case FloatBinary::Min:
    return b < a ? b : a;
  case FloatBinary::Mul:
    return a * b;
  case FloatBinary::Pow:
    if (b == 2)
      return a * a;
    if (b == 0.5f && a >= 0)
      return std::sqrt(a);
    return static_cast<float>(portablePow(a, b));
  case FloatBinary::PRelu:
    return a < 0 ? a * b : a;
  case FloatBinary::Sub:
    return a - b;
  }
  return a;
}

template <FloatBinary function>
QCRT_ALWAYS_INLINE void combine(const float *a, int64_t stepA, const float *b,
                                int64_t stepB, int64_t count, FloatClamp clamp,
                                float *out) {
  if (stepA == 1 && stepB == 1) {
    QCRT_INDEPENDENT
    for (int64_t i = 0; i < count; ++i)
      out[i] = clampFloat(combineTwo<function>(a[i], b[i]), clamp);
  } else if (stepA == 1) {
    const float right = *b;
    QCRT_INDEPENDENT
    for (int64_t i = 0; i < count; ++i)
      out[i] = clampFloat(combineTwo<function>(a[i], right), clamp);
  } else {
    const float left = *a;
    QCRT_INDEPENDENT
    for (int64_t i = 0; i < count; ++i)
      out[i] = clampFloat(combineTwo<function>(left, b[i * stepB]), clamp);
  }
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

QCRT_ALWAYS_INLINE void finish(float *inOut, int64_t count, float bias,
                               FloatClamp clamp) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    inOut[i] = clampFloat(inOut[i] + bias, clamp);
}

QCRT_ALWAYS_INLINE void finishRow(float *inOut, const float *bias,
                                  int64_t count, FloatClamp clamp) {
  QCRT_INDEPENDENT
  for (int64_t i = 0; i < count; ++i)
    inOut[i] = clampFloat(inOut[i] + bias[i], clamp);
}

} // namespace qcrt::body
#endif // QCRT_SRC_FLOATS_FLOATBODIES_H
