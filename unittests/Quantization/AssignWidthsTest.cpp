// Which activations have 8 and which 16 bits, for targets of all kinds.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Quantization/AssignWidths.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"
#include "qc/Interfaces/IntegerFormOpInterface.h"

#include "mlir/Parser/Parser.h"

#include "gtest/gtest.h"

using namespace qc;

namespace {

/// Two functions meet in a sum, whose image is reshaped and read by a third.
constexpr StringLiteral kNetwork = R"(
func.func @main(%x: tensor<4xf32> {qc.name = "x"}) -> tensor<2x2xf32> {
  %a = top.exp %x : (tensor<4xf32>) -> tensor<4xf32> loc("a")
  %b = top.tanh %x : (tensor<4xf32>) -> tensor<4xf32> loc("b")
  %s = top.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> loc("s")
  %r = top.reshape %s {shape = array<i64: 2, 2>} : (tensor<4xf32>) -> tensor<2x2xf32> loc("r")
  %y = top.sigmoid %r : (tensor<2x2xf32>) -> tensor<2x2xf32> loc("y")
  return %y : tensor<2x2xf32>
})";

/// The integer form of an op is called as the op.
template <typename OpTy>
struct Namesake : IntegerFormOpInterface::ExternalModel<Namesake<OpTy>, OpTy> {
  StringRef getIntegerName(Operation *op) const {
    return op->getName().stripDialect();
  }
  ConstantForm getConstantForm(Operation *, unsigned) const {
    return ConstantForm::Number;
  }
};

template <typename... Ops> void attachNamesakes(MLIRContext &context) {
  (Ops::template attachInterface<Namesake<Ops>>(context), ...);
}

class AssignWidthsTest : public ::testing::Test {
protected:
  AssignWidthsTest()
      : handler(&context, [this](Diagnostic &diagnostic) {
          message += diagnostic.str();
          for (Diagnostic &note : diagnostic.getNotes())
            message += "\n" + note.str();
          return success();
        }) {
    context.printOpOnDiagnostic(false);
    context
        .loadDialect<func::FuncDialect, quant::QuantDialect, top::TopDialect>();
    attachNamesakes<top::ExpOp, top::TanhOp, top::AddOp, top::ReshapeOp,
                    top::SigmoidOp>(context);
    module = parseSourceString<ModuleOp>(kNetwork, &context);
    narrow.symmetric = true;
    wide = narrow;
    wide.bits = 16;
    spec.precisions = {{"int8", narrow, WeightScheme()},
                       {"a16w8", wide, WeightScheme()}};
  }

  void limit(StringRef op, TypeRule rule) {
    rule.reason = "words of " + op.str();
    request.rules[op.str()] = {std::move(rule)};
  }

  /// The names of the activations of 16 bits, or "error".
  std::string assign(const Precision &precision) {
    func::FuncOp function = *module->getOps<func::FuncOp>().begin();
    auto widths = assignWidths(function, spec, precision, request);
    if (failed(widths))
      return "error";
    for (const auto &[op, text] : widths->remarks)
      message += text + "\n";
    std::string names;
    auto add = [&](Value value) {
      if (widths->getBits(value) == 16)
        names += getTensorName(value);
    };
    llvm::for_each(function.getArguments(), add);
    for (Operation &op : function.getBody().front())
      llvm::for_each(op.getResults(), add);
    return names;
  }

  MLIRContext context;
  std::string message;
  ScopedDiagnosticHandler handler;
  OwningOpRef<ModuleOp> module;
  ActivationScheme narrow, wide;
  QuantSpec spec;
  WidthRequest request;
  const TypeSet narrowSet = TypeSet::ofBits(8), wideSet = TypeSet::ofBits(16);
  const TypeRule eight{{narrowSet}, narrowSet};
  const TypeRule same{{}, {}, {}, /*sameBits=*/true};
};

TEST_F(AssignWidthsTest, OnePrecisionForAll) {
  limit("add", eight);
  EXPECT_EQ(assign(spec.precisions[0]), "");
  // What the target does not run is for legalization to say.
  EXPECT_EQ(assign(spec.precisions[1]), "xabsry");
  EXPECT_EQ(message, "");
}

TEST_F(AssignWidthsTest, MixedPrecision) {
  Precision mixed = spec.precisions[1];
  mixed.narrow = narrow;
  EXPECT_EQ(assign(mixed), "xabsry");
  EXPECT_EQ(message, "");
  // Nobody reads the operands in 16 bits, so they are made in 8.
  limit("add", eight);
  EXPECT_EQ(assign(mixed), "xy");
  EXPECT_EQ(message, "'s' (add) works on 8 bits: words of add\n");
}

TEST_F(AssignWidthsTest, NarrowMovement) {
  limit("reshape", eight);
  request.wideTensors = {"s"};
  EXPECT_EQ(assign(spec.precisions[0]), "error");
  EXPECT_EQ(message, "1 tensor cannot have 16 bits as asked for\n"
                     "'s': read by only 'r' (reshape): words of reshape");
  message.clear();
  request.wideTensors = {"r"};
  EXPECT_EQ(assign(spec.precisions[0]), "error");
  EXPECT_EQ(message, "1 tensor cannot have 16 bits as asked for\n"
                     "'r': made by 'r' (reshape): words of reshape");
}

TEST_F(AssignWidthsTest, MovedTensorsHaveOneWidth) {
  request.wideTensors = {"r"};
  EXPECT_EQ(assign(spec.precisions[0]), "sr");
}

TEST_F(AssignWidthsTest, WideInputs) {
  Precision inputs = spec.precisions[0];
  inputs.wideInputs = {"add", "sigmoid"};
  EXPECT_EQ(assign(inputs), "absr");
  EXPECT_EQ(message, "");
  // The vendor's words about one op break those about another.
  limit("exp", eight);
  EXPECT_EQ(assign(inputs), "bsr");
  EXPECT_EQ(message, "'s' (add) reads 'a' in 8 bits, made by 'a' (exp): words "
                     "of exp\n");
}

TEST_F(AssignWidthsTest, OneWidthForAnOp) {
  limit("add", same);
  limit("sigmoid", same);
  request.wideTensors = {"a"};
  EXPECT_EQ(assign(spec.precisions[0]), "asr");
  EXPECT_EQ(message,
            "'s' (add) works on 16 bits: words of add; for it 'b' is "
            "requantized\n"
            "'y' (sigmoid) works on 8 bits: words of sigmoid; for it 'r' is "
            "requantized\n");
}

TEST_F(AssignWidthsTest, ByOperand) {
  // The first operand may have 16 bits, the second not, nor the result.
  limit("add", {{TypeSet(), narrowSet}, narrowSet});
  request.wideTensors = {"a"};
  EXPECT_EQ(assign(spec.precisions[0]), "a");
  EXPECT_EQ(message, "");
  request.wideTensors = {"b"};
  EXPECT_EQ(assign(spec.precisions[0]), "error");
  EXPECT_EQ(message, "1 tensor cannot have 16 bits as asked for\n"
                     "'b': read by only 's' (add): words of add");
  message.clear();
  request.wideTensors = {"s"};
  EXPECT_EQ(assign(spec.precisions[0]), "error");
  EXPECT_EQ(message, "1 tensor cannot have 16 bits as asked for\n"
                     "'s': made by 's' (add): words of add");
  message.clear();
  // A tensor that somebody else reads in 16 bits is copied for the operand.
  Precision mixed = spec.precisions[1];
  mixed.narrow = narrow;
  limit("tanh", {{}, wideSet});
  request.wideTensors = {};
  EXPECT_EQ(assign(mixed), "xaby");
  EXPECT_EQ(message, "'s' (add) works on 8 bits: words of add; for it 'b' is "
                     "requantized\n");
}

TEST_F(AssignWidthsTest, OnlyWide) {
  // What an op makes in 16 bits only has 16, and is read so.
  limit("tanh", {{wideSet}, wideSet});
  EXPECT_EQ(assign(spec.precisions[0]), "b");
  EXPECT_EQ(message, "'b' (tanh) works on 16 bits: words of tanh; for it 'x' "
                     "is requantized\n");
}

TEST_F(AssignWidthsTest, NamedReaders) {
  spec.namedReaders = {"sigmoid"};
  request.wideTensors = {"s"};
  EXPECT_EQ(assign(spec.precisions[0]), "sr");
  request.wideTensors = {"x"};
  EXPECT_EQ(assign(spec.precisions[0]), "error");
  EXPECT_EQ(message, "1 tensor cannot have 16 bits as asked for\n'x': not read "
                     "by sigmoid, to which alone the target gives named "
                     "tensors");
}

TEST_F(AssignWidthsTest, NoWideScheme) {
  spec.precisions.pop_back();
  spec.precisions.front().wideInputs = {"add"};
  EXPECT_EQ(assign(spec.precisions[0]), "error");
  EXPECT_EQ(message, "no tensor can have 16 bits: the target has no precision "
                     "with activations of 16 bits");
}

} // namespace
