// qc check --prequantized: what a vendor's last tool takes of a QDQ model.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "PrequantizedCheck.h"
#include "Command.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Quantization/Activations.h"
#include "qc/Support/Strings.h"
#include "qc/Target/TargetRegistry.h"

namespace qc {

static llvm::json::Value
toJson(const std::vector<QuantizedModelFault> &faults) {
  llvm::json::Array array;
  for (const QuantizedModelFault &fault : faults)
    array.push_back(llvm::json::Object{{"tensor", printable(fault.tensor)},
                                       {"rule", fault.rule},
                                       {"found", fault.found}});
  return llvm::json::Object{{"faults", std::move(array)}};
}

int checkPrequantized(const CompileOptions &options, Session &session,
                      bool json) {
  CompileOptions preparing = options;
  preparing.output.clear();
  preparing.stopAfter = "prepare";
  preparing.emit.clear();
  Compilation compilation(session, preparing);
  if (failed(compilation.run()))
    return kInputFault;
  ModuleOp module = compilation.getModule();
  auto backend = TargetRegistry::create(module);
  auto function = getEntryFunction(module);
  if (failed(backend) || failed(function))
    return kInputFault;
  if (llvm::none_of(collectActivations(*function), getStorageType))
    return fail("'" + options.model +
                "' is not quantized: no tensor has a scale");
  auto faults = (*backend)->checkQuantizedModel(module);
  std::string target = (*backend)->getName().str();
  if (!faults)
    return failUsage("target '" + target +
                     "' has no published rules for quantized models");
  if (json)
    printJson(toJson(*faults));
  else
    for (const QuantizedModelFault &fault : *faults)
      out() << llvm::formatv("{0,-40} {1}; found {2}\n",
                             printable(fault.tensor), fault.rule, fault.found);
  if (faults->empty()) {
    if (!json)
      out() << "every tensor is as the table of '" << target << "' asks\n";
    return kDone;
  }
  fail(std::to_string(faults->size()) +
       " tensors are not as the vendor's table for quantized models asks");
  return kCheckFailed;
}

} // namespace qc
