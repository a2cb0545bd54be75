// Rebuilding ops that are linear in known weights.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "LinearOps.h"
#include "Rewrite.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Transforms/ConstantValues.h"

namespace qc {

static constexpr unsigned kBias = 2;

std::optional<std::vector<double>> getBiasNumbers(Operation *op,
                                                  int64_t outputs) {
  if (op->getNumOperands() <= kBias)
    return std::vector<double>(outputs, 0.0);
  return getNumbers(op->getOperand(kBias));
}

Value createScaledWeight(OpBuilder &builder, Operation *op,
                         ArrayRef<double> factors) {
  auto stored = op->getOperand(1).getDefiningOp<top::QuantizedConstantOp>();
  if (!stored || llvm::any_of(factors, [](double f) { return !(f > 0); }))
    return {};
  auto type = cast<RankedTensorType>(stored.getOutput().getType());
  auto element = cast<quant::QuantizedType>(type.getElementType());
  auto parameters = top::BlockParameters::get(type);
  top::Blocks channels{
      llvm::to_vector(type.getShape()),
      cast<QuantizableOpInterface>(op).getWeightBlock(/*index=*/1)};
  if (!parameters || channels.block.empty() ||
      channels.count() != int64_t(factors.size()))
    return {};
  if (parameters->blocks.count() == 1 && !llvm::all_equal(factors)) {
    parameters->scales.assign(factors.size(), parameters->scales.front());
    parameters->zeroPoints.assign(factors.size(),
                                  parameters->zeroPoints.front());
    parameters->blocks = channels;
  }
  bool isChannels = parameters->blocks.block == channels.block;
  if (!isChannels && !llvm::all_equal(factors))
    return {};
  for (auto [i, scale] : llvm::enumerate(parameters->scales))
    scale = static_cast<float>(scale * factors[isChannels ? i : 0]);
  return top::QuantizedConstantOp::create(
      builder, stored.getLoc(), top::getBlockType(*parameters, element),
      stored.getValue());
}

void forEachConnection(
    Tensor &weight, int64_t dim0, int64_t dim1,
    llvm::function_ref<void(int64_t, int64_t, MutableArrayRef<float>)> update) {
  int64_t inner = weight.numElements() / (dim0 * dim1);
  float *data = weight.data<float>();
  for (int64_t i = 0; i < dim0; ++i)
    for (int64_t j = 0; j < dim1; ++j, data += inner)
      update(i, j, {data, size_t(inner)});
}

void replaceByLinear(PatternRewriter &rewriter, Operation *last, Operation *op,
                     Value input, Value weight, ArrayRef<double> bias,
                     Location biasLoc) {
  rewriter.setInsertionPoint(last);
  SmallVector<Value> operands{input, weight ? weight : op->getOperand(1)};
  bool hasBias = op->getNumOperands() > kBias;
  if (hasBias || llvm::any_of(bias, [](double x) { return x != 0; }))
    operands.push_back(createNumbers(
        rewriter, hasBias ? op->getOperand(kBias).getLoc() : biasLoc, bias,
        operands[1].getType()));
  Operation *fused = cloneAs(rewriter, op, last, operands);
  // A clamp of `last` comes after all that was fused. That of `op` would have
  // come before it, so that callers do not fuse ops that have one.
  for (StringRef bound : {"act_min", "act_max"})
    if (Attribute value = last->getAttr(bound))
      fused->setAttr(bound, value);
  rewriter.replaceOp(last, fused);
}

} // namespace qc
