// Creating ops for a node so that what an op refuses becomes the node's error.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "NodeContext.h"

#include "qc/Dialect/QC/IR/Inner.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Numbers.h"

#include "mlir/IR/TypeUtilities.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

#include <new>

namespace qc::onnximport {

//===----------------------------------------------------------------------===//
// OpAttributes
//===----------------------------------------------------------------------===//

OpAttributes &OpAttributes::integer(StringRef name, int64_t value) {
  entries.emplace_back(
      name, [=](Builder &builder) { return builder.getI64IntegerAttr(value); });
  return *this;
}

OpAttributes &OpAttributes::integers(StringRef name, ArrayRef<int64_t> values) {
  entries.emplace_back(name, [copy = values.vec()](Builder &builder) {
    return builder.getDenseI64ArrayAttr(copy);
  });
  return *this;
}

OpAttributes &OpAttributes::real(StringRef name, double value) {
  entries.emplace_back(name, [=](Builder &builder) {
    return builder.getF32FloatAttr(static_cast<float>(value));
  });
  return *this;
}

OpAttributes &OpAttributes::reals(StringRef name, ArrayRef<double> values) {
  entries.emplace_back(name, [copy = values.vec()](Builder &builder) {
    return builder.getDenseF64ArrayAttr(copy);
  });
  return *this;
}

OpAttributes &OpAttributes::boolean(StringRef name, bool value) {
  entries.emplace_back(
      name, [=](Builder &builder) { return builder.getBoolAttr(value); });
  return *this;
}

OpAttributes &OpAttributes::string(StringRef name, StringRef value) {
  entries.emplace_back(name, [copy = value.str()](Builder &builder) {
    return builder.getStringAttr(copy);
  });
  return *this;
}

OpAttributes &OpAttributes::attribute(StringRef name, Attribute value) {
  entries.emplace_back(name, [=](Builder &) { return value; });
  return *this;
}

OpAttributes &OpAttributes::segments(ArrayRef<int32_t> sizes) {
  entries.emplace_back("operandSegmentSizes",
                       [copy = sizes.vec()](Builder &builder) {
                         return builder.getDenseI32ArrayAttr(copy);
                       });
  return *this;
}

//===----------------------------------------------------------------------===//
// Locations
//===----------------------------------------------------------------------===//

/// The name of output 0, or one that no other tensor has where nobody reads it.
static std::string getResultName(ArrayRef<std::string> outputs) {
  const auto *named = llvm::find_if(
      outputs, [](const std::string &name) { return !name.empty(); });
  if (named == outputs.end())
    return "";
  return named == outputs.begin() ? *named : *named + "/0";
}

Location NodeContext::resultLoc() const {
  return getTensorLoc(context(), getResultName(info.outputs), info.name);
}

Location NodeContext::resultsLoc() const {
  SmallVector<Location> parts;
  for (auto [index, name] : llvm::enumerate(info.outputs))
    parts.push_back(name.empty() ? index == 0 ? resultLoc()
                                              : helperLoc(std::to_string(index))
                                 : getTensorLoc(context(), name, info.name));
  return FusedLoc::get(context(), parts);
}

Location NodeContext::helperLoc(StringRef suffix) const {
  return deriveName(resultLoc(), ("/" + suffix).str());
}

Value NodeContext::markInner(Value value) {
  if (value)
    value.getDefiningOp()->setAttr(kInnerAttr, UnitAttr::get(context()));
  return value;
}

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

/// What `op` itself infers from operands and attributes. (Op::create would
/// abort on a failure, which a file can cause.)
static LogicalResult inferTypes(RegisteredOperationName name, Location loc,
                                ValueRange operands, DictionaryAttr attrs,
                                SmallVectorImpl<Type> &types) {
  auto *interface = name.getInterface<InferTypeOpInterface>();
  if (!interface)
    return emitError(loc) << name << " has no type inference";
  auto size = static_cast<size_t>(name.getOpPropertyByteSize());
  if (size == 0)
    return interface->inferReturnTypes(loc.getContext(), loc, operands, attrs,
                                       OpaqueProperties(nullptr), {}, types);
  auto storage =
      std::make_unique<std::max_align_t[]>(size / sizeof(std::max_align_t) + 1);
  OpaqueProperties properties(storage.get());
  name.initOpProperties(properties, nullptr);
  auto error = [&] { return emitError(loc); };
  LogicalResult result = LogicalResult::failure();
  if (succeeded(
          name.setOpPropertiesFromAttribute(name, properties, attrs, error)))
    result = interface->inferReturnTypes(loc.getContext(), loc, operands, attrs,
                                         properties, {}, types);
  name.destroyOpProperties(properties);
  return result;
}

Operation *NodeContext::build(StringRef opName, Location loc,
                              ValueRange operands, const OpAttributes &attrs,
                              TypeRange types) {
  if (failed() || llvm::any_of(operands, [](Value v) { return !v; }))
    return nullptr;
  auto name = RegisteredOperationName::lookup(opName, context());
  if (!name) {
    (void)fail("op " + opName + " is not part of this build");
    return nullptr;
  }
  NamedAttrList list;
  for (const auto &[key, make] : attrs.get())
    list.append(key, make(builder));

  std::string complaint;
  ScopedDiagnosticHandler handler(context(), [&](Diagnostic &diagnostic) {
    if (complaint.empty())
      complaint = diagnostic.str();
    return success();
  });
  OperationState state(loc, *name);
  state.addOperands(operands);
  state.addTypes(types);
  state.attributes = list;
  if (types.empty() &&
      mlir::failed(inferTypes(*name, loc, operands,
                              list.getDictionary(context()), state.types))) {
    (void)fail(complaint);
    return nullptr;
  }
  Operation *op = builder.create(state);
  if (op->hasTrait<top::NoIntegerForm>())
    for (Value operand : operands)
      if (Type element = getElementTypeOrSelf(operand);
          element.isUnsignedInteger() && element.getIntOrFloatBitWidth() > 8) {
        (void)fail("computes with unsigned integers of " +
                   Twine(element.getIntOrFloatBitWidth()) +
                   " bits, for which there is no kernel; cast them to int64");
        op->erase();
        return nullptr;
      }
  if (mlir::failed(verify(op, /*verifyRecursively=*/false))) {
    (void)fail(complaint);
    op->erase();
    return nullptr;
  }
  return op;
}

Value NodeContext::helperConstant(StringRef suffix, const Tensor &tensor) {
  if (failed())
    return {};
  Location loc = helperLoc(suffix);
  return createConstant(builder, loc, tensor, getFirstName(loc));
}

} // namespace qc::onnximport
