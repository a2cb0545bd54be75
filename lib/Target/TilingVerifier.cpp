// Recounts a plan of tiles: one row and one tile after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shares no code with the planner, and no formula: which rows a row needs is
// asked of every row of the input, traffic is what the loops would load.
#include "qc/Target/Tiling.h"

#include <algorithm>
#include <set>

namespace qc {

namespace {
class TileVerifier {
public:
  TileVerifier(const TileProblem &problem, const TilingPlan &plan)
      : problem(problem), plan(plan) {}

  std::vector<std::string> run();

private:
  void checkTensors();
  void checkStep(size_t index);
  std::set<int64_t> collectRows(const TileInput &input, int64_t begin,
                                int64_t end) const;
  int64_t countTile(const TileStep &step, int64_t begin, int64_t end,
                    int64_t channels) const;
  int64_t countTraffic(const TileStep &step, const StepTiling &tiling) const;
  void add(const TileStep &step, const std::string &fault) {
    faults.push_back("'" + step.name + "': " + fault);
  }

  const TileProblem &problem;
  const TilingPlan &plan;
  std::vector<std::string> faults;
};
} // namespace

static int64_t roundUp(int64_t numerator, int64_t denominator) {
  return numerator / denominator + (numerator % denominator != 0);
}

void TileVerifier::checkTensors() {
  for (size_t i = 0; i < problem.tensors.size(); ++i)
    if (plan.stays[i] && problem.tensors[i].isOutside)
      faults.push_back("'" + problem.tensors[i].name +
                       "' stays on the chip, and others need it in memory");
}

/// Rows of the input that any of these rows of the result needs.
std::set<int64_t> TileVerifier::collectRows(const TileInput &input,
                                            int64_t begin, int64_t end) const {
  std::set<int64_t> rows;
  const RowMap &map = input.rows;
  for (int64_t row = 0; row < problem.tensors[input.tensor].rows; ++row) {
    bool isNeeded = map.kind != RowMap::Window;
    for (int64_t y = begin; y < end && !isNeeded; ++y) {
      // Taps of y, in units of 1 / upscale rows, against those of this row.
      int64_t first = y * map.stride - map.pad;
      int64_t last = first + map.window - 1;
      isNeeded = row * map.upscale <= last && (row + 1) * map.upscale > first;
    }
    if (isNeeded)
      rows.insert(row);
  }
  // What lies between two rows that are needed is read with them.
  if (!rows.empty())
    for (int64_t row = *rows.begin(), last = *rows.rbegin(); row < last; ++row)
      rows.insert(row);
  return rows;
}

/// Bytes on the chip for one tile.
int64_t TileVerifier::countTile(const TileStep &step, int64_t begin,
                                int64_t end, int64_t channels) const {
  const TileTensor &result = problem.tensors[step.result];
  int64_t made =
      roundUp((end - begin) * result.rowBytes * channels, result.channels);
  int64_t bytes = roundUp(step.weightBytes * channels, result.channels);
  if (!plan.stays[step.result])
    bytes += made;
  for (const TileInput &input : step.inputs) {
    const TileTensor &tensor = problem.tensors[input.tensor];
    if (plan.stays[input.tensor])
      continue;
    if (input.rows.kind == RowMap::Streamed) {
      bytes += std::min(tensor.rows * tensor.rowBytes, made);
      continue;
    }
    auto count = static_cast<int64_t>(collectRows(input, begin, end).size());
    int64_t whole = count * tensor.rowBytes;
    bytes += input.followsChannels ? roundUp(whole * channels, result.channels)
                                   : whole;
  }
  return bytes;
}

/// What the loops over tiles load and store.
int64_t TileVerifier::countTraffic(const TileStep &step,
                                   const StepTiling &tiling) const {
  const TileTensor &result = problem.tensors[step.result];
  int64_t bytes = 0;
  if (!plan.stays[step.result])
    bytes += result.images * result.rows * result.rowBytes;
  for (const TileInput &input : step.inputs) {
    const TileTensor &tensor = problem.tensors[input.tensor];
    if (plan.stays[input.tensor])
      continue;
    int64_t rounds = tiling.channelsOutside && !input.followsChannels &&
                             input.rows.kind != RowMap::Streamed
                         ? tiling.channelTiles
                         : 1;
    int64_t rows = 0;
    if (input.rows.kind == RowMap::Window) {
      for (int64_t begin = 0; begin < result.rows; begin += tiling.rows)
        rows += static_cast<int64_t>(
            collectRows(input, begin,
                        std::min(begin + tiling.rows, result.rows))
                .size());
    } else {
      rows = tensor.rows;
    }
    bytes += rounds * tensor.images * rows * tensor.rowBytes;
  }
  bool reloads = !tiling.channelsOutside && tiling.channelTiles > 1;
  return bytes +
         step.weightBytes * (reloads ? tiling.rowTiles * result.images : 1);
}

void TileVerifier::checkStep(size_t index) {
  const TileStep &step = problem.steps[index];
  const StepTiling &tiling = plan.steps[index];
  const TileTensor &result = problem.tensors[step.result];
  if (tiling.rows < 1 || tiling.channels < 1)
    return add(step, "a tile of nothing");
  if ((tiling.rows < result.rows && !step.splitsRows) ||
      (tiling.channels < result.channels && !step.splitsChannels))
    return add(step, "it cannot be cut that way");
  // Tiles lie side by side from the first row and channel on.
  if (tiling.rowTiles * tiling.rows < result.rows ||
      (tiling.rowTiles - 1) * tiling.rows >= result.rows ||
      tiling.channelTiles * tiling.channels < result.channels ||
      (tiling.channelTiles - 1) * tiling.channels >= result.channels)
    return add(step, "its tiles are not the result");
  int64_t most = 0;
  for (int64_t begin = 0; begin < result.rows; begin += tiling.rows)
    most = std::max(
        most, countTile(step, begin, std::min(begin + tiling.rows, result.rows),
                        std::min(tiling.channels, result.channels)));
  // The planner may count rows at an edge that are not there.
  if (most > tiling.chipBytes)
    add(step, "a tile of " + std::to_string(most) + " bytes, said to have " +
                  std::to_string(tiling.chipBytes));
  int64_t stay = 0;
  for (size_t i = 0; i < problem.tensors.size(); ++i) {
    const TileTensor &tensor = problem.tensors[i];
    bool lives = tensor.first <= static_cast<int>(index) &&
                 static_cast<int>(index) <= tensor.last;
    if (plan.stays[i] && lives)
      stay += tensor.images * tensor.rows * tensor.rowBytes;
  }
  if (tiling.fits && plan.capacity > 0 && stay + most > plan.capacity)
    add(step, "needs " + std::to_string(stay + most) + " bytes on the chip, " +
                  std::to_string(plan.capacity) + " are there");
  int64_t traffic = countTraffic(step, tiling);
  if (traffic != tiling.ddrBytes)
    add(step, "moves " + std::to_string(traffic) + " bytes, said to move " +
                  std::to_string(tiling.ddrBytes));
}

std::vector<std::string> TileVerifier::run() {
  if (plan.stays.size() != problem.tensors.size() ||
      plan.steps.size() != problem.steps.size())
    return {"the plan is one of another network"};
  checkTensors();
  for (size_t i = 0; i < problem.steps.size(); ++i)
    checkStep(i);
  return std::move(faults);
}

std::vector<std::string> verifyTiling(const TileProblem &problem,
                                      const TilingPlan &plan) {
  return TileVerifier(problem, plan).run();
}

} // namespace qc
