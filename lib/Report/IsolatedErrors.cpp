// The error of each layer alone: cut out of the program and fed from the
// reference.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Container/Container.h"
#include "qc/Report/LayerErrors.h"
#include "qc/Report/TensorStore.h"
#include "qcrt.h"

#include <set>

namespace qc {

namespace {

/// A part of the program between tensors that the reference knows.
class Segment {
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
  struct Input {
    TensorInfo info;
  };
  std::vector<Input> inputs;
  TensorInfo result;
  std::vector<uint8_t> bytes;
  qcrt_model *model = nullptr;
  Tensor arena;
};

DType toDType(qcrt_dtype dtype) {
  static const DType types[] = {DType::F32, DType::I8,  DType::U8,
                                DType::I16, DType::I32, DType::I64};
  return types[dtype];
}

/// What is known of a tensor of the program without running it.
TensorInfo describe(const qcrt::ProgramTensor &tensor) {
  TensorInfo info;
  info.name = tensor.name;
  info.shape = tensor.shape;
  info.dtype = toDType(tensor.dtype);
  if (tensor.scales.size() == 1)
    info.scale = tensor.scales.front();
  info.zeroPoint = tensor.zeroPoint;
  info.permutation.assign(tensor.sourcePermutation.begin(),
                          tensor.sourcePermutation.end());
  return info;
}

template <typename Known>
bool Segment::cut(const qcrt::Program &program, ArrayRef<TensorInfo> infos,
                  const std::vector<int> &producers, uint32_t output,
                  Known isKnown) {
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
    if (instructions.insert(producers[tensor]).second)
      for (uint32_t input : program.instructions[producers[tensor]].inputs)
        pending.push_back(input);
  }

  // The same tensors and instructions, renumbered, each with memory of its own.
  qcrt::Program part;
  std::map<uint32_t, uint32_t> renumbered;
  auto take = [&](uint32_t tensor) {
    auto [entry, isNew] = renumbered.try_emplace(tensor, part.tensors.size());
    if (isNew) {
      qcrt::ProgramTensor copy = program.tensors[tensor];
      if (copy.kind != qcrt::TensorKind::Constant) {
        copy.kind = boundary.count(tensor) ? qcrt::TensorKind::Input
                    : tensor == output     ? qcrt::TensorKind::Output
                                           : qcrt::TensorKind::Activation;
        copy.arenaOffset = part.arenaSize;
        size_t size = qcrt_dtype_size(copy.dtype);
        for (int64_t dim : copy.shape)
          size *= dim;
        part.arenaSize += (size + QCRT_ALIGNMENT - 1) / QCRT_ALIGNMENT *
                          QCRT_ALIGNMENT;
      }
      part.tensors.push_back(std::move(copy));
    }
    return entry->second;
  };
  for (uint32_t tensor : boundary) {
    part.inputs.push_back(take(tensor));
    inputs.push_back({infos[tensor]});
  }
  for (int index : instructions) {
    qcrt::ProgramInstruction instruction = program.instructions[index];
    for (uint32_t &tensor : instruction.inputs)
      tensor = take(tensor);
    for (uint32_t &tensor : instruction.outputs)
      tensor = take(tensor);
    part.instructions.push_back(std::move(instruction));
  }
  part.outputs.push_back(take(output));
  part.lowerBound = part.arenaSize;
  part.producer = program.producer;

  std::string error;
  if (!qcrt::writeProgram(part, bytes, error) ||
      qcrt_open_memory(bytes.data(), bytes.size(), &model) != QCRT_OK)
    return false;
  result = infos[output];
  name = result.name;
  arena = Tensor(DType::U8, {static_cast<int64_t>(qcrt_arena_size(model))});
  return true;
}

Status Segment::run(const TensorStore &reference) {
  std::vector<Tensor> stored;
  std::vector<const void *> pointers;
  for (const Input &input : inputs) {
    const Tensor &real = *reference.find(input.info.name);
    // To the order of the program, then to its integers.
    TensorInfo inverse;
    inverse.permutation.resize(input.info.permutation.size());
    for (size_t i = 0; i < inverse.permutation.size(); ++i)
      inverse.permutation[input.info.permutation[i]] = i;
    Shape sourceShape = real.shape();
    inverse.shape = sourceShape;
    Tensor ordered = toSourceOrder(inverse, real);
    stored.push_back(input.info.scale > 0 ? quantize(input.info, ordered)
                                          : ordered);
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

} // namespace

Status addIsolatedErrors(std::vector<LayerError> &layers, ModuleOp module,
                         Executor &reference, const Dataset &dataset,
                         int64_t samples, const SoftmaxAxes &softmaxAxes) {
  auto image = buildProgram(module);
  if (failed(image))
    return error("the program cannot be built");
  const qcrt::Program &program = image->program;
  std::map<std::string, int64_t> elements;
  for (const TensorInfo &info : reference.getTensors())
    if (info.dtype == DType::F32)
      elements[info.name] = countElements(info.shape).value_or(-1);
  std::vector<TensorInfo> infos;
  std::vector<int> producers(program.tensors.size(), -1);
  for (const qcrt::ProgramTensor &tensor : program.tensors)
    infos.push_back(describe(tensor));
  for (size_t i = 0; i < program.instructions.size(); ++i)
    for (uint32_t output : program.instructions[i].outputs)
      producers[output] = i;
  auto isKnown = [&](uint32_t tensor) {
    auto found = elements.find(infos[tensor].name);
    return found != elements.end() &&
           found->second == countElements(infos[tensor].shape) &&
           (infos[tensor].scale > 0 || infos[tensor].dtype == DType::F32);
  };

  std::map<std::string, LayerError *> byName;
  for (LayerError &layer : layers)
    byName[layer.name] = &layer;
  std::vector<std::unique_ptr<Segment>> segments;
  for (uint32_t tensor = 0; tensor < program.tensors.size(); ++tensor) {
    if (producers[tensor] < 0 || !isKnown(tensor) ||
        !byName.count(infos[tensor].name))
      continue;
    auto segment = std::make_unique<Segment>();
    if (segment->cut(program, infos, producers, tensor, isKnown))
      segments.push_back(std::move(segment));
  }

  TensorStore store(
      [&](const std::string &name) { return elements.count(name) != 0; },
      softmaxAxes);
  int64_t count = samples > 0 ? std::min(samples, dataset.size()) : dataset.size();
  for (int64_t i = 0; i < count; ++i) {
    auto sample = dataset.sample(i);
    if (!sample)
      return sample.takeError();
    if (!*sample)
      continue;
    SmallVector<Tensor> outputs;
    store.clear();
    if (Status ran = reference.run((*sample)->inputs, outputs, &store); !ran)
      return ran;
    for (auto &segment : segments)
      if (Status ran = segment->run(store); !ran)
        return ran;
  }
  for (auto &segment : segments)
    byName[segment->name]->isolated = segment->error.metrics();
  return ok();
}

} // namespace qc
