// The executor of integer programs, from IR and from files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/TpuExecutor.h"
#include "qc/Container/Container.h"
#include "qc/Execution/StoredTensor.h"
#include "qc/Pipelines/InitAll.h"

#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"

#include <gtest/gtest.h>

using namespace qc;

namespace {
const char *const network = R"(
!q = !quant.uniform<i8:f32, 0.5:1>
module {
  func.func @main(%x: tensor<1x2x1x3xf32> {qc.name = "input"})
      -> (tensor<1x1x3x2xf32> {qc.name = "scores"}) {
    %0 = tpu.quantize %x : (tensor<1x2x1x3xf32>) -> tensor<1x2x1x3x!q> loc("input_quantized")
    %1 = tpu.transpose %0 {perm = array<i64: 0, 2, 3, 1>, qc.permutation = array<i64: 0, 2, 3, 1>}
      : (tensor<1x2x1x3x!q>) -> tensor<1x1x3x2x!q> loc("features")
    %2 = tpu.clip %1 {clamp = array<i64: 1, 9>} : (tensor<1x1x3x2x!q>) -> tensor<1x1x3x2x!q> loc("clipped")
    %3 = tpu.dequantize %2 : (tensor<1x1x3x2x!q>) -> tensor<1x1x3x2xf32> loc("last")
    return %3 : tensor<1x1x3x2xf32>
  }
})";

const char *const integers = R"(
!q = !quant.uniform<u8:f32, 0.5:128>
module {
  func.func @main(%x: tensor<3x!q> {qc.name = "x"}) -> tensor<3x!q> {
    %0 = tpu.clip %x {clamp = array<i64: 0, 200>} : (tensor<3x!q>) -> tensor<3x!q>
    return %0 : tensor<3x!q>
  }
})";

/// What a probe has seen, as text.
struct Recorder : Probe {
  std::vector<std::string> seen;
  std::map<std::string, Tensor> sources;

  Interest wants(const TensorInfo &tensor) override {
    return tensor.name == "clipped" ? Interest::None : Interest::RowMajor;
  }
  void observe(const TensorInfo &tensor, const Tensor &data) override {
    seen.push_back(tensor.name + " " + shapeString(tensor.shape) + " " +
                   dtypeName(data.dtype()) + " " +
                   std::to_string(tensor.scale) + " " +
                   std::to_string(tensor.zeroPoint));
    sources[tensor.name] = toSourceTensor(tensor, data).clone();
  }
};

class TpuExecutorTest : public testing::Test {
protected:
  TpuExecutorTest() {
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
  }
  OwningOpRef<ModuleOp> parse(const char *text) {
    return parseSourceString<ModuleOp>(text, &context);
  }

  MLIRContext context;
};
} // namespace

static std::vector<float> floats(const Tensor &tensor) {
  return {tensor.data<float>(), tensor.data<float>() + tensor.numElements()};
}

static Tensor sample() {
  return Tensor::fromVector<float>({0.5f, -3, 1, 2.5f, 100, 0}, {1, 2, 1, 3});
}

TEST_F(TpuExecutorTest, RunsAModule) {
  auto module = parse(network);
  auto executor = Executor::create(*module, {1});
  ASSERT_TRUE(succeeded(executor));
  ASSERT_EQ((*executor)->getInputs().size(), 1u);
  EXPECT_EQ((*executor)->getInputs()[0].name, "input");
  EXPECT_EQ((*executor)->getOutputs()[0].name, "scores");
  EXPECT_EQ((*executor)->getTensors().size(), 5u);
  SmallVector<Tensor> outputs;
  Status status = (*executor)->run({sample()}, outputs);
  ASSERT_TRUE(status) << status.message();
  EXPECT_EQ(floats(outputs[0]), (std::vector<float>{0.5f, 2.5f, 0, 4, 1, 0}));
}

TEST_F(TpuExecutorTest, ProbeSeesStoredIntegersAndCanUndoThem) {
  auto module = parse(network);
  auto executor = TpuExecutor::create(*module, {1});
  ASSERT_TRUE(succeeded(executor));
  Recorder recorder;
  SmallVector<Tensor> outputs;
  ASSERT_TRUE((*executor)->run({sample()}, outputs, &recorder));
  EXPECT_EQ(recorder.seen,
            (std::vector<std::string>{"input 1x2x1x3 f32 0.000000 0",
                                      "input_quantized 1x2x1x3 i8 0.500000 1",
                                      "features 1x1x3x2 i8 0.500000 1",
                                      "scores 1x1x3x2 f32 0.000000 0"}));
  EXPECT_EQ(floats(recorder.sources["features"]),
            (std::vector<float>{0.5f, -3, 1, 2.5f, 63, 0}));
}

TEST_F(TpuExecutorTest, FileAndModuleAgree) {
  auto module = parse(network);
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("executor", "qcb", path));
  ASSERT_TRUE(succeeded(exportQcbFile(*module, path.str().str())));
  auto fromFile = TpuExecutor::open(path.str().str(), {2});
  ASSERT_TRUE(fromFile) << fromFile.message();
  auto fromModule = TpuExecutor::create(*module, {1});
  ASSERT_TRUE(succeeded(fromModule));

  Recorder inFile, inModule;
  SmallVector<Tensor> fileOutputs, moduleOutputs;
  ASSERT_TRUE((*fromFile)->run({sample()}, fileOutputs, &inFile));
  ASSERT_TRUE((*fromModule)->run({sample()}, moduleOutputs, &inModule));
  EXPECT_EQ(inFile.seen, inModule.seen);
  EXPECT_EQ(floats(fileOutputs[0]), floats(moduleOutputs[0]));
  EXPECT_EQ((*fromFile)->getPlannedBytes(), (*fromModule)->getPlannedBytes());
  llvm::sys::fs::remove(path);
}

TEST_F(TpuExecutorTest, IntegerInputsMayBeGivenAsFloats) {
  auto module = parse(integers);
  auto executor = TpuExecutor::create(*module, {1});
  ASSERT_TRUE(succeeded(executor));
  SmallVector<Tensor> outputs;
  ASSERT_TRUE((*executor)->run(
      {Tensor::fromVector<float>({-1000, 0.5f, 1000}, {3})}, outputs));
  EXPECT_EQ(outputs[0].dtype(), DType::U8);
  EXPECT_EQ(outputs[0].data<uint8_t>()[0], 0);
  EXPECT_EQ(outputs[0].data<uint8_t>()[1], 129);
  EXPECT_EQ(outputs[0].data<uint8_t>()[2], 200);
}

TEST_F(TpuExecutorTest, RefusesWhatDoesNotFit) {
  auto module = parse(integers);
  auto executor = TpuExecutor::create(*module, {1});
  ASSERT_TRUE(succeeded(executor));
  SmallVector<Tensor> outputs;
  EXPECT_EQ((*executor)->run({}, outputs).message(),
            "the network has 1 inputs, got 0");
  EXPECT_EQ((*executor)
                ->run({Tensor::fromVector<float>({1, 2}, {2})}, outputs)
                .message(),
            "input 'x' is 3 u8 or f32, got 2 f32");
  EXPECT_EQ((*executor)
                ->run({Tensor::fromVector<int16_t>({1, 2, 3}, {3})}, outputs)
                .message(),
            "input 'x' is 3 u8 or f32, got 3 i16");
}

TEST_F(TpuExecutorTest, NamesTheFileThatCannotBeOpened) {
  auto executor = TpuExecutor::open("/no/such/model.qcb");
  ASSERT_FALSE(executor);
  EXPECT_NE(executor.message().find("/no/such/model.qcb"), std::string::npos);
}
