// Options in a vendor's spelling: tables that a target owns, and their reading.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A user comes with the options file of the vendor's tool. A target declares
// for each key of it what becomes of it; the command line, the pages and the
// messages are made of that table.
#ifndef QC_TARGET_VENDOROPTIONS_H
#define QC_TARGET_VENDOROPTIONS_H

#include "qc/Support/ConfigFile.h"

#include <functional>
#include <string>
#include <vector>

namespace qc {

/// What becomes of a key, or of one value of it.
enum class VendorKind {
  Honoured,  ///< it sets options of qc
  Refused,   ///< an error that gives the reason
  NoMeaning, ///< accepted with a remark that gives the reason
};

/// "honoured", "refused" or "no meaning".
const char *getKindName(VendorKind kind);

/// How the value of a key is written; it is checked and brought to one form.
enum class VendorForm {
  Text,
  Integer,
  Number,
  Boolean, ///< true, false, 1, 0, yes, no in any case; becomes "1" or "0"
  Names,   ///< a list, or names between ',', ';' or blanks; joined by ','
  Path,    ///< a file or folder; beside the options file where it is there
  Mapping, ///< keys below the key; only for joint keys
};

/// What one value of a key does.
struct VendorCase {
  /// In the key's form, compared without case; "*" is any.
  std::string value;
  VendorKind kind = VendorKind::Honoured;
  /// Options of qc as "--precision=int8"; '$' stands for the value.
  std::vector<std::string> options;
  /// The reason, or what there is to know.
  std::string words;
};

/// How tables spell cases and keys.
namespace vendor {
inline VendorCase sets(std::string value, std::vector<std::string> options,
                       std::string words = "") {
  return {std::move(value), VendorKind::Honoured, std::move(options),
          std::move(words)};
}
inline VendorCase refuses(std::string value, std::string words) {
  return {std::move(value), VendorKind::Refused, {}, std::move(words)};
}
inline VendorCase ignores(std::string value, std::string words) {
  return {std::move(value), VendorKind::NoMeaning, {}, std::move(words)};
}
} // namespace vendor

/// One key of a vendor's file.
struct VendorKey {
  std::string section; ///< empty: none
  std::string name;
  std::string meaning; ///< the vendor's, in a few words
  VendorForm form = VendorForm::Text;
  std::vector<VendorCase> cases; ///< the first that fits counts
  /// What it does depends on other keys: VendorFormat::translate sees to it.
  /// Its cases are then what pages say of it.
  bool isJoint = false;

  std::string getName() const; ///< "section.name"
  /// Honoured if any case is, else refused if any is.
  VendorKind getKind() const;
};

namespace vendor {
inline VendorKey key(std::string section, std::string name, VendorForm form,
                     std::string meaning, std::vector<VendorCase> cases,
                     bool isJoint = false) {
  return {std::move(section), std::move(name), std::move(meaning), form,
          std::move(cases),   isJoint};
}
} // namespace vendor

/// What became of one entry of a file.
struct VendorOutcome {
  std::string key;   ///< as the table calls it
  std::string value; ///< as it was given
  std::string place; ///< "file:line", or "--target-option"
  VendorKind kind = VendorKind::Honoured;
  std::vector<std::string> options; ///< as VendorCase has them, without '$'
  std::string words;
  bool isOverruled = false; ///< the line, or a key on it, says something else
};

/// The entries of one file by their keys, for keys that belong together.
class VendorReading {
public:
  struct Entry {
    const VendorKey *key;
    std::vector<std::string> below; ///< keys below a VendorForm::Mapping
    std::string value;              ///< in the key's form
    VendorOutcome outcome;
    bool isDone = false;
  };

  std::vector<Entry> entries;
  std::string origin;

  /// The value of "section.name" (or "name"); null where the file lacks it.
  Entry *find(const std::string &name);
  /// All entries of a key that is a VendorForm::Mapping.
  std::vector<Entry *> findAll(const std::string &name);

  static void honour(Entry &entry, std::vector<std::string> options,
                     std::string words = "");
  static void refuse(Entry &entry, std::string words);
  static void ignore(Entry &entry, std::string words);
};

/// One kind of options file that a vendor's tools read.
struct VendorFormat {
  std::string name;    ///< "hb_mapper yaml"
  std::string summary; ///< one line
  ConfigSyntax syntax = ConfigSyntax::Yaml;
  std::vector<VendorKey> keys;
  /// Whether `file` is of this format, where a target has several of one
  /// syntax; null: yes.
  std::function<bool(const ConfigFile &file)> recognizes;
  /// Settles the joint keys; null where there are none.
  std::function<void(VendorReading &reading)> translate;
};

/// The format of `formats` that the file at `path` is of, and the file. Errors
/// name the file and list the formats.
struct VendorFile {
  const VendorFormat *format;
  ConfigFile file;
};
Result<VendorFile> readVendorFile(const std::string &path,
                                  const std::vector<VendorFormat> &formats);

/// What becomes of each entry of `file`. Fails, naming the line, where a key is
/// not known (with the nearest) or a value is not in the key's form; what is
/// refused is an outcome.
Result<std::vector<VendorOutcome>> translate(const VendorFormat &format,
                                             const ConfigFile &file);

/// The key of any of `formats` that `name` is: "tensor_bits",
/// "advanced_options:tensor_bits" or "advanced_options.tensor_bits", with or
/// without dashes in front. Null where there is none.
const VendorKey *findVendorKey(const std::vector<VendorFormat> &formats,
                               const std::string &name,
                               const VendorFormat **format = nullptr);

/// All spellings that findVendorKey takes, for suggestions.
std::vector<std::string>
getVendorKeyNames(const std::vector<VendorFormat> &formats);

/// Lines of a table: key, value, what becomes of it.
struct VendorLine {
  std::string key, value, kind, effect;
};
std::vector<VendorLine> listVendorKey(const VendorKey &key);

} // namespace qc

#endif // QC_TARGET_VENDOROPTIONS_H
