// Operands and results of the operator that is being translated.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OperatorContext.h"

#include "qc/Support/Convert.h"

#include <cmath>
#include <cstring>

namespace qc::tfliteimport {

void OperatorContext::fail(const llvm::Twine &reason) {
  if (failure.empty())
    failure = reason.str();
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// Stands for tensors that are not there after an error.
static const TensorInfo &noTensor() {
  static const TensorInfo none;
  return none;
}

bool OperatorContext::hasInput(size_t index) const {
  return index < info.inputs.size() && info.inputs[index] != kNone;
}

const TensorInfo &OperatorContext::input(size_t index) {
  if (hasInput(index))
    return state.file.tensors[info.inputs[index]];
  fail("input " + llvm::Twine(index) + " is missing");
  return noTensor();
}

const TensorInfo &OperatorContext::output(size_t index) {
  if (index < info.outputs.size() && info.outputs[index] != kNone)
    return state.file.tensors[info.outputs[index]];
  fail("output " + llvm::Twine(index) + " is missing");
  return noTensor();
}

std::string OperatorContext::value(size_t index) {
  if (!input(index).refusal.empty())
    fail(input(index).refusal);
  if (failed())
    return {};
  std::string &known = state.values[info.inputs[index]];
  if (known.empty() && input(index).isConstant) {
    std::vector<int64_t> plain(rank(index));
    for (size_t d = 0; d < plain.size(); ++d)
      plain[d] = static_cast<int64_t>(d);
    known =
        constant(index, {plain, shape(index), input(index).quantization.axis});
  }
  if (known.empty())
    fail("input '" + input(index).name + "' is read before it is made");
  return known;
}

std::string OperatorContext::channelsFirst(size_t index) {
  std::string plain = value(index);
  if (rank(index) != 4)
    fail("input '" + input(index).name + "' has shape " +
         shapeString(shape(index)) +
         ", but batch, height, width and channels are expected");
  if (failed())
    return {};
  std::string &known = state.channelsFirst[info.inputs[index]];
  if (known.empty()) {
    // Kept even if this operator fails: others may read it.
    known = state.builder.unique(input(index).name + "/nchw");
    state.builder.add(makeNode("Transpose", plain, known,
                               Attributes().integers("perm", {0, 3, 1, 2})));
  }
  return known;
}

bool OperatorContext::isMadeFirst() {
  bool all = numInputs() > 0;
  for (size_t i = 0; i < numInputs(); ++i)
    all &= isMadeFirst(i);
  return all;
}

bool OperatorContext::isMadeFirst(size_t index) {
  if (!hasInput(index))
    return false;
  auto found = state.channelsFirst.find(info.inputs[index]);
  return found != state.channelsFirst.end() &&
         state.madeFirst.count(found->second);
}

/// The shape in which a constant that has a number a channel, or one for all,
/// meets images [N, C, H, W]; nothing for others.
std::optional<Shape> OperatorContext::getBroadcastShape(size_t index) {
  const Shape &from = shape(index);
  std::optional<int64_t> count = countElements(from);
  if (!input(index).isConstant || !count || from.size() > 4)
    return std::nullopt;
  if (*count == 1)
    return Shape{};
  if (from.back() != *count || output().shape.empty() ||
      *count != output().shape.back())
    return std::nullopt;
  return Shape{*count, 1, 1};
}

bool OperatorContext::isChannelsFirst() {
  bool any = false;
  for (size_t i = 0; i < numInputs(); ++i) {
    if (!hasInput(i) || numOutputs() != 1)
      return false;
    bool isImage = isMadeFirst(i) && shape(i) == output().shape;
    any |= isImage;
    if (!isImage && !getBroadcastShape(i))
      return false;
  }
  return any;
}

std::string OperatorContext::operand(size_t index) {
  if (!isChannelsFirst())
    return value(index);
  std::optional<Shape> shape = getBroadcastShape(index);
  if (!shape)
    return channelsFirst(index);
  std::vector<int64_t> plain(rank(index));
  for (size_t d = 0; d < plain.size(); ++d)
    plain[d] = static_cast<int64_t>(d);
  return constant(index, {plain, *shape, 0});
}

std::string OperatorContext::constant(size_t index, const Permuted &order) {
  const TensorInfo &tensor = input(index);
  if (!tensor.refusal.empty())
    fail(tensor.refusal);
  if (!tensor.isConstant)
    fail("input '" + tensor.name +
         "' is computed when the model runs, but must be constant");
  std::optional<int32_t> dataType = getDataType(tensor.type);
  if (!dataType && tensor.type != TensorType::FLOAT16)
    fail("input '" + tensor.name + "' holds elements of type " +
         getTypeName(tensor.type) + ", which is not supported");
  if (failed())
    return {};
  std::string bytes = permute(tensor.data, *getElementSize(tensor.type),
                              tensor.shape, order.perm);
  if (tensor.type == TensorType::FLOAT16) {
    std::string wide(bytes.size() * 2, '\0');
    for (size_t i = 0; i < bytes.size() / 2; ++i) {
      uint16_t half;
      std::memcpy(&half, &bytes[2 * i], sizeof(half));
      float single = halfToFloat(half);
      std::memcpy(&wide[4 * i], &single, sizeof(single));
    }
    bytes = std::move(wide);
    dataType = ::onnx::TensorProto::FLOAT;
  }
  std::string stored = state.builder.addTensor(tensor.name, *dataType,
                                               order.shape, std::move(bytes));
  if (!tensor.isQuantized())
    return stored;
  std::string real = state.builder.unique(tensor.name + "/real");
  state.builder.add(state.builder.makeRounding(
      false, stored, real, tensor.type, tensor.quantization, order.axis));
  return real;
}

std::vector<int64_t> OperatorContext::integers(size_t index, StringRef what) {
  const TensorInfo &tensor = input(index);
  if (!tensor.isConstant)
    fail(what + " is computed when the model runs (input '" + tensor.name +
         "'), but must be constant");
  if (tensor.type != TensorType::INT32 && tensor.type != TensorType::INT64)
    fail(what + " has elements of type " + getTypeName(tensor.type));
  if (failed())
    return {};
  std::vector<int64_t> list;
  size_t size = *getElementSize(tensor.type);
  for (size_t at = 0; at < tensor.data.size(); at += size) {
    int64_t wide = 0;
    int32_t narrow = 0;
    std::memcpy(size == 8 ? static_cast<void *>(&wide) : &narrow,
                tensor.data.data() + at, size);
    list.push_back(size == 8 ? wide : narrow);
  }
  return list;
}

float OperatorContext::real(size_t index, StringRef what) {
  const TensorInfo &tensor = input(index);
  if (!tensor.isConstant || countElements(tensor.shape) != 1)
    fail(what + " is not one constant number (input '" + tensor.name + "')");
  if (failed())
    return 0;
  double stored = 0;
  auto read = [&](auto number) {
    std::memcpy(&number, tensor.data.data(), sizeof(number));
    stored = static_cast<double>(number);
  };
  switch (tensor.type) {
  case TensorType::FLOAT32:
    read(float());
    break;
  case TensorType::INT8:
    read(int8_t());
    break;
  case TensorType::UINT8:
    read(uint8_t());
    break;
  case TensorType::INT16:
    read(int16_t());
    break;
  case TensorType::INT32:
    read(int32_t());
    break;
  default:
    fail(what + " has elements of type " + getTypeName(tensor.type));
  }
  if (!tensor.isQuantized())
    return static_cast<float>(stored);
  const Quantization &by = tensor.quantization;
  return static_cast<float>((stored - double(by.zeroPoints[0])) *
                            double(by.scales[0]));
}

int64_t OperatorContext::axis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  fail("axis " + llvm::Twine(axis) + " is out of range for a tensor of rank " +
       llvm::Twine(rank));
  return 0;
}

/// Whether 32 bits hold all integers of an INT64 tensor.
static bool isNarrow(const TensorInfo &tensor) {
  for (size_t at = 0; at < tensor.data.size(); at += 8) {
    int64_t value;
    std::memcpy(&value, tensor.data.data() + at, 8);
    if (value < INT32_MIN || value > INT32_MAX)
      return false;
  }
  return true;
}

std::string OperatorContext::bias(size_t index, size_t from, size_t weight) {
  const TensorInfo &tensor = input(index);
  bool isWide = tensor.type == TensorType::INT64;
  if (!isWide && tensor.type != TensorType::INT32)
    return value(index);
  // Kernels take the unit of sums of products whatever the file says.
  const Quantization &x = input(from).quantization;
  const Quantization &w = input(weight).quantization;
  if (!tensor.isConstant || rank(index) != 1 || x.scales.size() != 1 ||
      w.scales.empty() ||
      (w.scales.size() != 1 &&
       static_cast<int64_t>(w.scales.size()) != shape(index)[0]))
    fail("the bias '" + tensor.name + "' of shape " +
         shapeString(tensor.shape) + " does not go with " +
         llvm::Twine(w.scales.size()) + " scales of weights");
  if (failed())
    return {};
  Quantization unit;
  for (float scale : w.scales)
    unit.scales.push_back(static_cast<float>(double(scale) * x.scales[0]));
  unit.zeroPoints.assign(unit.scales.size(), 0);
  std::vector<int64_t> stored = integers(index, "the bias");
  GraphBuilder &builder = state.builder;
  if (isWide && !isNarrow(tensor)) {
    // No ONNX type has them: the nearest floats do.
    std::vector<float> reals;
    for (auto [i, number] : llvm::enumerate(stored))
      reals.push_back(static_cast<float>(
          double(number) *
          double(unit.scales[unit.scales.size() == 1 ? 0 : i])));
    return builder.addReals(tensor.name, reals);
  }
  std::vector<int32_t> narrow(stored.begin(), stored.end());
  std::string integers = builder.addTensor(
      tensor.name, ::onnx::TensorProto::INT32, tensor.shape,
      std::string(reinterpret_cast<const char *>(narrow.data()),
                  narrow.size() * sizeof(int32_t)));
  std::string real = builder.unique(tensor.name + "/real");
  builder.add(
      builder.makeRounding(false, integers, real, TensorType::INT32, unit, 0));
  return real;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

std::string OperatorContext::emit(const std::string &op,
                                  ArrayRef<std::string> inputs,
                                  const Attributes &attributes) {
  if (failed())
    return {};
  std::string name =
      state.builder.unique(output().name + "/" + StringRef(op).lower());
  nodes.push_back(makeNode(op, inputs, name, attributes));
  return name;
}

std::string OperatorContext::ints(ArrayRef<int64_t> values) {
  return failed() ? std::string()
                  : state.builder.addIntegers(output().name + "/ints", values);
}

std::string OperatorContext::reshape(const std::string &value,
                                     ArrayRef<int64_t> shape) {
  return emit("Reshape", {value, ints(shape)});
}

std::string OperatorContext::transpose(const std::string &value,
                                       ArrayRef<int64_t> perm) {
  return emit("Transpose", value, Attributes().integers("perm", perm));
}

std::string OperatorContext::activate(const std::string &value,
                                      ActivationFunctionType activation) {
  switch (activation) {
  case ActivationFunctionType::NONE:
    return value;
  case ActivationFunctionType::RELU:
    return emit("Relu", value);
  case ActivationFunctionType::RELU_N1_TO_1:
    return emit("Clip", {value, scalar(-1), scalar(1)});
  case ActivationFunctionType::RELU6:
    return emit("Clip", {value, scalar(0), scalar(6)});
  case ActivationFunctionType::TANH:
    return emit("Tanh", value);
  default:
    fail("its fused activation (number " +
         llvm::Twine(static_cast<int>(activation)) + ") is not supported");
    return {};
  }
}

/// Notes `value` as `result`, the real numbers of output 0 as it is stored.
void OperatorContext::round(const std::string &value, const std::string &result,
                            size_t index) {
  const TensorInfo &tensor = output(index);
  if (failed())
    return;
  if (!state.values[info.outputs[index]].empty() || tensor.isConstant)
    return fail("output '" + tensor.name + "' is made by something else too");
  if (!tensor.refusal.empty())
    return fail(tensor.refusal);
  if (!tensor.isQuantized()) {
    nodes.push_back(makeNode("Identity", value, result));
    return;
  }
  bool isStorage = tensor.type == TensorType::INT8 ||
                   tensor.type == TensorType::UINT8 ||
                   tensor.type == TensorType::INT16;
  if (tensor.quantization.scales.size() != 1)
    return fail("output '" + tensor.name +
                "' has a scale a channel, which "
                "is only supported of constants");
  if (!isStorage)
    return fail("output '" + tensor.name + "' is stored as " +
                getTypeName(tensor.type) +
                " with a scale; INT8, UINT8 and INT16 are supported");
  std::string stored = state.builder.unique(tensor.name + "/stored");
  nodes.push_back(state.builder.makeRounding(true, value, stored, tensor.type,
                                             tensor.quantization, 0));
  nodes.push_back(state.builder.makeRounding(false, stored, result, tensor.type,
                                             tensor.quantization, 0));
}

void OperatorContext::set(const std::string &value,
                          ActivationFunctionType activation, size_t index) {
  std::string result = activate(value, activation);
  round(result, output(index).name, index);
}

void OperatorContext::setImage(const std::string &value,
                               ActivationFunctionType activation) {
  std::string result = activate(value, activation);
  if (output().shape.size() != 4)
    fail("output '" + output().name + "' has shape " +
         shapeString(output().shape) +
         ", but batch, height, width and channels are expected");
  if (failed())
    return;
  std::string image = state.builder.unique(output().name + "/nchw");
  round(result, image, 0);
  nodes.push_back(makeNode("Transpose", image, output().name,
                           Attributes().integers("perm", {0, 2, 3, 1})));
  images[info.outputs[0]] = image;
}

void OperatorContext::commit(const std::string &node) {
  for (::onnx::NodeProto &proto : nodes) {
    proto.set_name(node);
    state.builder.add(std::move(proto));
  }
  for (const auto &[id, image] : images) {
    state.channelsFirst[id] = image;
    state.madeFirst[image] = {state.file.tensors[id].name, node};
  }
}

} // namespace qc::tfliteimport
