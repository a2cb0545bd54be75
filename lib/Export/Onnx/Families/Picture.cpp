// Pictures: the runtime's integer arithmetic in ONNX's own operators.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qcrt/Picture.h"
#include "../Operators.h"
#include "qc/Dialect/Top/IR/Picture.h"
#include "qc/Dialect/Tpu/IR/Picture.h"
#include "qc/Support/Convert.h"

namespace qc::onnxexport {

namespace {
/// How the bytes of a picture become pixels [N, C, H, W].
struct Layout {
  StringRef format, trained;
  bool hasChannelsLast;
  qcrt::YuvMatrix matrix;
  /// N, C, H, W of the result.
  SmallVector<int64_t> shape;
  /// Pixels from row to row.
  int64_t stride;

  bool isYuv() const { return format == "nv12" || format == "yuv444"; }
  bool wantsRgb() const { return trained == "rgb" || trained == "bgr"; }
};
} // namespace

/// A part of dimension `axis` of `tensor`.
static std::string cut(Exporter &exporter, const std::string &tensor,
                       int64_t axis, int64_t begin, int64_t end) {
  return exporter.emit("Slice", {tensor, exporter.ints("starts", {begin}),
                                 exporter.ints("ends", {end}),
                                 exporter.ints("axes", {axis})});
}

static std::string reshape(Exporter &exporter, const std::string &tensor,
                           ArrayRef<int64_t> shape) {
  return exporter.emit("Reshape", {tensor, exporter.ints("shape", shape)});
}

/// Y, U and V of all pixels: chroma serves two by two of them.
static std::string readNv12(Exporter &exporter, const Layout &layout,
                            std::string bytes) {
  int64_t n = layout.shape[0], h = layout.shape[2], w = layout.shape[3];
  if (layout.stride != w)
    bytes = cut(exporter, bytes, 2, 0, w);
  std::string luma =
      reshape(exporter, cut(exporter, bytes, 1, 0, h), {n, 1, h, w});
  std::string pairs = reshape(exporter, cut(exporter, bytes, 1, h, h / 2 * 3),
                              {n, h / 2, w / 2, 2});
  std::string planes =
      exporter.emit("Transpose", {pairs}, {{"perm", {0, 3, 1, 2}}});
  std::string apart = reshape(exporter, planes, {n, 2, h / 2, 1, w / 2, 1});
  std::string repeated = exporter.emit(
      "Expand", {apart, exporter.ints("repeats", {n, 2, h / 2, 2, w / 2, 2})});
  std::string chroma = reshape(exporter, repeated, {n, 2, h, w});
  return exporter.emit("Concat", {luma, chroma}, {{"axis", int64_t(1)}});
}

/// The bytes in planes of the result's size.
static std::string readPlanes(Exporter &exporter, const Layout &layout,
                              std::string bytes) {
  if (layout.format == "nv12")
    return readNv12(exporter, layout, bytes);
  bool isImage = layout.shape.size() == 4;
  if (isImage && layout.stride != layout.shape[3])
    bytes = cut(exporter, bytes, layout.hasChannelsLast ? 2 : 3, 0,
                layout.shape[3]);
  if (isImage && layout.hasChannelsLast)
    bytes = exporter.emit("Transpose", {bytes}, {{"perm", {0, 3, 1, 2}}});
  return bytes;
}

static Tensor makeInt(int32_t value) {
  return Tensor::fromVector<int32_t>({value}, {});
}

/// The sum of products in units of 2^-16, rounded down; positive on the way, so
/// that the division, which rounds towards zero, does so.
static std::string
decodeChannel(Exporter &exporter,
              ArrayRef<std::pair<std::string, int32_t>> products,
              int32_t constant) {
  constexpr int32_t kAway = 1024;
  std::string sum;
  for (const auto &[plane, factor] : products) {
    std::string product = exporter.emit(
        "Mul", {plane, exporter.constant("factor", makeInt(factor))});
    sum = sum.empty() ? product : exporter.emit("Add", {sum, product});
  }
  sum = exporter.emit(
      "Add",
      {sum, exporter.constant("half", makeInt(constant + kAway * 65536))});
  std::string whole =
      exporter.emit("Div", {sum, exporter.constant("unit", makeInt(65536))});
  return exporter.emit("Sub",
                       {whole, exporter.constant("away", makeInt(kAway))});
}

/// As the runtime's YuvDecoder, but not cut to 0..255 yet.
static std::string decodeYuv(Exporter &exporter, const Layout &layout,
                             const std::string &yuv) {
  qcrt::YuvDecoder decoder(layout.matrix);
  SmallVector<std::string> parts = emitSplit(exporter, yuv, 1, {1, 1, 1});
  const std::string &y = parts[0], &u = parts[1], &v = parts[2];
  int32_t base = (1 << 15) - decoder.y * decoder.black;
  auto less = [&](int32_t factors) { return base - factors * 128; };
  std::string red = decodeChannel(exporter, {{y, decoder.y}, {v, decoder.vRed}},
                                  less(decoder.vRed));
  std::string green = decodeChannel(
      exporter, {{y, decoder.y}, {u, decoder.uGreen}, {v, decoder.vGreen}},
      less(decoder.uGreen + decoder.vGreen));
  std::string blue = decodeChannel(
      exporter, {{y, decoder.y}, {u, decoder.uBlue}}, less(decoder.uBlue));
  SmallVector<std::string> channels = {red, green, blue};
  if (layout.trained == "bgr")
    std::swap(channels[0], channels[2]);
  return exporter.emit("Concat", channels, {{"axis", int64_t(1)}});
}

/// Pixels 0 to 255 as integers of 32 bits.
static std::string readPixels(Exporter &exporter, const Layout &layout,
                              const std::string &bytes) {
  std::string pixels =
      exporter.convert(readPlanes(exporter, layout, bytes), DType::I32);
  if (layout.format == "s8")
    return exporter.emit("Add",
                         {pixels, exporter.constant("middle", makeInt(128))});
  if (layout.isYuv() && layout.wantsRgb()) {
    std::string reals =
        exporter.convert(decodeYuv(exporter, layout, pixels), DType::F32);
    return exporter.convert(exporter.limit(reals, 0.0f, 255.0f), DType::I32);
  }
  bool isReversed = layout.wantsRgb() && layout.format != layout.trained &&
                    (layout.format == "rgb" || layout.format == "bgr");
  if (isReversed)
    return exporter.emit("Gather", {pixels, exporter.ints("order", {2, 1, 0})},
                         {{"axis", int64_t(1)}});
  return pixels;
}

/// What each pixel stands for, looked up by channel: 256 numbers, or as many a
/// channel.
static std::string lookUp(Exporter &exporter, const std::string &pixels,
                          ArrayRef<float> values, int64_t tables) {
  SmallVector<std::string> parts = {pixels};
  if (tables > 1)
    parts = emitSplit(exporter, pixels, 1, SmallVector<int64_t>(tables, 1));
  for (auto [c, part] : llvm::enumerate(parts)) {
    ArrayRef<float> row = values.slice(c * 256, 256);
    Tensor table = Tensor::fromVector<float>({row.begin(), row.end()}, {256});
    part = exporter.emit("Gather", {exporter.constant("values", table), part},
                         {{"axis", int64_t(0)}});
  }
  return tables > 1 ? exporter.emit("Concat", parts, {{"axis", int64_t(1)}})
                    : parts.front();
}

template <typename OpTy>
static Layout getLayout(OpTy op, SmallVector<int64_t> shape) {
  ArrayRef<int64_t> input = getShape(op.getInput());
  int matrix = 0;
  while (op.getMatrix() != qcrt::yuvMatrices[matrix])
    ++matrix;
  bool isLast = op.getLayout() == "nhwc";
  int64_t stride = input.back();
  if (input.size() == 4 && isLast)
    stride = input[2];
  return {op.getFormat(),   op.getTrained(),
          isLast,           static_cast<qcrt::YuvMatrix>(matrix),
          std::move(shape), stride};
}

static LogicalResult writePicture(top::PictureOp op, Exporter &exporter) {
  Layout layout = getLayout(op, llvm::to_vector(getShape(op.getOutput())));
  std::string pixels =
      readPixels(exporter, layout, exporter.getPlain(op.getInput()));
  SmallVector<float> values;
  int64_t tables = op.getFactor().size();
  for (int64_t c = 0; c < tables; ++c)
    for (int pixel = 0; pixel < 256; ++pixel)
      values.push_back(static_cast<float>(op.getValue(c, pixel)));
  finish(op, exporter, lookUp(exporter, pixels, values, tables),
         getPlainOrder(layout.shape.size()));
  return success();
}

static LogicalResult writeStored(tpu::PictureOp op, Exporter &exporter) {
  ArrayRef<int64_t> result = getShape(op.getOutput());
  Order order =
      result.size() == 4 ? getImageOrder() : getPlainOrder(result.size());
  Layout layout = getLayout(op, reorder(result, order));
  auto table = exporter.getConstant(op.getTable());
  auto type = getQuantizedElement(op.getOutput().getType());
  if (failed(table))
    return failure();
  Result<Tensor> stored = convertTensor(withSignOf(*table, type), DType::I64);
  if (!stored)
    return op.emitOpError() << stored.message();
  SmallVector<float> values;
  for (int64_t i = 0; i < stored->numElements(); ++i)
    values.push_back(
        static_cast<float>(stored->data<int64_t>()[i] - type.getZeroPoint()) *
        static_cast<float>(type.getScale()));
  std::string pixels =
      readPixels(exporter, layout, exporter.getPlain(op.getInput()));
  finish(op, exporter, lookUp(exporter, pixels, values, stored->shape()[0]),
         order);
  return success();
}

void populatePictureExporters(ExporterRegistry &registry) {
  registry.add<top::PictureOp>(writePicture);
  registry.add<tpu::PictureOp>(writeStored);
}

} // namespace qc::onnxexport
