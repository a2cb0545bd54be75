// A readable description of a program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Container/Container.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace qc {

static uint64_t byteSize(const qcrt::ProgramTensor &tensor) {
  uint64_t bytes = qcrt_dtype_size(tensor.dtype);
  for (int64_t size : tensor.shape)
    bytes *= size;
  return bytes;
}

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
       << byteSize(tensor) << " bytes at " << tensor.arenaOffset << "\n";
    if (!tensor.preprocess.empty())
      os << "    preprocess " << tensor.preprocess << "\n";
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

static void describeSizes(llvm::raw_ostream &os, const qcrt::Program &program) {
  uint64_t bytes = 0;
  size_t count = 0;
  for (const qcrt::ProgramTensor &tensor : program.tensors)
    if (tensor.kind == qcrt::TensorKind::Constant) {
      bytes += byteSize(tensor);
      ++count;
    }
  os << "constants    " << count << " tensors, " << bytes << " bytes\n"
     << "arena        " << program.arenaSize << " bytes, of which "
     << program.lowerBound << " are live at once\n";
}

std::string describeProgram(const qcrt::Program &program) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "producer     " << program.producer << "\n"
     << "target       " << (program.target.empty() ? "none" : program.target)
     << (program.targetOptions.empty() ? "" : " ") << program.targetOptions
     << "\n";
  for (const auto &[key, value] : program.provenance)
    os << "provenance   " << key << " = " << value << "\n";
  describeSizes(os, program);
  describeInterface(os, "inputs", program, program.inputs);
  describeInterface(os, "outputs", program, program.outputs);
  os << "instructions\n";
  for (size_t i = 0; i < program.instructions.size(); ++i)
    describeInstruction(os, program, i);
  return text;
}

} // namespace qc
