// An opened program: its bytes, its prepared kernels, and how it runs.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_MODEL_H
#define QCRT_SRC_MODEL_H

#include "FileBytes.h"
#include "Kernel.h"
#include "qcrt/Program.h"

#include <memory>
#include <string>
#include <vector>

/// The handle of the C interface.
struct qcrt_model {
public:
  /// Reads and verifies bytes(), prepares every instruction.
  bool load(std::string &error);
  /// Replaces the pool; throws if the system refuses threads.
  void setThreads(int threads);
  /// Runs once; the arena has been checked. Null, or what went wrong.
  const char *run(unsigned char *arena, const void *const *inputs,
                  void *const *outputs);
  /// The same of inputs in parts, which have been checked.
  const char *runPlanes(unsigned char *arena, const qcrt_plane *planes,
                        void *const *outputs);

  size_t arenaSize() const { return scratchOffset + scratchSize; }
  qcrt::FileBytes &bytes() { return file; }
  const qcrt::Program &program() const { return content; }
  const qcrt_tensor_info &info(uint32_t tensor) const { return infos[tensor]; }

  /// Parts of inputs that may lie in memory of their own.
  struct Plane {
    qcrt_plane_info info = {};
    size_t offset = 0; ///< in the input
  };
  const std::vector<Plane> &planes() const { return inputPlanes; }

  qcrt_trace_callback trace = nullptr;
  void *traceUser = nullptr;

private:
  struct Step {
    std::unique_ptr<qcrt::Kernel> kernel;
    std::string sources;
    size_t firstOperand = 0; // inputs, then outputs
    size_t numInputs = 0, numOutputs = 0;
    size_t firstTraced = 0; // outputs, in tracedInfos
  };

  void describeTensors();
  void describePlanes();
  const char *execute(void *const *outputs);
  bool prepareStep(size_t number, std::string &error);
  void bind(unsigned char *newArena);
  void report(size_t number);
  unsigned char *locate(unsigned char *base, uint32_t tensor) const;

  qcrt::FileBytes file;
  qcrt::Program content;
  std::vector<qcrt_tensor_info> infos;
  std::vector<qcrt::TensorView> views; // one per tensor, data of constants
  std::vector<Plane> inputPlanes;
  std::vector<Step> steps;
  std::vector<qcrt::TensorView> operands;
  std::vector<uint32_t> operandTensors; // parallel to operands
  std::vector<qcrt_tensor_info> tracedInfos;
  std::vector<const void *> tracedData;
  std::unique_ptr<qcrt::ThreadPool> pool;
  size_t scratchOffset = 0, scratchSize = 0;
  unsigned char *arena = nullptr; // that operands point into
};

#endif // QCRT_SRC_MODEL_H
