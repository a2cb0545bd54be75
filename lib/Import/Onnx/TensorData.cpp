// Reading the tensors of an ONNX file.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TensorData.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include "onnx/onnx_pb.h"

namespace qc::onnximport {

using ::onnx::TensorProto;
namespace path = llvm::sys::path;
namespace fs = llvm::sys::fs;

/// Inline data below this are copied rather than moved, which keeps the
/// model's shape data in place for shape inference.
static constexpr size_t kMoveFrom = 1024;

std::optional<DType> getDType(int dataType) {
  switch (dataType) {
  case TensorProto::FLOAT:
  case TensorProto::BFLOAT16: // its values are floats with short mantissas
    return DType::F32;
  case TensorProto::FLOAT16:
    return DType::F16;
  case TensorProto::DOUBLE:
    return DType::F64;
  case TensorProto::INT8:
    return DType::I8;
  case TensorProto::UINT8:
    return DType::U8;
  case TensorProto::INT16:
    return DType::I16;
  case TensorProto::UINT16:
    return DType::U16;
  case TensorProto::INT32:
    return DType::I32;
  case TensorProto::UINT32:
    return DType::U32;
  case TensorProto::INT64:
    return DType::I64;
  case TensorProto::UINT64:
    return DType::U64;
  case TensorProto::BOOL:
    return DType::Bool;
  default:
    return std::nullopt;
  }
}

unsigned getNarrowBits(int dataType) {
  return dataType == TensorProto::INT4 || dataType == TensorProto::UINT4 ? 4
                                                                         : 0;
}

std::string getDataTypeName(int dataType) {
  if (::onnx::TensorProto_DataType_IsValid(dataType))
    return ::onnx::TensorProto_DataType_Name(
        static_cast<::onnx::TensorProto_DataType>(dataType));
  return "number " + std::to_string(dataType);
}

Result<std::shared_ptr<const MappedFile>>
ExternalFiles::open(const std::string &location) {
  auto known = files.find(location);
  if (known != files.end())
    return known->second;
  if (location.empty() || path::is_absolute(location))
    return error("external data '", location,
                 "' must be a path relative to the model's folder");
  for (StringRef part :
       llvm::make_range(path::begin(location), path::end(location)))
    if (part == "..")
      return error("external data '", location, "' leaves the model's folder");
  SmallString<256> full(folder), realFolder, realFile;
  path::append(full, location);
  if (std::error_code code = fs::real_path(full, realFile))
    return error("external data '", full.str().str(), "': ", code.message());
  if (std::error_code code = fs::real_path(folder, realFolder))
    return error("folder '", folder, "': ", code.message());
  // A symbolic link may lead anywhere, so the resolved path counts.
  StringRef rest = realFile;
  if (!rest.consume_front(realFolder) ||
      (realFolder != "/" && !rest.starts_with("/")))
    return error("external data '", location,
                 "' leads out of the model's "
                 "folder, to '",
                 realFile.str().str(), "'");
  if (!fs::is_regular_file(realFile))
    return error("external data '", full.str().str(), "' is not a file");
  auto file = MappedFile::open(realFile.str().str());
  if (!file)
    return file.status().withContext("external data");
  files.emplace(location, *file);
  return file;
}

static Result<uint64_t> parseNumber(const std::string &key,
                                    const std::string &text) {
  uint64_t value;
  if (StringRef(text).getAsInteger(10, value))
    return error("external data: '", key, "' is '", text, "', not a number");
  return value;
}

static Result<Tensor> takeExternal(const TensorProto &proto, DType dtype,
                                   Shape shape, size_t size,
                                   ExternalFiles &files) {
  std::string location;
  uint64_t offset = 0, length = size;
  for (const auto &entry : proto.external_data()) {
    if (entry.key() == "location") {
      location = entry.value();
    } else if (entry.key() == "offset" || entry.key() == "length") {
      Result<uint64_t> number = parseNumber(entry.key(), entry.value());
      if (!number)
        return number.takeError();
      (entry.key() == "offset" ? offset : length) = *number;
    } else if (entry.key() != "checksum") {
      return error("external data: unknown key '", entry.key(), "'");
    }
  }
  if (length != size)
    return error("external data of '", location, "' have ", length,
                 " bytes, but ", shapeString(shape), " elements of ",
                 dtypeName(dtype), " take ", size);
  auto file = files.open(location);
  if (!file)
    return file.takeError();
  size_t available = (*file)->size();
  if (offset > available || size > available - offset)
    return error("external data '", location, "' has ", available,
                 " bytes, but ", size, " from byte ", offset,
                 " on are asked for: it is truncated "
                 "or not the model's");
  const unsigned char *bytes = (*file)->data() + offset;
  if (reinterpret_cast<uintptr_t>(bytes) % dtypeSize(dtype) == 0)
    return Tensor::fromMapped(dtype, std::move(shape), *file, bytes);
  Tensor tensor(dtype, std::move(shape));
  std::memcpy(tensor.raw(), bytes, size);
  return tensor;
}

/// Copies a typed field whose C++ type may be wider than the element.
template <typename T, typename Field>
static Result<Tensor> copyField(const Field &field, DType dtype, Shape shape) {
  Tensor tensor(dtype, std::move(shape));
  if (field.size() != tensor.numElements())
    return error("its data have ", field.size(), " elements, its shape ",
                 shapeString(tensor.shape()), " has ", tensor.numElements());
  T *to = tensor.data<T>();
  for (int64_t i = 0, e = field.size(); i < e; ++i)
    to[i] = static_cast<T>(field.Get(static_cast<int>(i)));
  return tensor;
}

static Result<Tensor> copyTyped(const TensorProto &proto, DType dtype,
                                Shape shape) {
  switch (dtype) {
  case DType::F32:
    return copyField<float>(proto.float_data(), dtype, std::move(shape));
  case DType::F64:
    return copyField<double>(proto.double_data(), dtype, std::move(shape));
  case DType::I64:
    return copyField<int64_t>(proto.int64_data(), dtype, std::move(shape));
  case DType::U64:
    return copyField<uint64_t>(proto.uint64_data(), dtype, std::move(shape));
  case DType::U32:
    return copyField<uint32_t>(proto.uint64_data(), dtype, std::move(shape));
  case DType::I32:
    return copyField<int32_t>(proto.int32_data(), dtype, std::move(shape));
  case DType::F16:
  case DType::I16:
  case DType::U16:
    return copyField<uint16_t>(proto.int32_data(), dtype, std::move(shape));
  case DType::I8:
  case DType::U8:
  case DType::Bool:
    return copyField<uint8_t>(proto.int32_data(), dtype, std::move(shape));
  }
  return error("unknown element type");
}

static Result<Tensor> takeRaw(TensorProto &proto, DType dtype, Shape shape,
                              size_t size) {
  if (proto.raw_data().size() != size)
    return error("its data have ", proto.raw_data().size(),
                 " bytes, its shape ", shapeString(shape), " of ",
                 dtypeName(dtype), " needs ", size);
  if (size >= kMoveFrom) {
    auto owner =
        std::make_shared<std::string>(std::move(*proto.mutable_raw_data()));
    const void *bytes = owner->data();
    return Tensor::fromMapped(dtype, std::move(shape), owner, bytes);
  }
  Tensor tensor(dtype, std::move(shape));
  if (size > 0)
    std::memcpy(tensor.raw(), proto.raw_data().data(), size);
  return tensor;
}

/// Any byte but 0 is true.
static Tensor normalizeBool(Tensor tensor) {
  if (tensor.dtype() != DType::Bool)
    return tensor;
  tensor = tensor.clone();
  for (int64_t i = 0; i < tensor.numElements(); ++i)
    tensor.data<uint8_t>()[i] = tensor.data<uint8_t>()[i] != 0;
  return tensor;
}

/// The upper half of a float holds a bfloat16.
static Tensor widenBrainFloats(const Tensor &halves) {
  Tensor result(DType::F32, halves.shape());
  for (int64_t i = 0; i < halves.numElements(); ++i) {
    uint32_t bits = uint32_t(halves.data<uint16_t>()[i]) << 16;
    std::memcpy(result.data<float>() + i, &bits, sizeof(bits));
  }
  return result;
}

/// `count` elements of four bits, two a byte, the first in the lower half.
static Tensor unpackNibbles(const Tensor &packed, Shape shape, bool isSigned) {
  Tensor result(isSigned ? DType::I8 : DType::U8, std::move(shape));
  const auto *from = static_cast<const uint8_t *>(packed.raw());
  auto *to = static_cast<uint8_t *>(result.raw());
  for (int64_t i = 0; i < result.numElements(); ++i) {
    uint8_t nibble = (from[i / 2] >> (i % 2 * 4)) & 15;
    to[i] = isSigned && nibble > 7 ? nibble | 0xf0 : nibble;
  }
  return result;
}

/// The elements of `proto`, whose `shape` and type are those of its bytes.
static Result<Tensor> takeElements(TensorProto &proto, DType dtype,
                                   const Shape &shape, ExternalFiles &files) {
  size_t size = static_cast<size_t>(*countElements(shape)) * dtypeSize(dtype);
  bool external = proto.data_location() == TensorProto::EXTERNAL;
  // Typed fields are compared with the shape before memory is asked for.
  if (!external && !proto.has_raw_data() && size > proto.ByteSizeLong() * 8)
    return error("its shape ", shapeString(shape), " of ", dtypeName(dtype),
                 " needs ", size, " bytes, which the file does not hold");
  return external               ? takeExternal(proto, dtype, shape, size, files)
         : proto.has_raw_data() ? takeRaw(proto, dtype, shape, size)
                                : copyTyped(proto, dtype, shape);
}

Result<Tensor> takeTensor(TensorProto &proto, ExternalFiles &files) {
  bool isBrain = proto.data_type() == TensorProto::BFLOAT16;
  bool isNarrow = getNarrowBits(proto.data_type()) != 0;
  std::optional<DType> dtype = isBrain    ? DType::U16
                               : isNarrow ? DType::U8
                                          : getDType(proto.data_type());
  if (!dtype)
    return error("element type ", getDataTypeName(proto.data_type()),
                 " is not supported");
  Shape shape(proto.dims().begin(), proto.dims().end());
  std::optional<int64_t> count = countElements(shape);
  if (!count)
    return error("the shape ", shapeString(shape), " is impossible");
  if (proto.has_segment())
    return error("data in segments are not supported");
  Result<Tensor> tensor = takeElements(
      proto, *dtype, isNarrow ? Shape{(*count + 1) / 2} : shape, files);
  if (!tensor)
    return tensor.takeError();
  if (isBrain)
    return widenBrainFloats(*tensor);
  if (isNarrow)
    return unpackNibbles(*tensor, std::move(shape),
                         proto.data_type() == TensorProto::INT4);
  return normalizeBool(std::move(*tensor));
}

} // namespace qc::onnximport
