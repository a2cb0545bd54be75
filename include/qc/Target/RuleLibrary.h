// Building blocks of support rules: numbers of an op, and limits on them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A limit makes its words from its numbers, so that what is printed is what is
// checked:
//
//   rules.allow("tpu.conv2d",
//               {rules::inRange("conv-kernel", "kernel height and width",
//                               rules::getKernel, 1, 7)});
#ifndef QC_TARGET_RULELIBRARY_H
#define QC_TARGET_RULELIBRARY_H

#include "qc/Target/SupportRules.h"

namespace qc::rules {

//===----------------------------------------------------------------------===//
// Numbers of an op of tpu. An op without them gives none, which meets any
// limit.
//===----------------------------------------------------------------------===//

using Numbers = std::function<SmallVector<int64_t>(Operation *op)>;

/// Height and width of the window of a convolution or a pooling.
SmallVector<int64_t> getKernel(Operation *op);
/// Along height and width.
SmallVector<int64_t> getStrides(Operation *op);
SmallVector<int64_t> getDilations(Operation *op);
/// Top, left, bottom, right.
SmallVector<int64_t> getPads(Operation *op);
SmallVector<int64_t> getGroup(Operation *op);
/// Channels of the (first) operand: its last dimension.
SmallVector<int64_t> getInputChannels(Operation *op);
/// Input and output channels of one group of a convolution.
SmallVector<int64_t> getGroupChannels(Operation *op);
/// Dimensions of every operand that is an activation and of every result.
SmallVector<int64_t> getSizes(Operation *op);
/// First dimensions of them.
SmallVector<int64_t> getBatches(Operation *op);
/// How many elements a reduction makes one of.
SmallVector<int64_t> getReducedCount(Operation *op);
/// How many operands a concatenation joins.
SmallVector<int64_t> getOperandCount(Operation *op);

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

/// A convolution with one input channel a group.
bool isDepthwise(Operation *op);
/// Some activation has 16 bits.
bool isWide(Operation *op);

/// Dimension `axis` of the results of `op`, counted in the network's own layout
/// (2 and 3 are height and width of an image).
int64_t toSourceAxis(Operation *op, int64_t axis);

//===----------------------------------------------------------------------===//
// Limits
//===----------------------------------------------------------------------===//

/// Each number lies in [low, high].
SupportRule inRange(std::string id, std::string what, Numbers numbers,
                    int64_t low, int64_t high);
/// Each number is one of `values` (ascending).
SupportRule oneOf(std::string id, std::string what, Numbers numbers,
                  std::vector<int64_t> values);
/// Each number is a power of two.
SupportRule powersOfTwo(std::string id, std::string what, Numbers numbers);
/// All numbers are the same.
SupportRule allEqual(std::string id, std::string what, Numbers numbers);
/// The product of the numbers is at most `limit`.
SupportRule productAtMost(std::string id, std::string what, Numbers numbers,
                          int64_t limit);
/// `rule` where `applies`; its words end in ", when " and `when` ("depthwise").
SupportRule onlyWhen(std::string when, std::function<bool(Operation *)> applies,
                     SupportRule rule);

/// Operands and results have at most `rank` dimensions.
SupportRule maxRank(int64_t rank);
/// Storage types of activations that the op reads and makes, of one operand
/// (from 0) alone, of its results, of its constant weights. Quantization keeps
/// to them: where tensors have other types, the op reads and makes copies.
SupportRule activationsIn(TypeSet types);
SupportRule operandIn(unsigned operand, TypeSet types);
SupportRule resultsIn(TypeSet types);
SupportRule weightsIn(TypeSet types);
/// Activations of 8 bits.
SupportRule eightBits();
/// Activations have one width, 8 or 16 bits. Quantization gives the op 16 when
/// one of its tensors is to have 16, with conversions before and after it.
SupportRule oneWidth();
/// A table computes one of `functions` (attribute `function` of tpu.lut).
SupportRule functionIn(std::vector<std::string> functions);
/// A picture comes in one of `formats` (attribute `format` of tpu.picture).
SupportRule pictureIn(std::vector<std::string> formats);
/// Rows of an nv12 picture are multiples of `bytes`.
SupportRule nv12Rows(int64_t bytes);
/// An enlargement whose factors are powers of two.
SupportRule resizeByPowersOfTwo();
/// The axis, counted in the network's own layout (NCHW), is one of the last
/// `count` dimensions.
SupportRule axisAmongLast(int64_t count);
/// The axes are height and width of an image.
SupportRule reducesImage();

} // namespace qc::rules

#endif // QC_TARGET_RULELIBRARY_H
