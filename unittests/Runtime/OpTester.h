// Runs one kernel through the container and the C interface, on every
// instruction set and with several thread counts.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_UNITTESTS_RUNTIME_OPTESTER_H
#define QC_UNITTESTS_RUNTIME_OPTESTER_H

#include "OpBuilder.h"
#include "Reference.h"

namespace qcrt::test {

class OpTester : public OpBuilder {
public:
  using OpBuilder::OpBuilder;

  /// The stored results, equal on all instruction sets and thread counts (a
  /// test failure otherwise). Empty after an error, which is a failure too.
  Values run();
  std::vector<float> runFloats();
  /// What opening says, "" if nothing.
  std::string openError();
  /// What running says, "" if nothing.
  std::string runError();

private:
  std::vector<uint8_t> runBytes(std::string &error);
  std::vector<uint8_t> runOnce(const char *isa, int threads,
                               std::string &error);
};

/// Serialises a program; fails the test if that is impossible.
std::vector<uint8_t> bytesOf(const Program &program);

} // namespace qcrt::test
#endif // QC_UNITTESTS_RUNTIME_OPTESTER_H
