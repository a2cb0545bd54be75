// Random programs give the same bytes whether tensors share memory or not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Execution/TpuExecutor.h"
#include "qc/Pipelines/InitAll.h"
#include "qc/Schedule/MemoryPlanner.h"
#include "qc/Schedule/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>
#include <random>

using namespace qc;

namespace {
/// Writes a function of 64-element tensors: views, ops that may work in place,
/// ops that may not, and values that are used again much later.
class RandomProgram {
public:
  explicit RandomProgram(unsigned seed) : random(seed) {
    text = "!q = !quant.uniform<i8:f32, 0.5>\nmodule {\nfunc.func @main(";
    for (int i = 0; i < 2; ++i) {
      text +=
          (i ? ", " : "") + addValue(shapes()[i]) + ": " + type(shapes()[i]);
    }
    text += ") -> (";
    std::string body;
    for (int i = 0; i < 25; ++i)
      body += makeOp();
    std::string names, types;
    for (int i = 0; i < 3; ++i) {
      const Value &value = pick();
      names += (i ? ", " : "") + value.name;
      types += (i ? ", " : "") + type(value.shape);
    }
    text +=
        types + ") {\n" + body + "return " + names + " : " + types + "\n}\n}\n";
  }

  std::string text;

private:
  struct Value {
    std::string name, shape;
  };

  static const std::vector<std::string> &shapes() {
    static const std::vector<std::string> all = {"1x64", "2x32", "4x16", "8x8"};
    return all;
  }
  static std::string type(const std::string &shape) {
    return "tensor<" + shape + "x!q>";
  }
  std::string addValue(const std::string &shape) {
    values.push_back({"%v" + std::to_string(values.size()), shape});
    return values.back().name;
  }
  /// Mostly a recent value, so that others die.
  Value pick() {
    size_t recent = std::min<size_t>(values.size(), 3);
    return random() % 4 ? values[values.size() - 1 - random() % recent]
                        : values[random() % values.size()];
  }
  Value pickOf(const std::string &shape) {
    std::vector<Value> fitting;
    for (const Value &value : values)
      if (value.shape == shape)
        fitting.push_back(value);
    return fitting[random() % fitting.size()];
  }

  std::string makeOp() {
    Value a = pick();
    std::string in = type(a.shape);
    switch (random() % 5) {
    case 0: {
      std::string shape = shapes()[random() % shapes().size()];
      return addValue(shape) + " = tpu.reshape " + a.name + " : (" + in +
             ") -> " + type(shape) + "\n";
    }
    case 1:
      return addValue(a.shape) + " = tpu.clip " + a.name +
             " {clamp = array<i64: -100, " + std::to_string(random() % 100) +
             ">} : (" + in + ") -> " + in + "\n";
    case 2: {
      Value b = pickOf(a.shape);
      return addValue(a.shape) + " = tpu.add " + a.name + ", " + b.name +
             " {requant = #tpu.requant<mul32, single, multipliers = "
             "[715827883, 1073741824], shifts = [31]>} : (" +
             in + ", " + in + ") -> " + in + "\n";
    }
    case 3:
      return addValue(a.shape) + " = tpu.slice " + a.name +
             " {offsets = array<i64: 0, " +
             std::to_string(std::stoi(a.shape.substr(2)) - 1) +
             ">, sizes = array<i64: " + commas(a.shape) +
             ">, strides = array<i64: 1, -1>} : (" + in + ") -> " + in + "\n";
    default:
      return addValue(a.shape) + " = tpu.requantize " + a.name +
             " {requant = #tpu.requant<mul32, single, multipliers = "
             "[1610612736], shifts = [31]>} : (" +
             in + ") -> " + in + "\n";
    }
  }
  static std::string commas(std::string shape) {
    return shape.replace(shape.find('x'), 1, ", ");
  }

  std::mt19937 random;
  std::vector<Value> values;
};

class PlannedExecution : public testing::TestWithParam<std::string> {
protected:
  PlannedExecution() {
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
  }
  MLIRContext context;
};
} // namespace

static std::vector<Tensor> makeInputs(const Executor &executor, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<Tensor> inputs;
  for (const TensorInfo &info : executor.getInputs()) {
    Tensor tensor(info.dtype, info.shape);
    for (int64_t i = 0; i < tensor.numElements(); ++i)
      tensor.data<int8_t>()[i] = static_cast<int8_t>(random());
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

TEST_P(PlannedExecution, EqualsExecutionWithoutSharing) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::string text = RandomProgram(seed).text;
    auto module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module) << text;
    PassManager manager(&context);
    ScheduleMemoryOptions options;
    options.planner = GetParam();
    options.keepArguments = seed % 2;
    manager.addPass(createScheduleMemory(options));
    manager.addPass(createVerifyMemoryPlan());
    ASSERT_TRUE(succeeded(manager.run(*module)));

    auto planned = TpuExecutor::create(*module, {1});
    ASSERT_TRUE(succeeded(planned));
    // Op by op, each in memory of its own.
    auto function = *module->getOps<func::FuncOp>().begin();
    auto separate = FloatExecutor::create(function, {1});
    ASSERT_TRUE(succeeded(separate));
    std::vector<Tensor> inputs = makeInputs(**planned, seed);
    SmallVector<Tensor> actual, expected;
    ASSERT_TRUE((*planned)->run(inputs, actual));
    ASSERT_TRUE((*separate)->run(inputs, expected));
    for (size_t i = 0; i < actual.size(); ++i)
      EXPECT_EQ(std::memcmp(actual[i].raw(), expected[i].raw(),
                            expected[i].byteSize()),
                0)
          << "output " << i << " of seed " << seed << "\n"
          << text;
  }
}

std::vector<std::string> getPlannerNames() {
  MLIRContext context;
  return getMemoryPlanners(&context).getNames();
}

INSTANTIATE_TEST_SUITE_P(Planners, PlannedExecution,
                         testing::ValuesIn(getPlannerNames()),
                         [](const auto &info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });
