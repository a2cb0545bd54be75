// Labels from folders, text files and arrays.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Support/Labels.h"

#include "qc/Support/Convert.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Npy.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <filesystem>
#include <map>

namespace qc {

namespace fs = std::filesystem;

namespace {

std::vector<DatasetItem> itemsOf(const Dataset &data) {
  std::vector<DatasetItem> items;
  for (int64_t i = 0; i < data.itemCount(); ++i)
    items.push_back(data.item(i));
  return items;
}

/// Labels given one an item of the whole data, in its order.
Result<Labels> byPosition(const std::vector<int64_t> &all,
                          const std::string &source, const Dataset &data) {
  if (static_cast<int64_t>(all.size()) != data.totalItems())
    return error("'", source, "' holds ", all.size(), " labels, the data ",
                 data.totalItems(), " samples");
  Labels labels;
  for (const DatasetItem &item : itemsOf(data))
    labels.ofItem.push_back(all[static_cast<size_t>(item.position)]);
  return labels;
}

//===----------------------------------------------------------------------===//
// Folders
//===----------------------------------------------------------------------===//

Result<Labels> fromFolders(const Dataset &data) {
  std::vector<DatasetItem> items = itemsOf(data);
  std::map<std::string, int64_t> classes;
  bool numbers = true;
  for (const DatasetItem &item : items) {
    if (item.folder.empty())
      return error("'", item.name,
                   "' is in no sub-folder that could name its "
                   "class; pass labels as a file");
    numbers &= parseInteger(item.folder).has_value();
    classes[item.folder];
  }
  Labels labels;
  int64_t rank = 0;
  for (auto &[folder, label] : classes) {
    label = numbers ? *parseInteger(folder) : rank++;
    if (!numbers)
      labels.classNames.push_back(folder);
  }
  for (const DatasetItem &item : items)
    labels.ofItem.push_back(classes[item.folder]);
  return labels;
}

//===----------------------------------------------------------------------===//
// Arrays
//===----------------------------------------------------------------------===//

Result<Labels> fromArray(const Tensor &array, const std::string &source,
                         const Dataset &data) {
  if (isFloatDType(array.dtype()))
    return error("'", source, "' holds ", dtypeName(array.dtype()),
                 ", expected integer labels");
  Result<Tensor> integers = convertTensor(array, DType::I64);
  if (!integers)
    return error("'", source, "': ", integers.message());
  const int64_t *values = integers->data<int64_t>();
  return byPosition({values, values + integers->numElements()}, source, data);
}

Result<Labels> fromNpz(const std::string &path, const Dataset &data) {
  Result<std::vector<NamedTensor>> arrays = readNpz(path);
  if (!arrays)
    return arrays.takeError();
  std::vector<std::string> names;
  for (const char *wanted : {"y", "labels"})
    for (const NamedTensor &array : *arrays)
      if (array.name == wanted)
        return fromArray(array.value, path, data);
  if (arrays->size() == 1)
    return fromArray((*arrays)[0].value, path, data);
  for (const NamedTensor &array : *arrays)
    names.push_back(array.name);
  return error("'", path,
               "' has no array 'y' or 'labels'; it holds: ", join(names, ", "));
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// The spellings under which a list may name a sample.
std::vector<std::string> namesOf(const DatasetItem &item) {
  fs::path path(item.name);
  return {item.name, (fs::path(item.folder) / path.filename()).string(),
          path.filename().string(), path.stem().string()};
}

/// "name N" lines; `parsed` maps the names.
Result<Labels> byName(const std::map<std::string, int64_t> &parsed,
                      const std::string &source, const Dataset &data) {
  Labels labels;
  for (const DatasetItem &item : itemsOf(data)) {
    auto found = parsed.end();
    for (const std::string &name : namesOf(item))
      if (found == parsed.end())
        found = parsed.find(name);
    if (found == parsed.end())
      return error("'", source, "' has no label for '", item.name, "'");
    labels.ofItem.push_back(found->second);
  }
  return labels;
}

/// Class names, one a line; an item's class is the line that its folder or the
/// beginning of its file name names.
Result<Labels> byClassName(const std::vector<std::string_view> &lines,
                           const std::string &source, const Dataset &data) {
  Labels labels;
  std::map<std::string, int64_t> classes;
  for (std::string_view line : lines) {
    auto label = static_cast<int64_t>(labels.classNames.size());
    labels.classNames.emplace_back(line);
    // An earlier line wins: some lists repeat a first word.
    classes.emplace(std::string(splitBlanks(line)[0]), label);
    classes.emplace(std::string(line), label);
  }
  for (const DatasetItem &item : itemsOf(data)) {
    std::string stem = fs::path(item.name).stem().string();
    std::string leaf = fs::path(item.folder).filename().string();
    auto found = classes.end();
    for (const std::string &name :
         {leaf, item.folder, stem, stem.substr(0, stem.find('_'))})
      if (found == classes.end() && !name.empty())
        found = classes.find(name);
    if (found == classes.end())
      return error("'", source, "' names no class for '", item.name,
                   "': neither its folder nor its file name up to the first "
                   "'_' is a line's first word");
    labels.ofItem.push_back(found->second);
  }
  return labels;
}

Result<Labels> fromText(const std::string &path, const Dataset &data) {
  Result<std::string> text = readTextFile(path);
  if (!text)
    return text.takeError();
  if (text->find('\0') != std::string::npos)
    return error("'", path,
                 "' is of no known kind, expected text, .npy or .npz");
  std::vector<std::string_view> lines;
  std::vector<int64_t> numbers;
  std::map<std::string, int64_t> named;
  bool allNumbers = true, allNamed = true;
  int number = 0;
  for (std::string_view line : splitLines(*text)) {
    ++number;
    line = trim(line);
    if (line.empty())
      continue;
    lines.push_back(line);
    size_t blank = line.find_last_of(" \t,");
    std::string_view last =
        blank == std::string_view::npos ? line : line.substr(blank + 1);
    std::optional<int64_t> value = parseInteger(last);
    allNumbers &= value && last.size() == line.size();
    allNamed &= value && last.size() != line.size();
    if (!value)
      continue;
    numbers.push_back(*value);
    if (last.size() == line.size())
      continue;
    std::string name(trim(line.substr(0, blank)));
    auto [at, isNew] = named.emplace(name, *value);
    if (!isNew && at->second != *value && allNamed)
      return error(path, ":", number, ": '", name, "' has label ", *value,
                   ", an earlier line says ", at->second);
  }
  if (lines.empty())
    return error("'", path, "' holds no labels");
  if (allNumbers)
    return byPosition(numbers, path, data);
  if (allNamed)
    return byName(named, path, data);
  return byClassName(lines, path, data);
}

} // namespace

Result<Labels> loadLabels(const std::string &source, const Dataset &data) {
  if (source.empty() || source == "folder")
    return fromFolders(data);
  std::string lower = toLower(source);
  if (endsWith(lower, ".npz"))
    return fromNpz(source, data);
  if (endsWith(lower, ".npy")) {
    Result<Tensor> array = readNpy(source);
    if (!array)
      return array.takeError();
    return fromArray(*array, source, data);
  }
  return fromText(source, data);
}

} // namespace qc
