// The sorted table of kernels and the list of the families in it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernel.h"
#include "kernels/Families.h"

#include <algorithm>

using namespace qcrt;

void KernelRegistry::add(const char *name, KernelFactory factory) {
  auto place = std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const Entry &entry, const char *key) { return entry.name < key; });
  if (place != entries.end() && place->name == name)
    place->factory = factory;
  else
    entries.insert(place, Entry{name, factory});
}

KernelFactory KernelRegistry::find(const std::string &name) const {
  auto place = std::lower_bound(entries.begin(), entries.end(), name,
                                [](const Entry &entry, const std::string &key) {
                                  return entry.name < key;
                                });
  return place != entries.end() && place->name == name ? place->factory
                                                       : nullptr;
}

std::vector<std::string> KernelRegistry::names() const {
  std::vector<std::string> result;
  for (const Entry &entry : entries)
    result.push_back(entry.name);
  return result;
}

static KernelRegistry makeRegistry() {
  KernelRegistry registry;
  registerAddSub(registry);
  registerClip(registry);
  registerConcat(registry);
  registerConv2d(registry);
  registerDeconv2d(registry);
  registerDequantize(registry);
  registerFloatAffine(registry);
  registerFloatBinary(registry);
  registerFloatCast(registry);
  registerFloatCombine(registry);
  registerFloatConv(registry);
  registerFloatLogic(registry);
  registerFloatMap(registry);
  registerFloatMatMul(registry);
  registerFloatNormalize(registry);
  registerFloatPool(registry);
  registerFloatResize(registry);
  registerFloatSample(registry);
  registerFloatScatter(registry);
  registerFloatSearch(registry);
  registerFullyConnected(registry);
  registerGather(registry);
  registerLayerNorm(registry);
  registerLut(registry);
  registerMatmul(registry);
  registerMul(registry);
  registerPad(registry);
  registerPicture(registry);
  registerPool(registry);
  registerPrelu(registry);
  registerQuantize(registry);
  registerReduce(registry);
  registerRequantize(registry);
  registerReshape(registry);
  registerResize(registry);
  registerSoftmax(registry);
  registerSplit(registry);
  registerStrided(registry);
  return registry;
}

const KernelRegistry &KernelRegistry::all() {
  static const KernelRegistry registry = makeRegistry();
  return registry;
}
