// Pages made of the declarations of options.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/InitAll.h"
#include "qc/Pipelines/Options.h"
#include "qc/Target/Registries.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

namespace qc {

static StringRef describeForm(OptionForm form) {
  switch (form) {
  case OptionForm::Flag:
    return "flag";
  case OptionForm::Text:
    return "text";
  case OptionForm::Count:
    return "whole number";
  case OptionForm::Number:
    return "number";
  case OptionForm::List:
    return "texts between commas";
  case OptionForm::Repeated:
    return "may be repeated";
  }
  llvm_unreachable("unknown form");
}

void writeOptionPage(llvm::raw_ostream &os) {
  os << "# Options of a compile\n\n"
        "`qc compile --markdown` writes this page. On the command line an "
        "option is `--NAME VALUE`, in a job file (`--config job.yaml`) it is\n"
        "`NAME: VALUE`; `qc compile --write-config` prints the values in "
        "force, "
        "defaults included, and `qc compile --schema` a JSON\nschema of job "
        "files. An option that a phase reads changes nothing, and is refused, "
        "where a compile begins behind that phase.\n";
  StringRef group;
  for (const OptionDeclaration &declaration : getOptionDeclarations()) {
    if (group != declaration.group) {
      group = declaration.group;
      os << "\n## " << group << "\n\n| option | takes | read by | |\n"
         << "|---|---|---|---|\n";
    }
    os << "| `" << (declaration.isPositional ? "" : "--") << declaration.name;
    if (!declaration.shortName.empty())
      os << "`, `-" << declaration.shortName;
    if (!declaration.value.empty() && !declaration.isPositional)
      os << " " << declaration.value;
    std::string words = declaration.words;
    for (size_t at = 0; (at = words.find('|', at)) != std::string::npos;
         at += 2)
      words.insert(at, "\\");
    os << "` | " << describeForm(declaration.form) << " | "
       << (declaration.phase.empty() ? "" : declaration.phase) << " | " << words
       << " |\n";
  }
}

void writeOptionSchema(llvm::raw_ostream &os) {
  llvm::json::Object properties;
  std::shared_ptr<Registries> builtin = makeRegistries();
  for (const OptionDeclaration &declaration : getOptionDeclarations()) {
    llvm::json::Object text{{"type", "string"}};
    llvm::json::Object property;
    llvm::json::Array values;
    if (declaration.choices)
      for (const OptionChoice &choice : declaration.choices(*builtin))
        values.push_back(choice.value);
    switch (declaration.form) {
    case OptionForm::Flag:
      property = llvm::json::Object{{"type", "boolean"}};
      break;
    case OptionForm::Count:
      property = llvm::json::Object{{"type", "integer"},
                                    {"minimum", declaration.least}};
      if (declaration.most < INT64_MAX)
        property["maximum"] = declaration.most;
      break;
    case OptionForm::Number:
      property = llvm::json::Object{{"type", "number"}, {"minimum", 0}};
      break;
    case OptionForm::Text:
      property = std::move(text);
      if (!values.empty())
        property[declaration.isClosed ? "enum" : "examples"] =
            std::move(values);
      break;
    case OptionForm::List:
    case OptionForm::Repeated:
      if (!values.empty())
        text["examples"] = std::move(values);
      property = llvm::json::Object{
          {"anyOf",
           llvm::json::Array{llvm::json::Object(text),
                             llvm::json::Object{{"type", "array"},
                                                {"items", std::move(text)}},
                             llvm::json::Object{{"type", "object"}}}}};
      break;
    }
    property["description"] = declaration.words;
    properties[declaration.name] = std::move(property);
  }
  llvm::json::Value schema = llvm::json::Object{
      {"$schema", "https://json-schema.org/draft/2020-12/schema"},
      {"title", "A job of qc compile"},
      {"type", "object"},
      {"additionalProperties", false},
      {"properties", std::move(properties)}};
  os << llvm::formatv("{0:2}\n", schema);
}

} // namespace qc
