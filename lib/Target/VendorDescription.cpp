// Options of a target and of its vendor's tools, for people and for programs.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/TargetDescription.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace qc {

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

void describeOptions(const TargetBackend &backend, llvm::raw_ostream &os) {
  os << "options of target " << backend.getName()
     << " (--target-option NAME=VALUE)\n";
  for (const TargetOption &option : backend.getOptions())
    os << llvm::formatv("  {0}={1}  {2}{3}{4}\n", option.name,
                        backend.getOption(option.name), option.words,
                        option.values.empty() ? "" : ": ",
                        llvm::join(option.values, ", "));
  for (const VendorFormat &format : backend.getVendorFormats()) {
    os << "\n"
       << format.name << ": " << format.summary
       << " (--vendor-config FILE, or a key as --target-option)\n";
    for (const VendorKey &key : format.keys)
      for (const VendorLine &line : listVendorKey(key))
        os << llvm::formatv("  {0} = {1}  [{2}] {3}\n", line.key,
                            line.value.empty() ? "(empty)" : line.value,
                            line.kind, line.effect);
  }
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static llvm::json::Value toJson(const VendorKey &key) {
  llvm::json::Array cases;
  for (const VendorCase &one : key.cases)
    cases.push_back(
        llvm::json::Object{{"value", one.value},
                           {"kind", getKindName(one.kind)},
                           {"options", llvm::json::Array(one.options)},
                           {"words", one.words}});
  return llvm::json::Object{{"key", key.getName()},
                            {"meaning", key.meaning},
                            {"kind", getKindName(key.getKind())},
                            {"cases", std::move(cases)}};
}

llvm::json::Value optionsToJson(const TargetBackend &backend) {
  llvm::json::Array own, formats;
  for (const TargetOption &option : backend.getOptions())
    own.push_back(
        llvm::json::Object{{"name", option.name},
                           {"words", option.words},
                           {"default", option.defaultValue},
                           {"value", backend.getOption(option.name)},
                           {"values", llvm::json::Array(option.values)}});
  for (const VendorFormat &format : backend.getVendorFormats()) {
    llvm::json::Array keys;
    for (const VendorKey &key : format.keys)
      keys.push_back(toJson(key));
    formats.push_back(llvm::json::Object{{"name", format.name},
                                         {"summary", format.summary},
                                         {"keys", std::move(keys)}});
  }
  return llvm::json::Object{{"options", std::move(own)},
                            {"vendor_formats", std::move(formats)}};
}

//===----------------------------------------------------------------------===//
// The page
//===----------------------------------------------------------------------===//

/// Text in a cell of a table.
static std::string escapeCell(StringRef text) {
  std::string escaped;
  for (char c : text) {
    if (c == '|' || c == '*')
      escaped += '\\';
    escaped += c;
  }
  return escaped;
}

static void writeLine(const VendorLine &line, bool isFirst,
                      const std::string &meaning, llvm::raw_ostream &os) {
  os << "| " << (isFirst ? "`" + line.key + "`" : "") << " | "
     << (isFirst ? escapeCell(meaning) : "") << " | "
     << (line.value.empty() ? "(empty)" : escapeCell(line.value)) << " | "
     << line.kind << " | " << escapeCell(line.effect) << " |\n";
}

void writeVendorOptions(const TargetBackend &backend, llvm::raw_ostream &os) {
  std::vector<VendorFormat> formats = backend.getVendorFormats();
  if (formats.empty())
    return;
  os << "## Options of the vendor's tools\n\n"
        "`--vendor-config FILE` reads these files as they are, "
        "`--target-option "
        "KEY=VALUE` takes single keys. A key is\n*honoured* (it sets the "
        "options of qc that stand beside it), *refused* (an error with the "
        "reason), or accepted\nwith *no meaning* (a remark says why). What is "
        "given on the command line wins over the file; `--dry-run`\nprints "
        "what each key did. Keys that are not listed are errors.\n\n";
  for (const VendorFormat &format : formats) {
    os << "### " << format.name << "\n\n"
       << format.summary << ".\n\n| key | is | value | here | does |\n"
       << "|---|---|---|---|---|\n";
    for (const VendorKey &key : format.keys) {
      bool isFirst = true;
      for (const VendorLine &line : listVendorKey(key))
        writeLine(line, std::exchange(isFirst, false), key.meaning, os);
    }
    os << "\n";
  }
}

} // namespace qc
