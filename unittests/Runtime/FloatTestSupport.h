// What the tests of kernels over floats share: data, and comparisons in double.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_UNITTESTS_RUNTIME_FLOATTESTSUPPORT_H
#define QC_UNITTESTS_RUNTIME_FLOATTESTSUPPORT_H

#include "OpTester.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace qcrt::test {
using Floats = std::vector<float>;
using Doubles = std::vector<double>;

inline Floats randomFloats(std::mt19937 &random, const Shape &shape,
                           double scale = 1) {
  std::normal_distribution<double> normal(0, scale);
  Floats values;
  for (int64_t i = 0; i < elements(shape); ++i)
    values.push_back(float(normal(random)));
  return values;
}

/// Each within `bound` times its size (magnitudes, or that of the values).
inline void expectNear(const Floats &actual, const Doubles &expected,
                       const Doubles &magnitudes, double bound) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    double size = std::max(std::abs(magnitudes[i]), 1e-30);
    ASSERT_LE(std::abs(actual[i] - expected[i]) / size, bound)
        << "element " << i << ": " << actual[i] << " for " << expected[i];
  }
}

inline void expectNear(const Floats &actual, const Doubles &expected,
                       double bound) {
  expectNear(actual, expected, expected, bound);
}

inline bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

} // namespace qcrt::test

#endif // QC_UNITTESTS_RUNTIME_FLOATTESTSUPPORT_H
