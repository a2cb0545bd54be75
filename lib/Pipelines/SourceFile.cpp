// The checksum of bytecode, and text that is none.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/SourceFile.h"
#include "qc/Support/Checksum.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/Twine.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cstdio>
#include <optional>

using llvm::StringRef;

namespace qc {

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// A file's bytes where LLVM wants a buffer that owns them.
class FileBuffer final : public llvm::MemoryBuffer {
public:
  FileBuffer(std::shared_ptr<const MappedFile> content, std::string path)
      : content(std::move(content)), path(std::move(path)) {
    StringRef bytes = this->content->text();
    init(bytes.begin(), bytes.end(), /*RequiresNullTerminator=*/true);
  }
  BufferKind getBufferKind() const override { return MemoryBuffer_Malloc; }
  StringRef getBufferIdentifier() const override { return path; }

private:
  std::shared_ptr<const MappedFile> content;
  std::string path;
};
} // namespace

Result<std::unique_ptr<llvm::MemoryBuffer>>
readSource(const std::string &path) {
  if (path == "-") {
    auto buffer = llvm::MemoryBuffer::getSTDIN();
    if (!buffer)
      return error("cannot read the standard input: ",
                   buffer.getError().message());
    return std::move(*buffer);
  }
  Result<std::shared_ptr<const MappedFile>> file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  return std::unique_ptr<llvm::MemoryBuffer>(
      std::make_unique<FileBuffer>(*file, path));
}

//===----------------------------------------------------------------------===//
// Bytecode. The layout is that of MLIR's docs/BytecodeFormat.md: magic number,
// version, producer, sections.
//===----------------------------------------------------------------------===//

namespace {
constexpr StringRef kMagic("ML\xefR");
constexpr StringRef kMark(" crc64:");
constexpr size_t kDigits = 16;

struct Header {
  size_t begin = 0; ///< of the producer
  size_t end = 0;   ///< of its zero
};
} // namespace

bool isBytecode(StringRef bytes) { return bytes.starts_with(kMagic); }

/// A number of one to nine bytes; its first one's low zero bits count the
/// others.
static std::optional<uint64_t> takeVarint(StringRef bytes, size_t &at) {
  if (at >= bytes.size())
    return std::nullopt;
  auto first = static_cast<uint8_t>(bytes[at]);
  size_t more = first ? llvm::countr_zero(first) : 8;
  if (bytes.size() - at - 1 < more)
    return std::nullopt;
  uint64_t value = 0;
  for (size_t i = 0; i < (first ? more + 1 : more); ++i)
    value |= uint64_t(uint8_t(bytes[at + i + (first ? 0 : 1)])) << (8 * i);
  at += more + 1;
  return first ? value >> (more + 1) : value;
}

static std::optional<Header> findHeader(StringRef bytes) {
  size_t at = kMagic.size();
  if (!isBytecode(bytes) || !takeVarint(bytes, at))
    return std::nullopt;
  size_t end = bytes.find('\0', at);
  if (end == StringRef::npos)
    return std::nullopt;
  return Header{at, end};
}

/// The largest alignment that a section asks for, in bytes, but at least 64:
/// one that stands at a fitting place by chance does not say what it needs, and
/// no constant of ours needs more.
static std::optional<uint64_t> findAlignment(StringRef bytes, size_t at) {
  uint64_t largest = 64;
  while (at < bytes.size()) {
    bool isAligned = bytes[at++] & 0x80;
    std::optional<uint64_t> length = takeVarint(bytes, at);
    if (!length)
      return std::nullopt;
    if (isAligned) {
      std::optional<uint64_t> alignment = takeVarint(bytes, at);
      if (!alignment || !llvm::isPowerOf2_64(*alignment))
        return std::nullopt;
      largest = std::max(largest, *alignment);
      at = llvm::alignTo(at, *alignment);
    }
    if (at > bytes.size() || *length > bytes.size() - at)
      return std::nullopt;
    at += *length;
  }
  return largest;
}

/// Of everything but the digits of the checksum itself.
static std::string getChecksum(StringRef bytes, size_t digits) {
  uint64_t sum = crc64(bytes.data(), digits);
  StringRef rest = bytes.drop_front(digits + kDigits);
  return hexString(crc64(rest.data(), rest.size(), sum));
}

static std::string getProducer() {
  return ("qc " QC_VERSION + llvm::Twine(kMark) + std::string(kDigits, '0'))
      .str();
}

mlir::FailureOr<std::string> encodeBytecode(mlir::Operation *op) {
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  std::string producer = getProducer(); // the writer refers to it
  mlir::BytecodeWriterConfig config(producer);
  if (mlir::failed(mlir::writeBytecodeToFile(op, stream, config)))
    return mlir::failure();
  return sealBytecode(bytes);
}

std::string sealBytecode(StringRef bytes) {
  std::optional<Header> header = findHeader(bytes);
  if (header &&
      bytes.slice(header->begin, header->end).starts_with("qc " QC_VERSION)) {
    // Written with room for the digits.
    std::string text = bytes.str();
    size_t digits = header->begin + getProducer().size() - kDigits;
    if (digits + kDigits <= header->end)
      text.replace(digits, kDigits, getChecksum(text, digits));
    return text;
  }
  std::optional<uint64_t> alignment =
      header ? findAlignment(bytes, header->end + 1) : std::nullopt;
  if (!alignment)
    return bytes.str();
  std::string text = bytes.take_front(header->begin).str();
  text += getProducer();
  size_t digits = text.size() - kDigits;
  // Blanks keep what follows at its alignment.
  text.append((header->end - text.size()) & (*alignment - 1), ' ');
  text += bytes.drop_front(header->end);
  text.replace(digits, kDigits, getChecksum(text, digits));
  return text;
}

static Status checkBytecode(StringRef bytes, const std::string &path) {
  Status damaged = error("'", path, "' is truncated or damaged: ");
  std::optional<Header> header = findHeader(bytes);
  if (!header)
    return error(damaged.message(), "its header ends nowhere");
  StringRef producer = bytes.slice(header->begin, header->end);
  size_t mark = producer.find(kMark);
  // Stock MLIR signs with its name and version.
  if (mark == StringRef::npos && producer.starts_with("MLIR"))
    return ok();
  size_t digits = header->begin + mark + kMark.size();
  if (mark == StringRef::npos || !producer.starts_with("qc ") ||
      digits + kDigits > header->end)
    return error(damaged.message(),
                 "it lacks the checksum that qc and its tools write; make it "
                 "again");
  if (bytes.substr(digits, kDigits) != getChecksum(bytes, digits))
    return error(damaged.message(),
                 "its checksum does not match; make it again");
  return ok();
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static Status checkText(StringRef bytes, const std::string &path) {
  std::optional<size_t> at = findNoText({bytes.data(), bytes.size()});
  if (!at)
    return ok();
  StringRef before = bytes.take_front(*at);
  char digits[8];
  std::snprintf(digits, sizeof(digits), "0x%02x", uint8_t(bytes[*at]));
  return error(path, ":", before.count('\n') + 1, ":",
               *at - (before.rfind('\n') + 1) + 1, ": the byte ", digits,
               " is no text: IR is UTF-8 without control characters, or "
               "bytecode; the file is damaged or none of these");
}

Status checkSource(StringRef bytes, const std::string &path) {
  return isBytecode(bytes) ? checkBytecode(bytes, path)
                           : checkText(bytes, path);
}

} // namespace qc
