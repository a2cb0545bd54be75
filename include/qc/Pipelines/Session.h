// One use of qc by a program: what it knows, and whom it tells.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   qc::Session session;
//   session.setMessageHandler([](const qc::Message &message) { ... });
//   qc::CompileOptions options;
//   options.model = "model.onnx";
//   options.data = "images/";
//   qc::Compilation compilation(session, options);
//   if (mlir::succeeded(compilation.run()))
//     use(compilation.getFiles().at("model.qcb"));
//
// Nothing is printed and no file is written unless the options ask for it.
// Sessions share nothing: each may be used by one thread at a time, several by
// as many threads.
#ifndef QC_PIPELINES_SESSION_H
#define QC_PIPELINES_SESSION_H

#include "qc/Support/Dataset.h"
#include "qc/Support/Progress.h"
#include "qc/Target/Registries.h"

#include "mlir/IR/MLIRContext.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace qc {

struct SampleSources;

/// What a compile has to say: an error, a warning, a remark, or a note to one.
struct Message {
  enum class Severity { Note, Warning, Error, Remark };
  Severity severity = Severity::Error;
  std::string text;
  /// The tensor (and node) that it is about, as the model names them.
  std::vector<std::string> names;
  /// Where in a file; empty where there is none. Line 0: the whole file.
  std::string file;
  unsigned line = 0, column = 0;
  std::vector<Message> notes;
};

/// "'conv_1': error: ..." and its notes, a line each, with what a terminal must
/// not get escaped.
std::string toText(const Message &message);

class Session {
public:
  using MessageHandler = std::function<void(const Message &)>;

  Session();
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  MLIRContext *getContext() { return context.get(); }
  Registries &getRegistries() { return *registries; }

  /// Adds what the shared library at `path` holds; once for each path.
  Status loadPlugin(const std::string &path);

  /// Makes `source` known as the DATA "session:NAME".
  Status addSamples(const std::string &name, SampleSource source);

  /// Calls `handler` with each message instead of keeping it.
  void setMessageHandler(MessageHandler handler);
  /// The messages since the last call, where no handler takes them.
  std::vector<Message> takeMessages();
  /// Hands a message to whom it may concern.
  void tell(const Message &message);
  /// The same for an error or a warning that is about no place in a model.
  void fail(const Status &status);
  void warn(const std::string &text);

  /// Tells `listener` (null: nobody) of long loops.
  void setProgressListener(std::shared_ptr<ProgressListener> listener);
  /// For loops of the program's own: they stop when the session is cancelled.
  ProgressListener *getProgressListener();
  /// From any thread: lets what runs end with an error at its next step, and
  /// everything that follows until `reset`.
  void cancel();
  void reset();

private:
  class Loops;

  std::shared_ptr<Registries> registries;
  std::shared_ptr<Loops> loops;
  std::shared_ptr<SampleSources> samples;
  std::unique_ptr<MLIRContext> context;
  std::unique_ptr<mlir::ScopedDiagnosticHandler> diagnostics;
  MessageHandler handler;
  std::vector<Message> messages;
  std::vector<std::string> plugins;
};

} // namespace qc

#endif // QC_PIPELINES_SESSION_H
