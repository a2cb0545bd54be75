// Writes the example program to a file, for the tests of the programs.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpBuilder.h"

#include <cstdio>
#include <fstream>

int main(int argc, char **argv) {
  if (argc != 2)
    return 2;
  std::vector<uint8_t> bytes;
  std::string error;
  if (!qcrt::writeProgram(qcrt::test::exampleProgram(), bytes, error)) {
    std::fprintf(stderr, "error: %s\n", error.c_str());
    return 1;
  }
  std::ofstream file(argv[1], std::ios::binary);
  file.write(reinterpret_cast<const char *>(bytes.data()), long(bytes.size()));
  return file.good() ? 0 : 1;
}
