// Options in a vendor's spelling, turned into those of a compile.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Vendor.h"
#include "qc/Pipelines/Session.h"
#include "qc/Quantization/QuantSpec.h"
#include "qc/Support/Strings.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace qc {

using Texts = std::vector<std::string>;

bool VendorTranslation::isRefused() const {
  return llvm::any_of(outcomes, [](const VendorOutcome &outcome) {
    return outcome.kind == VendorKind::Refused;
  });
}

//===----------------------------------------------------------------------===//
// Setting options
//===----------------------------------------------------------------------===//

namespace {
/// Sets options of a compile for vendor's keys and remembers for which.
class OptionSetter {
public:
  OptionSetter(CompileOptions &options) : options(options) {
    for (const OptionDeclaration &declaration : getOptionDeclarations())
      if (isGiven(options, declaration))
        owners[declaration.name] = "";
    for (const auto &[name, value] : options.targetOptions)
      owners["target-option " + name] = "";
  }

  /// From here on what is set yields to what was set before.
  void beginFile() {
    for (auto &[name, owner] : owners)
      owner.clear();
    isFile = true;
  }

  Status set(VendorOutcome &outcome);

  /// Where the network stays in float, keys about quantization do nothing, as
  /// in the vendor's tools.
  void dropUseless(std::vector<VendorOutcome> &outcomes);

private:
  Status setOne(VendorOutcome &outcome, StringRef text);

  CompileOptions &options;
  /// Who has set an option: a key, or empty for the line.
  std::map<std::string, std::string> owners;
  bool isFile = false;
};
} // namespace

Status OptionSetter::set(VendorOutcome &outcome) {
  Texts kept;
  for (const std::string &text : Texts(outcome.options)) {
    size_t before = outcome.words.size();
    if (Status done = setOne(outcome, text); !done)
      return done.withContext(outcome.place + ": '" + outcome.key + "'");
    if (outcome.words.size() == before)
      kept.push_back(text);
  }
  outcome.options = std::move(kept);
  return ok();
}

/// Sets what `text`, "--name=value", says.
Status OptionSetter::setOne(VendorOutcome &outcome, StringRef text) {
  auto [name, value] = text.ltrim('-').split('=');
  auto declaration = findOption(name.str());
  if (!declaration)
    return declaration.takeError();
  bool isTargetOption = (*declaration)->name == "target-option";
  bool isList = (*declaration)->form == OptionForm::List;
  std::string slot = (*declaration)->name;
  if (isTargetOption)
    slot += " " + value.split('=').first.str();
  // Several keys may name members of one list.
  Texts values = {value.empty() && (*declaration)->form == OptionForm::Flag
                      ? "true"
                      : value.str()};
  if (isList) {
    values.clear();
    for (StringRef part : llvm::split(value, ','))
      values.push_back(part.str());
  }
  auto owner = owners.find(slot);
  if (owner != owners.end() && owner->second.empty()) {
    // What the line says.
    if (isFile) {
      outcome.words += (outcome.words.empty() ? "" : "; ") + std::string("--") +
                       slot + " on the line wins";
      outcome.isOverruled = true;
      return ok();
    }
    if (!isList && !isTargetOption && (*declaration)->get(options) != values)
      return error("says --", slot, "=", value.str(), ", which is given as ",
                   llvm::join((*declaration)->get(options), ","),
                   ": leave one of them out");
  }
  Texts all = values;
  if (owner != owners.end() && !owner->second.empty()) {
    Texts set = (*declaration)->get(options);
    if (isList) {
      all = set;
      for (const std::string &one : values)
        if (!llvm::is_contained(all, one))
          all.push_back(one);
    } else if (!isTargetOption && set != values) {
      return error("says --", slot, "=", value.str(), ", and '", owner->second,
                   "' says ", llvm::join(set, ","));
    }
  }
  if (isTargetOption) {
    auto [option, word] = value.split('=');
    auto [set, isNew] =
        options.targetOptions.insert({option.str(), word.str()});
    if (!isNew && set->second != word)
      return error("says ", value.str(), ", and ",
                   owner == owners.end() || owner->second.empty()
                       ? "the line"
                       : "'" + owner->second + "'",
                   " says ", option.str(), "=", set->second);
    owners[slot] = outcome.key;
    return ok();
  }
  owners[slot] = outcome.key;
  return setOption(options, **declaration, all);
}

void OptionSetter::dropUseless(std::vector<VendorOutcome> &outcomes) {
  if (options.precision != kFloatPrecision)
    return;
  static const CompileOptions nothing;
  for (VendorOutcome &outcome : outcomes) {
    Texts kept;
    for (const std::string &text : outcome.options) {
      std::string name = StringRef(text).ltrim('-').split('=').first.str();
      auto declaration = findOption(name);
      if (!declaration || !(*declaration)->quantizes) {
        kept.push_back(text);
        continue;
      }
      (void)(*declaration)->set(options, (*declaration)->get(nothing));
      outcome.words += (outcome.words.empty() ? "" : "; ") +
                       std::string("nothing is quantized in float");
      outcome.isOverruled = true;
    }
    outcome.options = std::move(kept);
  }
}

//===----------------------------------------------------------------------===//
// The line and the file
//===----------------------------------------------------------------------===//

static FailureOr<std::unique_ptr<TargetBackend>>
createTarget(const CompileOptions &options, MLIRContext *context) {
  return Registries::of(context).targets.create(
      options.target.empty() ? "generic" : options.target,
      [] { return InFlightDiagnostic(); });
}

/// Takes keys of the vendor's out of the target's options; one file a format.
static std::vector<VendorFile>
takeKeys(CompileOptions &options, const TargetBackend &backend,
         const std::vector<VendorFormat> &formats) {
  std::vector<VendorFile> files;
  std::vector<TargetOption> own = backend.getOptions();
  for (auto entry = options.targetOptions.begin();
       entry != options.targetOptions.end();) {
    const VendorFormat *format = nullptr;
    bool isOwn = llvm::any_of(own, [&](const TargetOption &option) {
      return option.name == entry->first;
    });
    const VendorKey *key =
        isOwn ? nullptr : findVendorKey(formats, entry->first, &format);
    if (!key) {
      ++entry;
      continue;
    }
    auto file = llvm::find_if(
        files, [&](const VendorFile &one) { return one.format == format; });
    if (file == files.end())
      file = files.insert(files.end(),
                          {format, ConfigFile{"--target-option", {}}});
    ConfigEntry made;
    if (!key->section.empty())
      made.path.push_back(key->section);
    made.path.push_back(key->name);
    made.values = {entry->second};
    file->file.entries.push_back(std::move(made));
    entry = options.targetOptions.erase(entry);
  }
  return files;
}

static Status take(const VendorFile &file, OptionSetter &setter,
                   VendorTranslation &translation) {
  auto outcomes = translate(*file.format, file.file);
  if (!outcomes)
    return outcomes.takeError();
  for (VendorOutcome &outcome : *outcomes) {
    if (outcome.kind != VendorKind::Refused)
      if (Status set = setter.set(outcome); !set)
        return set;
    translation.outcomes.push_back(std::move(outcome));
  }
  return ok();
}

Result<VendorTranslation> takeVendorOptions(CompileOptions &options,
                                            MLIRContext *context) {
  VendorTranslation translation;
  if (!options.vendorConfig.empty() && options.target.empty())
    return error("--vendor-config '", options.vendorConfig,
                 "' needs --target: options files are those of a vendor");
  auto backend = createTarget(options, context);
  if (failed(backend))
    return translation; // checkUsage says so
  std::vector<VendorFormat> formats = (*backend)->getVendorFormats();
  CompileOptions taken = options;
  std::vector<VendorFile> keys = takeKeys(taken, **backend, formats);
  OptionSetter setter(taken);
  for (const VendorFile &file : keys)
    if (Status set = take(file, setter, translation); !set)
      return set.takeError();
  if (!taken.vendorConfig.empty()) {
    Result<VendorFile> file = readVendorFile(taken.vendorConfig, formats);
    if (!file)
      return file.takeError().withContext("--vendor-config");
    setter.beginFile();
    translation.format = file->format->name;
    if (Status set = take(*file, setter, translation); !set)
      return set.takeError();
    taken.vendorConfig.clear();
  }
  setter.dropUseless(translation.outcomes);
  options = std::move(taken);
  return translation;
}

static std::string describe(const VendorOutcome &outcome) {
  std::string text =
      outcome.key + (outcome.value.empty() ? "" : " = " + outcome.value);
  return printable(text);
}

Status settleVendorOptions(CompileOptions &options, Session &session) {
  auto translation = takeVendorOptions(options, session.getContext());
  if (!translation)
    return translation.takeError();
  Message remark;
  remark.severity = Message::Severity::Remark;
  Texts refused;
  for (const VendorOutcome &outcome : translation->outcomes) {
    std::string text =
        outcome.place + ": " + describe(outcome) + ": " + outcome.words;
    if (outcome.kind == VendorKind::Refused) {
      refused.push_back(text);
      continue;
    }
    bool isIdle = outcome.kind == VendorKind::NoMeaning;
    if (!isIdle && !outcome.isOverruled)
      continue;
    Message note;
    note.severity = Message::Severity::Note;
    note.text = isIdle ? outcome.place + ": " + describe(outcome) +
                             " has no meaning here: " + outcome.words
                       : text;
    remark.notes.push_back(std::move(note));
  }
  if (!refused.empty())
    return error("options of the vendor that qc cannot honour; --dry-run shows "
                 "what all do:\n",
                 llvm::join(refused, "\n"));
  if (!remark.notes.empty()) {
    remark.text = std::to_string(remark.notes.size()) + " of the " +
                  std::to_string(translation->outcomes.size()) +
                  " options of the vendor change nothing here";
    session.tell(remark);
  }
  return ok();
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

void printTranslation(const VendorTranslation &translation,
                      llvm::raw_ostream &os) {
  for (const VendorOutcome &outcome : translation.outcomes) {
    std::string effect = llvm::join(outcome.options, " ");
    if (!outcome.words.empty())
      effect += (effect.empty() ? "" : "; ") + outcome.words;
    os << llvm::formatv("{0,-52} {1,-10} {2}\n", describe(outcome),
                        getKindName(outcome.kind), effect);
  }
}

llvm::json::Value toJSON(const VendorTranslation &translation) {
  llvm::json::Array keys;
  for (const VendorOutcome &outcome : translation.outcomes)
    keys.push_back(
        llvm::json::Object{{"key", printable(outcome.key)},
                           {"value", printable(outcome.value)},
                           {"place", outcome.place},
                           {"kind", getKindName(outcome.kind)},
                           {"options", llvm::json::Array(outcome.options)},
                           {"words", outcome.words}});
  return llvm::json::Object{{"format", translation.format},
                            {"keys", std::move(keys)}};
}

} // namespace qc
