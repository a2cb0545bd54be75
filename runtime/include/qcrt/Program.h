// A program as plain C++ structs, and the function that makes a .qcb file of
// it.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_PROGRAM_H
#define QCRT_PROGRAM_H

#include "qcrt.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace qcrt {

/// What a tensor is for; the values are part of the file format.
enum class TensorKind : uint8_t {
  Input = 0,      ///< filled from the caller's inputs
  Output = 1,     ///< given back to the caller
  Constant = 2,   ///< lives in the data section of the file
  Activation = 3, ///< lives in the arena between two instructions
};

struct ProgramTensor {
  std::string name;
  qcrt_dtype dtype = QCRT_I8;
  std::vector<int64_t> shape; ///< rank at most 8, each dimension at least 1
  /// real = (stored - zeroPoint) * scale. One scale, one per index of
  /// dimension `axis`, or none (floats, indices).
  std::vector<float> scales;
  int64_t zeroPoint = 0;
  int32_t axis = -1; ///< -1: per tensor
  /// Range of stored values; qmin == qmax == 0 means that of the storage type.
  int64_t qmin = 0, qmax = 0;
  TensorKind kind = TensorKind::Activation;
  /// Byte offset in the arena, a multiple of 64; ignored for constants.
  uint64_t arenaOffset = 0;
  /// Constants: little-endian elements, not owned, valid while writing.
  const void *data = nullptr;
  /// Inputs: how to make the tensor from an image (see commands.md), or "".
  std::string preprocess;
  /// Dimension i is dimension sourcePermutation[i] of the tensor of this name
  /// in the source model; empty: the order is the same. For tools that compare.
  std::vector<int64_t> sourcePermutation;
  /// Inputs: what the bytes of a picture mean (docs/Pictures.md), or "".
  std::string picture;
};

/// Bytes that `count` elements of `dtype` take; two of i4 share one.
inline uint64_t bytesOf(qcrt_dtype dtype, uint64_t count) {
  return dtype == QCRT_I4 ? count / 2 + count % 2
                          : count * qcrt_dtype_size(dtype);
}

/// Bytes of the elements of a tensor.
inline uint64_t byteSize(const ProgramTensor &tensor) {
  uint64_t count = 1;
  for (int64_t size : tensor.shape)
    count *= static_cast<uint64_t>(size);
  return bytesOf(tensor.dtype, count);
}

/// One value of an instruction; exactly one of ints, floats, text is used.
struct ProgramAttribute {
  std::string key;
  std::vector<int64_t> ints;
  std::vector<double> floats;
  std::string text;
};

inline ProgramAttribute intAttribute(std::string key,
                                     std::vector<int64_t> ints) {
  return {std::move(key), std::move(ints), {}, {}};
}
inline ProgramAttribute floatAttribute(std::string key,
                                       std::vector<double> floats) {
  return {std::move(key), {}, std::move(floats), {}};
}
inline ProgramAttribute textAttribute(std::string key, std::string text) {
  return {std::move(key), {}, {}, std::move(text)};
}

struct ProgramInstruction {
  std::string kernel;            ///< runtime kernel, for example "conv2d"
  std::vector<uint32_t> inputs;  ///< indices into Program::tensors
  std::vector<uint32_t> outputs; ///< indices into Program::tensors
  std::vector<ProgramAttribute> attributes;
  std::vector<std::string> sources; ///< names in the source model
  std::string placement = "npu";    ///< "npu" or "cpu"
};

struct Program {
  std::string producer;
  std::string target;
  std::string targetOptions;
  std::vector<std::pair<std::string, std::string>> provenance;
  std::vector<ProgramTensor> tensors;
  std::vector<ProgramInstruction> instructions; ///< in execution order
  std::vector<uint32_t> inputs;  ///< order in which the caller passes them
  std::vector<uint32_t> outputs; ///< order in which the caller gets them
  uint64_t arenaSize = 0;        ///< bytes of the memory plan
  uint64_t lowerBound = 0;       ///< bytes live at once at the worst point
};

/// Serialises a program; the bytes depend on nothing but the program. Checks
/// only what writing needs (indices in range, data of constants present):
/// opening the result is the full verification. False with an error text.
bool writeProgram(const Program &program, std::vector<uint8_t> &bytes,
                  std::string &error);

/// Reads a file back into structs, for tools that describe or rewrite it. The
/// constants' data point into bytes. Verifies as qcrt_open_memory does, except
/// that instructions are not prepared.
bool readProgram(const void *bytes, size_t size, Program &program,
                 std::string &error);

} // namespace qcrt
#endif // QCRT_PROGRAM_H
