// Checked access to the attributes of an instruction.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_ATTRIBUTES_H
#define QCRT_SRC_ATTRIBUTES_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace qcrt {

/// Attributes by key. The getters without a default note an error if the key
/// is missing; all note one if the value has another type, length or range,
/// and then return a harmless value of the asked length. Only the first error
/// is kept, so a factory may read everything and then ask failed() once.
class Attributes {
public:
  struct Value {
    std::string key;
    std::vector<int64_t> ints;
    std::vector<double> floats;
    std::string text;
    bool used = false;
  };

  void add(Value value) { values.push_back(std::move(value)); }
  /// False if two keys are equal; sorts by key.
  bool finish();

  bool has(const char *key) const { return find(key) != nullptr; }

  int64_t integer(const char *key, int64_t low, int64_t high);
  /// "axis": a dimension of a tensor of `rank`; 0 of a scalar.
  int axis(int rank) {
    return static_cast<int>(integer("axis", 0, rank > 0 ? rank - 1 : 0));
  }
  int64_t integerOr(const char *key, int64_t fallback, int64_t low,
                    int64_t high);
  bool boolean(const char *key) { return integer(key, 0, 1) != 0; }
  bool booleanOr(const char *key, bool fallback) {
    return integerOr(key, fallback, 0, 1) != 0;
  }
  /// Exactly count integers, each in [low, high].
  std::vector<int64_t> integers(const char *key, size_t count, int64_t low,
                                int64_t high);
  /// Any number of integers (none is an error only if the key is missing).
  std::vector<int64_t> integers(const char *key);
  double number(const char *key);
  /// Any number of finite floats.
  std::vector<double> numbers(const char *key);
  /// One of the words in choices (null-terminated list); index of it.
  int choice(const char *key, const char *const *choices);
  int choiceOr(const char *key, const char *const *choices, int fallback);
  std::string text(const char *key);
  /// Marks a key as known that is there for others (exporters, reports).
  void ignore(const char *key) { find(key); }

  bool failed() const { return !firstError.empty(); }
  const std::string &error() const { return firstError; }
  /// First key that nobody asked for, or null.
  const char *unused() const;

private:
  const Value *find(const char *key) const;
  const Value *require(const char *key);
  void fail(const char *key, const std::string &text);
  int64_t checked(const Value &value, size_t index, int64_t low, int64_t high);

  mutable std::vector<Value> values;
  std::string firstError;
};

} // namespace qcrt
#endif // QCRT_SRC_ATTRIBUTES_H
