// Reading the attributes of sliding windows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Window.h"

namespace qc::onnximport {

/// Beyond this no real window goes, and sums of a few such values are safe.
static constexpr int64_t kLargest = int64_t(1) << 31;

void Window::setTotalPad(size_t d, int64_t total, bool extraAtEnd) {
  int64_t small = total / 2, large = total - small;
  pads[d] = extraAtEnd ? small : large;
  pads[rank() + d] = extraAtEnd ? large : small;
}

static std::vector<int64_t> readList(NodeContext &node, StringRef name,
                                     size_t size, int64_t otherwise,
                                     int64_t least) {
  auto values = node.integersAttr(name);
  if (!values)
    return std::vector<int64_t>(size, otherwise);
  if (values->size() != size)
    (void)node.fail("attribute '" + name + "' has " + Twine(values->size()) +
                    " values, expected " + Twine(size));
  for (int64_t value : *values)
    if (value < least || value > kLargest)
      (void)node.fail("attribute '" + name + "' holds " + Twine(value) +
                      ", which is out of range");
  values->resize(size, otherwise);
  return *values;
}

Window readWindow(NodeContext &node, ArrayRef<int64_t> spatial,
                  ArrayRef<int64_t> kernel, size_t most) {
  Window window;
  size_t rank = spatial.size();
  if (rank < 1 || rank > most)
    (void)node.fail(Twine(rank) +
                    " spatial dimensions are not supported; 1 and 2 are");
  bool given = node.hasAttribute("kernel_shape");
  if (kernel.empty() && !given)
    (void)node.fail("attribute 'kernel_shape' is missing");
  window.kernel = readList(node, "kernel_shape", rank, 1, 1);
  if (!kernel.empty()) {
    if (given && ArrayRef<int64_t>(window.kernel) != kernel)
      (void)node.fail("attribute 'kernel_shape' is " +
                      shapeText(window.kernel) + ", but the weights have " +
                      shapeText(kernel));
    window.kernel = kernel.vec();
    window.kernel.resize(rank, 1);
  }
  window.strides = readList(node, "strides", rank, 1, 1);
  window.dilations = readList(node, "dilations", rank, 1, 1);
  window.pads = readList(node, "pads", 2 * rank, 0, 0);
  window.autoPad = node.stringAttr("auto_pad", "NOTSET");
  if (window.autoPad.empty())
    window.autoPad = "NOTSET";
  if (!is_contained({"NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"},
                    StringRef(window.autoPad)))
    (void)node.fail("auto_pad = '" + window.autoPad + "' is not known");
  if (window.autoPad != "NOTSET" &&
      llvm::any_of(window.pads, [](int64_t pad) { return pad != 0; }))
    (void)node.fail("attributes 'pads' and 'auto_pad' contradict each other");
  for (size_t d = 0; d < rank && !node.failed(); ++d)
    if (window.kernel[d] > kLargest || window.extent(d) > kLargest ||
        spatial[d] > kLargest)
      (void)node.fail("the window is too large");
  return window;
}

void resolveSamePads(Window &window, ArrayRef<int64_t> spatial) {
  if (!StringRef(window.autoPad).starts_with("SAME"))
    return;
  for (size_t d = 0; d < window.rank(); ++d) {
    int64_t stride = window.strides[d];
    int64_t count = (spatial[d] + stride - 1) / stride;
    int64_t total = (count - 1) * stride + window.extent(d) - spatial[d];
    window.setTotalPad(d, std::max<int64_t>(total, 0),
                       window.autoPad == "SAME_UPPER");
  }
}

std::vector<int64_t> spatialShape(NodeContext &node, size_t index) {
  ArrayRef<int64_t> shape = node.shape(index);
  if (shape.size() < 3) {
    (void)node.fail("input " + Twine(index) + " has shape " + shapeText(shape) +
                    ", expected batch, channels and spatial dimensions");
    return {1};
  }
  return shape.drop_front(2).vec();
}

} // namespace qc::onnximport
