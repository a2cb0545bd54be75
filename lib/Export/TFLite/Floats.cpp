// Operators on floats.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Floats.h"

namespace qc::tfliteexport {

TensorId FloatWriter::unary(BuiltinOperator code, TensorId x, Options options) {
  return exporter.emit(code, {x}, exporter.getForm(x), std::move(options));
}

static Options getOptions(BuiltinOperator code) {
  switch (code) {
  case BuiltinOperator::ADD:
    return makeOptions(tflite::AddOptionsT());
  case BuiltinOperator::SUB:
    return makeOptions(tflite::SubOptionsT());
  case BuiltinOperator::MUL:
    return makeOptions(tflite::MulOptionsT());
  case BuiltinOperator::DIV:
    return makeOptions(tflite::DivOptionsT());
  case BuiltinOperator::POW:
    return makeOptions(tflite::PowOptionsT());
  case BuiltinOperator::SQUARED_DIFFERENCE:
    return makeOptions(tflite::SquaredDifferenceOptionsT());
  default:
    return makeOptions(tflite::MaximumMinimumOptionsT());
  }
}

TensorId FloatWriter::binary(BuiltinOperator code, TensorId lhs, TensorId rhs) {
  auto count = [&](TensorId id) {
    const Shape &shape = exporter.getForm(id).shape;
    return std::pair(countElements(shape).value_or(0), shape.size());
  };
  Form form = exporter.getForm(count(lhs) >= count(rhs) ? lhs : rhs);
  return exporter.emit(code, {lhs, rhs}, std::move(form), getOptions(code));
}

TensorId FloatWriter::mean(TensorId x, ArrayRef<int64_t> axes) {
  Form form = exporter.getForm(x);
  for (int64_t axis : axes)
    form.shape[axis] = 1;
  tflite::ReducerOptionsT table;
  table.keep_dims = true;
  TensorId along = exporter.ints("axes", axes);
  return exporter.emit(BuiltinOperator::MEAN, {x, along}, std::move(form),
                       makeOptions(std::move(table)));
}

} // namespace qc::tfliteexport
