// The folder with what a vendor's last tool takes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/HandOff.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Quantization/Activations.h"
#include "qc/Support/Preprocess.h"
#include "qc/Support/Strings.h"

namespace qc {

static InFlightDiagnostic refuse(const ArtefactRequest &request) {
  return mlir::emitError(UnknownLoc::get(request.module->getContext()));
}

LogicalResult HandOffFolder::add(const std::string &name, std::string bytes,
                                 std::string words) {
  if (!words.empty())
    files.push_back({name, std::move(words)});
  if (Status written = sink.write("hand-off/" + name, std::move(bytes));
      !written)
    return refuse(request) << written.message();
  return success();
}

/// "target horizon, chip x5"
static std::string describeTarget(ModuleOp module) {
  auto target = module->getAttrOfType<TargetAttr>(kTargetAttr);
  if (!target)
    return "no target";
  std::string text = "target " + target.getName().str();
  for (NamedAttribute option : target.getOptions())
    if (auto value = dyn_cast<StringAttr>(option.getValue()))
      text += ", " + option.getName().str() + " " + value.str();
  return text;
}

LogicalResult HandOffFolder::finish(const HandOffWords &words) {
  std::vector<std::string> listed;
  for (const auto &[name, what] : files)
    listed.push_back("`" + name + "` (" + what + ")");
  std::string text =
      "For " + words.tool + ", by qc " QC_VERSION " for " +
      describeTarget(request.module) + ".\n" + "Files: " + join(listed, ", ") +
      ".\n" + "Next: `" + words.next + "`\n" + "Checked: " + words.checked +
      ".\n" + "Not published, and not guessed: " + words.unpublished + ".\n";
  return add("README.md", printableLines(text));
}

FailureOr<ModuleOp> getStage(const ArtefactRequest &request,
                             ArtefactStage stage) {
  ModuleOp module = request.getStage ? request.getStage(stage) : ModuleOp();
  if (module)
    return module;
  return refuse(request)
         << "a hand-off is made of the "
         << (stage == ArtefactStage::Float ? "float network behind the "
                                             "corrections"
                                           : "network with storage types")
         << ", which this compile has not been through: start from an earlier "
            "stage, such as calibrate.mlirbc";
}

//===----------------------------------------------------------------------===//
// Pictures
//===----------------------------------------------------------------------===//

/// The preprocessing of an input that takes the results of `picture`, which are
/// pixel * factor + offset.
static PreprocessSpec getPreprocessing(Operation *picture,
                                       PreprocessAttr noted) {
  PreprocessSpec spec;
  if (noted)
    if (auto parsed = PreprocessSpec::parse(noted.getSpec().str()))
      spec = *parsed;
  StringRef trained = picture->getAttrOfType<StringAttr>("trained").getValue();
  spec.color = trained == "bgr"      ? PreprocessSpec::Color::Bgr
               : trained == "gray"   ? PreprocessSpec::Color::Gray
               : trained == "yuv444" ? PreprocessSpec::Color::Yuv444
               : trained == "rgb"    ? PreprocessSpec::Color::Rgb
                                     : spec.color;
  auto factor = picture->getAttrOfType<DenseF64ArrayAttr>("factor");
  auto offset = picture->getAttrOfType<DenseF64ArrayAttr>("offset");
  spec.mean.clear();
  spec.std.clear();
  spec.scale = 1;
  for (int64_t i = 0, e = std::max(factor.size(), offset.size()); i < e; ++i) {
    double by = factor[factor.size() == 1 ? 0 : i];
    double plus = offset[offset.size() == 1 ? 0 : i];
    spec.mean.push_back(plus == 0 ? 0 : -plus / by);
    spec.std.push_back(1 / by);
  }
  spec.layout = PreprocessSpec::Layout::Nchw;
  return spec;
}

/// Makes `argument` what `picture` makes of it.
static void dropPicture(func::FuncOp function, BlockArgument argument,
                        Operation *picture) {
  unsigned number = argument.getArgNumber();
  PreprocessSpec spec = getPreprocessing(
      picture,
      function.getArgAttrOfType<PreprocessAttr>(number, kPreprocessAttr));
  argument.setType(picture->getResult(0).getType());
  picture->getResult(0).replaceAllUsesWith(argument);
  picture->erase();
  function.removeArgAttr(number, kPictureAttr);
  function.setArgAttr(
      number, kPreprocessAttr,
      PreprocessAttr::get(function.getContext(), spec.toString()));
}

FailureOr<FloatNetwork> getFloatNetwork(const ArtefactRequest &request) {
  auto stage = getStage(request, ArtefactStage::Float);
  if (failed(stage))
    return failure();
  FloatNetwork network;
  network.module = OwningOpRef<ModuleOp>(stage->clone());
  auto function = getEntryFunction(*network.module);
  if (failed(function))
    return failure();
  for (BlockArgument argument : function->getArguments()) {
    if (!argument.hasOneUse())
      continue;
    Operation *user = *argument.user_begin();
    if (user->getName().getStringRef() != "top.picture")
      continue;
    network.pictures[getTensorName(argument)] =
        user->getAttrOfType<StringAttr>("format").str();
    dropPicture(*function, argument, user);
  }
  updateFunctionType(*function);
  return network;
}

Artefact makeHandOff(
    std::string summary,
    std::function<LogicalResult(const ArtefactRequest &, HandOffFolder &)>
        fill) {
  Artefact handOff;
  handOff.name = "hand-off";
  handOff.summary = std::move(summary);
  handOff.files = {"hand-off/"};
  handOff.isDefault = true;
  handOff.write = [fill](const ArtefactRequest &request, ArtefactSink &sink) {
    HandOffFolder folder(request, sink);
    return fill(request, folder);
  };
  return handOff;
}

} // namespace qc
