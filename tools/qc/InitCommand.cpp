// qc init: asks what a compile needs and writes a job file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "YamlConfig.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/Preprocess.h"
#include "qc/Target/TargetRegistry.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"

#include <iostream>

namespace qc {

namespace {

struct InitFlags {
  CompileOptions options;
  std::string file = "job.yaml";
  bool force = false;
};

/// One thing that a job file says.
struct Question {
  std::string option; ///< the compile's, without dashes
  std::string words;
  /// Taken where the answer is empty; an empty one may stay empty.
  std::string otherwise;
  /// What is wrong with an answer; empty if nothing is.
  std::function<std::string(const std::string &answer)> check;
};

} // namespace

static std::string checkExists(const std::string &path) {
  return llvm::sys::fs::exists(path) ? "" : "'" + path + "' does not exist";
}

static std::string checkData(const std::string &data) {
  return StringRef(data).starts_with("random:") ? "" : checkExists(data);
}

static std::string checkPreprocess(const std::string &spec) {
  if (spec.empty())
    return "";
  Result<PreprocessSpec> parsed = PreprocessSpec::parse(spec);
  return parsed ? "" : parsed.message();
}

static std::vector<Question> getQuestions(Session &session) {
  std::vector<std::string> targets = session.getRegistries().targets.getNames();
  auto checkTarget = [targets](const std::string &name) -> std::string {
    if (llvm::is_contained(targets, name))
      return "";
    return "there is no target '" + name + "'" + suggestName(name, targets);
  };
  return {
      {"model", "Model (.onnx, .tflite, .mlir or .mlirbc)", "", checkExists},
      {"target", "Target (" + llvm::join(targets, ", ") + ")", "generic",
       checkTarget},
      {"data",
       "Samples to calibrate with (a folder of images, .npy, .npz, a list, or "
       "random:N)",
       "", checkData},
      {"preprocess",
       "How pixels become values (imagenet-torch, imagenet-tf, "
       "imagenet-caffe, unit, or \"resize=256 crop=224 mean=... std=...\"; "
       "empty: not images)",
       "", checkPreprocess},
      {"output", "Folder for what is made", "out", nullptr},
  };
}

/// Asks until the answer is right; an error at the end of the input.
static Status ask(const Question &question, CompileOptions &options) {
  const OptionDeclaration *declaration = *findOption(question.option);
  bool given = isGiven(options, *declaration);
  bool mayBeEmpty = question.option == "preprocess";
  while (true) {
    std::string answer;
    if (given) {
      answer = declaration->get(options).front();
    } else {
      std::cerr << question.words
                << (question.otherwise.empty()
                        ? ""
                        : " [" + question.otherwise + "]")
                << ": " << std::flush;
      if (!std::getline(std::cin, answer)) {
        std::cerr << "\n";
        return error(
            "the answers end before '", question.words, "' is answered; give ",
            declaration->isPositional ? "the model" : "--" + question.option,
            " on the line");
      }
      answer = StringRef(answer).trim().str();
    }
    if (answer.empty())
      answer = question.otherwise;
    std::string fault = answer.empty() && !mayBeEmpty ? "an answer is needed"
                        : question.check              ? question.check(answer)
                                                      : "";
    if (fault.empty())
      return answer.empty() ? ok() : setOption(options, *declaration, {answer});
    if (given)
      return error(fault);
    std::cerr << fault << "\n";
  }
}

static int runInit(InitFlags &flags) {
  ToolSession session(/*quiet=*/true);
  if (llvm::sys::fs::exists(flags.file) && !flags.force)
    return failUsage("'" + flags.file +
                     "' is there already; --force writes over it");
  for (const Question &question : getQuestions(session))
    if (Status answered = ask(question, flags.options); !answered)
      return failUsage(answered);
  if (Status usage = checkUsage(flags.options, session.getContext()); !usage)
    return failUsage(usage);
  if (Status written = writeFile(flags.file, writeYamlOptions(flags.options));
      !written)
    return fail(written);
  out() << "wrote " << flags.file << "; next: qc compile --config "
        << flags.file << "\n";
  return kDone;
}

void addInitCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<InitFlags>();
  CLI::App *command =
      app.add_subcommand("init", "Ask five questions and write a job file");
  command->footer(
      "Asks on standard error for what the line does not say, checks each "
      "answer, and writes a file for qc compile --config. `qc compile "
      "--write-config` prints such a file with every option.\n"
      "Examples:\n"
      "  qc init\n"
      "  qc init job.yaml --model model.onnx --target tda4 --data images/ "
      "--preprocess imagenet-torch --output out/");
  command->add_option("file", flags->file, "The job file (default: job.yaml)");
  command
      ->add_option_function<std::string>(
          "--model",
          [flags](const std::string &path) { flags->options.model = path; },
          "Model: .onnx, .tflite, .mlir or .mlirbc")
      ->type_name("FILE");
  addOptions(*command, flags->options,
             {"target", "data", "preprocess", "output"});
  command->get_option("--output")->required(false);
  command->add_flag("--force", flags->force, "Write over a file that is there");
  command->callback([flags, &exitCode] { exitCode = runInit(*flags); });
}

} // namespace qc
