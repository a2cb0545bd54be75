// gather: slices picked by indices along an axis.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Kernel.h"

#include <algorithm>
#include <cstring>

using namespace qcrt;

namespace {
class Gather : public Kernel {
public:
  bool read(PrepareContext &context) {
    if (!context.expectOperands(2, 1))
      return false;
    const TensorView &in = context.inputs[0], &indices = context.inputs[1];
    const TensorView &out = context.outputs[0];
    int axis = context.attributes.axis(in.rank);
    if (context.failed() || !context.expectSameParameters(in, out))
      return false;
    if (indices.dtype != QCRT_I32 && indices.dtype != QCRT_I64)
      return context.refuse("indices '" + std::string(indices.name) +
                            "' have type " + qcrt_dtype_name(indices.dtype) +
                            ", expected i32 or i64");
    if (!checkShape(in, indices, out, axis))
      return context.refuse("the result's shape is not that of '" +
                            std::string(in.name) +
                            "' with the axis replaced by the indices");
    outer = in.product(0, axis);
    size = in.shape[axis];
    picks = indices.numElements();
    sliceBytes = static_cast<size_t>(in.product(axis + 1, in.rank)) *
                 qcrt_dtype_size(in.dtype);
    wide = indices.dtype == QCRT_I64;
    return true;
  }

  const char *run(const RunContext &context) const override {
    const TensorView &indices = context.inputs[1];
    for (int64_t i = 0; i < picks; ++i)
      if (at(indices, i) < 0 || at(indices, i) >= size)
        return "gather: an index is out of range";
    const char *in = context.inputs[0].as<char>();
    char *out = context.outputs[0].as<char>();
    auto piece = [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; ++i) {
        int64_t from = i / picks * size + at(indices, i % picks);
        std::memcpy(out + static_cast<size_t>(i) * sliceBytes,
                    in + static_cast<size_t>(from) * sliceBytes, sliceBytes);
      }
    };
    const int64_t bytes = static_cast<int64_t>(sliceBytes);
    context.pool.parallelFor(outer * picks,
                             std::max<int64_t>(1, 262144 / bytes), piece);
    return nullptr;
  }

private:
  static bool checkShape(const TensorView &in, const TensorView &indices,
                         const TensorView &out, int axis) {
    if (in.rank == 0 || out.rank != in.rank - 1 + indices.rank)
      return false;
    const int64_t *expected = out.shape;
    return std::equal(in.shape, in.shape + axis, expected) &&
           std::equal(indices.shape, indices.shape + indices.rank,
                      expected + axis) &&
           std::equal(in.shape + axis + 1, in.shape + in.rank,
                      expected + axis + indices.rank);
  }

  /// Index i with negative ones counted from the end.
  int64_t at(const TensorView &indices, int64_t i) const {
    int64_t value = wide ? indices.as<int64_t>()[i] : indices.as<int32_t>()[i];
    return value < 0 ? value + size : value;
  }

  int64_t outer = 1, size = 1, picks = 1;
  size_t sliceBytes = 1;
  bool wide = false;
};
} // namespace

void qcrt::registerGather(KernelRegistry &registry) {
  registry.add("gather", makeKernel<Gather>);
}
