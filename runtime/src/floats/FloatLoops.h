// Inner loops over floats, compiled once per instruction set.
//
// An element of a result is always computed by the same operations in the same
// order: vectors run over elements, never along a sum. So all instruction sets
// give the same bytes, but for the bits of a NaN, which are the processor's.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_FLOATS_FLOATLOOPS_H
#define QCRT_SRC_FLOATS_FLOATLOOPS_H

#include <cstdint>

namespace qcrt {

/// Products that are summed in one go, from zero; sums of more are sums of
/// such runs. Shorter chains of additions lose less.
constexpr int64_t productRun = 256;

/// c[i][j] = sum over k of a[i][k] * b[k][j], or c + that. Rows of b and c are
/// contiguous; depth is at most productRun.
struct FloatProduct {
  int64_t rows, columns, depth;
  const float *a;
  int64_t aRow, aDepth;
  const float *b;
  int64_t bDepth;
  float *c;
  int64_t cRow;
  bool accumulate;
};

/// out[i] = sum over t of weights[t] * plane[offsets[t] + i], or out[i] + that.
/// Up to slideSlack elements behind count are read and written as well.
struct FloatSlide {
  const float *plane;
  const int64_t *offsets;
  const float *weights;
  int64_t taps, count;
  float *out;
  bool accumulate;
};
constexpr int64_t slideSlack = 64;

/// Functions of one value; the comment says what p holds.
enum class FloatFunction {
  Abs,
  Ceil,
  Clip, ///< low, high
  Cos,
  Elu, ///< alpha
  Erf,
  Exp,
  Floor,
  Gelu,
  GeluTanh,
  HardSigmoid, ///< alpha, beta
  HardSwish,
  LeakyRelu, ///< alpha
  Log,
  Mish,
  Neg,
  Reciprocal,
  Relu,
  Round,
  Sigmoid,
  Sign,
  Silu,
  Sin,
  Softplus,
  Sqrt,
  Tanh,
};

/// Functions of two values.
enum class FloatBinary { Add, Div, Max, Min, Mul, Pow, PRelu, Sub };

/// A bound on both sides; NaN stays.
struct FloatClamp {
  float low, high;
};

/// All give the same results on every instruction set. Arrays may not overlap,
/// except that out may be the same as an input.
struct FloatLoops {
  void (*multiply)(const FloatProduct &product);
  void (*slide)(const FloatSlide &slide);
  void (*apply)(FloatFunction function, const float *in, int64_t count,
                const float *parameters, float *out);
  /// An operand moves by its step, 0 or 1.
  void (*combine)(FloatBinary function, const float *a, int64_t stepA,
                  const float *b, int64_t stepB, int64_t count,
                  FloatClamp clamp, float *out);
  /// inOut[i] = clamp(inOut[i] + bias).
  void (*finish)(float *inOut, int64_t count, float bias, FloatClamp clamp);
  /// inOut[i] = clamp(inOut[i] + bias[i]).
  void (*finishRow)(float *inOut, const float *bias, int64_t count,
                    FloatClamp clamp);
  /// inOut[i * outStep] += in[i * inStep] * factor.
  void (*addProducts)(const float *in, int64_t inStep, float factor,
                      int64_t count, float *inOut, int64_t outStep);
  /// inOut[i] = the larger of it and in[i * step]; NaN wins. Or the smaller.
  void (*maximum)(const float *in, int64_t step, int64_t count, float *inOut);
  void (*minimum)(const float *in, int64_t step, int64_t count, float *inOut);
  /// inOut[i] += in[i * step].
  void (*add)(const float *in, int64_t step, int64_t count, double *inOut);
  /// out[i] = in[i] / divisor.
  void (*divide)(const double *in, int64_t count, double divisor, float *out);
  /// out[i] = clamp((in[i] - mean) * factor + bias), rounded once.
  void (*normalise)(const float *in, int64_t count, double mean, double factor,
                    double bias, FloatClamp clamp, float *out);
  /// The same with gain[i] and bias[i].
  void (*normaliseRow)(const float *in, int64_t count, double mean,
                       double factor, const float *gain, const float *bias,
                       float *out);
  /// out[i] = e^(in[i] - largest[i]); largest moves by step.
  void (*exponentials)(const float *in, const float *largest, int64_t step,
                       int64_t count, float *out);
  /// inOut[i] *= weight, or += in[i] * weight.
  void (*weigh)(const float *in, int64_t count, float weight, bool accumulate,
                float *inOut);
};

/// The loops for this machine (see compute/Isa.h for how to choose others).
const FloatLoops &floatLoops();

} // namespace qcrt
#endif // QCRT_SRC_FLOATS_FLOATLOOPS_H
