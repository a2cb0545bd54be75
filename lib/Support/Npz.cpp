// .npz: zip archives of .npy members, stored or deflated.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Npy.h"

#include "qc/Support/AtomicFile.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Memory.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <limits>
#include <set>
#include <zlib.h>

namespace qc {

// Field offsets are those of PKWARE's APPNOTE.TXT, sections 4.3.7 to 4.3.16.
namespace {

constexpr uint32_t localMagic = 0x04034b50;
constexpr uint32_t centralMagic = 0x02014b50;
constexpr uint32_t endMagic = 0x06054b50;
constexpr uint32_t end64Magic = 0x06064b50;
constexpr uint32_t locator64Magic = 0x07064b50;
constexpr size_t localSize = 30, centralSize = 46, endSize = 22, end64Size = 56,
                 locatorSize = 20;
constexpr uint16_t zip64Tag = 1;

uint64_t readLittle(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i)
    value |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[at + i]))
             << 8 * i;
  return value;
}

void putLittle(std::string &into, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i)
    into += static_cast<char>(value >> 8 * i & 0xff);
}

struct Member {
  std::string name;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint64_t packedSize = 0, size = 0, offset = 0;
};

/// The archive's list of members, from its end.
class ZipDirectory {
public:
  ZipDirectory(std::string_view bytes, const std::string &what)
      : bytes(bytes), what(what) {}

  Result<std::vector<Member>> read() {
    if (!startsWith(bytes, "PK"))
      return error("'", what,
                   "' is not a .npz file: it does not begin with the "
                   "zip magic");
    std::optional<size_t> end = findEnd();
    if (!end)
      return damaged("its zip directory is missing");
    uint64_t count = readLittle(bytes, *end + 10, 2);
    uint64_t at = readLittle(bytes, *end + 16, 4);
    if (count == 0xffff || at == 0xffffffff) {
      if (Status status = readEnd64(*end, count, at); !status)
        return status;
    }
    std::vector<Member> members;
    for (uint64_t i = 0; i < count; ++i) {
      Result<Member> member = readMember(at);
      if (!member)
        return member.takeError();
      members.push_back(*member);
    }
    return members;
  }

private:
  Status damaged(const std::string &why) {
    return error("'", what, "' is truncated or damaged: ", why);
  }
  bool inside(uint64_t at, uint64_t size) const {
    return at <= bytes.size() && size <= bytes.size() - at;
  }
  std::optional<size_t> findEnd() {
    if (bytes.size() < endSize)
      return std::nullopt;
    // A comment of up to 65535 bytes may follow.
    size_t last = bytes.size() - endSize;
    for (size_t back = 0; back <= std::min<size_t>(last, 0xffff); ++back)
      if (readLittle(bytes, last - back, 4) == endMagic)
        return last - back;
    return std::nullopt;
  }
  Status readEnd64(size_t end, uint64_t &count, uint64_t &at) {
    if (end < locatorSize ||
        readLittle(bytes, end - locatorSize, 4) != locator64Magic)
      return damaged("its zip64 locator is missing");
    uint64_t record = readLittle(bytes, end - locatorSize + 8, 8);
    if (!inside(record, end64Size) ||
        readLittle(bytes, record, 4) != end64Magic)
      return damaged("its zip64 directory is missing");
    count = readLittle(bytes, record + 32, 8);
    at = readLittle(bytes, record + 48, 8);
    return ok();
  }
  Result<Member> readMember(uint64_t &at) {
    if (!inside(at, centralSize) || readLittle(bytes, at, 4) != centralMagic)
      return damaged("its zip directory is cut off");
    Member member;
    member.method = static_cast<uint16_t>(readLittle(bytes, at + 10, 2));
    member.crc = static_cast<uint32_t>(readLittle(bytes, at + 16, 4));
    member.packedSize = readLittle(bytes, at + 20, 4);
    member.size = readLittle(bytes, at + 24, 4);
    member.offset = readLittle(bytes, at + 42, 4);
    uint64_t nameSize = readLittle(bytes, at + 28, 2);
    uint64_t extraSize = readLittle(bytes, at + 30, 2);
    uint64_t commentSize = readLittle(bytes, at + 32, 2);
    if (!inside(at + centralSize, nameSize + extraSize + commentSize))
      return damaged("its zip directory is cut off");
    member.name = std::string(bytes.substr(at + centralSize, nameSize));
    readExtra(bytes.substr(at + centralSize + nameSize, extraSize), member);
    at += centralSize + nameSize + extraSize + commentSize;
    return member;
  }
  /// Sizes that do not fit 32 bits stand in an extra field, in this order.
  static void readExtra(std::string_view extra, Member &member) {
    while (extra.size() >= 4) {
      size_t tag = readLittle(extra, 0, 2), size = readLittle(extra, 2, 2);
      if (extra.size() - 4 < size)
        return;
      std::string_view field = extra.substr(4, size);
      extra.remove_prefix(4 + size);
      if (tag != zip64Tag)
        continue;
      for (uint64_t *value :
           {&member.size, &member.packedSize, &member.offset}) {
        if (*value != 0xffffffff || field.size() < 8)
          continue;
        *value = readLittle(field, 0, 8);
        field.remove_prefix(8);
      }
    }
  }

  std::string_view bytes;
  const std::string &what;
};

/// The member's stored bytes.
Result<std::string_view> packedBytes(std::string_view bytes,
                                     const Member &member,
                                     const std::string &what) {
  Status cutOff = error("'", what, "' is truncated or damaged: array '",
                        member.name, "' is cut off");
  if (member.offset > bytes.size() ||
      bytes.size() - member.offset < localSize ||
      readLittle(bytes, member.offset, 4) != localMagic)
    return cutOff;
  if (readLittle(bytes, member.offset + 6, 2) & 1)
    return error("'", what, "': array '", member.name, "' is encrypted");
  uint64_t begin = member.offset + localSize +
                   readLittle(bytes, member.offset + 26, 2) +
                   readLittle(bytes, member.offset + 28, 2);
  if (begin > bytes.size() || bytes.size() - begin < member.packedSize)
    return cutOff;
  return bytes.substr(begin, member.packedSize);
}

/// zlib counts in 32 bits: feed large buffers in pieces.
template <typename Count> Count piece(uint64_t left) {
  return static_cast<Count>(
      std::min<uint64_t>(left, std::numeric_limits<int32_t>::max()));
}

Result<std::shared_ptr<std::string>> inflateMember(std::string_view packed,
                                                   const Member &member,
                                                   const std::string &what) {
  Status corrupt = error("'", what, "' is damaged: array '", member.name,
                         "' does not decompress");
  // Deflate shrinks by at most 1032; a larger claim is a broken or hostile
  // file.
  if (member.size / 1032 > packed.size() + 1)
    return corrupt;
  // Deflate makes at most 258 bytes of two bits: whoever claims more takes
  // memory for nothing.
  if (member.size / 1032 > packed.size())
    return corrupt;
  auto out = std::make_shared<std::string>();
  out->resize(member.size);
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return corrupt;
  uint64_t read = 0, written = 0;
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_in =
        reinterpret_cast<Bytef *>(const_cast<char *>(packed.data() + read));
    stream.avail_in = piece<uInt>(packed.size() - read);
    stream.next_out = reinterpret_cast<Bytef *>(out->data() + written);
    stream.avail_out = piece<uInt>(member.size - written);
    uInt in = stream.avail_in, space = stream.avail_out;
    state = inflate(&stream, Z_NO_FLUSH);
    read += in - stream.avail_in;
    written += space - stream.avail_out;
    if (state == Z_OK && in == stream.avail_in && space == stream.avail_out)
      state = Z_DATA_ERROR; // no progress: the stream is cut off
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || written != member.size)
    return corrupt;
  return out;
}

uint32_t crcOf(const void *bytes, size_t size, uint32_t previous = 0) {
  return static_cast<uint32_t>(
      crc32_z(previous, static_cast<const Bytef *>(bytes), size));
}

} // namespace

/// The stored bytes of all members. No two may share any, as they do in a small
/// file that is made to fill the memory.
static Result<std::vector<std::string_view>>
locateMembers(std::string_view bytes, const std::vector<Member> &members,
              const std::string &path) {
  std::vector<std::string_view> located;
  std::vector<size_t> order;
  uint64_t unpacked = 0;
  for (const Member &member : members) {
    Result<std::string_view> packed = packedBytes(bytes, member, path);
    if (!packed)
      return packed.takeError();
    order.push_back(located.size());
    located.push_back(*packed);
    if (member.method != 0 &&
        __builtin_add_overflow(unpacked, member.size, &unpacked))
      unpacked = std::numeric_limits<uint64_t>::max();
  }
  if (Status status = checkMemory(unpacked, "'" + path + "' unpacked"); !status)
    return status;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return members[a].offset < members[b].offset;
  });
  for (size_t i = 1; i < order.size(); ++i) {
    size_t before = order[i - 1], after = order[i];
    auto end = static_cast<uint64_t>(located[before].data() - bytes.data()) +
               located[before].size();
    if (end > members[after].offset)
      return error("'", path, "' is damaged: arrays '", members[before].name,
                   "' and '", members[after].name,
                   "' take the same bytes of the file");
  }
  return located;
}

/// Nothing for an array whose elements are no numbers.
static Result<std::optional<NamedTensor>>
readMember(const std::shared_ptr<const MappedFile> &file, const Member &member,
           std::string_view bytes, const std::string &path) {
  std::shared_ptr<const void> owner = file;
  if (member.method == 8) {
    Result<std::shared_ptr<std::string>> inflated =
        inflateMember(bytes, member, path);
    if (!inflated)
      return inflated.takeError();
    bytes = **inflated;
    owner = *inflated;
  } else if (member.method != 0) {
    return error("'", path, "': array '", member.name,
                 "' uses zip compression method ", member.method,
                 ", expected stored or deflated");
  }
  if (crcOf(bytes.data(), bytes.size()) != member.crc)
    return error("'", path, "' is damaged: array '", member.name,
                 "' has another checksum than the file says");
  NamedTensor array;
  array.name = member.name;
  if (endsWith(array.name, ".npy"))
    array.name.resize(array.name.size() - 4);
  std::string what = path + ":" + array.name;
  Result<bool> numbers = npyHoldsNumbers(bytes, what);
  if (!numbers)
    return numbers.takeError();
  if (!*numbers)
    return std::optional<NamedTensor>();
  Result<Tensor> tensor = parseNpy(bytes, std::move(owner), what);
  if (!tensor)
    return tensor.takeError();
  array.value = std::move(*tensor);
  return std::optional<NamedTensor>(std::move(array));
}

Result<std::vector<NamedTensor>> readNpz(const std::string &path,
                                         std::vector<std::string> *passedOver) {
  Result<std::shared_ptr<const MappedFile>> file = MappedFile::map(path);
  if (!file)
    return file.takeError();
  Result<std::vector<Member>> members =
      ZipDirectory((*file)->text(), path).read();
  if (!members)
    return members.takeError();
  Result<std::vector<std::string_view>> located =
      locateMembers((*file)->text(), *members, path);
  if (!located)
    return located.takeError();
  std::vector<NamedTensor> arrays;
  std::set<std::string_view> names;
  for (size_t i = 0; i < members->size(); ++i) {
    const Member &member = (*members)[i];
    if (!names.insert(member.name).second)
      return error("'", path, "' holds two arrays of the name '", member.name,
                   "'; which of them counts is not defined");
    Result<std::optional<NamedTensor>> array =
        readMember(*file, member, (*located)[i], path);
    if (!array)
      return array.takeError();
    if (*array)
      arrays.push_back(std::move(**array));
    else if (passedOver)
      passedOver->push_back(member.name);
  }
  return arrays;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

namespace {

/// What local and central records share: version to method and date, the
/// checksum, and sizes that say "see the zip64 field". zip64 throughout keeps
/// one form for arrays of any size; the date is zip's first day, so that equal
/// arrays give equal files.
void putCommonFields(std::string &into, const Member &member) {
  putLittle(into, 45, 2); // version needed: zip64
  // Flag 11: the name is UTF-8; without it readers take an old code page.
  bool ascii = std::all_of(member.name.begin(), member.name.end(),
                           [](unsigned char c) { return c < 128; });
  putLittle(into, ascii ? 0 : 1 << 11, 2);     // flags
  putLittle(into, 0, 2);                       // stored
  putLittle(into, 0, 2);                       // time
  putLittle(into, (0 << 9) | (1 << 5) | 1, 2); // 1980-01-01
  putLittle(into, member.crc, 4);
  putLittle(into, 0xffffffff, 4);
  putLittle(into, 0xffffffff, 4);
  putLittle(into, member.name.size(), 2);
}

std::string localRecord(const Member &member) {
  std::string record;
  putLittle(record, localMagic, 4);
  putCommonFields(record, member);
  // Pad with an ignored field so that the array inside is 64-byte aligned.
  size_t before = member.offset + localSize + member.name.size() + 20 + 4;
  size_t padding = (64 - before % 64) % 64;
  putLittle(record, 20 + 4 + padding, 2);
  record += member.name;
  putLittle(record, zip64Tag, 2);
  putLittle(record, 16, 2);
  putLittle(record, member.size, 8);
  putLittle(record, member.size, 8);
  putLittle(record, 0x5143, 2); // a tag of our own, ignored by readers
  putLittle(record, padding, 2);
  record.append(padding, '\0');
  return record;
}

std::string centralRecord(const Member &member) {
  std::string record;
  putLittle(record, centralMagic, 4);
  putLittle(record, 45, 2); // version made by
  putCommonFields(record, member);
  putLittle(record, 28, 2); // extra field
  putLittle(record, 0, 2);  // comment
  putLittle(record, 0, 2);  // disk
  putLittle(record, 0, 2);  // internal attributes
  putLittle(record, 0, 4);  // external attributes
  putLittle(record, 0xffffffff, 4);
  record += member.name;
  putLittle(record, zip64Tag, 2);
  putLittle(record, 24, 2);
  putLittle(record, member.size, 8);
  putLittle(record, member.size, 8);
  putLittle(record, member.offset, 8);
  return record;
}

std::string endRecords(size_t count, uint64_t at, uint64_t size) {
  std::string record;
  putLittle(record, end64Magic, 4);
  putLittle(record, end64Size - 12, 8);
  putLittle(record, 45, 2);
  putLittle(record, 45, 2);
  putLittle(record, 0, 8); // disks
  putLittle(record, count, 8);
  putLittle(record, count, 8);
  putLittle(record, size, 8);
  putLittle(record, at, 8);
  putLittle(record, locator64Magic, 4);
  putLittle(record, 0, 4);
  putLittle(record, at + size, 8);
  putLittle(record, 1, 4);
  putLittle(record, endMagic, 4);
  putLittle(record, 0, 4); // disks
  putLittle(record, 0xffff, 2);
  putLittle(record, 0xffff, 2);
  putLittle(record, 0xffffffff, 4);
  putLittle(record, 0xffffffff, 4);
  putLittle(record, 0, 2);
  return record;
}

} // namespace

static Status writeMembers(AtomicFile &file,
                           const std::vector<NamedTensor> &arrays) {
  std::string directory;
  uint64_t at = 0;
  for (const NamedTensor &array : arrays) {
    std::string header = encodeNpyHeader(array.value);
    Member member;
    member.name = array.name + ".npy";
    member.size = header.size() + array.value.byteSize();
    member.offset = at;
    member.crc = crcOf(array.value.raw(), array.value.byteSize(),
                       crcOf(header.data(), header.size()));
    std::string record = localRecord(member);
    if (Status status = file.write(record + header); !status)
      return status;
    if (Status status = file.write(array.value.raw(), array.value.byteSize());
        !status)
      return status;
    at += record.size() + member.size;
    directory += centralRecord(member);
  }
  directory += endRecords(arrays.size(), at, directory.size());
  return file.write(directory);
}

Status writeNpz(const std::string &path,
                const std::vector<NamedTensor> &arrays) {
  std::set<std::string> names;
  for (const NamedTensor &array : arrays) {
    if (!names.insert(array.name).second)
      return error("cannot write '", path, "': two arrays are named '",
                   array.name, "'");
    if (array.name.size() > 60000)
      return error("cannot write '", path, "': an array's name has ",
                   array.name.size(), " characters");
  }
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  if (Status status = writeMembers(*file, arrays); !status)
    return status;
  return file->commit();
}

} // namespace qc
