// Options files of other tools, as flat entries: YAML, JSON, ini, flags.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_CONFIGFILE_H
#define QC_SUPPORT_CONFIGFILE_H

#include "qc/Support/Result.h"

#include <string>
#include <string_view>
#include <vector>

namespace qc {

/// How an options file is written.
enum class ConfigSyntax {
  Yaml,  ///< mappings of mappings; JSON is read as well
  Ini,   ///< "[SECTION]", "key = value" or "key: value", comments of ';' or '#'
  Flags, ///< words of a command line: "--name value", "--name=value", "--flag"
};

/// One value of an options file.
struct ConfigEntry {
  /// Keys from the outside in: {"model_parameters", "march"}. Flags have their
  /// name without dashes.
  std::vector<std::string> path;
  /// One, or those of a list; none where a key stands alone.
  std::vector<std::string> values;
  bool isList = false;
  unsigned line = 0; ///< from 1

  /// The path between dots.
  std::string getName() const;
};

/// An options file that was read: its values in the order of the file.
struct ConfigFile {
  std::string origin; ///< the file, for messages
  std::vector<ConfigEntry> entries;

  /// Reads the file at `path`. Errors name the file and the line: no such
  /// syntax, a key that comes twice, a list of anything but plain values.
  static Result<ConfigFile> read(const std::string &path, ConfigSyntax syntax);
  /// The same from `text`, which `origin` names.
  static Result<ConfigFile>
  parse(std::string_view text, const std::string &origin, ConfigSyntax syntax);
};

/// The syntax that `text` is in, judged by its first word that is no comment:
/// "[SECTION]" begins ini, a dash or a word without ':' and '=' flags.
ConfigSyntax guessConfigSyntax(std::string_view text);

} // namespace qc

#endif // QC_SUPPORT_CONFIGFILE_H
