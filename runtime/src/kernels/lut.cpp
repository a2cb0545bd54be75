// lut: a function of one variable by table; 16-bit inputs interpolate.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Families.h"
#include "Requant.h"
#include "Unary.h"

using namespace qcrt;

namespace {
/// 8-bit input: the table holds the result for each stored value, from the
/// smallest up.
class ByteTable : public UnaryKernel {
public:
  bool read(PrepareContext &context) {
    const TensorView &table = context.inputs[1];
    if (table.rank != 1 || table.shape[0] != 256 || table.dtype != outType)
      return context.refuse("the table '" + std::string(table.name) +
                            "' must hold 256 entries of the result's type");
    context.attributes.integer("frac_bits", 0, 0);
    entries = table.data;
    // The index of stored value 0.
    offset = inType == QCRT_I8 ? 128 : 0;
    return true;
  }

private:
  template <typename T>
  void look(const uint8_t *in, T *out, int64_t count) const {
    const T *table = static_cast<const T *>(entries);
    for (int64_t i = 0; i < count; ++i)
      out[i] = table[static_cast<uint8_t>(in[i] + offset)];
  }

  void compute(const void *in, void *out, int64_t count) const override {
    const uint8_t *bytes = static_cast<const uint8_t *>(in);
    if (outType == QCRT_I16)
      look(bytes, static_cast<int16_t *>(out), count);
    else
      look(bytes, static_cast<uint8_t *>(out), count);
  }

  const void *entries = nullptr;
  int offset = 0;
};

/// 16-bit input: 2^k + 1 knots with frac_bits fractional bits, linear between.
class Knots : public UnaryKernel {
public:
  bool read(PrepareContext &context) {
    const TensorView &table = context.inputs[1];
    const TensorView &out = context.outputs[0];
    int64_t steps = table.rank == 1 ? table.shape[0] - 1 : 0;
    if (!context.expectType(table, QCRT_I32))
      return false;
    if (steps < 1 || steps > 65536 || (steps & (steps - 1)) != 0)
      return context.refuse("the table '" + std::string(table.name) +
                            "' must hold 2^k + 1 knots with k at most 16");
    fracBits = static_cast<int>(context.attributes.integer("frac_bits", 0, 31));
    stepBits = 16;
    for (; steps > 1; steps /= 2)
      --stepBits;
    knots = table.as<int32_t>();
    low = out.qmin;
    high = out.qmax;
    return true;
  }

private:
  template <typename T>
  void look(const int16_t *in, T *out, int64_t count) const {
    const int64_t step = int64_t(1) << stepBits;
    const int shift = stepBits + fracBits;
    const int64_t half = (int64_t(1) << shift) >> 1;
    for (int64_t i = 0; i < count; ++i) {
      int64_t position = int64_t(in[i]) + 32768;
      int64_t knot = position >> stepBits, part = position & (step - 1);
      int64_t value =
          knots[knot] * (step - part) + int64_t(knots[knot + 1]) * part;
      out[i] = static_cast<T>(clampTo((value + half) >> shift, low, high));
    }
  }

  void compute(const void *in, void *out, int64_t count) const override {
    dispatchStorage(outType, [&](auto type) {
      look(static_cast<const int16_t *>(in), static_cast<decltype(type) *>(out),
           count);
    });
  }

  const int32_t *knots = nullptr;
  int stepBits = 0, fracBits = 0;
  int64_t low = 0, high = 0;
};
} // namespace

template <typename Table>
static std::unique_ptr<Kernel> finish(PrepareContext &context) {
  auto kernel = std::make_unique<Table>();
  if (!kernel->prepare(context, 2) || !kernel->read(context))
    return nullptr;
  return kernel;
}

static std::unique_ptr<Kernel> make(PrepareContext &context) {
  // What the function is matters to those who export or report it.
  context.attributes.ignore("function");
  context.attributes.ignore("params");
  if (!context.expectOperands(2, 1) ||
      !context.expectQuantized(context.inputs[0], false) ||
      !context.expectQuantized(context.outputs[0], false) ||
      !context.expectConstant(context.inputs[1]))
    return nullptr;
  return context.inputs[0].dtype == QCRT_I16 ? finish<Knots>(context)
                                             : finish<ByteTable>(context);
}

void qcrt::registerLut(KernelRegistry &registry) { registry.add("lut", make); }
