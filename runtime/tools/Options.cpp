// The command line of qcrt-run.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Options.h"

#include <cstdlib>
#include <cstring>

using namespace qcrt::tool;

const char *const qcrt::tool::helpText =
    R"(usage: qcrt-run MODEL.qcb [options]

Runs a compiled model. Inputs and outputs are files of raw elements, little
endian, row major, in the type and shape that --info prints.

  --in FILE       file of the next input; NAME=FILE for an input by name
  --plane FILE    file of the next plane instead, where a camera gives Y and UV
                  of nv12 apart: all planes of all inputs, as --info lists them
  --plane-stride N  bytes from row to row in them (default: as the program has
                  it)
  --out FILE      file to write the next output to; NAME=FILE for one by name
  --threads N     threads to use, 1 to 256 (default 1); results do not change
  --repeat N      run N times and print the fastest and the mean time
  --trace         print every instruction as it is done
  --info          print inputs, outputs and memory; runs only if --in is given
  --version       print the version
  --help          print this

QCRT_ISA=portable (or avx2, avx512vnni) in the environment chooses the
instruction set of the kernels; results do not change.

Exit status: 0 done, 1 the model or a file is at fault, 2 wrong usage.

Examples:
  qcrt-run model.qcb --info
  qcrt-run model.qcb --in image.bin --out scores.bin
  qcrt-run model.qcb --plane frame.y --plane frame.uv --out scores.bin
  qcrt-run model.qcb --in left=l.bin --in right=r.bin --threads 2 --repeat 10
)";

std::string qcrt::tool::printable(const std::string &text) {
  static const char digits[] = "0123456789abcdef";
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    // In UTF-8 the controls from 0x80 to 0x9f are 0xc2 and that byte.
    bool second = i > 0 && text[i - 1] == '\xc2' && byte >= 0x80 && byte < 0xa0;
    if (byte >= 0x20 && byte != 0x7f && !second)
      result += text[i];
    else
      result += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
  }
  return result;
}

static bool parseNumber(const char *text, long low, long high, int &value) {
  char *end = nullptr;
  long parsed = std::strtol(text, &end, 10);
  if (end == text || *end != '\0' || parsed < low || parsed > high)
    return false;
  value = static_cast<int>(parsed);
  return true;
}

static bool parseFlag(const std::string &word, Options &options) {
  bool *flag = word == "--help" || word == "-h" ? &options.help
               : word == "--version"            ? &options.version
               : word == "--info"               ? &options.info
               : word == "--trace"              ? &options.trace
                                                : nullptr;
  if (flag)
    *flag = true;
  return flag != nullptr;
}

static bool parseValue(const std::string &word, const char *value,
                       Options &options, std::string &error) {
  if (word == "--in" || word == "--out" || word == "--plane") {
    (word == "--in"      ? options.inputs
     : word == "--plane" ? options.planes
                         : options.outputs)
        .push_back(value);
    return true;
  }
  bool threads = word == "--threads";
  long most = threads ? 256 : 1000000;
  int &number = threads              ? options.threads
                : word == "--repeat" ? options.repeat
                                     : options.planeStride;
  if (parseNumber(value, 1, most, number))
    return true;
  error = word + ": expected a number from 1 to " + std::to_string(most) +
          ", found '" + value + "'";
  return false;
}

static bool takesValue(const std::string &word) {
  return word == "--in" || word == "--out" || word == "--plane" ||
         word == "--plane-stride" || word == "--threads" || word == "--repeat";
}

bool qcrt::tool::parseOptions(int argc, char **argv, Options &options,
                              std::string &error) {
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (parseFlag(word, options))
      continue;
    size_t equals = word.find('=');
    std::string name = word.substr(0, equals);
    if (takesValue(name)) {
      bool attached = equals != std::string::npos;
      if (!attached && i + 1 == argc) {
        error = word + ": a value is missing";
        return false;
      }
      const char *value = attached ? argv[i] + equals + 1 : argv[++i];
      if (!parseValue(name, value, options, error))
        return false;
    } else if (word.size() > 1 && word[0] == '-') {
      error = "unknown option '" + word + "'";
      return false;
    } else if (!options.model.empty()) {
      error = "unexpected argument '" + word + "' after the model '" +
              options.model + "'";
      return false;
    } else {
      options.model = word;
    }
  }
  if (!options.planes.empty() && !options.inputs.empty()) {
    error = "--in and --plane: give all inputs whole, or all in planes";
    return false;
  }
  if (options.planeStride && options.planes.empty()) {
    error = "--plane-stride is that of the files of --plane, and there is none";
    return false;
  }
  if (options.model.empty() && !options.help && !options.version) {
    error = "no model given";
    return false;
  }
  return true;
}
