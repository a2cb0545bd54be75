// TI's table of what a QDQ model may have, layer by layer.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// edgeai-tidl-tools, docs/quantization.md, "TIDL Layer Quantization
// Restrictions". Symmetric means a zero point of 0.
#include "TDA4Prequantized.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/BlockParameters.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Quantization/Activations.h"

namespace qc {

namespace {
/// One row of the table.
struct Row {
  const char *op;    ///< of top
  const char *layer; ///< TIDL's name
  bool mayBeAsymmetric;
  bool needsTypes; ///< "Requires QDQ Nodes"
  bool hasChannelWeights;
};

const Row kRows[] = {
    {"conv", "TIDL_ConvolutionLayer", true, true, true},
    {"matmul", "TIDL_InnerProductLayer", true, true, true},
    {"softmax", "TIDL_SoftMaxLayer", true, true, false},
    {"concat", "TIDL_ConcatLayer", true, true, false},
    {"reshape", "TIDL_ReshapeLayer", true, false, false},
    {"transpose", "TIDL_TransposeLayer", true, false, false},
    {"add", "TIDL_EltWiseLayer (Add)", true, true, false},
    {"layer_norm", "TIDL_LayerNormLayer", true, true, false},
    {"sub", "TIDL_EltWiseLayer (Sub)", false, true, false},
    {"mul", "TIDL_EltWiseLayer (Mul)", false, true, false},
    {"div", "TIDL_EltWiseLayer (Div)", false, true, false},
    {"prelu", "TIDL_PReLULayer", false, true, false},
    {"leaky_relu", "TIDL_PReLULayer", false, true, false},
    {"batch_norm", "TIDL_BatchNormLayer", false, true, false},
    {"scale", "TIDL_BatchNormLayer", false, true, false},
    {"deconv", "TIDL_Deconv2DLayer", false, true, false},
    {"max_pool", "TIDL_PoolingLayer", false, true, false},
    {"avg_pool", "TIDL_PoolingLayer", false, true, false},
    {"relu", "TIDL_ReLULayer", false, true, false},
    {"clip", "TIDL_ReLULayer (Clip)", false, true, false},
    {"split", "TIDL_SplitLayer", false, false, false},
    {"slice", "TIDL_SliceLayer", false, false, false},
    {"resize", "TIDL_ResizeLayer", false, true, false},
    {"sigmoid", "TIDL_SigmoidLayer", false, true, false},
    {"tanh", "TIDL_TanhLayer", false, true, false},
    {"hard_sigmoid", "TIDL_HardSigmoidLayer", false, true, false},
    {"elu", "TIDL_ELULayer", false, true, false},
    {"pad", "TIDL_PadLayer", false, false, false},
    {"reduce_mean", "TIDL_ReduceLayer", false, true, false},
    {"reduce_sum", "TIDL_ReduceLayer", false, true, false},
    {"reduce_max", "TIDL_ReduceLayer", false, true, false},
    {"reduce_min", "TIDL_ReduceLayer", false, true, false},
    {"gather", "TIDL_GatherLayer", false, true, false},
};

/// Gathers the faults of one function.
class Checker {
public:
  Checker(func::FuncOp function, bool isFirst)
      : function(function), isFirst(isFirst) {}
  std::vector<QuantizedModelFault> run();

private:
  void checkActivation(Value value);
  void checkWeights(Operation *op, const Row &row);
  void add(const std::string &tensor, std::string rule, std::string found) {
    faults.push_back({tensor, std::move(rule), std::move(found)});
  }

  func::FuncOp function;
  bool isFirst;
  std::vector<QuantizedModelFault> faults;
};
} // namespace

static const Row *findRow(Operation *op) {
  if (!op || !isa<top::TopDialect>(op->getDialect()))
    return nullptr;
  StringRef name = op->getName().stripDialect();
  for (const Row &row : kRows)
    if (name == row.op)
      return &row;
  return nullptr;
}

/// A product of two activations has no row that lets it have zero points.
static bool mayBeAsymmetric(Operation *op, const Row &row) {
  return row.mayBeAsymmetric &&
         (StringRef(row.op) != "matmul" || !isActivation(op->getOperand(1)));
}

void Checker::checkActivation(Value value) {
  std::string name = getTensorName(value);
  Operation *maker = value.getDefiningOp();
  const Row *row = findRow(maker);
  quant::UniformQuantizedType type = getStorageType(value);
  if (!type) {
    // A layer that has been fused with what follows has types behind that.
    if (row && row->needsTypes)
      add(name, std::string(row->layer) + " needs QDQ behind it",
          "the result is in float");
    return;
  }
  if (type.getStorageTypeIntegralWidth() != 8)
    add(name, "the table is for 8 bits",
        std::to_string(type.getStorageTypeIntegralWidth()) + " bits");
  if (type.getZeroPoint() == 0)
    return;
  std::string found = "zero point " + std::to_string(type.getZeroPoint());
  if (isFirst)
    return add(name, "activations of TDA4VM are symmetric", found);
  if (!maker)
    return add(name, "the network's input (TIDL_DataLayer) is symmetric",
               found);
  if (row && !mayBeAsymmetric(maker, *row))
    return add(name, std::string(row->layer) + " makes symmetric activations",
               found);
  for (Operation *reader : value.getUsers())
    if (const Row *reading = findRow(reader);
        reading && !mayBeAsymmetric(reader, *reading))
      return add(name,
                 std::string(reading->layer) + " reads symmetric activations",
                 found);
}

void Checker::checkWeights(Operation *op, const Row &row) {
  for (Value operand : op->getOperands()) {
    if (isActivation(operand))
      continue;
    auto tensor = dyn_cast<RankedTensorType>(operand.getType());
    if (!tensor || !isa<quant::QuantizedType>(tensor.getElementType()))
      continue;
    auto parameters = top::BlockParameters::get(tensor);
    if (!parameters)
      continue;
    std::string name = getTensorName(operand);
    if (llvm::any_of(parameters->zeroPoints,
                     [](int64_t zero) { return zero != 0; }))
      add(name, std::string(row.layer) + " has symmetric weights",
          "zero points");
    bool perChannel = parameters->scales.size() > 1;
    if (perChannel && (isFirst || !row.hasChannelWeights))
      add(name,
          isFirst ? "weights of TDA4VM have one scale a tensor"
                  : std::string(row.layer) + " has weights of one scale",
          std::to_string(parameters->scales.size()) + " scales");
  }
}

std::vector<QuantizedModelFault> Checker::run() {
  for (Value value : collectActivations(function))
    checkActivation(value);
  function.walk([&](Operation *op) {
    if (const Row *row = findRow(op))
      checkWeights(op, *row);
  });
  return std::move(faults);
}

std::vector<std::string> getSymmetricOps() {
  std::vector<std::string> ops;
  for (const Row &row : kRows)
    if (!row.mayBeAsymmetric)
      ops.emplace_back(row.op);
  return ops;
}

std::vector<std::string> getOneScaleOps() {
  std::vector<std::string> ops;
  for (const Row &row : kRows)
    if (!row.hasChannelWeights)
      ops.emplace_back(row.op);
  return ops;
}

std::vector<QuantizedModelFault> checkTIDLTable(ModuleOp module, bool isFirst) {
  auto function = getEntryFunction(module);
  if (failed(function))
    return {};
  return Checker(*function, isFirst).run();
}

} // namespace qc
