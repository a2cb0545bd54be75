// Samples that look like a mistake, and samples that do not.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Statistics/DataChecks.h"

#include "gtest/gtest.h"

#include <algorithm>

using namespace qc;

namespace {

constexpr const char *kTorch =
    "mean=123.675,116.28,103.53 std=58.395,57.12,57.375";

PreprocessSpec parse(const char *text) { return *PreprocessSpec::parse(text); }

InputFacts makeFacts(InputOrigin origin, const char *spec, double min,
                     double max) {
  InputFacts facts;
  facts.name = "x";
  facts.origin = origin;
  if (spec)
    facts.preprocess = parse(spec);
  facts.samples = 10;
  facts.min = min;
  facts.max = max;
  facts.mean = (min + max) / 2;
  return facts;
}

/// The one finding, or "".
std::string check(const InputFacts &facts) {
  Findings findings = checkPreprocessing(facts);
  EXPECT_LE(findings.size(), 1u);
  return findings.empty() ? "" : findings.front();
}

std::string check(InputOrigin origin, const char *spec, double min,
                  double max) {
  return check(makeFacts(origin, spec, min, max));
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

Sample makeSample(const std::vector<float> &values, const Shape &shape,
                  InputOrigin origin = InputOrigin::Given) {
  Sample sample;
  sample.inputs = {Tensor::fromVector(values, shape)};
  sample.origins = {origin};
  return sample;
}

} // namespace

TEST(DataChecks, MeanAndStdInUnitsOfOne) {
  for (const char *text :
       {"mean=0.485,0.456,0.406 std=0.229,0.224,0.225", "mean=0.5 std=0.5",
        "std=0.229", "mean=0.485,0.456,0.406 std=0.229,0.224,0.225 scale=1/255",
        "mean=0.5 std=127.5", "mean=127.5 std=0.5"})
    EXPECT_TRUE(checkUnits(parse(text), -2, 1113)) << text;
  for (const char *text : {kTorch, "std=255", "scale=1/255", "none", "mean=128",
                           "mean=127.5 std=127.5",
                           "mean=103.939,116.779,123.68", "mean=0 std=255"})
    EXPECT_FALSE(checkUnits(parse(text), 0, 1)) << text;
}

TEST(DataChecks, UnitsAreGivenBackInPixels) {
  std::string text = *checkUnits(
      parse("mean=0.485,0.456,0.406 std=0.229,0.224,0.225"), -2.118, 1136);
  for (const char *part :
       {"-2.118..1136", "mean=123.675,116.28,103.53 std=58.395,57.12,57.375",
        "imagenet-torch"})
    EXPECT_TRUE(contains(text, part)) << text;
}

TEST(DataChecks, ArraysAgainstWhatTheNetworkCarries) {
  auto given = InputOrigin::Given;
  EXPECT_TRUE(contains(check(given, kTorch, 0, 255), "give --raw"));
  EXPECT_TRUE(contains(check(given, "unit", 3, 250), "give --raw"));
  // Scaled to 0..1 only, or normalised by other numbers.
  EXPECT_TRUE(contains(check(given, kTorch, 0, 1), "0..1"));
  EXPECT_NE(check(given, "mean=127.5 std=127.5", -2.1, 2.6), "");
  EXPECT_NE(check(given, "mean=103.939,116.779,123.68", -2.1, 2.6), "");
  EXPECT_NE(check(given, "unit", -2.1, 2.6), "");
  // What they should be, also when overshoots of resizing are a little outside.
  EXPECT_EQ(check(given, kTorch, -2.118, 2.64), "");
  EXPECT_EQ(check(given, kTorch, -2.4, 2.9), "");
  EXPECT_EQ(check(given, "unit", 0, 1), "");
  EXPECT_EQ(check(given, "unit", 0.2, 0.6), "");
  EXPECT_EQ(check(given, "mean=103.939,116.779,123.68", -120, 150), "");
  // Nobody has said what is right.
  EXPECT_EQ(check(given, nullptr, 0, 255), "");
  EXPECT_EQ(check(given, "none", -2, 2), "");
}

TEST(DataChecks, ArraysForANetworkThatPreprocesses) {
  for (auto [low, high] : {std::pair(-2.0, 2.0), {0.0, 1.0}, {-1.0, 1.0}}) {
    InputFacts facts = makeFacts(InputOrigin::Given, "none", low, high);
    facts.isInserted = true;
    EXPECT_TRUE(contains(check(facts), "normalised already")) << low;
  }
  InputFacts pixels = makeFacts(InputOrigin::Given, "none", 0, 255);
  pixels.isInserted = true;
  EXPECT_EQ(check(pixels), "");
}

TEST(DataChecks, RawArraysAgainstPixels) {
  auto raw = InputOrigin::Raw;
  PreprocessSpec spec = parse("mean=127.5 std=127.5");
  auto preprocessed = [&](double low, double high) {
    return check(raw, "mean=127.5 std=127.5", spec.normalise(low, 0),
                 spec.normalise(high, 0));
  };
  EXPECT_EQ(preprocessed(0, 255), "");
  EXPECT_EQ(preprocessed(30, 200), "");
  EXPECT_TRUE(contains(preprocessed(-2, 2), "leave --raw out"));
  EXPECT_TRUE(contains(preprocessed(0, 1), "leave --raw out"));
  EXPECT_TRUE(contains(preprocessed(0, 65535), "no 8-bit pixels"));
  // Units of its own: a sensor's mean and std.
  EXPECT_EQ(check(raw, "mean=0.2 std=0.4", -3, 3), "");
  EXPECT_EQ(check(raw, "mean=1500 std=500", -3, 7), "");
  // Pixels with numbers for 0..1.
  EXPECT_TRUE(contains(check(raw, "mean=0.5 std=0.5", -1, 509), "0..1"));
}

TEST(DataChecks, PixelsWithoutPreprocessing) {
  auto pixels = InputOrigin::Pixels;
  EXPECT_TRUE(contains(check(pixels, nullptr, 0, 255), "--preprocess none"));
  EXPECT_EQ(check(pixels, "none", 0, 255), "");
  EXPECT_EQ(check(pixels, kTorch, -2, 2), "");
  InputFacts inserted = makeFacts(pixels, nullptr, 0, 255);
  inserted.isInserted = true;
  EXPECT_EQ(check(inserted), "");
}

TEST(DataChecks, Constants) {
  auto given = InputOrigin::Given;
  EXPECT_EQ(checkVariety(makeFacts(given, nullptr, 0, 0)).size(), 1u);
  EXPECT_TRUE(contains(checkVariety(makeFacts(given, nullptr, 0, 0)).front(),
                       "input 'x' is 0 everywhere in 10 samples"));
  EXPECT_EQ(checkVariety(makeFacts(given, nullptr, 7, 7)).size(), 1u);
  EXPECT_TRUE(checkVariety(makeFacts(given, nullptr, 0, 1)).empty());
  InputFacts channel = makeFacts(given, nullptr, 0, 1);
  channel.channels = {{0, 1}, {0.5, 0.5}, {0, 1}};
  EXPECT_TRUE(contains(checkVariety(channel).front(), "channel 1 (0.5)"));
  InputFacts infinite = makeFacts(given, nullptr, 0, 1);
  infinite.infinities = 3;
  EXPECT_TRUE(contains(checkVariety(infinite).front(), "infinite in 3"));
}

TEST(DataChecks, Magnitudes) {
  auto given = InputOrigin::Given;
  EXPECT_TRUE(checkVariety(makeFacts(given, nullptr, -65536, 65535)).empty());
  for (double largest : {4e30, 1e-30})
    EXPECT_TRUE(
        contains(checkVariety(makeFacts(given, nullptr, -largest, 0)).front(),
                 "check how the samples were made"));
}

TEST(DataChecks, OneSampleFarAboveAllOthers) {
  InputFacts facts = makeFacts(InputOrigin::Given, nullptr, -3e5, 2);
  facts.loudest = {3e5, 5, "cal.npz[3]"};
  EXPECT_EQ(checkVariety(facts).front(),
            "sample 'cal.npz[3]' reaches 3e+05 in input 'x', and no other of "
            "10 samples more than 5: ranges follow it; leave it out if it is "
            "damaged");
  facts.loudest.next = 5000; // rare strong samples happen
  EXPECT_TRUE(checkVariety(facts).empty());
}

TEST(DataChecks, TheLoudestSampleDoesNotDependOnOrder) {
  std::vector<std::pair<double, std::string>> samples = {
      {3, "c"}, {9, "b"}, {2, "d"}, {9, "a"}};
  std::sort(samples.begin(), samples.end());
  do {
    LoudestSample all, first, second;
    for (size_t i = 0; i < samples.size(); ++i) {
      all.add(samples[i].first, samples[i].second);
      (i % 2 ? first : second).add(samples[i].first, samples[i].second);
    }
    first.merge(second);
    for (const LoudestSample &found : {all, first}) {
      EXPECT_EQ(found.magnitude, 9);
      EXPECT_EQ(found.next, 9);
      EXPECT_EQ(found.name, "a");
    }
  } while (std::next_permutation(samples.begin(), samples.end()));
}

TEST(DataChecks, Repeats) {
  EXPECT_TRUE(contains(checkRepeats({1}).front(), "only one sample"));
  EXPECT_TRUE(contains(checkRepeats({5, 5, 5}).front(), "all 3 samples"));
  EXPECT_TRUE(contains(checkRepeats({1, 2, 1, 3}).front(), "1 of 4 samples"));
  EXPECT_TRUE(checkRepeats({1, 2, 3}).empty());
  std::vector<uint64_t> many(100);
  for (size_t i = 0; i < many.size(); ++i)
    many[i] = i ? i : 1;
  EXPECT_TRUE(checkRepeats(many).empty()); // one in a hundred happens
}

TEST(InputSurvey, AnswersAreTheSameForAnySplit) {
  std::vector<InputSignature> inputs = {{"x", DType::F32, {1, 2, 1, 2}, {}}};
  InputSurvey whole(inputs, ""), left(inputs, ""), right(inputs, "");
  for (int i = 0; i < 6; ++i) {
    Sample sample = makeSample({i * 0.1f, 1.7f, 9, 9}, {1, 2, 1, 2});
    ASSERT_TRUE(bool(whole.add(sample)));
    ASSERT_TRUE(bool((i % 3 ? left : right).add(sample)));
  }
  ASSERT_TRUE(bool(right.merge(left)));
  std::vector<InputFacts> a = whole.getFacts(), b = right.getFacts();
  ASSERT_EQ(a.size(), 1u);
  ASSERT_EQ(b.size(), 1u);
  EXPECT_EQ(a[0].mean, b[0].mean);
  EXPECT_EQ(a[0].samples, 6u);
  EXPECT_EQ(a[0].channels, b[0].channels);
  EXPECT_EQ(a[0].channels[1], std::pair(9.0, 9.0));
  EXPECT_EQ(whole.findCalibrationMistakes(), right.findCalibrationMistakes());
  EXPECT_TRUE(contains(whole.findCalibrationMistakes().front(), "channel 1"));
}

TEST(InputSurvey, ConstantsAreNotCalledCopiesAsWell) {
  InputSurvey survey({{"x", DType::F32, {1, 4}, {}}}, "");
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(bool(survey.add(makeSample({0, 0, 0, 0}, {1, 4}))));
  EXPECT_EQ(survey.findCalibrationMistakes().size(), 1u);
}
