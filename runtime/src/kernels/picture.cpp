// picture, float.picture: what a camera gives, as the network's input.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qcrt/Picture.h"
#include "Families.h"
#include "Kernel.h"

#include <optional>

using namespace qcrt;

namespace {
const char *const layouts[] = {"nchw", "nhwc", nullptr};

/// Sizes and strides of a result, in elements.
struct Sizes {
  int64_t images = 1, channels = 1, height = 1, width = 1;
};

/// Reads pixels and looks up what each of them becomes in its channel.
class Picture : public Kernel {
public:
  bool readFormat(PrepareContext &context, bool resultHasChannelsLast);

  const char *run(const RunContext &context) const override {
    switch (context.outputs[0].dtype) {
    case QCRT_F32:
      runAs<float>(context, floats.data());
      break;
    case QCRT_I16:
      runAs<int16_t>(context, entries);
      break;
    default:
      runAs<uint8_t>(context, entries);
      break;
    }
    return nullptr;
  }

protected:
  template <typename T>
  void runAs(const RunContext &context, const void *table) const {
    const auto *bytes = context.inputs[0].as<uint8_t>();
    const T *values = static_cast<const T *>(table);
    T *out = context.outputs[0].as<T>();
    const int64_t step = isLast ? sizes.channels : 1;
    const int64_t plane = isLast ? 1 : sizes.height * sizes.width;
    const int64_t image = sizes.channels * sizes.height * sizes.width;
    const int64_t perChannel = tables > 1 ? 256 : 0;
    auto rows = [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t n = i / sizes.height, row = i % sizes.height;
        T *to = out + n * image + row * sizes.width * step;
        reader->readRow(bytes + n * reader->byteSize(), row,
                        [&](int64_t x, int64_t c, uint8_t pixel) {
                          to[x * step + c * plane] =
                              values[c * perChannel + pixel];
                        });
      }
    };
    const int64_t grain = 16384 / (sizes.width * sizes.channels);
    context.pool.parallelFor(sizes.images * sizes.height, grain > 1 ? grain : 1,
                             rows);
  }

  Sizes sizes;
  bool isLast = false;
  int64_t tables = 1;
  const void *entries = nullptr;
  std::vector<float> floats;
  std::optional<PictureReader> reader;
};

class StoredPicture : public Picture {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(2, 1) ||
        !readFormat(context, /*resultHasChannelsLast=*/true) ||
        !context.expectQuantized(context.outputs[0]) ||
        !context.expectConstant(context.inputs[1]))
      return false;
    const TensorView &table = context.inputs[1];
    if (!context.expectRank(table, 2) ||
        !context.expectType(table, context.outputs[0].dtype))
      return false;
    if (table.shape[1] != 256 ||
        (table.shape[0] != 1 && table.shape[0] != sizes.channels))
      return context.refuse("the table '" + std::string(table.name) +
                            "' must hold 256 entries, or as many a channel");
    tables = table.shape[0];
    entries = table.data;
    return true;
  }
};

class FloatPicture : public Picture {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(1, 1) ||
        !readFormat(context, /*resultHasChannelsLast=*/false) ||
        !context.expectType(context.outputs[0], QCRT_F32))
      return false;
    std::vector<double> factor = context.attributes.numbers("factor");
    std::vector<double> offset = context.attributes.numbers("offset");
    tables = static_cast<int64_t>(factor.size());
    if (context.failed())
      return false;
    if (offset.size() != factor.size() ||
        (tables != 1 && tables != sizes.channels))
      return context.refuse("factor and offset must be one number each, or one "
                            "a channel");
    for (size_t c = 0; c < factor.size(); ++c)
      for (int pixel = 0; pixel < 256; ++pixel)
        floats.push_back(static_cast<float>(pixel * factor[c] + offset[c]));
    return true;
  }
};
} // namespace

bool Picture::readFormat(PrepareContext &context, bool resultHasChannelsLast) {
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  auto type = static_cast<PictureType>(
      context.attributes.choice("format", pictureTypes));
  auto trained = static_cast<TrainedType>(
      context.attributes.choice("trained", trainedTypes));
  auto matrix =
      static_cast<YuvMatrix>(context.attributes.choice("matrix", yuvMatrices));
  bool channelsLast = context.attributes.choice("layout", layouts) == 1;
  if (context.failed() ||
      !context.expectType(in, type == PictureType::S8 ? QCRT_I8 : QCRT_U8))
    return false;
  if (in.numScales != 0)
    return context.refuse("tensor '" + std::string(in.name) +
                          "' has a scale, pixels have none");
  const std::string shapes = "tensor '" + std::string(in.name) +
                             "' has a shape that does not hold pictures of '" +
                             std::string(out.name) + "'";
  const bool isNumbers = type == PictureType::U8 || type == PictureType::S8;
  if (isNumbers && out.rank != 4) {
    if (!context.expectSameShape(in, out))
      return false;
    sizes.width = out.numElements();
    reader.emplace(type, trained, matrix, false, 1, 1, sizes.width,
                   sizes.width);
    return true;
  }
  if (!context.expectRank(out, 4))
    return false;
  isLast = resultHasChannelsLast;
  sizes = {out.shape[0], out.shape[isLast ? 3 : 1], out.shape[isLast ? 1 : 2],
           out.shape[isLast ? 2 : 3]};
  int64_t stride;
  if (type == PictureType::Nv12) {
    if (!context.expectRank(in, 3))
      return false;
    stride = in.shape[2];
    if (sizes.height % 2 || sizes.width % 2 || stride % 2 ||
        in.shape[0] != sizes.images || in.shape[1] != sizes.height / 2 * 3)
      return context.refuse(shapes);
  } else {
    if (!context.expectRank(in, 4))
      return false;
    stride = in.shape[channelsLast ? 2 : 3];
    if (in.shape[0] != sizes.images ||
        in.shape[channelsLast ? 3 : 1] != sizes.channels ||
        in.shape[channelsLast ? 1 : 2] != sizes.height)
      return context.refuse(shapes);
  }
  const int64_t channels = isNumbers                   ? sizes.channels
                           : type == PictureType::Gray ? 1
                                                       : 3;
  if (sizes.channels != channels || stride < sizes.width)
    return context.refuse(shapes);
  reader.emplace(type, trained, matrix, channelsLast, channels, sizes.height,
                 sizes.width, stride);
  return true;
}

void qcrt::registerPicture(KernelRegistry &registry) {
  registry.add("picture", makeKernel<StoredPicture>);
  registry.add("float.picture", makeKernel<FloatPicture>);
}
