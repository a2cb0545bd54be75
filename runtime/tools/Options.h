// The command line of qcrt-run.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_TOOLS_OPTIONS_H
#define QCRT_TOOLS_OPTIONS_H

#include <string>
#include <vector>

namespace qcrt::tool {

struct Options {
  std::string model;
  std::vector<std::string> inputs;  ///< FILE or NAME=FILE, in order
  std::vector<std::string> planes;  ///< FILE, in order
  std::vector<std::string> outputs; ///< as inputs
  int planeStride = 0;              ///< bytes; 0: as the program has it
  int threads = 1;
  int repeat = 1;
  bool info = false;
  bool trace = false;
  bool help = false;
  bool version = false;
};

extern const char *const helpText;

/// Text for a terminal, whatever bytes a file has put into it: control
/// characters are written out as \x1b.
std::string printable(const std::string &text);

/// False with an error text on wrong usage.
bool parseOptions(int argc, char **argv, Options &options, std::string &error);

} // namespace qcrt::tool
#endif // QCRT_TOOLS_OPTIONS_H
