// The widths that a module asks for and its target allows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/ChooseWidths.h"
#include "qc/Dialect/QC/IR/Inner.h"
#include "qc/Dialect/QC/IR/QC.h"

namespace qc {

FailureOr<ActivationWidths> chooseWidths(func::FuncOp function,
                                         const TargetBackend &backend,
                                         ArrayRef<std::string> more) {
  auto module = function->getParentOfType<ModuleOp>();
  QuantSpec spec = backend.getQuantSpec();
  auto precision = getPrecision(module, spec);
  if (failed(precision))
    return failure();
  SupportRules rules;
  backend.addSupportRules(rules);
  WidthRequest request;
  request.rules = rules.getTypeRules();
  if (auto names = module->getAttrOfType<ArrayAttr>(kInt16TensorsAttr))
    for (auto name : names.getAsRange<StringAttr>())
      request.wideTensors.push_back(name.str());
  if (Attribute given = module->getAttr(kInt16WeightsAttr)) {
    auto names = dyn_cast<ArrayAttr>(given);
    if (!names || !llvm::all_of(names, llvm::IsaPred<StringAttr>))
      return module.emitError() << "expects an array of strings as attribute '"
                                << kInt16WeightsAttr << "', found " << given;
    for (auto name : names.getAsRange<StringAttr>())
      request.wideWeights.push_back(name.str());
  }
  if (auto widths = module->getAttrOfType<DictionaryAttr>(kWidthsAttr))
    for (auto tensor :
         widths.getAs<ArrayAttr>("tensors").getAsRange<DictionaryAttr>())
      request.wideTensors.push_back(tensor.getAs<StringAttr>("name").str());
  llvm::append_range(request.wideTensors, more);
  if (auto bits = module->getAttrOfType<IntegerAttr>(kInnerBitsAttr))
    request.wideInside = bits.getInt() > 8;
  return assignWidths(function, spec, *precision, request);
}

} // namespace qc
