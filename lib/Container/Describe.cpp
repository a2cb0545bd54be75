// A description of a program, as text and as JSON.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Container/Container.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace qc {

/// "1x8x8x16 i8", with scale and zero point behind it if there are any.
static std::string describeType(const qcrt::ProgramTensor &tensor) {
  std::string text =
      shapeString(tensor.shape) + " " + qcrt_dtype_name(tensor.dtype);
  if (tensor.scales.size() > 1)
    return text + llvm::formatv(", {0} scales along dimension {1}",
                                tensor.scales.size(), tensor.axis)
                      .str();
  if (tensor.scales.size() == 1)
    llvm::raw_string_ostream(text)
        << ", scale " << llvm::format("%.9g", tensor.scales[0])
        << ", zero point " << tensor.zeroPoint;
  return text;
}

static void describeInterface(llvm::raw_ostream &os, StringRef title,
                              const qcrt::Program &program,
                              const std::vector<uint32_t> &indices) {
  os << title << "\n";
  for (uint32_t index : indices) {
    const qcrt::ProgramTensor &tensor = program.tensors[index];
    os << "  " << tensor.name << ": " << describeType(tensor) << ", "
       << qcrt::byteSize(tensor) << " bytes at " << tensor.arenaOffset << "\n";
    if (!tensor.preprocess.empty())
      os << "    preprocess " << tensor.preprocess << "\n";
    if (!tensor.picture.empty())
      os << "    picture " << tensor.picture << "\n";
  }
}

static void describeInstruction(llvm::raw_ostream &os,
                                const qcrt::Program &program, size_t number) {
  const qcrt::ProgramInstruction &instruction = program.instructions[number];
  os << llvm::formatv("  {0,4} {1,-16} {2,-4}", number, instruction.kernel,
                      instruction.placement);
  for (uint32_t index : instruction.outputs) {
    const qcrt::ProgramTensor &tensor = program.tensors[index];
    os << llvm::formatv("{0,-24} at {1,-10}",
                        shapeString(tensor.shape) + " " +
                            qcrt_dtype_name(tensor.dtype),
                        tensor.arenaOffset);
  }
  llvm::interleaveComma(instruction.sources, os << " ");
  os << "\n";
}

namespace {
struct ConstantSizes {
  int64_t tensors = 0, bytes = 0;
};
} // namespace

static ConstantSizes countConstants(const qcrt::Program &program) {
  ConstantSizes sizes;
  for (const qcrt::ProgramTensor &tensor : program.tensors)
    if (tensor.kind == qcrt::TensorKind::Constant) {
      sizes.bytes += qcrt::byteSize(tensor);
      ++sizes.tensors;
    }
  return sizes;
}

static void describeSizes(llvm::raw_ostream &os, const qcrt::Program &program) {
  ConstantSizes constants = countConstants(program);
  os << "constants    " << constants.tensors << " tensors, " << constants.bytes
     << " bytes\n"
     << "arena        " << program.arenaSize << " bytes, of which "
     << program.lowerBound << " are live at once\n";
}

static int64_t countBytes(const qcrt::Program &program,
                          const std::vector<uint32_t> &indices,
                          std::optional<bool> isConstant = {}) {
  int64_t bytes = 0;
  for (uint32_t index : indices) {
    const qcrt::ProgramTensor &tensor = program.tensors[index];
    bool constant = tensor.kind == qcrt::TensorKind::Constant;
    if (!isConstant || *isConstant == constant)
      bytes += static_cast<int64_t>(qcrt::byteSize(tensor));
  }
  return bytes;
}

/// Memory by the classes that vendors' compilers count in: what is read only,
/// what a run takes, what the application hands over.
static void describeMemory(llvm::raw_ostream &os, const qcrt::Program &program,
                           std::optional<int64_t> allocated) {
  os << "memory       static " << countConstants(program).bytes << " bytes";
  if (allocated)
    os << ", temporary " << *allocated << " (of which the kernels' scratch "
       << *allocated - static_cast<int64_t>(program.arenaSize) << ")";
  os << ", input " << countBytes(program, program.inputs) << ", output "
     << countBytes(program, program.outputs) << "\n";
}

std::string describeProgram(const qcrt::Program &program,
                            std::optional<int64_t> allocated) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "producer     " << program.producer << "\n"
     << "target       " << (program.target.empty() ? "none" : program.target)
     << (program.targetOptions.empty() ? "" : " ") << program.targetOptions
     << "\n";
  for (const auto &[key, value] : program.provenance)
    os << "provenance   " << key << " = " << value << "\n";
  describeSizes(os, program);
  describeMemory(os, program, allocated);
  describeInterface(os, "inputs", program, program.inputs);
  describeInterface(os, "outputs", program, program.outputs);
  os << "instructions\n";
  for (size_t i = 0; i < program.instructions.size(); ++i)
    describeInstruction(os, program, i);
  return text;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

template <typename T>
static llvm::json::Array toArray(const std::vector<T> &values) {
  llvm::json::Array array;
  for (const T &value : values)
    array.push_back(value);
  return array;
}

/// In bytes; tensors are dense and row major.
static std::vector<int64_t> getStrides(const qcrt::ProgramTensor &tensor) {
  std::vector<int64_t> strides(tensor.shape.size());
  int64_t stride = qcrt_dtype_size(tensor.dtype);
  for (size_t i = strides.size(); i-- > 0; stride *= tensor.shape[i])
    strides[i] = stride;
  return strides;
}

static llvm::json::Value toJson(const qcrt::ProgramTensor &tensor) {
  llvm::json::Object object{{"name", tensor.name},
                            {"type", qcrt_dtype_name(tensor.dtype)},
                            {"shape", toArray(tensor.shape)},
                            {"strides", toArray(getStrides(tensor))},
                            {"bytes", int64_t(qcrt::byteSize(tensor))}};
  if (tensor.scales.size() == 1)
    object["scale"] = tensor.scales[0];
  else if (!tensor.scales.empty())
    object["scales"] = toArray(tensor.scales);
  if (!tensor.scales.empty())
    object["zero_point"] = tensor.zeroPoint;
  if (tensor.scales.size() > 1)
    object["axis"] = tensor.axis;
  bool constant = tensor.kind == qcrt::TensorKind::Constant;
  object["memory"] = constant ? "constant" : "arena";
  if (!constant)
    object["offset"] = int64_t(tensor.arenaOffset);
  if (!tensor.preprocess.empty())
    object["preprocess"] = tensor.preprocess;
  if (!tensor.picture.empty())
    object["picture"] = tensor.picture;
  return object;
}

static llvm::json::Array toJson(const qcrt::Program &program,
                                const std::vector<uint32_t> &indices) {
  llvm::json::Array array;
  for (uint32_t index : indices)
    array.push_back(toJson(program.tensors[index]));
  return array;
}

llvm::json::Value programToJson(const qcrt::Program &program,
                                std::optional<int64_t> allocated) {
  llvm::json::Object provenance;
  for (const auto &[key, value] : program.provenance)
    provenance[key] = value;
  llvm::json::Array instructions;
  for (const qcrt::ProgramInstruction &instruction : program.instructions)
    instructions.push_back(llvm::json::Object{
        {"kernel", instruction.kernel},
        {"placement", instruction.placement},
        {"sources", toArray(instruction.sources)},
        {"static_bytes", countBytes(program, instruction.inputs, true)},
        {"moved_bytes", countBytes(program, instruction.inputs, false) +
                            countBytes(program, instruction.outputs)},
        {"inputs", toJson(program, instruction.inputs)},
        {"outputs", toJson(program, instruction.outputs)}});
  ConstantSizes constants = countConstants(program);
  llvm::json::Object memory{
      {"static_bytes", constants.bytes},
      {"planned_bytes", int64_t(program.arenaSize)},
      {"input_bytes", countBytes(program, program.inputs)},
      {"output_bytes", countBytes(program, program.outputs)}};
  if (allocated)
    memory["temporary_bytes"] = *allocated;
  return llvm::json::Object{
      {"producer", program.producer},
      {"target", program.target},
      {"target_options", program.targetOptions},
      {"provenance", std::move(provenance)},
      {"constants", llvm::json::Object{{"tensors", constants.tensors},
                                       {"bytes", constants.bytes}}},
      {"memory", std::move(memory)},
      {"arena_bytes", int64_t(program.arenaSize)},
      {"live_bytes", int64_t(program.lowerBound)},
      {"inputs", toJson(program, program.inputs)},
      {"outputs", toJson(program, program.outputs)},
      {"instructions", std::move(instructions)}};
}

} // namespace qc
