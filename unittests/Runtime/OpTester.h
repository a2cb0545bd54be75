// Runs one kernel through the container and the C interface, on every
// instruction set and with several thread counts.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_UNITTESTS_RUNTIME_OPTESTER_H
#define QC_UNITTESTS_RUNTIME_OPTESTER_H

#include "qcrt/Program.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace qcrt::test {

/// Type and parameters of a tensor.
struct Format {
  qcrt_dtype dtype = QCRT_I8;
  double scale = 1;
  int64_t zeroPoint = 0;

  int64_t low() const;
  int64_t high() const;
};

/// A requantisation attribute.
struct Ratio {
  std::string kind = "mul32", rounding = "single";
  std::vector<int64_t> multipliers = {1 << 30}, shifts = {31};
  std::vector<double> scales = {};

  /// A normalised mul32 multiplier and shift for each ratio.
  static Ratio of(const std::vector<double> &ratios,
                  const std::string &rounding = "single");
};

/// The definition of docs/Arithmetic.md in wide integers: value before zero
/// point and clamp of accumulator a with entry i.
int64_t referenceRescale(const Ratio &ratio, int64_t a, size_t i = 0);
/// (t * 2^-n) with a rounding, for sums and products.
int64_t referenceRound(const std::string &kind, const std::string &rounding,
                       __int128 t, int n);

int64_t clampTo(int64_t value, const Format &format);
/// round_half_even(value) + zero point, clamped.
int64_t quantized(double value, const Format &format);

using Shape = std::vector<int64_t>;
using Values = std::vector<int64_t>;

int64_t elements(const Shape &shape);
/// Random stored values; now and then only extremes.
Values randomValues(std::mt19937 &random, const Shape &shape,
                    const Format &format);

/// Calls visit(index vector) for every index of shape, in row-major order.
template <typename Visit> void forIndices(const Shape &shape, Visit visit) {
  Shape index(shape.size(), 0);
  for (int64_t i = 0; i < elements(shape); ++i) {
    visit(index);
    for (size_t d = shape.size(); d > 0; --d) {
      if (++index[d - 1] < shape[d - 1])
        break;
      index[d - 1] = 0;
    }
  }
}
/// Row-major position of an index; dimensions of one may be indexed freely.
int64_t offsetOf(const Shape &shape, const Shape &index);

/// A program of one instruction.
class OpTester {
public:
  explicit OpTester(std::string kernel);

  OpTester &input(const Format &format, const Shape &shape,
                  const Values &values, bool constant = false);
  OpTester &floats(const Shape &shape, const std::vector<float> &values,
                   bool constant = false);
  OpTester &output(const Format &format, const Shape &shape);
  OpTester &floatOutput(const Shape &shape);
  OpTester &ints(const std::string &key, const std::vector<int64_t> &values);
  OpTester &numbers(const std::string &key, const std::vector<double> &values);
  OpTester &text(const std::string &key, const std::string &value);
  OpTester &requant(const Ratio &ratio, const std::string &prefix = "requant");

  /// The stored results, equal on all instruction sets and thread counts (a
  /// test failure otherwise). Empty after an error, which is a failure too.
  Values run();
  std::vector<float> runFloats();
  /// What opening says, "" if nothing.
  std::string openError();
  /// What running says, "" if nothing.
  std::string runError();

  Program &program();

private:
  size_t addTensor(const Format &format, const Shape &shape, TensorKind kind);
  void finish();
  std::vector<uint8_t> runBytes(std::string &error);
  std::vector<uint8_t> runOnce(const char *isa, int threads,
                               std::string &error);

  Program content;
  std::vector<std::vector<uint8_t>> data; // per tensor
  bool finished = false;
};

/// Serialises a program; fails the test if that is impossible.
std::vector<uint8_t> bytesOf(const Program &program);

/// Two inputs, an addition, a reshape in place and a max pool; used by the
/// tests of the container and of the C interface. Constants refer to static
/// data.
Program exampleProgram();

/// Opens, runs and closes, with all inputs filled from a seed. Returns the
/// bytes of all outputs, or the error.
std::string runModel(const std::vector<uint8_t> &file, unsigned seed,
                     std::vector<uint8_t> *outputs);

} // namespace qcrt::test
#endif // QC_UNITTESTS_RUNTIME_OPTESTER_H
