// The qc dialect: registration and verification of its attributes.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/QC.h"

#include "qc/Dialect/QC/IR/Inner.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/Provenance.h"
#include "qc/Support/Picture.h"
#include "qc/Support/Preprocess.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "qc/Dialect/QC/IR/QCDialect.cpp.inc"
#include "qc/Dialect/QC/IR/QCEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "qc/Dialect/QC/IR/QCAttributes.cpp.inc"

void qc::QCDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "qc/Dialect/QC/IR/QCAttributes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// The attributes themselves
//===----------------------------------------------------------------------===//

LogicalResult
qc::TargetAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                       StringRef name, DictionaryAttr) {
  if (name.empty())
    return emitError() << "expects the name of a target, found none";
  return success();
}

LogicalResult
qc::DataAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                     StringRef spec, int64_t samples, bool, bool) {
  if (spec.empty())
    return emitError() << "expects a data specification, found none";
  if (samples < 0)
    return emitError() << "expects a number of samples, found " << samples;
  return success();
}

LogicalResult
qc::PreprocessAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                           StringRef spec) {
  Result<PreprocessSpec> parsed =
      PreprocessSpec::parse(std::string_view(spec.data(), spec.size()));
  if (!parsed)
    return emitError() << parsed.takeError().message();
  return success();
}

void qc::noteProvenance(ModuleOp module, StringRef fact, const Twine &text) {
  NamedAttrList facts;
  if (auto present = module->getAttrOfType<DictionaryAttr>(kProvenanceAttr))
    facts = NamedAttrList(present);
  facts.set(fact, StringAttr::get(module.getContext(), text));
  module->setAttr(kProvenanceAttr, facts.getDictionary(module.getContext()));
}

std::string qc::getProvenance(ModuleOp module, StringRef fact) {
  auto facts = module->getAttrOfType<DictionaryAttr>(kProvenanceAttr);
  auto text = facts ? facts.getAs<StringAttr>(fact) : nullptr;
  return text ? text.str() : "";
}

SmallVector<NamedAttribute> qc::getCorrectionsInOrder(ModuleOp module) {
  SmallVector<NamedAttribute> corrections;
  if (auto done = module->getAttrOfType<DictionaryAttr>(kCorrectionsAttr))
    llvm::append_range(corrections, done);
  auto getOrder = [](NamedAttribute entry) -> int64_t {
    auto facts = dyn_cast<DictionaryAttr>(entry.getValue());
    auto order =
        facts ? facts.getAs<IntegerAttr>(kCorrectionOrder) : IntegerAttr();
    return order ? order.getInt() : 0;
  };
  llvm::stable_sort(corrections, [&](NamedAttribute a, NamedAttribute b) {
    return getOrder(a) < getOrder(b);
  });
  return corrections;
}

void qc::dropProvenance(ModuleOp module, StringRef fact) {
  auto present = module->getAttrOfType<DictionaryAttr>(kProvenanceAttr);
  if (!present || !present.contains(fact))
    return;
  NamedAttrList facts(present);
  facts.erase(fact);
  module->setAttr(kProvenanceAttr, facts.getDictionary(module.getContext()));
}

std::string qc::toText(Attribute value) {
  if (auto text = dyn_cast<StringAttr>(value))
    return text.str();
  std::string printed;
  llvm::raw_string_ostream(printed) << value;
  return printed;
}

/// The function and the number of `argument`, or null.
static FunctionOpInterface getFunction(BlockArgument argument) {
  return dyn_cast_or_null<FunctionOpInterface>(
      argument.getOwner()->getParentOp());
}

qc::ParametersAttr qc::getParameters(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    FunctionOpInterface function = getFunction(argument);
    return function ? function.getArgAttrOfType<ParametersAttr>(
                          argument.getArgNumber(), kParametersAttr)
                    : ParametersAttr();
  }
  auto result = cast<OpResult>(value);
  auto all = result.getOwner()->getAttrOfType<ArrayAttr>(kParametersAttr);
  return all && result.getResultNumber() < all.size()
             ? dyn_cast<ParametersAttr>(all[result.getResultNumber()])
             : ParametersAttr();
}

void qc::setParameters(Value value, ParametersAttr parameters) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    FunctionOpInterface function = getFunction(argument);
    if (function && parameters)
      function.setArgAttr(argument.getArgNumber(), kParametersAttr, parameters);
    else if (function)
      function.removeArgAttr(
          argument.getArgNumber(),
          StringAttr::get(value.getContext(), kParametersAttr));
    return;
  }
  auto result = cast<OpResult>(value);
  Operation *op = result.getOwner();
  SmallVector<Attribute> all(op->getNumResults(),
                             UnitAttr::get(value.getContext()));
  if (auto present = op->getAttrOfType<ArrayAttr>(kParametersAttr))
    llvm::copy(present.getValue().take_front(all.size()), all.begin());
  all[result.getResultNumber()] =
      parameters ? Attribute(parameters) : UnitAttr::get(value.getContext());
  if (llvm::all_of(all, llvm::IsaPred<UnitAttr>))
    op->removeAttr(kParametersAttr);
  else
    op->setAttr(kParametersAttr, ArrayAttr::get(value.getContext(), all));
}

bool qc::hasFixedParameters(Value value) {
  ParametersAttr parameters = getParameters(value);
  return parameters && parameters.getFixed();
}

//===----------------------------------------------------------------------===//
// What stands under their names
//===----------------------------------------------------------------------===//

/// Fails unless `attribute`, when it is called `name`, is an `AttrTy`.
template <typename AttrTy>
static LogicalResult verifyClass(NamedAttribute attribute, StringRef name,
                                 StringRef what, Location loc) {
  if (attribute.getName() != name || isa<AttrTy>(attribute.getValue()))
    return success();
  return emitError(loc) << "expects " << what << " as attribute '" << name
                        << "', found " << attribute.getValue();
}

/// Fails when `attribute` is qc.int16_tensors and no array of strings.
static LogicalResult verifyTensorNames(NamedAttribute attribute, Location loc) {
  if (attribute.getName() != qc::kInt16TensorsAttr)
    return success();
  auto names = dyn_cast<ArrayAttr>(attribute.getValue());
  if (names && llvm::all_of(names, llvm::IsaPred<StringAttr>))
    return success();
  return emitError(loc) << "expects an array of strings as attribute '"
                        << qc::kInt16TensorsAttr << "', found "
                        << attribute.getValue();
}

/// Fails when `attribute` is qc.inner with another value than a name.
static LogicalResult verifyInner(NamedAttribute attribute, Location loc) {
  if (attribute.getName() != qc::kInnerAttr ||
      isa<UnitAttr, StringAttr>(attribute.getValue()))
    return success();
  return emitError(loc) << "expects no value or a string as attribute '"
                        << qc::kInnerAttr << "', found "
                        << attribute.getValue();
}

/// Fails when `attribute` is qc.inner_bits and no width.
static LogicalResult verifyInnerBits(NamedAttribute attribute, Location loc) {
  if (attribute.getName() != qc::kInnerBitsAttr)
    return success();
  auto bits = dyn_cast<IntegerAttr>(attribute.getValue());
  if (bits && bits.getType().isSignlessInteger(64) &&
      (bits.getInt() == 8 || bits.getInt() == 16))
    return success();
  return emitError(loc) << "expects 8 or 16 as attribute '"
                        << qc::kInnerBitsAttr << "', found "
                        << attribute.getValue();
}

/// Fails when `attribute` is qc.widths and does not say of which tensors.
static LogicalResult verifyWidths(NamedAttribute attribute, Location loc) {
  if (attribute.getName() != qc::kWidthsAttr)
    return success();
  auto facts = dyn_cast<DictionaryAttr>(attribute.getValue());
  auto tensors = facts ? facts.getAs<ArrayAttr>("tensors") : ArrayAttr();
  if (tensors && llvm::all_of(tensors, [](Attribute entry) {
        auto tensor = dyn_cast<DictionaryAttr>(entry);
        return tensor && tensor.getAs<StringAttr>("name");
      }))
    return success();
  return emitError(loc) << "expects a dictionary with 'tensors', each with a "
                           "'name', as attribute '"
                        << qc::kWidthsAttr << "', found "
                        << attribute.getValue();
}

/// Fails when `attribute` is qc.parameters and not one a result of `op`.
static LogicalResult verifyParameters(Operation *op, NamedAttribute attribute) {
  if (attribute.getName() != qc::kParametersAttr)
    return success();
  auto all = dyn_cast<ArrayAttr>(attribute.getValue());
  if (all && all.size() == op->getNumResults() &&
      llvm::all_of(all, llvm::IsaPred<qc::ParametersAttr, UnitAttr>))
    return success();
  return op->emitError("expects a #qc.parameters for each result as attribute "
                       "'")
         << qc::kParametersAttr << "', found " << attribute.getValue();
}

LogicalResult qc::QCDialect::verifyOperationAttribute(Operation *op,
                                                      NamedAttribute attr) {
  Location loc = op->getLoc();
  return success(
      succeeded(
          verifyClass<TargetAttr>(attr, kTargetAttr, "a #qc.target", loc)) &&
      succeeded(verifyClass<DataAttr>(attr, kDataAttr, "a #qc.data", loc)) &&
      succeeded(verifyClass<IntegerAttr>(attr, kCalibrationSamplesAttr,
                                         "an integer", loc)) &&
      succeeded(
          verifyClass<StringAttr>(attr, kPlacementAttr, "a string", loc)) &&
      succeeded(verifyClass<UnitAttr>(attr, kInFloatAttr, "no value", loc)) &&
      succeeded(verifyInner(attr, loc)) &&
      succeeded(verifyInnerBits(attr, loc)) &&
      succeeded(
          verifyClass<StringAttr>(attr, kPrecisionAttr, "a string", loc)) &&
      succeeded(verifyClass<DictionaryAttr>(attr, kCorrectionsAttr,
                                            "a dictionary", loc)) &&
      succeeded(verifyClass<DictionaryAttr>(attr, kProvenanceAttr,
                                            "a dictionary", loc)) &&
      succeeded(verifyClass<DenseI64ArrayAttr>(attr, kPermutationAttr,
                                               "an array of i64", loc)) &&
      succeeded(verifyParameters(op, attr)) &&
      succeeded(verifyWidths(attr, loc)) &&
      succeeded(verifyTensorNames(attr, loc)));
}

/// Fails when `attribute` is qc.picture and describes none.
static LogicalResult verifyPicture(NamedAttribute attribute, Location loc) {
  if (attribute.getName() != qc::kPictureAttr)
    return success();
  auto text = dyn_cast<StringAttr>(attribute.getValue());
  if (!text)
    return emitError(loc) << "expects a string as attribute '"
                          << qc::kPictureAttr << "', found "
                          << attribute.getValue();
  if (auto parsed = qc::PictureSpec::parse(text.str()); !parsed)
    return emitError(loc) << "attribute '" << qc::kPictureAttr
                          << "': " << parsed.message();
  return success();
}

LogicalResult qc::QCDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                      unsigned,
                                                      NamedAttribute attr) {
  Location loc = op->getLoc();
  return success(
      succeeded(verifyClass<StringAttr>(attr, kNameAttr, "a string", loc)) &&
      succeeded(verifyClass<ParametersAttr>(attr, kParametersAttr,
                                            "a #qc.parameters", loc)) &&
      succeeded(verifyPicture(attr, loc)) &&
      succeeded(verifyClass<PreprocessAttr>(attr, kPreprocessAttr,
                                            "a #qc.preprocess", loc)));
}

LogicalResult qc::QCDialect::verifyRegionResultAttribute(Operation *op,
                                                         unsigned, unsigned,
                                                         NamedAttribute attr) {
  Location loc = op->getLoc();
  return success(
      succeeded(verifyClass<StringAttr>(attr, kNameAttr, "a string", loc)) &&
      succeeded(verifyClass<DenseI64ArrayAttr>(attr, kPermutationAttr,
                                               "an array of i64", loc)) &&
      succeeded(
          verifyClass<StringAttr>(attr, kOutputLayoutAttr, "a string", loc)));
}
