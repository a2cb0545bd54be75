// Dumps of tensors: folders and .npz files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/Dump.h"
#include "qc/Execution/StoredTensor.h"
#include "qc/Support/AtomicFile.h"
#include "qc/Support/Convert.h"
#include "qc/Support/EditDistance.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Npy.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <filesystem>

namespace qc {

namespace fs = std::filesystem;

std::vector<std::string> getDumpFormats() {
  return {"npy", "bin", "txt16", "txt1"};
}

/// `tensor` of four dimensions with channels last, or back; others as they are.
static Tensor setChannelsLast(const Tensor &tensor, bool isLast) {
  if (tensor.shape().size() != 4)
    return tensor;
  TensorInfo info;
  if (isLast)
    info.permutation = {0, 3, 1, 2};
  else
    info.permutation = {0, 2, 3, 1};
  return toSourceOrder(info, tensor);
}

void DumpProbe::observe(const TensorInfo &tensor, const Tensor &data) {
  Tensor kept = keepsIntegers ? toSourceOrder(tensor, data)
                              : toSourceTensor(tensor, data);
  if (layout == DumpLayout::Nhwc)
    kept = setChannelsLast(kept, /*isLast=*/true);
  // Shown tensors live in the arena: what was not converted is copied.
  bool isBorrowed = kept.numElements() && kept.raw() == data.raw();
  dump[tensor.name] = isBorrowed ? kept.clone() : kept;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// A name as part of a path: what a file system may not hold becomes '_'.
static std::string toFileName(const std::string &name) {
  std::string file;
  for (char c : name)
    file += std::isalnum(static_cast<unsigned char>(c)) || c == '.' ||
                    c == '-' || c == '_'
                ? c
                : '_';
  return file.substr(0, 200);
}

template <typename T>
static std::string toText(const Tensor &tensor, int64_t columns) {
  std::string text;
  const T *elements = tensor.data<T>();
  for (int64_t i = 0; i < tensor.numElements(); ++i) {
    if constexpr (std::is_same_v<T, float>)
      text += formatFloat(elements[i]);
    else if constexpr (std::is_same_v<T, double>)
      text += formatDouble(elements[i]);
    else
      text += std::to_string(elements[i]);
    text += (i + 1) % columns && i + 1 < tensor.numElements() ? ' ' : '\n';
  }
  return text;
}

static Result<std::string> toText(const Tensor &tensor, int64_t columns) {
  switch (tensor.dtype()) {
  case DType::F32:
    return toText<float>(tensor, columns);
  case DType::F64:
    return toText<double>(tensor, columns);
  case DType::I8:
    return toText<int8_t>(tensor, columns);
  case DType::U8:
  case DType::Bool:
    return toText<uint8_t>(tensor, columns);
  case DType::I16:
    return toText<int16_t>(tensor, columns);
  case DType::U16:
    return toText<uint16_t>(tensor, columns);
  case DType::I32:
    return toText<int32_t>(tensor, columns);
  case DType::U32:
    return toText<uint32_t>(tensor, columns);
  case DType::I64:
    return toText<int64_t>(tensor, columns);
  case DType::U64:
    return toText<uint64_t>(tensor, columns);
  default:
    break;
  }
  return error("a tensor of ", dtypeName(tensor.dtype()),
               " has no form as text");
}

static Status writeTensor(const Tensor &tensor, const std::string &path,
                          const std::string &format) {
  if (format == "npy")
    return writeNpy(path, tensor, Durability::Process);
  if (format == "bin")
    return writeFile(
        path, {static_cast<const char *>(tensor.raw()), tensor.byteSize()});
  Result<std::string> text = toText(tensor, format == "txt16" ? 16 : 1);
  if (!text)
    return text.takeError();
  return writeFile(path, *text);
}

Status writeDump(const Dump &dump, const std::string &folder,
                 const std::string &format, DumpLayout layout) {
  std::string index = "name\tfile\ttype\tshape\tlayout\n";
  std::map<std::string, int> used;
  for (const auto &[name, tensor] : dump) {
    std::string file = toFileName(name);
    if (int again = used[file]++)
      file += "." + std::to_string(again);
    file += format == "npy" ? ".npy" : format == "bin" ? ".bin" : ".txt";
    if (Status written = writeTensor(tensor, folder + "/" + file, format);
        !written)
      return written;
    index +=
        quoteName(name) + "\t" + file + "\t" + dtypeName(tensor.dtype()) +
        "\t" + shapeString(tensor.shape()) + "\t" +
        (layout == DumpLayout::Nhwc && tensor.shape().size() == 4 ? "nhwc"
                                                                  : "source") +
        "\n";
  }
  return writeFile(folder + "/index.tsv", index);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

bool isDump(const std::string &path) {
  std::error_code failed;
  return fs::is_directory(path, failed) || endsWith(toLower(path), ".npz");
}

static Result<Shape> readShape(std::string_view text) {
  Shape shape;
  if (text == "scalar")
    return shape;
  for (std::string_view part : split(text, 'x')) {
    std::optional<int64_t> size = parseInteger(part);
    if (!size || *size < 0)
      return error("'", printable(text), "' is no shape");
    shape.push_back(*size);
  }
  return shape;
}

/// What a line of index.tsv names.
static Result<Tensor> readIndexed(const std::string &path,
                                  const std::vector<std::string_view> &fields) {
  if (endsWith(path, ".npy"))
    return readNpy(path);
  if (fields.size() < 4)
    return error("'", path, "' has no type and shape in index.tsv");
  std::optional<DType> dtype = dtypeFromName(fields[2]);
  Result<Shape> shape = readShape(fields[3]);
  if (!shape)
    return shape.takeError();
  std::optional<int64_t> count = countElements(*shape);
  if (!dtype || !count)
    return error("'", path, "' has the type '", printable(fields[2]),
                 "' in index.tsv");
  Result<std::string> bytes = readTextFile(path);
  if (!bytes)
    return bytes.takeError();
  if (endsWith(path, ".bin")) {
    if (bytes->size() != static_cast<size_t>(*count) * dtypeSize(*dtype))
      return error("'", path, "' holds ", bytes->size(), " bytes, expected ",
                   static_cast<size_t>(*count) * dtypeSize(*dtype));
    Tensor tensor(*dtype, *shape);
    std::copy(bytes->begin(), bytes->end(), static_cast<char *>(tensor.raw()));
    return tensor;
  }
  std::vector<float> values;
  for (std::string_view line : splitLines(*bytes))
    for (std::string_view word : splitBlanks(line)) {
      std::optional<double> number = parseNumber(word);
      if (!number)
        return error("'", path, "' holds '", printable(word),
                     "', which is no number");
      values.push_back(static_cast<float>(*number));
    }
  if (static_cast<int64_t>(values.size()) != *count)
    return error("'", path, "' holds ", values.size(), " numbers, expected ",
                 *count);
  return Tensor::fromVector(values, *shape);
}

static Status readIndex(const std::string &folder, const std::string &prefix,
                        Dump &dump) {
  Result<std::string> text = readTextFile(folder + "/index.tsv");
  if (!text)
    return text.takeError();
  bool isHead = true;
  for (std::string_view line : splitLines(*text)) {
    if (std::exchange(isHead, false) || trim(line).empty())
      continue;
    std::vector<std::string_view> fields = split(line, '\t');
    std::optional<std::string> name = unquoteName(fields.front());
    if (fields.size() < 2 || !name ||
        fields[1].find('/') != std::string_view::npos)
      return error("'", folder, "/index.tsv': '", printable(line),
                   "' is no name and file");
    Result<Tensor> tensor =
        readIndexed(folder + "/" + std::string(fields[1]), fields);
    if (!tensor)
      return tensor.takeError();
    bool isLast = fields.size() > 4 && trim(fields[4]) == "nhwc";
    dump[prefix + *name] =
        isLast ? setChannelsLast(*tensor, /*isLast=*/false) : *tensor;
  }
  return ok();
}

static Status readFolder(const std::string &folder, const std::string &prefix,
                         Dump &dump) {
  std::error_code failed;
  if (fs::exists(folder + "/index.tsv", failed))
    return readIndex(folder, prefix, dump);
  std::vector<fs::path> files, folders;
  for (fs::directory_iterator entry(folder, failed), end;
       !failed && entry != end; entry.increment(failed)) {
    std::error_code ignored;
    if (entry->is_directory(ignored))
      folders.push_back(entry->path());
    else if (entry->path().extension() == ".npy")
      files.push_back(entry->path());
  }
  if (failed)
    return error("cannot list '", folder, "': ", failed.message());
  std::sort(files.begin(), files.end());
  std::sort(folders.begin(), folders.end());
  for (const fs::path &file : files) {
    Result<Tensor> tensor = readNpy(file.string());
    if (!tensor)
      return tensor.takeError();
    dump[prefix + file.stem().string()] = std::move(*tensor);
  }
  if (prefix.empty())
    for (const fs::path &one : folders)
      if (Status read =
              readFolder(one.string(), one.filename().string() + "/", dump);
          !read)
        return read;
  return ok();
}

Result<Dump> readDump(const std::string &path) {
  Dump dump;
  std::error_code failed;
  if (fs::is_directory(path, failed)) {
    if (Status read = readFolder(path, "", dump); !read)
      return read.takeError();
  } else {
    Result<std::vector<NamedTensor>> arrays = readNpz(path);
    if (!arrays)
      return arrays.takeError();
    for (NamedTensor &array : *arrays)
      dump[array.name] = std::move(array.value);
  }
  if (dump.empty())
    return error("'", path,
                 "' holds no tensors: expected index.tsv or .npy "
                 "files, or an .npz");
  for (auto &[name, tensor] : dump) {
    if (tensor.dtype() == DType::F32)
      continue;
    Result<Tensor> real = convertTensor(tensor, DType::F32);
    if (!real)
      return error("'", path, "': '", printable(name), "': ", real.message());
    tensor = std::move(*real);
  }
  return dump;
}

Result<std::map<std::string, std::string>>
readNameMap(const std::string &path) {
  Result<std::string> text = readTextFile(path);
  if (!text)
    return text.takeError();
  std::map<std::string, std::string> names;
  unsigned number = 0;
  for (std::string_view line : splitLines(*text)) {
    ++number;
    if (trim(line).empty() || line.front() == '#')
      continue;
    std::vector<std::string_view> fields = split(line, '\t');
    std::optional<std::string> from, to;
    if (fields.size() == 2) {
      from = unquoteName(trim(fields[0]));
      to = unquoteName(trim(fields[1]));
    }
    if (!from || !to || from->empty() || to->empty())
      return error(path, ":", number, ": '", printable(line),
                   "' is not NAME<tab>OTHER");
    if (!names.emplace(*from, *to).second)
      return error(path, ":", number, ": '", printable(*from), "' comes twice");
  }
  return names;
}

} // namespace qc
