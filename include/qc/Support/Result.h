// Status and Result<T>: how code without MLIR reports that an input is at
// fault. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_SUPPORT_RESULT_H
#define QC_SUPPORT_RESULT_H

#include <cassert>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

namespace qc {

/// Success, or one message. A message is lower case, has no full stop, names
/// what was found and says what to do. Success costs one null pointer.
///
///   if (Status status = writeThing(); !status)
///     return status;
class [[nodiscard]] Status {
public:
  Status() = default;
  static Status failure(std::string message) {
    Status status;
    status.text = std::make_shared<const std::string>(std::move(message));
    return status;
  }

  bool succeeded() const { return !text; }
  bool failed() const { return text != nullptr; }
  /// True on success.
  explicit operator bool() const { return succeeded(); }

  /// The message; empty on success.
  const std::string &message() const {
    static const std::string none;
    return text ? *text : none;
  }

  /// The same failure with "context: " in front; success stays success.
  Status withContext(const std::string &context) const {
    return text ? failure(context + ": " + *text) : Status();
  }

  Status takeError() const { return *this; }

private:
  std::shared_ptr<const std::string> text;
};

inline Status ok() { return Status(); }

/// A failure whose message is its arguments, streamed one after the other:
/// `return error("'", path, "' holds ", n, " arrays, expected one");`
template <typename... Parts> Status error(const Parts &...parts) {
  std::ostringstream stream;
  (stream << ... << parts);
  return Status::failure(stream.str());
}

/// A value or the reason why there is none.
///
///   Result<Tensor> tensor = readNpy(path);
///   if (!tensor)
///     return tensor.takeError();
///   use(tensor->shape());
template <typename T> class [[nodiscard]] Result {
public:
  Result(Status failed) : failedStatus(std::move(failed)) {
    assert(failedStatus.failed() && "a result without a value needs a reason");
  }
  template <typename U = T, typename = std::enable_if_t<
                                std::is_convertible_v<U &&, T> &&
                                !std::is_same_v<std::decay_t<U>, Result> &&
                                !std::is_same_v<std::decay_t<U>, Status>>>
  Result(U &&v) : held(std::forward<U>(v)) {}

  bool succeeded() const { return held.has_value(); }
  bool failed() const { return !held.has_value(); }
  explicit operator bool() const { return succeeded(); }

  /// Success, or the failure. Named take because it ends the use of this.
  Status takeError() const { return failedStatus; }
  const Status &status() const { return failedStatus; }
  const std::string &message() const { return failedStatus.message(); }

  T &operator*() & { return *held; }
  const T &operator*() const & { return *held; }
  T &&operator*() && { return std::move(*held); }
  T *operator->() { return &*held; }
  const T *operator->() const { return &*held; }

private:
  std::optional<T> held;
  Status failedStatus;
};

} // namespace qc

#endif // QC_SUPPORT_RESULT_H
