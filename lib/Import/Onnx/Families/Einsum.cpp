// Einsum: sums, transposes and products of matrices.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "../Handlers.h"

#include "qc/Dialect/Top/IR/Top.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace qc::onnximport {

namespace {

/// A dimension: its letter, or, of those that "..." stands for, kEllipsis and
/// its place among them, which are counted from the last.
using Label = int;
constexpr Label kEllipsis = 1000;
using Labels = SmallVector<Label>;

/// A tensor and what its dimensions are called.
struct Term {
  Value value;
  Labels labels;
};

bool has(ArrayRef<Label> labels, Label label) {
  return llvm::is_contained(labels, label);
}

Labels concat(std::initializer_list<ArrayRef<Label>> parts) {
  Labels all;
  for (ArrayRef<Label> part : parts)
    llvm::append_range(all, part);
  return all;
}

/// The labels of `text`, in which "..." stands for `open` dimensions.
std::optional<Labels> readLabels(NodeContext &node, StringRef text,
                                 int64_t open) {
  Labels labels;
  while (!text.empty()) {
    if (text.consume_front("...")) {
      for (int64_t i = open; i-- > 0;)
        labels.push_back(kEllipsis + static_cast<Label>(i));
      open = 0;
    } else if (llvm::isAlpha(text.front())) {
      labels.push_back(text.front());
      text = text.drop_front();
    } else {
      (void)node.fail("the equation holds '" + text.take_front(1) + "'");
      return std::nullopt;
    }
  }
  return labels;
}

class Einsum {
public:
  explicit Einsum(NodeContext &node) : node(node) {}

  LogicalResult run();

private:
  bool read();
  bool readTerm(size_t index, StringRef text);
  Labels getImplicitOutput() const;
  Value transpose(Term term, ArrayRef<Label> to);
  Value reshape(Value value, std::initializer_list<ArrayRef<Label>> parts,
                bool joins);
  Term sumUnused(Term term, const std::set<Label> &used);
  Term combine(Term lhs, Term rhs, const std::set<Label> &used);
  Term multiplyMatrices(Term lhs, Term rhs, ArrayRef<Label> batch,
                        ArrayRef<Label> inner, ArrayRef<Label> rows,
                        ArrayRef<Label> columns);
  std::string suffix(StringRef what) {
    return what.str() + std::to_string(count++);
  }
  int64_t product(ArrayRef<Label> labels) const {
    int64_t size = 1;
    for (Label label : labels)
      size *= sizes.lookup(label);
    return size;
  }

  NodeContext &node;
  SmallVector<Term> terms;
  Labels output;
  llvm::DenseMap<Label, int64_t> sizes;
  int count = 0;
};

} // namespace

//===----------------------------------------------------------------------===//
// The equation
//===----------------------------------------------------------------------===//

bool Einsum::readTerm(size_t index, StringRef text) {
  ArrayRef<int64_t> shape = node.shape(index);
  auto letters = static_cast<int64_t>(llvm::count_if(text, llvm::isAlpha));
  auto rank = static_cast<int64_t>(shape.size());
  auto labels = readLabels(node, text, rank - letters);
  if (!labels)
    return false;
  if (static_cast<int64_t>(labels->size()) != rank) {
    (void)node.fail("'" + text + "' in the equation does not name the " +
                    Twine(rank) + " dimensions of input '" +
                    node.inputName(index) + "'");
    return false;
  }
  for (auto [label, size] : llvm::zip(*labels, shape)) {
    if (llvm::count(*labels, label) > 1)
      (void)node.fail("'" + text +
                      "' takes a diagonal, which is not supported");
    auto [known, isNew] = sizes.try_emplace(label, size);
    if (known->second != size)
      (void)node.fail("a dimension of input '" + node.inputName(index) +
                      "' is " + Twine(size) + " and " + Twine(known->second) +
                      " in another");
  }
  Type element = node.elementType(index);
  if (element && !top::isFloatElement(element))
    (void)node.fail("multiplies integers that are computed when the model "
                    "runs");
  terms.push_back({node.input(index), *labels});
  return !node.failed();
}

/// Without an arrow: what "..." stands for, then letters that occur once.
Labels Einsum::getImplicitOutput() const {
  std::map<Label, int> uses;
  for (const Term &term : terms)
    for (Label label : term.labels)
      ++uses[label];
  Labels open, once;
  for (auto [label, times] : llvm::reverse(uses))
    if (label >= kEllipsis)
      open.push_back(label);
  for (auto [label, times] : uses)
    if (label < kEllipsis && times == 1)
      once.push_back(label);
  return concat({open, once});
}

bool Einsum::read() {
  std::string equation = node.stringAttr("equation", "");
  llvm::erase(equation, ' ');
  auto [left, right] = StringRef(equation).split("->");
  bool isExplicit = StringRef(equation).contains("->");
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  if (parts.size() != node.numInputs()) {
    (void)node.fail("the equation '" + equation + "' is of " +
                    Twine(parts.size()) + " tensors, the node has " +
                    Twine(node.numInputs()));
    return false;
  }
  for (auto [index, part] : llvm::enumerate(parts))
    if (!readTerm(index, part))
      return false;
  int64_t open = llvm::count_if(
      sizes, [](const auto &entry) { return entry.first >= kEllipsis; });
  auto wanted = isExplicit ? readLabels(node, right, open)
                           : std::optional(getImplicitOutput());
  if (!wanted)
    return false;
  output = *wanted;
  for (Label label : output)
    if (!sizes.count(label) || llvm::count(output, label) > 1)
      (void)node.fail("the result of the equation '" + equation +
                      "' has a dimension that no input has, or one twice");
  return !node.failed();
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

Value Einsum::transpose(Term term, ArrayRef<Label> to) {
  if (ArrayRef<Label>(term.labels) == to)
    return term.value;
  SmallVector<int64_t> perm;
  for (Label label : to)
    perm.push_back(llvm::find(term.labels, label) - term.labels.begin());
  return node.createHelper<top::TransposeOp>(
      suffix("moved"), term.value, OpAttributes().integers("perm", perm));
}

/// `value` with the dimensions of each part, or joined to one a part.
Value Einsum::reshape(Value value, std::initializer_list<ArrayRef<Label>> parts,
                      bool joins) {
  if (!value)
    return {};
  SmallVector<int64_t> shape;
  for (ArrayRef<Label> part : parts) {
    if (joins)
      shape.push_back(product(part));
    else
      for (Label label : part)
        shape.push_back(sizes.lookup(label));
  }
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == ArrayRef<int64_t>(shape))
    return value;
  return node.createHelper<top::ReshapeOp>(
      suffix("shaped"), value, {},
      RankedTensorType::get(shape,
                            top::getExpressedElement(type.getElementType())));
}

/// `term` summed over what nothing else uses.
Term Einsum::sumUnused(Term term, const std::set<Label> &used) {
  SmallVector<int64_t> axes;
  Labels left;
  for (auto [axis, label] : llvm::enumerate(term.labels)) {
    if (used.count(label))
      left.push_back(label);
    else
      axes.push_back(static_cast<int64_t>(axis));
  }
  if (axes.empty())
    return term;
  return {node.createHelper<top::ReduceSumOp>(
              suffix("sum"), term.value,
              OpAttributes().integers("axes", axes).boolean("keepdims", false)),
          left};
}

/// Products summed over `inner`: [batch, rows, columns].
Term Einsum::multiplyMatrices(Term lhs, Term rhs, ArrayRef<Label> batch,
                              ArrayRef<Label> inner, ArrayRef<Label> rows,
                              ArrayRef<Label> columns) {
  Labels plain = concat({batch, inner, columns});
  Labels exchanged = concat({batch, columns, inner});
  // A right matrix that lies in memory by columns may stay so.
  bool isTransposed = rhs.labels == exchanged && plain != exchanged;
  Value left = reshape(transpose(lhs, concat({batch, rows, inner})),
                       {batch, rows, inner}, /*joins=*/true);
  Value right = isTransposed
                    ? reshape(rhs.value, {batch, columns, inner}, true)
                    : reshape(transpose(rhs, plain), {batch, inner, columns},
                              /*joins=*/true);
  Value product = node.createHelper<top::MatMulOp>(
      suffix("product"), {left, right},
      OpAttributes()
          .boolean("transpose_lhs", false)
          .boolean("transpose_rhs", isTransposed));
  return {reshape(product, {batch, rows, columns}, /*joins=*/false),
          concat({batch, rows, columns})};
}

Term Einsum::combine(Term lhs, Term rhs, const std::set<Label> &used) {
  Labels batch, inner, rows, columns;
  for (Label label : lhs.labels)
    (!has(rhs.labels, label) ? rows
     : used.count(label)     ? batch
                             : inner)
        .push_back(label);
  for (Label label : rhs.labels)
    if (!has(lhs.labels, label))
      columns.push_back(label);
  if (!inner.empty())
    return multiplyMatrices(lhs, rhs, batch, inner, rows, columns);
  // Nothing is summed: a product of elements, which broadcasts.
  Labels all = concat({batch, rows, columns});
  auto spread = [&](const Term &term, ArrayRef<Label> own) -> Value {
    Value moved = transpose(term, concat({batch, own}));
    if (!moved)
      return {};
    SmallVector<int64_t> shape;
    for (Label label : all)
      shape.push_back(has(term.labels, label) ? sizes.lookup(label) : 1);
    auto type = cast<RankedTensorType>(moved.getType());
    if (type.getShape() == ArrayRef<int64_t>(shape))
      return moved;
    return node.createHelper<top::ReshapeOp>(
        suffix("spread"), moved, {},
        RankedTensorType::get(shape,
                              top::getExpressedElement(type.getElementType())));
  };
  Value left = spread(lhs, rows), right = spread(rhs, columns);
  return {node.createHelper<top::MulOp>(suffix("product"), {left, right}), all};
}

LogicalResult Einsum::run() {
  if (!read())
    return failure();
  auto getUsed = [&](ArrayRef<Term> others) {
    std::set<Label> used(output.begin(), output.end());
    for (const Term &term : others)
      used.insert(term.labels.begin(), term.labels.end());
    return used;
  };
  Term result;
  for (size_t i = 0; i < terms.size() && !node.failed(); ++i) {
    ArrayRef<Term> behind = ArrayRef<Term>(terms).drop_front(i + 1);
    std::set<Label> used = getUsed(behind);
    if (i > 0)
      used.insert(result.labels.begin(), result.labels.end());
    Term next = sumUnused(terms[i], used);
    result = i == 0 ? next : combine(result, next, getUsed(behind));
    result = sumUnused(result, getUsed(behind));
  }
  if (node.failed() || !result.value)
    return failure();
  Value value = transpose(result, output);
  if (!value)
    return failure();
  if (count == 0)
    return node.forward(0);
  value.setLoc(node.resultLoc());
  return node.setResult(value);
}

static LogicalResult importEinsum(NodeContext &node) {
  return Einsum(node).run();
}

void registerEinsumFamily(HandlerRegistry &registry) {
  registry.add("Einsum", {12}, {importEinsum});
}

} // namespace qc::onnximport
