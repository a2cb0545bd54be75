// qc preview: what a network sees of its samples, as PNG files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Pipelines/Preview.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/FolderLock.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/Path.h"

namespace qc {

namespace {
struct PreviewFlags {
  std::string model, output;
  CompileOptions run;
  bool json = false;
};

/// A file that was written.
struct Written {
  std::string file, sample, input;
  int width = 0, height = 0;
  float min = 0, max = 0;
};
} // namespace

/// "0007-cat-input.png": sorts as the samples do.
static std::string getFileName(int64_t number, const std::string &sample,
                               const std::string &input, bool isOnly) {
  std::string name = std::to_string(number);
  name.insert(0, name.size() < 4 ? 4 - name.size() : 0, '0');
  std::string text = "-" + llvm::sys::path::stem(sample).str();
  if (!isOnly)
    text += "-" + input;
  for (char c : text.substr(0, 100))
    name += std::isalnum(static_cast<unsigned char>(c)) || c == '-' ? c : '_';
  return name + ".png";
}

static Status writeSample(const Model &model, const Dataset &dataset,
                          const Sample &sample, const std::string &folder,
                          std::vector<Written> &written) {
  auto isShown = [](const InputSignature &input) { return canPreview(input); };
  bool isOnly = llvm::count_if(model.signatures, isShown) == 1;
  for (auto [signature, value] : llvm::zip(model.signatures, sample.inputs)) {
    if (!isShown(signature))
      continue;
    for (int64_t i = 0; i < sample.itemCount; ++i) {
      auto preview = previewInput(signature, value, i);
      if (!preview)
        return preview.takeError();
      auto bytes = encodePng(preview->image);
      if (!bytes)
        return bytes.takeError();
      int64_t number = sample.firstItem + i;
      std::string item = dataset.item(number).name;
      std::string file =
          folder + "/" + getFileName(number, item, signature.name, isOnly);
      if (Status wrote = writeFile(file, *bytes); !wrote)
        return wrote;
      written.push_back({file, item, signature.name, preview->image.width,
                         preview->image.height, preview->min, preview->max});
    }
  }
  return ok();
}

static void print(const PreviewFlags &flags, ArrayRef<Written> written) {
  if (!flags.json) {
    for (const Written &file : written)
      out() << file.file << ": " << file.width << "x" << file.height
            << ", values " << formatFloat(file.min) << " to "
            << formatFloat(file.max) << " of input '" << file.input << "'\n";
    return;
  }
  llvm::json::Array all;
  for (const Written &file : written)
    all.push_back(llvm::json::Object{{"file", file.file},
                                     {"sample", file.sample},
                                     {"input", file.input},
                                     {"width", file.width},
                                     {"height", file.height},
                                     {"min", file.min},
                                     {"max", file.max}});
  printJson(std::move(all));
}

static int runPreview(PreviewFlags &flags) {
  ToolSession session;
  auto model = openModel(session, flags.model, getModelOptions(flags.run));
  if (!model)
    return kInputFault;
  if (llvm::none_of(model->signatures, canPreview))
    return fail("'" + flags.model +
                "' has no input that is an image of one or three channels");
  auto dataset = openData(session, flags.run, *model);
  if (!dataset)
    return kInputFault;
  Result<FolderLock> folder = FolderLock::take(flags.output);
  if (!folder)
    return fail(folder.status());
  std::vector<Written> written;
  InputSurvey survey = model->survey();
  Status status = forEachSample(
      *dataset, flags.run.threads, session.getProgressListener(), "preview",
      [&](int64_t, const Sample &sample) -> Status {
        if (Status added = survey.add(sample); !added)
          return added;
        return writeSample(*model, *dataset, sample, flags.output, written);
      });
  if (!status)
    return fail(status);
  warnAboutData(session, survey);
  print(flags, written);
  return kDone;
}

void addPreviewCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<PreviewFlags>();
  CLI::App *command = app.add_subcommand(
      "preview", "What the network sees of its samples, as PNG");
  command->footer(
      "Writes an image for each sample: a camera's bytes as the program reads "
      "them, floats as the pixels that the preprocessing made them of.\n"
      "Examples:\n"
      "  qc preview model.onnx --data images/ --preprocess imagenet-torch "
      "--samples 8 -o seen/\n"
      "  qc preview out/model.qcb --data images/ -o seen/");
  command
      ->add_option("model", flags->model,
                   "Model: .onnx, .mlir, .mlirbc or .qcb")
      ->required();
  addRunOptions(*command, flags->run, /*dataRequired=*/true);
  command->add_option("-o,--output", flags->output, "Folder for the images")
      ->required();
  command->add_flag("--json", flags->json, "Print what was written as JSON");
  command->callback([flags, &exitCode] { exitCode = runPreview(*flags); });
}

} // namespace qc
