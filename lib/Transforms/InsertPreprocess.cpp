// insert-preprocess: normalisation of pixels becomes part of the network.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Normalization.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Support/Preprocess.h"
#include "qc/Transforms/ConstantValues.h"
#include "qc/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace qc {
#define GEN_PASS_DEF_INSERTPREPROCESS
#include "qc/Transforms/Passes.h.inc"

using Spec = PreprocessSpec;

static Shape toShape(RankedTensorType type) {
  return Shape(type.getShape().begin(), type.getShape().end());
}

static bool isPerChannel(const Spec &spec) {
  return spec.mean.size() > 1 || spec.std.size() > 1;
}

/// A constant that broadcasts along all dimensions but `axis`.
static Value createAlong(OpBuilder &builder, Location loc,
                         ArrayRef<double> numbers, int64_t rank, int64_t axis,
                         Type like) {
  Tensor tensor(DType::F32, {int64_t(numbers.size())});
  llvm::transform(numbers, tensor.data<float>(),
                  [](double x) { return float(x); });
  Shape shape(rank - axis, 1);
  shape[0] = numbers.size();
  return createConstant(builder, loc, tensor.reshaped(shape), like);
}

Operation *createNormalization(OpBuilder &builder, Location loc, Value pixels,
                               const Spec &spec) {
  auto type = cast<RankedTensorType>(pixels.getType());
  int64_t axis = getChannelAxis(toShape(type), spec);
  bool isScale = axis == 1 && type.getRank() >= 3;
  int64_t channels = isScale || isPerChannel(spec) ? type.getDimSize(axis) : 1;
  std::vector<double> factors, offsets;
  for (int64_t c = 0; c < channels; ++c) {
    factors.push_back(spec.multiplier(int(c)));
    offsets.push_back(spec.offset(int(c)));
  }
  Location factorLoc = deriveName(loc, "_scale"),
           offsetLoc = deriveName(loc, "_bias");
  if (isScale)
    return top::ScaleOp::create(
        builder, loc, type, pixels,
        createNumbers(builder, factorLoc, factors, type),
        createNumbers(builder, offsetLoc, offsets, type),
        /*act_min=*/FloatAttr(), /*act_max=*/FloatAttr());
  auto along = [&](Location at, ArrayRef<double> numbers) {
    return createAlong(builder, at, numbers, type.getRank(), axis, type);
  };
  Value scaled =
      top::MulOp::create(builder, deriveName(loc, "_scaled"), type, pixels,
                         along(factorLoc, factors), FloatAttr(), FloatAttr());
  return top::AddOp::create(builder, loc, type, scaled,
                            along(offsetLoc, offsets), FloatAttr(),
                            FloatAttr());
}

Spec withoutNormalization(Spec spec) {
  spec.mean.clear();
  spec.std.clear();
  spec.scale = 1;
  return spec;
}

namespace {

struct InsertPreprocess : impl::InsertPreprocessBase<InsertPreprocess> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (std::string inserted = getProvenance(module, kInsertedPreprocess);
        !inserted.empty()) {
      module.emitError() << "the preprocessing '" << inserted
                         << "' is part of the network already, inserting it "
                            "again would apply it twice; leave "
                            "insert-preprocess out";
      return signalPassFailure();
    }
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (unsigned i = 0; i < function.getNumArguments(); ++i)
        if (!function.isDeclaration() && failed(insert(function, i)))
          return signalPassFailure();
    if (!found)
      module.emitWarning() << "there is no preprocessing to insert: no input "
                              "carries a mean, std or scale; give it with "
                              "--preprocess, or leave insert-preprocess out";
  }

private:
  /// Whether any input carries a normalisation.
  bool found = false;

  LogicalResult insert(func::FuncOp function, unsigned index) {
    auto attr =
        function.getArgAttrOfType<PreprocessAttr>(index, kPreprocessAttr);
    if (!attr)
      return success();
    BlockArgument argument = function.getArgument(index);
    Result<Spec> spec = Spec::parse(attr.getSpec().str());
    if (!spec)
      return emitError(argument.getLoc())
             << "input '" << getTensorName(argument)
             << "' has a preprocessing that cannot be read: " << spec.message();
    found |= spec->normalises();
    if (!spec->normalises() || argument.use_empty())
      return success();
    if (failed(verify(argument, *spec)))
      return failure();

    OpBuilder builder = OpBuilder::atBlockBegin(argument.getOwner());
    Location loc =
        getTensorLoc(&getContext(), getTensorName(argument) + "_normalized");
    SmallVector<OpOperand *> uses;
    for (OpOperand &use : argument.getUses())
      uses.push_back(&use);
    Operation *last = createNormalization(builder, loc, argument, *spec);
    for (OpOperand *use : uses)
      use->set(last->getResult(0));
    function.setArgAttr(
        index, kPreprocessAttr,
        PreprocessAttr::get(&getContext(),
                            withoutNormalization(*spec).toString()));
    noteProvenance(getOperation(), kInsertedPreprocess, attr.getSpec());
    ++numInserted;
    return success();
  }

  LogicalResult verify(BlockArgument argument, const Spec &spec) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    auto error = [&] {
      return emitError(argument.getLoc())
             << "input '" << getTensorName(argument) << "' of type "
             << argument.getType() << " ";
    };
    if (!type || !type.hasStaticShape() || type.getRank() < 1 ||
        !top::isFloatElement(type.getElementType()))
      return error() << "cannot be normalised: expected a float tensor";
    if (isa<quant::CalibratedQuantizedType>(type.getElementType()))
      return error() << "is calibrated already: run insert-preprocess before "
                        "calibrate";
    int64_t channels = type.getDimSize(getChannelAxis(toShape(type), spec));
    int64_t given = std::max(spec.mean.size(), spec.std.size());
    if (given > 1 && given != channels)
      return error() << "has " << channels
                     << " channels, but mean and std are given for " << given;
    return success();
  }
};

} // namespace
} // namespace qc
