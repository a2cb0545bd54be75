// Reading an ONNX file: protobuf, what a file as a whole may hold, the checker.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ModelFile.h"
#include "qc/Support/Checksum.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include "onnx/checker.h"
#include "onnx/defs/schema.h"
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <limits>

namespace qc::onnximport {

namespace pb = google::protobuf;

ModelFile::ModelFile() : proto(std::make_unique<::onnx::ModelProto>()) {}
ModelFile::ModelFile(ModelFile &&) = default;
ModelFile::~ModelFile() = default;

static Status parse(llvm::MemoryBufferRef buffer, ::onnx::ModelProto &model) {
  size_t size = buffer.getBufferSize();
  if (size == 0)
    return error("the file is empty");
  if (size > static_cast<size_t>(std::numeric_limits<int>::max()))
    return error("the file has ", size,
                 " bytes, but protobuf ends at 2 GiB; "
                 "save the model with external data");
  pb::io::ArrayInputStream stream(buffer.getBufferStart(),
                                  static_cast<int>(size));
  pb::io::CodedInputStream coded(&stream);
  if (!model.ParsePartialFromCodedStream(&coded) ||
      !coded.ConsumedEntireMessage())
    return error("not an ONNX model, truncated or damaged: its ", size,
                 " bytes are not one protobuf message");
  if (!model.IsInitialized())
    return error("required fields are missing: ",
                 model.InitializationErrorString());
  return ok();
}

/// Fields that this build does not know would be skipped silently.
static Status checkNothingUnknown(::onnx::ModelProto &model) {
  size_t before = model.ByteSizeLong();
  model.DiscardUnknownFields();
  size_t unknown = before - model.ByteSizeLong();
  if (unknown == 0)
    return ok();
  return error("the file holds ", unknown,
               " bytes of fields that ONNX IR "
               "version ",
               static_cast<int>(::onnx::Version::IR_VERSION),
               " does not have (the file says IR version ", model.ir_version(),
               "): it is damaged or newer than this build of qc");
}

static Result<int64_t> getOpset(const ::onnx::ModelProto &model) {
  std::optional<int64_t> opset;
  for (const auto &import : model.opset_import()) {
    if (!import.domain().empty() && import.domain() != "ai.onnx")
      continue;
    if (opset && *opset != import.version())
      return error("the file imports two versions of the default operator "
                   "set, ",
                   *opset, " and ", import.version());
    opset = import.version();
  }
  if (!opset)
    return error("the file does not say its operator set version "
                 "(opset_import)");
  int newest = ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance()
                   .Map()
                   .at("")
                   .second;
  if (*opset < kOldestOpset || *opset > newest)
    return error("operator set version ", *opset, " is not supported; ",
                 kOldestOpset, " to ", newest,
                 " are: convert the model with "
                 "onnx.version_converter or export it anew");
  return *opset;
}

static Status checkScope(const ::onnx::ModelProto &model) {
  if (!model.has_graph())
    return error("the file holds no graph: not an ONNX model, or damaged");
  if (model.ir_version() < 3)
    return error("ONNX IR version ", model.ir_version(),
                 " is not supported; 3 and newer are");
  if (model.training_info_size() > 0)
    return error("the model holds training information, which is not "
                 "supported; export it for inference");
  if (model.graph().sparse_initializer_size() > 0)
    return error("sparse initializers are not supported (first: '",
                 model.graph().sparse_initializer(0).values().name(),
                 "'); store the weights dense");
  return ok();
}

/// onnx's message on one line.
static std::string flatten(StringRef text) {
  SmallVector<StringRef> lines;
  text.split(lines, '\n', -1, /*KeepEmpty=*/false);
  std::string flat;
  for (StringRef line : lines) {
    line = line.trim();
    line.consume_front("==> ");
    if (!line.empty())
      flat += (flat.empty() ? "" : "; ") + line.str();
  }
  return StringRef(flat).rtrim('.').str();
}

static Status runChecker(const ::onnx::ModelProto &model,
                         const std::string &folder) {
  // What check_model does for a file, less reading it a second time.
  ::onnx::checker::CheckerContext context;
  context.set_ir_version(static_cast<int>(
      std::min<int64_t>(model.ir_version(), ::onnx::Version::IR_VERSION)));
  std::unordered_map<std::string, int> opsets;
  for (const auto &import : model.opset_import())
    opsets[import.domain() == "ai.onnx" ? "" : import.domain()] =
        static_cast<int>(import.version());
  context.set_opset_imports(opsets);
  context.set_model_dir(folder);
  try {
    ::onnx::checker::LexicalScopeContext scope;
    ::onnx::checker::check_graph(model.graph(), context, scope);
    if (model.functions_size() > 0)
      ::onnx::checker::check_model_local_functions(model, context, scope);
  } catch (const std::exception &exception) {
    return error("onnx's checker: ", flatten(exception.what()));
  }
  return ok();
}

static Lineage readLineage(const ::onnx::ModelProto &model) {
  Lineage lineage;
  if (model.producer_name() != "qc")
    return lineage;
  for (const auto &entry : model.metadata_props())
    lineage[entry.key()] = entry.value();
  auto checksum = lineage.find(kGraphChecksum.str());
  if (checksum == lineage.end())
    return {};
  std::string graph = model.graph().SerializeAsString();
  if (checksum->second != hexString(crc64(graph.data(), graph.size())))
    return {};
  return lineage;
}

/// Goes on with a parsed model.
static Result<ModelFile> checkModel(ModelFile file) {
  if (Status status = checkScope(*file.proto); !status)
    return status;
  if (Status status = checkNothingUnknown(*file.proto); !status)
    return status;
  Result<int64_t> opset = getOpset(*file.proto);
  if (!opset)
    return opset.takeError();
  file.opset = *opset;
  file.lineage = readLineage(*file.proto);
  if (Status status = runChecker(*file.proto, file.folder); !status)
    return status;
  return file;
}

static ModelFile makeFile(StringRef path) {
  ModelFile file;
  file.path = path.str();
  StringRef folder = llvm::sys::path::parent_path(path);
  file.folder = folder.empty() ? "." : folder.str();
  return file;
}

Result<ModelFile> readModel(llvm::MemoryBufferRef buffer) {
  ModelFile file = makeFile(buffer.getBufferIdentifier());
  if (Status status = parse(buffer, *file.proto); !status)
    return status;
  return checkModel(std::move(file));
}

Result<ModelFile> takeModel(::onnx::ModelProto &proto, StringRef path) {
  ModelFile file = makeFile(path);
  file.proto->Swap(&proto);
  return checkModel(std::move(file));
}

} // namespace qc::onnximport
