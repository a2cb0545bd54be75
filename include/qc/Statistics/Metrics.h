// How far a tensor is from the one it should be.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_STATISTICS_METRICS_H
#define QC_STATISTICS_METRICS_H

#include "qc/Support/Tensor.h"

#include <vector>

namespace qc {

/// Errors over all elements seen so far. An infinity or NaN that both tensors
/// have is no error; one that only one has makes cosine 0 and SQNR -200 dB, and
/// the other numbers are of the rest.
struct ErrorMetrics {
  double cosine = 1; ///< of both tensors as vectors; 1 when both are zero
  double mse = 0;    ///< mean of squared differences
  double rmse = 0;   ///< its root, in the unit of the tensor
  double sqnr = 0;   ///< 10 log10(signal / noise) in dB; 200 when equal
  double maxDifference = 0;
  uint64_t elements = 0;
};

/// The largest ratio that is told apart from equality, in dB.
inline constexpr double kEqualSqnr = 200;

/// How far an element may be from its reference: it is outside when it is
/// further away than atol + rtol * |reference|.
struct Tolerance {
  double rtol = 0.005, atol = 0.01;
};

/// Sums what the metrics need; constant memory.
class ErrorAccumulator {
public:
  /// Adds the elements of two f32 tensors of equal size.
  void add(const Tensor &reference, const Tensor &actual);
  ErrorMetrics metrics() const;
  /// Energy of the reference and of the differences.
  double getSignal() const { return signal; }
  double getNoise() const { return noise; }

private:
  double signal = 0, noise = 0, product = 0, actualPower = 0, largest = 0;
  uint64_t elements = 0, unmatched = 0;
};

/// What energies alone say: all but the cosine and the largest difference.
ErrorMetrics getMetrics(double signal, double noise, uint64_t elements);

/// Errors of one pair of tensors.
ErrorMetrics compareTensors(const Tensor &reference, const Tensor &actual);

/// The middle value; 0 for none.
double median(std::vector<double> values);

} // namespace qc

#endif // QC_STATISTICS_METRICS_H
