// How the values of float tensors are spread, and means of their channels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TensorShape.h"

#include <algorithm>
#include <cmath>

namespace qc {

void TensorShape::add(const Tensor &data) {
  int64_t axis = data.rank() > 2 ? 1 : data.rank() - 1;
  int64_t channels = axis < 0 ? 1 : data.dim(axis), inner = 1;
  for (int64_t i = axis + 1; i < data.rank(); ++i)
    inner *= data.dim(i);
  largest.resize(std::max<size_t>(largest.size(), channels), 0.0);
  const float *element = data.data<float>();
  for (int64_t i = 0; i < data.numElements(); ++i) {
    double value = element[i];
    if (!std::isfinite(value))
      continue;
    double power = 1;
    for (double &sum : powers)
      sum += power *= value;
    ++count;
    double &channel = largest[i / inner % channels];
    channel = std::max(channel, std::abs(value));
  }
}

void TensorShape::add(const TensorShape &other) {
  count += other.count;
  for (int i = 0; i < 4; ++i)
    powers[i] += other.powers[i];
  largest.resize(std::max(largest.size(), other.largest.size()), 0.0);
  for (size_t c = 0; c < other.largest.size(); ++c)
    largest[c] = std::max(largest[c], other.largest[c]);
}

double TensorShape::getKurtosis() const {
  if (count == 0)
    return 0;
  double m = powers[0] / count, second = powers[1] / count;
  double third = powers[2] / count, fourth = powers[3] / count;
  double variance = second - m * m;
  // What is left of a constant is rounding.
  if (variance <= 1e-12 * second)
    return 0;
  double moment =
      fourth - 4 * m * third + 6 * m * m * second - 3 * m * m * m * m;
  return moment / (variance * variance);
}

double TensorShape::getSpread() const {
  if (largest.empty())
    return 1;
  std::vector<double> sorted(largest);
  std::sort(sorted.begin(), sorted.end());
  double middle = sorted[sorted.size() / 2];
  return middle > 0 ? sorted.back() / middle : 1;
}

void MeanOfChannels::observe(const TensorInfo &, const Tensor &data) {
  int64_t channels = data.dim(axis), inner = 1;
  for (int64_t i = axis + 1; i < data.rank(); ++i)
    inner *= data.dim(i);
  means.assign(channels, 0.0);
  const float *element = data.data<float>();
  for (int64_t i = 0; i < data.numElements(); ++i)
    means[i / inner % channels] += element[i];
  for (double &mean : means)
    mean *= double(channels) / double(data.numElements());
}

} // namespace qc
