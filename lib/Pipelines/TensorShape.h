// How the values of float tensors are spread, and means of their channels.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_PIPELINES_TENSORSHAPE_H
#define QC_LIB_PIPELINES_TENSORSHAPE_H

#include "qc/Execution/Executor.h"

#include <map>
#include <string>
#include <vector>

namespace qc {

/// Sums over the values of one tensor, and the largest magnitude of each of its
/// channels: the dimension behind the first, where there are more than two, and
/// else the last.
class TensorShape {
public:
  void add(const Tensor &data);
  void add(const TensorShape &other);
  /// The fourth moment about the mean over the square of the second; 0 where
  /// all values are the same.
  double getKurtosis() const;
  /// The largest channel's largest magnitude over the median channel's; 1 where
  /// that is zero.
  double getSpread() const;

private:
  double count = 0, powers[4] = {0, 0, 0, 0};
  std::vector<double> largest; ///< by channel
};

/// Sums up all float tensors of a run that have names.
class ShapeProbe : public Probe {
public:
  Interest wants(const TensorInfo &tensor) override {
    return tensor.name.empty() || tensor.dtype != DType::F32
               ? Interest::None
               : Interest::RowMajor;
  }
  void observe(const TensorInfo &tensor, const Tensor &data) override {
    shapes[tensor.name].add(data);
  }
  std::map<std::string, TensorShape> shapes;
};

/// Averages the channels of one tensor.
class MeanOfChannels : public Probe {
public:
  MeanOfChannels(std::string name, int64_t axis)
      : name(std::move(name)), axis(axis) {}

  Interest wants(const TensorInfo &tensor) override {
    return tensor.name == name ? Interest::RowMajor : Interest::None;
  }
  void observe(const TensorInfo &tensor, const Tensor &data) override;

  std::vector<double> means;

private:
  std::string name;
  int64_t axis;
};

} // namespace qc

#endif // QC_LIB_PIPELINES_TENSORSHAPE_H
