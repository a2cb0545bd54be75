// Times the compute kernels on the layers of a network of inverted residuals at
// 224x224.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   qcrt-kernel-benchmark [--benchmark_filter=network]
//
// QCRT_ISA chooses the instruction set. The machine may be shared: compare the
// smallest of several repetitions.
#include "Kernel.h"
#include "compute/Isa.h"

#include "benchmark/benchmark.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>

using namespace qcrt;

namespace {

struct Layer {
  int64_t size, inputs, outputs, kernel, stride, group;

  int64_t outSize() const { return (size + stride - 1) / stride; }
  double products() const {
    return static_cast<double>(outSize() * outSize() * outputs * kernel *
                               kernel * inputs / group);
  }
  std::string name() const {
    return (group > 1 ? "depthwise/" : "conv/") + std::to_string(size) + "/" +
           std::to_string(inputs) + "to" + std::to_string(outputs) + "k" +
           std::to_string(kernel) + "s" + std::to_string(stride);
  }
};

std::vector<Layer> networkLayers() {
  struct Stage {
    int64_t expansion, channels, repeats, stride;
  };
  const Stage stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2},
                          {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2},
                          {6, 320, 1, 1}};
  std::vector<Layer> layers{{224, 3, 32, 3, 2, 1}};
  int64_t size = 112, channels = 32;
  for (const Stage &stage : stages)
    for (int64_t i = 0; i < stage.repeats; ++i) {
      const int64_t stride = i == 0 ? stage.stride : 1;
      const int64_t wide = channels * stage.expansion;
      if (stage.expansion > 1)
        layers.push_back({size, channels, wide, 1, 1, 1});
      layers.push_back({size, wide, wide, 3, stride, wide});
      size = layers.back().outSize();
      layers.push_back({size, wide, stage.channels, 1, 1, 1});
      channels = stage.channels;
    }
  layers.push_back({size, channels, 1280, 1, 1, 1});
  layers.push_back({1, 1280, 1000, 1, 1, 1});
  return layers;
}

/// The products of attention: `matrices` times [rows, reduction] x [reduction,
/// columns].
struct Product {
  int64_t matrices, rows, reduction, columns;
  bool transposed; ///< the right operand

  double products() const {
    return static_cast<double>(matrices * rows * reduction * columns);
  }
  std::string name() const {
    return "matmul/" + std::to_string(matrices) + "x" + std::to_string(rows) +
           "x" + std::to_string(reduction) + "x" + std::to_string(columns) +
           (transposed ? "t" : "");
  }
};

const Product productChoices[] = {{12, 197, 64, 197, true},
                                  {12, 197, 197, 64, false}};

/// A kernel with random operands, ready to run.
class PreparedLayer {
public:
  PreparedLayer(const Product &product, qcrt_dtype type) {
    std::mt19937 random(1);
    std::vector<int64_t> right{product.matrices, product.reduction,
                               product.columns};
    if (product.transposed)
      std::swap(right[1], right[2]);
    views[0] = make(type, {product.matrices, product.rows, product.reduction},
                    random, -3);
    views[1] = make(type, right, random, 5);
    views[3] = make(type, {product.matrices, product.rows, product.columns},
                    random, 4);
    add("transpose_lhs", {0});
    add("transpose_rhs", {product.transposed});
    prepare("matmul", 2, type);
  }
  PreparedLayer(const Layer &layer, qcrt_dtype type) {
    std::mt19937 random(1);
    const int64_t padding = layer.kernel / 2;
    const int64_t out = layer.outSize();
    const int64_t end =
        (out - 1) * layer.stride + layer.kernel - layer.size - padding;
    views[0] =
        make(type, {1, layer.size, layer.size, layer.inputs}, random, -3);
    views[1] = make(
        QCRT_I8,
        {layer.outputs, layer.kernel, layer.kernel, layer.inputs / layer.group},
        random, 0);
    views[2] = make(type == QCRT_I16 ? QCRT_I64 : QCRT_I32, {layer.outputs},
                    random, 0);
    views[3] = make(type, {1, out, out, layer.outputs}, random, 4);
    views[1].constant = views[2].constant = true;
    add("strides", {layer.stride, layer.stride});
    add("pads", {padding, padding, end, end});
    add("dilations", {1, 1});
    add("group", {layer.group});
    prepare("conv2d", 3, type);
  }

  size_t scratchBytes(int threads) const {
    return kernel->scratchBytes(threads);
  }
  void run(ThreadPool &pool, void *scratch) const {
    kernel->run({views, views + 3, scratch, pool});
  }

private:
  TensorView make(qcrt_dtype type, std::vector<int64_t> shape,
                  std::mt19937 &random, int64_t zeroPoint) {
    static const float scale = 1;
    TensorView view;
    view.dtype = type;
    view.rank = static_cast<int>(shape.size());
    for (size_t d = 0; d < shape.size(); ++d)
      view.shape[d] = shape[d];
    view.scales = &scale;
    view.numScales = 1;
    view.zeroPoint = type == QCRT_U8 ? zeroPoint + 128 : zeroPoint;
    view.qmin = type == QCRT_U8 ? 0 : type == QCRT_I8 ? -128 : -32768;
    view.qmax = view.qmin + (type == QCRT_I16 ? 65535 : 255);
    buffers.emplace_back(std::malloc(view.byteSize() + 64), std::free);
    view.data = buffers.back().get();
    const int64_t span = type == QCRT_I16 ? 65536 : 256;
    for (int64_t i = 0; i < view.numElements(); ++i) {
      const int64_t value = static_cast<int64_t>(random() % span);
      if (type == QCRT_I64)
        view.as<int64_t>()[i] = value;
      else if (type == QCRT_I32)
        view.as<int32_t>()[i] = static_cast<int32_t>(value);
      else if (type == QCRT_I16)
        view.as<int16_t>()[i] = static_cast<int16_t>(value);
      else
        view.as<uint8_t>()[i] = static_cast<uint8_t>(value);
    }
    return view;
  }
  void prepare(const char *name, int inputs, qcrt_dtype type) {
    add("requant.multipliers", {1500000000});
    add("requant.shifts", {type == QCRT_I16 ? 40 : 41});
    Attributes::Value kind;
    kind.key = "requant.kind";
    kind.text = "mul32";
    attributes.add(kind);
    attributes.finish();
    PrepareContext context{views, inputs, views + 3, 1, attributes, ""};
    kernel = KernelRegistry::all().find(name)(context);
    if (!kernel) {
      std::fprintf(stderr, "%s%s\n", context.error.c_str(),
                   attributes.error().c_str());
      std::exit(1);
    }
  }
  void add(const char *key, std::vector<int64_t> ints) {
    Attributes::Value value;
    value.key = key;
    value.ints = std::move(ints);
    attributes.add(std::move(value));
  }

  std::vector<std::unique_ptr<void, decltype(&std::free)>> buffers;
  TensorView views[4];
  Attributes attributes;
  std::unique_ptr<Kernel> kernel;
};

using Scratch = std::unique_ptr<void, decltype(&std::free)>;
Scratch allocate(size_t bytes) {
  return Scratch(std::aligned_alloc(QCRT_ALIGNMENT, (bytes + 4095) / 64 * 64),
                 std::free);
}

template <typename Shape>
void runLayer(benchmark::State &state, Shape layer, qcrt_dtype type) {
  PreparedLayer prepared(layer, type);
  ThreadPool pool(static_cast<int>(state.range(0)));
  Scratch scratch = allocate(prepared.scratchBytes(pool.threads()));
  for (auto step : state)
    prepared.run(pool, scratch.get());
  state.counters["GMAC/s"] = benchmark::Counter(
      layer.products() * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

void runNetwork(benchmark::State &state, qcrt_dtype type) {
  std::vector<std::unique_ptr<PreparedLayer>> layers;
  ThreadPool pool(static_cast<int>(state.range(0)));
  size_t bytes = 0;
  for (const Layer &layer : networkLayers()) {
    layers.push_back(std::make_unique<PreparedLayer>(layer, type));
    bytes = std::max(bytes, layers.back()->scratchBytes(pool.threads()));
  }
  Scratch scratch = allocate(bytes);
  for (auto step : state)
    for (const auto &layer : layers)
      layer->run(pool, scratch.get());
}

} // namespace

template <typename Shape>
static void add(const Shape &shape, const char *typeName, qcrt_dtype type) {
  benchmark::RegisterBenchmark(
      (shape.name() + "/" + typeName).c_str(),
      [shape, type](benchmark::State &state) { runLayer(state, shape, type); })
      ->Arg(1)
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

int main(int argc, char **argv) {
  const std::pair<const char *, qcrt_dtype> types[] = {
      {"i8", QCRT_I8}, {"u8", QCRT_U8}, {"i16", QCRT_I16}};
  for (const auto &[typeName, type] : types) {
    benchmark::RegisterBenchmark(
        (std::string("network/") + typeName).c_str(),
        [type = type](benchmark::State &state) { runNetwork(state, type); })
        ->Arg(1)
        ->Arg(2)
        ->UseRealTime()
        ->Unit(benchmark::kMicrosecond);
    std::vector<std::string> seen;
    for (const Layer &layer : networkLayers()) {
      if (std::find(seen.begin(), seen.end(), layer.name()) != seen.end())
        continue;
      seen.push_back(layer.name());
      add(layer, typeName, type);
    }
    for (const Product &product : productChoices)
      add(product, typeName, type);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::AddCustomContext("instruction set",
                              compute::isaName(compute::preferredIsa()));
  benchmark::RunSpecifiedBenchmarks();
}
