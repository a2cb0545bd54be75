// What a report says of layers, as text, JSON and HTML.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Report/Report.h"

#include "gtest/gtest.h"

using namespace qc;

namespace {

ErrorMetrics metrics(double sqnr, double cosine = 1) {
  ErrorMetrics metrics;
  metrics.sqnr = sqnr;
  metrics.cosine = cosine;
  metrics.elements = 10;
  return metrics;
}

LayerReport layer(const char *name, double accumulated, double isolated) {
  LayerReport layer;
  layer.error.name = name;
  layer.error.accumulated = metrics(accumulated);
  layer.error.isolated = metrics(isolated);
  layer.op = "conv2d";
  layer.placement = "npu";
  layer.type = "i8";
  layer.shape = {1, 8, 4, 4};
  layer.method = "mse, clips 0.5 %";
  return layer;
}

CompileReport exampleReport() {
  CompileReport report;
  report.model = "<model>.onnx";
  report.target = "generic";
  report.precision = "int8";
  report.method = "mse";
  report.calibrationSamples = 100;
  report.layers = {layer("first", 40, 40), layer("second", 25, 28),
                   layer("third", 15, 45)};
  report.widerPrecisions = {"a16w8"};
  report.corrections = {{"bias", {{"channels", 120}}, 17.04, 18.34},
                        {"inputs", {{"inputs", 0}}, 40, 40}};
  return report;
}

std::string asText(const CompileReport &report) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  printReport(report, stream);
  return text;
}

std::string asHtml(const CompileReport &report) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  printHtml(report, stream);
  return text;
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST(Report, NamesTheLayerThatCostsMost) {
  CompileReport report = exampleReport();
  const LayerReport *bad = findFirstBad(report);
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->error.name, "third");
  EXPECT_EQ(suggestRemedy(report, *bad),
            "the error adds up from the layers before it, most of it from "
            "'second' (28.0 dB alone): try --precision a16w8 or another "
            "--method");
}

TEST(Report, SuggestsOnlyWhatTheTargetHas) {
  CompileReport report = exampleReport();
  report.widerPrecisions.clear();
  report.layers[1].error.isolated = metrics(12);
  const LayerReport *bad = findFirstBad(report);
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->error.name, "second"); // alone goes before accumulated
  EXPECT_EQ(suggestRemedy(report, *bad),
            "i8 is too coarse for it: try another --method");
}

TEST(Report, SuggestsAnotherMethodForClippedValues) {
  CompileReport report = exampleReport();
  report.layers[0].error.isolated = metrics(12);
  report.layers[0].error.saturation = 0.051;
  EXPECT_EQ(suggestRemedy(report, *findFirstBad(report)),
            "5.1 % of its values are clipped: try --method minmax or "
            "percentile=0.9999");
}

TEST(Report, JsonReadsBack) {
  CompileReport report = exampleReport();
  auto again = reportFromJSON(toJSON(report));
  ASSERT_TRUE(bool(again)) << again.message();
  EXPECT_EQ(asText(*again), asText(report));
  EXPECT_EQ(asHtml(*again), asHtml(report));
  EXPECT_TRUE(contains(asText(report), "mse, clips 0.5 %  <-- bad"));
}

TEST(Report, JsonWithoutAKeyIsRefused) {
  llvm::json::Value json = toJSON(exampleReport());
  json.getAsObject()->erase("layers");
  auto read = reportFromJSON(json);
  ASSERT_FALSE(bool(read));
  EXPECT_TRUE(contains(read.message(), "layers")) << read.message();
}

TEST(Report, PageNeedsNothingElse) {
  std::string page = asHtml(exampleReport());
  for (const char *link : {"http", "src=", "href=", "<script", "url("})
    EXPECT_FALSE(contains(page, link)) << link;
  EXPECT_TRUE(contains(page, "&lt;model&gt;.onnx"));
  EXPECT_FALSE(contains(page, "<model>"));
  for (const char *part : {"First bad layer: <b>third</b>", "<tr class=bad>",
                           "mse, clips 0.5 %", "1x8x4x4", "100"})
    EXPECT_TRUE(contains(page, part)) << part;
}

TEST(Report, SamplesThatNobodyKnowsAreNotCounted) {
  CompileReport report = exampleReport();
  report.calibrationSamples = 0;
  EXPECT_FALSE(contains(asText(report), "calibration samples"));
  EXPECT_FALSE(contains(asHtml(report), "calibration samples"));
}

TEST(Report, SaysWhatCorrectionsBrought) {
  std::string text = asText(exampleReport());
  EXPECT_TRUE(contains(text, "correction 'bias': 120 channels, SQNR 17.0 dB to "
                             "18.3 dB on held-out samples\n"));
  EXPECT_TRUE(contains(text, "correction 'inputs': nothing changed\n"));
}
