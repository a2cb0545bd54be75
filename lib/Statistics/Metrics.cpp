// How far a tensor is from the one it should be.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/Metrics.h"

#include <algorithm>
#include <cmath>

namespace qc {

void ErrorAccumulator::add(const Tensor &reference, const Tensor &actual) {
  const float *a = reference.data<float>();
  const float *b = actual.data<float>();
  int64_t count = std::min(reference.numElements(), actual.numElements());
  for (int64_t i = 0; i < count; ++i) {
    double x = a[i], y = b[i], difference = x - y;
    if (!std::isfinite(difference)) {
      unmatched += x != y && !(std::isnan(x) && std::isnan(y));
      continue;
    }
    signal += x * x;
    actualPower += y * y;
    product += x * y;
    noise += difference * difference;
    largest = std::max(largest, std::abs(difference));
  }
  elements += count;
}

ErrorMetrics getMetrics(double signal, double noise, uint64_t elements) {
  ErrorMetrics result;
  result.elements = elements;
  if (elements == 0)
    return result;
  result.mse = noise / static_cast<double>(elements);
  result.rmse = std::sqrt(result.mse);
  if (noise == 0)
    result.sqnr = kEqualSqnr;
  else if (signal == 0)
    result.sqnr = -kEqualSqnr;
  else
    result.sqnr =
        std::clamp(10 * std::log10(signal / noise), -kEqualSqnr, kEqualSqnr);
  return result;
}

ErrorMetrics ErrorAccumulator::metrics() const {
  ErrorMetrics result = getMetrics(signal, noise, elements);
  if (elements == 0)
    return result;
  double norm = std::sqrt(signal) * std::sqrt(actualPower);
  if (norm > 0)
    result.cosine = product / norm;
  else
    result.cosine = signal == actualPower ? 1 : 0;
  result.maxDifference = largest;
  if (unmatched) {
    result.cosine = 0;
    result.sqnr = -kEqualSqnr;
  }
  return result;
}

ErrorMetrics compareTensors(const Tensor &reference, const Tensor &actual) {
  ErrorAccumulator accumulator;
  accumulator.add(reference, actual);
  return accumulator.metrics();
}

double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + middle, values.end());
  double upper = values[middle];
  if (values.size() % 2)
    return upper;
  return (upper + *std::max_element(values.begin(), values.begin() + middle)) /
         2;
}

} // namespace qc
