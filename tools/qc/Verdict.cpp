// What commands that end in a verdict share.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Verdict.h"
#include "Command.h"
#include "qc/Support/Strings.h"

#include <cmath>

namespace qc {

void addVerdictOptions(CLI::App &command, VerdictBounds &bounds) {
  CLI::Validator checkBound = numberBetween(0, INFINITY);
  command
      .add_option("--min-cosine", bounds.minCosine,
                  "Exit with 3 when any tensor is below")
      ->check(numberBetween(-1, 1));
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
      ->check(numberBetween(0, 1));
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

int compareDumps(const std::string &referencePath,
                 const std::string &actualPath, const std::string &nameMap,
                 const VerdictBounds &bounds, bool json) {
  Result<Dump> reference = readDump(referencePath);
  if (!reference)
    return fail(reference.status());
  Result<Dump> actual = readDump(actualPath);
  if (!actual)
    return fail(actual.status());
  NameMap names;
  if (!nameMap.empty()) {
    auto read = readNameMap(nameMap);
    if (!read)
      return fail(read.status());
    names = std::move(*read);
  }
  VerdictTable table(bounds);
  if (Status added = table.add(*reference, *actual, names); !added)
    return fail(added);
  if (table.isEmpty())
    return fail("the dumps have no tensor name in common; --name-map FILE says "
                "which are the same");
  if (json) {
    llvm::json::Array missing;
    for (const std::string &name : table.getAlone())
      missing.push_back(printable(name));
    printJson(llvm::json::Object{{"tensors", table.toJson()},
                                 {"only_in_reference", std::move(missing)}});
  } else {
    table.print(out());
    if (size_t alone = table.getAlone().size())
      out() << alone << " tensors of the reference have no other\n";
  }
  return concludeVerdict(table);
}

} // namespace qc
