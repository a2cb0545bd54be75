// A small program of every kernel over floats, with data.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "OpBuilder.h"

using namespace qcrt;
using namespace qcrt::test;

namespace {
using Examples = std::map<std::string, std::vector<OpBuilder>>;

OpBuilder &add(Examples &examples, const std::string &kernel) {
  examples["float." + kernel].emplace_back("float." + kernel);
  return examples["float." + kernel].back();
}

/// Of all sizes and signs, none of them zero.
std::vector<float> numbers(const Shape &shape) {
  std::mt19937 random(static_cast<unsigned>(elements(shape)));
  std::vector<float> values;
  for (int64_t i = 0; i < elements(shape); ++i)
    values.push_back(float(int(random() % 512) * 2 - 511) / 300.0f);
  return values;
}

void addFunctions(Examples &examples) {
  for (const char *kernel :
       {"abs",        "ceil",       "clip",     "cos",     "elu",
        "erf",        "exp",        "floor",    "gelu",    "hard_sigmoid",
        "hard_swish", "leaky_relu", "log",      "mish",    "neg",
        "reciprocal", "relu",       "round",    "sigmoid", "sign",
        "silu",       "sin",        "softplus", "sqrt",    "tanh"}) {
    OpBuilder &tester = add(examples, kernel);
    const std::string name = kernel;
    // The bits of a NaN are the processor's: no roots of negative numbers.
    std::vector<float> values = numbers({7, 41});
    for (float &value : values)
      value = name == "sqrt" && value < 0 ? -value : value;
    tester.floats({7, 41}, values, name == "sqrt").floatOutput({7, 41});
    if (name == "elu" || name == "leaky_relu" || name == "hard_sigmoid")
      tester.numbers("alpha", {0.3});
    if (name == "hard_sigmoid")
      tester.numbers("beta", {0.5});
    if (name == "clip")
      tester.numbers("min", {-1.5}).numbers("max", {2});
  }
  add(examples, "gelu")
      .floats({33}, numbers({33}))
      .floatOutput({33})
      .text("approximate", "tanh");
  for (const char *kernel :
       {"add", "div", "max", "min", "mul", "pow", "prelu", "sub"})
    for (const Shape &second : {Shape{3, 1}, Shape{2, 3, 21}, Shape{21}}) {
      OpBuilder &tester = add(examples, kernel);
      tester.floats({2, 3, 21}, numbers({2, 3, 21}));
      tester.floats(second, numbers(second), true).floatOutput({2, 3, 21});
      if (kernel[0] == 'a')
        tester.numbers("act_min", {0}).numbers("act_max", {6});
    }
  for (qcrt_dtype to : {QCRT_I8, QCRT_U8, QCRT_I16, QCRT_I32, QCRT_I64})
    add(examples, "cast").floats({33}, numbers({33})).output({to, 0, 0}, {33});
  for (qcrt_dtype from : {QCRT_U8, QCRT_I32, QCRT_I64})
    add(examples, "cast")
        .input({from, 0, 0}, {33}, Values(33, 5))
        .floatOutput({33});
}

void addRows(Examples &examples) {
  for (const char *kernel :
       {"reduce_mean", "reduce_sum", "reduce_max", "reduce_min"})
    for (int64_t axis : {1, 2})
      add(examples, kernel)
          .floats({3, 5, 37}, numbers({3, 5, 37}))
          .floatOutput(axis == 1 ? Shape{3, 1, 37} : Shape{3, 5, 1})
          .ints("axes", {axis})
          .ints("keepdims", {1});
  for (const char *kernel : {"softmax", "log_softmax"})
    for (int64_t axis : {1, 2})
      add(examples, kernel)
          .floats({3, 5, 70}, numbers({3, 5, 70}))
          .floatOutput({3, 5, 70})
          .ints("axis", {axis});
  for (int64_t scale : {0, 1})
    for (int64_t bias : {0, 1}) {
      OpBuilder &tester = add(examples, "layer_norm");
      tester.floats({2, 6, 7}, numbers({2, 6, 7}));
      for (int64_t i = 0; i < scale + bias; ++i)
        tester.floats({6, 7}, numbers({6, 7}), true);
      tester.floatOutput({2, 6, 7}).ints("axis", {1});
      tester.numbers("epsilon", {1e-5});
      tester.ints("operandSegmentSizes", {1, scale, bias});
    }
  OpBuilder &norm = add(examples, "batch_norm");
  norm.floats({2, 3, 4, 5}, numbers({2, 3, 4, 5}));
  for (int i = 0; i < 3; ++i)
    norm.floats({3}, numbers({3}), true);
  norm.floats({3}, {0.5f, 1.5f, 0.1f}, true).floatOutput({2, 3, 4, 5});
  norm.numbers("epsilon", {1e-5});
  add(examples, "scale")
      .floats({2, 3, 4, 5}, numbers({2, 3, 4, 5}))
      .floats({3}, numbers({3}), true)
      .floats({3}, numbers({3}), true)
      .floatOutput({2, 3, 4, 5})
      .numbers("act_min", {0});
}

void addImages(Examples &examples) {
  for (const char *kernel : {"max_pool", "avg_pool"}) {
    OpBuilder &tester = add(examples, kernel);
    tester.floats({1, 3, 9, 9}, numbers({1, 3, 9, 9}));
    tester.floatOutput({1, 3, 5, 5}).ints("kernel", {3, 3});
    tester.ints("strides", {2, 2}).ints("pads", {1, 1, 1, 1});
    tester.ints("dilations", {1, 1}).ints("ceil_mode", {0});
    if (kernel[0] == 'a')
      tester.ints("count_include_pad", {1});
    add(examples, kernel)
        .floats({2, 3, 9}, numbers({2, 3, 9}))
        .floatOutput({2, 3, 4})
        .ints("kernel", {2})
        .ints("strides", {2})
        .ints("pads", {0, 0})
        .ints("dilations", {1});
  }
  for (const char *mode : {"nearest", "linear"})
    add(examples, "resize")
        .floats({1, 2, 5, 6}, numbers({1, 2, 5, 6}))
        .floatOutput({1, 2, 8, 15})
        .text("mode", mode)
        .text("coordinate_transformation", "half_pixel")
        .text("nearest_mode", "floor")
        .numbers("scales", {1, 1, 1.6, 2.5});
}

/// Ops on numbers as they are.
void addNumbers(Examples &examples) {
  const Format whole = {QCRT_I64, 0, 0}, truth = {QCRT_U8, 0, 0};
  for (const char *kind : {"equal", "not_equal", "less", "less_or_equal",
                           "greater", "greater_or_equal"})
    add(examples, "compare")
        .floats({2, 3, 21}, numbers({2, 3, 21}))
        .floats({3, 1}, numbers({3, 1}), true)
        .output(truth, {2, 3, 21})
        .text("kind", kind);
  add(examples, "select")
      .input(truth, {3, 1}, Values{1, 0, 1})
      .floats({2, 3, 21}, numbers({2, 3, 21}))
      .floats({21}, numbers({21}), true)
      .floatOutput({2, 3, 21});
  for (const char *kind :
       {"add", "sub", "mul", "div", "mod", "rem", "min", "max", "and", "or",
        "xor", "shift_left", "shift_right"})
    add(examples, "integer")
        .input(whole, {2, 4}, Values{7, -7, 0, 1, 9, -2, 5, 3})
        .input(whole, {4}, Values{2, 3, 0, -1})
        .output(whole, {2, 4})
        .text("kind", kind);
  for (int64_t flag : {0, 1}) {
    add(examples, "arg_max")
        .floats({2, 9, 5}, numbers({2, 9, 5}))
        .output(whole, {2, 5})
        .ints("axis", {1})
        .ints("keepdims", {0})
        .ints("smallest", {flag})
        .ints("last", {flag});
    add(examples, "top_k")
        .floats({2, 9, 5}, numbers({2, 9, 5}))
        .floatOutput({2, 3, 5})
        .output(whole, {2, 3, 5})
        .ints("axis", {1})
        .ints("k", {3})
        .ints("largest", {flag});
  }
  for (int64_t flag : {0, 1})
    add(examples, "nms")
        .floats({2, 9, 4}, numbers({2, 9, 4}))
        .floats({2, 3, 9}, numbers({2, 3, 9}))
        .output(whole, {24, 3})
        .ints("max_output", {4})
        .numbers("iou_threshold", {0.3})
        .numbers("score_threshold", {-0.2})
        .ints("center_point_box", {flag});
  for (const char *reduction : {"none", "add", "mul", "max", "min"})
    add(examples, "scatter")
        .floats({5, 3}, numbers({5, 3}))
        .input(whole, {4}, Values{1, -1, 1, 0}, true)
        .floats({4, 3}, numbers({4, 3}))
        .floatOutput({5, 3})
        .text("reduction", reduction);
  for (const char *mode : {"linear", "nearest", "cubic"})
    for (const char *padding : {"zeros", "border", "reflection"})
      add(examples, "grid_sample")
          .floats({2, 3, 5, 6}, numbers({2, 3, 5, 6}))
          .floats({2, 4, 3, 2}, numbers({2, 4, 3, 2}))
          .floatOutput({2, 3, 4, 3})
          .text("mode", mode)
          .text("padding", padding)
          .ints("align_corners", {mode[0] == 'l'});
  for (const char *mode : {"avg", "max"})
    add(examples, "roi_align")
        .floats({2, 3, 8, 9}, numbers({2, 3, 8, 9}))
        .floats({2, 4}, {1, 2, 7, 6, 0, 0, 20, 3})
        .input(whole, {2}, Values{1, 0}, true)
        .floatOutput({2, 3, 2, 4})
        .ints("height", {2})
        .ints("width", {4})
        .ints("sampling_ratio", {mode[0] == 'a' ? 0 : 2})
        .ints("half_pixel", {mode[0] == 'a'})
        .numbers("spatial_scale", {0.75})
        .text("mode", mode);
}

OpBuilder &addConv(Examples &examples, const char *kernel, const Shape &x,
                   const Shape &w, const Shape &y, bool bias) {
  OpBuilder &tester = add(examples, kernel);
  tester.floats(x, numbers(x)).floats(w, numbers(w), true);
  if (bias)
    tester.floats({y[1]}, numbers({y[1]}), true);
  return tester.floatOutput(y);
}

void addProducts(Examples &examples) {
  // As products of matrices, tap by tap, along a line, and of one pixel.
  addConv(examples, "conv", {2, 40, 9, 9}, {9, 40, 3, 3}, {2, 9, 5, 5}, true)
      .ints("strides", {2, 2})
      .ints("pads", {1, 1, 1, 1})
      .ints("dilations", {1, 1})
      .ints("group", {1})
      .numbers("act_min", {0});
  addConv(examples, "conv", {1, 6, 9, 40}, {6, 1, 3, 3}, {1, 6, 9, 40}, true)
      .ints("strides", {1, 1})
      .ints("pads", {1, 1, 1, 1})
      .ints("dilations", {1, 1})
      .ints("group", {6});
  addConv(examples, "conv", {1, 4, 70, 141}, {8, 1, 5, 5}, {1, 8, 35, 71}, true)
      .ints("strides", {2, 2})
      .ints("pads", {2, 2, 2, 2})
      .ints("dilations", {1, 1})
      .ints("group", {4});
  addConv(examples, "conv", {1, 6, 30}, {8, 3, 3}, {1, 8, 28}, false)
      .ints("strides", {1})
      .ints("pads", {1, 1})
      .ints("dilations", {2})
      .ints("group", {2});
  addConv(examples, "conv", {2, 40, 3, 3}, {70, 40, 3, 3}, {2, 70, 1, 1}, true)
      .ints("strides", {1, 1})
      .ints("pads", {0, 0, 0, 0})
      .ints("dilations", {1, 1})
      .ints("group", {1});
  for (int64_t group : {1, 4})
    addConv(examples, "deconv", {1, 8, 5, 5}, {8, 8 / group, 3, 3},
            {1, 8, 10, 10}, true)
        .ints("strides", {2, 2})
        .ints("pads", {1, 1, 1, 1})
        .ints("dilations", {1, 1})
        .ints("output_padding", {1, 1})
        .ints("group", {group});
  for (int64_t left : {0, 1})
    for (int64_t right : {0, 1})
      for (bool constant : {false, true}) {
        Shape a = left ? Shape{2, 300, 5} : Shape{2, 5, 300};
        Shape b = right ? Shape{1, 33, 300} : Shape{1, 300, 33};
        OpBuilder &tester = add(examples, "matmul");
        tester.floats(a, numbers(a)).floats(b, numbers(b), constant);
        if (constant)
          tester.floats({33}, numbers({33}), true);
        tester.floatOutput({2, 5, 33}).ints("transpose_lhs", {left});
        tester.ints("transpose_rhs", {right});
      }
}
} // namespace

void test::addFloatExamples(Examples &examples) {
  addFunctions(examples);
  addRows(examples);
  addImages(examples);
  addProducts(examples);
  addNumbers(examples);
  // Stored in 16 bits, computed in 32.
  const Format f16 = {QCRT_F16, 0, 0};
  addConv(examples, "conv", {1, 4, 6, 6}, {5, 4, 3, 3}, {1, 5, 6, 6}, true)
      .ints("strides", {1, 1})
      .ints("pads", {1, 1, 1, 1})
      .ints("dilations", {1, 1})
      .ints("group", {1})
      .retype(0, f16)
      .retype(3, f16);
  add(examples, "tanh").input(f16, {64}, Values(64)).output(f16, {64});
  add(examples, "cast").floats({64}, numbers({64})).output(f16, {64});
  add(examples, "cast").input(f16, {64}, Values(64)).floatOutput({64});
  OpBuilder &quantize = examples["quantize"].emplace_back("quantize");
  quantize.input(f16, {64}, Values(64)).output({QCRT_I8, 0.1, 3}, {64});
  OpBuilder &half = examples["pad"].emplace_back("pad");
  half.input(f16, {2, 3}, Values(6)).output(f16, {2, 5});
  half.ints("pads", {0, 1, 0, 1}).text("mode", "constant");
  half.numbers("value", {1.5});
  // Movement of floats goes through the kernels that move bytes.
  OpBuilder &split = examples["split"].emplace_back("split");
  split.floats({2, 5, 3}, numbers({2, 5, 3})).floatOutput({2, 2, 3});
  split.floatOutput({2, 3, 3}).ints("axis", {1});
  OpBuilder &pad = examples["pad"].emplace_back("pad");
  pad.floats({2, 3}, numbers({2, 3})).floatOutput({2, 5});
  pad.ints("pads", {0, 1, 0, 1}).text("mode", "constant");
  pad.numbers("value", {1.5});
}
