// Data sets made of files: folders, lists, single images and arrays.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "DatasetSources.h"

#include "qc/Support/Convert.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"

#include <algorithm>
#include <filesystem>

namespace qc {

namespace fs = std::filesystem;

namespace {

/// The files of one or more items: one file an input, or one for all inputs.
struct Source {
  std::vector<std::string> files;
  std::string folder;
  bool singleItem = false; ///< a stack in it would be a mistake
  int64_t firstItem = 0, items = 0;
};

bool isNpy(std::string_view path) { return endsWith(toLower(path), ".npy"); }
bool isNpz(std::string_view path) { return endsWith(toLower(path), ".npz"); }
/// The elements of one input and nothing else, as vendors' calibration folders
/// have them.
bool isBare(std::string_view path) {
  std::string lower = toLower(path);
  for (const char *suffix : {".bin", ".raw", ".rgbchw", ".bgrchw"})
    if (endsWith(lower, suffix))
      return true;
  return false;
}
bool isArrays(std::string_view path) {
  return isNpy(path) || isNpz(path) || isBare(path);
}
bool isSampleFile(std::string_view path) {
  return isArrays(path) || hasImageSuffix(path);
}

class FileDataset : public Dataset {
public:
  FileDataset(std::vector<InputSignature> inputs, DatasetOptions options)
      : Dataset(std::move(inputs), options), shapes(itemShapes(signatures)) {}

  /// Finds out how many items each source holds.
  Status setSources(std::vector<Source> found, const std::string &what) {
    sources = std::move(found);
    int64_t items = 0;
    for (Source &source : sources) {
      Result<int64_t> count = countRows(source);
      if (!count && !options.skipBad)
        return count.takeError();
      source.firstItem = items;
      // A bad file stands for one item, which will be skipped and counted.
      source.items = count ? *count : 1;
      items += source.items;
    }
    return choose(items, what);
  }

protected:
  Result<Tensor> load(int64_t position, size_t input) const override {
    const Source &source = findSource(position);
    const std::string &file =
        source.files[source.files.size() == 1 ? 0 : input];
    const InputSignature &signature = signatures[input];
    const Shape &itemShape = shapes.ofInput[input];
    Result<Tensor> value =
        isArrays(file) ? loadRow(source, position - source.firstItem, input)
                       : loadImage(file, signature, itemShape);
    if (!value)
      return value;
    return finish(std::move(*value), file, input);
  }

  DatasetItem describe(int64_t position) const override {
    const Source &source = findSource(position);
    DatasetItem result;
    result.name = source.files[0];
    result.folder = source.folder;
    if (source.items > 1)
      result.name += "[" + std::to_string(position - source.firstItem) + "]";
    return result;
  }

  InputOrigin getOrigin(int64_t position, size_t input) const override {
    const Source &source = findSource(position);
    const std::string &file =
        source.files[source.files.size() == 1 ? 0 : input];
    if (!isArrays(file))
      return InputOrigin::Pixels;
    return options.raw && isFloatDType(signatures[input].dtype)
               ? InputOrigin::Raw
               : InputOrigin::Given;
  }

private:
  /// The source that item `position` is in.
  const Source &findSource(int64_t position) const {
    return *std::prev(std::upper_bound(sources.begin(), sources.end(), position,
                                       [](int64_t at, const Source &source) {
                                         return at < source.firstItem;
                                       }));
  }

  /// The arrays of one file, one view an input.
  struct Opened {
    std::string file;
    int input; ///< the one input that the file serves; -1 for all of them
    std::vector<StackView> views;
  };

  Result<int64_t> countRows(const Source &source) {
    int64_t rows = 1;
    for (const std::string &file : source.files) {
      std::error_code failure;
      if (!fs::exists(file, failure))
        return error("'", file, "' does not exist");
      if (!isArrays(file))
        continue;
      int input = source.files.size() == 1
                      ? -1
                      : static_cast<int>(&file - source.files.data());
      Result<std::shared_ptr<const Opened>> opened = openArrays(file, input);
      if (!opened)
        return opened.takeError();
      for (const StackView &view : (*opened)->views)
        rows = view.items;
      if (source.singleItem && rows != 1)
        return error("'", file, "' holds ", rows,
                     " samples, expected one in a list or a folder an input");
    }
    return rows;
  }

  /// `input` is -1 for a file that serves all inputs.
  Result<std::shared_ptr<const Opened>> openArrays(const std::string &file,
                                                   int input) const {
    {
      std::lock_guard<std::mutex> lock(cacheMutex);
      if (cached && cached->file == file && cached->input == input)
        return cached;
    }
    std::vector<std::string> passedOver;
    Result<std::vector<NamedTensor>> arrays =
        isBare(file) ? readBare(file, input) : readArrays(file, passedOver);
    if (!arrays)
      return arrays.takeError();
    std::vector<InputSignature> wanted = signatures;
    ItemShapes wantedShapes = shapes;
    if (input >= 0) {
      wanted = {signatures[static_cast<size_t>(input)]};
      wantedShapes.ofInput = {shapes.ofInput[static_cast<size_t>(input)]};
    }
    Result<std::vector<size_t>> picked =
        pickArrays(*arrays, passedOver, wanted, wantedShapes, options.raw);
    if (!picked)
      return error("'", file, "' ", picked.message());
    auto opened = std::make_shared<Opened>();
    opened->file = file;
    opened->input = input;
    for (size_t i = 0; i < wanted.size(); ++i) {
      Result<StackView> view =
          viewAsItems((*arrays)[(*picked)[i]].value, wanted[i],
                      wantedShapes.ofInput[i], shapes.batch, options.raw);
      if (!view)
        return error("'", file, "' ", view.message());
      if (i && view->items != opened->views[0].items)
        return error("'", file, "' holds ", opened->views[0].items,
                     " samples for input '", wanted[0].name, "' and ",
                     view->items, " for '", wanted[i].name, "'");
      opened->views.push_back(std::move(*view));
    }
    std::lock_guard<std::mutex> lock(cacheMutex);
    cached = opened;
    return cached;
  }

  /// The file's size says whether it holds f32 or bytes.
  Result<std::vector<NamedTensor>> readBare(const std::string &file,
                                            int input) const {
    if (input < 0 && signatures.size() != 1)
      return error("'", file, "' holds one input, the model has ",
                   signatures.size(),
                   "; use a folder with a sub-folder for each");
    const Shape &shape = shapes.ofInput[input < 0 ? 0 : input];
    Result<std::shared_ptr<const MappedFile>> mapped = MappedFile::open(file);
    if (!mapped)
      return mapped.takeError();
    std::optional<int64_t> count = countElements(shape);
    for (DType dtype : {DType::F32, DType::U8})
      if (count &&
          (*mapped)->size() == static_cast<size_t>(*count) * dtypeSize(dtype))
        return std::vector<NamedTensor>{
            {"", Tensor::fromMapped(dtype, shape, *mapped, (*mapped)->data())}};
    return error("'", file, "' holds ", (*mapped)->size(),
                 " bytes, expected those of ", shapeString(shape),
                 " in f32 or u8");
  }

  static Result<std::vector<NamedTensor>>
  readArrays(const std::string &file, std::vector<std::string> &passedOver) {
    if (isNpz(file))
      return readNpz(file, &passedOver);
    Result<Tensor> tensor = readNpy(file);
    if (!tensor)
      return tensor.takeError();
    // A .npy has no name: it is for whichever input it serves.
    return std::vector<NamedTensor>{{"", std::move(*tensor)}};
  }

  Result<Tensor> loadRow(const Source &source, int64_t row,
                         size_t input) const {
    bool forAll = source.files.size() == 1;
    const std::string &file = source.files[forAll ? 0 : input];
    Result<std::shared_ptr<const Opened>> opened =
        openArrays(file, forAll ? -1 : static_cast<int>(input));
    if (!opened)
      return opened.takeError();
    const StackView &view = (*opened)->views[forAll ? input : 0];
    if (row >= view.items)
      return error("'", file, "' changed while it was in use");
    Result<Tensor> item =
        itemOfStack(view, row, signatures[input], shapes.ofInput[input]);
    if (!item)
      return error("'", file, "': ", item.message());
    return item;
  }

  static Result<Tensor> loadImage(const std::string &file,
                                  const InputSignature &signature,
                                  const Shape &itemShape) {
    Result<Image> image = readImage(file);
    if (!image)
      return image.takeError();
    Result<Tensor> value = signature.fromImage(*image, itemShape);
    if (!value)
      return error("'", file, "': ", value.message());
    return value;
  }

  /// The element type that the input wants. A model may take pixels as
  /// integers: those are rounded from the preprocessing's floats.
  Result<Tensor> finish(Tensor value, const std::string &file,
                        size_t input) const {
    const InputSignature &signature = signatures[input];
    if (value.dtype() == DType::F32 && signature.dtype == DType::U8)
      return toPixels(value);
    Result<Tensor> converted = convertTensor(value, signature.dtype);
    if (!converted)
      return error("'", file, "': ", converted.message(), ", as input '",
                   signature.name, "' wants");
    return converted;
  }

  static Tensor toPixels(const Tensor &value) {
    Tensor pixels(DType::U8, value.shape());
    const float *from = value.data<float>();
    for (int64_t i = 0; i < value.numElements(); ++i)
      pixels.data<uint8_t>()[i] =
          static_cast<uint8_t>(from[i] > 255 ? 255
                               : from[i] > 0 ? from[i] + 0.5f
                                             : 0);
    return pixels;
  }

  ItemShapes shapes;
  /// In the order of their items.
  std::vector<Source> sources;
  mutable std::mutex cacheMutex;
  mutable std::shared_ptr<const Opened> cached;
};

//===----------------------------------------------------------------------===//
// Folders
//===----------------------------------------------------------------------===//

struct Listing {
  std::vector<std::string> samples; ///< relative, in byte order
  std::string other;                ///< a file of no known kind, if any
};

Result<Listing> listFolder(const std::string &path) {
  Listing listing;
  std::error_code failure;
  fs::recursive_directory_iterator at(path, failure), end;
  while (!failure && at != end) {
    std::string name = at->path().filename().string();
    std::string relative = at->path().lexically_relative(path).string();
    if (startsWith(name, ".")) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(failure)) {
      if (isSampleFile(name))
        listing.samples.push_back(relative);
      else if (listing.other.empty() || relative < listing.other)
        listing.other = relative;
    }
    failure.clear(); // a dangling link is only a file that is not there
    at.increment(failure);
  }
  if (failure)
    return error("cannot list folder '", path, "': ", failure.message());
  std::sort(listing.samples.begin(), listing.samples.end());
  return listing;
}

Status emptyFolder(const std::string &path, const Listing &listing) {
  std::string found = listing.other.empty() ? "it is empty"
                                            : "it holds only others such as '" +
                                                  listing.other + "'";
  return error("folder '", path,
               "' holds no images (JPEG, PNG, BMP, PPM) and no .npy or .npz "
               "files: ",
               found);
}

/// The sub-folder of an input, or nothing.
std::string inputFolder(const std::string &path, const std::string &input) {
  std::error_code failure;
  for (const std::string &name : {input, fileName(input)}) {
    fs::path candidate = fs::path(path) / name;
    if (!name.empty() && name != "." && name != ".." &&
        fs::is_directory(candidate, failure))
      return candidate.string();
  }
  return {};
}

std::string withoutSuffix(const std::string &path) {
  return fs::path(path).replace_extension().string();
}

/// Files of equal names in the inputs' folders make a sample.
Result<std::vector<Source>>
matchFolders(const std::vector<std::string> &folders) {
  std::vector<Source> sources;
  std::vector<std::string> stems;
  for (size_t input = 0; input < folders.size(); ++input) {
    Result<Listing> listing = listFolder(folders[input]);
    if (!listing)
      return listing.takeError();
    if (listing->samples.empty())
      return emptyFolder(folders[input], *listing);
    std::vector<std::string> names;
    for (const std::string &sample : listing->samples)
      names.push_back(withoutSuffix(sample));
    if (input == 0) {
      stems = names;
      sources.resize(stems.size());
      for (size_t i = 0; i < stems.size(); ++i)
        sources[i].folder = fs::path(stems[i]).parent_path().string();
    }
    if (names != stems) {
      auto [a, b] =
          std::mismatch(stems.begin(), stems.end(), names.begin(), names.end());
      bool extra = a == stems.end() || (b != names.end() && *b < *a);
      return error("folder '", folders[extra ? 0 : input],
                   "' has no file for sample '", extra ? *b : *a,
                   "' that folder '", folders[extra ? input : 0], "' has");
    }
    for (size_t i = 0; i < sources.size(); ++i) {
      sources[i].singleItem = true;
      sources[i].files.push_back(
          (fs::path(folders[input]) / listing->samples[i]).string());
    }
  }
  return sources;
}

Result<std::unique_ptr<Dataset>> makeDataset(std::vector<Source> sources,
                                             const std::string &what,
                                             std::vector<InputSignature> inputs,
                                             DatasetOptions options) {
  auto dataset = std::make_unique<FileDataset>(std::move(inputs), options);
  if (Status status = dataset->setSources(std::move(sources), what); !status)
    return status;
  return std::unique_ptr<Dataset>(std::move(dataset));
}

} // namespace

Result<std::unique_ptr<Dataset>> openFolder(const std::string &path,
                                            std::vector<InputSignature> inputs,
                                            DatasetOptions options) {
  std::vector<std::string> folders, missing;
  for (const InputSignature &input : inputs) {
    std::string folder = inputFolder(path, input.name);
    if (folder.empty())
      missing.push_back("'" + input.name + "'");
    else
      folders.push_back(folder);
  }
  if (missing.empty()) {
    Result<std::vector<Source>> sources = matchFolders(folders);
    if (!sources)
      return sources.takeError();
    return makeDataset(std::move(*sources), path, std::move(inputs), options);
  }

  Result<Listing> listing = listFolder(path);
  if (!listing)
    return listing.takeError();
  if (listing->samples.empty())
    return emptyFolder(path, *listing);
  bool onlyArrays =
      std::all_of(listing->samples.begin(), listing->samples.end(), isNpz);
  if (inputs.size() > 1 && !onlyArrays)
    return error("folder '", path, "' has no sub-folder for input ",
                 join(missing, ", "), "; a model with ", inputs.size(),
                 " inputs takes a sub-folder an input, or .npz files");
  std::vector<Source> sources;
  for (const std::string &sample : listing->samples) {
    Source source;
    source.files = {(fs::path(path) / sample).string()};
    source.folder = fs::path(sample).parent_path().string();
    sources.push_back(std::move(source));
  }
  return makeDataset(std::move(sources), path, std::move(inputs), options);
}

//===----------------------------------------------------------------------===//
// Single files and lists
//===----------------------------------------------------------------------===//

static Result<std::vector<Source>> readList(const std::string &path,
                                            size_t inputCount) {
  Result<std::string> text = readTextFile(path);
  if (!text)
    return text.takeError();
  if (text->find('\0') != std::string::npos)
    return error("'", path,
                 "' is of no known kind, expected an image, .npy, "
                 ".npz or a text list of files");
  std::vector<Source> sources;
  int number = 0;
  for (std::string_view line : splitLines(*text)) {
    ++number;
    line = trim(line);
    if (line.empty() || line[0] == '#')
      continue;
    Source source;
    source.singleItem = true;
    for (std::string_view part : split(line, ',')) {
      fs::path file(trim(part));
      if (file.is_relative())
        file = fs::path(path).parent_path() / file;
      std::error_code failure;
      if (!fs::exists(file, failure))
        return error(path, ":", number, ": '", file.string(),
                     "' does not exist");
      if (fs::is_directory(file, failure))
        return error(path, ":", number, ": '", file.string(),
                     "' is a directory, expected a file");
      source.files.push_back(file.string());
    }
    bool forAll = source.files.size() == 1 && isNpz(source.files[0]);
    if (source.files.size() != inputCount && !forAll)
      return error(path, ":", number, ": found ", source.files.size(),
                   " files, expected ", inputCount,
                   ", one for each input of the model");
    sources.push_back(std::move(source));
  }
  if (sources.empty())
    return error("list '", path, "' names no files");
  return sources;
}

Result<std::unique_ptr<Dataset>> openFile(const std::string &path,
                                          std::vector<InputSignature> inputs,
                                          DatasetOptions options) {
  Source single;
  single.files = {path};
  bool image = hasImageSuffix(path);
  if ((isNpy(path) || isBare(path) || image) && inputs.size() > 1)
    return error("'", path, "' is ", image ? "one image" : "one array",
                 ", the model has ", inputs.size(),
                 " inputs; use a .npz with an array for each, or a folder with "
                 "a sub-folder for each");
  if (isArrays(path) || image)
    return makeDataset({single}, path, std::move(inputs), options);
  Result<std::vector<Source>> sources = readList(path, inputs.size());
  if (!sources)
    return sources.takeError();
  return makeDataset(std::move(*sources), path, std::move(inputs), options);
}

} // namespace qc
