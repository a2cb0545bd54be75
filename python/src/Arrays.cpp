// Arrays of Python as tensors and back.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Arrays.h"

#include <string>

namespace nb = nanobind;

namespace qc::python {

namespace {
struct TypePair {
  DType tensor;
  nb::dlpack::dtype array;
};
} // namespace

static const TypePair *getTypes() {
  static const TypePair types[] = {
      {DType::F32, nb::dtype<float>()},
      {DType::F64, nb::dtype<double>()},
      {DType::I8, nb::dtype<int8_t>()},
      {DType::U8, nb::dtype<uint8_t>()},
      {DType::I16, nb::dtype<int16_t>()},
      {DType::U16, nb::dtype<uint16_t>()},
      {DType::I32, nb::dtype<int32_t>()},
      {DType::U32, nb::dtype<uint32_t>()},
      {DType::I64, nb::dtype<int64_t>()},
      {DType::U64, nb::dtype<uint64_t>()},
      {DType::Bool, nb::dtype<bool>()},
      {DType::F16,
       {static_cast<uint8_t>(nb::dlpack::dtype_code::Float), 16, 1}}};
  return types;
}
static constexpr size_t kTypes = 12;

Tensor toTensor(const Array &array) {
  Shape shape(array.shape_ptr(), array.shape_ptr() + array.ndim());
  for (size_t i = 0; i < kTypes; ++i)
    if (getTypes()[i].array == array.dtype()) {
      // The last reference may be dropped by a thread without the lock.
      auto *kept = new Array(array);
      std::shared_ptr<const void> owner(array.data(), [kept](const void *) {
        nb::gil_scoped_acquire lock;
        delete kept;
      });
      return Tensor::fromMapped(getTypes()[i].tensor, std::move(shape),
                                std::move(owner), array.data());
    }
  throw nb::type_error("arrays hold float16, float32, float64, bool or "
                       "integers of up to 64 bits");
}

nb::object toArray(const Tensor &tensor) {
  nb::dlpack::dtype type{};
  for (size_t i = 0; i < kTypes; ++i)
    if (getTypes()[i].tensor == tensor.dtype())
      type = getTypes()[i].array;
  std::vector<size_t> shape(tensor.shape().begin(), tensor.shape().end());
  auto *kept = new Tensor(tensor);
  nb::capsule owner(kept, [](void *pointer) noexcept {
    delete static_cast<Tensor *>(pointer);
  });
  return nb::cast(nb::ndarray<nb::numpy>(kept->raw(), shape.size(),
                                         shape.data(), owner, nullptr, type));
}

} // namespace qc::python
