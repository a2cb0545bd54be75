// Samples from items: opening, batching, checks and counting of bad ones.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Dataset.h"

#include "DatasetSources.h"
#include "qc/Support/Checksum.h"
#include "qc/Support/Convert.h"
#include "qc/Support/Memory.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>

namespace qc {

uint64_t getContentHash(const Sample &sample) {
  uint64_t checksum = 0;
  for (const Tensor &input : sample.inputs)
    checksum = crc64(input.raw(), input.byteSize(), checksum);
  return checksum;
}

Dataset::~Dataset() = default;

/// An error unless the inputs can hold samples of `data`.
static Status checkInputs(const std::vector<InputSignature> &inputs,
                          const std::string &data) {
  if (inputs.empty())
    return error("the model has no inputs, so that data '", data,
                 "' cannot be read for it");
  for (const InputSignature &input : inputs) {
    int64_t elements = countElements(input.shape).value_or(0);
    if (elements < 1)
      return error("input '", input.name, "' has the shape ",
                   shapeString(input.shape), ", expected static dimensions");
    uint64_t bytes = static_cast<uint64_t>(elements) * dtypeSize(input.dtype);
    if (Status status = checkMemory(bytes, "a sample of input '" + input.name +
                                               "' with the shape " +
                                               shapeString(input.shape));
        !status)
      return status;
  }
  return ok();
}

static Result<std::unique_ptr<Dataset>>
openNamed(const std::string &data, std::vector<InputSignature> inputs,
          DatasetOptions options) {
  if (startsWith(data, "random:") || data == "random")
    return openRandom(data, std::move(inputs), options);
  if (data.empty())
    return error("no data given, expected a folder, a file or random:N");
  struct stat info;
  if (::stat(data.c_str(), &info) != 0) {
    if (errno == ENOENT)
      return error("data '", data, "' does not exist");
    return error("cannot open data '", data, "': ", std::strerror(errno));
  }
  if (S_ISDIR(info.st_mode))
    return openFolder(data, std::move(inputs), options);
  return openFile(data, std::move(inputs), options);
}

Result<std::unique_ptr<Dataset>>
Dataset::open(const std::string &data, std::vector<InputSignature> inputs,
              DatasetOptions options) {
  try {
    if (Status status = checkInputs(inputs, data); !status)
      return status;
    return openNamed(data, std::move(inputs), options);
  } catch (...) {
    return error(describeException(std::current_exception()))
        .withContext("data '" + data + "'");
  }
}

Result<std::unique_ptr<Dataset>>
Dataset::open(SampleSource source, std::vector<InputSignature> inputs,
              DatasetOptions options) {
  if (Status status = checkInputs(inputs, source.description); !status)
    return status;
  return openProgram(std::move(source), std::move(inputs), options);
}

Status Dataset::choose(int64_t items, const std::string &what) {
  batch = itemShapes(signatures).batch;
  allItems = items;
  int64_t all = allSamples = (items + batch - 1) / batch;
  int64_t used = usedSamples =
      options.maxSamples > 0 ? std::min(all, options.maxSamples) : all;
  // Only the last sample of all may be short of items.
  usedItems = used == all ? items : used * batch;
  if (usedItems == 0)
    return error("data '", what, "' holds no samples");
  summary = "'" + what + "' (" +
            (used < all ? std::to_string(used) + " of " : std::string()) +
            std::to_string(all) + (all == 1 ? " sample)" : " samples)");
  return ok();
}

/// Evenly spread: files are sorted, and neighbours tend to be of one class.
int64_t Dataset::getPosition(int64_t item) const {
  auto sample = static_cast<int64_t>(static_cast<__int128>(item / batch) *
                                     allSamples / usedSamples);
  return sample * batch + item % batch;
}

int64_t Dataset::size() const { return usedSamples; }

DatasetItem Dataset::item(int64_t index) const {
  int64_t position = getPosition(index);
  DatasetItem item = describe(position);
  item.position = position;
  return item;
}

/// Rows of equal byte size one after the other; missing ones repeat the last.
static Tensor stackRows(const std::vector<Tensor> &rows,
                        const InputSignature &input) {
  Tensor tensor(input.dtype, input.shape);
  auto *to = static_cast<char *>(tensor.raw());
  size_t rowSize = rows[0].byteSize();
  for (size_t i = 0; (i + 1) * rowSize <= tensor.byteSize(); ++i)
    std::memcpy(to + i * rowSize, rows[std::min(i, rows.size() - 1)].raw(),
                rowSize);
  return tensor;
}

Result<Sample> Dataset::assemble(int64_t index) const {
  Sample sample;
  sample.firstItem = index * batch;
  sample.itemCount = std::min(batch, itemCount() - sample.firstItem);
  sample.name = item(sample.firstItem).name;
  if (sample.itemCount > 1)
    sample.name += " and " + std::to_string(sample.itemCount - 1) + " more";
  for (size_t input = 0; input < signatures.size(); ++input) {
    const InputSignature &signature = signatures[input];
    sample.origins.push_back(getOrigin(getPosition(sample.firstItem), input));
    std::vector<Tensor> rows;
    for (int64_t i = 0; i < sample.itemCount; ++i) {
      int64_t position = getPosition(sample.firstItem + i);
      Result<Tensor> row = load(position, input);
      if (!row)
        return row.takeError();
      if (int64_t at = findNan(*row); at >= 0)
        return error("'", describe(position).name, "' holds NaN at element ",
                     at, " of input '", signature.name, "'");
      rows.push_back(std::move(*row));
    }
    sample.inputs.push_back(batch == 1 ? rows[0].reshaped(signature.shape)
                                       : stackRows(rows, signature));
  }
  return sample;
}

Result<std::optional<Sample>> Dataset::sample(int64_t index) const {
  if (index < 0 || index >= size())
    return error("there is no sample ", index, " in ", summary);
  Result<Sample> sample = error("");
  try {
    sample = assemble(index);
  } catch (...) {
    // Memory that is not there says nothing about the sample.
    return error(describeException(std::current_exception()))
        .withContext("'" + item(index * batch).name + "'");
  }
  if (sample)
    return std::optional<Sample>(std::move(*sample));
  if (!options.skipBad)
    return sample.takeError();
  std::lock_guard<std::mutex> lock(mutex);
  bad[index] = sample.message();
  return std::optional<Sample>();
}

std::map<int64_t, std::string> Dataset::skipped() const {
  std::lock_guard<std::mutex> lock(mutex);
  return bad;
}

} // namespace qc
