// Verifies the memory plan in a file before it is run.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "MemoryChecker.h"
#include "ProgramChecks.h"

#include <algorithm>
#include <limits>

using namespace qcrt;

static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();

MemoryChecker::MemoryChecker(const Program &program)
    : program(program), lastUse(program.tensors.size(), 0),
      groups(program.tensors.size()), since(program.tensors.size(), 0) {
  for (uint32_t i = 0; i < groups.size(); ++i)
    groups[i] = i;
  sizes.reserve(program.tensors.size());
  for (const ProgramTensor &tensor : program.tensors)
    sizes.push_back(byteSize(tensor));
  for (size_t i = 0; i < program.instructions.size(); ++i)
    for (uint32_t tensor : program.instructions[i].inputs)
      lastUse[tensor] = i;
  for (uint32_t tensor : program.outputs)
    lastUse[tensor] = std::numeric_limits<size_t>::max();
}

bool MemoryChecker::overlap(uint32_t a, uint32_t b) const {
  const ProgramTensor &first = program.tensors[a], &second = program.tensors[b];
  if (first.kind == TensorKind::Constant || second.kind == TensorKind::Constant)
    return false;
  return first.arenaOffset < second.arenaOffset + sizes[b] &&
         second.arenaOffset < first.arenaOffset + sizes[a];
}

uint32_t MemoryChecker::group(uint32_t tensor) {
  // Halving the way as it is gone keeps long rows of views cheap.
  while (groups[tensor] != tensor)
    tensor = groups[tensor] = groups[groups[tensor]];
  return tensor;
}

static size_t sizeClass(uint64_t size) {
  size_t power = 0;
  while (size >>= 1)
    ++power;
  return power;
}

void MemoryChecker::addLive(uint32_t tensor) {
  if (live[sizeClass(sizes[tensor])]
          .insert({program.tensors[tensor].arenaOffset, tensor})
          .second)
    since[tensor] = count++;
}

void MemoryChecker::removeLive(uint32_t tensor) {
  live[sizeClass(sizes[tensor])].erase(
      {program.tensors[tensor].arenaOffset, tensor});
}

template <typename Action>
void MemoryChecker::forEachOverlapping(uint32_t tensor, Action action) const {
  uint64_t begin = program.tensors[tensor].arenaOffset;
  uint64_t end = begin + sizes[tensor];
  for (size_t power = 0; power < live.size(); ++power) {
    // No tensor of this class is longer.
    uint64_t longest = std::numeric_limits<uint64_t>::max() >> (63 - power);
    auto place = live[power].lower_bound(
        {begin > longest ? begin - longest : 0, uint32_t{0}});
    for (; place != live[power].end() && place->first < end; ++place)
      if (overlap(place->second, tensor))
        action(place->second);
  }
}

bool MemoryChecker::checkInputs(std::string &error) {
  for (uint32_t tensor : program.inputs) {
    uint32_t first = kNone;
    forEachOverlapping(tensor, [&](uint32_t other) {
      if (first == kNone || since[other] < since[first])
        first = other;
    });
    if (first != kNone) {
      error = "inputs '" + program.tensors[first].name + "' and '" +
              program.tensors[tensor].name + "' overlap in the arena";
      return false;
    }
    addLive(tensor);
  }
  return true;
}

/// True if output number `output` of the instruction may lie over the live
/// tensor `victim`.
bool MemoryChecker::mayOverwrite(size_t number, const Kernel &kernel,
                                 int output, uint32_t victim) {
  const ProgramInstruction &instruction = program.instructions[number];
  uint32_t result = instruction.outputs[output];
  if (group(victim) == group(result))
    return true;
  bool isInput = false;
  for (size_t i = 0; i < instruction.inputs.size(); ++i) {
    if (instruction.inputs[i] != victim)
      continue;
    isInput = true;
    int64_t distance =
        static_cast<int64_t>(program.tensors[victim].arenaOffset) -
        static_cast<int64_t>(program.tensors[result].arenaOffset);
    Sharing sharing = kernel.sharing(static_cast<int>(i), output, distance);
    if (sharing == Sharing::None)
      return false;
    if (sharing == Sharing::Overwrites && lastUse[victim] > number)
      return false;
  }
  return isInput;
}

bool MemoryChecker::visit(size_t number, const Kernel &kernel,
                          std::string &error) {
  const ProgramInstruction &instruction = program.instructions[number];
  // Results that keep an input's bytes join its group first, so that views of
  // views of one buffer are understood.
  for (size_t o = 0; o < instruction.outputs.size(); ++o) {
    uint32_t result = instruction.outputs[o];
    for (size_t i = 0; i < instruction.inputs.size(); ++i) {
      uint32_t input = instruction.inputs[i];
      if (!overlap(input, result))
        continue;
      int64_t distance =
          static_cast<int64_t>(program.tensors[input].arenaOffset) -
          static_cast<int64_t>(program.tensors[result].arenaOffset);
      if (kernel.sharing(static_cast<int>(i), static_cast<int>(o), distance) ==
          Sharing::Keeps)
        groups[group(input)] = group(result);
    }
  }
  for (size_t o = 0; o < instruction.outputs.size(); ++o) {
    uint32_t result = instruction.outputs[o];
    uint32_t first = kNone;
    forEachOverlapping(result, [&](uint32_t victim) {
      if ((first == kNone || since[victim] < since[first]) &&
          !mayOverwrite(number, kernel, static_cast<int>(o), victim))
        first = victim;
    });
    if (first != kNone) {
      error = "result '" + program.tensors[result].name + "' overwrites '" +
              program.tensors[first].name + "', which is still needed";
      return false;
    }
    addLive(result);
  }
  for (const auto *list : {&instruction.inputs, &instruction.outputs})
    for (uint32_t tensor : *list)
      if (lastUse[tensor] <= number)
        removeLive(tensor);
  if (number == 0)
    for (uint32_t tensor : program.inputs) // those that nothing reads
      if (lastUse[tensor] == 0)
        removeLive(tensor);
  return true;
}
