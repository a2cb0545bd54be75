// The attributes of inputs and outputs as they run.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_DIALECT_QC_IR_PICTURES_H
#define QC_DIALECT_QC_IR_PICTURES_H

#include "llvm/ADT/StringRef.h"

namespace qc {

/// On an argument of the network, a string: what the bytes of a camera mean
/// where the program takes them, as "nv12 yuv=bt601-full" (PictureSpec). What
/// the network was trained on stands beside it, in `qc.preprocess`.
inline constexpr llvm::StringLiteral kPictureAttr = "qc.picture";
/// On a result, a string: the layout to give it out in, nchw or nhwc. The pass
/// insert-picture takes it away, and notes the order as `qc.permutation`.
inline constexpr llvm::StringLiteral kOutputLayoutAttr = "qc.output_layout";
/// On the op of a program that reads a picture, arrays of f64: what
/// `pixel * factor + offset` its table is made of, for exporters.
inline constexpr llvm::StringLiteral kPixelFactorAttr = "qc.pixel_factor";
inline constexpr llvm::StringLiteral kPixelOffsetAttr = "qc.pixel_offset";
/// In a lineage, before the name of an input: the picture that reads it, as a
/// dictionary of its attributes.
inline constexpr llvm::StringLiteral kPictureKey = "picture.";
/// Why a value that pixels are read into has its range.
inline constexpr llvm::StringLiteral kPixelRange = "pixels of 0..255";

} // namespace qc

#endif // QC_DIALECT_QC_IR_PICTURES_H
