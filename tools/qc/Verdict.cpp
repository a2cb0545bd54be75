// Tables of errors with a verdict.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Verdict.h"
#include "Command.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/Format.h"

#include <cmath>

namespace qc {

Tolerance VerdictBounds::getTolerance() const {
  Tolerance tolerance;
  // One alone is a bound of its own kind.
  tolerance.rtol = rtol.value_or(0);
  tolerance.atol = atol.value_or(0);
  return tolerance;
}

static std::string checkBound(const std::string &text) {
  double value = parseNumber(text).value_or(-1);
  return value >= 0 && std::isfinite(value)
             ? ""
             : "expected a number from 0 on, found '" + text + "'";
}

void addVerdictOptions(CLI::App &command, VerdictBounds &bounds) {
  command
      .add_option("--min-cosine", bounds.minCosine,
                  "Exit with 3 when any tensor is below")
      ->check(CLI::Range(-1.0, 1.0))
      ->check([](const std::string &text) -> std::string {
        return std::isnan(parseNumber(text).value_or(0)) ? "NaN is no bound"
                                                         : "";
      });
  command
      .add_option("--max-relative-rmse", bounds.maxRelativeRmse,
                  "Exit with 3 when the RMSE of any tensor, relative to that "
                  "of the reference, is above (0.1 is SigmaStar's bound)")
      ->check(checkBound);
  command
      .add_option("--rtol", bounds.rtol,
                  "An element is outside when it is further off than ATOL + "
                  "RTOL * |value|; exit with 3 when more are than "
                  "--max-outside allows")
      ->check(checkBound);
  command.add_option("--atol", bounds.atol, "See --rtol")->check(checkBound);
  command
      .add_option("--max-outside", bounds.maxOutside,
                  "Share of a tensor's elements that may be outside, 0 to 1 "
                  "(default: 0)")
      ->check(CLI::Range(0.0, 1.0));
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

void VerdictTable::print() const {
  out() << llvm::formatv("{0,-40}", "tensor")
        << "   cosine       MSE      RMSE  relative   largest";
  if (bounds.judgesElements())
    out() << "   outside";
  out() << "\n";
  for (const Row &row : rows) {
    ErrorMetrics error = row.errors.metrics();
    out() << llvm::formatv("{0,-40}", printable(row.name))
          << llvm::format(" %8.5f", error.cosine)
          << llvm::format(" %9.3g", error.mse)
          << llvm::format(" %9.3g", error.rmse)
          << llvm::format(" %9.3g", getRelativeRmse(row))
          << llvm::format(" %9.3g", error.maxDifference);
    if (bounds.judgesElements())
      out() << llvm::format(" %8llu/", (unsigned long long)row.outside)
            << error.elements;
    std::string reason = getReason(row);
    out() << (reason.empty() ? "" : "  <-- " + reason) << "\n";
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

int concludeVerdict(const VerdictTable &table) {
  std::vector<std::string> broken = table.getBroken();
  if (broken.empty())
    return kDone;
  size_t count = broken.size();
  constexpr size_t kMost = 10;
  if (count > kMost)
    broken.resize(kMost);
  fail(std::to_string(count) +
       (count == 1 ? " tensor breaks" : " tensors break") +
       " a bound: " + join(broken, ", ") + (count > kMost ? ", ..." : ""));
  return kCheckFailed;
}

/// Names of a map that no dump has are mistakes.
static Status checkNames(const std::map<std::string, std::string> &names,
                         const Dump &reference, const Dump &actual) {
  auto check = [](const std::string &name, const Dump &dump,
                  const char *which) -> Status {
    if (dump.count(name))
      return ok();
    std::vector<std::string> known;
    for (const auto &[other, tensor] : dump)
      known.push_back(other);
    return error("--name-map: ", which, " has no tensor '", printable(name),
                 "'", suggestName(name, known));
  };
  for (const auto &[from, to] : names) {
    if (Status known = check(from, reference, "the reference"); !known)
      return known;
    if (Status known = check(to, actual, "the other dump"); !known)
      return known;
  }
  return ok();
}

int compareDumps(const std::string &referencePath,
                 const std::string &actualPath, const std::string &nameMap,
                 const VerdictBounds &bounds, bool json) {
  Result<Dump> reference = readDump(referencePath);
  if (!reference)
    return fail(reference.status());
  Result<Dump> actual = readDump(actualPath);
  if (!actual)
    return fail(actual.status());
  std::map<std::string, std::string> names;
  if (!nameMap.empty()) {
    auto read = readNameMap(nameMap);
    if (!read)
      return fail(read.status());
    names = std::move(*read);
    if (Status known = checkNames(names, *reference, *actual); !known)
      return fail(known);
  }
  VerdictTable table(bounds);
  std::vector<std::string> alone;
  for (const auto &[name, tensor] : *reference) {
    auto mapped = names.find(name);
    auto other = actual->find(mapped == names.end() ? name : mapped->second);
    if (other == actual->end()) {
      alone.push_back(name);
      continue;
    }
    // A dimension of size one may be missing.
    if (tensor.numElements() != other->second.numElements())
      return fail("'" + printable(name) + "' is " +
                  shapeString(tensor.shape()) + " in '" + referencePath +
                  "' and " + shapeString(other->second.shape()) + " in '" +
                  actualPath + "'");
    table.add(name, tensor, other->second);
  }
  if (table.isEmpty())
    return fail("the dumps have no tensor name in common; --name-map FILE says "
                "which are the same");
  if (json) {
    llvm::json::Array missing;
    for (const std::string &name : alone)
      missing.push_back(printable(name));
    printJson(llvm::json::Object{{"tensors", table.toJson()},
                                 {"only_in_reference", std::move(missing)}});
  } else {
    table.print();
    if (!alone.empty())
      out() << alone.size() << " tensors of the reference have no other\n";
  }
  return concludeVerdict(table);
}

} // namespace qc
