// Runs a program on many samples at once, one instruction after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_LOCKSTEP_H
#define QC_CORRECTION_LOCKSTEP_H

#include "qc/Support/Tensor.h"
#include "qc/Support/ThreadPool.h"
#include "qcrt/Program.h"

#include <vector>

namespace qc {

/// What corrections work on: all samples have come as far as instruction i, so
/// that what i does can be measured, changed and tried again before any of them
/// goes on. Tensors live from their instruction to their last reader.
///
/// Results do not depend on the number of threads: each sample is computed by
/// one of them.
class Lockstep {
public:
  /// `program` must outlive this; its constants may be changed between calls.
  Lockstep(const qcrt::Program &program, ThreadPool &pool);
  ~Lockstep();

  /// Adds a sample: a tensor for each input, of the input's type.
  Status addSample(std::vector<Tensor> inputs);
  int64_t getSampleCount() const { return int64_t(samples.size()); }

  /// Runs instruction `index` for all samples, with constants as they are now.
  /// Instructions are run in order; running the same one again replaces its
  /// results.
  Status run(uint32_t index);
  /// Forgets what no instruction behind `index` reads; results of the program
  /// stay.
  void finish(uint32_t index);

  /// Tensor `tensor` of sample `sample`; it has been computed and is read by a
  /// later instruction, or is a result of the last `run`.
  const Tensor &get(int64_t sample, uint32_t tensor) const {
    return samples[sample][tensor];
  }

private:
  const qcrt::Program &program;
  ThreadPool &pool;
  /// One tensor a tensor of the program, empty when it is not live.
  std::vector<std::vector<Tensor>> samples;
  std::vector<uint32_t> lastReader;
};

/// Bytes of the largest set of tensors that Lockstep keeps for one sample.
uint64_t getLockstepBytes(const qcrt::Program &program);

} // namespace qc

#endif // QC_CORRECTION_LOCKSTEP_H
