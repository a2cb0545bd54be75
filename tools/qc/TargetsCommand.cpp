// qc targets: what is built in and loaded.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Support/EditDistance.h"
#include "qc/Target/TargetDescription.h"

namespace qc {

namespace {
struct TargetsFlags {
  std::string name;
  std::vector<std::string> plugins, options;
  bool json = false, markdown = false, showOptions = false;
};
} // namespace

static int listTargets(const TargetRegistry &registry, bool json) {
  llvm::json::Array array;
  for (const std::string &name : registry.getNames()) {
    auto backend = registry.create(name, [] { return InFlightDiagnostic(); });
    if (json)
      array.push_back(llvm::json::Object{
          {"name", name}, {"summary", (*backend)->getSummary().str()}});
    else
      out() << llvm::formatv("{0,-12} {1}\n", name, (*backend)->getSummary());
  }
  if (json)
    printJson(std::move(array));
  return kDone;
}

/// The target with its options set; an error when it has no such option.
static FailureOr<std::unique_ptr<TargetBackend>>
createConfigured(const TargetsFlags &flags, MLIRContext *context) {
  auto emitError = [&] { return mlir::emitError(UnknownLoc::get(context)); };
  auto backend = Registries::of(context).targets.create(flags.name, emitError);
  Builder builder(context);
  NamedAttrList options;
  for (const std::string &option : flags.options) {
    auto [key, value] = StringRef(option).split('=');
    options.set(key, builder.getStringAttr(value));
  }
  if (failed(backend) ||
      failed((*backend)->configure(options.getDictionary(context), emitError)))
    return failure();
  return backend;
}

static int runTargets(TargetsFlags &flags) {
  ToolSession session;
  for (const std::string &path : flags.plugins)
    if (Status loaded = session.loadPlugin(path); !loaded)
      return fail(loaded);
  const TargetRegistry &registry = session.getRegistries().targets;
  if (flags.name.empty() && flags.showOptions)
    return failUsage("--options is about one target: qc targets NAME "
                     "--options");
  if (flags.name.empty())
    return listTargets(registry, flags.json);
  std::vector<std::string> names = registry.getNames();
  if (!llvm::is_contained(names, flags.name))
    return failUsage("unknown target '" + flags.name + "'" +
                     suggestName(flags.name, names));
  if (flags.markdown) {
    writeTargetPage(registry, flags.name, out());
    return kDone;
  }
  auto backend = createConfigured(flags, session.getContext());
  if (failed(backend))
    return kWrongUsage;
  if (flags.showOptions && flags.json)
    printJson(optionsToJson(**backend));
  else if (flags.showOptions)
    describeOptions(**backend, out());
  else if (flags.json)
    printJson(targetToJson(**backend));
  else
    describeTarget(**backend, out());
  return kDone;
}

void addTargetsCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<TargetsFlags>();
  CLI::App *command = app.add_subcommand(
      "targets", "Targets; for one: chips, types, limits, options, provenance");
  command->footer("Examples:\n  qc targets\n  qc targets generic\n"
                  "  qc targets NAME --target-option chip=CHIP\n"
                  "  qc targets tda4 --options\n"
                  "  qc targets acme --load-target-plugin libacme.so");
  offer(command->add_option("name", flags->name, "A target"),
        (*findOption("target"))->choices);
  command
      ->add_option("--load-target-plugin", flags->plugins,
                   "Shared library with further targets (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  command
      ->add_option("--target-option", flags->options,
                   "Option of the target as key=value (repeatable)")
      ->take_all()
      ->allow_extra_args(false);
  CLI::Option *json = command->add_flag("--json", flags->json, "Print as JSON");
  command->add_flag("--options", flags->showOptions,
                    "Only options: the target's, and those of its vendor's "
                    "tools with what becomes of each");
  command
      ->add_flag("--markdown", flags->markdown,
                 "Print the page of docs/Targets, for all chips")
      ->excludes(json);
  command->callback([flags, &exitCode] { exitCode = runTargets(*flags); });
}

} // namespace qc
