// The error of each layer alone; private to this library.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_REPORT_ISOLATEDERRORS_H
#define QC_LIB_REPORT_ISOLATEDERRORS_H

#include "qc/Report/LayerErrors.h"
#include "qc/Report/TensorStore.h"

#include <memory>

namespace qc {

/// The layers of a program, each cut out of it and fed from the reference.
class IsolatedErrors {
public:
  IsolatedErrors();
  ~IsolatedErrors();

  /// Cuts the layers out of `module` (tpu), those that can stand alone.
  Status cut(ModuleOp module, const Executor &reference);

  /// True if a layer may be fed with the reference's tensor `name`.
  bool needs(const std::string &name) const { return elements.count(name); }

  /// Runs all layers on the reference's tensors of one sample.
  Status add(const TensorStore &reference);

  /// Sets `isolated` of the layers that were cut out.
  void finish(std::vector<LayerError> &layers) const;

private:
  /// A part of the program between tensors that the reference knows.
  class Segment;

  /// Sizes of the reference's float tensors.
  std::map<std::string, int64_t> elements;
  std::vector<std::unique_ptr<Segment>> segments;
};

} // namespace qc

#endif // QC_LIB_REPORT_ISOLATEDERRORS_H
