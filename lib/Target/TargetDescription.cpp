// All that a target says of itself, as text and as JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/TargetDescription.h"
#include "DescriptionParts.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace qc {

StringRef getProvenanceName(Provenance provenance) {
  switch (provenance) {
  case Provenance::Documented:
    return "documented";
  case Provenance::Observed:
    return "observed";
  case Provenance::Assumed:
    return "assumed";
  }
  return "assumed";
}

std::string describeScheme(const ActivationScheme &scheme) {
  std::string text = (scheme.isSigned ? "i" : "u") + llvm::utostr(scheme.bits);
  text += scheme.symmetric ? " symmetric" : " affine";
  return text + (scheme.powerOfTwo ? ", scales powers of two" : "");
}

std::string describeScheme(const WeightScheme &scheme) {
  std::string text = "i" + llvm::utostr(scheme.bits) + " symmetric";
  text += scheme.perChannel ? ", a scale a channel" : ", a scale a tensor";
  if (scheme.group > 0)
    text += " and a factor for " + llvm::utostr(scheme.group) + " inputs";
  if (scheme.bits < 8)
    text += "; i8 in first, last, small, depthwise and transposed layers";
  return text + (scheme.powerOfTwo ? ", scales powers of two" : "");
}

std::string describeActivations(const Precision &precision,
                                const QuantSpec &spec) {
  std::string text = describeScheme(precision.activation);
  if (precision.narrow)
    text += "; " + describeScheme(*precision.narrow) +
            " for ops that take 8 bits only";
  const ActivationScheme *wide = spec.findWideScheme();
  if (wide && !precision.wideInputs.empty())
    text += "; " + describeScheme(*wide) + " at the inputs of " +
            llvm::join(precision.wideInputs, ", ");
  if (precision.activation.bits == 8 && !precision.activation.symmetric &&
      !spec.symmetricOps.empty())
    text += "; i8 symmetric at inputs of the network and of, and behind, " +
            llvm::join(spec.symmetricOps, ", ");
  return text;
}

std::string describeNamedTensors(const QuantSpec &spec) {
  const ActivationScheme *wide = spec.findWideScheme();
  if (!wide)
    return "none";
  return describeScheme(*wide) +
         (spec.namedReaders.empty()
              ? ""
              : ", when read by " + llvm::join(spec.namedReaders, ", "));
}

std::string describeRequantization(const QuantSpec &spec) {
  return (tpu::stringifyRequantKind(spec.kind) + ", rounding " +
          tpu::stringifyRounding(spec.rounding))
      .str();
}

OpSupport getOpSupport(const TargetBackend &backend) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<tpu::TpuDialect>();
  SupportRules rules;
  backend.addSupportRules(rules);
  OpSupport support;
  for (RegisteredOperationName op :
       context.getRegisteredOperationsByDialect("tpu")) {
    if (op.hasTrait<OpTrait::ConstantLike>())
      continue;
    std::string name = op.getStringRef().str();
    auto found = rules.getRules().find(name);
    if (found == rules.getRules().end())
      (rules.allowsDialect("tpu") ? support.always : support.never)
          .push_back(name);
    else if (found->second.empty())
      support.always.push_back(name);
    else
      support.conditions[name] = found->second;
  }
  llvm::sort(support.always);
  llvm::sort(support.never);
  return support;
}

std::map<std::string, std::vector<TargetFact>>
groupByTopic(const std::vector<TargetFact> &facts) {
  std::map<std::string, std::vector<TargetFact>> groups;
  for (const TargetFact &fact : facts)
    groups[fact.topic].push_back(fact);
  return groups;
}

std::string describeRates(const ComputeRates &rates) {
  if (rates.macs <= 0)
    return "not known";
  return llvm::formatv("{0:F0} multiply-accumulates of 8 bits a cycle, {1:F1} "
                       "times as long with activations of 16 bits, {2:F0} "
                       "bytes a cycle ({3}: {4})",
                       rates.macs, rates.wideFactor, rates.bytes,
                       getProvenanceName(rates.provenance), rates.source);
}

std::vector<std::pair<const char *, Figure>>
listFigures(const CostFigures &figures) {
  std::vector<std::pair<const char *, Figure>> all = {
      {"array_inputs", figures.arrayInputs},
      {"array_outputs", figures.arrayOutputs},
      {"depthwise_macs_per_cycle", figures.depthwiseMacs},
      {"megahertz", figures.megahertz},
      {"ddr_bytes_per_cycle", figures.ddrBytes},
      {"on_chip_bytes", figures.onChipBytes}};
  llvm::erase_if(all, [](const auto &one) { return one.second.value <= 0; });
  return all;
}

std::string describeFigure(const char *name, const Figure &figure) {
  return llvm::formatv("{0} {1:F1} ({2}: {3})", name, figure.value,
                       getProvenanceName(figure.provenance), figure.source);
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// Comma-separated names, broken into lines of at most 76 letters.
static void printNames(ArrayRef<std::string> names, llvm::raw_ostream &os) {
  std::string line;
  for (const std::string &name : names) {
    if (line.size() + name.size() > 72) {
      os << "  " << line << ",\n";
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + name;
  }
  os << "  " << line << "\n";
}

static void printFacts(const TargetSpec &spec, llvm::raw_ostream &os) {
  if (spec.facts.empty())
    return;
  os << "\nfacts, and where they are known from\n";
  for (const auto &[topic, facts] : groupByTopic(spec.facts)) {
    os << "  " << topic << "\n";
    for (const TargetFact &fact : facts)
      os << llvm::formatv("    {0,-24} {1} ({2}: {3})\n", fact.name, fact.value,
                          getProvenanceName(fact.provenance), fact.source);
  }
}

static void printSupport(const OpSupport &support, llvm::raw_ostream &os) {
  if (!support.always.empty()) {
    os << "\nops that always run\n";
    printNames(support.always, os);
  }
  if (!support.conditions.empty())
    os << "\nops that run on conditions\n";
  for (const auto &[op, rules] : support.conditions) {
    os << "  " << op << "\n";
    for (const SupportRule &rule : rules)
      os << llvm::formatv("    {0,-24} {1} ({2})\n", rule.id, rule.words,
                          getProvenanceName(rule.provenance));
  }
  if (!support.never.empty()) {
    os << "\nops that never run\n";
    printNames(support.never, os);
  }
}

void describeTarget(const TargetBackend &backend, llvm::raw_ostream &os) {
  os << backend.getName() << ": " << backend.getSummary() << "\n";
  std::vector<TargetOption> options = backend.getOptions();
  if (!options.empty())
    os << "\noptions\n";
  for (const TargetOption &option : options)
    os << llvm::formatv("  {0}={1}  {2}{3}{4}\n", option.name,
                        backend.getOption(option.name), option.words,
                        option.values.empty() ? "" : ": ",
                        llvm::join(option.values, ", "));

  QuantSpec quant = backend.getQuantSpec();
  os << "\nprecisions (the first is the default)\n";
  for (const Precision &precision : quant.precisions)
    os << llvm::formatv("  {0,-6} activations {1}; weights {2}\n",
                        precision.name, describeActivations(precision, quant),
                        describeScheme(precision.weight));
  os << "\nnamed tensors of 16 bits (--int16-tensors)\n  "
     << describeNamedTensors(quant) << "\n";
  os << "\nrequantisation\n  " << describeRequantization(quant) << "\n";

  TargetSpec spec = backend.getTargetSpec();
  os << "\nplanned with\n  tensors aligned to " << spec.alignment
     << " bytes, accumulators of " << spec.accumulatorBits << " bits\n"
     << "\ncycles are estimated from\n  " << describeRates(spec.rates) << "\n";
  for (const auto &[name, figure] : listFigures(spec.cost))
    os << "  " << describeFigure(name, figure) << "\n";
  printFacts(spec, os);
  printSupport(getOpSupport(backend), os);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static llvm::json::Array toJson(ArrayRef<std::string> names) {
  llvm::json::Array array;
  for (const std::string &name : names)
    array.push_back(name);
  return array;
}

static llvm::json::Value toJson(const ActivationScheme &scheme) {
  return llvm::json::Object{{"bits", scheme.bits},
                            {"signed", scheme.isSigned},
                            {"symmetric", scheme.symmetric},
                            {"power_of_two", scheme.powerOfTwo}};
}

static llvm::json::Value toJson(const ActivationScheme *scheme) {
  return scheme ? toJson(*scheme) : llvm::json::Value(nullptr);
}

static llvm::json::Array toJson(ArrayRef<Precision> precisions) {
  llvm::json::Array array;
  for (const Precision &precision : precisions)
    array.push_back(llvm::json::Object{
        {"name", precision.name},
        {"activations", toJson(precision.activation)},
        {"activations_of_8_bit_ops",
         toJson(precision.narrow ? &*precision.narrow : nullptr)},
        {"ops_with_16_bit_inputs", toJson(precision.wideInputs)},
        {"weights",
         llvm::json::Object{{"bits", precision.weight.bits},
                            {"per_channel", precision.weight.perChannel},
                            {"group", precision.weight.group},
                            {"power_of_two", precision.weight.powerOfTwo}}}});
  return array;
}

static llvm::json::Array toJson(const CostFigures &figures) {
  llvm::json::Array array;
  for (const auto &[name, figure] : listFigures(figures))
    array.push_back(
        llvm::json::Object{{"name", name},
                           {"value", figure.value},
                           {"provenance", getProvenanceName(figure.provenance)},
                           {"source", figure.source}});
  return array;
}

static llvm::json::Array toJson(ArrayRef<TargetFact> facts) {
  llvm::json::Array array;
  for (const TargetFact &fact : facts)
    array.push_back(
        llvm::json::Object{{"topic", fact.topic},
                           {"name", fact.name},
                           {"value", fact.value},
                           {"provenance", getProvenanceName(fact.provenance)},
                           {"source", fact.source}});
  return array;
}

static llvm::json::Object toJson(const OpSupport &support) {
  llvm::json::Object conditions;
  for (const auto &[op, rules] : support.conditions) {
    llvm::json::Array list;
    for (const SupportRule &rule : rules)
      list.push_back(
          llvm::json::Object{{"id", rule.id},
                             {"words", rule.words},
                             {"provenance", getProvenanceName(rule.provenance)},
                             {"source", rule.source}});
    conditions[op] = std::move(list);
  }
  return llvm::json::Object{{"always", toJson(support.always)},
                            {"conditions", std::move(conditions)},
                            {"never", toJson(support.never)}};
}

llvm::json::Value targetToJson(const TargetBackend &backend) {
  llvm::json::Array options;
  for (const TargetOption &option : backend.getOptions())
    options.push_back(
        llvm::json::Object{{"name", option.name},
                           {"words", option.words},
                           {"default", option.defaultValue},
                           {"value", backend.getOption(option.name)},
                           {"values", toJson(option.values)}});
  QuantSpec quant = backend.getQuantSpec();
  TargetSpec spec = backend.getTargetSpec();
  return llvm::json::Object{
      {"name", backend.getName()},
      {"summary", backend.getSummary()},
      {"options", std::move(options)},
      {"precisions", toJson(quant.precisions)},
      {"named_tensors", toJson(quant.findWideScheme())},
      {"named_tensor_readers", toJson(quant.namedReaders)},
      {"requantisation",
       llvm::json::Object{
           {"kind", tpu::stringifyRequantKind(quant.kind)},
           {"rounding", tpu::stringifyRounding(quant.rounding)}}},
      {"alignment", spec.alignment},
      {"accumulator_bits", spec.accumulatorBits},
      {"rates", llvm::json::Object{{"macs_per_cycle", spec.rates.macs},
                                   {"wide_factor", spec.rates.wideFactor},
                                   {"bytes_per_cycle", spec.rates.bytes},
                                   {"provenance",
                                    getProvenanceName(spec.rates.provenance)},
                                   {"source", spec.rates.source}}},
      {"figures", toJson(spec.cost)},
      {"facts", toJson(spec.facts)},
      {"ops", toJson(getOpSupport(backend))}};
}

} // namespace qc
