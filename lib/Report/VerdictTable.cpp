// Tables of errors with a verdict.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/VerdictTable.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

namespace qc {

Tolerance VerdictBounds::getTolerance() const {
  Tolerance tolerance;
  // One alone is a bound of its own kind.
  tolerance.rtol = rtol.value_or(0);
  tolerance.atol = atol.value_or(0);
  return tolerance;
}

void VerdictTable::add(const std::string &name, const Tensor &reference,
                       const Tensor &actual) {
  auto [found, isNew] = index.insert({name, rows.size()});
  if (isNew)
    rows.push_back({name, {}, 0});
  Row &row = rows[found->second];
  row.errors.add(reference, actual);
  if (!bounds.judgesElements())
    return;
  Tolerance tolerance = bounds.getTolerance();
  const float *x = reference.data<float>(), *y = actual.data<float>();
  for (int64_t i = 0; i < reference.numElements(); ++i) {
    // What both have is no error, infinities and NaN included.
    if (x[i] == y[i] || (std::isnan(x[i]) && std::isnan(y[i])))
      continue;
    double off = std::abs(double(y[i]) - double(x[i]));
    row.outside +=
        !(off <= tolerance.atol + tolerance.rtol * std::abs(double(x[i])));
  }
}

double VerdictTable::getRelativeRmse(const Row &row) const {
  double noise = row.errors.getNoise(), signal = row.errors.getSignal();
  return noise == 0 ? 0 : std::sqrt(noise / signal); // infinite: no signal
}

double VerdictTable::getOutside(const Row &row) const {
  uint64_t elements = row.errors.metrics().elements;
  return elements ? double(row.outside) / double(elements) : 0;
}

std::string VerdictTable::getReason(const Row &row) const {
  std::string reason;
  auto add = [&](bool isBroken, const char *words) {
    if (isBroken)
      reason += std::string(reason.empty() ? "" : ", ") + words;
  };
  double cosine = row.errors.metrics().cosine;
  // Written so that NaN breaks a bound.
  add(bounds.minCosine && !(cosine >= *bounds.minCosine), "cosine");
  add(bounds.maxRelativeRmse &&
          !(getRelativeRmse(row) <= *bounds.maxRelativeRmse),
      "relative RMSE");
  add(bounds.judgesElements() && getOutside(row) > bounds.maxOutside,
      "elements outside");
  return reason;
}

std::vector<std::string> VerdictTable::getBroken() const {
  std::vector<std::string> broken;
  for (const Row &row : rows)
    if (std::string reason = getReason(row); !reason.empty())
      broken.push_back("'" + printable(row.name) + "' (" + reason + ")");
  return broken;
}

void VerdictTable::print(llvm::raw_ostream &os) const {
  os << llvm::formatv("{0,-40}", "tensor")
     << "   cosine       MSE      RMSE  relative   largest";
  if (bounds.judgesElements())
    os << "   outside";
  os << "\n";
  for (const Row &row : rows) {
    ErrorMetrics error = row.errors.metrics();
    os << llvm::formatv("{0,-40}", printable(row.name))
       << llvm::format(" %8.5f", error.cosine)
       << llvm::format(" %9.3g", error.mse)
       << llvm::format(" %9.3g", error.rmse)
       << llvm::format(" %9.3g", getRelativeRmse(row))
       << llvm::format(" %9.3g", error.maxDifference);
    if (bounds.judgesElements())
      os << llvm::format(" %8llu/", (unsigned long long)row.outside)
         << error.elements;
    std::string reason = getReason(row);
    os << (reason.empty() ? "" : "  <-- " + reason) << "\n";
  }
}

llvm::json::Array VerdictTable::toJson() const {
  llvm::json::Array array;
  for (const Row &row : rows) {
    ErrorMetrics error = row.errors.metrics();
    llvm::json::Object object{{"name", printable(row.name)},
                              {"cosine", error.cosine},
                              {"mse", error.mse},
                              {"rmse", error.rmse},
                              {"max_difference", error.maxDifference},
                              {"elements", int64_t(error.elements)},
                              {"broken", getReason(row)}};
    double relative = getRelativeRmse(row);
    object["relative_rmse"] = std::isfinite(relative)
                                  ? llvm::json::Value(relative)
                                  : llvm::json::Value(nullptr);
    if (bounds.judgesElements())
      object["outside"] = int64_t(row.outside);
    array.push_back(std::move(object));
  }
  return array;
}

/// Names of a map that no dump has are mistakes.
static Status checkNames(const NameMap &names, const Dump &reference,
                         const Dump &actual) {
  auto check = [](const std::string &name, const Dump &dump,
                  const char *which) -> Status {
    if (dump.count(name))
      return ok();
    std::vector<std::string> known;
    for (const auto &[other, tensor] : dump)
      known.push_back(other);
    return error(which, " has no tensor '", printable(name), "'",
                 suggestName(name, known));
  };
  for (const auto &[from, to] : names) {
    if (Status known = check(from, reference, "the reference"); !known)
      return known;
    if (Status known = check(to, actual, "the other dump"); !known)
      return known;
  }
  return ok();
}

Status VerdictTable::add(const Dump &reference, const Dump &actual,
                         const NameMap &names) {
  if (Status known = checkNames(names, reference, actual); !known)
    return known.withContext("--name-map");
  for (const auto &[name, tensor] : reference) {
    auto mapped = names.find(name);
    auto other = actual.find(mapped == names.end() ? name : mapped->second);
    if (other == actual.end()) {
      alone.push_back(name);
      continue;
    }
    // A dimension of size one may be missing.
    if (tensor.numElements() != other->second.numElements())
      return error("'", printable(name), "' is ", shapeString(tensor.shape()),
                   " in the reference and ", shapeString(other->second.shape()),
                   " in the other dump");
    add(name, tensor, other->second);
  }
  return ok();
}

} // namespace qc
