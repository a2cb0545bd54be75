// Which integer types and which arithmetic a compile may use.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/QuantSpec.h"

const qc::Precision *qc::QuantSpec::find(llvm::StringRef name) const {
  auto found = llvm::find_if(
      precisions, [&](const Precision &p) { return p.name == name; });
  return found == precisions.end() ? nullptr : &*found;
}
