// How many documents a YAML text holds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/YamlDocument.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <sstream>
#include <string>

namespace qc {

namespace {
/// Takes what the parser says and keeps nothing.
class Ignorer : public YAML::EventHandler {
public:
  using Mark = YAML::Mark;
  using Anchor = YAML::anchor_t;
  using Style = YAML::EmitterStyle::value;
  void OnDocumentStart(const Mark &) override {}
  void OnDocumentEnd() override {}
  void OnNull(const Mark &, Anchor) override {}
  void OnAlias(const Mark &, Anchor) override {}
  void OnScalar(const Mark &, const std::string &, Anchor,
                const std::string &) override {}
  void OnSequenceStart(const Mark &, const std::string &, Anchor,
                       Style) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const Mark &, const std::string &, Anchor, Style) override {}
  void OnMapEnd() override {}
};
} // namespace

int countYamlDocuments(std::string_view text) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  Ignorer ignorer;
  int count = 0;
  while (count < 2 && parser.HandleNextDocument(ignorer))
    ++count;
  return count;
}

} // namespace qc
