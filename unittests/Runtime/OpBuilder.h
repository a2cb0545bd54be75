// Programs of one instruction. Needs no test framework, so that it also runs on
// an emulated board.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_UNITTESTS_RUNTIME_OPBUILDER_H
#define QC_UNITTESTS_RUNTIME_OPBUILDER_H

#include "qcrt/Program.h"

#include <cstdint>
#include <map>
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

/// A program of one instruction, with its data.
class OpBuilder {
public:
  explicit OpBuilder(std::string kernel);

  OpBuilder &input(const Format &format, const Shape &shape,
                   const Values &values, bool constant = false);
  OpBuilder &floats(const Shape &shape, const std::vector<float> &values,
                    bool constant = false);
  OpBuilder &output(const Format &format, const Shape &shape);
  OpBuilder &floatOutput(const Shape &shape);
  /// Gives a tensor, of which no data are wanted, another type.
  OpBuilder &retype(size_t index, const Format &format);
  OpBuilder &ints(const std::string &key, const std::vector<int64_t> &values);
  OpBuilder &numbers(const std::string &key, const std::vector<double> &values);
  OpBuilder &text(const std::string &key, const std::string &value);
  OpBuilder &requant(const Ratio &ratio, const std::string &prefix = "requant");

  /// The program with tensors placed and lists filled; refers to this object.
  Program &program();

protected:
  size_t addTensor(const Format &format, const Shape &shape, TensorKind kind);

  Program content;
  std::vector<std::vector<uint8_t>> data; // per tensor

private:
  bool finished = false;
};

/// Two inputs, an addition, a reshape in place and a max pool; used by the
/// tests of the container and of the C interface. Constants refer to static
/// data.
Program exampleProgram();

/// Programs of every kernel by name, each with random data.
std::map<std::string, std::vector<OpBuilder>> kernelExamples();

/// Adds those of the kernels over floats.
void addFloatExamples(std::map<std::string, std::vector<OpBuilder>> &examples);

/// Opens, runs and closes, with all inputs filled from a seed, floats with
/// finite values. Returns the bytes of all outputs, or the error.
std::string runModel(const std::vector<uint8_t> &file, unsigned seed,
                     std::vector<uint8_t> *outputs);

} // namespace qcrt::test
#endif // QC_UNITTESTS_RUNTIME_OPBUILDER_H
