// Prints a checksum of the results of every kernel's examples: two hosts
// compute the same if they print the same.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FileLayout.h"
#include "OpBuilder.h"

#include <cinttypes>
#include <cstdio>

using namespace qcrt;
using namespace qcrt::test;

int main() {
  for (auto &[kernel, builders] : kernelExamples())
    for (size_t i = 0; i < builders.size(); ++i)
      for (unsigned seed = 0; seed < 20; ++seed) {
        std::vector<uint8_t> file, results;
        std::string error;
        if (!writeProgram(builders[i].program(), file, error) ||
            !(error = runModel(file, seed, &results)).empty()) {
          std::fprintf(stderr, "%s: %s\n", kernel.c_str(), error.c_str());
          return 1;
        }
        std::printf("%s %zu %u %016" PRIx64 " %016" PRIx64 "\n", kernel.c_str(),
                    i, seed, crc64(file.data(), file.size()),
                    crc64(results.data(), results.size()));
      }
  return 0;
}
