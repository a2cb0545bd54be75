// MatMul and Gemm.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"
#include "../HostOps.h"

#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"

namespace qc::onnximport {

namespace {

OpAttributes getTransposes(bool lhs, bool rhs) {
  return OpAttributes()
      .boolean("transpose_lhs", lhs)
      .boolean("transpose_rhs", rhs);
}

Value reshape(NodeContext &node, StringRef suffix, Value value,
              ArrayRef<int64_t> shape) {
  if (!value)
    return {};
  auto type = cast<RankedTensorType>(value.getType()).clone(shape);
  return suffix.empty()
             ? node.create<top::ReshapeOp>(value, {}, type)
             : node.createHelper<top::ReshapeOp>(suffix, value, {}, type);
}

/// A vector is a row on the left and a column on the right, and the dimension
/// that it gains is missing in the result.
LogicalResult importVectorMatMul(NodeContext &node) {
  bool isRow = node.rank(0) == 1, isColumn = node.rank(1) == 1;
  SmallVector<Value> operands{node.input(0), node.input(1)};
  if (isRow)
    operands[0] = reshape(node, "row", operands[0], {1, node.shape(0)[0]});
  if (isColumn)
    operands[1] = reshape(node, "column", operands[1], {node.shape(1)[0], 1});
  Value product = node.createHelper<top::MatMulOp>("product", operands,
                                                   getTransposes(false, false));
  if (!product)
    return failure();
  SmallVector<int64_t> shape(
      cast<RankedTensorType>(product.getType()).getShape());
  if (isColumn)
    shape.pop_back();
  if (isRow)
    shape.erase(shape.end() - (isColumn ? 1 : 2));
  return node.setResult(reshape(node, "", product, shape));
}

LogicalResult importMatMul(NodeContext &node) {
  if (node.rank(0) == 0 || node.rank(1) == 0)
    return node.fail("a scalar is not a matrix");
  if (node.rank(0) == 1 || node.rank(1) == 1)
    return importVectorMatMul(node);
  SmallVector<Value> operands{node.input(0), node.input(1)};
  return node.setResult(
      node.create<top::MatMulOp>(operands, getTransposes(false, false)));
}

/// `stored` times `factor`, in the same integers.
Value scaleStored(NodeContext &node, top::QuantizedConstantOp stored,
                  double factor, StringRef suffix) {
  auto type = cast<RankedTensorType>(stored.getOutput().getType());
  auto element = cast<quant::QuantizedType>(type.getElementType());
  auto parameters = top::BlockParameters::get(type);
  if (!parameters) {
    (void)node.fail("a scale has no finite product with " + suffix);
    return {};
  }
  for (double &scale : parameters->scales)
    scale = static_cast<float>(scale * factor);
  return node.createHelper<top::QuantizedConstantOp>(
      suffix, {}, OpAttributes().attribute("value", stored.getValue()),
      top::getBlockType(*parameters, element));
}

/// Input `index` times `factor`: a new constant if it is one, else an op.
Value scaleInput(NodeContext &node, size_t index, double factor,
                 StringRef suffix) {
  if (factor == 1)
    return node.input(index);
  if (const Tensor *known = node.constant(index)) {
    Result<Tensor> scaled =
        host::binary(node.budget(), host::Binary::Mul, *known,
                     host::scalar(known->dtype(), factor));
    if (scaled)
      return node.helperConstant(suffix, *scaled);
    (void)node.fail(scaled.message());
    return {};
  }
  if (auto stored = node.input(index).getDefiningOp<top::QuantizedConstantOp>();
      stored && factor > 0)
    return scaleStored(node, stored, factor, suffix);
  Value scalar = node.helperConstant((suffix + "_factor").str(),
                                     host::scalar(DType::F32, factor));
  return node.createHelper<top::MulOp>(suffix, {node.input(index), scalar});
}

/// Gemm's C as a bias vector of `size`: possible for a constant that is the
/// same in every row.
Value getBias(NodeContext &node, double beta, int64_t size) {
  const Tensor *known = node.constant(2);
  if (!known) {
    Value value = node.input(2);
    bool isStored = value && value.getDefiningOp<top::QuantizedConstantOp>();
    return isStored && beta == 1 && node.shape(2) == ArrayRef<int64_t>(size)
               ? value
               : Value();
  }
  const Shape &shape = known->shape();
  bool sameInRows = shape.size() < 2 || (shape.size() == 2 && shape[0] == 1);
  if (!sameInRows ||
      (!shape.empty() && shape.back() != size && shape.back() != 1))
    return {};
  bool asIs = shape.size() == 1 && shape[0] == size;
  if (beta == 1 && asIs)
    return node.input(2);
  Result<Tensor> bias = host::expand(
      node.budget(), shape.empty() ? *known : known->reshaped({shape.back()}),
      {size});
  if (bias && beta != 1)
    bias = host::binary(node.budget(), host::Binary::Mul, *bias,
                        host::scalar(bias->dtype(), beta));
  if (!bias) {
    (void)node.fail(bias.message());
    return {};
  }
  return node.helperConstant("bias", *bias);
}

LogicalResult importGemm(NodeContext &node) {
  double alpha = node.realAttr("alpha", 1), beta = node.realAttr("beta", 1);
  bool transA = node.integerAttr("transA", 0) != 0;
  bool transB = node.integerAttr("transB", 0) != 0;
  if (node.rank(0) != 2 || node.rank(1) != 2)
    return node.fail("inputs of shapes " + shapeText(node.shape(0)) + " and " +
                     shapeText(node.shape(1)) + " are not matrices");
  bool hasC = node.hasInput(2) && beta != 0;
  bool scaleA = node.constant(0) && !node.constant(1);
  SmallVector<Value> operands{scaleInput(node, 0, scaleA ? alpha : 1, "alpha"),
                              scaleInput(node, 1, scaleA ? 1 : alpha, "alpha")};
  Value bias =
      hasC ? getBias(node, beta, node.shape(1)[transB ? 0 : 1]) : Value();
  if (bias)
    operands.push_back(bias);
  OpAttributes attrs = getTransposes(transA, transB);
  if (bias || !hasC)
    return node.setResult(node.create<top::MatMulOp>(operands, attrs));
  Value product = node.createHelper<top::MatMulOp>("product", operands, attrs);
  Value addend = scaleInput(node, 2, beta, "beta");
  return node.setResult(node.create<top::AddOp>({product, addend}));
}

} // namespace

void registerLinearFamily(HandlerRegistry &registry) {
  registry.add("MatMul", {1, 9, 13}, {importMatMul});
  registry.add("Gemm", {7, 9, 11, 13}, {importGemm});
}

} // namespace qc::onnximport
