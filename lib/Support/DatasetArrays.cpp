// Arrays as stacks of items: shapes, types, and which array feeds which input.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "DatasetSources.h"

#include "qc/Support/Convert.h"
#include "qc/Support/Strings.h"

#include <algorithm>

namespace qc {

ItemShapes itemShapes(const std::vector<InputSignature> &inputs) {
  ItemShapes shapes;
  bool batched = std::all_of(
      inputs.begin(), inputs.end(), [&](const InputSignature &input) {
        return input.shape.size() >= 2 && input.shape[0] == inputs[0].shape[0];
      });
  for (const InputSignature &input : inputs) {
    shapes.ofInput.push_back(input.shape);
    if (batched)
      shapes.ofInput.back()[0] = 1;
  }
  if (batched)
    shapes.batch = inputs[0].shape[0];
  return shapes;
}

std::string fileName(const std::string &inputName) {
  std::string name = inputName;
  for (char &c : name)
    if (c == '/' || c == ':')
      c = '_';
  return name;
}

Result<Tensor> InputSignature::fromImage(const Image &image,
                                         const Shape &shape) const {
  PreprocessSpec spec = preprocess.value_or(PreprocessSpec());
  return picture ? makePicture(image, spec, *picture, shape)
                 : applyPreprocess(image, spec, shape);
}

static std::string describeInput(const InputSignature &input) {
  return std::string(dtypeName(input.dtype)) + " of shape " +
         shapeString(input.shape) +
         (input.picture
              ? ", the bytes of " + std::string(toText(input.picture->type))
              : "");
}

static std::string describeArray(const Tensor &array) {
  return std::string(dtypeName(array.dtype())) + " of shape " +
         shapeString(array.shape());
}

static bool isChannelCount(int64_t dim) { return dim == 1 || dim == 3; }

bool isImageInput(const InputSignature &input) {
  if (input.picture)
    return true;
  size_t rank = input.shape.size();
  if (rank < 2 || rank > 4)
    return false;
  if (rank == 2)
    return true;
  int64_t channels = input.preprocess.value_or(PreprocessSpec()).channels();
  return input.shape[rank - 3] == channels || input.shape[rank - 1] == channels;
}

//===----------------------------------------------------------------------===//
// Stacks
//===----------------------------------------------------------------------===//

static Shape withoutOnes(const Shape &shape) {
  Shape kept;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(kept),
               [](int64_t dim) { return dim != 1; });
  return kept;
}

/// Number of items in an array of that shape; nothing if it does not fit.
static std::optional<int64_t> countItems(const Shape &array,
                                         const Shape &item) {
  auto tailsMatch = [](const Shape &a, const Shape &b, size_t skipA,
                       size_t skipB) {
    return a.size() >= skipA && b.size() >= skipB &&
           std::equal(a.begin() + static_cast<int64_t>(skipA), a.end(),
                      b.begin() + static_cast<int64_t>(skipB), b.end());
  };
  if (array == item)
    return 1;
  if (!item.empty() && tailsMatch(array, item, 1, 1) && array[0] % item[0] == 0)
    return array[0] / item[0];
  if (tailsMatch(array, item, 1, 0))
    return array[0];
  // An additional leading dimension over whole batches.
  if (!item.empty() && tailsMatch(array, item, 2, 1) && array[1] % item[0] == 0)
    return array[0] * (array[1] / item[0]);
  Shape bareArray = withoutOnes(array), bareItem = withoutOnes(item);
  if (bareArray == bareItem)
    return 1;
  if (tailsMatch(bareArray, bareItem, 1, 0))
    return bareArray[0];
  return std::nullopt;
}

/// [items, height, width, 1 or 3], [items, 1 or 3, height, width], or these
/// without items or channels.
static std::optional<Shape> pixelStackShape(const Shape &shape) {
  bool last = !shape.empty() && isChannelCount(shape.back());
  if (shape.size() == 2)
    return Shape{1, shape[0], shape[1], 1};
  if (shape.size() == 3) {
    if (last || isChannelCount(shape[0]))
      return Shape{1, shape[0], shape[1], shape[2]};
    return Shape{shape[0], shape[1], shape[2], 1};
  }
  if (shape.size() == 4 && (last || isChannelCount(shape[1])))
    return shape;
  return std::nullopt;
}

static const char *const kRawHint =
    "; pass --raw if these are raw values that the preprocessing should be "
    "applied to";

/// An error unless the array's elements can become the input's.
static Status checkType(const Tensor &array, const InputSignature &input,
                        bool raw) {
  bool fromFloat = isFloatDType(array.dtype());
  bool toFloat = isFloatDType(input.dtype);
  if (array.dtype() == input.dtype || (fromFloat && toFloat) ||
      (!fromFloat && !toFloat) || (raw && (toFloat || input.picture)))
    return ok();
  return error("holds ", describeArray(array), ", input '", input.name,
               "' wants ", describeInput(input), toFloat ? kRawHint : "");
}

Result<StackView> viewAsItems(const Tensor &array, const InputSignature &input,
                              const Shape &itemShape, int64_t batch, bool raw) {
  if (Status status = checkType(array, input, raw); !status)
    return status;
  StackView view;
  view.raw = raw && isFloatDType(input.dtype);
  std::optional<Shape> shape;
  bool isOfPixels = array.dtype() == DType::U8 || input.picture;
  if (raw && isOfPixels && isImageInput(input))
    shape = pixelStackShape(array.shape());
  if (shape) {
    view.pixels = true;
    view.items = (*shape)[0];
  } else {
    std::optional<int64_t> items = countItems(array.shape(), itemShape);
    if (!items)
      return error("holds ", describeArray(array), ", input '", input.name,
                   "' wants ", describeInput(input),
                   " or a stack of such samples");
    view.items = *items;
    shape = itemShape;
    shape->insert(shape->begin(), view.items);
  }
  if (view.items == 0)
    return error("holds no samples: its shape is ", shapeString(array.shape()));
  if (view.items > 1 && view.items % batch != 0)
    return error("holds ", view.items, " rows for input '", input.name,
                 "', not a multiple of the model's batch ", batch);
  view.rows = array.reshaped(*shape);
  return view;
}

static Image imageOfRow(const Tensor &row) {
  int64_t first = row.dim(1), second = row.dim(2), last = row.dim(3);
  bool channelsLast = isChannelCount(last);
  int64_t channels = channelsLast ? last : first;
  int64_t height = channelsLast ? first : second;
  int64_t width = channelsLast ? second : last;
  Image image(static_cast<int>(width), static_cast<int>(height),
              static_cast<int>(channels));
  const uint8_t *from = row.data<uint8_t>();
  int64_t count = height * width;
  for (int64_t i = 0; i < count; ++i)
    for (int64_t c = 0; c < channels; ++c)
      image.pixels[static_cast<size_t>(i * channels + c)] =
          from[channelsLast ? i * channels + c : c * count + i];
  return image;
}

/// Pixels that an array holds as other numbers, rounded.
static Result<Tensor> toPixels(const Tensor &values) {
  if (values.dtype() == DType::U8)
    return values;
  Result<Tensor> reals = convertTensor(values, DType::F32);
  if (!reals)
    return reals;
  Tensor pixels(DType::U8, values.shape());
  const float *from = reals->data<float>();
  float largest = 0;
  bool isWhole = true;
  for (int64_t i = 0; i < values.numElements(); ++i) {
    if (!(from[i] > -0.5f && from[i] < 255.5f))
      return error("holds ", from[i], " where --raw means pixels of 0..255");
    largest = std::max(largest, from[i]);
    auto pixel = static_cast<uint8_t>(from[i] + 0.5f);
    isWhole &= from[i] == static_cast<float>(pixel);
    pixels.data<uint8_t>()[i] = pixel;
  }
  if (largest <= 1 && !isWhole)
    return error("holds fractions of at most ", largest,
                 " where --raw means pixels of 0..255: these look as if they "
                 "were normalised already; give pixels");
  return pixels;
}

static Result<Tensor> rawItem(const StackView &stack, const Tensor &row,
                              const InputSignature &input,
                              const Shape &itemShape) {
  if (stack.pixels) {
    for (int64_t dim : row.shape())
      if (dim > 1 << 16)
        return error("holds images of shape ", shapeString(row.shape()));
    Result<Tensor> bytes = toPixels(row);
    return bytes ? input.fromImage(imageOfRow(*bytes), itemShape) : bytes;
  }
  Result<Tensor> values = convertTensor(row.reshaped(itemShape), DType::F32);
  if (!values)
    return values;
  return normaliseArray(*values, input.preprocess.value_or(PreprocessSpec()));
}

Result<Tensor> itemOfStack(const StackView &stack, int64_t index,
                           const InputSignature &input,
                           const Shape &itemShape) {
  Tensor row = stack.rows.rows(index, 1);
  return stack.raw || stack.pixels ? rawItem(stack, row, input, itemShape)
                                   : Result<Tensor>(row.reshaped(itemShape));
}

//===----------------------------------------------------------------------===//
// Arrays of a .npz
//===----------------------------------------------------------------------===//

static std::string listArrays(const std::vector<NamedTensor> &arrays,
                              const std::vector<std::string> &passedOver) {
  std::vector<std::string> texts;
  for (const NamedTensor &array : arrays)
    texts.push_back("'" + array.name + "' (" + describeArray(array.value) +
                    ")");
  for (const std::string &name : passedOver)
    texts.push_back("'" + name + "' (neither reals nor integers)");
  return texts.empty() ? "no arrays" : join(texts, ", ");
}

Result<std::vector<size_t>>
pickArrays(const std::vector<NamedTensor> &arrays,
           const std::vector<std::string> &passedOver,
           const std::vector<InputSignature> &inputs, const ItemShapes &shapes,
           bool raw) {
  std::vector<size_t> picked;
  std::vector<std::string> missing;
  for (const InputSignature &input : inputs) {
    auto found = std::find_if(
        arrays.begin(), arrays.end(), [&](const NamedTensor &array) {
          return array.name == input.name || array.name == fileName(input.name);
        });
    if (found == arrays.end())
      missing.push_back("'" + input.name + "'");
    else
      picked.push_back(static_cast<size_t>(found - arrays.begin()));
  }
  if (missing.empty())
    return picked;
  if (inputs.size() > 1)
    return error("has no array named ", join(missing, ", "), "; it holds ",
                 listArrays(arrays, passedOver));

  // One input: names may differ if there is no doubt.
  if (arrays.size() == 1)
    return std::vector<size_t>{0};
  picked.clear();
  std::string reasons, hint;
  for (size_t i = 0; i < arrays.size(); ++i) {
    Result<StackView> view = viewAsItems(arrays[i].value, inputs[0],
                                         shapes.ofInput[0], shapes.batch, raw);
    if (view) {
      picked.push_back(i);
      continue;
    }
    std::string reason = view.message();
    if (size_t at = reason.find(kRawHint); at != std::string::npos) {
      reason.resize(at);
      hint = kRawHint;
    }
    reasons += "; '" + arrays[i].name + "' " + reason;
  }
  if (picked.size() == 1)
    return picked;
  if (picked.empty())
    return error("has no array for input '", inputs[0].name, "'", reasons, hint,
                 arrays.empty() ? "; it holds " + listArrays(arrays, passedOver)
                                : std::string());
  return error("has several arrays that fit input '", inputs[0].name,
               "', none of that name: ", listArrays(arrays, passedOver));
}

} // namespace qc
