// Translates a .tflite model into an ONNX graph, operator by operator.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Why that way: the ONNX importer already reads networks whose tensors are
// stored as integers, folds what is constant, cuts and lists what is in the
// way. An operator becomes the ONNX ops that compute the same real numbers,
// then QuantizeLinear and DequantizeLinear where the file stores its result as
// integers. Images are channels last in the file and channels first for ONNX's
// windows; the transposes vanish again (docs/Rationale/Layout.md).
#include "Translator.h"
#include "OperatorContext.h"

namespace qc::tfliteimport {

static const TranslationTable &getTable() {
  static const TranslationTable table = [] {
    TranslationTable all;
#define QC_FAMILY(name) add##name##Translations(all);
#include "qc/Import/TFLite/Families.inc"
#undef QC_FAMILY
    return all;
  }();
  return table;
}

/// The type and shape of the real numbers of `tensor`; false where ONNX has no
/// such type.
static bool describe(const TensorInfo &tensor, const std::string &name,
                     ::onnx::ValueInfoProto *info) {
  std::optional<int32_t> type =
      tensor.isQuantized() ? std::optional<int32_t>(::onnx::TensorProto::FLOAT)
                           : getDataType(tensor.type);
  info->set_name(name);
  auto *to = info->mutable_type()->mutable_tensor_type();
  if (type)
    to->set_elem_type(*type);
  auto *shape = to->mutable_shape();
  for (int64_t size : tensor.shape)
    shape->add_dim()->set_dim_value(size);
  return type.has_value();
}

namespace {
class Translator {
public:
  Translator(const ModelFile &file, TranslatedModel &model)
      : file(file), model(model),
        state{file, GraphBuilder(*model.proto->mutable_graph()), {}, {}, {}} {
    state.values.resize(file.tensors.size());
  }
  Status run(ImageNames &images);

private:
  Status addInput(int32_t id);
  void addOperator(size_t index);
  void refuse(const OperatorInfo &info, const std::string &node,
              const std::string &reason);
  /// Notes the results of an operator, so that others can read them.
  void noteOutputs(const OperatorInfo &info);

  const ModelFile &file;
  TranslatedModel &model;
  TranslationState state;
};
} // namespace

Status Translator::addInput(int32_t id) {
  const TensorInfo &tensor = file.tensors[id];
  if (!state.values[id].empty())
    return error("input '", tensor.name, "' is listed twice");
  if (tensor.isConstant || !tensor.refusal.empty())
    return error("input '", tensor.name,
                 "': ", tensor.isConstant ? "is a constant" : tensor.refusal);
  if (!describe(tensor, tensor.name, state.builder.graph.add_input()))
    return error("input '", tensor.name, "' has elements of type ",
                 getTypeName(tensor.type), ", which is not supported");
  state.values[id] = tensor.name;
  if (!tensor.isQuantized())
    return ok();
  std::optional<size_t> size = getElementSize(tensor.type);
  if (tensor.quantization.scales.size() != 1 || !size || *size > 2)
    return error("input '", tensor.name, "' is ", getTypeName(tensor.type),
                 " with ", tensor.quantization.scales.size(),
                 " scales; INT8, UINT8 and INT16 with one scale are supported");
  GraphBuilder &builder = state.builder;
  std::string stored = builder.unique(tensor.name + "/stored");
  state.values[id] = builder.unique(tensor.name + "/quantized");
  builder.add(builder.makeRounding(true, tensor.name, stored, tensor.type,
                                   tensor.quantization, 0));
  builder.add(builder.makeRounding(false, stored, state.values[id], tensor.type,
                                   tensor.quantization, 0));
  return ok();
}

void Translator::noteOutputs(const OperatorInfo &info) {
  for (int32_t id : info.outputs)
    if (id != kNone && state.values[id].empty())
      state.values[id] = file.tensors[id].name;
}

void Translator::refuse(const OperatorInfo &info, const std::string &node,
                        const std::string &reason) {
  ::onnx::NodeProto proto;
  proto.set_op_type(info.name);
  proto.set_domain(kRefusedDomain);
  proto.set_name(node);
  for (int32_t id : info.inputs)
    if (id != kNone && !state.values[id].empty())
      proto.add_input(state.values[id]);
  for (int32_t id : info.outputs)
    if (id != kNone && state.values[id].empty())
      proto.add_output(file.tensors[id].name);
  model.operators[node].refusal = reason;
  if (proto.output_size() > 0)
    state.builder.add(std::move(proto));
}

void Translator::addOperator(size_t index) {
  const OperatorInfo &info = file.operators[index];
  std::string node = info.name + "#" + std::to_string(index);
  SourceOperator &source = model.operators[node];
  source.op = info.name;
  for (int32_t id : info.outputs)
    if (id != kNone && source.output.empty())
      source.output = file.tensors[id].name;
  auto found = getTable().find(info.code);
  if (found == getTable().end()) {
    refuse(info, node, "not supported");
  } else {
    OperatorContext op(state, info);
    found->second(op);
    if (op.failed())
      refuse(info, node, op.getFailure());
    else
      op.commit(node);
  }
  noteOutputs(info);
}

Status Translator::run(ImageNames &images) {
  for (const TensorInfo &tensor : file.tensors)
    if (!tensor.isConstant)
      state.builder.reserve(tensor.name);
  for (int32_t id : file.inputs)
    if (Status status = addInput(id); !status)
      return status;
  for (size_t i = 0; i < file.operators.size(); ++i)
    addOperator(i);
  for (size_t id = 0; id < file.tensors.size(); ++id)
    if (!file.tensors[id].isConstant && file.tensors[id].refusal.empty() &&
        state.values[id] == file.tensors[id].name &&
        !llvm::is_contained(file.inputs, static_cast<int32_t>(id))) {
      ::onnx::ValueInfoProto described;
      if (describe(file.tensors[id], file.tensors[id].name, &described))
        *state.builder.graph.add_value_info() = described;
    }
  for (int32_t id : file.outputs) {
    if (state.values[id].empty())
      return error("output '", file.tensors[id].name,
                   "' is made by no operator");
    describe(file.tensors[id], file.tensors[id].name,
             state.builder.graph.add_output());
  }
  images = state.madeFirst;
  return ok();
}

Status translate(const ModelFile &file, TranslatedModel &model,
                 ImageNames &images) {
  model.proto = std::make_shared<::onnx::ModelProto>();
  model.proto->set_ir_version(10);
  model.proto->add_opset_import()->set_version(21);
  auto *refused = model.proto->add_opset_import();
  refused->set_domain(kRefusedDomain);
  refused->set_version(1);
  model.proto->mutable_graph()->set_name("main");
  return Translator(file, model).run(images);
}

} // namespace qc::tfliteimport
