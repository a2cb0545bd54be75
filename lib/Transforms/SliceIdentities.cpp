// Patterns on slices, splits, concats and gathers that undo each other.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "SliceIdentities.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Transforms/ConstantValues.h"

namespace qc {

namespace {
/// The elements [begin, begin + size) of `source` along some axis.
struct Part {
  Value source;
  int64_t begin;
  int64_t size;
};
} // namespace

static std::optional<Part> getPart(top::SliceOp slice, int64_t axis) {
  ArrayRef<int64_t> whole = top::getShape(slice.getInput());
  for (size_t i = 0; i < whole.size(); ++i)
    if ((slice.getStrides()[i] != 1 && slice.getSizes()[i] != 1) ||
        (int64_t(i) != axis && slice.getSizes()[i] != whole[i]))
      return std::nullopt;
  return Part{slice.getInput(), slice.getOffsets()[axis],
              slice.getSizes()[axis]};
}

static std::optional<Part> getPart(OpResult result, top::SplitOp split,
                                   int64_t axis) {
  if (int64_t(split.getAxis()) != axis)
    return std::nullopt;
  int64_t begin = 0;
  for (Value part : split.getOutputs().take_front(result.getResultNumber()))
    begin += top::getShape(part)[axis];
  return Part{split.getInput(), begin, top::getShape(result)[axis]};
}

/// What `value` takes out of another tensor along `axis`, and nothing else.
static std::optional<Part> getPart(Value value, int64_t axis) {
  if (auto slice = value.getDefiningOp<top::SliceOp>())
    return getPart(slice, axis);
  if (auto split = value.getDefiningOp<top::SplitOp>())
    return getPart(cast<OpResult>(value), split, axis);
  return std::nullopt;
}

namespace {

/// concat of all parts of a tensor in their order is the tensor.
struct ConcatOfParts : OpRewritePattern<top::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    int64_t axis = op.getAxis(), end = 0;
    Value source;
    for (Value input : op.getInputs()) {
      auto part = getPart(input, axis);
      if (!part || (source && part->source != source) || part->begin != end)
        return rewriter.notifyMatchFailure(
            op, "does not join consecutive parts of one tensor");
      source = part->source;
      end += part->size;
    }
    if (!source || source.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "does not join all parts");
    rewriter.replaceOp(op, source);
    return success();
  }
};

/// split of a concat where its inputs meet gives these inputs.
struct SplitOfConcat : OpRewritePattern<top::SplitOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::SplitOp op,
                                PatternRewriter &rewriter) const override {
    auto concat = op.getInput().getDefiningOp<top::ConcatOp>();
    if (!concat || concat.getAxis() != op.getAxis())
      return rewriter.notifyMatchFailure(op, "no concat on its axis in front");
    if (concat.getInputs().getTypes() != op.getOutputs().getTypes())
      return rewriter.notifyMatchFailure(op,
                                         "parts differ from what is joined");
    rewriter.replaceOp(op, concat.getInputs());
    return success();
  }
};

/// slice of a slice is one slice.
struct SliceOfSlice : OpRewritePattern<top::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<top::SliceOp>();
    if (!inner || !inner->hasOneUse())
      return rewriter.notifyMatchFailure(op, "not the only user of a slice");
    SmallVector<int64_t> offsets, strides;
    for (size_t i = 0; i < op.getSizes().size(); ++i) {
      offsets.push_back(inner.getOffsets()[i] +
                        op.getOffsets()[i] * inner.getStrides()[i]);
      // A single element has no stride; the product of two could overflow.
      strides.push_back(op.getSizes()[i] == 1
                            ? 1
                            : op.getStrides()[i] * inner.getStrides()[i]);
    }
    rewriter
        .replaceOpWithNewOp<top::SliceOp>(
            op, op.getType(), inner.getInput(),
            rewriter.getDenseI64ArrayAttr(offsets), op.getSizesAttr(),
            rewriter.getDenseI64ArrayAttr(strides))
        ->setLoc(fuseNames(op.getLoc(), inner.getLoc()));
    return success();
  }
};

/// slice inside one input of a concat is a slice of this input.
struct SliceOfConcat : OpRewritePattern<top::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::SliceOp op,
                                PatternRewriter &rewriter) const override {
    auto concat = op.getInput().getDefiningOp<top::ConcatOp>();
    if (!concat)
      return rewriter.notifyMatchFailure(op, "no concat in front");
    int64_t axis = concat.getAxis();
    int64_t first = op.getOffsets()[axis];
    int64_t last = first + (op.getSizes()[axis] - 1) * op.getStrides()[axis];
    int64_t begin = 0;
    for (Value input : concat.getInputs()) {
      int64_t end = begin + top::getShape(input)[axis];
      if (std::min(first, last) >= begin && std::max(first, last) < end) {
        SmallVector<int64_t> offsets(op.getOffsets());
        offsets[axis] -= begin;
        rewriter.replaceOpWithNewOp<top::SliceOp>(
            op, op.getType(), input, rewriter.getDenseI64ArrayAttr(offsets),
            op.getSizesAttr(), op.getStridesAttr());
        return success();
      }
      begin = end;
    }
    return rewriter.notifyMatchFailure(op, "takes from several inputs");
  }
};

} // namespace

/// What `value` only moves the elements of (a reshape or a transpose of it);
/// `places` of elements of `value` become their places there. Null where it
/// does something else.
static Value traceMove(Value value, MutableArrayRef<int64_t> places) {
  if (auto reshape = value.getDefiningOp<top::ReshapeOp>())
    return reshape.getInput();
  auto transpose = value.getDefiningOp<top::TransposeOp>();
  if (!transpose)
    return {};
  ArrayRef<int64_t> shape = top::getShape(transpose.getInput());
  ArrayRef<int64_t> perm = transpose.getPerm();
  SmallVector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  for (int64_t &place : places) {
    int64_t rest = place;
    place = 0;
    for (size_t i = perm.size(); i-- > 0; rest /= shape[perm[i]])
      place += rest % shape[perm[i]] * strides[perm[i]];
  }
  return transpose.getInput();
}

/// The place of each element of `slice` in its input.
static SmallVector<int64_t> getPlaces(top::SliceOp slice) {
  ArrayRef<int64_t> shape = top::getShape(slice.getInput());
  ArrayRef<int64_t> sizes = slice.getSizes();
  SmallVector<int64_t> index(sizes.size(), 0), places;
  while (true) {
    int64_t place = 0;
    for (size_t i = 0; i < sizes.size(); ++i)
      place = place * shape[i] + slice.getOffsets()[i] +
              index[i] * slice.getStrides()[i];
    places.push_back(place);
    size_t dim = sizes.size();
    while (dim > 0 && ++index[dim - 1] == sizes[dim - 1])
      index[--dim] = 0;
    if (dim == 0)
      return places;
  }
}

/// The gather that picks from replaced rows behind moves of `value`, or null.
static top::GatherOp findPick(Value value) {
  while (true) {
    if (auto gather = value.getDefiningOp<top::GatherOp>())
      return gather;
    Operation *op = value.getDefiningOp();
    if (!isa_and_nonnull<top::ReshapeOp, top::TransposeOp>(op))
      return {};
    value = op->getOperand(0);
  }
}

namespace {

/// slice of a tensor of which rows were replaced is, where it takes none of
/// these, a slice of what the tensor was before; where it takes just what one
/// operand puts there, this operand. Replaced rows are joined behind the tensor
/// and picked from there, so that all have one scale: parts of it that are read
/// again would be as coarse as the largest.
struct SliceOfReplaced : OpRewritePattern<top::SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::SliceOp op,
                                PatternRewriter &rewriter) const override {
    top::GatherOp gather = findPick(op.getInput());
    auto concat = gather && gather.getAxis() == 0
                      ? gather.getInput().getDefiningOp<top::ConcatOp>()
                      : top::ConcatOp();
    if (!concat || concat.getAxis() != 0 || count(op) > kMostElements)
      return rewriter.notifyMatchFailure(op, "no rows were replaced in front");
    auto picked = getIndexConstant(gather.getIndices());
    Value rows = concat.getInputs().front();
    int64_t size = count(rows) / std::max<int64_t>(top::getShape(rows)[0], 1);
    if (!picked || llvm::any_of(*picked, [](int64_t row) { return row < 0; }))
      return rewriter.notifyMatchFailure(op, "the rows are not known");
    // Where each element of the slice is in the joined rows.
    const SmallVector<int64_t> own = getPlaces(op);
    SmallVector<int64_t> places(own);
    for (Value value = op.getInput(); value != gather.getOutput();)
      value = traceMove(value, places);
    for (int64_t &place : places)
      place = (*picked)[place / size] * size + place % size;
    if (Value before = findBefore(op, rows, own, places)) {
      rewriter.modifyOpInPlace(op,
                               [&] { op.getInputMutable().assign(before); });
      return success();
    }
    for (size_t i = 1; i < places.size(); ++i)
      if (places[i] != places[0] + int64_t(i))
        return rewriter.notifyMatchFailure(op, "takes elements out of order");
    int64_t begin = 0;
    for (Value input : concat.getInputs()) {
      if (begin == places[0] && count(input) == count(op)) {
        rewriter.replaceOpWithNewOp<top::ReshapeOp>(op, op.getType(), input);
        return success();
      }
      begin += count(input);
    }
    return rewriter.notifyMatchFailure(op, "takes part of what is new");
  }

private:
  static int64_t count(Value value) {
    return cast<RankedTensorType>(value.getType()).getNumElements();
  }

  /// What `rows` were made of by moves that has the type of the slice's input,
  /// and the same elements at the slice's `own` places as `rows` at `places`.
  static Value findBefore(top::SliceOp op, Value rows, ArrayRef<int64_t> own,
                          SmallVector<int64_t> places) {
    int64_t elements = count(rows);
    if (llvm::any_of(places, [&](int64_t place) { return place >= elements; }))
      return {};
    for (Value value = rows; value; value = traceMove(value, places))
      if (value.getType() == op.getInput().getType() &&
          ArrayRef<int64_t>(places) == own)
        return value;
    return {};
  }

  /// More are not looked at one by one.
  static constexpr int64_t kMostElements = int64_t(1) << 22;
};

/// gather of indices at equal distances is a slice.
struct GatherToSlice : OpRewritePattern<top::GatherOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(top::GatherOp op,
                                PatternRewriter &rewriter) const override {
    auto indices = getIndexConstant(op.getIndices());
    if (!indices)
      return rewriter.notifyMatchFailure(op, "indices are not constant");
    ArrayRef<int64_t> shape = top::getShape(op.getInput());
    int64_t axis = op.getAxis(), size = shape[axis];
    for (int64_t &index : *indices) {
      if (index < -size || index >= size)
        return rewriter.notifyMatchFailure(op, "an index is out of range");
      index += index < 0 ? size : 0;
    }
    int64_t stride = indices->size() > 1 ? (*indices)[1] - (*indices)[0] : 1;
    for (size_t i = 1; i < indices->size(); ++i)
      if ((*indices)[i] - (*indices)[i - 1] != stride)
        return rewriter.notifyMatchFailure(op, "distances differ");
    // More than there are happens for stride 0 only, checked next.
    if (stride == 0)
      return rewriter.notifyMatchFailure(op, "repeats an index");

    SmallVector<int64_t> offsets(shape.size(), 0), strides(shape.size(), 1),
        sizes(shape);
    offsets[axis] = indices->front();
    strides[axis] = stride;
    sizes[axis] = indices->size();
    auto type = cast<RankedTensorType>(op.getType());
    bool isWhole = type.getShape() == ArrayRef<int64_t>(sizes);
    Location loc = isWhole ? op.getLoc() : deriveName(op.getLoc(), "_sliced");
    Value slice = top::SliceOp::create(
        rewriter, loc, RankedTensorType::get(sizes, type.getElementType()),
        op.getInput(), offsets, sizes, strides);
    if (isWhole)
      rewriter.replaceOp(op, slice);
    else
      rewriter.replaceOpWithNewOp<top::ReshapeOp>(op, type, slice);
    return success();
  }
};

} // namespace

void populateSliceIdentities(RewritePatternSet &patterns) {
  patterns.add<ConcatOfParts, SplitOfConcat, SliceOfSlice, SliceOfConcat,
               SliceOfReplaced, GatherToSlice>(patterns.getContext());
}

} // namespace qc
