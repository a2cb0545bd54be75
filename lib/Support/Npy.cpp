// The .npy header (a small Python literal) and the array that follows it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Npy.h"

#include "qc/Support/AtomicFile.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include <algorithm>

namespace qc {

namespace {

struct NpyHeader {
  std::string description; ///< numpy's dtype string, "<f4"
  bool fortranOrder = false;
  Shape shape;
};

/// Reads the dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (2,),
/// }.
class HeaderParser {
public:
  explicit HeaderParser(std::string_view text) : text(text) {}

  std::optional<NpyHeader> parse() {
    NpyHeader header;
    int found = 0;
    if (!take('{'))
      return std::nullopt;
    while (!take('}')) {
      std::optional<std::string> key = quoted();
      if (!key || !take(':'))
        return std::nullopt;
      if (*key == "descr") {
        std::optional<std::string> value = quoted();
        // A structured type is a list here: show it as it stands.
        header.description = value ? *value : std::string(trim(text));
        if (!value)
          return header;
        found |= 1;
      } else if (*key == "fortran_order") {
        if (word("True"))
          header.fortranOrder = true;
        else if (!word("False"))
          return std::nullopt;
        found |= 2;
      } else if (*key == "shape") {
        if (!tuple(header.shape))
          return std::nullopt;
        found |= 4;
      } else {
        return std::nullopt;
      }
      take(',');
    }
    if (found != 7)
      return std::nullopt;
    return header;
  }

private:
  void skipBlanks() {
    while (!text.empty() && (text[0] == ' ' || text[0] == '\n'))
      text.remove_prefix(1);
  }
  bool word(std::string_view expected) {
    skipBlanks();
    if (!startsWith(text, expected))
      return false;
    text.remove_prefix(expected.size());
    return true;
  }
  bool take(char expected) { return word({&expected, 1}); }
  std::optional<std::string> quoted() {
    skipBlanks();
    if (text.empty() || (text[0] != '\'' && text[0] != '"'))
      return std::nullopt;
    size_t end = text.find(text[0], 1);
    if (end == std::string_view::npos)
      return std::nullopt;
    std::string value(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    return value;
  }
  bool tuple(Shape &shape) {
    if (!take('('))
      return false;
    while (!take(')')) {
      skipBlanks();
      size_t digits = 0;
      while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9')
        ++digits;
      std::optional<int64_t> dim = parseInteger(text.substr(0, digits));
      if (!dim)
        return false;
      shape.push_back(*dim);
      text.remove_prefix(digits);
      take('L'); // written by Python 2
      take(',');
    }
    return true;
  }

  std::string_view text;
};

struct NumpyType {
  const char *code; ///< kind and size, without the byte order
  DType dtype;
};

constexpr NumpyType numpyTypes[] = {
    {"f4", DType::F32}, {"f2", DType::F16}, {"f8", DType::F64},
    {"i1", DType::I8},  {"u1", DType::U8},  {"i2", DType::I16},
    {"u2", DType::U16}, {"i4", DType::I32}, {"u4", DType::U32},
    {"i8", DType::I64}, {"u8", DType::U64}, {"b1", DType::Bool},
};

std::optional<DType> dtypeOfDescription(const std::string &description) {
  if (description.size() != 3)
    return std::nullopt;
  for (const NumpyType &type : numpyTypes)
    if (description.compare(1, 2, type.code) == 0)
      return type.dtype;
  return std::nullopt;
}

} // namespace

static void swapBytes(char *bytes, size_t count, size_t size) {
  for (size_t i = 0; i < count; ++i)
    std::reverse(bytes + i * size, bytes + (i + 1) * size);
}

/// Column-major to row-major.
static Tensor fromFortran(const Tensor &columns) {
  Tensor rows(columns.dtype(), columns.shape());
  size_t size = dtypeSize(columns.dtype());
  const Shape &shape = columns.shape();
  Shape index(shape.size(), 0);
  Shape strides(shape.size(), 1); // of the source, in elements
  for (size_t i = 1; i < shape.size(); ++i)
    strides[i] = strides[i - 1] * shape[i - 1];
  auto *to = static_cast<char *>(rows.raw());
  const auto *from = static_cast<const char *>(columns.raw());
  int64_t source = 0;
  for (int64_t i = 0; i < rows.numElements(); ++i, to += size) {
    std::memcpy(to, from + static_cast<size_t>(source) * size, size);
    for (size_t axis = shape.size(); axis-- > 0;) {
      source += strides[axis];
      if (++index[axis] < shape[axis])
        break;
      source -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return rows;
}

/// Splits off the header; `bytes` becomes the array's bytes.
static Result<NpyHeader> takeHeader(std::string_view &bytes,
                                    const std::string &what) {
  if (!startsWith(bytes, "\x93NUMPY"))
    return error("'", what,
                 "' is not a .npy file: it does not begin with the "
                 "numpy magic");
  auto byteAt = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  if (bytes.size() < 12)
    return error("'", what, "' is truncated inside its header");
  int version = byteAt(6);
  if (version < 1 || version > 3)
    return error("'", what, "' has .npy format version ", version,
                 ", expected 1 to 3");
  size_t length = byteAt(8) | byteAt(9) << 8, begin = 10;
  if (version > 1) {
    length |= static_cast<size_t>(byteAt(10)) << 16 |
              static_cast<size_t>(byteAt(11)) << 24;
    begin = 12;
  }
  if (bytes.size() - begin < length)
    return error("'", what, "' is truncated inside its header");
  std::optional<NpyHeader> header =
      HeaderParser(bytes.substr(begin, length)).parse();
  if (!header)
    return error("'", what, "' has a header that cannot be read: ",
                 trim(bytes.substr(begin, std::min<size_t>(length, 200))));
  bytes.remove_prefix(begin + length);
  return *header;
}

Result<bool> npyHoldsNumbers(std::string_view bytes, const std::string &what) {
  Result<NpyHeader> header = takeHeader(bytes, what);
  if (!header)
    return header.takeError();
  return dtypeOfDescription(header->description).has_value();
}

Result<Tensor> parseNpy(std::string_view bytes,
                        std::shared_ptr<const void> owner,
                        const std::string &what) {
  Result<NpyHeader> header = takeHeader(bytes, what);
  if (!header)
    return header.takeError();
  std::optional<DType> dtype = dtypeOfDescription(header->description);
  if (!dtype)
    return error("'", what, "' holds elements of numpy type '",
                 header->description,
                 "', expected a float, integer or bool type of 1 to 8 bytes");
  std::optional<int64_t> count = countElements(header->shape);
  if (!count)
    return error("'", what, "' claims the impossible shape ",
                 shapeString(header->shape));
  size_t size = dtypeSize(*dtype);
  size_t needed = static_cast<size_t>(*count) * size;
  if (bytes.size() < needed)
    return error("'", what, "' is truncated: its header promises ", needed,
                 " bytes for shape ", shapeString(header->shape), " of ",
                 dtypeName(*dtype), ", the file holds ", bytes.size());

  bool swapped = header->description[0] == '>' && size > 1;
  bool columns = header->fortranOrder && header->shape.size() > 1;
  bool aligned = reinterpret_cast<uintptr_t>(bytes.data()) % size == 0;
  if (owner && aligned && !swapped && !columns)
    return Tensor::fromMapped(*dtype, header->shape, std::move(owner),
                              bytes.data());
  Tensor tensor(*dtype, header->shape);
  if (needed)
    std::memcpy(tensor.raw(), bytes.data(), needed);
  if (swapped)
    swapBytes(static_cast<char *>(tensor.raw()), static_cast<size_t>(*count),
              size);
  return columns ? fromFortran(tensor) : tensor;
}

Result<Tensor> readNpy(const std::string &path) {
  Result<std::shared_ptr<const MappedFile>> file = MappedFile::map(path);
  if (!file)
    return file.takeError();
  return parseNpy((*file)->text(), *file, path);
}

std::string encodeNpyHeader(const Tensor &tensor) {
  std::string description;
  for (const NumpyType &type : numpyTypes)
    if (type.dtype == tensor.dtype())
      description =
          (dtypeSize(type.dtype) == 1 ? "|" : "<") + std::string(type.code);
  std::string shape;
  for (int64_t dim : tensor.shape())
    shape += std::to_string(dim) + ", ";
  // As numpy prints tuples: "()", "(3,)", "(3, 4)".
  if (tensor.rank() == 1)
    shape.pop_back();
  else if (tensor.rank() > 1)
    shape.resize(shape.size() - 2);
  std::string text = "{'descr': '" + description +
                     "', 'fortran_order': False, 'shape': (" + shape + "), }";
  // The array begins at a multiple of 64 so that it can be used mapped.
  bool wide = text.size() + 64 > 0xffff;
  size_t begin = wide ? 12 : 10;
  text.append(63 - (begin + text.size()) % 64, ' ');
  text += '\n';
  std::string header = "\x93NUMPY";
  header += wide ? '\2' : '\1';
  header += '\0';
  for (size_t i = 0; i < (wide ? 4u : 2u); ++i)
    header += static_cast<char>(text.size() >> (8 * i) & 0xff);
  return header + text;
}

Status writeNpy(const std::string &path, const Tensor &tensor,
                Durability durability) {
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file)
    return file.takeError();
  if (Status status = file->write(encodeNpyHeader(tensor)); !status)
    return status;
  if (Status status = file->write(tensor.raw(), tensor.byteSize()); !status)
    return status;
  return file->commit(durability);
}

} // namespace qc
