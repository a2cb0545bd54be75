// How near the results of a network come, as one judgement for all corrections.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_SCORE_H
#define QC_CORRECTION_SCORE_H

#include <vector>

namespace qc {

/// Energy of one result of the network in one sample, and of its error.
struct ResultEnergy {
  double signal = 0, noise = 0;
};

/// Three views of the same errors, each in dB and better when larger. A mean of
/// decibels alone forgets what it costs to cut a rare strong sample; the energy
/// alone forgets the weak samples beside it.
struct Score {
  /// Of all samples together: for each result the energy of the errors over
  /// that of the signals, and the mean of these ratios over the results.
  double energy = 0;
  /// The mean of the samples' own decibels.
  double typical = 0;
  /// The same mean over the worst quarter of the samples.
  double worst = 0;
};

/// The score of samples that each have an entry for each result of the network.
Score getScore(const std::vector<std::vector<ResultEnergy>> &samples);

/// Whether `now` loses in any view more than what a few roundings decide.
bool isWorse(const Score &now, const Score &before);

/// Whether `now` gains energy over `before`, `gain` dB at least, and is not
/// worse.
bool isBetter(const Score &now, const Score &before, double gain = 0);

} // namespace qc

#endif // QC_CORRECTION_SCORE_H
