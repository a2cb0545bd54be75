// Samples for a model's inputs, from every form of DATA the tools take.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_DATASET_H
#define QC_SUPPORT_DATASET_H

#include "qc/Support/Picture.h"
#include "qc/Support/Preprocess.h"
#include "qc/Support/Tensor.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace qc {

/// What a model wants at one input.
struct InputSignature {
  std::string name;
  DType dtype = DType::F32;
  Shape shape; ///< static; a leading dimension above 1 is a batch
  /// How pixels become values; nothing means PreprocessSpec's defaults.
  std::optional<PreprocessSpec> preprocess;
  /// Of an input that takes a camera's bytes: what they mean. Images become
  /// that; arrays hold it already.
  std::optional<PictureSpec> picture = std::nullopt;

  /// An image as this input wants it, with `shape` for one item.
  Result<Tensor> fromImage(const Image &image, const Shape &shape) const;
};

struct Sample;
/// A number of what a sample holds: the same wherever it stands in the data, so
/// that what is chosen by it does not depend on the order of samples.
uint64_t getContentHash(const Sample &sample);

/// What the values of an input were before they became the model's.
enum class InputOrigin {
  Pixels, ///< an image file: 0..255, through the preprocessing
  Raw,    ///< an array that was preprocessed (DatasetOptions::raw)
  Given,  ///< an array that is taken as it is
  Drawn,  ///< random numbers
};

struct DatasetOptions {
  /// Leave out samples that cannot be loaded, and count them.
  bool skipBad = false;
  /// .npy/.npz arrays hold pixels (or other raw values): preprocess them.
  bool raw = false;
  /// At most so many samples, spread evenly over all; 0 means all.
  int64_t maxSamples = 0;
};

/// One run of the model.
struct Sample {
  std::vector<Tensor> inputs; ///< in the order of the signatures
  /// First item and number of items (images, rows of a stack) in this run. A
  /// batch above one takes several items; rows beyond `itemCount` repeat the
  /// last item and must not be counted.
  int64_t firstItem = 0;
  int64_t itemCount = 1;
  /// Of each input; of the first item, where a batch holds several.
  std::vector<InputOrigin> origins;
  std::string name; ///< for messages: a path, or "x.npz[12]"
};

/// One file, row of a stack, or seeded draw.
struct DatasetItem {
  std::string name;     ///< as in Sample::name
  std::string folder;   ///< sub-folder inside an image folder; empty if none
  int64_t position = 0; ///< among all items of the data, before maxSamples
};

/// Samples that a program gives instead of files. `get` is called from several
/// threads at once, perhaps more than once for the same item.
struct SampleSource {
  /// For reports: "120 arrays".
  std::string description;
  /// Number of arrays of each input.
  int64_t count = 0;
  /// Array `index` of input number `input`: what an .npy file could hold.
  std::function<Result<Tensor>(int64_t index, size_t input,
                               const InputSignature &signature)>
      get;
  /// Arrays may be stacks of samples: to count them, each is asked for once
  /// when the data are opened.
  bool areStacks = false;
};

/// Lazy, immutable access to samples: nothing is read before sample() beyond
/// directory listings and array headers. Safe to call from several threads.
///
/// DATA is one of
///   DIR            images (JPEG PNG BMP PPM) and .npy/.npz files, sub-folders
///                  included, in byte order of their paths
///   DIR            with one sub-folder named as each input; files of equal
///                  names (without suffix) form a sample
///   FILE.npy       an array for a model with one input
///   FILE.npz       arrays named as the inputs; for one input also the only
///                  array that fits it
///   FILE           one image
///   LIST           text: one sample a line, one file an input between commas,
///                  paths relative to the list; '#' comments
///   random:N[:SEED]  N seeded draws: pixels through the preprocessing where
///                  the input is image-like, else uniform in [-1, 1); integer
///                  inputs get 0 or 1, 8-bit ones their whole range
///
/// An array whose leading dimension is a multiple of the model's batch is a
/// stack of samples; so is one with an additional leading dimension; one that
/// lacks the batch dimension is a single sample; dimensions of size one may be
/// missing. '/' and ':' of an input's name may be '_' in folder and array
/// names. Arrays are taken as already preprocessed: f16 and f64 become f32
/// where the model wants that, i32/i64 convert where the values fit, other
/// integers for a float input are an error unless `raw`. With `raw`, 8-bit
/// arrays shaped like an image (HxW, HxWx1/3 or 1/3xHxW) go through the whole
/// preprocessing as an image file would, others through (x - mean) / std *
/// scale. NaN is always an error.
class Dataset {
public:
  static Result<std::unique_ptr<Dataset>>
  open(const std::string &data, std::vector<InputSignature> inputs,
       DatasetOptions options = {});
  /// Errors of `source.get` are those of a bad sample.
  static Result<std::unique_ptr<Dataset>>
  open(SampleSource source, std::vector<InputSignature> inputs,
       DatasetOptions options = {});
  virtual ~Dataset();

  /// Number of samples, that is, of calls worth making to sample().
  int64_t size() const;
  /// Nothing when the sample is bad and skipBad is on. Errors name the file,
  /// what was expected and what was found.
  Result<std::optional<Sample>> sample(int64_t index) const;

  /// Items in sample order; a sample covers [firstItem, firstItem + itemCount).
  int64_t itemCount() const { return usedItems; }
  DatasetItem item(int64_t index) const;
  /// Number of items in the data, before maxSamples.
  int64_t totalItems() const { return allItems; }

  /// Samples left out so far, with the reason, by sample index.
  std::map<int64_t, std::string> skipped() const;
  /// "100 images in 'DIR'": for reports and table headers.
  std::string description() const { return summary; }
  const std::vector<InputSignature> &inputs() const { return signatures; }

protected:
  Dataset(std::vector<InputSignature> inputs, DatasetOptions options)
      : signatures(std::move(inputs)), options(options) {}
  /// Loads one item (by position) of one input as [1, ...] or the bare shape.
  virtual Result<Tensor> load(int64_t position, size_t input) const = 0;
  virtual DatasetItem describe(int64_t position) const = 0;
  virtual InputOrigin getOrigin(int64_t position, size_t input) const = 0;
  /// Called by the constructing functions once the items are known.
  Status choose(int64_t items, const std::string &what);

  std::vector<InputSignature> signatures;
  DatasetOptions options;
  std::string summary;

private:
  Result<Sample> assemble(int64_t index) const;
  /// Where an item that is used lies among all.
  int64_t getPosition(int64_t item) const;

  int64_t batch = 1;
  int64_t allItems = 0, allSamples = 0;
  int64_t usedItems = 0, usedSamples = 0;
  mutable std::mutex mutex;
  mutable std::map<int64_t, std::string> bad;
};

} // namespace qc

#endif // QC_SUPPORT_DATASET_H
