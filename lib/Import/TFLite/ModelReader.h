// A .tflite file, verified: tensors, operators, and where their bytes are.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_TFLITE_MODELREADER_H
#define QC_LIB_IMPORT_TFLITE_MODELREADER_H

#include "qc/Support/MLIR.h"
#include "qc/Support/Result.h"
#include "qc/Support/Tensor.h"

#include "llvm/Support/MemoryBufferRef.h"

#include "tflite_generated.h"

#include <deque>
#include <map>

namespace qc::tfliteimport {

using tflite::BuiltinOperator;
using tflite::TensorType;

/// real = scale * (stored - zero point), one of each or one for each element of
/// dimension `axis`; no scales: the numbers as they stand.
struct Quantization {
  std::vector<float> scales;
  std::vector<int64_t> zeroPoints; ///< as many as scales
  int64_t axis = 0;
};

struct TensorInfo {
  std::string name; ///< of no other tensor of the model
  TensorType type = TensorType::FLOAT32;
  Shape shape;
  Quantization quantization;
  /// Row-major elements of a constant.
  llvm::StringRef data;
  bool isConstant = false;
  /// Why no operator that reads or makes it can be imported; mostly empty.
  std::string refusal;

  bool isQuantized() const { return !quantization.scales.empty(); }
};

/// An operand or result that is left out.
inline constexpr int32_t kNone = -1;

struct OperatorInfo {
  BuiltinOperator code = BuiltinOperator::CUSTOM;
  std::string name; ///< "CONV_2D", "CUSTOM 'TFLite_Detection_PostProcess'"
  std::vector<int32_t> inputs, outputs;
  const tflite::Operator *raw = nullptr;
};

struct ModelFile {
  std::vector<TensorInfo> tensors;
  std::vector<OperatorInfo> operators;
  std::vector<int32_t> inputs, outputs;
  /// What stands beside the network, by name.
  std::map<std::string, std::string> metadata;
  std::string description;
  /// Elements of less than a byte, a byte each: data of tensors.
  std::deque<std::string> unpacked;
  /// What the user should know about how the file was read.
  std::vector<std::string> remarks;
};

/// Bytes that an element takes; nothing for types that are no numbers, or of
/// less than a byte.
std::optional<size_t> getElementSize(TensorType type);
/// "INT8"; the number for a type that is not known.
std::string getTypeName(TensorType type);

/// What the first graph of the file holds. Every index and every length is
/// checked; `file` must outlive the result.
Result<ModelFile> readModel(llvm::MemoryBufferRef file);

} // namespace qc::tfliteimport

#endif // QC_LIB_IMPORT_TFLITE_MODELREADER_H
