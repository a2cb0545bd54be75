// How near the results of a network come.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Score.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace qc {

/// Beyond what 16 bits can tell apart: equal is no better than nearly equal.
static constexpr double kMostDecibels = 120;

static double toDecibels(double signal, double noise) {
  if (noise == 0)
    return kMostDecibels;
  if (signal == 0)
    return -kMostDecibels;
  return std::clamp(10 * std::log10(signal / noise), -kMostDecibels,
                    kMostDecibels);
}

static double getMean(const std::vector<double> &values, size_t count) {
  return std::accumulate(values.begin(), values.begin() + count, 0.0) /
         static_cast<double>(count);
}

Score getScore(const std::vector<std::vector<ResultEnergy>> &samples) {
  if (samples.empty() || samples.front().empty())
    return {};
  size_t results = samples.front().size();
  std::vector<ResultEnergy> sums(results);
  std::vector<double> decibels;
  for (const auto &sample : samples) {
    double sum = 0;
    for (size_t i = 0; i < results; ++i) {
      sums[i].signal += sample[i].signal;
      sums[i].noise += sample[i].noise;
      sum += toDecibels(sample[i].signal, sample[i].noise);
    }
    decibels.push_back(sum / static_cast<double>(results));
  }
  Score score;
  // Through decibels, so that a result of zeros counts as one that is bad.
  double ratios = 0;
  for (const ResultEnergy &sum : sums)
    ratios += std::pow(10, -toDecibels(sum.signal, sum.noise) / 10);
  score.energy = toDecibels(static_cast<double>(results), ratios);
  std::sort(decibels.begin(), decibels.end());
  score.typical = getMean(decibels, decibels.size());
  score.worst = getMean(decibels, (decibels.size() + 3) / 4);
  return score;
}

bool isWorse(const Score &now, const Score &before) {
  constexpr double kNoise = 0.05; // dB: a hundredth of the error
  return now.energy < before.energy - kNoise ||
         now.typical < before.typical - kNoise ||
         now.worst < before.worst - kNoise;
}

bool isBetter(const Score &now, const Score &before, double gain) {
  return now.energy > before.energy && now.energy >= before.energy + gain &&
         !isWorse(now, before);
}

} // namespace qc
