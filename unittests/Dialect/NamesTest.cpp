// Names that locations carry, of a few ops fused and of very many.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/Names.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace qc;

static std::vector<std::string> namesOf(Location loc) {
  std::vector<std::string> names;
  for (StringAttr name : getNames(loc))
    names.push_back(name.str());
  return names;
}

TEST(Names, FewStandInOneListWithoutDuplicates) {
  MLIRContext context;
  Location a = getTensorLoc(&context, "a", "node");
  Location b = getTensorLoc(&context, "b");
  Location both = fuseNames(b, a);
  EXPECT_EQ(namesOf(both), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(namesOf(fuseNames(a, both)), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(getFirstName(both), "b");
  EXPECT_EQ(getFirstName(UnknownLoc::get(&context)), "");
}

/// How many parts the largest list in `loc` has.
static size_t countWidest(Location loc) {
  auto fused = dyn_cast<FusedLoc>(loc);
  if (!fused)
    return 1;
  size_t widest = fused.getLocations().size();
  for (Location part : fused.getLocations())
    widest = std::max(widest, countWidest(part));
  return widest;
}

// A list that every fusion copies takes memory quadratic in the chain.
TEST(Names, ManyAreNotCopiedAgainAndAgain) {
  constexpr int count = 20000;
  MLIRContext context;
  for (bool inFront : {true, false}) {
    Location loc = getTensorLoc(&context, "0");
    std::vector<std::string> expected{"0"};
    for (int i = 1; i < count; ++i) {
      Location next = getTensorLoc(&context, std::to_string(i));
      loc = inFront ? fuseNames(next, loc) : fuseNames(loc, next);
      expected.push_back(std::to_string(i));
    }
    if (inFront)
      std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(namesOf(loc), expected);
    EXPECT_EQ(getFirstName(loc), expected.front());
    EXPECT_LE(countWidest(loc), 100u);
  }
}

// A location that contains itself many times over is one all the same.
TEST(Names, SharedPartsAreSeenOnce) {
  MLIRContext context;
  std::vector<Location> parts;
  for (int i = 0; i < 100; ++i)
    parts.push_back(getTensorLoc(&context, std::to_string(i)));
  Location loc = fuseNames(parts[0], ArrayRef<Location>(parts).drop_front());
  for (int i = 0; i < 200; ++i)
    loc = fuseNames(fuseNames(parts[i % 100], loc), loc);
  EXPECT_EQ(namesOf(loc).size(), 100u);
}
