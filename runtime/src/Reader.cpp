// Verifies the bytes of a .qcb file and turns them back into a program.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "FileLayout.h"
#include "ProgramChecks.h"
#include "qcb_generated.h"
#include "qcrt/Program.h"

#include <cstring>

using namespace qcrt;

namespace {
class Reader {
public:
  Reader(const unsigned char *bytes, size_t size, Program &program,
         std::string &error)
      : bytes(bytes), size(size), program(program), error(error) {}

  bool read();

private:
  bool fail(const std::string &text) {
    error = text;
    return false;
  }
  bool readHeader();
  bool readRoot();
  bool readTensor(const fb::Tensor &in);
  void readInstruction(const fb::Instruction &in);

  const unsigned char *bytes;
  size_t size;
  Program &program;
  std::string &error;
  FileHeader header = {};
  const fb::Program *root = nullptr;
};
} // namespace

static std::string copyText(const flatbuffers::String *text) {
  return text ? text->str() : std::string();
}

/// Byte by byte: the verifier vouches for the extent of a vector, but not that
/// elements of eight bytes are aligned.
template <typename T>
static std::vector<T> copyVector(const flatbuffers::Vector<T> *values) {
  std::vector<T> result(values ? values->size() : 0);
  if (!result.empty())
    std::memcpy(result.data(), values->Data(), result.size() * sizeof(T));
  return result;
}

bool Reader::readHeader() {
  const uint16_t one = 1;
  if (*reinterpret_cast<const unsigned char *>(&one) != 1)
    return fail("this host is big endian, .qcb files are little endian");
  if (size < sizeof(FileHeader) ||
      std::memcmp(bytes, fileMagic, sizeof(fileMagic)) != 0)
    return fail("not a .qcb file (its first bytes are not those of one)");
  std::memcpy(&header, bytes, sizeof(header));
  if (header.version != fileVersion)
    return fail("format version " + std::to_string(header.version) +
                " is not supported, expected " + std::to_string(fileVersion) +
                ": compile the model again with a matching qc");
  if (header.fileSize != size)
    return fail("the file has " + std::to_string(size) + " bytes, expected " +
                std::to_string(header.fileSize) +
                ": it is truncated or damaged");
  if (header.checksum != fileChecksum(bytes, size))
    return fail("the checksum does not match: the file is damaged");
  bool good =
      header.headerSize == sizeof(FileHeader) && header.reserved == 0 &&
      header.programSize <= size - sizeof(FileHeader) &&
      header.dataOffset == alignUp(sizeof(FileHeader) + header.programSize) &&
      header.dataOffset <= size && header.dataSize == size - header.dataOffset;
  return good || fail("the header contradicts itself: the file is damaged");
}

bool Reader::readRoot() {
  const unsigned char *start = bytes + sizeof(FileHeader);
  flatbuffers::Verifier verifier(start, header.programSize);
  // The smallest table with an identifier; the verifier itself needs that much.
  if (header.programSize < 12 || !fb::VerifyProgramBuffer(verifier))
    return fail("the description of the program is malformed");
  root = fb::GetProgram(start);
  if (root->version() != fileVersion)
    return fail("the description has version " +
                std::to_string(root->version()) + ", expected " +
                std::to_string(fileVersion));
  return true;
}

bool Reader::readTensor(const fb::Tensor &in) {
  ProgramTensor out;
  out.name = copyText(in.name());
  if (in.dtype() > fb::DType::MAX || in.kind() > fb::TensorKind::MAX)
    return fail("tensor '" + out.name + "' has an unknown type or kind");
  out.dtype = static_cast<qcrt_dtype>(in.dtype());
  out.kind = static_cast<TensorKind>(in.kind());
  out.shape = copyVector(in.shape());
  out.scales = copyVector(in.scales());
  out.axis = in.axis();
  out.zeroPoint = in.zero_point();
  out.qmin = in.qmin();
  out.qmax = in.qmax();
  out.arenaOffset = in.offset();
  out.preprocess = copyText(in.preprocess());
  out.sourcePermutation = copyVector(in.source_permutation());
  out.picture = copyText(in.picture());
  uint64_t byteSize = 0;
  if (!checkTensor(out, byteSize, error))
    return false;
  bool constant = out.kind == TensorKind::Constant;
  uint64_t space = constant ? header.dataSize : root->arena_size();
  if (in.offset() % QCRT_ALIGNMENT != 0 || in.offset() > space ||
      byteSize > space - in.offset())
    return fail("tensor '" + out.name + "' at offset " +
                std::to_string(in.offset()) + " with " +
                std::to_string(byteSize) + " bytes does not lie aligned in " +
                (constant ? "the data section of " : "the arena of ") +
                std::to_string(space) + " bytes");
  if (constant) {
    out.data = bytes + header.dataOffset + in.offset();
    if (!checkPacking(out, error))
      return false;
  }
  program.tensors.push_back(std::move(out));
  return true;
}

static ProgramAttribute readAttribute(const fb::Attribute &in) {
  return {copyText(in.key()), copyVector(in.ints()), copyVector(in.floats()),
          copyText(in.text())};
}

void Reader::readInstruction(const fb::Instruction &in) {
  ProgramInstruction out;
  out.kernel = copyText(in.kernel());
  out.inputs = copyVector(in.inputs());
  out.outputs = copyVector(in.outputs());
  out.placement = copyText(in.placement());
  if (in.attributes())
    for (const fb::Attribute *attribute : *in.attributes())
      out.attributes.push_back(readAttribute(*attribute));
  if (in.sources())
    for (const flatbuffers::String *source : *in.sources())
      out.sources.push_back(source->str());
  program.instructions.push_back(std::move(out));
}

bool Reader::read() {
  if (!readHeader() || !readRoot())
    return false;
  program.producer = copyText(root->producer());
  program.target = copyText(root->target());
  program.targetOptions = copyText(root->target_options());
  program.arenaSize = root->arena_size();
  program.lowerBound = root->lower_bound();
  if (program.arenaSize > maxBytes || program.lowerBound > program.arenaSize)
    return fail("the arena of " + std::to_string(program.arenaSize) +
                " bytes is too large or smaller than its lower bound of " +
                std::to_string(program.lowerBound));
  if (root->provenance())
    for (const fb::KeyValue *entry : *root->provenance())
      program.provenance.emplace_back(copyText(entry->key()),
                                      copyText(entry->value()));
  for (const fb::Tensor *tensor : *root->tensors())
    if (!readTensor(*tensor))
      return false;
  for (const fb::Instruction *instruction : *root->instructions())
    readInstruction(*instruction);
  program.inputs = copyVector(root->inputs());
  program.outputs = copyVector(root->outputs());
  return checkProgram(program, error);
}

bool qcrt::readProgram(const void *bytes, size_t size, Program &program,
                       std::string &error) {
  program = Program();
  return Reader(static_cast<const unsigned char *>(bytes), size, program, error)
      .read();
}
