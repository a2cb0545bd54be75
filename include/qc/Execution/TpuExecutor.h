// Running programs on the host, with the kernels that boards run.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_EXECUTION_TPUEXECUTOR_H
#define QC_EXECUTION_TPUEXECUTOR_H

#include "qc/Execution/Executor.h"
#include "qc/Execution/RemoteProgram.h"

namespace qcrt {
struct ProgramTensor;
}

namespace qc {

/// Runs a module of instructions or a .qcb file through the runtime (qcrt);
/// both give the same bytes.
///
/// Inputs and outputs have the types of the program. An input of stored
/// integers may also be given as F32, which is quantized with the input's scale
/// and zero point. A probe sees stored integers; StoredTensor.h turns them into
/// what the source model computes.
class TpuExecutor : public Executor {
public:
  /// Fails with errors at the ops that the runtime cannot run. The module is
  /// encoded here and not needed afterwards, except that TensorInfo::value
  /// points into it.
  static FailureOr<std::unique_ptr<TpuExecutor>>
  create(ModuleOp module, const ExecutorOptions &options = {});

  /// Opens a .qcb file; the message names the file and what is wrong with it.
  static Result<std::unique_ptr<TpuExecutor>>
  open(const std::string &path, const ExecutorOptions &options = {});

  ~TpuExecutor() override;

  Status run(ArrayRef<Tensor> inputTensors,
             SmallVectorImpl<Tensor> &outputTensors,
             Probe *probe = nullptr) override;

  /// From here on runs are done by a qcrt-server, which gets the program. They
  /// show a probe inputs and outputs alone.
  Status runOn(const RemoteHost &host);

  /// Bytes of the tensors' plan and the most that is live at once; the arena
  /// holds the kernels' scratch memory as well.
  size_t getPlannedBytes() const;
  size_t getLowerBoundBytes() const;
  /// Bytes of the arena of a run with one thread.
  size_t getArenaBytes() const;

  /// What the program says of its provenance; empty when it says nothing.
  std::string getProvenance(StringRef fact) const;

  /// The preprocessing text of each input; empty where there is none.
  std::vector<std::string> getPreprocess() const;
  /// The description of the picture that each input is; empty where it is none.
  std::vector<std::string> getPictures() const;

private:
  struct State;
  TpuExecutor();
  Status load(ArrayRef<Value> values, const ExecutorOptions &options);
  Status runProgram(ArrayRef<Tensor> inputTensors,
                    SmallVectorImpl<Tensor> &outputTensors, Probe *probe);

  Status runRemotely(ArrayRef<Tensor> stored,
                     SmallVectorImpl<Tensor> &outputTensors, Probe *probe);

  std::unique_ptr<State> state;
};

/// What executors say of a tensor of a program; `value` is where it is in the
/// IR, if it is.
TensorInfo describeTensor(const qcrt::ProgramTensor &tensor, Value value = {});

/// True if the function is a program: the runtime has a form for all its ops
/// and computes at least one of them (see Encoding.h), so that TpuExecutor runs
/// its module.
bool isTpuFunction(func::FuncOp function);

} // namespace qc

#endif // QC_EXECUTION_TPUEXECUTOR_H
