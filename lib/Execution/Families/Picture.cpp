// Pictures in floats: the pixels as the runtime reads them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"
#include "Parallel.h"

#include "qc/Dialect/Top/IR/Picture.h"
#include "qcrt/Picture.h"

namespace qc {

/// The number of `word` in a list that ends in null; the op has verified it.
static int find(const char *const *words, StringRef word) {
  int index = 0;
  while (words[index] && word != words[index])
    ++index;
  return index;
}

static KernelResult makePictureKernel(top::PictureOp op,
                                      KernelRequest &request) {
  ArrayRef<int64_t> in = request.inputShape(0), out = request.outputShape();
  bool isImage = out.size() == 4;
  bool channelsLast = op.getLayout() == "nhwc";
  auto type =
      static_cast<qcrt::PictureType>(find(qcrt::pictureTypes, op.getFormat()));
  int64_t count =
      cast<RankedTensorType>(op.getOutput().getType()).getNumElements();
  int64_t images = isImage ? out[0] : 1, channels = isImage ? out[1] : 1;
  int64_t height = isImage ? out[2] : 1, width = isImage ? out[3] : count;
  int64_t stride = !isImage                                          ? count
                   : type == qcrt::PictureType::Nv12 || channelsLast ? in[2]
                                                                     : in[3];
  qcrt::PictureReader reader(
      type,
      static_cast<qcrt::TrainedType>(find(qcrt::trainedTypes, op.getTrained())),
      static_cast<qcrt::YuvMatrix>(find(qcrt::yuvMatrices, op.getMatrix())),
      channelsLast && isImage, channels, height, width, stride);
  SmallVector<float> table;
  for (int64_t c = 0; c < channels; ++c)
    for (int pixel = 0; pixel < 256; ++pixel)
      table.push_back(static_cast<float>(op.getValue(c, pixel)));
  return makeRowMajorKernel([=](const KernelBuffers &buffers) {
    const auto *bytes = buffers.in<uint8_t>(0);
    float *to = buffers.out<float>();
    parallelRanges(images * height, width * channels,
                   [&](int64_t begin, int64_t end) {
                     for (int64_t i = begin; i < end; ++i) {
                       int64_t n = i / height, row = i % height;
                       float *line = to + (n * channels * height + row) * width;
                       reader.readRow(bytes + n * reader.byteSize(), row,
                                      [&](int64_t x, int64_t c, uint8_t pixel) {
                                        line[c * height * width + x] =
                                            table[c * 256 + pixel];
                                      });
                     }
                   });
    return ok();
  });
}

void registerPictureKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, top::TopDialect *) {
    attachKernel<top::PictureOp, makePictureKernel>(context);
  });
}

} // namespace qc
