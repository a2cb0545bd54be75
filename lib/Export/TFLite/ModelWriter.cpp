// Tensors, operators and names of a LiteRT model, and its bytes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ModelWriter.h"

namespace qc::tfliteexport {

Form Form::withShape(Shape other) const {
  Form form = *this;
  form.shape = std::move(other);
  return form;
}

Form Form::withNumbersOf(const Form &other) const {
  return {other.type, shape, other.parameters};
}

Form Form::withParameters(float scale, int64_t zeroPoint) const {
  Form form = *this;
  form.parameters = {{scale}, {zeroPoint}, 0};
  return form;
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

std::string ModelWriter::unique(StringRef name) const {
  std::string candidate = name.str();
  for (int i = 1; names.contains(candidate); ++i)
    candidate = (name + "_" + llvm::Twine(i)).str();
  return candidate;
}

TensorId ModelWriter::addTensor(StringRef name, Form form) {
  std::string free = unique(name);
  names.insert(free);
  tensors.push_back({std::move(free), std::move(form), 0});
  return tensors.size() - 1;
}

void ModelWriter::rename(TensorId id, StringRef name) {
  names.erase(tensors[id].name);
  tensors[id].name = unique(name);
  names.insert(tensors[id].name);
}

uint32_t ModelWriter::addBuffer(const void *bytes, size_t size) {
  buffers.emplace_back(static_cast<const char *>(bytes), size);
  return buffers.size() - 1;
}

TensorId ModelWriter::addConstant(StringRef name, Form form, const void *bytes,
                                  size_t size) {
  TensorId id = addTensor(name, std::move(form));
  tensors[id].buffer = addBuffer(bytes, size);
  return id;
}

void ModelWriter::addOperator(BuiltinOperator code, ArrayRef<TensorId> ins,
                              ArrayRef<TensorId> outs, Options options) {
  SmallVector<const Form *> forms;
  for (TensorId id : ins)
    forms.push_back(id == kNone ? nullptr : &getForm(id));
  std::pair<BuiltinOperator, int32_t> entry(
      code, getVersion(code, forms, getForm(outs.front()), options));
  auto found = llvm::find(codes, entry);
  auto op = std::make_unique<tflite::OperatorT>();
  op->opcode_index = found - codes.begin();
  if (found == codes.end())
    codes.push_back(entry);
  op->inputs.assign(ins.begin(), ins.end());
  op->outputs.assign(outs.begin(), outs.end());
  op->builtin_options = std::move(options);
  operators.push_back(std::move(op));
}

void ModelWriter::addInput(TensorId id, StringRef name) {
  inputs.push_back(id);
  inputNames.push_back(name.str());
}
void ModelWriter::addOutput(TensorId id, StringRef name) {
  outputs.push_back(id);
  outputNames.push_back(name.str());
}
void ModelWriter::addMetadata(StringRef name, StringRef text) {
  metadata.push_back({name.str(), addBuffer(text.data(), text.size())});
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

static std::vector<std::unique_ptr<tflite::TensorMapT>>
makeMap(ArrayRef<TensorId> ids, ArrayRef<std::string> names) {
  std::vector<std::unique_ptr<tflite::TensorMapT>> map;
  for (auto [id, name] : llvm::zip_equal(ids, names)) {
    map.push_back(std::make_unique<tflite::TensorMapT>());
    map.back()->name = name;
    map.back()->tensor_index = id;
  }
  return map;
}

static std::unique_ptr<tflite::TensorT>
makeTensor(StringRef name, const Form &form, uint32_t buffer) {
  auto tensor = std::make_unique<tflite::TensorT>();
  tensor->name = name.str();
  tensor->type = form.type;
  tensor->shape.assign(form.shape.begin(), form.shape.end());
  tensor->buffer = buffer;
  if (form.isQuantized()) {
    auto parameters = std::make_unique<tflite::QuantizationParametersT>();
    parameters->scale = form.parameters.scales;
    parameters->zero_point = form.parameters.zeroPoints;
    parameters->quantized_dimension = form.parameters.axis;
    tensor->quantization = std::move(parameters);
  }
  return tensor;
}

Result<std::string> ModelWriter::finish(StringRef graphName,
                                        StringRef description) {
  size_t total = 0;
  for (const std::string &buffer : buffers)
    total += buffer.size();
  // Offsets are 32 bits with a sign; a few megabytes are left for the rest.
  constexpr size_t kLimit = (size_t(1) << 31) - (size_t(1) << 24);
  if (total > kLimit)
    return error("its constants take ", total,
                 " bytes, but a FlatBuffer ends at 2 GiB; export parts of the "
                 "network");

  tflite::ModelT model;
  model.version = 3;
  model.description = description.str();
  for (auto [code, version] : codes) {
    auto entry = std::make_unique<tflite::OperatorCodeT>();
    constexpr auto kLast = BuiltinOperator::PLACEHOLDER_FOR_GREATER_OP_CODES;
    entry->deprecated_builtin_code = static_cast<int8_t>(
        std::min(static_cast<int32_t>(code), static_cast<int32_t>(kLast)));
    entry->builtin_code = code;
    entry->version = version;
    model.operator_codes.push_back(std::move(entry));
  }
  for (const std::string &bytes : buffers) {
    model.buffers.push_back(std::make_unique<tflite::BufferT>());
    model.buffers.back()->data.assign(bytes.begin(), bytes.end());
  }
  auto graph = std::make_unique<tflite::SubGraphT>();
  graph->name = graphName.str();
  graph->inputs.assign(inputs.begin(), inputs.end());
  graph->outputs.assign(outputs.begin(), outputs.end());
  graph->operators = std::move(operators);
  for (const TensorEntry &entry : tensors)
    graph->tensors.push_back(makeTensor(entry.name, entry.form, entry.buffer));
  model.subgraphs.push_back(std::move(graph));
  for (const auto &[name, buffer] : metadata) {
    model.metadata.push_back(std::make_unique<tflite::MetadataT>());
    model.metadata.back()->name = name;
    model.metadata.back()->buffer = buffer;
  }
  auto signature = std::make_unique<tflite::SignatureDefT>();
  signature->signature_key = "serving_default";
  signature->inputs = makeMap(inputs, inputNames);
  signature->outputs = makeMap(outputs, outputNames);
  model.signature_defs.push_back(std::move(signature));

  flatbuffers::FlatBufferBuilder builder(total + (1 << 16));
  builder.Finish(tflite::Model::Pack(builder, &model),
                 tflite::ModelIdentifier());
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()),
                     builder.GetSize());
}

} // namespace qc::tfliteexport
