// Integers for weights that disturb sums least, not each weight by itself.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Rounding.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace qc {

//===----------------------------------------------------------------------===//
// Moments
//===----------------------------------------------------------------------===//

SecondMoments::SecondMoments(int64_t inputs)
    : inputs(inputs), sums(inputs, 0), products(inputs * inputs, 0) {}

/// The products of one row with four others.
static void multiplyFour(const int16_t *a, const int16_t *b, int64_t count,
                         int32_t results[4]) {
  constexpr int64_t kStride = SecondMoments::kMostColumns;
  int32_t r0 = 0, r1 = 0, r2 = 0, r3 = 0;
  for (int64_t n = 0; n < count; ++n) {
    r0 += a[n] * b[n];
    r1 += a[n] * b[n + kStride];
    r2 += a[n] * b[n + 2 * kStride];
    r3 += a[n] * b[n + 3 * kStride];
  }
  results[0] = r0;
  results[1] = r1;
  results[2] = r2;
  results[3] = r3;
}

void SecondMoments::add(const std::vector<int16_t> &columns, int64_t added,
                        ThreadPool &pool) {
  // 2048 products of 16 bits stay within 32.
  count += added;
  constexpr int64_t kRows = 16;
  pool.run((inputs + kRows - 1) / kRows, [&](int64_t task, int) {
    // Later rows are longer: they come first.
    int64_t block = (inputs + kRows - 1) / kRows - 1 - task;
    for (int64_t i = block * kRows; i < std::min(inputs, (block + 1) * kRows);
         ++i) {
      const int16_t *row = columns.data() + i * kMostColumns;
      sums[i] += std::accumulate(row, row + added, int64_t(0));
      int64_t *products = this->products.data() + i * inputs;
      int64_t j = 0;
      for (; j + 4 <= i + 1; j += 4) {
        int32_t found[4];
        multiplyFour(row, columns.data() + j * kMostColumns, added, found);
        for (int64_t n = 0; n < 4; ++n)
          products[j + n] += found[n];
      }
      for (; j <= i; ++j) {
        const int16_t *other = columns.data() + j * kMostColumns;
        int32_t found = 0;
        for (int64_t n = 0; n < added; ++n)
          found += row[n] * other[n];
        products[j] += found;
      }
    }
  });
}

double SecondMoments::getMean(int64_t input) const {
  return count ? double(sums[input]) / double(count) : 0;
}

double SecondMoments::getCovariance(int64_t a, int64_t b) const {
  if (count == 0)
    return 0;
  if (a < b)
    std::swap(a, b);
  return double(products[a * inputs + b]) / double(count) -
         getMean(a) * getMean(b);
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

WeightRounder::WeightRounder(const SecondMoments &moments, ThreadPool &pool)
    : inputs(moments.getInputs()), order(inputs) {
  constexpr double kDamping = 0.05;
  std::vector<double> variances(inputs);
  for (int64_t i = 0; i < inputs; ++i)
    variances[i] = moments.getCovariance(i, i);
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return variances[a] != variances[b] ? variances[a] > variances[b] : a < b;
  });
  double damping = kDamping *
                   std::accumulate(variances.begin(), variances.end(), 0.0) /
                   double(inputs);
  // Without any variance all roundings are as good: the nearest ones.
  if (!(damping > 0))
    damping = 1;
  std::vector<double> matrix(inputs * inputs);
  for (int64_t i = 0; i < inputs; ++i) {
    for (int64_t j = 0; j <= i; ++j)
      matrix[i * inputs + j] = moments.getCovariance(order[i], order[j]);
    matrix[i * inputs + i] += damping;
  }
  factorize(matrix, pool);
}

/// The factorization U D U' of `matrix` (lower triangle, which it destroys),
/// from the last row up, a block of rows at a time. Row k of `factors` becomes
/// column k of U.
void WeightRounder::factorize(std::vector<double> &matrix, ThreadPool &pool) {
  constexpr int64_t kBlock = 32;
  factors.assign(inputs * inputs, 0.0f);
  std::vector<double> scaled(kBlock * inputs), pivots(kBlock);
  for (int64_t end = inputs; end > 0;) {
    int64_t begin = std::max<int64_t>(0, end - kBlock);
    // Rows of the block, each without those behind it.
    for (int64_t k = end - 1; k >= begin; --k) {
      double *row = matrix.data() + k * inputs;
      double pivot = row[k];
      pivots[k - begin] = pivot;
      double *unit = scaled.data() + (k - begin) * inputs;
      for (int64_t j = 0; j < k; ++j)
        unit[j] = row[j] / pivot;
      for (int64_t i = begin; i < k; ++i) {
        double factor = row[i];
        double *target = matrix.data() + i * inputs;
        for (int64_t j = 0; j <= i; ++j)
          target[j] -= factor * unit[j];
      }
    }
    // Rows in front of the block.
    constexpr int64_t kRows = 8;
    pool.run((begin + kRows - 1) / kRows, [&](int64_t task, int) {
      for (int64_t i = task * kRows; i < std::min(begin, (task + 1) * kRows);
           ++i) {
        double *target = matrix.data() + i * inputs;
        for (int64_t k = end - 1; k >= begin; --k) {
          double factor = matrix[k * inputs + i];
          const double *unit = scaled.data() + (k - begin) * inputs;
          for (int64_t j = 0; j <= i; ++j)
            target[j] -= factor * unit[j];
        }
      }
    });
    for (int64_t k = begin; k < end; ++k)
      for (int64_t j = 0; j < k; ++j)
        factors[k * inputs + j] =
            static_cast<float>(scaled[(k - begin) * inputs + j]);
    end = begin;
  }
}

void WeightRounder::round(const std::vector<float> &weights, int64_t rows,
                          int low, int high, std::vector<int8_t> &integers,
                          ThreadPool &pool,
                          const std::vector<float> &steps) const {
  constexpr int64_t kRows = 16; // side by side, for vector registers
  integers.resize(rows * inputs);
  pool.run((rows + kRows - 1) / kRows, [&](int64_t task, int) {
    int64_t first = task * kRows, many = std::min(kRows, rows - first);
    std::vector<float> errors(inputs * kRows, 0.0f);
    for (int64_t k = 0; k < inputs; ++k) {
      float taken[kRows] = {};
      const float *factor = factors.data() + k * inputs;
      for (int64_t j = 0; j < k; ++j)
        for (int64_t r = 0; r < kRows; ++r)
          taken[r] += factor[j] * errors[j * kRows + r];
      for (int64_t r = 0; r < many; ++r) {
        int64_t index = (first + r) * inputs + order[k];
        float wanted = weights[index] + taken[r];
        float step = steps.empty() ? 1.0f : steps[index];
        float rounded =
            std::clamp(std::nearbyint(wanted / step), float(low), float(high));
        integers[index] = static_cast<int8_t>(rounded);
        errors[k * kRows + r] = weights[index] - rounded * step;
      }
    }
  });
}

} // namespace qc
