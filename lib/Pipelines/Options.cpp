// The options of a compile.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Options.h"
#include "Artefacts.h"
#include "OptionChoices.h"
#include "OptionCombinations.h"
#include "Pictures.h"
#include "qc/Calibration/Passes.h"
#include "qc/Correction/Correction.h"
#include "qc/Import/Onnx/Import.h"
#include "qc/Pipelines/CompileScore.h"
#include "qc/Pipelines/InitAll.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Pipelines/StageFiles.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Support/Preprocess.h"
#include "qc/Support/Strings.h"
#include "qc/Support/ThreadPool.h"
#include "qc/Target/Registries.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

#include <cmath>
#include <regex>

namespace qc {

using Texts = std::vector<std::string>;

/// Labels are numbers of classes: no offset beyond means anything.
static constexpr int64_t kMostLabels = 1'000'000;

//===----------------------------------------------------------------------===//
// One option and its member
//===----------------------------------------------------------------------===//

namespace {
/// A declaration while it is written down.
struct Declaration : OptionDeclaration {
  Declaration(OptionForm form, std::string group, std::string name,
              std::string words) {
    this->form = form;
    this->group = std::move(group);
    this->name = std::move(name);
    this->words = std::move(words);
  }
  Declaration readBy(StringRef text) && {
    phase = text.str();
    return std::move(*this);
  }
  /// What quantizes has nothing to do in a float network.
  Declaration ofQuantization() && {
    quantizes = true;
    return std::move(*this);
  }
  Declaration between(int64_t low, int64_t high) && {
    least = low;
    most = high;
    return std::move(*this);
  }
  /// Shells and editors offer what `find` gives of the registries.
  template <typename Find> Declaration offering(Find find) && {
    choices = std::move(find);
    return std::move(*this);
  }
  /// Nothing else than `values` is right.
  Declaration only(std::vector<OptionChoice> values) && {
    isClosed = true;
    return std::move(*this).offering(
        [values = std::move(values)](const Registries &) { return values; });
  }
  Declaration
  orElse(std::function<Texts(const CompileOptions &, MLIRContext *)> value) && {
    effective = std::move(value);
    return std::move(*this);
  }
  Declaration orElse(std::string text) && {
    effective = [text](const CompileOptions &, MLIRContext *) {
      return Texts{text};
    };
    return std::move(*this);
  }
};

/// Declares the options of one group.
class Group {
public:
  explicit Group(std::string name) : name(std::move(name)) {}

  Declaration flag(std::string option, bool CompileOptions::*member,
                   std::string words) const {
    return other(
        OptionForm::Flag, std::move(option), "", std::move(words),
        [member](const CompileOptions &options) {
          return Texts{options.*member ? "true" : "false"};
        },
        [member](CompileOptions &options, const Texts &values) {
          options.*member = values.front() == "true";
          return ok();
        });
  }

  Declaration text(std::string option, std::string CompileOptions::*member,
                   std::string value, std::string words) const {
    return other(
        OptionForm::Text, std::move(option), std::move(value), std::move(words),
        [member](const CompileOptions &options) {
          const std::string &text = options.*member;
          return text.empty() ? Texts() : Texts{text};
        },
        [member](CompileOptions &options, const Texts &values) {
          options.*member = values.empty() ? "" : values.front();
          return ok();
        });
  }

  Declaration count(std::string option, int64_t CompileOptions::*member,
                    std::string words) const {
    return other(
        OptionForm::Count, std::move(option), "N", std::move(words),
        [member](const CompileOptions &options) {
          return Texts{std::to_string(options.*member)};
        },
        [member](CompileOptions &options, const Texts &values) {
          options.*member = *parseInteger(values.front());
          return ok();
        });
  }

  Declaration number(std::string option, double Tolerance::*member,
                     std::string words) const {
    return numberAt(std::move(option), std::move(words),
                    [member](auto &options) -> auto & {
                      return options.tolerance.*member;
                    });
  }

  Declaration number(std::string option, double CompileOptions::*member,
                     std::string words) const {
    return numberAt(
        std::move(option), std::move(words),
        [member](auto &options) -> auto & { return options.*member; });
  }

  Declaration list(std::string option, Texts CompileOptions::*member,
                   std::string value, std::string words,
                   OptionForm form = OptionForm::List) const {
    return other(
        form, std::move(option), std::move(value), std::move(words),
        [member](const CompileOptions &options) { return options.*member; },
        [member](CompileOptions &options, const Texts &values) {
          options.*member = values;
          return ok();
        });
  }

  /// An option that no single member holds.
  Declaration
  other(OptionForm form, std::string option, std::string value,
        std::string words, std::function<Texts(const CompileOptions &)> get,
        std::function<Status(CompileOptions &, const Texts &)> set) const {
    Declaration made(form, name, std::move(option), std::move(words));
    made.value = std::move(value);
    made.get = std::move(get);
    made.set = std::move(set);
    return made;
  }

private:
  /// `find` gives the number of an object of options, changeable where that is.
  template <typename Find>
  Declaration numberAt(std::string option, std::string words, Find find) const {
    return other(
        OptionForm::Number, std::move(option), "X", std::move(words),
        [find](const CompileOptions &options) {
          std::string text;
          llvm::raw_string_ostream(text) << llvm::format("%g", find(options));
          return Texts{text};
        },
        [find](CompileOptions &options, const Texts &values) {
          find(options) = std::stod(values.front());
          return ok();
        });
  }

  std::string name;
};
} // namespace

//===----------------------------------------------------------------------===//
// Options that need more than a member
//===----------------------------------------------------------------------===//

static Texts getTargetOptions(const CompileOptions &options) {
  Texts texts;
  for (const auto &[name, value] : options.targetOptions)
    texts.push_back(name + "=" + value);
  return texts;
}

static Status setTargetOptions(CompileOptions &options, const Texts &values) {
  options.targetOptions.clear();
  for (const std::string &text : values) {
    size_t split = text.find('=');
    if (split == std::string::npos || split == 0)
      return error("'", text, "': expected name=value");
    options.targetOptions[text.substr(0, split)] = text.substr(split + 1);
  }
  return ok();
}

static Texts getPrecisionText(const CompileOptions &options) {
  return options.precision.empty() ? Texts() : Texts{options.precision};
}

static Status setPrecision(CompileOptions &options, const Texts &values) {
  std::string name = values.empty() ? "" : values.front();
  // Some say weights first: w4a8.
  static const std::regex weightsFirst("w([0-9]+)a([0-9]+)");
  name = std::regex_replace(name, weightsFirst, "a$2w$1");
  bool isHalf = name == "fp16";
  options.precision = isHalf ? kFloatPrecision.str() : name;
  options.relaxFp32 |= isHalf;
  return ok();
}

static Texts getInputShapes(const CompileOptions &options) {
  Texts texts;
  for (const auto &[name, shape] : options.import.inputShapes)
    texts.push_back(
        name + "=" +
        llvm::join(
            llvm::map_range(shape, [](int64_t n) { return std::to_string(n); }),
            "x"));
  return texts;
}

static Status setInputShapes(CompileOptions &options, const Texts &values) {
  options.import.inputShapes.clear();
  for (const std::string &text : values) {
    auto shape = parseInputShape(text);
    if (!shape)
      return shape.takeError();
    if (!options.import.inputShapes.insert(*shape).second)
      return error("'", shape->first, "' is given twice");
  }
  return ok();
}

/// The target's first precision.
static Texts getFirstPrecision(const CompileOptions &options,
                               MLIRContext *context) {
  std::string name = options.target.empty() ? "generic" : options.target;
  auto backend = Registries::of(context).targets.create(
      name, [] { return InFlightDiagnostic(); });
  if (failed(backend))
    return {};
  NamedAttrList attributes;
  for (const auto &[option, value] : options.targetOptions)
    attributes.set(option, StringAttr::get(context, value));
  if (failed((*backend)->configure(attributes.getDictionary(context),
                                   [] { return InFlightDiagnostic(); })))
    return {};
  QuantSpec spec = (*backend)->getQuantSpec();
  return spec.precisions.empty() ? Texts()
                                 : Texts{spec.precisions.front().name};
}

/// Those that the effort asks for.
static Texts getOwnCorrections(const CompileOptions &options,
                               MLIRContext *context) {
  Texts names;
  auto effort =
      parseEffort(options.effort.empty() ? "default" : options.effort);
  for (const Correction *correction :
       Registries::of(context).corrections.getInOrder())
    if (effort && correction->effort <= *effort)
      names.push_back(correction->name);
  return names;
}

static std::string listMethods() {
  Texts usages;
  for (const auto &[name, method] : builtinThresholds().methods())
    usages.push_back(method.usage);
  return llvm::join(usages, ", ");
}

static std::string listCorrections() {
  std::string text;
  std::shared_ptr<Registries> builtin = makeRegistries();
  for (const Correction *correction : builtin->corrections.getInOrder())
    text += correction->name + " (" + correction->summary + "), ";
  return text;
}

static std::string listArtefacts() {
  Texts names;
  std::shared_ptr<Registries> builtin = makeRegistries();
  for (const auto &[name, artefact] : builtin->artefacts.getAll())
    names.push_back(name + " (" + artefact.summary + ")");
  return llvm::join(names, ", ");
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static std::vector<OptionDeclaration> declareModel() {
  Group group("Model");
  std::vector<OptionDeclaration> all;
  Declaration model = group.text("model", &CompileOptions::model, "MODEL",
                                 "Model: .onnx, .mlir, .mlirbc or .tflite");
  model.isPositional = model.isRequired = true;
  all.push_back(std::move(model));
  all.push_back(group
                    .other(OptionForm::Repeated, "input-shape",
                           "NAME=1x3x224x224",
                           "Shape of an input; binds symbolic dimensions",
                           getInputShapes, setInputShapes)
                    .readBy("import"));
  all.push_back(group
                    .other(
                        OptionForm::List, "cut-at", "NAME",
                        "Tensors that become the outputs",
                        [](const CompileOptions &options) {
                          return options.import.cutAt;
                        },
                        [](CompileOptions &options, const Texts &values) {
                          options.import.cutAt = values;
                          return ok();
                        })
                    .readBy("import"));
  return all;
}

static std::vector<OptionDeclaration> declareTarget() {
  Group group("Target");
  std::vector<OptionDeclaration> all;
  all.push_back(group
                    .text("target", &CompileOptions::target, "NAME",
                          "Target by name; `qc targets` lists them (default: "
                          "the model's, else generic)")
                    .offering(offerTargets)
                    .orElse("generic"));
  all.push_back(group.other(OptionForm::Repeated, "target-option", "NAME=VALUE",
                            "An option of the target, or of its vendor's tools "
                            "in their spelling; `qc targets NAME --options` "
                            "lists them",
                            getTargetOptions, setTargetOptions));
  all.push_back(group.text("vendor-config", &CompileOptions::vendorConfig,
                           "FILE",
                           "Options file of the vendor's tools, read as it is; "
                           "an option on the line wins"));
  all.push_back(group.list("load-target-plugin", &CompileOptions::plugins,
                           "FILE",
                           "Shared library with further targets, methods, "
                           "artefacts or formats",
                           OptionForm::Repeated));
  all.push_back(
      group
          .other(OptionForm::Text, "precision", "NAME",
                 "int8, int16, a16w8, a8w4, ... as the target has it "
                 "(activations before weights; w4a8 is a8w4), or float: the "
                 "whole network in float, on the CPU, which needs no data; "
                 "fp16 is float with --relax-fp32 (default: the target's "
                 "first)",
                 getPrecisionText, setPrecision)
          .offering(offerPrecisions)
          .orElse(getFirstPrecision));
  all.push_back(group
                    .list("int16-tensors", &CompileOptions::int16Tensors,
                          "NAME",
                          "Tensors of the model that have 16 bits whatever "
                          "the precision; or inputs:LAYER, input0:LAYER, "
                          "results:LAYER, network:outputs, LAYER being a type "
                          "(Conv) or a result")
                    .ofQuantization());
  all.push_back(group
                    .list("int16-weights", &CompileOptions::int16Weights,
                          "LAYER",
                          "Layers whose weights have 16 bits, by result or "
                          "type, where the target takes that")
                    .ofQuantization());
  all.push_back(group
                    .text("inner-bits", &CompileOptions::innerBits, "N",
                          "8 or 16: bits of what is inside of a layer that "
                          "is computed in steps (LSTM, GRU, RNN, a cubic "
                          "resize, a normalisation written out; default: 16 "
                          "where the target has them)")
                    .only({{"8"}, {"16"}})
                    .ofQuantization());
  all.push_back(group
                    .list("deny", &CompileOptions::deny, "LAYER",
                          "Layers that stay in float, on the CPU: a type "
                          "(Softmax), a layer by its result (name:conv_12), "
                          "the layers between two (conv_3:add_7), all but one "
                          "(except:conv_3)")
                    .readBy("prepare")
                    .ofQuantization());
  all.push_back(group.flag("allow-cpu", &CompileOptions::allowCpu,
                           "Place ops that the target cannot run on the CPU"));
  all.push_back(group.flag("relax-fp32", &CompileOptions::relaxFp32,
                           "Store what is computed in float in 16 bits (f16); "
                           "it is still computed in 32"));
  all.push_back(group.count("max-subgraphs", &CompileOptions::maxSubgraphs,
                            "At most so many subgraphs on the device: those "
                            "with the least work are left to the CPU (0: any "
                            "number)"));
  return all;
}

static std::vector<OptionDeclaration> declareSamples() {
  Group group("Samples");
  std::vector<OptionDeclaration> all;
  all.push_back(group
                    .text("data", &CompileOptions::data, "DATA",
                          "Samples: a folder of images, .npy, .npz, a list "
                          "file, or random:N[:seed]")
                    .readBy("calibrate"));
  all.push_back(
      group
          .text("preprocess", &CompileOptions::preprocess, "SPEC",
                "How pixels become values, e.g. \"resize=256 crop=224 "
                "mean=123.675,116.28,103.53 std=58.395,57.12,57.375\" or a "
                "preset (imagenet-torch, imagenet-tf, imagenet-caffe, unit, "
                "none); default: what the model carries. mean and std count "
                "in pixels of 0..255")
          .offering(offerPresets)
          .readBy("calibrate"));
  all.push_back(group.count("samples", &CompileOptions::samples,
                            "Take so many samples (0: all)"));
  all.push_back(group.flag("raw", &CompileOptions::raw,
                           "Arrays hold pixels: preprocess them as images"));
  all.push_back(group.flag("skip-bad", &CompileOptions::skipBad,
                           "Leave out samples that cannot be loaded, and count "
                           "them"));
  all.push_back(group.flag("yes", &CompileOptions::yes,
                           "Samples and preprocessing are as they should be: "
                           "no warnings of what looks like a mistake"));
  all.push_back(group.text("labels", &CompileOptions::labels, "LABELS",
                           "Labels of the samples, for the top-1 of the "
                           "network and of the program at the end: folder "
                           "(names of sub-folders), a text file, .npy or .npz "
                           "(array y or labels)"));
  all.push_back(group
                    .count("label-offset", &CompileOptions::labelOffset,
                           "Added to each label, e.g. 1 when output 0 is "
                           "background, -1 when labels count from 1")
                    .between(-kMostLabels, kMostLabels));
  all.push_back(group
                    .flag("insert-preprocess",
                          &CompileOptions::insertPreprocess,
                          "Move mean and std into the network, which then "
                          "takes raw pixels")
                    .readBy("prepare"));
  all.push_back(
      group.count("seed", &CompileOptions::seed, "Seed of random samples"));
  return all;
}

static std::vector<OptionDeclaration> declarePictures() {
  Group group("Pictures");
  std::vector<OptionDeclaration> all;
  all.push_back(group
                    .list("input-type", &CompileOptions::inputTypes,
                          "[NAME=]TYPE",
                          "What the program takes at an input: f32, u8, s8 "
                          "(u8 less 128), rgb, bgr, gray, yuv444 or nv12; what "
                          "the network was trained on says --preprocess "
                          "(docs/Pictures.md)",
                          OptionForm::Repeated)
                    .offering(offerAll({"f32", "u8", "s8", "rgb", "bgr", "gray",
                                        "yuv444", "nv12"}))
                    .readBy("prepare"));
  all.push_back(group
                    .list("input-layout", &CompileOptions::inputLayouts,
                          "[NAME=]LAYOUT",
                          "nchw or nhwc, of an input as it runs (default: "
                          "nhwc for rgb, bgr and yuv444, else the network's)",
                          OptionForm::Repeated)
                    .offering(offerAll({"nchw", "nhwc"}))
                    .readBy("prepare"));
  all.push_back(group
                    .list("input-stride", &CompileOptions::inputStrides,
                          "[NAME=]N",
                          "Pixels from one row of a picture to the next "
                          "(default: its width)",
                          OptionForm::Repeated)
                    .readBy("prepare"));
  all.push_back(group
                    .text("yuv", &CompileOptions::yuv, "MATRIX",
                          "Colour matrix of yuv444 and nv12: bt601-full, "
                          "bt601-video, bt709 (video range) or bt709-full "
                          "(default: bt601-full)")
                    .only({{"bt601-full"},
                           {"bt601-video"},
                           {"bt709", "video range"},
                           {"bt709-full"}})
                    .readBy("prepare"));
  all.push_back(group
                    .text("output-layout", &CompileOptions::outputLayout,
                          "LAYOUT",
                          "nchw or nhwc, of outputs of four dimensions "
                          "(default: the network's)")
                    .only({{"nchw"}, {"nhwc"}})
                    .readBy("prepare"));
  all.push_back(group
                    .list("remove-edge-ops", &CompileOptions::removeEdgeOps,
                          "LAYER",
                          "Ops at inputs or outputs to leave out: a type "
                          "(Softmax, Transpose) or a layer by its result "
                          "(name:prob); the network computes less then")
                    .readBy("prepare"));
  all.push_back(group
                    .flag("keep-edges", &CompileOptions::keepEdges,
                          "Leave out what quantizes inputs and dequantizes "
                          "outputs: integers go in and come out")
                    .readBy("quantize")
                    .ofQuantization());
  return all;
}

static std::vector<OptionDeclaration> declareQuantization() {
  Group group("Quantization");
  std::vector<OptionDeclaration> all;
  all.push_back(
      group
          .text("method", &CompileOptions::method, "METHOD",
                "Threshold method: " + listMethods() + " (default: mse)")
          .offering(offerMethods)
          .readBy("calibrate")
          .ofQuantization()
          .orElse(CalibrateOptions().method));
  all.push_back(
      group
          .list("correct", &CompileOptions::correct, "STEP",
                "Corrections after calibration: " + listCorrections() +
                    "or none (default: as --effort says)")
          .offering(offerCorrections)
          .readBy("correct")
          .ofQuantization()
          .orElse(getOwnCorrections));
  all.push_back(group
                    .text("effort", &CompileOptions::effort, "HOW",
                          "low: the quick corrections, inputs and bias; "
                          "default: all that leave the program as fast as it "
                          "is; high: also 16 bits for the few activations "
                          "that bring most, in at most 1.10 times the "
                          "estimated cycles")
                    .only({{"low", "the quick corrections"},
                           {"default", "all that keep the program's speed"},
                           {"high", "also 16 bits where they bring most"}})
                    .readBy("correct")
                    .ofQuantization()
                    .orElse([](const CompileOptions &options, MLIRContext *) {
                      // Named corrections leave it nothing to say.
                      return options.correct.empty() ? Texts{"default"}
                                                     : Texts();
                    }));
  all.push_back(group
                    .number("max-cycles", &CompileOptions::maxCycles,
                            "Of the correction widths: at most so many times "
                            "the estimated cycles of 8 bits (0: 1.10)")
                    .readBy("correct")
                    .ofQuantization());
  all.push_back(group
                    .flag("refit", &CompileOptions::refit,
                          "Choose the scales and integers of a quantized "
                          "model again, for the target")
                    .readBy("prepare"));
  return all;
}

static std::vector<OptionDeclaration> declareParameters() {
  Group group("Parameters from and to files");
  std::vector<OptionDeclaration> all;
  all.push_back(group
                    .text("stats-in", &CompileOptions::statsIn, "FILE",
                          "Take calibration statistics from this file")
                    .readBy("calibrate")
                    .ofQuantization());
  all.push_back(group
                    .text("stats-out", &CompileOptions::statsOut, "FILE",
                          "Write calibration statistics to this file")
                    .readBy("calibrate")
                    .ofQuantization());
  all.push_back(
      group
          .text("table-in", &CompileOptions::tableIn, "FILE",
                "Take ranges from this calibration table, or tpu-mlir's")
          .readBy("calibrate")
          .ofQuantization());
  all.push_back(group
                    .text("encodings-in", &CompileOptions::encodingsIn, "FILE",
                          "Take storage types, scales and ranges by tensor "
                          "name from this file (docs/Encodings.md)")
                    .readBy("assign")
                    .ofQuantization());
  all.push_back(group
                    .text("encodings-out", &CompileOptions::encodingsOut,
                          "FILE", "Write those of all tensors to this file")
                    .readBy("quantize")
                    .ofQuantization());
  all.push_back(
      group.flag("allow-missing", &CompileOptions::allowMissing,
                 "Calibrate tensors that --encodings-in or --table-in lacks"));
  return all;
}

static std::vector<OptionDeclaration> declareOutput() {
  Group group("Output");
  std::vector<OptionDeclaration> all;
  Declaration output = group.text("output", &CompileOptions::output, "DIR",
                                  "Folder for the artefacts");
  output.shortName = "o";
  output.isRequired = true;
  all.push_back(std::move(output));
  all.push_back(
      group
          .text("stop-after", &CompileOptions::stopAfter, "PHASE",
                "Last phase to run: " + llvm::join(getPhaseNames(), ", "))
          .only(getPhaseChoices()));
  all.push_back(group
                    .text("stages", &CompileOptions::stages, "FORM",
                          "How the IR after each phase is written: bytecode "
                          "(.mlirbc) or text (.mlir); both are read")
                    .only({{kBytecodeStages.str()}, {kTextStages.str()}}));
  all.push_back(
      group
          .list("emit", &CompileOptions::emit, "ARTEFACT",
                "Artefacts: " + listArtefacts() +
                    ", and those of the target; an option behind a colon as "
                    "in float-onnx:opset=11 (default: qcb, report, and the "
                    "hand-off of the target)")
          .offering(offerArtefacts)
          .orElse([](const CompileOptions &options, MLIRContext *context) {
            return getDefaultArtefacts(options.target, context);
          }));
  all.push_back(group.count("report-samples", &CompileOptions::reportSamples,
                            "Samples on which layers are compared with float "
                            "(0: no comparison)"));
  all.push_back(group.count("l1-size-kb", &CompileOptions::l1SizeKb,
                            "Kilobytes on the chip for the estimated tiles "
                            "and traffic of the report (0: what the target "
                            "says)"));
  all.push_back(group.count("advice", &CompileOptions::advice,
                            "List the ops that are estimated to take so many "
                            "microseconds or more above their bound, and why "
                            "(0: none)"));
  all.push_back(group.flag("ladder", &CompileOptions::ladder,
                           "Compile for float and every precision of the "
                           "target, each into a folder of OUT, and compare "
                           "them in one table"));
  all.push_back(group.number("rtol", &Tolerance::rtol,
                             "With --ladder: an element is outside when it is "
                             "further off than ATOL + RTOL * |value|"));
  all.push_back(group.number("atol", &Tolerance::atol, "See --rtol"));
  all.push_back(group
                    .count("threads", &CompileOptions::threads,
                           "Threads, at most " + std::to_string(kMostThreads) +
                               " (0: one a processor); results do not depend "
                               "on it")
                    .between(0, kMostThreads));
  all.push_back(group.flag("quiet", &CompileOptions::quiet, "No progress"));
  return all;
}

const std::vector<OptionDeclaration> &getOptionDeclarations() {
  static const std::vector<OptionDeclaration> declarations = [] {
    std::vector<OptionDeclaration> all;
    for (auto declare :
         {declareModel, declareTarget, declareSamples, declarePictures,
          declareQuantization, declareParameters, declareOutput})
      llvm::append_range(all, declare());
    return all;
  }();
  return declarations;
}

ModelSource CompileOptions::getSource() const {
  if (!modelBytes)
    return {model, std::nullopt};
  return {model, llvm::MemoryBufferRef(*modelBytes, model)};
}

//===----------------------------------------------------------------------===//
// Looking up and setting
//===----------------------------------------------------------------------===//

Result<const OptionDeclaration *> findOption(const std::string &name) {
  std::string spelled = name;
  llvm::replace(spelled, '_', '-');
  Texts names;
  for (const OptionDeclaration &declaration : getOptionDeclarations()) {
    if (declaration.name == spelled)
      return &declaration;
    names.push_back(declaration.name);
  }
  return error("unknown option '", name, "'", suggestName(spelled, names));
}

static Status checkForm(const OptionDeclaration &declaration,
                        const Texts &values) {
  bool isOne = declaration.form != OptionForm::List &&
               declaration.form != OptionForm::Repeated;
  if (isOne && values.size() != 1)
    return error("expected one value, found ", values.size());
  if (!isOne)
    return ok();
  const std::string &text = values.front();
  if (declaration.form == OptionForm::Flag && text != "true" && text != "false")
    return error("expected true or false, found '", text, "'");
  if (declaration.form == OptionForm::Count) {
    auto value = parseInteger(text);
    if (!value || *value < declaration.least || *value > declaration.most)
      return error("expected a whole number from ", declaration.least,
                   declaration.most == INT64_MAX
                       ? " on"
                       : " to " + std::to_string(declaration.most),
                   ", found '", text, "'");
  }
  if (declaration.form == OptionForm::Number) {
    double value;
    if (StringRef(text).getAsDouble(value) || !std::isfinite(value) ||
        value < 0)
      return error("expected a number from 0 on, found '", text, "'");
  }
  return ok();
}

Status setOption(CompileOptions &options, const OptionDeclaration &declaration,
                 const std::vector<std::string> &values) {
  Status set = checkForm(declaration, values);
  if (set)
    set = declaration.set(options, values);
  return set.withContext((declaration.isPositional ? "" : "--") +
                         declaration.name);
}

bool isGiven(const CompileOptions &options,
             const OptionDeclaration &declaration) {
  static const CompileOptions nothing;
  return declaration.get(options) != declaration.get(nothing);
}

std::vector<std::pair<const OptionDeclaration *, std::vector<std::string>>>
getEffectiveOptions(const CompileOptions &options, MLIRContext *context) {
  std::vector<std::pair<const OptionDeclaration *, Texts>> found;
  for (const OptionDeclaration &declaration : getOptionDeclarations()) {
    Texts values = declaration.get(options);
    if (declaration.effective && !isGiven(options, declaration))
      values = declaration.effective(options, context);
    if (!values.empty())
      found.push_back({&declaration, std::move(values)});
  }
  return found;
}

//===----------------------------------------------------------------------===//
// Usage
//===----------------------------------------------------------------------===//

Status checkUsage(const CompileOptions &options, MLIRContext *context) {
  Texts phases;
  for (StringRef phase : getPhaseNames())
    phases.push_back(phase.str());
  if (!llvm::is_contained(phases, options.stopAfter))
    return error("unknown phase '", options.stopAfter, "'",
                 suggestName(options.stopAfter, phases));
  Texts forms = {kBytecodeStages.str(), kTextStages.str()};
  if (!llvm::is_contained(forms, options.stages))
    return error("--stages: unknown form '", options.stages, "'",
                 suggestName(options.stages, forms), "; known: bytecode, text");
  Texts targets = Registries::of(context).targets.getNames();
  if (!options.target.empty() && !llvm::is_contained(targets, options.target))
    return error("unknown target '", options.target, "'",
                 suggestName(options.target, targets));
  if (Status known = checkArtefacts(options, context); !known)
    return known;
  if (!options.method.empty())
    if (auto method = Registries::of(context).thresholds.create(options.method);
        !method)
      return method.takeError();
  if (Status known = checkCorrections(Registries::of(context).corrections,
                                      options.correct);
      !known)
    return known;
  if (!options.innerBits.empty() && options.innerBits != "8" &&
      options.innerBits != "16")
    return error("--inner-bits is 8 or 16, found '", options.innerBits, "'");
  if (auto effort = parseEffort(options.effort);
      !options.effort.empty() && !effort)
    return effort.takeError();
  if (!options.effort.empty() && !options.correct.empty() &&
      options.correct != getOwnCorrections(options, context))
    return error("--effort would change nothing: --correct names the "
                 "corrections; leave one of them out");
  if (auto spec = PreprocessSpec::parse(options.preprocess);
      !options.preprocess.empty() && !spec)
    return spec.takeError().withContext("--preprocess");
  if (Status known = checkPictureUsage(options); !known)
    return known;
  if (Status known = checkScoreUsage(options); !known)
    return known;
  return checkCombinations(options);
}

} // namespace qc
