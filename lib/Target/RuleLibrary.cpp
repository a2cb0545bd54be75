// Limits on the numbers of an op, in words made from them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Target/RuleLibrary.h"
#include "OpTypes.h"
#include "qc/Dialect/QC/IR/Names.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace qc::rules {

/// "7x3"
static std::string joinNumbers(ArrayRef<int64_t> numbers) {
  return llvm::join(
      llvm::map_range(numbers, [](int64_t n) { return std::to_string(n); }),
      "x");
}

/// A rule that finds something where `holds` is false of `numbers`.
static SupportRule makeRule(std::string id, std::string words, Numbers numbers,
                            std::function<bool(ArrayRef<int64_t>)> holds) {
  return {std::move(id), std::move(words),
          [numbers, holds](Operation *op) -> std::string {
            SmallVector<int64_t> found = numbers(op);
            return found.empty() || holds(found) ? "" : joinNumbers(found);
          }};
}

SupportRule inRange(std::string id, std::string what, Numbers numbers,
                    int64_t low, int64_t high) {
  std::string words =
      what + " from " + std::to_string(low) + " to " + std::to_string(high);
  return {std::move(id), std::move(words), [=](Operation *op) -> std::string {
            // Only the offenders: sizes of all operands are a long list.
            SmallVector<int64_t> found = numbers(op);
            llvm::erase_if(found,
                           [=](int64_t n) { return n >= low && n <= high; });
            return joinNumbers(found);
          }};
}

SupportRule oneOf(std::string id, std::string what, Numbers numbers,
                  std::vector<int64_t> values) {
  std::string words = what + " of ";
  for (size_t i = 0; i < values.size(); ++i)
    words += (i == 0                   ? ""
              : i + 1 == values.size() ? " or "
                                       : ", ") +
             std::to_string(values[i]);
  return makeRule(std::move(id), std::move(words), std::move(numbers),
                  [=](ArrayRef<int64_t> found) {
                    return llvm::all_of(found, [&](int64_t n) {
                      return llvm::is_contained(values, n);
                    });
                  });
}

SupportRule powersOfTwo(std::string id, std::string what, Numbers numbers) {
  return makeRule(std::move(id), what + " that are powers of two",
                  std::move(numbers), [](ArrayRef<int64_t> found) {
                    return llvm::all_of(found, [](int64_t n) {
                      return n > 0 && llvm::isPowerOf2_64(n);
                    });
                  });
}

SupportRule allEqual(std::string id, std::string what, Numbers numbers) {
  return makeRule(
      std::move(id), what + " that are equal", std::move(numbers),
      [](ArrayRef<int64_t> found) { return llvm::all_equal(found); });
}

SupportRule productAtMost(std::string id, std::string what, Numbers numbers,
                          int64_t limit) {
  return makeRule(std::move(id), what + " of at most " + std::to_string(limit),
                  std::move(numbers), [limit](ArrayRef<int64_t> found) {
                    int64_t product = 1;
                    for (int64_t n : found)
                      if (llvm::MulOverflow(product, n, product))
                        return false;
                    return product <= limit;
                  });
}

SupportRule onlyWhen(std::string when, std::function<bool(Operation *)> applies,
                     SupportRule rule) {
  rule.words += ", when " + when;
  rule.check = [applies, check = rule.check](Operation *op) -> std::string {
    return applies(op) ? check(op) : "";
  };
  // Whether it applies is not known before there are integers.
  rule.types.reset();
  return rule;
}

SupportRule maxRank(int64_t rank) {
  return {"rank", "at most " + std::to_string(rank) + " dimensions",
          [rank](Operation *op) -> std::string {
            int64_t largest = 0;
            auto visit = [&](Type type) {
              if (auto tensor = dyn_cast<RankedTensorType>(type))
                largest = std::max(largest, tensor.getRank());
            };
            llvm::for_each(op->getOperandTypes(), visit);
            llvm::for_each(op->getResultTypes(), visit);
            return largest <= rank ? "" : std::to_string(largest);
          }};
}

/// A rule about types, checked as it is read by quantization.
static SupportRule makeTypeRule(std::string id, std::string words,
                                TypeRule types) {
  SupportRule rule = {std::move(id), std::move(words), [types](Operation *op) {
                        return findOtherType(op, types);
                      }};
  rule.types = std::move(types);
  return rule;
}

SupportRule activationsIn(TypeSet types) {
  return makeTypeRule("activation-types", "activations of " + types.getWords(),
                      {{types}, types});
}

SupportRule operandIn(unsigned operand, TypeSet types) {
  TypeRule rule;
  rule.operands.resize(operand);
  rule.operands.push_back(types);
  rule.operands.emplace_back();
  std::string number = std::to_string(operand + 1);
  return makeTypeRule("operand-" + number + "-types",
                      "operand " + number + " of " + types.getWords(), rule);
}

SupportRule resultsIn(TypeSet types) {
  return makeTypeRule("result-types", "results of " + types.getWords(),
                      {{}, types});
}

SupportRule weightsIn(TypeSet types) {
  return makeTypeRule("weight-types", "weights of " + types.getWords(),
                      {{}, {}, types});
}

SupportRule eightBits() {
  SupportRule rule = activationsIn(TypeSet::ofBits(8));
  rule.id = "eight-bits";
  return rule;
}

SupportRule oneWidth() {
  return makeTypeRule("one-width", "activations of one width",
                      {{}, {}, {}, /*sameBits=*/true});
}

SupportRule functionIn(std::vector<std::string> functions) {
  llvm::sort(functions);
  std::string words = "one of the functions " + llvm::join(functions, ", ");
  return {"function", std::move(words),
          [functions](Operation *op) -> std::string {
            auto name = op->getAttrOfType<StringAttr>("function");
            if (!name || llvm::is_contained(functions, name.str()))
              return "";
            return name.str();
          }};
}

SupportRule pictureIn(std::vector<std::string> formats) {
  std::string words = "a picture of type " + llvm::join(formats, ", ");
  return {"picture", std::move(words), [formats](Operation *op) -> std::string {
            auto format = op->getAttrOfType<StringAttr>("format");
            if (!format || llvm::is_contained(formats, format.str()))
              return "";
            return format.str();
          }};
}

SupportRule nv12Rows(int64_t bytes) {
  return {"picture-rows",
          "rows of nv12 in multiples of " + std::to_string(bytes) +
              " bytes (--input-stride)",
          [bytes](Operation *op) -> std::string {
            auto format = op->getAttrOfType<StringAttr>("format");
            int64_t row = cast<RankedTensorType>(op->getOperand(0).getType())
                              .getShape()
                              .back();
            return !format || format != "nv12" || row % bytes == 0
                       ? ""
                       : std::to_string(row);
          }};
}

SupportRule resizeByPowersOfTwo() {
  return {"resize-factors", "enlargement by factors that are powers of two",
          [](Operation *op) -> std::string {
            auto scales = op->getAttrOfType<DenseF64ArrayAttr>("scales");
            if (!scales)
              return "";
            std::string text;
            bool holds = true;
            for (double scale : scales.asArrayRef()) {
              auto whole = static_cast<uint64_t>(std::clamp(scale, 0.0, 1e9));
              holds &= scale == double(whole) && llvm::isPowerOf2_64(whole);
              llvm::raw_string_ostream(text)
                  << (text.empty() ? "" : "x") << llvm::format("%g", scale);
            }
            return holds ? "" : text;
          }};
}

int64_t toSourceAxis(Operation *op, int64_t axis) {
  ArrayRef<int64_t> permutation = getSourcePermutation(op);
  return axis >= 0 && axis < int64_t(permutation.size()) ? permutation[axis]
                                                         : axis;
}

SupportRule axisAmongLast(int64_t count) {
  std::string words =
      count == 1 ? "the last axis"
                 : "one of the last " + std::to_string(count) + " axes";
  return {"axis", words + " (of NCHW)", [count](Operation *op) -> std::string {
            auto axis = op->getAttrOfType<IntegerAttr>("axis");
            auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
            if (!axis || !type)
              return "";
            int64_t source = toSourceAxis(op, axis.getInt());
            return source >= type.getRank() - count
                       ? ""
                       : "axis " + std::to_string(source) + " of " +
                             std::to_string(type.getRank());
          }};
}

SupportRule reducesImage() {
  return {"axes", "height and width of an image",
          [](Operation *op) -> std::string {
            auto axes = op->getAttrOfType<DenseI64ArrayAttr>("axes");
            auto type = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
            if (!axes || !type)
              return "";
            SmallVector<int64_t> source;
            for (int64_t axis : axes.asArrayRef())
              source.push_back(toSourceAxis(op, axis));
            llvm::sort(source);
            if (type.getRank() == 4 && source == SmallVector<int64_t>{2, 3})
              return "";
            return "axes " + joinNumbers(source) + " of " +
                   std::to_string(type.getRank());
          }};
}

} // namespace qc::rules
