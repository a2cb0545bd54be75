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

/// A report of a network whose outputs have 12 dB.
CompileReport badReport() {
  CompileReport report = exampleReport();
  report.layers[0].error.isolated = metrics(12);
  LayerError output;
  output.name = "third";
  output.accumulated = metrics(12);
  report.outputs = {output};
  return report;
}

TEST(Report, SuggestsWhatHasHelped) {
  CompileReport report = badReport();
  report.remedies = {{"--precision a16w8", 14, false},
                     {"--precision int16", 40, true},
                     {"--precision int32", 50, true}};
  EXPECT_EQ(suggestRemedy(report, *findFirstBad(report)),
            "i8 is too coarse for it: try --precision int16, which brings 40.0 "
            "dB instead of 12.0 dB at the outputs");
  // None is enough: the best.
  report.remedies = {{"--correct none", 16, false},
                     {"--method minmax", 17, false}};
  EXPECT_TRUE(contains(suggestRemedy(report, *findFirstBad(report)),
                       ": try --method minmax, which brings 17.0 dB"));
}

TEST(Report, SuggestsNothingThatDoesNotHelp) {
  CompileReport report = badReport();
  report.remedies = {{"--method minmax", 13, false}};
  EXPECT_EQ(suggestRemedy(report, *findFirstBad(report)),
            "i8 is too coarse for it; the outputs have 12.0 dB, and gain less "
            "than 3 dB with --method minmax (13.0 dB)");
  report.remedies.clear();
  EXPECT_EQ(suggestRemedy(report, *findFirstBad(report)),
            "i8 is too coarse for it; the outputs have 12.0 dB; --precision "
            "a16w8 was not tried, as it takes long on so many functions");
  report.widerPrecisions.clear();
  EXPECT_EQ(suggestRemedy(report, *findFirstBad(report)),
            "i8 is too coarse for it; the outputs have 12.0 dB, and there is "
            "no other precision or range to try");
}

TEST(Report, SaysWhoHasClipped) {
  CompileReport report = badReport();
  report.layers[0].error.saturation = 0.051;
  auto says = [&](const std::string &part) {
    return contains(suggestRemedy(report, *findFirstBad(report)), part);
  };
  EXPECT_TRUE(
      says("5.1 % of its values are clipped by the method (mse, clips"));
  report.layers[0].isDrawnIn = true;
  EXPECT_TRUE(says("are clipped by a range that --correct has drawn in"));
  report.layers[0].scaleOf = "head";
  EXPECT_TRUE(says("it takes the scale of 'head', which is too coarse for it"));
}

// A figure of the whole tensor that hides what its channels lost.
TEST(Report, LostChannelsAreBad) {
  CompileReport report = exampleReport();
  for (LayerReport &layer : report.layers)
    layer.error.accumulated = *(layer.error.isolated = metrics(45));
  LostChannels lost;
  lost.axis = 1;
  lost.channels = {4, 5, 6};
  lost.count = 7;
  lost.steps = 0.8;
  lost.widest = 255;
  lost.error = metrics(-1);
  report.layers[2].error.lost = lost;
  report.outputs = {report.layers[2].error};
  ASSERT_TRUE(findFirstBad(report));
  EXPECT_EQ(findFirstBad(report)->error.name, "third");
  EXPECT_EQ(getWorstOutput(report), -1);
  std::string text = asText(report);
  EXPECT_TRUE(contains(text, "SQNR 45.0 dB, but channels 4..6 of 7 (dimension "
                             "1) have -1.0 dB  <-- bad\n"))
      << text;
  EXPECT_TRUE(contains(text, "span 0.8 steps of its integers, others 255"));
  EXPECT_TRUE(contains(asHtml(report), "channels 4..6 of 7"));
  auto again = reportFromJSON(toJSON(report));
  ASSERT_TRUE(bool(again)) << again.message();
  EXPECT_EQ(asText(*again), text);
}

TEST(Report, WarningsAreInAllForms) {
  CompileReport report = exampleReport();
  report.warnings = {"input 'x' is <0> everywhere"};
  EXPECT_TRUE(
      contains(asText(report), "warning: input 'x' is <0> everywhere\n"));
  EXPECT_TRUE(contains(asHtml(report), "input 'x' is &lt;0&gt; everywhere"));
  EXPECT_EQ(reportFromJSON(toJSON(report))->warnings, report.warnings);
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
  for (const char *link : {"http", "src=", "<link", "url(", "@import"})
    EXPECT_FALSE(contains(page, link)) << link;
  // What it links to is on the page.
  for (size_t at = page.find("href="); at != std::string::npos;
       at = page.find("href=", at + 1))
    EXPECT_EQ(page.substr(at, 7), "href=\"#");
  EXPECT_TRUE(contains(page, "&lt;model&gt;.onnx"));
  EXPECT_FALSE(contains(page, "<model>"));
  for (const char *part : {"First bad layer: <b>third</b>", "class=\"bad\"",
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
                             "18.3 dB on held-out samples ("));
  EXPECT_TRUE(contains(text, "correction 'inputs': nothing changed ("));
}

TEST(Report, SuspectsAreThoseThatLoseMostAlone) {
  CompileReport report = exampleReport();
  std::vector<Suspect> suspects = findSuspects(report, 2);
  ASSERT_EQ(suspects.size(), 2u); // 45 dB is ordinary
  EXPECT_EQ(suspects[0].layer->error.name, "second");
  EXPECT_EQ(suspects[0].option, "--int16-tensors second");
  EXPECT_EQ(suspects[1].layer->error.name, "first");
  EXPECT_EQ(findSuspects(report, 1).size(), 1u);
}

TEST(Report, SuspectsCanBePasted) {
  CompileReport report = exampleReport();
  report.layers.resize(1);
  report.layers[0].error.name = "it's; rm_scaled";
  EXPECT_EQ(findSuspects(report, 1)[0].option,
            "--int16-tensors 'it'\\''s; rm'");
  report.widerPrecisions.clear();
  EXPECT_EQ(findSuspects(report, 1)[0].option,
            "--deny 'name:it'\\''s; rm' --allow-cpu");
  report.layers[0].error.name = "a,b"; // lists are separated by commas
  EXPECT_EQ(findSuspects(report, 1)[0].option, "");
}

TEST(Report, SuspectsSayHowMuchOfTheirRangeTheyUse) {
  CompileReport report = exampleReport();
  LayerReport &layer = report.layers[1];
  layer.scale = 0.1; // -12.8 to 12.7
  layer.error.histogram = ValueHistogram{-8, 8, {1, 0, 499, 499, 0, 0, 0, 1}};
  EXPECT_EQ(findSuspects(report, 1)[0].cause,
            "99 % of its values have 40 of the 256 steps of i8");
  layer.error.saturation = 0.25;
  EXPECT_EQ(findSuspects(report, 1)[0].cause,
            "25.00 % of its values are clipped; 99 % of its values have 40 of "
            "the 256 steps of i8");
}

TEST(Report, StepsAndBuffersAreRead) {
  CompileReport report = exampleReport();
  report.steps = {{"first", "conv2d", "npu", 0, false, {}, 10, 20, 30, 4},
                  {"second", "reshape", "cpu", 1, true, {0}, 0, 5, 5, 1}};
  report.buffers = {{"first", 64, 128, 0, 1}};
  report.evaluation = EvaluationReport{"test", 10, 0.5, 0.75, 0.9};
  auto again = reportFromJSON(toJSON(report));
  ASSERT_TRUE(bool(again)) << again.message();
  EXPECT_EQ(asHtml(*again), asHtml(report));
  EXPECT_TRUE(contains(asHtml(report), "75.00 %"));
  report.steps[1].operands = {1};
  EXPECT_FALSE(bool(reportFromJSON(toJSON(report))));
  report.steps[1].operands = {0};
  report.buffers[0].last = 2;
  EXPECT_FALSE(bool(reportFromJSON(toJSON(report))));
}
