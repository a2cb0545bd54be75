// DepthToSpace and SpaceToDepth: blocks of channels become blocks of positions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"

#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

/// The edge of a block; 0 after an error. The input is checked as well.
int64_t readBlock(NodeContext &node) {
  int64_t block = node.integerAttr("blocksize", 0);
  if (node.rank(0) != 4)
    (void)node.fail("an input of shape " + shapeText(node.shape(0)) +
                    " has not 4 dimensions");
  else if (block < 1 || block > (int64_t(1) << 15))
    (void)node.fail("blocksize = " + Twine(block) + " is out of range");
  return node.failed() ? 0 : block;
}

/// Splits dimensions (`split`), reorders what results and joins it to `shape`.
LogicalResult rearrange(NodeContext &node, ArrayRef<int64_t> split,
                        ArrayRef<int64_t> perm, ArrayRef<int64_t> shape) {
  Type element = node.elementType(0);
  if (!element)
    return failure();
  Value blocks = node.createHelper<top::ReshapeOp>(
      "blocks", node.input(0), {}, RankedTensorType::get(split, element));
  Value moved = node.createHelper<top::TransposeOp>(
      "moved", blocks, OpAttributes().integers("perm", perm));
  return node.setResult(node.create<top::ReshapeOp>(
      moved, {}, RankedTensorType::get(shape, element)));
}

LogicalResult importDepthToSpace(NodeContext &node) {
  std::string mode = node.stringAttr("mode", "DCR");
  int64_t block = readBlock(node);
  if (mode != "DCR" && mode != "CRD")
    return node.fail("mode = '" + mode + "' is not known");
  if (node.failed())
    return failure();
  ArrayRef<int64_t> from = node.shape(0);
  int64_t n = from[0], h = from[2], w = from[3], c = from[1] / (block * block);
  if (from[1] % (block * block) != 0)
    return node.fail(Twine(from[1]) + " channels are not blocks of " +
                     Twine(block) + "x" + Twine(block));
  int64_t shape[] = {n, c, h * block, w * block};
  // Which of a channel's number is the position in the block: the front, or
  // the rear.
  if (mode == "DCR")
    return rearrange(node, {n, block, block, c, h, w}, {0, 3, 4, 1, 5, 2},
                     shape);
  return rearrange(node, {n, c, block, block, h, w}, {0, 1, 4, 2, 5, 3}, shape);
}

LogicalResult importSpaceToDepth(NodeContext &node) {
  std::string mode = node.stringAttr("mode", "DCR");
  int64_t block = readBlock(node);
  if (mode != "DCR" && mode != "CRD")
    return node.fail("mode = '" + mode + "' is not known");
  if (node.failed())
    return failure();
  ArrayRef<int64_t> from = node.shape(0);
  int64_t n = from[0], c = from[1], h = from[2] / block, w = from[3] / block;
  if (from[2] % block != 0 || from[3] % block != 0)
    return node.fail("an image of " + Twine(from[2]) + "x" + Twine(from[3]) +
                     " is not made of blocks of " + Twine(block) + "x" +
                     Twine(block));
  SmallVector<int64_t> perm{0, 3, 5, 1, 2, 4};
  if (mode == "CRD")
    perm = {0, 1, 3, 5, 2, 4};
  return rearrange(node, {n, c, h, block, w, block}, perm,
                   {n, c * block * block, h, w});
}

} // namespace

void registerDepthFamily(HandlerRegistry &registry) {
  registry.add("DepthToSpace", {1, 11, 13, 28},
               {importDepthToSpace, nullptr, StoredIntegers::Moved});
  registry.add("SpaceToDepth", {1, 13, 28},
               {importSpaceToDepth, nullptr, StoredIntegers::Moved});
}

} // namespace qc::onnximport
