// .tflite files with a few bytes or numbers changed: each is read or refused
// with a message, without harm. Meant for builds with sanitizers as well.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Import/TFLite/Import.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/IR/Diagnostics.h"

#include "tflite_generated.h"

#include <gtest/gtest.h>

#include <random>

using namespace qc;
namespace fb = qc::tflite;

namespace {
/// Tensors and operators of a quantized network of a few layers.
class Network {
public:
  Network() {
    model.version = 3;
    model.buffers.push_back(std::make_unique<fb::BufferT>());
    model.subgraphs.push_back(std::make_unique<fb::SubGraphT>());
    int32_t x = add("x", {1, 8, 8, 4});
    int32_t w = add("w", {4, 3, 3, 4}, 144);
    int32_t a = add("a", {1, 8, 8, 4});
    fb::Conv2DOptionsT conv;
    conv.stride_w = conv.stride_h = 1;
    op(fb::BuiltinOperator::CONV_2D, {x, w, -1}, {a}, conv);
    int32_t b = add("b", {1, 8, 8, 4});
    op(fb::BuiltinOperator::ADD, {a, x}, {b}, fb::AddOptionsT());
    int32_t c = add("c", {1, 4, 4, 4});
    fb::Pool2DOptionsT pool;
    pool.stride_w = pool.stride_h = pool.filter_width = pool.filter_height = 2;
    op(fb::BuiltinOperator::MAX_POOL_2D, {b}, {c}, pool);
    int32_t d = add("d", {1, 4, 4, 8});
    fb::ConcatenationOptionsT concat;
    concat.axis = 3;
    op(fb::BuiltinOperator::CONCATENATION, {c, c}, {d}, concat);
    int32_t dense = add("dense", {5, 128}, 640);
    int32_t e = add("e", {1, 5});
    op(fb::BuiltinOperator::FULLY_CONNECTED, {d, dense, -1}, {e},
       fb::FullyConnectedOptionsT());
    int32_t f = add("f", {1, 5});
    fb::SoftmaxOptionsT softmax;
    softmax.beta = 1;
    op(fb::BuiltinOperator::SOFTMAX, {e}, {f}, softmax);
    graph().inputs = {x};
    graph().outputs = {f};
  }

  fb::SubGraphT &graph() { return *model.subgraphs.front(); }
  std::string pack() const {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(fb::Model::Pack(builder, &model), fb::ModelIdentifier());
    return {reinterpret_cast<const char *>(builder.GetBufferPointer()),
            builder.GetSize()};
  }

  fb::ModelT model;

private:
  int32_t add(const char *name, std::vector<int32_t> shape, size_t bytes = 0) {
    auto tensor = std::make_unique<fb::TensorT>();
    tensor->name = name;
    tensor->type = fb::TensorType::INT8;
    tensor->shape = std::move(shape);
    tensor->quantization = std::make_unique<fb::QuantizationParametersT>();
    tensor->quantization->scale = {0.05F};
    tensor->quantization->zero_point = {bytes ? 0 : 3};
    if (bytes) {
      model.buffers.push_back(std::make_unique<fb::BufferT>());
      model.buffers.back()->data.assign(bytes, 7);
      tensor->buffer = static_cast<uint32_t>(model.buffers.size() - 1);
    }
    graph().tensors.push_back(std::move(tensor));
    return static_cast<int32_t>(graph().tensors.size() - 1);
  }

  template <typename Table>
  void op(fb::BuiltinOperator code, std::vector<int32_t> inputs,
          std::vector<int32_t> outputs, Table table) {
    auto entry = std::make_unique<fb::OperatorCodeT>();
    entry->deprecated_builtin_code = static_cast<int8_t>(code);
    entry->builtin_code = code;
    model.operator_codes.push_back(std::move(entry));
    auto made = std::make_unique<fb::OperatorT>();
    made->opcode_index = static_cast<uint32_t>(model.operator_codes.size() - 1);
    made->inputs = std::move(inputs);
    made->outputs = std::move(outputs);
    made->builtin_options.Set(std::move(table));
    graph().operators.push_back(std::move(made));
  }
};

class TFLiteMutation : public testing::Test {
protected:
  TFLiteMutation() {
    mlir::DialectRegistry registry;
    registry.insert<mlir::func::FuncDialect, mlir::quant::QuantDialect,
                    QCDialect, top::TopDialect>();
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  /// Whether the file was read; a refusal has one error with words.
  bool import(const std::string &bytes) {
    std::vector<std::string> errors;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        errors.push_back(diagnostic.str());
      return success();
    });
    bool done = static_cast<bool>(
        importTFLite(llvm::MemoryBufferRef(bytes, "m.tflite"), &context));
    EXPECT_EQ(errors.empty(), done);
    for (const std::string &text : errors)
      EXPECT_FALSE(text.empty());
    return done;
  }

  MLIRContext context;
  std::mt19937 random{7};
};

int32_t oddNumber(std::mt19937 &random) {
  const int32_t numbers[] = {0,     1,       -1,        2,        3,
                             7,     8,       127,       128,      255,
                             65536, 1 << 20, INT32_MAX, INT32_MIN};
  return numbers[random() % std::size(numbers)];
}
} // namespace

TEST_F(TFLiteMutation, ReadsTheNetwork) {
  EXPECT_TRUE(import(Network().pack()));
}

TEST_F(TFLiteMutation, Bytes) {
  const std::string valid = Network().pack();
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = valid;
    for (size_t n = 1 + random() % 4; n > 0; --n)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    import(bytes);
  }
}

TEST_F(TFLiteMutation, Lengths) {
  const std::string valid = Network().pack();
  for (int i = 0; i < 500; ++i)
    EXPECT_FALSE(import(valid.substr(0, random() % valid.size())));
}

TEST_F(TFLiteMutation, Numbers) {
  for (int i = 0; i < 3000; ++i) {
    Network network;
    auto &graph = network.graph();
    auto &tensor = *graph.tensors[random() % graph.tensors.size()];
    auto &op = *graph.operators[random() % graph.operators.size()];
    switch (random() % 8) {
    case 0:
      tensor.shape[random() % tensor.shape.size()] = oddNumber(random);
      break;
    case 1:
      tensor.shape.resize(random() % 7, 2);
      break;
    case 2:
      tensor.type = static_cast<fb::TensorType>(random() % 20);
      break;
    case 3:
      tensor.quantization->scale.assign(random() % 9, random() % 2 ? -1 : 0.1F);
      tensor.quantization->quantized_dimension = oddNumber(random);
      break;
    case 4:
      tensor.quantization->zero_point.assign(random() % 3, oddNumber(random));
      break;
    case 5:
      op.inputs[random() % op.inputs.size()] = oddNumber(random);
      break;
    case 6:
      op.outputs.assign(random() % 3, oddNumber(random));
      break;
    default: {
      auto &code = *network.model.operator_codes[op.opcode_index];
      code.builtin_code = static_cast<fb::BuiltinOperator>(random() % 215);
    }
    }
    import(network.pack());
  }
}
