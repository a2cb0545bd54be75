// Facts about a target, each with where it is known from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_TARGET_TARGETSPEC_H
#define QC_TARGET_TARGETSPEC_H

#include <string>
#include <vector>

namespace qc {

/// How sure a fact is.
enum class Provenance {
  Documented, ///< the vendor says so in public
  Observed,   ///< seen in public logs, scripts or reports
  Assumed,    ///< a guess from similar hardware
};

/// One fact in words that a user can check.
struct TargetFact {
  std::string topic; ///< groups facts: "memory", "layout", "types", "compute"
  std::string name;
  std::string value;
  Provenance provenance = Provenance::Assumed;
  std::string source; ///< what document or observation
};

/// What estimates of time are made from: see CycleEstimate.h. They compare
/// programs for one target, and are no times of a device.
struct ComputeRates {
  /// Multiply-accumulates of 8 bits a cycle; 0: not known.
  double macs = 0;
  /// How many times as long they take with activations of 16 bits.
  double wideFactor = 2;
  /// Bytes of activations and weights that are moved a cycle.
  double bytes = 64;
  Provenance provenance = Provenance::Assumed;
  std::string source;
};

/// A number about a chip and where it is known from.
struct Figure {
  double value = 0; ///< 0: not known
  Provenance provenance = Provenance::Assumed;
  std::string source;
};

/// What estimates of single layers know beside the rates: see LayerCost.h.
struct CostFigures {
  /// Values of one dot product (input channels) that the array takes in at
  /// once, and output channels that it makes at once.
  Figure arrayInputs, arrayOutputs;
  /// Multiply-accumulates a cycle where every channel is convolved by itself;
  /// not known: those of the array with one input in use.
  Figure depthwiseMacs;
  /// Millions of cycles a second.
  Figure megahertz;
  /// Bytes a cycle between the chip and its memory.
  Figure ddrBytes;
  /// Bytes on the chip that tensors and weights can lie in.
  Figure onChipBytes;
};

/// What a target is made of. Numbers that passes use stand beside the facts
/// that explain them.
struct TargetSpec {
  /// Bytes to which tensors are aligned in memory.
  unsigned alignment = 64;
  unsigned accumulatorBits = 32;
  ComputeRates rates;
  CostFigures cost;
  std::vector<TargetFact> facts;
};

} // namespace qc

#endif // QC_TARGET_TARGETSPEC_H
