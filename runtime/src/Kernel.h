// What a kernel sees of a program, and how kernels are found by name.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNEL_H
#define QCRT_SRC_KERNEL_H

#include "Attributes.h"
#include "ThreadPool.h"
#include "qcrt.h"
#include "qcrt/Program.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace qcrt {

/// A dense, row-major tensor. While a kernel is prepared, data is set for
/// constants only; while it runs, for every tensor. The reader has already
/// checked rank, shape (no dimension below 1, no overflow), data sizes, that
/// scales are finite and positive, and that the zero point of an 8- or 16-bit
/// tensor lies in its storage range.
struct TensorView {
  const char *name = "";
  qcrt_dtype dtype = QCRT_F32;
  int rank = 0;
  int64_t shape[QCRT_MAX_RANK] = {};
  /// One scale, one per index of dimension axis, or none (not quantized).
  const float *scales = nullptr;
  int64_t numScales = 0;
  int axis = -1;
  int64_t zeroPoint = 0;
  /// Range of stored values, within the storage type.
  int64_t qmin = 0, qmax = 0;
  bool constant = false;
  void *data = nullptr;

  template <typename T> T *as() const { return static_cast<T *>(data); }
  /// Product of dimensions [first, last).
  int64_t product(int first, int last) const {
    int64_t result = 1;
    for (int i = first; i < last; ++i)
      result *= shape[i];
    return result;
  }
  int64_t numElements() const { return product(0, rank); }
  size_t byteSize() const {
    return static_cast<size_t>(
        bytesOf(dtype, static_cast<uint64_t>(numElements())));
  }
  bool isQuantized() const {
    return dtype == QCRT_I8 || dtype == QCRT_U8 || dtype == QCRT_I16;
  }
};

/// Longest dimension for which kernels build a table with an entry per index.
constexpr int64_t largestMappedDimension = int64_t(1) << 24;

/// Everything a factory may look at, and where it leaves its error. The views
/// are gone once it returns; names, scales and the data of constants stay.
struct PrepareContext {
  const TensorView *inputs;
  int numInputs;
  const TensorView *outputs;
  int numOutputs;
  /// Reading marks a key as known; the reader refuses an instruction with keys
  /// that the factory did not ask for.
  Attributes &attributes;
  std::string error;

  /// Notes the first error and returns null, so that a factory can say
  /// `return context.fail("...")`. Lower case, no full stop.
  std::nullptr_t fail(const std::string &text) {
    if (error.empty())
      error = text;
    return nullptr;
  }
  /// The same for functions that return whether all is well.
  bool refuse(const std::string &text) {
    fail(text);
    return false;
  }
  /// True if an error was noted here or in the attributes.
  bool failed() const { return !error.empty() || attributes.failed(); }

  /// Checks operand counts; notes an error and returns false if they differ.
  bool expectOperands(int inputs, int outputs);
  /// Checks a rank; false with an error that names the tensor.
  bool expectRank(const TensorView &tensor, int rank);
  /// Checks that the type is one of 8 or 16 bits, with a scale unless
  /// needScale is false.
  bool expectQuantized(const TensorView &tensor, bool needScale = true);
  bool expectType(const TensorView &tensor, qcrt_dtype dtype);
  bool expectConstant(const TensorView &tensor);
  /// Checks that both have the same rank and dimensions.
  bool expectSameShape(const TensorView &a, const TensorView &b);
  /// Checks that no dimension exceeds largestMappedDimension.
  bool expectMappable(const TensorView &tensor);
  /// Checks equal storage type, scale and zero point.
  bool expectSameParameters(const TensorView &a, const TensorView &b);
};

/// Whether an input may lie in the same memory as an output.
enum class Sharing {
  None,
  /// Allowed; the input's content is lost.
  Overwrites,
  /// Allowed; the bytes they share are the same, so both stay valid.
  Keeps,
};

/// What one execution gets.
struct RunContext {
  const TensorView *inputs;
  const TensorView *outputs;
  /// At least scratchBytes(pool.threads()) bytes, aligned to QCRT_ALIGNMENT;
  /// its content is undefined and is not kept.
  void *scratch;
  ThreadPool &pool;
};

/// An instruction, ready to run. Whatever costs time or memory (packing
/// weights, tables of offsets) happens in the factory; run allocates nothing.
class Kernel {
public:
  virtual ~Kernel() = default;
  /// Returns null, or a text (static storage) if the data make it impossible,
  /// for example an index out of range. Same bytes for any number of threads.
  virtual const char *run(const RunContext &context) const = 0;
  virtual size_t scratchBytes(int threads) const { return 0; }
  /// What happens if the input starts `distance` bytes after the output and
  /// they overlap.
  virtual Sharing sharing(int input, int output, int64_t distance) const {
    return Sharing::None;
  }
};

/// Checks attributes, shapes and types and builds the kernel; null with an
/// error in the context if anything is wrong.
using KernelFactory = std::unique_ptr<Kernel> (*)(PrepareContext &);

/// The factory of a kernel class with `bool read(PrepareContext &)`.
template <typename KernelClass>
std::unique_ptr<Kernel> makeKernel(PrepareContext &context) {
  auto kernel = std::make_unique<KernelClass>();
  if (!kernel->read(context))
    return nullptr;
  return kernel;
}

/// Name to factory, sorted by name.
class KernelRegistry {
public:
  void add(const char *name, KernelFactory factory);
  /// Null if there is none.
  KernelFactory find(const std::string &name) const;
  std::vector<std::string> names() const;
  /// All kernels of this library; built once, on first use.
  static const KernelRegistry &all();

private:
  struct Entry {
    std::string name;
    KernelFactory factory;
  };
  std::vector<Entry> entries;
};

} // namespace qcrt
#endif // QCRT_SRC_KERNEL_H
