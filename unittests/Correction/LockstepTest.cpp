// Tests of running a program on many samples, instruction by instruction.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/Lockstep.h"
#include "qc/Container/Container.h"
#include "qc/Container/CutProgram.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Pipelines/InitAll.h"

#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

using namespace qc;

namespace {

/// y = (x + x) * w, with x read by two instructions.
constexpr StringLiteral kNetwork = R"mlir(
!q = !quant.uniform<i8:f32, 0.05>
!s = !quant.uniform<i8:f32, 0.1>
#one = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [30]>
#half = #tpu.requant<mul32, single, multipliers = [1073741824, 1073741824], shifts = [31]>
func.func @main(%x: tensor<1x4xf32> {qc.name = "x"}) -> (tensor<1x2xf32> {qc.name = "y"}) {
  %w = tpu.constant dense<[[1, 2, 3, 4], [-1, 0, 1, 0]]> : tensor<2x4xi8>
    -> tensor<2x4x!quant.uniform<i8<-127:127>:f32, 1.0>>
  %b = tpu.constant dense<[5, -5]> : tensor<2xi32> -> tensor<2xi32>
  %q = tpu.quantize %x : (tensor<1x4xf32>) -> tensor<1x4x!q> loc("q")
  %t = tpu.add %q, %q {requant = #half} : (tensor<1x4x!q>, tensor<1x4x!q>) -> tensor<1x4x!s> loc("t")
  %f = tpu.fully_connected %t, %w, %b {requant = #one}
    : (tensor<1x4x!s>, tensor<2x4x!quant.uniform<i8<-127:127>:f32, 1.0>>, tensor<2xi32>)
    -> tensor<1x2x!s> loc("f")
  %y = tpu.dequantize %f : (tensor<1x2x!s>) -> tensor<1x2xf32>
  return %y : tensor<1x2xf32>
})mlir";

class LockstepTest : public ::testing::Test {
protected:
  LockstepTest() {
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    module = parseSourceString<ModuleOp>(kNetwork, &context);
  }

  void SetUp() override {
    ASSERT_TRUE(module);
    auto built = buildProgram(*module);
    ASSERT_TRUE(succeeded(built));
    image = std::move(*built);
  }

  static std::vector<Tensor> makeSample(int number) {
    std::vector<float> values;
    for (int i = 0; i < 4; ++i)
      values.push_back(0.05f * float((number * 7 + i * 5) % 23 - 11));
    return {Tensor::fromVector(values, {1, 4})};
  }

  /// The only result of `lockstep` behind all instructions.
  std::vector<float> finish(Lockstep &lockstep, int64_t sample) {
    const Tensor &y = lockstep.get(sample, image.program.outputs[0]);
    return {y.data<float>(), y.data<float>() + y.numElements()};
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
  ProgramImage image;
};

TEST_F(LockstepTest, ComputesWhatTheProgramComputes) {
  auto executor = TpuExecutor::create(*module);
  ASSERT_TRUE(succeeded(executor));
  for (int threads : {1, 3}) {
    ThreadPool pool(threads);
    Lockstep lockstep(image.program, pool);
    for (int i = 0; i < 5; ++i)
      ASSERT_TRUE(lockstep.addSample(makeSample(i)));
    for (uint32_t i = 0; i < image.program.instructions.size(); ++i) {
      ASSERT_TRUE(lockstep.run(i));
      lockstep.finish(i);
    }
    for (int i = 0; i < 5; ++i) {
      SmallVector<Tensor> expected;
      ASSERT_TRUE((*executor)->run(makeSample(i), expected));
      const float *y = expected[0].data<float>();
      EXPECT_EQ(finish(lockstep, i), std::vector<float>(y, y + 2));
    }
  }
}

TEST_F(LockstepTest, RunsAgainWithOtherConstants) {
  ThreadPool pool(2);
  Lockstep lockstep(image.program, pool);
  ASSERT_TRUE(lockstep.addSample(makeSample(1)));
  uint32_t last = image.program.instructions.size() - 1;
  for (uint32_t i = 0; i <= last; ++i)
    ASSERT_TRUE(lockstep.run(i));
  std::vector<float> before = finish(lockstep, 0);
  // The bias is the last operand of the layer before the result.
  std::vector<int32_t> bias = {15, -5};
  uint32_t tensor = image.program.instructions[last - 1].inputs.back();
  image.program.tensors[tensor].data = bias.data();
  ASSERT_TRUE(lockstep.run(last - 1));
  ASSERT_TRUE(lockstep.run(last));
  std::vector<float> after = finish(lockstep, 0);
  EXPECT_FLOAT_EQ(after[0], before[0] + 10 * 0.1f);
  EXPECT_FLOAT_EQ(after[1], before[1]);
}

TEST_F(LockstepTest, ForgetsWhatNobodyReads) {
  ThreadPool pool(1);
  Lockstep lockstep(image.program, pool);
  ASSERT_TRUE(lockstep.addSample(makeSample(0)));
  const auto &instructions = image.program.instructions;
  uint32_t quantized = instructions[0].outputs[0];
  ASSERT_TRUE(lockstep.run(0));
  lockstep.finish(0);
  EXPECT_EQ(lockstep.get(0, quantized).numElements(), 4);
  ASSERT_TRUE(lockstep.run(1));
  lockstep.finish(1);
  EXPECT_TRUE(lockstep.get(0, quantized).empty());
  // Input of 16 bytes beside four of the quantized ones.
  EXPECT_EQ(getLockstepBytes(image.program), 20u);
}

TEST_F(LockstepTest, RefusesTheWrongNumberOfInputs) {
  ThreadPool pool(1);
  Lockstep lockstep(image.program, pool);
  EXPECT_EQ(lockstep.addSample({}).message(),
            "the network has 1 inputs, got 0");
}

TEST_F(LockstepTest, CutsInstructionsThatStandAlone) {
  uint32_t layer = image.program.instructions.size() - 2;
  EXPECT_EQ(getVariableOperands(image.program, 1).size(), 1u)
      << "an operand that is there twice counts once";
  qcrt::Program part =
      cutProgram(image.program, getVariableOperands(image.program, layer),
                 {layer}, image.program.instructions[layer].outputs);
  EXPECT_EQ(part.tensors.size(), 4u);
  std::vector<uint8_t> bytes;
  std::string error;
  ASSERT_TRUE(qcrt::writeProgram(part, bytes, error)) << error;
  qcrt_model *model = nullptr;
  EXPECT_EQ(qcrt_open_memory(bytes.data(), bytes.size(), &model), QCRT_OK)
      << qcrt_last_error();
  qcrt_close(model);
}

} // namespace
