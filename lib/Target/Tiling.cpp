// How layers are cut into tiles that fit the memory on a chip.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/Tiling.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace qc {

static int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }

static int64_t floorDivide(int64_t a, int64_t b) {
  return a >= 0 ? a / b : -divideUp(-a, b);
}

namespace {
class TilePlanner {
public:
  TilePlanner(const TileProblem &problem, int64_t capacity)
      : problem(problem),
        capacity(capacity > 0 ? capacity
                              : std::numeric_limits<int64_t>::max()) {
    plan.capacity = capacity;
    plan.stays.assign(problem.tensors.size(), false);
    staying.assign(problem.steps.size(), 0);
  }

  TilingPlan run();

private:
  int64_t countRows(const TileInput &input, int64_t begin, int64_t end) const;
  int64_t sumRows(const TileInput &input, const TileStep &step, int64_t rows,
                  int64_t *most) const;
  StepTiling measure(const TileStep &step, int64_t rows,
                     int64_t channels) const;
  StepTiling tile(int step) const;
  bool tryToKeep(int tensor);

  const TileProblem &problem;
  int64_t capacity;
  TilingPlan plan;
  /// Bytes of tensors that stay, by step.
  std::vector<int64_t> staying;
};
} // namespace

/// Rows of `input` that rows `begin` to `end` (not included) of the result
/// need.
int64_t TilePlanner::countRows(const TileInput &input, int64_t begin,
                               int64_t end) const {
  const TileTensor &tensor = problem.tensors[input.tensor];
  const RowMap &map = input.rows;
  if (map.kind != RowMap::Window)
    return tensor.rows;
  auto getFirst = [&](int64_t y) {
    return floorDivide(y * map.stride - map.pad, map.upscale);
  };
  auto getLast = [&](int64_t y) {
    return floorDivide(y * map.stride - map.pad + map.window - 1, map.upscale);
  };
  // Rows that see nothing but padding need none.
  while (begin < end && getLast(begin) < 0)
    ++begin;
  while (begin < end && getFirst(end - 1) >= tensor.rows)
    --end;
  if (begin >= end)
    return 0;
  int64_t first = getFirst(begin), last = getLast(end - 1);
  first = std::clamp<int64_t>(first, 0, tensor.rows);
  last = std::clamp<int64_t>(last, -1, tensor.rows - 1);
  return std::max<int64_t>(last - first + 1, 0);
}

/// Those of all tiles of so many rows together, and of the one with most.
int64_t TilePlanner::sumRows(const TileInput &input, const TileStep &step,
                             int64_t rows, int64_t *most) const {
  int64_t sum = 0;
  int64_t all = problem.tensors[step.result].rows;
  for (int64_t begin = 0; begin < all; begin += rows) {
    int64_t count = countRows(input, begin, std::min(begin + rows, all));
    sum += count;
    *most = std::max(*most, count);
  }
  return sum;
}

StepTiling TilePlanner::measure(const TileStep &step, int64_t rows,
                                int64_t channels) const {
  const TileTensor &result = problem.tensors[step.result];
  StepTiling tiling;
  tiling.rows = rows;
  tiling.channels = channels;
  tiling.rowTiles = divideUp(result.rows, rows);
  tiling.channelTiles = divideUp(result.channels, channels);
  int64_t made = divideUp(rows * result.rowBytes * channels, result.channels);
  int64_t shared = 0, inputs = 0; // bytes read once, or for each channel tile
  for (const TileInput &input : step.inputs) {
    const TileTensor &tensor = problem.tensors[input.tensor];
    if (plan.stays[input.tensor])
      continue;
    int64_t most = 0;
    int64_t sum = sumRows(input, step, rows, &most);
    if (input.rows.kind == RowMap::Streamed) {
      tiling.chipBytes += std::min(tensor.rows * tensor.rowBytes, made);
      shared += tensor.getBytes();
      continue;
    }
    int64_t piece = most * tensor.rowBytes;
    if (input.followsChannels)
      piece = divideUp(piece * channels, result.channels);
    tiling.chipBytes += piece;
    // What is whole for every row is read once for all of them.
    int64_t bytes = tensor.images * tensor.rowBytes *
                    (input.rows.kind == RowMap::Whole ? tensor.rows : sum);
    (input.followsChannels ? shared : inputs) += bytes;
  }
  tiling.chipBytes += divideUp(step.weightBytes * channels, result.channels);
  if (!plan.stays[step.result]) {
    tiling.chipBytes += made;
    shared += result.getBytes();
  }
  bool isWhole = tiling.channelTiles == 1;
  int64_t rowsOutside =
      inputs +
      step.weightBytes * (isWhole ? 1 : tiling.rowTiles * result.images);
  int64_t channelsOutside = inputs * tiling.channelTiles + step.weightBytes;
  tiling.channelsOutside = channelsOutside < rowsOutside;
  tiling.ddrBytes = shared + std::min(rowsOutside, channelsOutside);
  return tiling;
}

/// The tiles of least traffic that fit; of those alike the fewest.
StepTiling TilePlanner::tile(int index) const {
  const TileStep &step = problem.steps[index];
  const TileTensor &result = problem.tensors[step.result];
  int64_t room = capacity - staying[index];
  StepTiling best, smallest;
  bool found = false;
  for (int64_t rows = result.rows;; rows = divideUp(rows, 2)) {
    for (int64_t channels = result.channels;;
         channels = divideUp(channels, 2)) {
      StepTiling tiling = measure(step, rows, channels);
      smallest = tiling;
      auto getRank = [](const StepTiling &one) {
        return std::pair(one.ddrBytes, one.rowTiles * one.channelTiles);
      };
      if (tiling.chipBytes <= room &&
          (!found || getRank(tiling) < getRank(best))) {
        best = tiling;
        found = true;
      }
      if (channels == 1 || !step.splitsChannels)
        break;
    }
    if (rows == 1 || !step.splitsRows)
      break;
  }
  smallest.fits = false;
  return found ? best : smallest;
}

/// Keeps `tensor` on the chip if all steps meanwhile still fit and there is
/// less traffic with it.
bool TilePlanner::tryToKeep(int index) {
  const TileTensor &tensor = problem.tensors[index];
  if (tensor.isOutside || tensor.getBytes() > capacity)
    return false;
  auto set = [&](bool stays) {
    plan.stays[index] = stays;
    for (int step = tensor.first; step <= tensor.last; ++step)
      staying[step] += stays ? tensor.getBytes() : -tensor.getBytes();
  };
  set(true);
  std::vector<StepTiling> tilings;
  int64_t before = 0, after = 0;
  for (int step = tensor.first; step <= tensor.last; ++step) {
    tilings.push_back(tile(step));
    before += plan.steps[step].ddrBytes;
    after += tilings.back().ddrBytes;
    // A step that did not fit before is no reason against it.
    if (!tilings.back().fits && plan.steps[step].fits)
      break;
  }
  bool isDone =
      static_cast<int>(tilings.size()) == tensor.last - tensor.first + 1 &&
      (tilings.back().fits || !plan.steps[tensor.last].fits);
  if (!isDone || after >= before) {
    set(false);
    return false;
  }
  std::copy(tilings.begin(), tilings.end(), plan.steps.begin() + tensor.first);
  return true;
}

TilingPlan TilePlanner::run() {
  for (size_t i = 0; i < problem.steps.size(); ++i)
    plan.steps.push_back(tile(static_cast<int>(i)));
  if (plan.capacity <= 0)
    return plan;
  // Those first that take least room for least time.
  std::vector<int> order(problem.tensors.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    auto getArea = [&](int i) {
      const TileTensor &tensor = problem.tensors[i];
      return tensor.getBytes() * (tensor.last - tensor.first + 1);
    };
    return getArea(a) < getArea(b);
  });
  for (int tensor : order)
    tryToKeep(tensor);
  return plan;
}

TilingPlan planTiles(const TileProblem &problem, int64_t capacity) {
  return TilePlanner(problem, capacity).run();
}

} // namespace qc
