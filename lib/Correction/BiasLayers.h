// Layers in both of their forms, and biases that can be changed.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_CORRECTION_BIASLAYERS_H
#define QC_LIB_CORRECTION_BIASLAYERS_H

#include "qc/Container/Container.h"
#include "qc/Interfaces/WeightedOpInterface.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>

namespace qc {

/// A layer of the float network and the integer layer that it became.
struct BiasLayer {
  WeightedOpInterface source;  ///< of top
  WeightedOpInterface integer; ///< of tpu
  std::string name;            ///< of the tensor that it computes
  std::vector<double> bias;    ///< that of the float network
  std::vector<double> delta;   ///< what is added to it, in real units
  uint32_t instruction = 0, result = 0;

  /// Writes the bias with its present change into the program.
  void store();
  /// Gives the float layer the bias with its change, if there is one.
  void moveIntoSource();

  std::vector<double> units; ///< that of the stored bias, a channel
  Tensor stored;             ///< the bias as the program has it
};

/// The layers of `function` (top) with constant weights and biases, by the
/// instruction of `image` that computes them. Each gets a bias tensor in the
/// program that is no other layer's, and which `store` writes.
std::map<uint32_t, BiasLayer> findBiasLayers(func::FuncOp function,
                                             ProgramImage &image);

/// Gives operand `value` of instruction `index` of `program`, that of `op`, a
/// constant that no other instruction reads and whose elements can be written:
/// those of the tensor that comes back, which must outlive the program.
Tensor ownConstant(qcrt::Program &program, uint32_t index, Operation *op,
                   Value value);

} // namespace qc

#endif // QC_LIB_CORRECTION_BIASLAYERS_H
