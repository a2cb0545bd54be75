// The statistics file: header, tensors by name, checksum.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/StatisticsFile.h"

#include "Bytes.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/Checksum.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

namespace qc {

static constexpr std::string_view magic = "QCSTATS\n";
static constexpr uint64_t formatVersion = 2;

Status StatisticsFile::merge(const StatisticsFile &other) {
  std::vector<std::string> onlyOne;
  for (const auto &[name, statistics] : tensors)
    if (!other.tensors.count(name))
      onlyOne.push_back(name);
  for (const auto &[name, statistics] : other.tensors)
    if (!tensors.count(name))
      onlyOne.push_back(name);
  if (!onlyOne.empty())
    return error("the statistics are of different models: only one of them "
                 "holds ",
                 join(onlyOne, ", "));
  // Merge into a copy, so that a failure leaves this as it was.
  std::map<std::string, TensorStatistics> merged = tensors;
  for (const auto &[name, statistics] : other.tensors)
    if (Status status = merged.at(name).merge(statistics); !status)
      return error("tensor '", name, "': ", status.message());
  tensors = std::move(merged);
  sources.insert(other.sources.begin(), other.sources.end());
  samples += other.samples;
  return ok();
}

std::string StatisticsFile::serialize() const {
  std::string bytes(magic);
  putWord(bytes, formatVersion, 4);
  putVarint(bytes, samples);
  putVarint(bytes, sources.size());
  for (const std::string &source : sources)
    putText(bytes, source);
  putVarint(bytes, tensors.size());
  for (const auto &[name, statistics] : tensors) {
    putText(bytes, name);
    statistics.serialize(bytes);
  }
  putWord(bytes, crc64(bytes.data(), bytes.size()), 8);
  return bytes;
}

Result<StatisticsFile> StatisticsFile::parse(std::string_view bytes,
                                             const std::string &what) {
  if (!startsWith(bytes, magic))
    return error("'", what, "' is not a qc statistics file");
  if (bytes.size() < magic.size() + 12)
    return error("'", what, "' is truncated");
  ByteReader tail(bytes.substr(bytes.size() - 8));
  std::string_view body = bytes.substr(0, bytes.size() - 8);
  ByteReader reader(body.substr(magic.size()));
  // The version comes first, since a newer one may end differently.
  uint64_t version = reader.word(4);
  if (version != formatVersion)
    return error("'", what, "' has statistics format version ", version,
                 ", this program reads ", formatVersion,
                 version < formatVersion ? "; gather the statistics again"
                                         : "");
  if (crc64(body.data(), body.size()) != tail.word(8))
    return error("'", what,
                 "' is truncated or damaged: its checksum does not "
                 "match");
  StatisticsFile file;
  file.samples = reader.varint();
  size_t sources = reader.count();
  for (size_t i = 0; i < sources && !reader.failed(); ++i)
    file.sources.insert(reader.text());
  size_t tensors = reader.count();
  for (size_t i = 0; i < tensors && !reader.failed(); ++i) {
    std::string name = reader.text();
    std::string_view rest = reader.rest();
    Result<TensorStatistics> statistics = TensorStatistics::deserialize(rest);
    if (!statistics)
      return error("'", what, "' is damaged: tensor '", name,
                   "': ", statistics.message());
    file.tensors.insert_or_assign(std::move(name), std::move(*statistics));
    reader = ByteReader(rest);
  }
  if (reader.failed() || !reader.rest().empty())
    return error("'", what, "' is damaged: its fields do not add up");
  return file;
}

Status StatisticsFile::write(const std::string &path) const {
  return writeFile(path, serialize());
}

Result<StatisticsFile> StatisticsFile::read(const std::string &path) {
  Result<std::shared_ptr<const MappedFile>> file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  return parse((*file)->text(), path);
}

} // namespace qc
