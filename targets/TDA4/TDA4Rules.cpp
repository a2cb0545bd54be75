// When an op runs on the C7x and its matrix unit: limits of TIDL.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "TDA4Rules.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Target/RuleLibrary.h"

#include "llvm/Support/FormatVariadic.h"

namespace qc {

using namespace rules;

/// "5x5 stride 2x2"
static std::string describeWindow(Operation *op) {
  SmallVector<int64_t> kernel = getKernel(op), strides = getStrides(op);
  return llvm::formatv("{0}x{1} stride {2}x{3}", kernel[0], kernel[1],
                       strides[0], strides[1]);
}

/// A rule on kernel and stride together.
static SupportRule windowRule(std::string id, std::string words,
                              bool (*holds)(ArrayRef<int64_t> kernel,
                                            ArrayRef<int64_t> strides)) {
  return {
      std::move(id), std::move(words), [holds](Operation *op) -> std::string {
        SmallVector<int64_t> kernel = getKernel(op);
        SmallVector<int64_t> strides = getStrides(op);
        if (kernel.size() != 2 || strides.size() != 2 || holds(kernel, strides))
          return "";
        return describeWindow(op);
      }};
}

static bool isSquare(ArrayRef<int64_t> kernel, int64_t size) {
  return kernel[0] == size && kernel[1] == size;
}

static void addConvolutions(SupportRules &rules, bool lean) {
  std::vector<SupportRule> conv = {
      maxRank(4), allEqual("conv-stride", "strides", getStrides),
      windowRule("conv-large-kernel",
                 "a kernel of at most 7 where the stride is 2",
                 [](ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides) {
                   return strides[0] != 2 || (kernel[0] <= 7 && kernel[1] <= 7);
                 }),
      windowRule(
          "conv-stride-4",
          "a kernel of 11x11, or of 4x4 (patches), where the stride is 4",
          [](ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides) {
            return strides[0] != 4 || isSquare(kernel, 11) ||
                   isSquare(kernel, 4);
          }),
      onlyWhen(
          "depthwise", isDepthwise,
          windowRule("conv-depthwise",
                     "3x3, 5x5 or 7x7 with stride 1 or 2, 1x3 with stride 1, "
                     "or 1x1 with stride 1 (a batch normalization)",
                     [](ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides) {
                       // A factor and an addend a channel: the vendor has
                       // BatchNormalization as a layer of its own.
                       if (kernel[0] == 1 && (kernel[1] == 1 || kernel[1] == 3))
                         return isSquare(strides, 1);
                       return (isSquare(kernel, 3) || isSquare(kernel, 5) ||
                               isSquare(kernel, 7)) &&
                              strides[0] <= 2;
                     }))};
  if (lean)
    conv.push_back(
        windowRule("conv-stride-3", "no kernel of 3x3 with stride 3",
                   [](ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides) {
                     return !isSquare(kernel, 3) || strides[0] != 3;
                   }));
  rules.allow("tpu.conv2d", std::move(conv));

  std::vector<SupportRule> deconv = {
      windowRule("deconv-window", "a kernel of 2x2, 3x3 or 4x4 with stride 2x2",
                 [](ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides) {
                   return isSquare(strides, 2) && kernel[0] == kernel[1] &&
                          kernel[0] >= 2 && kernel[0] <= 4;
                 }),
      oneOf("deconv-dilation", "dilations", getDilations, {1})};
  if (lean)
    deconv.push_back(eightBits());
  rules.allow("tpu.deconv2d", std::move(deconv));
}

static SupportRule heightRule() {
  return {"reduce-axis", "the last axis but one (the height) only",
          [](Operation *op) -> std::string {
            auto axes = op->getAttrOfType<DenseI64ArrayAttr>("axes");
            auto type = cast<RankedTensorType>(op->getOperand(0).getType());
            if (!axes)
              return "";
            if (axes.size() != 1)
              return std::to_string(axes.size()) + " axes";
            int64_t axis = toSourceAxis(op, axes[0]);
            return axis == type.getRank() - 2
                       ? ""
                       : llvm::formatv("axis {0} of {1}", axis, type.getRank())
                             .str();
          }};
}

static void addPools(SupportRules &rules) {
  rules.allow(
      {"tpu.max_pool", "tpu.avg_pool"},
      {windowRule("pool-window",
                  "a kernel of 1x1, 2x2 or 3x3 with stride 1 or 2",
                  [](ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides) {
                    return kernel[0] == kernel[1] && kernel[0] <= 3 &&
                           strides[0] == strides[1] && strides[0] <= 2;
                  }),
       oneOf("pool-dilation", "dilations", getDilations, {1})});
  rules.allow(
      "tpu.reduce_mean",
      {onlyWhen(
          "over an image",
          [](Operation *op) { return reducesImage().check(op).empty(); },
          inRange("mean-plane", "positions", getReducedCount, 1, 1024))});
  rules.allow("tpu.reduce_sum");
  rules.allow({"tpu.reduce_max", "tpu.reduce_min"}, {maxRank(4), heightRule()});
}

/// A bound of zero or less below and above zero above, in real values.
static SupportRule clipRule() {
  return {"clip-bounds", "min <= 0 and max > 0",
          [](Operation *op) -> std::string {
            auto clamp = op->getAttrOfType<DenseI64ArrayAttr>("clamp");
            if (!clamp || clamp.size() != 2)
              return "";
            int64_t zero = tpu::getActivationElement(op->getResult(0).getType())
                               .getZeroPoint();
            if (clamp[0] <= zero && clamp[1] > zero)
              return "";
            return llvm::formatv("{0} to {1} around a zero point of {2}",
                                 clamp[0], clamp[1], zero);
          }};
}

static SupportRule padRule() {
  return {"pad", "padding by zero of the last two axes (height and width)",
          [](Operation *op) -> std::string {
            auto mode = op->getAttrOfType<StringAttr>("mode");
            auto value = op->getAttrOfType<IntegerAttr>("value");
            auto type = cast<RankedTensorType>(op->getResult(0).getType());
            if (mode && mode != "constant")
              return "mode " + mode.str();
            if (value && value.getInt() !=
                             tpu::getActivationElement(type).getZeroPoint())
              return "another value";
            // Begins of all dimensions, then the ends.
            int64_t rank = type.getRank();
            SmallVector<int64_t> pads = getPads(op);
            for (auto [i, pad] : llvm::enumerate(pads)) {
              int64_t axis = toSourceAxis(op, i % rank);
              if (pad != 0 && axis < rank - 2)
                return llvm::formatv("axis {0} of {1}", axis, rank);
            }
            return "";
          }};
}

static SupportRule sliceRule() {
  return {"slice-stride", "strides of 1", [](Operation *op) -> std::string {
            auto strides = op->getAttrOfType<DenseI64ArrayAttr>("strides");
            return strides && llvm::any_of(strides.asArrayRef(),
                                           [](int64_t s) { return s != 1; })
                       ? "a stride"
                       : "";
          }};
}

void addTDA4Rules(SupportRules &rules, StringRef chip) {
  bool lean = chip == "am62a" || chip == "am67a";
  // What enters and leaves is converted on the DSP or on the Arm core.
  rules.allow(
      {"tpu.quantize", "tpu.dequantize", "tpu.requantize", "tpu.picture"});
  rules.setSource(Provenance::Documented, "TIDL supported operators");
  addConvolutions(rules, lean);
  addPools(rules);
  rules.allow({"tpu.add", "tpu.sub", "tpu.mul", "tpu.div", "tpu.min", "tpu.max",
               "tpu.concat", "tpu.reshape", "tpu.transpose", "tpu.prelu"},
              {maxRank(6)});
  rules.allow({"tpu.fully_connected", "tpu.matmul"}, {maxRank(4)});
  rules.allow("tpu.clip", {clipRule()});
  rules.allow("tpu.pad", {padRule()});
  rules.allow("tpu.slice", {maxRank(4), sliceRule()});
  rules.allow("tpu.gather", {maxRank(6)});
  rules.allow("tpu.softmax", {maxRank(6), axisAmongLast(2)});
  rules.allow("tpu.layer_norm", {maxRank(6), axisAmongLast(1)});
  rules.allow({"tpu.resize_nearest", "tpu.resize_linear"},
              {maxRank(4), resizeByPowersOfTwo()});
  // One table or one elementwise layer each; with a constant operand, add,
  // sub, mul, div, min, max and pow are tables as well.
  rules.allow(
      "tpu.lut",
      {functionIn(
          {"sigmoid", "hard_sigmoid", "hard_swish", "silu", "tanh", "elu",
           "gelu",    "gelu_tanh",    "leaky_relu", "log",  "exp",  "sqrt",
           "abs",     "floor",        "add",        "sub",  "mul",  "div",
           "min",     "max",          "pow"})});
}

} // namespace qc
