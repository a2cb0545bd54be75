// insert-picture: the network takes what the camera gives.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Normalization.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Picture.h"
#include "qc/Interfaces/LayoutOpInterface.h"
#include "qc/Quantization/Activations.h"
#include "qc/Support/Picture.h"
#include "qc/Target/TargetRegistry.h"
#include "qc/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace qc {
#define GEN_PASS_DEF_INSERTPICTURE
#include "qc/Transforms/Passes.h.inc"

using Spec = PreprocessSpec;

/// NHWC to NCHW and back.
static constexpr int64_t kToFirst[] = {0, 3, 1, 2}, kToLast[] = {0, 2, 3, 1};

static Shape toShape(RankedTensorType type) {
  return Shape(type.getShape().begin(), type.getShape().end());
}

/// Whether activations have zero in the middle, so that pixels less 128 fill
/// what bits there are.
static FailureOr<bool> hasSymmetricActivations(ModuleOp module) {
  if (!module->hasAttr(kTargetAttr) || isFloatNetwork(module))
    return false;
  auto backend = TargetRegistry::create(module);
  if (failed(backend))
    return failure();
  auto precision = getPrecision(module, (*backend)->getQuantSpec());
  if (failed(precision))
    return failure();
  return precision->activation.symmetric;
}

/// The same normalisation of pixels that are less by 128.
static Spec ofShiftedPixels(Spec spec) {
  if (spec.mean.empty())
    spec.mean = {0};
  for (double &mean : spec.mean)
    mean -= 128;
  return spec;
}

namespace {

/// One input: what it is, and what it is to become.
struct Input {
  func::FuncOp function;
  BlockArgument argument;
  std::string name;
  PictureSpec picture;
  /// As it is carried, and with the layout that follows from the shape.
  Spec carried, preprocess;
  RankedTensorType type;
  /// What an image it is, where it can be one.
  std::optional<ImageShape> image;

  InFlightDiagnostic error() const {
    return emitError(argument.getLoc()) << "input '" << name << "' ";
  }
  bool isImage() const {
    return image && image->channels == preprocess.channels();
  }
};

struct InsertPicture : impl::InsertPictureBase<InsertPicture> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isDeclaration())
        continue;
      // What layout the network has of itself, its inputs say no more then.
      for (unsigned i = 0; i < function.getNumResults(); ++i)
        if (failed(orderResult(function, i)))
          return signalPassFailure();
      for (unsigned i = 0; i < function.getNumArguments(); ++i)
        if (failed(insert(function, i)))
          return signalPassFailure();
    }
  }

private:
  FailureOr<Input> read(func::FuncOp function, unsigned index, StringAttr attr);
  LogicalResult insert(func::FuncOp function, unsigned index);
  LogicalResult changeLayout(Input &input);
  LogicalResult takeBytes(Input &input);
  LogicalResult orderResult(func::FuncOp function, unsigned index);
  void finish(Input &input, RankedTensorType type, const Spec &remainder);
};

} // namespace

FailureOr<Input> InsertPicture::read(func::FuncOp function, unsigned index,
                                     StringAttr attr) {
  BlockArgument argument = function.getArgument(index);
  Input input{function, argument, getTensorName(argument), {}, {}, {}, {}, {}};
  Result<PictureSpec> picture = PictureSpec::parse(attr.str());
  if (!picture)
    return input.error() << "has a picture that cannot be read: "
                         << picture.message();
  input.picture = *picture;
  if (auto preprocess =
          function.getArgAttrOfType<PreprocessAttr>(index, kPreprocessAttr)) {
    Result<Spec> spec = Spec::parse(preprocess.getSpec().str());
    if (!spec)
      return input.error() << "has a preprocessing that cannot be read: "
                           << spec.message();
    input.carried = input.preprocess = *spec;
  }
  input.type = dyn_cast<RankedTensorType>(argument.getType());
  if (input.type && input.type.getRank() == 4)
    if (auto image = getImageShape(toShape(input.type), input.preprocess))
      input.image = *image;
  return input;
}

LogicalResult InsertPicture::insert(func::FuncOp function, unsigned index) {
  auto attr = function.getArgAttrOfType<StringAttr>(index, kPictureAttr);
  if (!attr)
    return success();
  auto input = read(function, index, attr);
  if (failed(input))
    return failure();
  if (input->picture.isPlaced)
    return success();
  if (!input->type || !input->type.hasStaticShape() ||
      !input->type.getElementType().isF32())
    return input->error() << "is of " << input->argument.getType() << ", "
                          << toText(input->picture.type)
                          << " can stand for a tensor of f32 alone";
  if (input->preprocess.layout == Spec::Layout::Automatic && input->image)
    input->preprocess.layout =
        input->image->channelsLast ? Spec::Layout::Nhwc : Spec::Layout::Nchw;
  TrainedOn trained = getTrainedType(input->preprocess, input->isImage());
  if (Status legal = checkPicturePair(trained, input->picture.type); !legal)
    return input->error() << legal.message();
  if (trained == TrainedOn::Yuv444 && input->picture.isYuv() &&
      input->picture.matrix != input->preprocess.matrix)
    return input->error() << "was trained on YUV of "
                          << toText(input->preprocess.matrix)
                          << " and cannot run on that of "
                          << toText(input->picture.matrix)
                          << ": nothing turns one into the other";
  if (input->picture.layout != Spec::Layout::Automatic && !input->image)
    return input->error() << "is of " << input->type
                          << ", a layout needs four dimensions";
  if (failed(input->picture.isOfBytes() ? takeBytes(*input)
                                        : changeLayout(*input)))
    return failure();
  updateFunctionType(function);
  ++numInserted;
  return success();
}

/// What is known of the argument now.
void InsertPicture::finish(Input &input, RankedTensorType type,
                           const Spec &remainder) {
  unsigned index = input.argument.getArgNumber();
  input.argument.setType(type);
  input.picture.isPlaced = true;
  input.function.setArgAttr(
      index, kPictureAttr,
      StringAttr::get(&getContext(), input.picture.toString()));
  if (input.function.getArgAttr(index, kPreprocessAttr))
    input.function.setArgAttr(
        index, kPreprocessAttr,
        PreprocessAttr::get(&getContext(), remainder.toString()));
}

LogicalResult InsertPicture::changeLayout(Input &input) {
  bool isLast = input.image && input.image->channelsLast;
  bool wantsLast = input.picture.hasChannelsLast(isLast);
  if (wantsLast == isLast) {
    finish(input, input.type, input.preprocess);
    return success();
  }
  OpBuilder builder = OpBuilder::atBlockBegin(input.argument.getOwner());
  SmallVector<int64_t> shape = applyPermutation<int64_t>(
      input.type.getShape(),
      wantsLast ? ArrayRef(kToLast) : ArrayRef(kToFirst));
  auto transpose = top::TransposeOp::create(
      builder,
      getTensorLoc(&getContext(), input.name + (wantsLast ? "_nchw" : "_nhwc")),
      input.type, input.argument,
      builder.getDenseI64ArrayAttr(wantsLast ? kToFirst : kToLast));
  input.argument.replaceAllUsesExcept(transpose, transpose);
  Spec remainder = input.preprocess;
  remainder.layout = wantsLast ? Spec::Layout::Nhwc : Spec::Layout::Nchw;
  finish(input, input.type.clone(shape), remainder);
  return success();
}

LogicalResult InsertPicture::takeBytes(Input &input) {
  auto symmetric = hasSymmetricActivations(getOperation());
  if (failed(symmetric))
    return failure();
  const bool isImage = input.image.has_value();
  if (!isImage && (input.picture.hasColor() || input.picture.stride))
    return input.error() << "is of " << input.type << ", "
                         << input.picture.toString()
                         << " needs an image of four dimensions";
  if (!isImage &&
      input.preprocess.mean.size() + input.preprocess.std.size() > 2)
    return input.error() << "is of " << input.type
                         << ", which has no channels for a mean and std each";
  Shape shape = toShape(input.type);
  bool isLast = isImage && input.image->channelsLast;
  bool runsLast = isImage && input.picture.hasChannelsLast(isLast);
  SmallVector<int64_t> pixels(input.type.getShape());
  if (isImage) {
    if (input.picture.type != PictureSpec::Type::Nv12)
      input.picture.layout = runsLast ? Spec::Layout::Nhwc : Spec::Layout::Nchw;
    if (input.picture.stride)
      input.picture.width = input.image->size.width;
    Result<Shape> bytes =
        getPictureShape(input.picture, shape[0], input.image->channels,
                        input.image->size, runsLast);
    if (!bytes)
      return input.error() << "of " << input.type << " " << bytes.message();
    shape = *bytes;
    if (isLast)
      pixels = applyPermutation<int64_t>(input.type.getShape(), kToFirst);
  }

  OpBuilder builder = OpBuilder::atBlockBegin(input.argument.getOwner());
  SmallVector<OpOperand *> uses;
  for (OpOperand &use : input.argument.getUses())
    uses.push_back(&use);
  bool isSigned = input.picture.type == PictureSpec::Type::S8;
  auto bytesType = RankedTensorType::get(
      shape, IntegerType::get(&getContext(), 8,
                              isSigned ? IntegerType::Signless
                                       : IntegerType::Unsigned));
  TrainedOn trained = getTrainedType(input.preprocess, input.isImage());
  Spec normalization = input.preprocess;
  normalization.layout = Spec::Layout::Nchw;
  double offset = *symmetric ? -128 : 0;
  if (*symmetric)
    normalization = ofShiftedPixels(normalization);
  std::string text = input.carried.toString();
  finish(input, bytesType, withoutNormalization(input.carried));
  auto loc = [&](const char *suffix) {
    return getTensorLoc(&getContext(), input.name + suffix);
  };
  Value value = top::PictureOp::create(
      builder, loc("_picture"), input.type.clone(pixels), input.argument,
      builder.getStringAttr(toText(input.picture.type)),
      builder.getStringAttr(runsLast ? "nhwc" : "nchw"),
      builder.getStringAttr(input.picture.hasColor() ? toText(trained)
                                                     : "same"),
      builder.getStringAttr(toText(input.picture.matrix)),
      builder.getDenseF64ArrayAttr({1.0}),
      builder.getDenseF64ArrayAttr({offset}));
  if (normalization.normalises())
    value =
        createNormalization(builder, loc("_normalized"), value, normalization)
            ->getResult(0);
  if (isLast)
    value = top::TransposeOp::create(builder, loc("_nhwc"), input.type, value,
                                     builder.getDenseI64ArrayAttr(kToLast));
  for (OpOperand *use : uses)
    use->set(value);
  noteProvenance(getOperation(), kInsertedPreprocess, text);
  return success();
}

/// Results of the network are as its inputs: channels first unless one says
/// otherwise.
LogicalResult InsertPicture::orderResult(func::FuncOp function,
                                         unsigned index) {
  auto wanted =
      function.getResultAttrOfType<StringAttr>(index, kOutputLayoutAttr);
  if (!wanted)
    return success();
  Operation *terminator = function.front().getTerminator();
  Value value = terminator->getOperand(index);
  auto type = dyn_cast<RankedTensorType>(value.getType());
  std::string name = getTensorName(value);
  if (auto given = function.getResultAttrOfType<StringAttr>(index, kNameAttr))
    name = given.str();
  if (!type || type.getRank() != 4)
    return emitError(value.getLoc())
           << "output '" << name << "' is of " << value.getType()
           << ", a layout needs four dimensions";
  bool isLast = llvm::any_of(
      llvm::seq<unsigned>(0, function.getNumArguments()), [&](unsigned i) {
        auto attr =
            function.getArgAttrOfType<PreprocessAttr>(i, kPreprocessAttr);
        Result<Spec> spec =
            attr ? Spec::parse(attr.getSpec().str()) : Result<Spec>(Spec());
        return spec && spec->layout == Spec::Layout::Nhwc;
      });
  function.removeResultAttr(index,
                            StringAttr::get(&getContext(), kOutputLayoutAttr));
  bool wantsLast = wanted == "nhwc";
  if (wantsLast == isLast)
    return success();
  ArrayRef<int64_t> perm = wantsLast ? ArrayRef(kToLast) : ArrayRef(kToFirst);
  OpBuilder builder(terminator);
  auto transpose = top::TransposeOp::create(
      builder, getTensorLoc(&getContext(), name + "_" + wanted.str()),
      type.clone(applyPermutation<int64_t>(type.getShape(), perm)), value,
      builder.getDenseI64ArrayAttr(perm));
  terminator->setOperand(index, transpose);
  function.setResultAttr(index, kNameAttr, builder.getStringAttr(name));
  function.setResultAttr(index, kPermutationAttr,
                         builder.getDenseI64ArrayAttr(perm));
  updateFunctionType(function);
  return success();
}

} // namespace qc
