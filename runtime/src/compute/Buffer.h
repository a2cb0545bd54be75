// Memory that a prepared operation owns: aligned to a cache line and zeroed.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_COMPUTE_BUFFER_H
#define QCRT_COMPUTE_BUFFER_H

#include <cstddef>
#include <cstring>
#include <memory>

namespace qcrt::compute {

constexpr size_t cacheLine = 64;

inline size_t roundUp(size_t value, size_t step) {
  return (value + step - 1) / step * step;
}

/// A fixed number of elements of a trivial type, all zero at first.
template <typename T> class Buffer {
public:
  Buffer() = default;
  explicit Buffer(size_t count)
      : storage(new unsigned char[count * sizeof(T) + cacheLine]()),
        numElements(count) {
    void *start = storage.get();
    size_t space = count * sizeof(T) + cacheLine;
    elements = static_cast<T *>(
        std::align(cacheLine, count * sizeof(T), start, space));
  }

  T *data() { return elements; }
  const T *data() const { return elements; }
  size_t size() const { return numElements; }
  T &operator[](size_t index) { return elements[index]; }
  const T &operator[](size_t index) const { return elements[index]; }

private:
  std::unique_ptr<unsigned char[]> storage;
  T *elements = nullptr;
  size_t numElements = 0;
};

} // namespace qcrt::compute

#endif // QCRT_COMPUTE_BUFFER_H
