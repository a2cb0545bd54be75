// Checked access to the attributes of an instruction.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Attributes.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace qcrt;

bool Attributes::finish() {
  auto less = [](const Value &a, const Value &b) { return a.key < b.key; };
  auto same = [](const Value &a, const Value &b) { return a.key == b.key; };
  std::sort(values.begin(), values.end(), less);
  return std::adjacent_find(values.begin(), values.end(), same) == values.end();
}

const Attributes::Value *Attributes::find(const char *key) const {
  auto place = std::lower_bound(values.begin(), values.end(), key,
                                [](const Value &value, const char *wanted) {
                                  return value.key < wanted;
                                });
  if (place == values.end() || place->key != key)
    return nullptr;
  place->used = true;
  return &*place;
}

void Attributes::fail(const char *key, const std::string &text) {
  if (firstError.empty())
    firstError = "attribute '" + std::string(key) + "' " + text;
}

const Attributes::Value *Attributes::require(const char *key) {
  const Value *value = find(key);
  if (!value)
    fail(key, "is missing");
  return value;
}

int64_t Attributes::checked(const Value &value, size_t index, int64_t low,
                            int64_t high) {
  int64_t found = value.ints[index];
  if (found >= low && found <= high)
    return found;
  fail(value.key.c_str(), "holds " + std::to_string(found) +
                              ", expected a value in [" + std::to_string(low) +
                              ", " + std::to_string(high) + "]");
  return low;
}

int64_t Attributes::integer(const char *key, int64_t low, int64_t high) {
  const Value *value = require(key);
  if (!value)
    return low;
  if (value->ints.size() == 1)
    return checked(*value, 0, low, high);
  fail(key, "is not one integer");
  return low;
}

int64_t Attributes::integerOr(const char *key, int64_t fallback, int64_t low,
                              int64_t high) {
  return find(key) ? integer(key, low, high) : fallback;
}

std::vector<int64_t> Attributes::integers(const char *key, size_t count,
                                          int64_t low, int64_t high) {
  std::vector<int64_t> result(count, low);
  const Value *value = require(key);
  if (!value)
    return result;
  if (value->ints.size() != count) {
    fail(key, "has " + std::to_string(value->ints.size()) +
                  " integers, expected " + std::to_string(count));
    return result;
  }
  for (size_t i = 0; i < count; ++i)
    result[i] = checked(*value, i, low, high);
  return result;
}

std::vector<int64_t> Attributes::integers(const char *key) {
  const Value *value = require(key);
  if (!value)
    return {};
  if (!value->floats.empty() || !value->text.empty()) {
    fail(key, "is not a list of integers");
    return {};
  }
  return value->ints;
}

double Attributes::number(const char *key) {
  std::vector<double> all = numbers(key);
  if (all.size() == 1)
    return all[0];
  fail(key, "is not one number");
  return 0;
}

std::vector<double> Attributes::numbers(const char *key) {
  const Value *value = require(key);
  if (!value)
    return {};
  if (!value->ints.empty() || !value->text.empty()) {
    fail(key, "is not a list of floating point numbers");
    return {};
  }
  for (double number : value->floats) {
    if (!std::isfinite(number)) {
      fail(key, "holds a value that is not finite");
      return {};
    }
  }
  return value->floats;
}

int Attributes::choice(const char *key, const char *const *choices) {
  std::string word = text(key), known;
  for (int i = 0; choices[i]; ++i) {
    if (word == choices[i])
      return i;
    known += std::string(i ? ", " : "") + choices[i];
  }
  fail(key, "is '" + word + "', expected one of " + known);
  return 0;
}

int Attributes::choiceOr(const char *key, const char *const *choices,
                         int fallback) {
  return find(key) ? choice(key, choices) : fallback;
}

std::string Attributes::text(const char *key) {
  const Value *value = require(key);
  if (!value)
    return {};
  if (!value->ints.empty() || !value->floats.empty())
    fail(key, "is not a string");
  return value->text;
}

const char *Attributes::unused() const {
  for (const Value &value : values)
    if (!value.used)
      return value.key.c_str();
  return nullptr;
}
