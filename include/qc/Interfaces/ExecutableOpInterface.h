// How an op is computed on the host: kernels and what they are made from.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_EXECUTABLEOPINTERFACE_H
#define QC_INTERFACES_EXECUTABLEOPINTERFACE_H

#include "qc/Support/Tensor.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>
#include <optional>

namespace qc {

/// In which order the elements of a tensor lie in memory while a network runs.
/// The shape is always that of the IR; dimension 1 is the channel where an
/// order speaks of channels.
struct TensorLayout {
  enum Kind : uint8_t {
    RowMajor,
    /// [N, d..., C]; rank 3 and more.
    ChannelsLast,
    /// [N, C / block, d..., block]; rank 3 and more. Channels are filled up to
    /// a multiple of `block` with zeros, which kernels must keep zero.
    ChannelBlocked
  };

  Kind kind = RowMajor;
  int64_t block = 1;

  static TensorLayout rowMajor() { return {}; }
  static TensorLayout channelsLast() { return {ChannelsLast, 1}; }
  static TensorLayout channelBlocked(int64_t block) {
    return {ChannelBlocked, block};
  }

  bool isRowMajor() const { return kind == RowMajor; }
  /// True when memory holds more elements than the tensor has.
  bool isPadded(llvm::ArrayRef<int64_t> shape) const {
    return kind == ChannelBlocked && shape[1] % block != 0;
  }
  /// Elements in memory, filling included.
  int64_t physicalElements(llvm::ArrayRef<int64_t> shape) const;

  bool operator==(const TensorLayout &other) const {
    return kind == other.kind && block == other.block;
  }
  bool operator!=(const TensorLayout &other) const { return !(*this == other); }
};

/// Where a kernel finds its tensors; fixed for the life of an executor.
struct KernelBuffers {
  /// One an operand; null for operands that the kernel absorbed.
  llvm::SmallVector<const void *> inputs;
  llvm::SmallVector<void *> outputs;
  /// 64-byte aligned, `scratchBytes` long; its content does not last.
  void *scratch = nullptr;

  template <typename T> const T *in(size_t index) const {
    return static_cast<const T *>(inputs[index]);
  }
  template <typename T> T *out(size_t index = 0) const {
    return static_cast<T *>(outputs[index]);
  }
};

/// One op, ready to run. Whatever costs time (reordering weights, tables)
/// happens while it is made; run() allocates nothing.
class OpKernel {
public:
  virtual ~OpKernel();

  /// Called once, after memory is planned.
  virtual void bind(const KernelBuffers &buffers) = 0;
  /// Computes the results. A failure names what the data made impossible, for
  /// example an index out of range.
  virtual Status run() = 0;

  /// The order in which operands are read and results are written. The
  /// executor converts an operand that arrives in another one.
  llvm::SmallVector<TensorLayout> inputLayouts;
  llvm::SmallVector<TensorLayout> outputLayouts;
  size_t scratchBytes = 0;
  /// Operands whose buffer result 0 may take over when they die here.
  llvm::SmallVector<unsigned> inPlaceOperands;
  /// Result 0 is the bytes of operand 0 under another shape: both share a
  /// buffer and run() is not called.
  bool isView = false;
};

/// What a kernel is made from: an op, the order in which its operands arrive,
/// and the values of those that are constant. A calibrated tensor is a float
/// tensor here, a quantized one holds real values unless an integer op made it
/// (`inputDType` says so), and half precision is computed and held as f32.
class KernelRequest {
public:
  KernelRequest(mlir::Operation *op,
                llvm::ArrayRef<TensorLayout> operandLayouts,
                llvm::ArrayRef<std::optional<Tensor>> constants,
                llvm::ArrayRef<DType> operandDTypes,
                llvm::ArrayRef<DType> resultDTypes, int threads);

  mlir::Operation *op;
  int threads;

  llvm::ArrayRef<int64_t> inputShape(unsigned index) const;
  llvm::ArrayRef<int64_t> outputShape(unsigned index = 0) const;
  DType inputDType(unsigned index) const { return inputDTypes[index]; }
  DType outputDType(unsigned index = 0) const { return outputDTypes[index]; }
  TensorLayout arrivingLayout(unsigned index) const { return layouts[index]; }

  /// The value of a constant operand, row-major; null if it is not constant.
  const Tensor *getConstant(unsigned index) const;
  /// Says that the kernel keeps what it needs of a constant operand and will
  /// not read its buffer.
  void absorb(unsigned index) { absorbed[index] = true; }
  bool isAbsorbed(unsigned index) const { return absorbed[index]; }

  /// Gives `kernel` row-major operands and results where it has said nothing.
  void setDefaultLayouts(OpKernel &kernel) const;

private:
  llvm::SmallVector<TensorLayout> layouts;
  llvm::SmallVector<std::optional<Tensor>> constants;
  llvm::SmallVector<DType> inputDTypes, outputDTypes;
  llvm::SmallVector<bool> absorbed;
};

/// The type in which elements of an IR type are held while a network runs (the
/// storage type of quantized ones, f32 for half precision), or nothing for a
/// type of odd width.
std::optional<DType> getExecutionDType(mlir::Type elementType);

} // namespace qc

#include "qc/Interfaces/ExecutableOpInterface.h.inc"

#endif // QC_INTERFACES_EXECUTABLEOPINTERFACE_H
