// Acme's imaginary NPU: a whole target, outside the tree.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Acme.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Target/RuleLibrary.h"

#include "mlir/IR/PatternMatch.h"

namespace qc {
namespace {

/// The NPU cannot reduce, but it can pool: a mean over height and width is an
/// average pool with a window as large as the image. The arithmetic is the
/// same, so the requantisation stays.
struct MeanToPool : OpRewritePattern<tpu::ReduceMeanOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tpu::ReduceMeanOp op,
                                PatternRewriter &rewriter) const override {
    auto input = cast<RankedTensorType>(op.getInput().getType());
    if (input.getRank() != 4 || op.getAxes() != ArrayRef<int64_t>{1, 2} ||
        !op.getKeepdims())
      return rewriter.notifyMatchFailure(op, "not the mean of an image");
    int64_t height = input.getDimSize(1), width = input.getDimSize(2);
    auto pool = tpu::AvgPoolOp::create(
        rewriter, op.getLoc(), op.getOutput().getType(), op.getInput(),
        ArrayRef<int64_t>{height, width}, ArrayRef<int64_t>{1, 1},
        ArrayRef<int64_t>{0, 0, 0, 0}, ArrayRef<int64_t>{1, 1},
        /*count_include_pad=*/false, ArrayRef<int64_t>{height * width},
        op.getRequant(), op.getClampAttr());
    // The result is still the source tensor in another layout.
    setSourcePermutation(pool, getSourcePermutation(op));
    rewriter.replaceOp(op, pool);
    return success();
  }
};

class AcmeTarget : public TargetBackend {
public:
  StringRef getName() const override { return "acme"; }
  StringRef getSummary() const override {
    return "Acme's imaginary NPU: int8, symmetric, no reductions";
  }

  std::vector<TargetOption> getOptions() const override {
    return {{"chip", "the processor", "a2", {"a1", "a2"}}};
  }

  TargetSpec getTargetSpec() const override {
    TargetSpec spec;
    spec.alignment = 128;
    spec.facts = {
        {"types", "activations", "s8 symmetric", Provenance::Documented,
         "Acme handbook, page 3"},
        {"memory", "on-chip", "512 KB", Provenance::Assumed, "die photograph"}};
    return spec;
  }

  /// int8 with a scale a channel; the older chip has one a tensor.
  QuantSpec getQuantSpec() const override {
    ActivationScheme activation;
    activation.symmetric = true;
    WeightScheme weight;
    weight.perChannel = getOption("chip") != "a1";
    QuantSpec spec;
    spec.precisions = {{"int8", activation, weight}};
    return spec;
  }

  void addSupportRules(SupportRules &rules) const override {
    rules.setSource(Provenance::Documented, "Acme handbook, page 7");
    rules.allow(
        "tpu.conv2d",
        {rules::inRange("conv-kernel", "kernel height and width",
                        rules::getKernel, 1, 7),
         rules::oneOf("conv-stride", "strides", rules::getStrides, {1, 2})});
    rules.allow({"tpu.avg_pool", "tpu.max_pool"},
                {rules::inRange("pool-kernel", "kernel height and width",
                                rules::getKernel, 1, 16)});
    rules.allow({"tpu.quantize", "tpu.dequantize", "tpu.requantize",
                 "tpu.fully_connected", "tpu.add", "tpu.mul", "tpu.clip",
                 "tpu.concat", "tpu.reshape", "tpu.transpose"});
    rules.allow("tpu.lut", {rules::functionIn({"sigmoid", "tanh", "silu"})});
  }

  void addLegalizationPatterns(RewritePatternSet &patterns) const override {
    patterns.add<MeanToPool>(patterns.getContext());
  }

  std::vector<VendorFormat> getVendorFormats() const override {
    return {makeAcmeOptions()};
  }

  std::vector<Artefact> getArtefacts() const override {
    return {makeAcmeScales(), makeAcmeHandOff()};
  }

  std::vector<ParameterFile> getParameterFiles() const override {
    return {makeAcmeReader()};
  }
};

} // namespace

void registerAcmeTarget(Registries &registries) {
  (void)registries.targets.add("acme",
                               [] { return std::make_unique<AcmeTarget>(); });
  addAcmeThreshold(registries.thresholds);
}

} // namespace qc
