// Reads .tflite files: the FlatBuffer, and what a file as a whole may hold.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ModelReader.h"

#include "llvm/ADT/StringSet.h"

#include <cfloat>
#include <cmath>

namespace qc::tfliteimport {

std::optional<size_t> getElementSize(TensorType type) {
  switch (type) {
  case TensorType::UINT8:
  case TensorType::INT8:
  case TensorType::BOOL:
    return 1;
  case TensorType::FLOAT16:
  case TensorType::INT16:
  case TensorType::UINT16:
    return 2;
  case TensorType::FLOAT32:
  case TensorType::INT32:
  case TensorType::UINT32:
    return 4;
  case TensorType::INT64:
  case TensorType::UINT64:
  case TensorType::FLOAT64:
    return 8;
  default:
    return std::nullopt;
  }
}

std::string getTypeName(TensorType type) {
  const char *name = tflite::EnumNameTensorType(type);
  return *name ? name : "type " + std::to_string(static_cast<int>(type));
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

namespace {
class Reader {
public:
  Reader(llvm::MemoryBufferRef file, const tflite::Model &model)
      : file(file), model(model) {}

  Result<ModelFile> run();

private:
  Status readTensors(const tflite::SubGraph &graph);
  Status readTensor(const tflite::Tensor &tensor, TensorInfo &info);
  Status readShape(const tflite::Tensor &tensor, TensorInfo &info);
  Status readQuantization(const tflite::Tensor &tensor, TensorInfo &info);
  Status readData(const tflite::Tensor &tensor, TensorInfo &info);
  Result<StringRef> getBuffer(uint32_t index) const;
  Status readOperators(const tflite::SubGraph &graph);
  Status unpack(TensorInfo &info, int64_t count);
  Status readIndices(const flatbuffers::Vector<int32_t> *indices,
                     const std::string &what, std::vector<int32_t> &list,
                     bool mayBeMissing) const;
  void readMetadata();

  llvm::MemoryBufferRef file;
  const tflite::Model &model;
  ModelFile result;
  llvm::StringSet<> names;
};
} // namespace

static std::string toString(const flatbuffers::String *text) {
  return text ? text->str() : std::string();
}

Result<StringRef> Reader::getBuffer(uint32_t index) const {
  if (!model.buffers() || index >= model.buffers()->size())
    return error("buffer ", index, " is not in the file");
  const tflite::Buffer *buffer = model.buffers()->Get(index);
  if (!buffer)
    return StringRef();
  // Large files have their data behind the FlatBuffer; 1 is a placeholder.
  if (buffer->offset() > 1) {
    uint64_t size = file.getBufferSize();
    if (buffer->offset() > size || buffer->size() > size - buffer->offset())
      return error("buffer ", index, " ends behind the file");
    return file.getBuffer().substr(buffer->offset(), buffer->size());
  }
  if (!buffer->data())
    return StringRef();
  return StringRef(reinterpret_cast<const char *>(buffer->data()->data()),
                   buffer->data()->size());
}

Status Reader::readShape(const tflite::Tensor &tensor, TensorInfo &info) {
  if (tensor.shape())
    info.shape.assign(tensor.shape()->begin(), tensor.shape()->end());
  if (!countElements(info.shape))
    return error("has the impossible shape ", shapeString(info.shape));
  const auto *signature = tensor.shape_signature();
  if (!signature || signature->size() == 0)
    return ok();
  if (signature->size() != info.shape.size())
    return error("has the shape ", shapeString(info.shape),
                 " and one of another rank for what is not fixed");
  // An open batch has the size that the file says, mostly 1.
  for (uint32_t i = 1; i < signature->size(); ++i)
    if (signature->Get(i) < 0)
      info.refusal = "tensor '" + info.name + "' has a dimension " +
                     std::to_string(i) +
                     " that is only known when the model runs; convert it with "
                     "fixed shapes";
  return ok();
}

Status Reader::readQuantization(const tflite::Tensor &tensor,
                                TensorInfo &info) {
  const tflite::QuantizationParameters *from = tensor.quantization();
  if (from && from->details_type() != 0)
    info.refusal = "tensor '" + info.name +
                   "' has quantization parameters in a form of their own, "
                   "which is not supported";
  // Converters leave parameters at tensors of floats, where they mean nothing.
  bool isFloat = info.type == TensorType::FLOAT32 ||
                 info.type == TensorType::FLOAT16 ||
                 info.type == TensorType::FLOAT64;
  if (!from || !from->scale() || from->scale()->size() == 0 || isFloat)
    return ok();
  Quantization &to = info.quantization;
  to.scales.assign(from->scale()->begin(), from->scale()->end());
  if (from->zero_point())
    to.zeroPoints.assign(from->zero_point()->begin(),
                         from->zero_point()->end());
  if (to.zeroPoints.empty())
    to.zeroPoints.assign(to.scales.size(), 0);
  if (to.zeroPoints.size() == 1 && to.scales.size() > 1)
    to.zeroPoints.assign(to.scales.size(), to.zeroPoints.front());
  to.axis = from->quantized_dimension();
  if (to.zeroPoints.size() != to.scales.size())
    return error("has ", to.scales.size(), " scales and ", to.zeroPoints.size(),
                 " zero points");
  if (to.scales.size() > 1 &&
      (to.axis < 0 || to.axis >= static_cast<int64_t>(info.shape.size()) ||
       info.shape[to.axis] != static_cast<int64_t>(to.scales.size())))
    return error("has ", to.scales.size(), " scales for dimension ", to.axis,
                 " of shape ", shapeString(info.shape));
  // What an operator left at 0 has no parameters; the rest are no scales.
  if (llvm::all_of(to.scales, [](float scale) { return scale == 0; })) {
    to = {};
    return ok();
  }
  for (float scale : to.scales)
    if (!(scale >= FLT_MIN && scale <= FLT_MAX))
      return error("has the scale ", scale,
                   "; a positive number that is not denormal is expected");
  for (int64_t zero : to.zeroPoints)
    if (zero < INT32_MIN || zero > INT32_MAX)
      return error("has the zero point ", zero, ", which is out of range");
  return ok();
}

/// Two numbers a byte, the first in the lower half, become bytes.
Status Reader::unpack(TensorInfo &info, int64_t count) {
  auto size = static_cast<uint64_t>((count + 1) / 2);
  if (info.data.size() != size)
    return error("is INT4 of shape ", shapeString(info.shape), ", but has ",
                 info.data.size(), " bytes");
  std::string bytes;
  for (int64_t i = 0; i < count; ++i) {
    int half = static_cast<uint8_t>(info.data[i / 2]) >> (i % 2 * 4) & 15;
    bytes += static_cast<char>(half < 8 ? half : half - 16);
  }
  result.unpacked.push_back(std::move(bytes));
  info.data = result.unpacked.back();
  info.type = TensorType::INT8;
  return ok();
}

Status Reader::readData(const tflite::Tensor &tensor, TensorInfo &info) {
  Result<StringRef> bytes = getBuffer(tensor.buffer());
  if (!bytes)
    return bytes.takeError();
  std::optional<int64_t> count = countElements(info.shape);
  std::optional<size_t> size = getElementSize(info.type);
  // An empty buffer is that of a tensor which is computed, or has no elements.
  info.isConstant = !bytes->empty() || *count == 0;
  info.data = *bytes;
  if (info.isConstant && info.type == TensorType::INT4)
    return unpack(info, *count);
  if (info.isConstant && !size) {
    info.refusal = "tensor '" + info.name + "' holds elements of type " +
                   getTypeName(info.type) + ", which is not supported";
    return ok();
  }
  if (info.isConstant && static_cast<uint64_t>(*count) * *size != bytes->size())
    return error("is ", getTypeName(info.type), " of shape ",
                 shapeString(info.shape), ", but has ", bytes->size(),
                 " bytes");
  return ok();
}

Status Reader::readTensor(const tflite::Tensor &tensor, TensorInfo &info) {
  info.type = tensor.type();
  if (Status status = readShape(tensor, info); !status)
    return status;
  if (Status status = readQuantization(tensor, info); !status)
    return status;
  if (tensor.sparsity()) {
    info.refusal = "tensor '" + info.name +
                   "' leaves out zeros (sparsity), which is not supported; "
                   "convert the model with dense weights";
    return ok();
  }
  if (tensor.is_variable())
    info.refusal = "tensor '" + info.name +
                   "' is a variable that one run leaves for the next, which is "
                   "not supported";
  return readData(tensor, info);
}

Status Reader::readTensors(const tflite::SubGraph &graph) {
  size_t count = graph.tensors() ? graph.tensors()->size() : 0;
  for (size_t i = 0; i < count; ++i) {
    const tflite::Tensor *tensor = graph.tensors()->Get(i);
    TensorInfo info;
    std::string name = toString(tensor->name());
    if (name.empty())
      name = "tensor" + std::to_string(i);
    info.name = name;
    for (size_t other = 1; !names.insert(info.name).second; ++other)
      info.name = name + "_" + std::to_string(other);
    if (Status status = readTensor(*tensor, info); !status)
      return error("tensor '", info.name, "' (number ", i, ") ",
                   status.message());
    result.tensors.push_back(std::move(info));
  }
  return ok();
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

Status Reader::readIndices(const flatbuffers::Vector<int32_t> *indices,
                           const std::string &what, std::vector<int32_t> &list,
                           bool mayBeMissing) const {
  if (!indices)
    return ok();
  for (int32_t index : *indices) {
    if (index < (mayBeMissing ? kNone : 0) ||
        index >= static_cast<int64_t>(result.tensors.size()))
      return error(what, " is tensor ", index, " of ", result.tensors.size());
    list.push_back(index);
  }
  return ok();
}

/// The larger of the two numbers counts: older files have the byte alone.
static BuiltinOperator getCode(const tflite::OperatorCode &code) {
  return std::max(static_cast<BuiltinOperator>(code.deprecated_builtin_code()),
                  code.builtin_code());
}

static std::string getOperatorName(const tflite::OperatorCode &code) {
  BuiltinOperator builtin = getCode(code);
  if (builtin == BuiltinOperator::CUSTOM)
    return "CUSTOM '" + toString(code.custom_code()) + "'";
  const char *name = tflite::EnumNameBuiltinOperator(builtin);
  return *name ? name
               : "operator code " + std::to_string(static_cast<int>(builtin));
}

Status Reader::readOperators(const tflite::SubGraph &graph) {
  size_t count = graph.operators() ? graph.operators()->size() : 0;
  size_t codes = model.operator_codes() ? model.operator_codes()->size() : 0;
  for (size_t i = 0; i < count; ++i) {
    OperatorInfo info;
    info.raw = graph.operators()->Get(i);
    std::string what = "operator " + std::to_string(i);
    if (info.raw->opcode_index() >= codes)
      return error(what, " has code ", info.raw->opcode_index(), " of ", codes);
    const auto &code = *model.operator_codes()->Get(info.raw->opcode_index());
    info.code = getCode(code);
    info.name = getOperatorName(code);
    what += " (" + info.name + "): ";
    if (Status status = readIndices(info.raw->inputs(), what + "an input",
                                    info.inputs, true);
        !status)
      return status;
    if (Status status = readIndices(info.raw->outputs(), what + "an output",
                                    info.outputs, true);
        !status)
      return status;
    result.operators.push_back(std::move(info));
  }
  return ok();
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

void Reader::readMetadata() {
  if (!model.metadata())
    return;
  for (const tflite::Metadata *entry : *model.metadata())
    if (Result<StringRef> bytes = getBuffer(entry->buffer()))
      result.metadata[toString(entry->name())] = bytes->str();
}

Result<ModelFile> Reader::run() {
  const tflite::SubGraph &graph = *model.subgraphs()->Get(0);
  result.description = toString(model.description());
  if (model.subgraphs()->size() > 1)
    result.remarks.push_back("the file holds " +
                             std::to_string(model.subgraphs()->size()) +
                             " graphs; the first one is read");
  if (Status status = readTensors(graph); !status)
    return status;
  if (Status status = readOperators(graph); !status)
    return status;
  if (Status status = readIndices(graph.inputs(), "an input of the model",
                                  result.inputs, false);
      !status)
    return status;
  if (Status status = readIndices(graph.outputs(), "an output of the model",
                                  result.outputs, false);
      !status)
    return status;
  if (result.outputs.empty())
    return error("the model has no outputs");
  readMetadata();
  return std::move(result);
}

Result<ModelFile> readModel(llvm::MemoryBufferRef file) {
  const auto *bytes = reinterpret_cast<const uint8_t *>(file.getBufferStart());
  size_t size = file.getBufferSize();
  if (size == 0)
    return error("the file is empty");
  if (size < 8 || !tflite::ModelBufferHasIdentifier(bytes))
    return error("not a .tflite model: its bytes 4 to 7 are not 'TFL3'");
  // What stands behind the FlatBuffer has places of its own.
  size_t part = std::min<size_t>(size, FLATBUFFERS_MAX_BUFFER_SIZE - 1);
  constexpr unsigned kDeepest = 64, kMostTables = 10'000'000;
  flatbuffers::Verifier verifier(bytes, part, kDeepest, kMostTables);
  if (!tflite::VerifyModelBuffer(verifier))
    return error("a .tflite model that is truncated or damaged: its ", size,
                 " bytes are not one FlatBuffer of the schema");
  const tflite::Model *model = tflite::GetModel(bytes);
  if (model->version() != 3)
    return error("schema version ", model->version(),
                 " is not supported; 3 is");
  if (!model->subgraphs() || model->subgraphs()->size() == 0)
    return error("the file holds no graph");
  return Reader(file, *model).run();
}

} // namespace qc::tfliteimport
