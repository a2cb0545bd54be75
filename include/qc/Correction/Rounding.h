// Integers for weights that disturb sums least, not each weight by itself.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The error of a row of weights e in a sum over inputs x is e' x; its mean
// square about the mean is e' H e, with H the second moments of the inputs
// about their means. Rounded one after the other, each weight takes up what the
// ones before it have left: with H = U D U', U unit upper triangular, weight k
// is rounded from w[k] + sum over j < k of U[j, k] e[j]. That is the method
// known as GPTQ (Frantar et al. 2022) in the form of Chee et al. 2023 (QuIP),
// which needs no inverse.
#ifndef QC_CORRECTION_ROUNDING_H
#define QC_CORRECTION_ROUNDING_H

#include "qc/Support/ThreadPool.h"

#include <vector>

namespace qc {

/// Sums of products of stored integers. They are exact, so that neither the
/// order of samples nor the number of threads shows.
class SecondMoments {
public:
  explicit SecondMoments(int64_t inputs);

  /// Columns that `add` takes at most.
  static constexpr int64_t kMostColumns = 2048;
  /// Adds `count` columns of inputs: element n of input k is
  /// columns[k * kMostColumns + n], within 8 bits of either signedness.
  void add(const std::vector<int16_t> &columns, int64_t count,
           ThreadPool &pool);

  int64_t getInputs() const { return inputs; }
  int64_t getCount() const { return count; }
  double getMean(int64_t input) const;
  /// The covariance of two inputs.
  double getCovariance(int64_t a, int64_t b) const;

private:
  int64_t inputs, count = 0;
  std::vector<int64_t> sums;
  std::vector<int64_t> products; ///< [inputs, inputs], lower triangle
};

/// How weights of one layer are rounded that share their inputs.
class WeightRounder {
public:
  /// Prepares the inputs' moments. Inputs that hardly vary or vary together are
  /// held by a damping of 0.05 of the mean variance.
  WeightRounder(const SecondMoments &moments, ThreadPool &pool);

  /// Rounds `rows` rows of weights [rows, inputs], given in units of their
  /// row's scale, to integers within [low, high]. With `steps` [rows, inputs]
  /// an integer stands for so many units; else for one.
  void round(const std::vector<float> &weights, int64_t rows, int low, int high,
             std::vector<int8_t> &integers, ThreadPool &pool,
             const std::vector<float> &steps = {}) const;

private:
  void factorize(std::vector<double> &matrix, ThreadPool &pool);

  int64_t inputs;
  std::vector<int64_t> order; ///< the inputs, those that vary most first
  /// U transposed, in that order: row k holds what weight k takes up of each
  /// one before it.
  std::vector<float> factors;
};

} // namespace qc

#endif // QC_CORRECTION_ROUNDING_H
