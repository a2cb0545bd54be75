// How layers are cut into tiles that fit the memory on a chip.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A layer's result is made tile by tile: some of its rows, some of its
// channels. What a tile reads, its weights and what it makes lie on the chip
// together. A tensor may stay on the chip from the layer that makes it to the
// last that reads it; all others are read from memory and written to it. A plan
// is an estimate of what a vendor's compiler would do, not what it does.
#ifndef QC_TARGET_TILING_H
#define QC_TARGET_TILING_H

#include <cstdint>
#include <string>
#include <vector>

namespace qc {

/// Which rows of an input some rows of the result need. Row `y` needs those
/// from floor((y * stride - pad) / upscale) to
/// floor((y * stride - pad + window - 1) / upscale), of those that there are;
/// several rows need all from the first to the last.
struct RowMap {
  enum Kind {
    Window,
    Whole,    ///< all rows, for any row
    Streamed, ///< as much as the tile holds of the result: it is only moved
  };
  Kind kind = Window;
  int64_t window = 1, stride = 1, pad = 0, upscale = 1;
};

/// A tensor that is computed, or comes in.
struct TileTensor {
  std::string name;
  int64_t images = 1, rows = 1, channels = 1;
  int64_t rowBytes = 0; ///< of one row with all channels
  /// It is in memory whatever the plan says: an input or output of the network,
  /// or touched by the CPU.
  bool isOutside = false;
  int first = 0, last = 0; ///< steps that make it (or begin) and read it last

  int64_t getBytes() const { return images * rows * rowBytes; }
};

struct TileInput {
  int tensor;
  RowMap rows;
  /// Channels of the result come from the same channels of the input.
  bool followsChannels = false;
};

/// One layer. Its result is a tensor; steps of several results are not cut.
struct TileStep {
  std::string name;
  std::vector<TileInput> inputs;
  int result = -1;
  /// Of its constants; a tile of some channels needs its share of them.
  int64_t weightBytes = 0;
  bool splitsRows = false, splitsChannels = false;
};

struct TileProblem {
  std::vector<TileTensor> tensors;
  std::vector<TileStep> steps;
};

/// The tiles of one step.
struct StepTiling {
  int64_t rows = 0, channels = 0; ///< of the largest tile
  int64_t rowTiles = 1, channelTiles = 1;
  /// Channels are the outer loop: weights are read once, inputs once for each
  /// channel tile; else inputs once and weights for each row tile.
  bool channelsOutside = false;
  int64_t chipBytes = 0; ///< of the largest tile, without tensors that stay
  int64_t ddrBytes = 0;  ///< read from and written to memory
  bool fits = true;      ///< false: not even the smallest tile does
};

struct TilingPlan {
  int64_t capacity = 0;    ///< bytes on the chip
  std::vector<bool> stays; ///< of tensors: on the chip while they live
  std::vector<StepTiling> steps;
};

/// Plans for `capacity` bytes; 0 is a chip that holds one tile of anything: all
/// tensors pass through memory once for each layer.
TilingPlan planTiles(const TileProblem &problem, int64_t capacity);

/// What is wrong with `plan`, recounted tile by tile and row by row: tiles that
/// leave something out, more bytes on the chip than there are, traffic that is
/// another; empty when it holds.
std::vector<std::string> verifyTiling(const TileProblem &problem,
                                      const TilingPlan &plan);

} // namespace qc

#endif // QC_TARGET_TILING_H
