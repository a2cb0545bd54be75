// The Markdown page of a target.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "DescriptionParts.h"
#include "qc/Target/TargetDescription.h"

#include "llvm/ADT/StringExtras.h"

namespace qc {

static void writeFacts(const TargetSpec &spec, llvm::raw_ostream &os) {
  if (spec.facts.empty())
    return;
  os << "### Facts\n\n| topic | fact | value | known from "
        "|\n|---|---|---|---|\n";
  for (const auto &[topic, facts] : groupByTopic(spec.facts))
    for (const TargetFact &fact : facts)
      os << "| " << topic << " | " << fact.name << " | " << fact.value << " | "
         << getProvenanceName(fact.provenance) << ": " << fact.source << " |\n";
  os << "\n";
}

static void writeNames(StringRef words, ArrayRef<std::string> names,
                       llvm::raw_ostream &os) {
  if (names.empty())
    return;
  os << words << ": ";
  llvm::interleaveComma(
      names, os, [&](const std::string &name) { os << "`" << name << "`"; });
  os << ".\n\n";
}

/// One row for each rule with all the ops that it limits.
static void writeRules(const OpSupport &support, llvm::raw_ostream &os) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto &[op, rules] : support.conditions)
    for (const SupportRule &rule : rules) {
      std::string text = " | " + rule.id + " | " + rule.words + " | " +
                         getProvenanceName(rule.provenance).str() + ": " +
                         rule.source + " |\n";
      auto same = llvm::find_if(
          rows, [&](const auto &row) { return row.second == text; });
      if (same == rows.end())
        rows.push_back({"`" + op + "`", text});
      else
        same->first += ", `" + op + "`";
    }
  if (rows.empty())
    return;
  os << "| op | rule | condition | known from |\n|---|---|---|---|\n";
  for (const auto &[ops, text] : rows)
    os << "| " << ops << text;
  os << "\n";
}

static void writeSupport(const OpSupport &support, llvm::raw_ostream &os) {
  os << "### Ops\n\n";
  writeNames("Always run", support.always, os);
  writeRules(support, os);
  writeNames("Never run", support.never, os);
}

/// All that depends on the chip.
static void writeChip(const TargetBackend &backend, llvm::raw_ostream &os) {
  QuantSpec quant = backend.getQuantSpec();
  TargetSpec spec = backend.getTargetSpec();
  os << "### Types\n\n| precision | activations | weights |\n|---|---|---|\n";
  for (const Precision &precision : quant.precisions)
    os << "| " << precision.name << " | "
       << describeActivations(precision, quant) << " | "
       << describeScheme(precision.weight) << " |\n";
  os << "\nThe first precision is the default. Named tensors of 16 bits "
        "(`--int16-tensors`): "
     << describeNamedTensors(quant)
     << ". Requantisation: " << describeRequantization(quant)
     << ". Tensors are aligned to " << spec.alignment
     << " bytes, accumulators have " << spec.accumulatorBits
     << " bits.\n\nCycles are estimated from " << describeRates(spec.rates)
     << ".\n\n";
  if (auto figures = listFigures(spec.cost); !figures.empty()) {
    os << "What a layer costs ([Cost.md](../Cost.md)) is estimated from these "
          "as "
          "well:\n\n";
    for (const auto &[name, figure] : figures)
      os << "- " << describeFigure(name, figure) << "\n";
    os << "\n";
  }
  writeFacts(spec, os);
  writeSupport(getOpSupport(backend), os);
}

static void writeOptions(const TargetBackend &backend, llvm::raw_ostream &os) {
  std::vector<TargetOption> options = backend.getOptions();
  if (options.empty())
    return;
  os << "| option | meaning | values | default |\n|---|---|---|---|\n";
  for (const TargetOption &option : options)
    os << "| `" << option.name << "` | " << option.words << " | "
       << (option.values.empty() ? "any" : llvm::join(option.values, ", "))
       << " | " << option.defaultValue << " |\n";
  os << "\n";
}

/// The values of option `chip`; one empty name for a target without it.
static std::vector<std::string> getChips(const TargetBackend &backend) {
  for (const TargetOption &option : backend.getOptions())
    if (option.name == "chip" && !option.values.empty())
      return option.values;
  return {""};
}

static std::string getChipText(const TargetRegistry &registry, StringRef name,
                               const std::string &chip, MLIRContext *context) {
  auto emitError = [&] { return mlir::emitError(UnknownLoc::get(context)); };
  auto backend = registry.create(name, emitError);
  Builder builder(context);
  if (failed(backend) ||
      (!chip.empty() && failed((*backend)->configure(
                            builder.getDictionaryAttr(builder.getNamedAttr(
                                "chip", builder.getStringAttr(chip))),
                            emitError))))
    return {};
  std::string text;
  llvm::raw_string_ostream os(text);
  writeChip(**backend, os);
  return text;
}

void writeTargetPage(const TargetRegistry &registry, StringRef name,
                     llvm::raw_ostream &os) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  auto backend = registry.create(
      name, [&] { return mlir::emitError(UnknownLoc::get(&context)); });
  if (failed(backend))
    return;
  os << "# Target `" << name << "`\n\n"
     << "<!-- Written by `qc targets " << name << " --markdown`. -->\n\n"
     << (*backend)->getSummary() << ".\n\n";
  writeOptions(**backend, os);
  writeVendorOptions(**backend, os);
  os << "A fact is *documented* when the vendor says so in public, *observed* "
        "when public logs, scripts or\nreports show it, *assumed* when it is a "
        "guess from similar hardware.\n\n";
  // Chips of equal text together, in the order in which they are listed.
  std::vector<std::pair<std::string, std::string>> sections;
  for (const std::string &chip : getChips(**backend)) {
    std::string text = getChipText(registry, name, chip, &context);
    auto same = llvm::find_if(
        sections, [&](const auto &section) { return section.second == text; });
    if (same == sections.end())
      sections.push_back({chip, text});
    else
      same->first += ", " + chip;
  }
  for (const auto &[chips, text] : sections) {
    if (!chips.empty())
      os << "## " << chips << "\n\n";
    os << text;
  }
}

} // namespace qc
