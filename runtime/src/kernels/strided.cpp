// slice, transpose, expand: elements picked from the input with fixed strides.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"
#include "StridedCopy.h"

#include <string>

using namespace qcrt;

namespace {
class Strided : public Kernel {
public:
  explicit Strided(const StridedCopy &copy) : copy(copy) {}

  const char *run(const RunContext &context) const override {
    copy.run(context.inputs[0].data, context.outputs[0].data, context.pool);
    return nullptr;
  }

private:
  StridedCopy copy;
};
} // namespace

/// Row-major strides in elements.
static void denseStrides(const TensorView &tensor, int64_t *strides) {
  int64_t stride = 1;
  for (int i = tensor.rank - 1; i >= 0; --i) {
    strides[i] = stride;
    stride *= tensor.shape[i];
  }
}

static std::unique_ptr<Kernel> finish(const TensorView &out,
                                      const int64_t *strides, int64_t base) {
  return std::make_unique<Strided>(StridedCopy(
      out.rank, out.shape, strides, base, qcrt_dtype_size(out.dtype)));
}

static bool expectMove(PrepareContext &context) {
  return context.expectOperands(1, 1) &&
         context.expectSameParameters(context.inputs[0], context.outputs[0]);
}

static std::unique_ptr<Kernel> makeSlice(PrepareContext &context) {
  if (!expectMove(context))
    return nullptr;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  const size_t rank = static_cast<size_t>(in.rank);
  const int64_t most = int64_t(1) << 40;
  Attributes &attributes = context.attributes;
  auto offsets = attributes.integers("offsets", rank, 0, most);
  auto sizes = attributes.integers("sizes", rank, 1, most);
  auto steps = attributes.integers("strides", rank, -most, most);
  if (context.failed() || !context.expectRank(out, in.rank))
    return nullptr;
  int64_t strides[QCRT_MAX_RANK], base = 0;
  denseStrides(in, strides);
  for (size_t i = 0; i < rank; ++i) {
    bool fits = offsets[i] < in.shape[i];
    // Dividing instead of multiplying keeps wild values from overflowing.
    int64_t room = steps[i] < 0 ? offsets[i] : in.shape[i] - 1 - offsets[i];
    int64_t step = steps[i] < 0 ? -steps[i] : steps[i];
    fits = fits && (sizes[i] == 1 || (step > 0 && sizes[i] - 1 <= room / step));
    if (!fits || sizes[i] != out.shape[i])
      return context.fail(
          "dimension " + std::to_string(i) + ": " + std::to_string(sizes[i]) +
          " elements from " + std::to_string(offsets[i]) + " in steps of " +
          std::to_string(steps[i]) + " do not fit " +
          std::to_string(in.shape[i]) + " elements, or the result's " +
          std::to_string(out.shape[i]));
    base += offsets[i] * strides[i];
    strides[i] *= sizes[i] == 1 ? 0 : steps[i];
  }
  return finish(out, strides, base);
}

static std::unique_ptr<Kernel> makeTranspose(PrepareContext &context) {
  if (!expectMove(context))
    return nullptr;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  auto perm = context.attributes.integers("perm", static_cast<size_t>(in.rank),
                                          0, in.rank - 1);
  if (context.failed() || !context.expectRank(out, in.rank))
    return nullptr;
  int64_t dense[QCRT_MAX_RANK], strides[QCRT_MAX_RANK];
  bool seen[QCRT_MAX_RANK] = {};
  denseStrides(in, dense);
  for (int i = 0; i < in.rank; ++i) {
    int64_t from = perm[static_cast<size_t>(i)];
    if (seen[from] || in.shape[from] != out.shape[i])
      return context.fail("attribute 'perm' is not a permutation that gives "
                          "the result's shape");
    seen[from] = true;
    strides[i] = dense[from];
  }
  return finish(out, strides, 0);
}

static std::unique_ptr<Kernel> makeExpand(PrepareContext &context) {
  if (!expectMove(context))
    return nullptr;
  const TensorView &in = context.inputs[0], &out = context.outputs[0];
  int missing = out.rank - in.rank;
  int64_t dense[QCRT_MAX_RANK], strides[QCRT_MAX_RANK] = {};
  denseStrides(in, dense);
  bool good = missing >= 0;
  for (int i = 0; good && i < in.rank; ++i) {
    good = in.shape[i] == 1 || in.shape[i] == out.shape[i + missing];
    strides[i + missing] = in.shape[i] == 1 ? 0 : dense[i];
  }
  if (!good)
    return context.fail("tensor '" + std::string(in.name) +
                        "' does not broadcast to the shape of '" + out.name +
                        "'");
  return finish(out, strides, 0);
}

void qcrt::registerStrided(KernelRegistry &registry) {
  registry.add("expand", makeExpand);
  registry.add("slice", makeSlice);
  registry.add("transpose", makeTranspose);
}
