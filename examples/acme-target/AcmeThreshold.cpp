// How Acme's own tool chooses ranges: powers of two.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Acme.h"

#include <algorithm>
#include <cmath>

namespace qc {
namespace {

/// The smallest power of two that no value is beyond.
class PowerOfTwo : public ThresholdMethod {
protected:
  Result<ThresholdChoice> fit(const TensorStatistics &statistics,
                              const ThresholdRequest &) const override {
    float largest = std::max(-statistics.min(), statistics.max());
    float limit = std::exp2(std::ceil(std::log2(largest)));
    return ThresholdChoice{-limit, limit, "power of two"};
  }
};

} // namespace

void addAcmeThreshold(ThresholdRegistry &registry) {
  (void)registry.add(
      "acme", {"acme", "the next power of two", plainThreshold<PowerOfTwo>()});
}

} // namespace qc
