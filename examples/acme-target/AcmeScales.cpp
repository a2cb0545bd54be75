// What Acme's last tool takes beside the network: a text file of scales.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Acme.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Execution/Executor.h"
#include "qc/Quantization/Activations.h"

#include "llvm/Support/Format.h"

namespace qc {

/// A line a tensor of the source model: its name, scale and zero point.
static LogicalResult write(const ArtefactRequest &request, ArtefactSink &sink) {
  auto function = getEntryFunction(request.module);
  if (failed(function))
    return failure();
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "# tensor scale zero_point\n";
  for (Value value : collectActivations(*function))
    if (auto type = dyn_cast_or_null<quant::UniformQuantizedType>(
            getStorageType(value)))
      os << getTensorName(value) << llvm::format(" %.9g ", type.getScale())
         << type.getZeroPoint() << "\n";
  if (Status written = sink.write("acme.scales", std::move(text)); !written)
    return emitError(request.module->getLoc()) << written.message();
  return success();
}

Artefact makeAcmeScales() {
  Artefact scales;
  scales.name = "acme-scales";
  scales.summary = "scale and zero point of each tensor, for acmelink";
  scales.stage = ArtefactStage::Assigned;
  scales.files = {"acme.scales"};
  scales.isOfIntegers = true;
  scales.write = write;
  return scales;
}

} // namespace qc
