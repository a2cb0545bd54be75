// Serialises a program into the bytes of a .qcb file.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FileLayout.h"
#include "qcb_generated.h"
#include "qcrt/Program.h"

#include <cstring>

using namespace qcrt;
using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

static uint64_t tensorBytes(const ProgramTensor &tensor) {
  uint64_t bytes = qcrt_dtype_size(tensor.dtype);
  for (int64_t dimension : tensor.shape) {
    if (dimension < 1 || bytes > maxBytes / uint64_t(dimension))
      return 0;
    bytes *= uint64_t(dimension);
  }
  return bytes == 0 ? 0 : byteSize(tensor);
}

/// Gives each constant its place in the data section.
static bool placeConstants(const Program &program,
                           std::vector<uint64_t> &offsets, uint64_t &dataSize,
                           std::string &error) {
  dataSize = 0;
  for (const ProgramTensor &tensor : program.tensors) {
    offsets.push_back(tensor.arenaOffset);
    uint64_t bytes = tensorBytes(tensor);
    if (bytes == 0 || tensor.shape.size() > QCRT_MAX_RANK) {
      error = "tensor '" + tensor.name +
              "' has an impossible shape or type, or is too large";
      return false;
    }
    if (tensor.kind != TensorKind::Constant)
      continue;
    if (!tensor.data) {
      error = "constant '" + tensor.name + "' has no data";
      return false;
    }
    offsets.back() = dataSize;
    dataSize = alignUp(dataSize + bytes);
  }
  return true;
}

static bool checkIndices(const Program &program,
                         const std::vector<uint32_t> &indices,
                         const std::string &where, std::string &error) {
  for (uint32_t index : indices) {
    if (index >= program.tensors.size()) {
      error = where + " refers to tensor " + std::to_string(index) +
              ", but there are only " + std::to_string(program.tensors.size());
      return false;
    }
  }
  return true;
}

static Offset<fb::Tensor> writeTensor(FlatBufferBuilder &builder,
                                      const ProgramTensor &tensor,
                                      uint64_t offset) {
  int64_t low = tensor.qmin, high = tensor.qmax;
  if (low == 0 && high == 0)
    storageRange(tensor.dtype, low, high);
  auto name = builder.CreateString(tensor.name);
  auto shape = builder.CreateVector(tensor.shape);
  auto scales = builder.CreateVector(tensor.scales);
  auto preprocess = builder.CreateString(tensor.preprocess);
  Offset<flatbuffers::Vector<int64_t>> permutation;
  if (!tensor.sourcePermutation.empty())
    permutation = builder.CreateVector(tensor.sourcePermutation);
  Offset<flatbuffers::String> picture;
  if (!tensor.picture.empty())
    picture = builder.CreateString(tensor.picture);
  return fb::CreateTensor(builder, name, static_cast<fb::DType>(tensor.dtype),
                          static_cast<fb::TensorKind>(tensor.kind), shape,
                          scales, tensor.axis, tensor.zeroPoint, low, high,
                          offset, preprocess, permutation, picture);
}

static Offset<fb::Attribute> writeAttribute(FlatBufferBuilder &builder,
                                            const ProgramAttribute &attribute) {
  auto key = builder.CreateString(attribute.key);
  Offset<flatbuffers::Vector<int64_t>> ints;
  Offset<flatbuffers::Vector<double>> floats;
  Offset<flatbuffers::String> text;
  if (!attribute.ints.empty())
    ints = builder.CreateVector(attribute.ints);
  if (!attribute.floats.empty())
    floats = builder.CreateVector(attribute.floats);
  if (!attribute.text.empty())
    text = builder.CreateString(attribute.text);
  return fb::CreateAttribute(builder, key, ints, floats, text);
}

static Offset<fb::Instruction>
writeInstruction(FlatBufferBuilder &builder,
                 const ProgramInstruction &instruction) {
  std::vector<Offset<fb::Attribute>> attributes;
  for (const ProgramAttribute &attribute : instruction.attributes)
    attributes.push_back(writeAttribute(builder, attribute));
  auto kernel = builder.CreateString(instruction.kernel);
  auto inputs = builder.CreateVector(instruction.inputs);
  auto outputs = builder.CreateVector(instruction.outputs);
  auto attributeVector = builder.CreateVector(attributes);
  auto sources = builder.CreateVectorOfStrings(instruction.sources);
  auto placement = builder.CreateString(instruction.placement);
  return fb::CreateInstruction(builder, kernel, inputs, outputs,
                               attributeVector, sources, placement);
}

static void writeDescription(FlatBufferBuilder &builder, const Program &program,
                             const std::vector<uint64_t> &offsets) {
  std::vector<Offset<fb::KeyValue>> provenance;
  for (const auto &[key, value] : program.provenance)
    provenance.push_back(
        fb::CreateKeyValueDirect(builder, key.c_str(), value.c_str()));
  std::vector<Offset<fb::Tensor>> tensors;
  for (size_t i = 0; i < program.tensors.size(); ++i)
    tensors.push_back(writeTensor(builder, program.tensors[i], offsets[i]));
  std::vector<Offset<fb::Instruction>> instructions;
  for (const ProgramInstruction &instruction : program.instructions)
    instructions.push_back(writeInstruction(builder, instruction));
  auto root = fb::CreateProgramDirect(
      builder, fileVersion, program.producer.c_str(), program.target.c_str(),
      program.targetOptions.c_str(), &provenance, &tensors, &instructions,
      &program.inputs, &program.outputs, program.arenaSize, program.lowerBound);
  fb::FinishProgramBuffer(builder, root);
}

static bool checkProgram(const Program &program, std::string &error) {
  for (const ProgramInstruction &instruction : program.instructions) {
    std::string where = "instruction '" + instruction.kernel + "'";
    if (!checkIndices(program, instruction.inputs, where, error) ||
        !checkIndices(program, instruction.outputs, where, error))
      return false;
    for (const ProgramAttribute &attribute : instruction.attributes) {
      int used = !attribute.ints.empty() + !attribute.floats.empty() +
                 !attribute.text.empty();
      if (used > 1) {
        error = where + ": attribute '" + attribute.key +
                "' has more than one kind of value";
        return false;
      }
    }
  }
  return checkIndices(program, program.inputs, "the list of inputs", error) &&
         checkIndices(program, program.outputs, "the list of outputs", error);
}

bool qcrt::writeProgram(const Program &program, std::vector<uint8_t> &bytes,
                        std::string &error) {
  std::vector<uint64_t> offsets;
  uint64_t dataSize = 0;
  if (!placeConstants(program, offsets, dataSize, error) ||
      !checkProgram(program, error))
    return false;
  FlatBufferBuilder builder;
  writeDescription(builder, program, offsets);

  FileHeader header = {};
  std::memcpy(header.magic, fileMagic, sizeof(fileMagic));
  header.version = fileVersion;
  header.headerSize = sizeof(FileHeader);
  header.programSize = builder.GetSize();
  header.dataOffset = alignUp(sizeof(FileHeader) + header.programSize);
  header.dataSize = dataSize;
  header.fileSize = header.dataOffset + dataSize;
  bytes.assign(header.fileSize, 0);
  std::memcpy(bytes.data() + sizeof(FileHeader), builder.GetBufferPointer(),
              builder.GetSize());
  for (size_t i = 0; i < program.tensors.size(); ++i) {
    const ProgramTensor &tensor = program.tensors[i];
    if (tensor.kind == TensorKind::Constant)
      std::memcpy(bytes.data() + header.dataOffset + offsets[i], tensor.data,
                  tensorBytes(tensor));
  }
  std::memcpy(bytes.data(), &header, sizeof(header));
  header.checksum = fileChecksum(bytes.data(), bytes.size());
  std::memcpy(bytes.data(), &header, sizeof(header));
  return true;
}
