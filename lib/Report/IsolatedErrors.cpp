// The error of each layer alone: cut out of the program and fed from the
// reference.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "IsolatedErrors.h"
#include "qc/Container/Container.h"
#include "qc/Container/CutProgram.h"
#include "qc/Execution/TpuExecutor.h"
#include "qcrt.h"

#include <set>

namespace qc {

/// What takes more instructions from what the reference shows is no layer. Many
/// of these may share their beginning, and each would compute it again.
static constexpr size_t kMostInstructions = 256;

class IsolatedErrors::Segment {
public:
  ~Segment() { qcrt_close(model); }
  Segment() = default;
  Segment(const Segment &) = delete;

  std::string name; ///< the tensor that it computes
  ErrorAccumulator error;

  /// Cuts out what computes tensor `output` of `program` from tensors for which
  /// `isKnown` holds. False when it cannot stand alone.
  template <typename Known>
  bool cut(const qcrt::Program &program, ArrayRef<TensorInfo> infos,
           const std::vector<int> &producers, uint32_t output, Known isKnown);

  /// Runs on the reference's tensors of one sample.
  Status run(const TensorStore &reference);

private:
  std::vector<TensorInfo> inputs;
  TensorInfo result;
  std::vector<uint8_t> bytes;
  qcrt_model *model = nullptr;
  Tensor arena;
};

template <typename Known>
bool IsolatedErrors::Segment::cut(const qcrt::Program &program,
                                  ArrayRef<TensorInfo> infos,
                                  const std::vector<int> &producers,
                                  uint32_t output, Known isKnown) {
  std::set<int> instructions;
  std::set<uint32_t> boundary;
  std::vector<uint32_t> pending{output};
  while (!pending.empty()) {
    uint32_t tensor = pending.back();
    pending.pop_back();
    if (program.tensors[tensor].kind == qcrt::TensorKind::Constant)
      continue;
    if (tensor != output && isKnown(tensor)) {
      boundary.insert(tensor);
      continue;
    }
    if (producers[tensor] < 0)
      return false; // an input that the reference does not show
    if (instructions.size() > kMostInstructions)
      return false;
    if (instructions.insert(producers[tensor]).second)
      for (uint32_t input : program.instructions[producers[tensor]].inputs)
        pending.push_back(input);
  }

  std::vector<uint32_t> operands(boundary.begin(), boundary.end());
  for (uint32_t tensor : operands)
    inputs.push_back(infos[tensor]);
  std::vector<uint32_t> steps(instructions.begin(), instructions.end());
  qcrt::Program part = cutProgram(program, operands, steps, {output});

  std::string error;
  if (!qcrt::writeProgram(part, bytes, error) ||
      qcrt_open_memory(bytes.data(), bytes.size(), &model) != QCRT_OK)
    return false;
  result = infos[output];
  name = result.name;
  arena = Tensor(DType::U8, {static_cast<int64_t>(qcrt_arena_size(model))});
  return true;
}

Status IsolatedErrors::Segment::run(const TensorStore &reference) {
  std::vector<Tensor> stored;
  std::vector<const void *> pointers;
  for (const TensorInfo &input : inputs) {
    const Tensor &real = *reference.find(input.name);
    // To the order of the program, then to its integers.
    TensorInfo inverse;
    inverse.permutation.resize(input.permutation.size());
    for (size_t i = 0; i < inverse.permutation.size(); ++i)
      inverse.permutation[input.permutation[i]] = i;
    Shape sourceShape = real.shape();
    inverse.shape = sourceShape;
    Tensor ordered = toSourceOrder(inverse, real);
    stored.push_back(input.scale > 0 ? quantize(input, ordered) : ordered);
    pointers.push_back(stored.back().raw());
  }
  Tensor output(result.dtype, result.shape);
  void *outputs[] = {output.raw()};
  if (qcrt_run(model, arena.raw(), arena.byteSize(), pointers.data(),
               outputs) != QCRT_OK)
    return qc::error("layer '", name, "': ", qcrt_last_error());
  error.add(*reference.find(name),
            reference.asRead(name, toSourceTensor(result, output)));
  return ok();
}

IsolatedErrors::IsolatedErrors() = default;
IsolatedErrors::~IsolatedErrors() = default;

Status IsolatedErrors::cut(ModuleOp module, const Executor &reference) {
  auto image = buildProgram(module);
  if (failed(image))
    return error("the program cannot be built");
  const qcrt::Program &program = image->program;
  for (const TensorInfo &info : reference.getTensors())
    if (info.dtype == DType::F32)
      elements[info.name] = countElements(info.shape).value_or(-1);
  std::vector<TensorInfo> infos;
  std::vector<int> producers(program.tensors.size(), -1);
  for (const qcrt::ProgramTensor &tensor : program.tensors)
    infos.push_back(describeTensor(tensor));
  for (size_t i = 0; i < program.instructions.size(); ++i)
    for (uint32_t output : program.instructions[i].outputs)
      producers[output] = i;
  auto isKnown = [&](uint32_t tensor) {
    auto found = elements.find(infos[tensor].name);
    return found != elements.end() &&
           found->second == countElements(infos[tensor].shape) &&
           (infos[tensor].scale > 0 || infos[tensor].dtype == DType::F32);
  };
  for (uint32_t tensor = 0; tensor < program.tensors.size(); ++tensor) {
    if (producers[tensor] < 0 || !isKnown(tensor))
      continue;
    auto segment = std::make_unique<Segment>();
    if (segment->cut(program, infos, producers, tensor, isKnown))
      segments.push_back(std::move(segment));
  }
  return ok();
}

Status IsolatedErrors::add(const TensorStore &reference) {
  for (auto &segment : segments)
    if (Status ran = segment->run(reference); !ran)
      return ran;
  return ok();
}

void IsolatedErrors::finish(std::vector<LayerError> &layers) const {
  std::map<std::string, LayerError *> byName;
  for (LayerError &layer : layers)
    byName[layer.name] = &layer;
  for (const auto &segment : segments)
    if (auto found = byName.find(segment->name); found != byName.end())
      found->second->isolated = segment->error.metrics();
}

} // namespace qc
