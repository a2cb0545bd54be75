// An opened program: its bytes, its prepared kernels, and how it runs.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Model.h"
#include "FileLayout.h"
#include "MemoryChecker.h"
#include "ProgramChecks.h"
#include "compute/Isa.h"

#include <algorithm>
#include <cstring>

using namespace qcrt;

static qcrt_tensor_info describe(const ProgramTensor &tensor) {
  qcrt_tensor_info info = {};
  info.name = tensor.name.c_str();
  info.dtype = tensor.dtype;
  info.rank = static_cast<int32_t>(tensor.shape.size());
  info.byte_size = static_cast<size_t>(byteSize(tensor));
  info.aligned_size = static_cast<size_t>(alignUp(info.byte_size));
  info.scale = tensor.scales.empty() ? 0.0f : tensor.scales[0];
  info.zero_point = tensor.zeroPoint;
  info.preprocess = tensor.preprocess.c_str();
  info.picture = tensor.picture.c_str();
  int64_t stride = static_cast<int64_t>(qcrt_dtype_size(tensor.dtype));
  for (int i = info.rank - 1; i >= 0; --i) {
    info.shape[i] = tensor.shape[i];
    info.strides[i] = stride;
    stride *= tensor.shape[i];
  }
  return info;
}

static TensorView viewOf(const ProgramTensor &tensor) {
  TensorView view;
  view.name = tensor.name.c_str();
  view.dtype = tensor.dtype;
  view.rank = static_cast<int>(tensor.shape.size());
  std::copy(tensor.shape.begin(), tensor.shape.end(), view.shape);
  view.scales = tensor.scales.data();
  view.numScales = static_cast<int64_t>(tensor.scales.size());
  view.axis = tensor.axis;
  view.zeroPoint = tensor.zeroPoint;
  view.qmin = tensor.qmin;
  view.qmax = tensor.qmax;
  view.constant = tensor.kind == TensorKind::Constant;
  // Kernels never write to inputs; the reader forbids constant outputs.
  view.data = const_cast<void *>(tensor.data);
  return view;
}

static std::string join(const std::vector<std::string> &names) {
  std::string text;
  for (const std::string &name : names)
    text += (text.empty() ? "" : ", ") + name;
  return text;
}

void qcrt_model::describeTensors() {
  for (const ProgramTensor &tensor : content.tensors) {
    infos.push_back(describe(tensor));
    views.push_back(viewOf(tensor));
  }
}

/// Y and UV lie behind each other in [N, height * 3 / 2, stride]; the file may
/// say of a tensor that it is one and be wrong.
static bool isNv12(const ProgramTensor &tensor) {
  return tensor.picture.compare(0, 4, "nv12") == 0 && tensor.dtype == QCRT_U8 &&
         tensor.shape.size() == 3 && tensor.shape[1] % 3 == 0;
}

void qcrt_model::describePlanes() {
  for (size_t i = 0; i < content.inputs.size(); ++i) {
    const ProgramTensor &tensor = content.tensors[content.inputs[i]];
    size_t bytes = infos[content.inputs[i]].byte_size;
    if (!isNv12(tensor)) {
      inputPlanes.push_back({{i, 1, bytes}, 0});
      continue;
    }
    size_t rowBytes = static_cast<size_t>(tensor.shape[2]);
    size_t chroma = static_cast<size_t>(tensor.shape[1]) / 3;
    size_t offset = 0;
    for (int64_t n = 0; n < tensor.shape[0]; ++n)
      for (size_t rows : {2 * chroma, chroma}) {
        inputPlanes.push_back({{i, rows, rowBytes}, offset});
        offset += rows * rowBytes;
      }
  }
}

static Attributes attributesOf(const ProgramInstruction &instruction) {
  Attributes attributes;
  for (const ProgramAttribute &attribute : instruction.attributes)
    attributes.add({attribute.key, attribute.ints, attribute.floats,
                    attribute.text, false});
  return attributes;
}

bool qcrt_model::prepareStep(size_t number, std::string &error) {
  const ProgramInstruction &instruction = content.instructions[number];
  KernelFactory factory = KernelRegistry::all().find(instruction.kernel);
  if (!factory) {
    error = "there is no kernel '" + instruction.kernel + "'";
    return false;
  }
  Step step;
  step.sources = join(instruction.sources);
  step.firstOperand = operands.size();
  step.numInputs = instruction.inputs.size();
  step.numOutputs = instruction.outputs.size();
  step.firstTraced = tracedInfos.size();
  for (const auto *list : {&instruction.inputs, &instruction.outputs})
    for (uint32_t tensor : *list) {
      operands.push_back(views[tensor]);
      operandTensors.push_back(tensor);
    }
  for (uint32_t tensor : instruction.outputs)
    tracedInfos.push_back(infos[tensor]);
  const TensorView *first = operands.data() + step.firstOperand;
  Attributes attributes = attributesOf(instruction);
  if (!attributes.finish()) {
    error = "two attributes have the same name";
    return false;
  }
  PrepareContext context{first,
                         static_cast<int>(step.numInputs),
                         first + step.numInputs,
                         static_cast<int>(step.numOutputs),
                         attributes,
                         {}};
  step.kernel = factory(context);
  if (attributes.failed())
    error = attributes.error();
  else if (!step.kernel)
    error = context.error;
  else if (const char *key = attributes.unused())
    error = "attribute '" + std::string(key) + "' is not known here";
  else
    steps.push_back(std::move(step));
  return error.empty();
}

bool qcrt_model::load(std::string &error) {
  if (!readProgram(file.data(), file.size(), content, error))
    return false;
  if (content.arenaSize > SIZE_MAX / 4) {
    error = "the arena is too large for this machine";
    return false;
  }
  error = compute::preferredIsaError();
  if (!error.empty())
    return false;
  describeTensors();
  describePlanes();
  MemoryChecker memory(content);
  if (!memory.checkInputs(error))
    return false;
  for (size_t i = 0; i < content.instructions.size(); ++i) {
    if (prepareStep(i, error) && memory.visit(i, *steps.back().kernel, error))
      continue;
    const ProgramInstruction &instruction = content.instructions[i];
    error = "instruction " + std::to_string(i) + " (" + instruction.kernel +
            (instruction.sources.empty() ? "" : " of ") +
            join(instruction.sources) + "): " + error;
    return false;
  }
  tracedData.resize(tracedInfos.size());
  scratchOffset = static_cast<size_t>(alignUp(content.arenaSize));
  setThreads(1);
  return true;
}

void qcrt_model::setThreads(int threads) {
  pool = std::make_unique<ThreadPool>(threads);
  scratchSize = 0;
  for (const Step &step : steps)
    scratchSize = std::max(scratchSize, step.kernel->scratchBytes(threads));
  scratchSize = static_cast<size_t>(alignUp(scratchSize));
}

unsigned char *qcrt_model::locate(unsigned char *base, uint32_t tensor) const {
  const ProgramTensor &from = content.tensors[tensor];
  if (from.kind == TensorKind::Constant)
    return static_cast<unsigned char *>(const_cast<void *>(from.data));
  return base + from.arenaOffset;
}

void qcrt_model::bind(unsigned char *newArena) {
  if (arena == newArena)
    return;
  arena = newArena;
  for (size_t i = 0; i < operands.size(); ++i)
    operands[i].data = locate(arena, operandTensors[i]);
  for (const Step &step : steps)
    for (size_t i = 0; i < step.numOutputs; ++i)
      tracedData[step.firstTraced + i] =
          operands[step.firstOperand + step.numInputs + i].data;
}

void qcrt_model::report(size_t number) {
  const Step &step = steps[number];
  const ProgramInstruction &instruction = content.instructions[number];
  qcrt_trace_event event;
  event.instruction = number;
  event.kernel = instruction.kernel.c_str();
  event.sources = step.sources.c_str();
  event.placement = instruction.placement.c_str();
  event.output_count = step.numOutputs;
  event.infos = tracedInfos.data() + step.firstTraced;
  event.output_data = tracedData.data() + step.firstTraced;
  trace(traceUser, &event);
}

const char *qcrt_model::run(unsigned char *newArena, const void *const *inputs,
                            void *const *outputs) {
  bind(newArena);
  for (size_t i = 0; i < content.inputs.size(); ++i) {
    uint32_t tensor = content.inputs[i];
    std::memcpy(locate(arena, tensor), inputs[i], infos[tensor].byte_size);
  }
  return execute(outputs);
}

const char *qcrt_model::runPlanes(unsigned char *newArena,
                                  const qcrt_plane *planes,
                                  void *const *outputs) {
  bind(newArena);
  for (size_t i = 0; i < inputPlanes.size(); ++i) {
    const auto &[info, offset] = inputPlanes[i];
    unsigned char *to = locate(arena, content.inputs[info.input]) + offset;
    const auto *from = static_cast<const unsigned char *>(planes[i].data);
    size_t stride = planes[i].stride ? planes[i].stride : info.row_bytes;
    for (size_t row = 0; row < info.rows; ++row)
      std::memcpy(to + row * info.row_bytes, from + row * stride,
                  info.row_bytes);
  }
  return execute(outputs);
}

const char *qcrt_model::execute(void *const *outputs) {
  for (size_t i = 0; i < steps.size(); ++i) {
    const Step &step = steps[i];
    const TensorView *first = operands.data() + step.firstOperand;
    RunContext context{first, first + step.numInputs, arena + scratchOffset,
                       *pool};
    if (const char *problem = step.kernel->run(context))
      return problem;
    if (trace)
      report(i);
  }
  for (size_t i = 0; outputs && i < content.outputs.size(); ++i) {
    uint32_t tensor = content.outputs[i];
    if (outputs[i])
      std::memcpy(outputs[i], locate(arena, tensor), infos[tensor].byte_size);
  }
  return nullptr;
}
