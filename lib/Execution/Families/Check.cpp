// Expectations of tests.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Kernels.h"

#include "qc/Dialect/Check/IR/Check.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/Names.h"

#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "llvm/ADT/bit.h"

#include <cmath>
#include <cstdio>

namespace qc {

namespace {

/// What is allowed between an element and its expectation.
struct Tolerance {
  double relative = 0, absolute = 0;
  std::optional<int64_t> ulps;
  /// For all elements, relative to the largest expected one.
  std::optional<double> ofLargest;
};

/// Two rows of numbers to compare.
struct Comparison {
  int64_t count;
  std::function<double(int64_t)> actual, expected;
};

} // namespace

static double readElement(DType dtype, const void *data, int64_t i) {
  switch (dtype) {
  case DType::F32:
    return static_cast<const float *>(data)[i];
  case DType::F64:
    return static_cast<const double *>(data)[i];
  case DType::I8:
    return static_cast<const int8_t *>(data)[i];
  case DType::U8:
  case DType::Bool:
    return static_cast<const uint8_t *>(data)[i];
  case DType::I16:
    return static_cast<const int16_t *>(data)[i];
  case DType::U16:
  case DType::F16:
    return static_cast<const uint16_t *>(data)[i];
  case DType::I32:
    return static_cast<const int32_t *>(data)[i];
  case DType::U32:
    return static_cast<const uint32_t *>(data)[i];
  case DType::I64:
    return double(static_cast<const int64_t *>(data)[i]);
  case DType::U64:
    return double(static_cast<const uint64_t *>(data)[i]);
  }
  return 0;
}

/// The place of a float among all floats in ascending order.
static int64_t getOrdinal(double value) {
  auto bits = llvm::bit_cast<int32_t>(float(value));
  return bits < 0 ? int64_t(INT32_MIN) - bits : bits;
}

static bool isClose(double actual, double expected, const Tolerance &tolerance,
                    double largest) {
  if (actual == expected || (std::isnan(actual) && std::isnan(expected)))
    return true;
  if (std::isnan(actual) || std::isnan(expected))
    return false;
  if (tolerance.ulps)
    return std::abs(getOrdinal(actual) - getOrdinal(expected)) <=
           *tolerance.ulps;
  if (std::isinf(actual) || std::isinf(expected))
    return false;
  double allowed =
      tolerance.ofLargest
          ? *tolerance.ofLargest * largest
          : tolerance.absolute + tolerance.relative * std::abs(expected);
  return std::abs(actual - expected) <= allowed;
}

static std::string describeIndex(int64_t flat, ArrayRef<int64_t> shape) {
  std::string text;
  for (size_t i = shape.size(); i-- > 0; flat /= shape[i])
    text = std::to_string(flat % shape[i]) + (text.empty() ? "" : ", ") + text;
  return "[" + text + "]";
}

static std::string printNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.9g", value);
  return text;
}

/// Reports at `op` how many elements differ, and the first of them.
static void compare(Operation *op, const Comparison &comparison,
                    const Tolerance &tolerance) {
  double largest = 0;
  for (int64_t i = 0; tolerance.ofLargest && i < comparison.count; ++i)
    largest = std::max(largest, std::abs(comparison.expected(i)));
  int64_t wrong = 0, first = 0;
  double worst = 0;
  for (int64_t i = comparison.count; i-- > 0;) {
    double actual = comparison.actual(i), expected = comparison.expected(i);
    if (isClose(actual, expected, tolerance, largest))
      continue;
    ++wrong;
    first = i;
    worst = std::max(worst, std::abs(actual - expected));
  }
  if (wrong == 0)
    return;
  ArrayRef<int64_t> shape =
      cast<ShapedType>(op->getOperand(0).getType()).getShape();
  op->emitError() << "expectation does not hold for " << wrong << " of "
                  << comparison.count << " elements; first at "
                  << describeIndex(first, shape) << ": "
                  << printNumber(comparison.actual(first)) << ", expected "
                  << printNumber(comparison.expected(first))
                  << "; largest difference " << printNumber(worst);
}

/// Reads operand `index`: the stored integers of what has a quantized type,
/// also where it is held as a real number.
static std::function<double(const KernelBuffers &, int64_t)>
makeReader(const KernelRequest &request, unsigned index) {
  DType dtype = request.inputDType(index);
  auto type = cast<ShapedType>(request.op->getOperand(index).getType());
  auto quantized = dyn_cast<quant::UniformQuantizedType>(type.getElementType());
  if (dtype != DType::F32 || !quantized)
    return [=](const KernelBuffers &buffers, int64_t i) {
      return readElement(dtype, buffers.inputs[index], i);
    };
  return [=](const KernelBuffers &buffers, int64_t i) {
    return std::nearbyint(readElement(dtype, buffers.inputs[index], i) /
                          quantized.getScale()) +
           double(quantized.getZeroPoint());
  };
}

/// Compares operand 0 with operand 1.
static KernelResult makeComparison(KernelRequest &request,
                                   Tolerance tolerance) {
  auto lhs = makeReader(request, 0), rhs = makeReader(request, 1);
  int64_t count = *countElements(request.inputShape(0).vec());
  return makeRowMajorKernel([=, op = request.op](const KernelBuffers &buffers) {
    compare(op,
            {count, [&](int64_t i) { return lhs(buffers, i); },
             [&](int64_t i) { return rhs(buffers, i); }},
            tolerance);
    return ok();
  });
}

/// Compares operand 0 with the attribute `value`.
static KernelResult makeConstComparison(KernelRequest &request,
                                        ElementsAttr value,
                                        Tolerance tolerance) {
  Result<Tensor> expected = getConstantTensor(value);
  if (!expected)
    return request.op->emitError() << expected.message();
  auto read = makeReader(request, 0);
  return makeRowMajorKernel([=, op = request.op,
                             tensor = *expected](const KernelBuffers &buffers) {
    compare(op,
            {tensor.numElements(), [&](int64_t i) { return read(buffers, i); },
             [&](int64_t i) {
               return readElement(tensor.dtype(), tensor.raw(), i);
             }},
            tolerance);
    return ok();
  });
}

template <typename OpTy> static Tolerance getTolerance(OpTy op) {
  return {op.getRtol().convertToDouble(), op.getAtol().convertToDouble(),
          op.getMaxUlp(), std::nullopt};
}

static KernelResult makeEq(check::ExpectEqOp, KernelRequest &request) {
  return makeComparison(request, {});
}

static KernelResult makeEqConst(check::ExpectEqConstOp op,
                                KernelRequest &request) {
  return makeConstComparison(request, op.getValue(), {});
}

static KernelResult makeAlmostEq(check::ExpectAlmostEqOp op,
                                 KernelRequest &request) {
  return makeComparison(request, getTolerance(op));
}

static KernelResult makeAlmostEqConst(check::ExpectAlmostEqConstOp op,
                                      KernelRequest &request) {
  return makeConstComparison(request, op.getValue(), getTolerance(op));
}

static KernelResult makeRelMax(check::ExpectRelMaxOp op,
                               KernelRequest &request) {
  Tolerance tolerance;
  tolerance.ofLargest = op.getTolerance().convertToDouble();
  return makeComparison(request, tolerance);
}

void registerCheckKernels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, check::CheckDialect *) {
    attachKernel<check::ExpectEqOp, makeEq>(context);
    attachKernel<check::ExpectEqConstOp, makeEqConst>(context);
    attachKernel<check::ExpectAlmostEqOp, makeAlmostEq>(context);
    attachKernel<check::ExpectAlmostEqConstOp, makeAlmostEqConst>(context);
    attachKernel<check::ExpectRelMaxOp, makeRelMax>(context);
  });
}

} // namespace qc
