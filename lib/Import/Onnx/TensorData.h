// Tensors of an ONNX file, inline or in external files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_IMPORT_ONNX_TENSORDATA_H
#define QC_LIB_IMPORT_ONNX_TENSORDATA_H

#include "qc/Support/MLIR.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Tensor.h"

#include <map>
#include <memory>
#include <string>

namespace onnx {
class TensorProto;
} // namespace onnx

namespace qc::onnximport {

/// The external data files of one model, each read once.
class ExternalFiles {
public:
  explicit ExternalFiles(std::string folder) : folder(std::move(folder)) {}

  /// The file at `location`, which is relative to the model's folder and may
  /// not lead out of it.
  Result<std::shared_ptr<const MappedFile>> open(const std::string &location);

private:
  std::string folder;
  std::map<std::string, std::shared_ptr<const MappedFile>> files;
};

/// The contents of `proto`. Large inline data are moved out of it, so that
/// it can be read only once; external data are borrowed from the file's bytes.
Result<Tensor> takeTensor(::onnx::TensorProto &proto, ExternalFiles &files);

/// The element type of ONNX's number `dataType`, if the importer has it.
std::optional<DType> getDType(int dataType);
/// The bits of elements of ONNX's number `dataType` that are narrower than a
/// byte, of which they take one each once they are read; else 0.
unsigned getNarrowBits(int dataType);
/// "FLOAT", "INT4"; the number for one that onnx does not know.
std::string getDataTypeName(int dataType);

} // namespace qc::onnximport

#endif // QC_LIB_IMPORT_ONNX_TENSORDATA_H
