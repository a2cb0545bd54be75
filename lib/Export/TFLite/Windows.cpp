// Windows of convolutions and pools: VALID, SAME, or an operator that pads.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Windows.h"

namespace qc::tfliteexport {

std::optional<Placement> place(Exporter &exporter, TensorId input,
                               const Window &window, int64_t rows,
                               int64_t columns, std::optional<double> fill,
                               bool mayPad) {
  const Shape &shape = exporter.getForm(input).shape;
  int64_t counts[] = {rows, columns};
  bool isValid = true, isSame = true;
  SmallVector<int64_t> begins(4, 0), ends(4, 0);
  for (size_t i = 0; i < 2; ++i) {
    int64_t size = shape[i + 1], stride = window.strides[i];
    int64_t extent = window.getExtent(i), begin = window.pads[i];
    // Elements that the last window reaches beyond the image.
    int64_t missing = (counts[i] - 1) * stride + extent - size - begin;
    isValid &=
        begin == 0 && missing <= 0 && (size - extent) / stride + 1 == counts[i];
    int64_t total =
        std::max<int64_t>((counts[i] - 1) * stride + extent - size, 0);
    isSame &= counts[i] == (size + stride - 1) / stride && begin == total / 2;
    begins[i + 1] = begin;
    ends[i + 1] = std::max<int64_t>(missing, 0);
  }
  if (isValid)
    return Placement{input, tflite::Padding::VALID};
  if (isSame)
    return Placement{input, tflite::Padding::SAME};
  if (!mayPad)
    return std::nullopt;
  return Placement{exporter.pad(input, begins, ends, fill),
                   tflite::Padding::VALID};
}

/// `shape` of three dimensions with one row.
static Shape withRow(Shape shape) {
  if (shape.size() == 3)
    shape.insert(shape.begin() + 1, 1);
  return shape;
}

TensorId getImage(Operation *op, Value value, Exporter &exporter) {
  TensorId image = exporter.get(value, getImageOrder(op));
  return exporter.reshape(image, withRow(exporter.getForm(image).shape));
}

Form getImageForm(Operation *op, Value result, Exporter &exporter) {
  Form form = exporter.form(result, getImageOrder(op));
  form.shape = withRow(form.shape);
  return form;
}

void finishImage(Operation *op, Value result, TensorId image,
                 const Bounds &bounds, Exporter &exporter) {
  Order order = getImageOrder(op);
  Form form = exporter.form(result, order);
  image = exporter.convert(image, form);
  image = exporter.limit(image, bounds);
  exporter.finish(result, exporter.reshape(image, form.shape), order);
}

} // namespace qc::tfliteexport
