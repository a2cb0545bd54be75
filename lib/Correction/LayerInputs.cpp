// What an integer layer multiplies with its weights, as columns.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/LayerInputs.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"

namespace qc {

static Shape getShape(Value value) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  return Shape(shape.begin(), shape.end());
}

std::optional<InputWindow> getInputWindow(Operation *op) {
  InputWindow window;
  if (auto conv = dyn_cast<tpu::Conv2dOp>(op)) {
    Shape weight = getShape(conv.getWeight()),
          result = getShape(conv.getOutput());
    window.groups = conv.getGroup();
    window.inputs = weight[3];
    window.height = weight[1];
    window.width = weight[2];
    window.strideY = conv.getStrides()[0];
    window.strideX = conv.getStrides()[1];
    window.dilationY = conv.getDilations()[0];
    window.dilationX = conv.getDilations()[1];
    window.top = conv.getPads()[0];
    window.left = conv.getPads()[1];
    window.input = getShape(conv.getInput());
    window.rows = result[1];
    window.columns = result[2];
  } else if (auto matmul = dyn_cast<tpu::FullyConnectedOp>(op)) {
    Shape input = getShape(matmul.getInput());
    window.inputs = input.back();
    window.columns = 1;
    for (size_t i = 0; i + 1 < input.size(); ++i)
      window.columns *= input[i];
    window.rows = 1;
    window.input = {1, 1, window.columns, window.inputs};
  } else {
    return std::nullopt;
  }
  auto type = tpu::getActivationElement(op->getOperand(0).getType());
  window.zeroPoint = static_cast<int>(type.getZeroPoint());
  window.unit = type.getStorageTypeIntegralWidth() == 16 ? 256 : 1;
  return window;
}

namespace {

/// Fills columns, a few positions side by side.
template <typename T> class ColumnReader {
public:
  ColumnReader(const InputWindow &window, int64_t group)
      : window(window), group(group) {}

  static constexpr int64_t kSide = 32;
  /// Writes the columns of `count` positions from `first` on, in steps of
  /// `stride`, of samples one behind the other.
  void read(ArrayRef<const Tensor *> tensors, int64_t first, int64_t stride,
            int64_t count, int16_t *columns) const {
    for (int64_t t = 0; t < window.getWindow(); ++t) {
      const T *sources[kSide];
      for (int64_t n = 0; n < count; ++n)
        sources[n] = find(tensors, first + n * stride, t);
      int16_t *row = columns + t * window.inputs * SecondMoments::kMostColumns;
      for (int64_t j = 0; j < window.inputs;
           ++j, row += SecondMoments::kMostColumns)
        for (int64_t n = 0; n < count; ++n)
          row[n] = scale(sources[n] ? sources[n][j] : window.zeroPoint);
    }
  }

private:
  /// A stored integer in 8 bits.
  int16_t scale(int value) const {
    if constexpr (sizeof(T) == 1)
      return static_cast<int16_t>(value);
    else
      return static_cast<int16_t>((value + window.unit / 2) >> 8);
  }

  /// The group's first channel that position `t` of the window reads; null in
  /// the padding.
  const T *find(ArrayRef<const Tensor *> tensors, int64_t position,
                int64_t t) const {
    int64_t each = window.getPositions();
    const T *data = tensors[position / each]->data<T>();
    position %= each;
    int64_t x = position % window.columns;
    int64_t y = position / window.columns % window.rows;
    int64_t batch = position / (window.columns * window.rows);
    int64_t row =
        y * window.strideY - window.top + t / window.width * window.dilationY;
    int64_t column =
        x * window.strideX - window.left + t % window.width * window.dilationX;
    const Shape &input = window.input;
    if (row < 0 || row >= input[1] || column < 0 || column >= input[2])
      return nullptr;
    return data + ((batch * input[1] + row) * input[2] + column) * input[3] +
           group * window.inputs;
  }

  const InputWindow &window;
  int64_t group;
};

template <typename T>
void addColumnsOf(const InputWindow &window, ArrayRef<const Tensor *> tensors,
                  int64_t group, int64_t stride, SecondMoments &moments,
                  ThreadPool &pool) {
  constexpr int64_t kSide = ColumnReader<T>::kSide;
  ColumnReader<T> reader(window, group);
  int64_t positions = window.getPositions() * int64_t(tensors.size());
  int64_t total = (positions + stride - 1) / stride;
  std::vector<int16_t> columns(window.getInputs() *
                               SecondMoments::kMostColumns);
  for (int64_t first = 0; first < total; first += SecondMoments::kMostColumns) {
    int64_t count = std::min(SecondMoments::kMostColumns, total - first);
    pool.run((count + kSide - 1) / kSide, [&](int64_t task, int) {
      int64_t n = task * kSide;
      reader.read(tensors, (first + n) * stride, stride,
                  std::min(kSide, count - n), columns.data() + n);
    });
    moments.add(columns, count, pool);
  }
}

} // namespace

void addColumns(const InputWindow &window, ArrayRef<const Tensor *> tensors,
                int64_t group, int64_t stride, SecondMoments &moments,
                ThreadPool &pool) {
  if (window.unit != 1)
    addColumnsOf<int16_t>(window, tensors, group, stride, moments, pool);
  else if (tensors.front()->dtype() == DType::U8)
    addColumnsOf<uint8_t>(window, tensors, group, stride, moments, pool);
  else
    addColumnsOf<int8_t>(window, tensors, group, stride, moments, pool);
}

} // namespace qc
