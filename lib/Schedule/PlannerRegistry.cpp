// Memory planners by name.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Schedule/MemoryPlanner.h"

namespace qc {

void MemoryPlannerRegistry::add(const std::string &name, Factory factory) {
  factories[name] = std::move(factory);
}

Result<std::unique_ptr<MemoryPlanner>>
MemoryPlannerRegistry::create(const std::string &name) const {
  auto found = factories.find(name);
  if (found != factories.end())
    return found->second();
  std::string known;
  for (const std::string &other : getNames())
    known += (known.empty() ? "" : ", ") + other;
  return error("there is no memory planner '", name, "', expected one of ",
               known);
}

std::vector<std::string> MemoryPlannerRegistry::getNames() const {
  std::vector<std::string> names;
  for (const auto &entry : factories)
    names.push_back(entry.first);
  return names;
}

static MemoryPlannerRegistry makeBuiltIn() {
  MemoryPlannerRegistry registry;
  registry.add("greedy-by-size", createGreedyBySizePlanner);
  registry.add("greedy-by-breadth", createGreedyByBreadthPlanner);
  registry.add("hill-climb", createHillClimbPlanner);
  registry.add("smallest", createSmallestPlanner);
  return registry;
}

MemoryPlannerRegistry &MemoryPlannerRegistry::get() {
  static MemoryPlannerRegistry registry = makeBuiltIn();
  return registry;
}

} // namespace qc
