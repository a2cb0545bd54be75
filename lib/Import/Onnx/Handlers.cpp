// The registry of import handlers.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Handlers.h"

namespace qc::onnximport {

#define QC_FAMILY(name) void register##name##Family(HandlerRegistry &);
#include "qc/Import/Onnx/Families.inc"
#undef QC_FAMILY

void HandlerRegistry::add(StringRef op, ArrayRef<int64_t> sinceVersions,
                          Handler handler) {
  for (int64_t since : sinceVersions)
    handlers[op.str()][since] = handler;
}

const Handler *HandlerRegistry::lookup(StringRef op, int64_t since) const {
  auto versions = handlers.find(std::string_view(op));
  if (versions == handlers.end())
    return nullptr;
  auto handler = versions->second.find(since);
  return handler == versions->second.end() ? nullptr : &handler->second;
}

std::vector<int64_t> HandlerRegistry::getVersions(StringRef op) const {
  std::vector<int64_t> result;
  auto versions = handlers.find(std::string_view(op));
  if (versions != handlers.end())
    for (const auto &[since, handler] : versions->second)
      result.push_back(since);
  return result;
}

std::vector<std::string> HandlerRegistry::getOps() const {
  std::vector<std::string> result;
  for (const auto &[op, versions] : handlers)
    result.push_back(op);
  return result;
}

const HandlerRegistry &getHandlers() {
  static const HandlerRegistry registry = [] {
    HandlerRegistry all;
#define QC_FAMILY(name) register##name##Family(all);
#include "qc/Import/Onnx/Families.inc"
#undef QC_FAMILY
    return all;
  }();
  return registry;
}

} // namespace qc::onnximport
