// fold-picture: factors and shifts behind a picture become part of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Rewrite.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Picture.h"
#include "qc/Quantization/Activations.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Transforms/ConstantValues.h"
#include "qc/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include <cmath>

namespace qc {
#define GEN_PASS_DEF_FOLDPICTURE
#include "qc/Transforms/Passes.h.inc"

/// Number `i` of what is one number or one a channel.
static double at(ArrayRef<double> numbers, size_t i) {
  return numbers[numbers.size() > 1 ? i : 0];
}

/// One number where all are alike.
static SmallVector<double> shorten(SmallVector<double> numbers, bool isOne) {
  if (isOne)
    numbers.resize(1);
  return numbers;
}

static bool isFinal(Value value) {
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  return isa<quant::QuantizedType>(element);
}

/// Takes the scale that alone reads `picture` into it; false where there is
/// none, or its numbers are not known.
static bool takeScale(top::PictureOp picture) {
  if (!picture->hasOneUse())
    return false;
  auto scale = dyn_cast<top::ScaleOp>(*picture->getUsers().begin());
  if (!scale || scale.getInput() != picture.getOutput() || hasActivation(scale))
    return false;
  auto factors = getNumbers(scale.getScale());
  auto shifts = getNumbers(scale.getBias());
  if (!factors || !shifts || !allFinite(*factors) || !allFinite(*shifts) ||
      int64_t(factors->size()) != picture.getChannels())
    return false;
  SmallVector<double> factor, offset;
  for (size_t c = 0; c < factors->size(); ++c) {
    factor.push_back(at(picture.getFactor(), c) * (*factors)[c]);
    offset.push_back(at(picture.getOffset(), c) * (*factors)[c] + (*shifts)[c]);
  }
  if (!allFinite(factor) || !allFinite(offset))
    return false;
  bool isOne = llvm::all_equal(factor) && llvm::all_equal(offset);
  picture.setFactor(shorten(factor, isOne));
  picture.setOffset(shorten(offset, isOne));
  picture->setLoc(fuseNames(scale.getLoc(), picture.getLoc()));
  picture.getOutput().setType(cast<RankedTensorType>(scale.getType()));
  scale.getOutput().replaceAllUsesWith(picture.getOutput());
  scale.erase();
  return true;
}

static bool areAll(ArrayRef<double> numbers, double number) {
  return llvm::all_of(numbers, [=](double x) { return x == number; });
}

/// Pixels less 128 reach one below what symmetric integers of 8 bits hold in
/// steps of one; that one is stored as it is where the type has room. Pixels
/// that lie half-way between integers would be rounded in pairs: their steps
/// are made a little larger.
static ValueRange1D getRange(top::PictureOp picture) {
  if (areAll(picture.getFactor(), 1) && areAll(picture.getOffset(), -128))
    return {-127, 127};
  ValueRange1D range = picture.getValueRange();
  if (picture.getFactor().size() != 1 || picture.getFactor()[0] == 0)
    return range;
  double first = picture.getOffset()[0] / picture.getFactor()[0];
  if (std::abs(first - std::floor(first) - 0.5) > 0.01)
    return range;
  double middle = (range.min + range.max) / 2;
  double half = (range.max - range.min) / 2 * 255 / 254;
  return {middle - half, middle + half};
}

namespace {

struct FoldPicture : impl::FoldPictureBase<FoldPicture> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      SmallVector<top::PictureOp> pictures;
      function.walk([&](top::PictureOp op) { pictures.push_back(op); });
      for (top::PictureOp picture : pictures)
        finish(picture);
      if (!pictures.empty())
        updateFunctionType(function);
    }
  }

private:
  void finish(top::PictureOp picture) {
    Value value = picture.getOutput();
    if (isFinal(value))
      return;
    while (takeScale(picture))
      ++numFolded;
    if (isFloatNetwork(getOperation()))
      return;
    ValueRange1D range = getRange(picture);
    setRange(value, range.min, range.max);
    setParameters(value,
                  ParametersAttr::get(&getContext(), ParameterSource::Rule,
                                      kPixelRange, /*fixed=*/true));
  }
};

} // namespace
} // namespace qc
