// recognize-activations: arithmetic that is an activation function.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Clamp.h"
#include "Polynomial.h"
#include "Rewrite.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/ConstantValues.h"
#include "qc/Transforms/Passes.h"

#include <cmath>

namespace qc {
#define GEN_PASS_DEF_RECOGNIZEACTIVATIONS
#include "qc/Transforms/Passes.h.inc"

namespace {

/// A function: `outer` of x and of t = anchor(inner(x)).
struct Formula {
  StringRef anchor;
  Polynomial inner, outer;
  /// The op that computes it, and its attributes.
  StringRef name;
  SmallVector<NamedAttribute> attributes;
};

/// How the anchor's op relates to the function that formulas are written
/// with: anchor(y) = unit * function(slope * y + offset).
struct Anchor {
  double slope = 1, offset = 0, unit = 1;
};

struct Match {
  Operation *root;
  Value x;
  Enclosure ops;
};

} // namespace

/// Coefficients are read from rounded constants.
static constexpr double kTolerance = 1e-5;

static std::vector<Formula> getFormulas(MLIRContext *context) {
  Builder builder(context);
  auto named = [&](StringRef name, Attribute value) {
    return builder.getNamedAttr(name, value);
  };
  StringRef gelu = top::GeluOp::getOperationName(),
            silu = top::SiluOp::getOperationName(),
            hardSwish = top::HardSwishOp::getOperationName(),
            hardSigmoid = top::HardSigmoidOp::getOperationName(),
            erf = top::ErfOp::getOperationName(),
            tanh = top::TanhOp::getOperationName(),
            sigmoid = top::SigmoidOp::getOperationName(),
            clip = top::ClipOp::getOperationName();
  double slope = std::sqrt(2 / M_PI), cube = slope * 0.044715;
  Polynomial half = {{{1, 0}, 0.5}, {{1, 1}, 0.5}}, gate = {{{1, 1}, 1.0}},
             identity = {{{1, 0}, 1.0}},
             sixth = {{{1, 0}, 1.0 / 6}, {{0, 0}, 0.5}};
  auto exact = named("approximate", builder.getStringAttr("none"));
  auto approximate = named("approximate", builder.getStringAttr("tanh"));
  auto alpha = named("alpha", builder.getF32FloatAttr(1.0f / 6.0f));
  auto beta = named("beta", builder.getF32FloatAttr(0.5f));
  // Longer formulas first: a hard_sigmoid is a part of a hard_swish.
  return {
      {erf, {{{1, 0}, M_SQRT1_2}}, half, gelu, {exact}},
      {tanh, {{{1, 0}, slope}, {{3, 0}, cube}}, half, gelu, {approximate}},
      // The same, as tanh(y) = 2 sigmoid(2 y) - 1.
      {sigmoid,
       {{{1, 0}, 2 * slope}, {{3, 0}, 2 * cube}},
       gate,
       gelu,
       {approximate}},
      {tanh, {{{1, 0}, 0.5}}, half, silu, {}},
      {sigmoid, identity, gate, silu, {}},
      {hardSigmoid, sixth, gate, hardSwish, {}},
      {clip, sixth, gate, hardSwish, {}},
      {clip, sixth, {{{0, 1}, 1.0}}, hardSigmoid, {alpha, beta}},
  };
}

/// Formulas speak of the clip to [0, 1] where the anchor is a clip to [0, h]
/// or a hard sigmoid. Nothing for other clips.
static std::optional<Anchor> getAnchor(Operation *op) {
  Anchor anchor;
  if (auto sigmoid = dyn_cast<top::HardSigmoidOp>(op)) {
    anchor.slope = sigmoid.getAlpha().convertToDouble();
    anchor.offset = sigmoid.getBeta().convertToDouble();
  } else if (isa<top::ClipOp>(op)) {
    Clamp clamp = getClamp(op, "min", "max");
    if (clamp.lower != 0 || !std::isfinite(clamp.upper) || clamp.upper <= 0)
      return std::nullopt;
    anchor.unit = clamp.upper;
    anchor.slope = 1 / anchor.unit;
  }
  return anchor;
}

/// Values that the argument of a function may be a polynomial of: what it is
/// computed from through transparent ops, nearest first.
static SmallVector<Value> getCandidates(Value argument) {
  constexpr size_t maxCandidates = 16;
  SmallVector<Value> candidates{argument};
  for (size_t i = 0; i < candidates.size(); ++i) {
    Operation *op = candidates[i].getDefiningOp();
    if (!op || !PolynomialExpander::isTransparent(op))
      continue;
    for (Value operand : op->getOperands())
      if (candidates.size() < maxCandidates && !getSplat(operand) &&
          !llvm::is_contained(candidates, operand))
        candidates.push_back(operand);
  }
  return candidates;
}

/// Values that are computed from `t` by transparent ops, each the only user of
/// the one before; `t` itself first.
static SmallVector<Value> getRoots(Value t) {
  constexpr size_t maxRoots = 5;
  SmallVector<Value> roots{t};
  while (roots.size() < maxRoots && roots.back().hasOneUse()) {
    Operation *user = *roots.back().user_begin();
    if (!PolynomialExpander::isTransparent(user))
      break;
    roots.push_back(user->getResult(0));
  }
  return roots;
}

/// Looks for `formula` around the op `function`.
static std::optional<Match> findFormula(const Formula &formula,
                                        Operation *function) {
  std::optional<Anchor> anchor = getAnchor(function);
  if (!anchor)
    return std::nullopt;
  Value t = function->getResult(0), argument = function->getOperand(0);
  // The outer polynomials of functions with a unit are multiples of t.
  Polynomial outer = Polynomial().add(formula.outer, 1 / anchor->unit);
  for (Value x : getCandidates(argument)) {
    PolynomialExpander inside(x, t);
    auto inner = inside.expand(argument);
    if (!inner || !Polynomial::constant(anchor->offset)
                       .add(*inner, anchor->slope)
                       .isCloseTo(formula.inner, kTolerance))
      continue;
    for (Value root : getRoots(t)) {
      PolynomialExpander whole(x, t);
      whole.ops = inside.ops;
      auto value = whole.expand(root);
      if (!value || !value->isCloseTo(outer, kTolerance))
        continue;
      whole.ops.add(function);
      Operation *last = root.getDefiningOp();
      if (whole.ops.isClosed(last) && top::getShape(root) == top::getShape(x))
        return Match{last, x, whole.ops};
    }
  }
  return std::nullopt;
}

namespace {

/// Rooted at the anchor, from which the formula is found both ways.
struct RecognizeFormula : RewritePattern {
  RecognizeFormula(StringRef anchor, std::vector<Formula> formulas,
                   MLIRContext *context, Pass::Statistic &count)
      : RewritePattern(anchor, /*benefit=*/1, context),
        formulas(std::move(formulas)), count(count) {}

  LogicalResult matchAndRewrite(Operation *anchor,
                                PatternRewriter &rewriter) const override {
    for (const Formula &formula : formulas) {
      std::optional<Match> match = findFormula(formula, anchor);
      if (!match)
        continue;
      rewriter.setInsertionPoint(match->root);
      OperationState state(match->ops.getLoc(match->root), formula.name,
                           match->x, match->root->getResultTypes(),
                           formula.attributes);
      rewriter.replaceOp(match->root, rewriter.create(state));
      ++count;
      return success();
    }
    return rewriter.notifyMatchFailure(
        anchor, "no known function of one input around it, or a value inside "
                "has other users");
  }

private:
  std::vector<Formula> formulas;
  Pass::Statistic &count;
};

/// 1 / (1 + exp(-x)) is sigmoid(x), x over the same silu(x); with exp(z), it is
/// sigmoid(-z). exp alone leaves the floats where its function does not.
struct RecognizeSigmoid : OpRewritePattern<top::ExpOp> {
  RecognizeSigmoid(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(top::ExpOp exp,
                                PatternRewriter &rewriter) const override {
    Value z = exp.getInput();
    auto neg = z.getDefiningOp<top::NegOp>();
    auto add = exp->hasOneUse() ? dyn_cast<top::AddOp>(*exp->user_begin())
                                : top::AddOp();
    if (!add || !add->hasOneUse() || hasActivation(add))
      return rewriter.notifyMatchFailure(exp, "is not used in 1 + exp(-x)");
    Value x = neg ? neg.getInput() : Value();
    if (getSplat(add.getLhs()) != 1.0 && getSplat(add.getRhs()) != 1.0)
      return rewriter.notifyMatchFailure(exp, "the summand is not 1");
    Operation *last = *add->user_begin();
    auto div = dyn_cast<top::DivOp>(last);
    if (hasActivation(last) ||
        top::getShape(last->getResult(0)) != top::getShape(z) ||
        !(isa<top::ReciprocalOp>(last) ||
          (div && div.getRhs() == add.getOutput())))
      return rewriter.notifyMatchFailure(exp, "the sum is not a divisor");
    bool isSilu = x && div && div.getLhs() == x;
    if (div && !isSilu && getSplat(div.getLhs()) != 1.0)
      return rewriter.notifyMatchFailure(exp,
                                         "the dividend is neither 1 nor x");
    Enclosure ops;
    if (neg)
      ops.add(neg);
    for (Operation *op : {exp.getOperation(), add.getOperation(), last})
      ops.add(op);
    if (!ops.isClosed(last))
      return rewriter.notifyMatchFailure(exp, "-x has other users");

    rewriter.setInsertionPoint(last);
    Location loc = ops.getLoc(last);
    Type type = last->getResultTypes().front();
    if (!x)
      x = top::NegOp::create(rewriter, deriveName(loc, "_negated"), type, z);
    Operation *function =
        isSilu ? top::SiluOp::create(rewriter, loc, type, x).getOperation()
               : top::SigmoidOp::create(rewriter, loc, type, x).getOperation();
    rewriter.replaceOp(last, function);
    ++count;
    return success();
  }

private:
  Pass::Statistic &count;
};

/// exp(log_softmax(x)) is softmax(x), which no masked score takes out of range.
struct RecognizeSoftmax : OpRewritePattern<top::ExpOp> {
  RecognizeSoftmax(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(top::ExpOp exp,
                                PatternRewriter &rewriter) const override {
    auto log = exp.getInput().getDefiningOp<top::LogSoftmaxOp>();
    if (!log)
      return rewriter.notifyMatchFailure(exp, "is not of a log_softmax");
    Location loc = log->hasOneUse() ? fuseNames(exp.getLoc(), {log.getLoc()})
                                    : exp.getLoc();
    rewriter
        .replaceOpWithNewOp<top::SoftmaxOp>(exp, exp.getType(), log.getInput(),
                                            log.getAxis())
        ->setLoc(loc);
    ++count;
    return success();
  }

private:
  Pass::Statistic &count;
};

/// x * tanh(softplus(x)) is mish(x).
struct RecognizeMish : OpRewritePattern<top::SoftplusOp> {
  RecognizeMish(MLIRContext *context, Pass::Statistic &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(top::SoftplusOp softplus,
                                PatternRewriter &rewriter) const override {
    auto tanh = softplus->hasOneUse()
                    ? dyn_cast<top::TanhOp>(*softplus->user_begin())
                    : top::TanhOp();
    auto mul = tanh && tanh->hasOneUse()
                   ? dyn_cast<top::MulOp>(*tanh->user_begin())
                   : top::MulOp();
    Value x = softplus.getInput();
    if (!mul || hasActivation(mul) ||
        !llvm::is_contained(mul->getOperands(), x))
      return rewriter.notifyMatchFailure(softplus,
                                         "is not used in x tanh(softplus(x))");
    Enclosure ops;
    for (Operation *op :
         {softplus.getOperation(), tanh.getOperation(), mul.getOperation()})
      ops.add(op);
    if (!ops.isClosed(mul))
      return rewriter.notifyMatchFailure(softplus,
                                         "its parts have other users");
    rewriter.setInsertionPoint(mul);
    rewriter.replaceOp(
        mul, top::MishOp::create(rewriter, ops.getLoc(mul), mul.getType(), x));
    ++count;
    return success();
  }

private:
  Pass::Statistic &count;
};

struct RecognizeActivations
    : impl::RecognizeActivationsBase<RecognizeActivations> {
  void runOnOperation() override {
    // One pattern an anchor, which tries its formulas in their order.
    std::map<StringRef, std::vector<Formula>> byAnchor;
    for (Formula &formula : getFormulas(&getContext()))
      byAnchor[formula.anchor].push_back(formula);
    RewritePatternSet patterns(&getContext());
    for (auto &[anchor, formulas] : byAnchor)
      patterns.add(std::make_unique<RecognizeFormula>(
          anchor, formulas, &getContext(), numRecognized));
    patterns.add<RecognizeSigmoid, RecognizeSoftmax, RecognizeMish>(
        &getContext(), numRecognized);
    if (failed(applyPatterns(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace qc
