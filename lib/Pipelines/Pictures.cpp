// What the options say of inputs as they run.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Pictures.h"
#include "qc/Calibration/FirstNorm.h"
#include "qc/Calibration/Samples.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Execution/Executor.h"
#include "qc/Statistics/DataChecks.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/Picture.h"
#include "qc/Support/Strings.h"

namespace qc {

namespace {
/// "name=word" or "word".
struct Named {
  std::string name, word;
};
} // namespace

static Named splitName(const std::string &text) {
  size_t equals = text.rfind('=');
  if (equals == std::string::npos)
    return {"", text};
  return {text.substr(0, equals), text.substr(equals + 1)};
}

static Result<int64_t> parseStride(const std::string &text) {
  std::optional<int64_t> stride = parseInteger(text);
  if (!stride || *stride < 1 || *stride > 1 << 24)
    return error("expected a number of pixels, found '", text, "'");
  return *stride;
}

/// Every word of an option, checked by `parse`; none twice for one input.
template <typename Parse>
static Status checkWords(const char *option,
                         const std::vector<std::string> &texts, Parse parse) {
  std::set<std::string> names;
  for (const std::string &text : texts) {
    Named named = splitName(text);
    if (auto parsed = parse(named.word); !parsed)
      return parsed.takeError().withContext(option);
    if (!names.insert(named.name).second)
      return error(option, ": '", text, "' comes behind another one for ",
                   named.name.empty() ? "all inputs"
                                      : "input '" + named.name + "'");
  }
  return ok();
}

static bool takesYuv(const CompileOptions &options) {
  return llvm::any_of(options.inputTypes, [](const std::string &text) {
    auto type = parsePictureType(splitName(text).word);
    PictureSpec spec;
    spec.type = type ? *type : PictureSpec::Type::F32;
    return spec.isYuv();
  });
}

Status checkPictureUsage(const CompileOptions &options) {
  if (Status status =
          checkWords("--input-type", options.inputTypes, parsePictureType);
      !status)
    return status;
  if (Status status = checkWords("--input-layout", options.inputLayouts,
                                 parsePictureLayout);
      !status)
    return status;
  if (Status status =
          checkWords("--input-stride", options.inputStrides, parseStride);
      !status)
    return status;
  if (!options.inputStrides.empty() && options.inputTypes.empty())
    return error("--input-stride would change nothing without --input-type");
  if (!options.outputLayout.empty())
    if (auto layout = parsePictureLayout(options.outputLayout); !layout)
      return layout.takeError().withContext("--output-layout");
  if (options.yuv.empty())
    return ok();
  if (auto matrix = parseYuvMatrix(options.yuv); !matrix)
    return matrix.takeError().withContext("--yuv");
  if (!takesYuv(options))
    return error("--yuv would change nothing: no --input-type is nv12 or "
                 "yuv444; leave it out");
  return ok();
}

//===----------------------------------------------------------------------===//
// In the module
//===----------------------------------------------------------------------===//

namespace {
class Setter {
public:
  Setter(func::FuncOp function, const CompileOptions &options)
      : function(function), options(options) {}

  LogicalResult run();

private:
  LogicalResult checkNames(const char *option, ArrayRef<std::string> texts);
  std::optional<std::string> find(ArrayRef<std::string> texts,
                                  BlockArgument argument, bool takesAll) const;
  YuvMatrix findMatrix(unsigned index);
  LogicalResult set(BlockArgument argument);
  void warnOfPreprocessing(BlockArgument argument, const PictureSpec &picture);
  LogicalResult orderOutputs();
  InFlightDiagnostic error(BlockArgument argument) const {
    return emitError(argument.getLoc())
           << "input '" << getTensorName(argument) << "' ";
  }

  func::FuncOp function;
  const CompileOptions &options;
  int64_t count = 0;
};
} // namespace

LogicalResult Setter::checkNames(const char *option,
                                 ArrayRef<std::string> texts) {
  std::vector<std::string> names;
  for (BlockArgument argument : function.getArguments())
    names.push_back(getTensorName(argument));
  for (const std::string &text : texts)
    if (std::string name = splitName(text).name;
        !name.empty() && !llvm::is_contained(names, name))
      return function.emitError()
             << "has no input '" << name << "', which " << option << " names"
             << suggestName(name, names)
             << "; its inputs: " << join(names, ", ");
  return success();
}

/// The word for `argument`: by its name, else what is said of all.
std::optional<std::string> Setter::find(ArrayRef<std::string> texts,
                                        BlockArgument argument,
                                        bool takesAll) const {
  std::optional<std::string> found;
  for (const std::string &text : texts) {
    Named named = splitName(text);
    if (named.name == getTensorName(argument))
      return named.word;
    if (named.name.empty() && takesAll)
      found = named.word;
  }
  return found;
}

/// A mean or std in other units than pixels.
static std::optional<std::string> findUnits(const PreprocessSpec &spec) {
  double low = INFINITY, high = -INFINITY;
  for (int channel = 0; channel < spec.channels(); ++channel)
    for (double pixel : {0.0, 255.0}) {
      low = std::min(low, spec.normalise(pixel, channel));
      high = std::max(high, spec.normalise(pixel, channel));
    }
  return checkUnits(spec, low, high);
}

/// A camera's pixels are known: what is made of them may be a mistake.
void Setter::warnOfPreprocessing(BlockArgument argument,
                                 const PictureSpec &picture) {
  auto attr = function.getArgAttrOfType<PreprocessAttr>(argument.getArgNumber(),
                                                        kPreprocessAttr);
  std::string name = getTensorName(argument);
  if (!attr) {
    auto type = cast<RankedTensorType>(argument.getType());
    bool isImage = type.getRank() == 4 &&
                   bool(getImageShape(type.getShape().vec(), PreprocessSpec()));
    if (picture.hasColor() || (picture.isOfBytes() && isImage))
      emitWarning(argument.getLoc())
          << "input '" << name << "' takes " << toText(picture.type)
          << ", and nothing says what the network makes of pixels: it gets "
             "0..255, red first; give --preprocess, such as imagenet-torch, or "
             "--preprocess none if that is right";
    return;
  }
  auto preprocess = PreprocessSpec::parse(attr.getSpec().str());
  if (!preprocess)
    return;
  if (auto finding = findUnits(*preprocess))
    emitWarning(argument.getLoc()) << *finding;
}

/// That of --yuv, else the one that the network was trained on.
YuvMatrix Setter::findMatrix(unsigned index) {
  if (!options.yuv.empty())
    return *parseYuvMatrix(options.yuv);
  auto attr = function.getArgAttrOfType<PreprocessAttr>(index, kPreprocessAttr);
  auto preprocess = attr ? PreprocessSpec::parse(attr.getSpec().str())
                         : Result<PreprocessSpec>(PreprocessSpec());
  return preprocess ? preprocess->matrix : YuvMatrix::Bt601Full;
}

LogicalResult Setter::set(BlockArgument argument) {
  auto type = dyn_cast<RankedTensorType>(argument.getType());
  unsigned index = argument.getArgNumber();
  auto present = function.getArgAttrOfType<StringAttr>(index, kPictureAttr);
  bool isImage = type && (type.getRank() == 4 || present);
  auto format = find(options.inputTypes, argument, isImage);
  auto layout = find(options.inputLayouts, argument, isImage);
  auto stride = find(options.inputStrides, argument, isImage && format);
  if (!format && !layout)
    return success();
  ++count;
  PictureSpec picture;
  if (format)
    picture.type = *parsePictureType(*format);
  if (layout)
    picture.layout = *parsePictureLayout(*layout);
  if (stride)
    picture.stride = *parseStride(*stride);
  if (picture.isYuv())
    picture.matrix = findMatrix(index);
  if (present) {
    auto carried = PictureSpec::parse(present.str());
    if (carried && carried->isPlaced)
      return error(argument)
             << "takes '" << present.getValue()
             << "' already; start from the model without it, or leave the "
                "options on inputs out";
  }
  if (!type || !type.getElementType().isF32())
    return error(argument) << "is of " << argument.getType() << ", "
                           << toText(picture.type)
                           << " can stand for a tensor of f32 alone";
  if (picture.type == PictureSpec::Type::Nv12 && layout)
    return error(argument) << "is nv12, which has planes and no layout; leave "
                              "--input-layout out";
  if (picture.stride && !picture.hasColor())
    return error(argument) << "is " << toText(picture.type)
                           << ", a stride is of pictures";
  if (!options.yes)
    warnOfPreprocessing(argument, picture);
  function.setArgAttr(
      index, kPictureAttr,
      StringAttr::get(function.getContext(), picture.toString()));
  return success();
}

LogicalResult Setter::orderOutputs() {
  if (options.outputLayout.empty())
    return success();
  bool any = false;
  Operation *terminator = function.front().getTerminator();
  for (OpOperand &result : terminator->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(result.get().getType());
    if (!type || type.getRank() != 4)
      continue;
    any = true;
    function.setResultAttr(
        result.getOperandNumber(), kOutputLayoutAttr,
        StringAttr::get(function.getContext(), options.outputLayout));
  }
  if (any)
    return success();
  return function.emitError()
         << "has no output of four dimensions, whose layout --output-layout "
            "could be; leave it out";
}

LogicalResult Setter::run() {
  if (failed(checkNames("--input-type", options.inputTypes)) ||
      failed(checkNames("--input-layout", options.inputLayouts)) ||
      failed(checkNames("--input-stride", options.inputStrides)))
    return failure();
  for (BlockArgument argument : function.getArguments())
    if (failed(set(argument)))
      return failure();
  bool isGiven = !options.inputTypes.empty() || !options.inputLayouts.empty();
  if (isGiven && count == 0)
    return function.emitError()
           << "has no input of four dimensions, which --input-type and "
              "--input-layout are about; name one as NAME=TYPE";
  return orderOutputs();
}

LogicalResult setPictures(ModuleOp module, const CompileOptions &options) {
  auto function = getEntryFunction(module);
  if (failed(function))
    return failure();
  return Setter(*function, options).run();
}

/// Whether nothing is said of the preprocessing yet, neither by the user nor to
/// the user.
static bool isUnclear(func::FuncOp function) {
  return llvm::any_of(function.getArguments(), [&](BlockArgument argument) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || type.getRank() < 3)
      return false;
    auto attr = function.getArgAttrOfType<PreprocessAttr>(
        argument.getArgNumber(), kPreprocessAttr);
    auto spec = attr ? PreprocessSpec::parse(attr.getSpec().str())
                     : Result<PreprocessSpec>(error("none"));
    return !spec || findUnits(*spec);
  });
}

void warnOfImages(ModuleOp module, const CompileOptions &options) {
  auto noted = module->getAttrOfType<DataAttr>(kDataAttr);
  auto function = getEntryFunction(module);
  if (options.yes || options.data.empty() || !noted || failed(function) ||
      isUnclear(*function))
    return;
  DatasetOptions reading;
  reading.raw = noted.getRaw();
  reading.skipBad = noted.getSkipBad();
  reading.maxSamples = 8;
  auto open = [&](std::vector<InputSignature> inputs) {
    return openDataset(module.getContext(), noted.getSpec().str(),
                       std::move(inputs), reading);
  };
  if (auto finding = checkFirstNorm(*function, int(options.threads), open))
    function->emitWarning() << *finding;
}

} // namespace qc
