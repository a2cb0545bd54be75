// Which integer types and which arithmetic a compile may use: plain data.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_QUANTSPEC_H
#define QC_QUANTIZATION_QUANTSPEC_H

#include "qc/Dialect/Tpu/IR/Tpu.h"

#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace qc {

/// How activations of one width are represented.
struct ActivationScheme {
  unsigned bits = 8;
  bool isSigned = true;
  /// Zero point 0 and a range [-t, t]; otherwise affine.
  bool symmetric = false;
  /// Scales are powers of two.
  bool powerOfTwo = false;
};

/// How weights are represented: symmetric, narrow range.
struct WeightScheme {
  unsigned bits = 8;
  /// One scale an output channel, else one a tensor.
  bool perChannel = true;
  bool powerOfTwo = false;
};

/// Activations and weights of one named precision.
struct Precision {
  std::string name;
  ActivationScheme activation;
  WeightScheme weight;
};

/// What a target says about quantization. The first precision is the default.
struct QuantSpec {
  std::vector<Precision> precisions;
  tpu::RequantKind kind = tpu::RequantKind::Mul32;
  tpu::Rounding rounding = tpu::Rounding::Single;
  /// Results with a range by definition (softmax, sigmoid) always use all of
  /// it; otherwise only the part that calibration saw.
  bool fullFixedRanges = false;

  /// The precision called `name`, or null.
  const Precision *find(llvm::StringRef name) const;
};

/// The precision of `spec` that `module`'s `qc.precision` names, or its first.
/// An unknown name is an error that lists the known ones.
FailureOr<Precision> getPrecision(ModuleOp module, const QuantSpec &spec);

} // namespace qc

#endif // QC_QUANTIZATION_QUANTSPEC_H
