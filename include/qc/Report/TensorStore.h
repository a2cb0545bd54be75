// A probe that keeps the tensors of one run by name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_REPORT_TENSORSTORE_H
#define QC_REPORT_TENSORSTORE_H

#include "qc/Calibration/SoftmaxInput.h"
#include "qc/Execution/Executor.h"
#include "qc/Execution/StoredTensor.h"

#include <functional>
#include <map>

namespace qc {

/// Keeps real values in the source's order; names that `filter` refuses are
/// passed over. clear() between runs.
class TensorStore : public Probe {
public:
  using Filter = std::function<bool(const std::string &)>;
  explicit TensorStore(Filter filter = {}, SeenParts seenParts = {})
      : filter(std::move(filter)), seenParts(std::move(seenParts)) {}

  Interest wants(const TensorInfo &tensor) override {
    return tensor.name.empty() || (filter && !filter(tensor.name))
               ? Interest::None
               : Interest::RowMajor;
  }
  void observe(const TensorInfo &tensor, const Tensor &data) override {
    Tensor real = toSourceTensor(tensor, data);
    real = asRead(tensor.name, real);
    // Shown tensors live in the arena: what was not converted is copied.
    bool borrowed = real.numElements() && real.raw() == data.raw();
    tensors[tensor.name] = borrowed ? real.clone() : real;
  }

  /// What the readers of tensor `name` see of it: see SoftmaxInput.h.
  Tensor asRead(const std::string &name, const Tensor &data) const {
    auto part = seenParts.find(name);
    bool differs = part != seenParts.end() && data.dtype() == DType::F32;
    return differs ? clampToSeen(data, part->second) : data;
  }

  void clear() { tensors.clear(); }
  const Tensor *find(const std::string &name) const {
    auto found = tensors.find(name);
    return found == tensors.end() ? nullptr : &found->second;
  }
  const std::map<std::string, Tensor> &all() const { return tensors; }

private:
  Filter filter;
  SeenParts seenParts;
  std::map<std::string, Tensor> tensors;
};

} // namespace qc

#endif // QC_REPORT_TENSORSTORE_H
