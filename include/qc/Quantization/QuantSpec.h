// Which integer types and which arithmetic a compile may use: plain data.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_QUANTIZATION_QUANTSPEC_H
#define QC_QUANTIZATION_QUANTSPEC_H

#include "qc/Dialect/Tpu/IR/Tpu.h"

#include "llvm/ADT/StringRef.h"
#include <optional>
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
  /// 4, 8 or 16. Beside 4, layers that lose most by it have 8
  /// (WeightWidths.h).
  unsigned bits = 8;
  /// One scale an output channel, else one a tensor.
  bool perChannel = true;
  bool powerOfTwo = false;
  /// With 4 bits: so many inputs of a channel, at most, have a scale of their
  /// own, an integer times the channel's (GroupScales.h); 0: all.
  unsigned group = 0;
};

/// Activations and weights of one named precision. What is not said about
/// single ops holds for all of them.
struct Precision {
  std::string name;
  ActivationScheme activation;
  WeightScheme weight;
  /// With activations of 16 bits: those of ops that take 8 bits only. Without
  /// it the target refuses such ops in this precision.
  std::optional<ActivationScheme> narrow = std::nullopt;
  /// With activations of 8 bits: ops of tpu whose inputs have 16.
  std::vector<std::string> wideInputs = {};
};

/// What a target says about quantization. The first precision is the default.
struct QuantSpec {
  std::vector<Precision> precisions;
  tpu::RequantKind kind = tpu::RequantKind::Mul32;
  tpu::Rounding rounding = tpu::Rounding::Single;
  /// Results with a range by definition (softmax, sigmoid) always use all of
  /// it; otherwise only the part that calibration saw.
  bool fullFixedRanges = false;
  /// Networks that come with storage types may have any that have kernels, not
  /// only those of the precisions.
  bool takesAnyTypes = false;
  /// Ops of tpu of which one must read a tensor that is named for 16 bits;
  /// empty: any op may.
  std::vector<std::string> namedReaders = {};
  /// Where activations are affine: ops of top whose operands and results have
  /// zero point 0 all the same, signed.
  std::vector<std::string> symmetricOps = {};
  /// The same of inputs of the network, and of products of two activations.
  bool symmetricInputs = false;
  bool symmetricProducts = false;
  /// Ops of top whose weights have one scale although others have one a
  /// channel.
  std::vector<std::string> oneScaleOps = {};

  /// The precision called `name`, or null.
  const Precision *find(llvm::StringRef name) const;

  /// How activations of 16 bits are represented where only some have them: as
  /// in the first precision that has 16. Null when the target has none.
  const ActivationScheme *findWideScheme() const;
};

/// The precision that every target has besides its own: the whole network in
/// float, on the CPU of the device.
inline constexpr llvm::StringLiteral kFloatPrecision("float");

/// True if `module`'s `qc.precision` says so.
bool isFloatNetwork(ModuleOp module);

/// The precision of `spec` that `module`'s `qc.precision` names, or its first.
/// An unknown name is an error that lists the known ones.
FailureOr<Precision> getPrecision(ModuleOp module, const QuantSpec &spec);

} // namespace qc

#endif // QC_QUANTIZATION_QUANTSPEC_H
