// The state of one function's export: names, operators, orders of dimensions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Exporter.h"
#include "qc/Dialect/QC/IR/Constants.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Interfaces/ExecutableOpInterface.h"
#include "qc/Support/Convert.h"

#include <cmath>

namespace qc::tfliteexport {

//===----------------------------------------------------------------------===//
// Forms
//===----------------------------------------------------------------------===//

Order getImageOrder(Operation *op) {
  int64_t rank = getRank(op->getOperand(0));
  Order order = getPlainOrder(rank);
  if (!isa<tpu::TpuDialect>(op->getDialect()))
    std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  return order;
}

static TensorType getTensorType(DType dtype) {
  switch (dtype) {
  case DType::F32:
    return TensorType::FLOAT32;
  case DType::F16:
    return TensorType::FLOAT16;
  case DType::I8:
    return TensorType::INT8;
  case DType::U8:
    return TensorType::UINT8;
  case DType::I16:
    return TensorType::INT16;
  case DType::I32:
    return TensorType::INT32;
  case DType::I64:
    return TensorType::INT64;
  case DType::Bool:
    return TensorType::BOOL;
  default:
    return TensorType::FLOAT64;
  }
}

int64_t getShift(Type element) {
  auto type = dyn_cast<quant::QuantizedType>(element);
  return type && !isa<quant::CalibratedQuantizedType>(type) &&
                 !type.isSigned() && type.getStorageTypeIntegralWidth() == 8
             ? -128
             : 0;
}

Tensor withSignOf(const Tensor &stored, Type element) {
  if (getShift(element) == 0)
    return stored;
  Tensor result(DType::I8, stored.shape());
  const auto *from = static_cast<const uint8_t *>(stored.raw());
  for (int64_t i = 0; i < stored.numElements(); ++i)
    result.data<int8_t>()[i] = static_cast<int8_t>(from[i] - 128);
  return result;
}

Form makeForm(Type type, ArrayRef<int64_t> order) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  Form form;
  SmallVector<int64_t> shape = reorder(tensor.getShape(), order);
  form.shape.assign(shape.begin(), shape.end());
  auto quantized = dyn_cast<quant::QuantizedType>(element);
  if (!quantized || isa<quant::CalibratedQuantizedType>(quantized)) {
    form.type = quantized ? TensorType::FLOAT32
                          : getTensorType(*getExecutionDType(element));
    return form;
  }
  form.type = quantized.getStorageTypeIntegralWidth() == 16 ? TensorType::INT16
                                                            : TensorType::INT8;
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(element)) {
    form.parameters = {{static_cast<float>(uniform.getScale())},
                       {uniform.getZeroPoint() + getShift(element)},
                       0};
  } else if (auto channels =
                 dyn_cast<quant::UniformQuantizedPerAxisType>(element)) {
    for (auto [scale, zero] :
         llvm::zip_equal(channels.getScales(), channels.getZeroPoints())) {
      form.parameters.scales.push_back(static_cast<float>(scale));
      form.parameters.zeroPoints.push_back(zero + getShift(element));
    }
    form.parameters.axis = mapAxis(channels.getQuantizedDimension(), order);
  }
  return form;
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

Exporter::Exporter(ModelWriter &model, Block &block,
                   const TFLiteExportOptions &options)
    : model(model), options(options) {
  for (Operation &op : block.without_terminator())
    for (Value result : op.getResults()) {
      std::string name = getTensorName(result);
      // A transpose leaves no tensor of its own where it can be helped.
      if (isa<tpu::TransposeOp>(op) && owners.contains(name))
        continue;
      owners[name] = &op;
    }
}

/// The name of `value` if it may have it, else one derived from it.
std::string Exporter::tensorName(Value value) {
  std::string name = getTensorName(value);
  if (name.empty())
    return model.unique("tensor");
  auto owner = owners.find(name);
  // The integers of what is given as floats.
  if (model.isTaken(name) && value.getDefiningOp<tpu::QuantizeOp>())
    return model.unique(name + "_quantized");
  if (owner != owners.end() && owner->second != value.getDefiningOp() &&
      !isa_and_nonnull<tpu::DequantizeOp>(owner->second))
    return model.unique(name + "_before");
  return model.unique(name);
}

void Exporter::beginOp(Operation *op) {
  current = op;
  currentName = getTensorName(op->getResult(0));
  if (currentName.empty())
    currentName = op->getName().stripDialect().str();
  firstOfOp = model.getNextId();
}

void Exporter::beginOutput(StringRef name) {
  current = nullptr;
  currentName = name.empty() ? "output" : name.str();
  firstOfOp = model.getNextId();
}

InFlightDiagnostic Exporter::fail() {
  return current->emitOpError("at '") << getDisplayName(current) << "' ";
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

TensorId Exporter::ints(StringRef suffix, ArrayRef<int64_t> values) {
  std::vector<int32_t> narrow(values.begin(), values.end());
  return constant(suffix, Tensor::fromVector(
                              narrow, {static_cast<int64_t>(narrow.size())}));
}

TensorId Exporter::floats(StringRef suffix, ArrayRef<float> values,
                          Shape shape) {
  return constant(
      suffix, Tensor::fromVector(std::vector<float>(values), std::move(shape)));
}

TensorId Exporter::scalar(StringRef suffix, float value) {
  return floats(suffix, {value}, {1});
}

TensorId Exporter::constant(StringRef suffix, const Tensor &tensor,
                            Parameters parameters) {
  return model.addConstant(
      currentName + "_" + suffix.str(),
      {getTensorType(tensor.dtype()), tensor.shape(), std::move(parameters)},
      tensor.raw(), tensor.byteSize());
}

TensorId Exporter::weights(StringRef suffix, const Tensor &tensor) {
  if (!options.halfWeights || tensor.dtype() != DType::F32)
    return constant(suffix, tensor);
  Tensor half(DType::F16, tensor.shape());
  for (int64_t i = 0; i < tensor.numElements(); ++i)
    half.data<uint16_t>()[i] = floatToHalf(tensor.data<float>()[i]);
  TensorId stored = constant((suffix + "_f16").str(), half);
  return emit(BuiltinOperator::DEQUANTIZE, {stored},
              {TensorType::FLOAT32, tensor.shape(), {}},
              makeOptions(tflite::DequantizeOptionsT()));
}

FailureOr<Tensor> Exporter::getConstant(Value value) {
  ElementsAttr elements = getElements(value);
  if (!elements)
    return fail() << "takes '" << getTensorName(value)
                  << "', which the network computes, where LiteRT needs a "
                     "constant; emit the program alone (--emit qcb), or make "
                     "it one";
  Result<Tensor> tensor = getConstantTensor(elements);
  if (!tensor)
    return value.getDefiningOp()->emitOpError("'")
           << getTensorName(value) << "', which '" << getDisplayName(current)
           << "' takes: " << tensor.message();
  return *tensor;
}

TensorId Exporter::makeConstant(Value value, ArrayRef<int64_t> order) {
  ElementsAttr elements = getElements(value);
  // Nothing else can be without a stored form: ops are exported in order.
  Result<Tensor> tensor = elements ? getConstantTensor(elements)
                                   : Result<Tensor>(error("not a constant"));
  if (!tensor) {
    emitError(value.getLoc())
        << "'" << getTensorName(value) << "': " << tensor.message();
    broken = true;
    return 0;
  }
  Tensor permuted =
      withSignOf(permute(*tensor, order),
                 cast<RankedTensorType>(value.getType()).getElementType());
  std::string name = getTensorName(value);
  return model.addConstant(name.empty() ? "constant" : name,
                           makeForm(value.getType(), order), permuted.raw(),
                           permuted.byteSize());
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

static StringRef getName(BuiltinOperator code) {
  return tflite::EnumNameBuiltinOperator(code);
}

TensorId Exporter::emit(BuiltinOperator code, ArrayRef<TensorId> inputs,
                        Form form, Options table) {
  TensorId id =
      model.addTensor(currentName + "_" + getName(code).str(), std::move(form));
  model.addOperator(code, inputs, {id}, std::move(table));
  return id;
}

TensorId Exporter::reshape(TensorId id, const Shape &shape) {
  if (getForm(id).shape == shape)
    return id;
  tflite::ReshapeOptionsT table;
  table.new_shape.assign(shape.begin(), shape.end());
  Form form = getForm(id).withShape(shape);
  TensorId dims = ints("shape", shape);
  return emit(BuiltinOperator::RESHAPE, {id, dims}, std::move(form),
              makeOptions(std::move(table)));
}

TensorId Exporter::transpose(TensorId id, ArrayRef<int64_t> perm) {
  if (llvm::equal(perm, getPlainOrder(perm.size())))
    return id;
  Form form = getForm(id);
  SmallVector<int64_t> moved = reorder(form.shape, perm);
  // Elements stay where they are if only dimensions of one move.
  SmallVector<int64_t> kept;
  for (int64_t dim : perm)
    if (form.shape[dim] != 1)
      kept.push_back(dim);
  Shape shape(moved.begin(), moved.end());
  if (llvm::is_sorted(kept))
    return reshape(id, shape);
  TensorId dims = ints("perm", perm);
  return emit(BuiltinOperator::TRANSPOSE, {id, dims}, form.withShape(shape),
              makeOptions(tflite::TransposeOptionsT()));
}

TensorId Exporter::convert(TensorId id, const Form &numbers) {
  Form form = getForm(id);
  if (form.hasSameNumbers(numbers))
    return id;
  if (!numbers.isQuantized())
    return dequantize(id);
  form.type = numbers.type;
  form.parameters = numbers.parameters;
  return emit(BuiltinOperator::QUANTIZE, {id}, std::move(form),
              makeOptions(tflite::QuantizeOptionsT()));
}

TensorId Exporter::dequantize(TensorId id) {
  if (!getForm(id).isQuantized())
    return id;
  auto found = dequantized.find(id);
  if (found != dequantized.end())
    return found->second;
  TensorId floats =
      model.addTensor(model.getName(id) + "_dequantized",
                      {TensorType::FLOAT32, getForm(id).shape, {}});
  model.addOperator(BuiltinOperator::DEQUANTIZE, {id}, {floats},
                    makeOptions(tflite::DequantizeOptionsT()));
  dequantized[id] = floats;
  return floats;
}

TensorId Exporter::pad(TensorId id, ArrayRef<int64_t> begins,
                       ArrayRef<int64_t> ends, std::optional<double> fill) {
  Form form = getForm(id);
  std::vector<int32_t> pads;
  bool isNone = true;
  for (auto [dim, begin, end] : llvm::zip_equal(form.shape, begins, ends)) {
    dim += begin + end;
    pads.push_back(static_cast<int32_t>(begin));
    pads.push_back(static_cast<int32_t>(end));
    isNone &= begin == 0 && end == 0;
  }
  if (isNone)
    return id;
  auto rank = static_cast<int64_t>(begins.size());
  TensorId paddings = constant("paddings", Tensor::fromVector(pads, {rank, 2}));
  double zero = form.isQuantized() ? form.getZeroPoint() : 0;
  if (!fill || *fill == zero)
    return emit(BuiltinOperator::PAD, {id, paddings}, std::move(form),
                makeOptions(tflite::PadOptionsT()));
  Tensor value =
      form.type == TensorType::INT8
          ? Tensor::fromVector<int8_t>({static_cast<int8_t>(*fill)}, {1})
      : form.type == TensorType::INT16
          ? Tensor::fromVector<int16_t>({static_cast<int16_t>(*fill)}, {1})
          : Tensor::fromVector<float>({static_cast<float>(*fill)}, {1});
  TensorId filling = constant("filling", value, form.parameters);
  return emit(BuiltinOperator::PADV2, {id, paddings, filling}, std::move(form),
              makeOptions(tflite::PadV2OptionsT()));
}

TensorId Exporter::slice(TensorId id, ArrayRef<int64_t> offsets,
                         ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  Form form = getForm(id);
  if (llvm::equal(form.shape, sizes))
    if (llvm::all_of(strides, [](int64_t stride) { return stride == 1; }))
      return id;
  Shape shape(sizes.begin(), sizes.end());
  if (llvm::all_of(strides, [](int64_t stride) { return stride == 1; })) {
    TensorId begin = ints("begin", offsets);
    TensorId size = ints("size", sizes);
    return emit(BuiltinOperator::SLICE, {id, begin, size},
                form.withShape(shape), makeOptions(tflite::SliceOptionsT()));
  }
  tflite::StridedSliceOptionsT table;
  SmallVector<int64_t> ends;
  for (size_t i = 0; i < sizes.size(); ++i) {
    int64_t end = offsets[i] + sizes[i] * strides[i];
    // An end before the first element is no index from the end.
    if (end < 0)
      table.end_mask |= 1 << i;
    ends.push_back(std::max<int64_t>(end, 0));
  }
  TensorId begin = ints("begin", offsets);
  TensorId end = ints("end", ends);
  TensorId step = ints("strides", strides);
  return emit(BuiltinOperator::STRIDED_SLICE, {id, begin, end, step},
              form.withShape(shape), makeOptions(std::move(table)));
}

TensorId Exporter::gather(TensorId id, ArrayRef<int64_t> indices,
                          int64_t axis) {
  Form form = getForm(id);
  form.shape[axis] = indices.size();
  tflite::GatherOptionsT table;
  table.axis = axis;
  TensorId picked = ints("indices", indices);
  return emit(BuiltinOperator::GATHER, {id, picked}, std::move(form),
              makeOptions(std::move(table)));
}

/// Bytes as 16-bit integers of a finer scale: differences of bytes are below
/// 256.
static Form widen(Form form) {
  form.type = TensorType::INT16;
  return form.withParameters(form.getScale() / kWidening, 0);
}

Activation Exporter::unifyWidths(MutableArrayRef<TensorId> operands, Form &form,
                                 const Bounds &bounds) {
  auto isWide = [&](TensorId id) { return getForm(id).isWide(); };
  auto isByte = [](const Form &form) {
    return form.isQuantized() && !form.isWide();
  };
  if (!form.isWide() && llvm::none_of(operands, isWide))
    return fuse(bounds, form);
  for (TensorId &id : operands)
    if (isByte(getForm(id)))
      id = convert(id, widen(getForm(id)));
  if (!isByte(form))
    return fuse(bounds, form);
  form = widen(form);
  return {ActivationFunctionType::NONE, bounds};
}

TensorId Exporter::emitFixed(BuiltinOperator code, TensorId x,
                             const Form &wanted, float scale, int64_t zeroPoint,
                             Options table) {
  Form form = getForm(x);
  constexpr float kFinest = 0.75f, kWideScale = 1.0f / 32768;
  if (form.isQuantized() && !form.isWide() &&
      wanted.getScale() < kFinest * scale) {
    x = convert(x, widen(form));
    form = getForm(x);
  }
  if (form.isWide())
    form = form.withParameters(kWideScale, 0);
  else if (form.isQuantized())
    form = form.withParameters(scale, zeroPoint);
  return emit(code, {x}, std::move(form), std::move(table));
}

TensorId Exporter::limit(TensorId id, const Bounds &bounds) {
  auto apply = [&](BuiltinOperator code, StringRef suffix, double value) {
    Form form = getForm(id);
    Tensor bound =
        form.type == TensorType::INT8
            ? Tensor::fromVector<int8_t>({static_cast<int8_t>(value)}, {1})
        : form.type == TensorType::INT16
            ? Tensor::fromVector<int16_t>({static_cast<int16_t>(value)}, {1})
            : Tensor::fromVector<float>({static_cast<float>(value)}, {1});
    TensorId limit = constant(suffix, bound, form.parameters);
    id = emit(code, {id, limit}, std::move(form),
              makeOptions(tflite::MaximumMinimumOptionsT()));
  };
  if (bounds.low)
    apply(BuiltinOperator::MAXIMUM, "min", *bounds.low);
  if (bounds.high)
    apply(BuiltinOperator::MINIMUM, "max", *bounds.high);
  return id;
}

Activation Exporter::fuse(const Bounds &bounds, const Form &form) const {
  using Fused = ActivationFunctionType;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double least = -kInfinity, most = kInfinity, zero = 0, unit = 1;
  auto at = [&](double value) { return value; };
  std::function<double(double)> stored = at;
  if (form.isQuantized()) {
    least = form.getMin();
    most = form.getMax();
    zero = form.getZeroPoint();
    unit = form.getScale();
    // As kernels round the bounds of an activation.
    stored = [&](double value) {
      double q = zero + std::round(static_cast<float>(value) /
                                   static_cast<float>(unit));
      return std::clamp(q, least, most);
    };
  }
  double low = bounds.low.value_or(least), high = bounds.high.value_or(most);
  // A symmetric range ends one above the type's.
  if (form.isQuantized() && low == least + 1)
    low = least;
  if (low <= least && high >= most)
    return {};
  const std::tuple<Fused, double, double> known[] = {
      {Fused::RELU, 0, kInfinity},
      {Fused::RELU6, 0, 6},
      {Fused::RELU_N1_TO_1, -1, 1}};
  for (auto [fused, from, to] : known)
    if (low == stored(from) && high == (std::isinf(to) ? most : stored(to)))
      return {fused, {}};
  Activation activation;
  // Half of it is better done on the way than not.
  if (low == stored(0)) {
    activation.fused = Fused::RELU;
  } else if (low > least) {
    activation.rest.low = low;
  }
  if (high < most)
    activation.rest.high = high;
  return activation;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

void Exporter::alias(Value result, TensorId id, ArrayRef<int64_t> order) {
  stored[result].push_back({id, llvm::to_vector(order)});
}

void Exporter::finish(Value result, TensorId id, ArrayRef<int64_t> order,
                      const Bounds &bounds) {
  id = limit(convert(id, form(result, order)), bounds);
  if (id >= firstOfOp && !model.isConstant(id))
    model.rename(id, tensorName(result));
  alias(result, id, order);
}

Order Exporter::getOrder(Value value) {
  auto found = stored.find(value);
  return found == stored.end() ? getPlainOrder(getRank(value))
                               : found->second.front().order;
}

TensorId Exporter::get(Value value, ArrayRef<int64_t> order) {
  SmallVector<Stored, 1> forms = stored.lookup(value);
  for (const Stored &form : forms)
    if (llvm::equal(form.order, order))
      return form.id;
  TensorId id;
  if (forms.empty()) {
    id = makeConstant(value, order);
  } else {
    const Stored &from = forms.front();
    id = transpose(from.id, llvm::map_to_vector(order, [&](int64_t dim) {
                     return mapAxis(dim, from.order);
                   }));
    std::string name = value.getDefiningOp<tpu::TransposeOp>()
                           ? tensorName(value)
                           : model.getName(from.id) + "_transposed";
    if (id != from.id)
      model.rename(id, name);
  }
  alias(value, id, order);
  return id;
}

TensorId Exporter::getFloat(Value value, ArrayRef<int64_t> order) {
  return dequantize(get(value, order));
}

Order Exporter::chooseOrder(ValueRange operands, int64_t rank) {
  return qc::chooseOrder(operands, rank,
                         [&](Value operand) { return getOrder(operand); });
}

} // namespace qc::tfliteexport
