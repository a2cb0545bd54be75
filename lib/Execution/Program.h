// A function made ready to run: kernels in order, and where their tensors lie.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_EXECUTION_PROGRAM_H
#define QC_LIB_EXECUTION_PROGRAM_H

#include "qc/Execution/Arena.h"
#include "qc/Execution/Executor.h"
#include "qc/Interfaces/ExecutableOpInterface.h"

#include <map>
#include <tuple>

namespace qc {

/// What executors say of a value: of quantized type or float.
TensorInfo describeTensor(Value value);

/// Memory of the arena, or a constant.
struct ProgramBuffer {
  size_t bytes = 0;
  std::optional<Tensor> constant;
};

/// One kernel with the buffers that it works on; -1 stands for an operand that
/// the kernel absorbed.
struct ProgramStep {
  /// Null for a conversion between memory orders.
  Operation *op = nullptr;
  std::unique_ptr<OpKernel> kernel;
  SmallVector<int> inputs, outputs;
  int scratch = -1;
  /// Too little for more than one thread.
  bool isSmall = false;
  /// What it rounds to its type; null for other steps.
  Value rounded;
  /// Indices of the tensors that can be looked at when the step is done.
  SmallVector<size_t> shown;
};

/// Where a tensor lies.
struct ProgramTensor {
  int buffer = -1;
  TensorLayout layout;
};

struct FreeMemory {
  void operator()(char *bytes) const;
};

/// What a builder makes and an executor runs.
struct Program {
  std::vector<ProgramBuffer> buffers;
  std::vector<ProgramStep> steps;
  /// One a TensorInfo, in the same order.
  std::vector<ProgramTensor> tensors;
  std::vector<TensorInfo> infos;
  /// Buffers of arguments and results, all row-major.
  SmallVector<int> inputs, outputs;

  std::unique_ptr<char, FreeMemory> arena;
  size_t arenaBytes = 0;
  std::vector<const void *> addresses;

  void *address(int buffer) const {
    return const_cast<void *>(addresses[buffer]);
  }
};

/// Makes a Program op by op: asks each for its kernel, converts memory orders
/// where producer and consumer differ (once a tensor and order), then plans
/// the arena and binds the kernels.
class ProgramBuilder {
public:
  /// Without `rounds`, values of quantized types are computed as floats.
  explicit ProgramBuilder(int threads, bool rounds = true)
      : threads(threads), rounds(rounds) {}

  /// A tensor that each run brings.
  LogicalResult addInput(Value value, Location loc);
  /// The result of a constant-like op.
  LogicalResult addConstant(Operation *op, ElementsAttr elements);
  void addConstant(Value value, Tensor tensor);
  /// An op with results whose operands have been added.
  LogicalResult addOp(Operation *op);
  /// Rounds `value`, which has been added, to what its type can represent.
  /// False where that is not quantized. Results of ops are rounded already.
  bool addRounding(Value value);
  /// A tensor that each run returns.
  LogicalResult addOutput(Value value);
  /// Fails when memory for the arena is not available.
  FailureOr<std::unique_ptr<Program>> finish(Location loc);

private:
  LogicalResult checkType(Value value, Location loc);
  int addBuffer(size_t bytes);
  void addTensor(Value value, int buffer, TensorLayout layout);
  int getBuffer(Value value, TensorLayout layout);
  void shareDyingOperands();
  SmallVector<ArenaBuffer> getLifetimes() const;

  int threads;
  bool rounds;
  std::unique_ptr<Program> program = std::make_unique<Program>();
  DenseMap<Value, ProgramTensor> values;
  /// Where values are among the program's tensors.
  DenseMap<Value, size_t> shownAt;
  std::map<std::tuple<void *, int, int64_t>, int> converted;
};

} // namespace qc

#endif // QC_LIB_EXECUTION_PROGRAM_H
