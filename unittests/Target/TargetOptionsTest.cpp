// Options of targets, the registry and what targets say of themselves.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Plugin.h"
#include "qc/Target/TargetDescription.h"

#include <gtest/gtest.h>

using namespace qc;

namespace {

class ExampleTarget : public TargetBackend {
public:
  StringRef getName() const override { return "example"; }
  StringRef getSummary() const override { return "a target"; }
  std::vector<TargetOption> getOptions() const override {
    return {{"chip", "the processor", "one", {"one", "two", "three"}},
            {"note", "any text", "", {}}};
  }
  TargetSpec getTargetSpec() const override {
    TargetSpec spec;
    // Two chips share their facts.
    if (getOption("chip") == "two")
      spec.facts = {{"memory", "on-chip", "1 MB", Provenance::Observed, "log"}};
    return spec;
  }
  QuantSpec getQuantSpec() const override {
    QuantSpec spec;
    spec.precisions = {{"int8", ActivationScheme(), WeightScheme()}};
    return spec;
  }
  void addSupportRules(SupportRules &rules) const override {
    rules.setSource(Provenance::Documented, "manual");
    rules.allow("tpu.add");
    rules.allow("tpu.conv2d",
                {{"size", "small", [](Operation *) { return std::string(); }}});
  }
};

class TargetOptionsTest : public testing::Test {
protected:
  TargetOptionsTest()
      : handler(&context, [this](Diagnostic &diagnostic) {
          message = diagnostic.str();
          return success();
        }) {
    (void)registry.add("example",
                       [] { return std::make_unique<ExampleTarget>(); });
  }

  LogicalResult configure(StringRef name, Attribute value) {
    NamedAttrList options;
    options.set(name, value);
    return target.configure(options.getDictionary(&context), [&] {
      return mlir::emitError(UnknownLoc::get(&context));
    });
  }
  Attribute text(StringRef value) { return StringAttr::get(&context, value); }

  MLIRContext context;
  std::string message;
  ScopedDiagnosticHandler handler;
  TargetRegistry registry;
  ExampleTarget target;
};

TEST_F(TargetOptionsTest, DefaultsAndValues) {
  EXPECT_EQ(target.getOption("chip"), "one");
  EXPECT_TRUE(succeeded(configure("chip", text("two"))));
  EXPECT_EQ(target.getOption("chip"), "two");
  EXPECT_TRUE(succeeded(configure("note", text("anything"))));
  EXPECT_EQ(target.getOption("no such"), "");
}

TEST_F(TargetOptionsTest, UnknownOption) {
  EXPECT_TRUE(failed(configure("chp", text("two"))));
  EXPECT_EQ(message, "target 'example' has no option 'chp'; its options are: "
                     "chip, note");
}

TEST_F(TargetOptionsTest, UnknownValue) {
  EXPECT_TRUE(failed(configure("chip", text("four"))));
  EXPECT_EQ(message, "option 'chip' of target 'example' is one of one, two, "
                     "three; found 'four'");
}

TEST_F(TargetOptionsTest, NotAString) {
  EXPECT_TRUE(
      failed(configure("chip", Builder(&context).getI64IntegerAttr(1))));
  EXPECT_EQ(message, "option 'chip' of target 'example' takes a string");
}

TEST_F(TargetOptionsTest, Registry) {
  auto emitError = [&] { return mlir::emitError(UnknownLoc::get(&context)); };
  EXPECT_EQ(
      registry.add("example", [] { return std::make_unique<ExampleTarget>(); })
          .message(),
      "there is a target 'example' already");
  EXPECT_TRUE(succeeded(registry.create("example", emitError)));
  EXPECT_TRUE(failed(registry.create("exampel", emitError)));
  EXPECT_EQ(message, "unknown target 'exampel'; did you mean 'example'?");
  EXPECT_EQ(registry.getNames(), std::vector<std::string>{"example"});
}

TEST_F(TargetOptionsTest, Description) {
  std::string text;
  llvm::raw_string_ostream os(text);
  describeTarget(target, os);
  EXPECT_NE(text.find("chip=one  the processor: one, two, three"),
            std::string::npos);
  EXPECT_NE(text.find("size                     small (documented)"),
            std::string::npos);
  llvm::json::Value json = targetToJson(target);
  auto *ops = json.getAsObject()->getObject("ops");
  EXPECT_EQ(*ops->getArray("always"), llvm::json::Array{"tpu.add"});
  EXPECT_NE(ops->getObject("conditions")->getArray("tpu.conv2d"), nullptr);
}

TEST_F(TargetOptionsTest, PageGroupsChipsOfTheSameData) {
  std::string text;
  llvm::raw_string_ostream os(text);
  writeTargetPage(registry, "example", os);
  EXPECT_NE(text.find("## one, three\n"), std::string::npos) << text;
  EXPECT_NE(text.find("## two\n"), std::string::npos);
  EXPECT_NE(text.find("| memory | on-chip | 1 MB | observed: log |"),
            std::string::npos);
}

TEST_F(TargetOptionsTest, PluginsThatAreNone) {
  Registries registries;
  Status missing = loadPlugin("/no/such/library.so", registries);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.message().find("cannot load plugin"), std::string::npos);
  Status other = loadPlugin("libm.so.6", registries);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.message(), "'libm.so.6' is no plugin of qc: it lacks "
                             "qcGetPluginInfo");
}

} // namespace
