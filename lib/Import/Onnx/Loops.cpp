// Loop and Scan whose number of steps is known: the steps one after the other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "GraphBody.h"
#include "HostOps.h"
#include "Importer.h"

namespace qc::onnximport {

/// A network of more steps would be slow to compile, as one of that many ops.
static constexpr int64_t kMostSteps = 2000;

static ::onnx::GraphProto *findGraph(::onnx::NodeProto &proto, StringRef name) {
  for (auto &attribute : *proto.mutable_attribute())
    if (attribute.has_g() && attribute.name() == name.str())
      return attribute.mutable_g();
  return nullptr;
}

static bool isOptional(StringRef name) { return name.empty(); }

/// A name for a tensor of a step that is in no graph.
static std::string getStepName(const NodeInfo &info, StringRef what,
                               int64_t step) {
  auto outermost = llvm::find_if_not(
      info.outputs, [](const std::string &name) { return isOptional(name); });
  std::string prefix = outermost == info.outputs.end() ? info.name : *outermost;
  return prefix + "/" + what.str() + std::to_string(step);
}

std::optional<std::vector<std::string>>
Importer::importStep(const NodeInfo &info, const ::onnx::GraphProto &body,
                     ArrayRef<std::string> inputs, int64_t step,
                     int64_t opset) {
  // The graph is used up: nodes are renamed, initializers are taken.
  ::onnx::GraphProto &copy = stepGraphs.emplace_back(body);
  NodeInfo part = info;
  part.inputs = inputs;
  part.outputs.clear();
  std::vector<std::string> formals, results;
  for (const auto &formal : copy.input())
    formals.push_back(formal.name());
  for (const auto &[i, result] : llvm::enumerate(copy.output())) {
    results.push_back(result.name());
    part.outputs.push_back(
        getStepName(info, "result" + std::to_string(i) + "_", step));
    wanted.insert(part.outputs.back());
  }
  size_t before = failures.size();
  importBody(part, {*copy.mutable_node(), copy.mutable_initializer(), formals,
                    results, opset, inside});
  if (failures.size() != before)
    return std::nullopt;
  return part.outputs;
}

void Importer::importSynthetic(StringRef op, ArrayRef<std::string> inputs,
                               const std::string &output, int64_t axis,
                               int64_t opset) {
  ::onnx::NodeProto node;
  node.set_op_type(op.str());
  for (const std::string &input : inputs)
    node.add_input(input);
  node.add_output(output);
  wanted.insert(output);
  if (op == "Unsqueeze" && opset >= 13) {
    std::string axes = output + "_axes";
    values.set(axes,
               {Tensor::fromVector(std::vector<int64_t>{axis}, {1}), Value()});
    node.add_input(axes);
  } else {
    auto *attribute = node.add_attribute();
    bool isList = op == "Unsqueeze";
    attribute->set_name(isList ? "axes" : "axis");
    attribute->set_type(isList ? ::onnx::AttributeProto::INTS
                               : ::onnx::AttributeProto::INT);
    if (isList)
      attribute->add_ints(axis);
    else
      attribute->set_i(axis);
  }
  importNode(node, opset);
}

void Importer::setStacked(const NodeInfo &info, size_t output,
                          std::vector<std::string> parts, int64_t axis,
                          bool isReverse, int64_t opset) {
  if (isOptional(info.outputs[output]))
    return;
  if (isReverse)
    std::reverse(parts.begin(), parts.end());
  if (axis < 0)
    if (auto first = values.find(parts.front()); first && *first)
      axis += (*first)->getType(context).getRank() + 1;
  std::vector<std::string> apart;
  for (auto [i, part] : llvm::enumerate(parts)) {
    apart.push_back(getStepName(info, "row" + std::to_string(output) + "_",
                                static_cast<int64_t>(i)));
    importSynthetic("Unsqueeze", part, apart.back(), axis, opset);
  }
  importSynthetic("Concat", apart, info.outputs[output], axis, opset);
}

void Importer::forwardResult(const std::string &from, const std::string &to) {
  if (isOptional(to))
    return;
  if (auto found = values.find(from); found && *found) {
    ImportedValue copy = **found;
    values.set(to, std::move(copy));
  }
}

/// Whether the loop goes on: `name` is a boolean that must be known.
static std::optional<bool> readCondition(ValueTable &values,
                                         const std::string &name,
                                         std::string &reason) {
  if (isOptional(name))
    return true;
  auto found = values.find(name);
  if (found && *found && (*found)->constant &&
      (*found)->constant->numElements() == 1)
    return host::toReals(*(*found)->constant)[0] != 0;
  reason = "goes on for as long as '" + name +
           "' says, which the network computes; only loops whose number of "
           "steps is known are supported";
  return std::nullopt;
}

void Importer::importLoop(const NodeInfo &info, ::onnx::NodeProto &proto,
                          int64_t opset) {
  auto refuse = [&](StringRef reason) {
    fail(info, reason);
    setPlaceholders(info);
  };
  AttributeTable attributes(proto, externalFiles);
  NodeContext node(info, attributes, values, builder);
  int64_t most = kMostSteps + 1;
  if (node.hasInput(0)) {
    std::vector<int64_t> count = node.integers(0, "the number of steps");
    if (!node.failed() && count.size() != 1)
      (void)node.fail("the number of steps is not one number");
    most = count.empty() ? 0 : std::min(most, count.front());
  }
  ::onnx::GraphProto *body = findGraph(proto, "body");
  size_t carried = info.inputs.size() < 2 ? 0 : info.inputs.size() - 2;
  if (!node.failed() &&
      (!body || body->input_size() != static_cast<int>(carried + 2) ||
       body->output_size() < static_cast<int>(carried + 1) ||
       body->output_size() != static_cast<int>(info.outputs.size() + 1)))
    (void)node.fail("its body does not fit its inputs and outputs");
  if (node.failed()) {
    if (!node.isConsequence())
      fail(info, *node.getFailure());
    return setPlaceholders(info);
  }
  std::string condition = info.inputs.size() > 1 ? info.inputs[1] : "", reason;
  std::vector<std::string> state(info.inputs.begin() + 2, info.inputs.end());
  std::vector<std::vector<std::string>> rows(info.outputs.size() - carried);
  for (int64_t step = 0; step < most; ++step) {
    auto goesOn = readCondition(values, condition, reason);
    if (!goesOn)
      return refuse(reason);
    if (!*goesOn)
      break;
    if (step == kMostSteps)
      return refuse("has more than " + std::to_string(kMostSteps) + " steps");
    std::string number = getStepName(info, "step", step);
    values.set(number,
               {Tensor::fromVector(std::vector<int64_t>{step}, {}), Value()});
    if (isOptional(condition)) {
      condition = getStepName(info, "goes_on", step);
      values.set(condition, {host::scalar(DType::Bool, 1), Value()});
    }
    std::vector<std::string> inputs{number, condition};
    llvm::append_range(inputs, state);
    auto results = importStep(info, *body, inputs, step, opset);
    if (!results)
      return setPlaceholders(info);
    condition = results->front();
    state.assign(results->begin() + 1, results->begin() + 1 + carried);
    for (size_t i = 0; i < rows.size(); ++i)
      rows[i].push_back((*results)[1 + carried + i]);
  }
  for (size_t i = 0; i < carried; ++i)
    forwardResult(state[i], info.outputs[i]);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].empty() && !isOptional(info.outputs[carried + i]))
      return refuse("makes no step, so that output '" +
                    info.outputs[carried + i] + "' has no elements");
    if (!rows[i].empty())
      setStacked(info, carried + i, rows[i], 0, /*isReverse=*/false, opset);
  }
}

void Importer::importScan(const NodeInfo &info, ::onnx::NodeProto &proto,
                          int64_t opset) {
  AttributeTable attributes(proto, externalFiles);
  NodeContext node(info, attributes, values, builder);
  auto scanned = static_cast<size_t>(node.integerAttr("num_scan_inputs", 0));
  ::onnx::GraphProto *body = findGraph(proto, "body");
  if (opset < 9)
    (void)node.fail("its form of operator set 8 is not supported");
  size_t carried = info.inputs.size() - std::min(scanned, info.inputs.size());
  if (!node.failed() &&
      (!body || scanned < 1 || scanned > info.inputs.size() ||
       body->input_size() != static_cast<int>(info.inputs.size()) ||
       body->output_size() != static_cast<int>(info.outputs.size()) ||
       info.outputs.size() < carried))
    (void)node.fail("its body does not fit its inputs and outputs");
  size_t stacked = node.failed() ? 0 : info.outputs.size() - carried;
  auto list = [&](StringRef name, size_t size) {
    auto given = node.integersAttr(name);
    std::vector<int64_t> values = given.value_or(std::vector<int64_t>(size, 0));
    if (!node.failed() && values.size() != size)
      (void)node.fail(name + " has " + Twine(values.size()) +
                      " values, expected " + Twine(size));
    values.resize(size, 0);
    return values;
  };
  std::vector<int64_t> axes = list("scan_input_axes", scanned);
  std::vector<int64_t> directions = list("scan_input_directions", scanned);
  std::vector<int64_t> outAxes = list("scan_output_axes", stacked);
  std::vector<int64_t> outDirections = list("scan_output_directions", stacked);
  int64_t steps = 0;
  for (size_t i = 0; i < scanned && !node.failed(); ++i) {
    size_t input = carried + i;
    axes[i] = node.normalizeAxis(axes[i], node.rank(input));
    if (node.failed())
      break;
    int64_t size = node.shape(input)[axes[i]];
    if (i > 0 && size != steps)
      (void)node.fail("its inputs have " + Twine(steps) + " and " +
                      Twine(size) + " steps");
    steps = size;
  }
  if (!node.failed() && (steps < 1 || steps > kMostSteps))
    (void)node.fail("has " + Twine(steps) + " steps; 1 to " +
                    Twine(kMostSteps) + " are supported");
  if (node.failed()) {
    if (!node.isConsequence())
      fail(info, *node.getFailure());
    return setPlaceholders(info);
  }
  std::vector<std::string> state(info.inputs.begin(),
                                 info.inputs.begin() + carried);
  std::vector<std::vector<std::string>> rows(stacked);
  for (int64_t step = 0; step < steps; ++step) {
    std::vector<std::string> inputs = state;
    for (size_t i = 0; i < scanned; ++i) {
      std::string suffix = std::to_string(i) + "_";
      std::string index = getStepName(info, "place" + suffix, step);
      std::string part = getStepName(info, "part" + suffix, step);
      int64_t place = directions[i] ? steps - 1 - step : step;
      values.set(index, {Tensor::fromVector(std::vector<int64_t>{place}, {}),
                         Value()});
      importSynthetic("Gather", {info.inputs[carried + i], index}, part,
                      axes[i], opset);
      inputs.push_back(part);
    }
    auto results = importStep(info, *body, inputs, step, opset);
    if (!results)
      return setPlaceholders(info);
    state.assign(results->begin(), results->begin() + carried);
    for (size_t i = 0; i < stacked; ++i)
      rows[i].push_back((*results)[carried + i]);
  }
  for (size_t i = 0; i < carried; ++i)
    forwardResult(state[i], info.outputs[i]);
  for (size_t i = 0; i < stacked; ++i)
    setStacked(info, carried + i, rows[i], outAxes[i], outDirections[i] != 0,
               opset);
}

} // namespace qc::onnximport
