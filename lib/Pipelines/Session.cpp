// One use of qc by a program.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Session.h"
#include "qc/Calibration/Samples.h"
#include "qc/Dialect/QC/IR/Attached.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Pipelines/InitAll.h"
#include "qc/Pipelines/Plugin.h"
#include "qc/Support/Strings.h"

#include "mlir/IR/DialectRegistry.h"

#include <atomic>

namespace qc {

/// What is attached to the context; whom it tells may change.
class Session::Loops : public ProgressListener {
public:
  void update(const std::string &label, int64_t done, int64_t total) override {
    if (listener)
      listener->update(label, done, total);
  }
  void abandon() override {
    if (listener)
      listener->abandon();
  }
  bool isCancelled() const override {
    return cancelled || (listener && listener->isCancelled());
  }

  std::shared_ptr<ProgressListener> listener;
  std::atomic<bool> cancelled{false};
};

//===----------------------------------------------------------------------===//
// Messages
//===----------------------------------------------------------------------===//

static Message makeMessage(Diagnostic &diagnostic) {
  Message message;
  switch (diagnostic.getSeverity()) {
  case DiagnosticSeverity::Note:
    message.severity = Message::Severity::Note;
    break;
  case DiagnosticSeverity::Warning:
    message.severity = Message::Severity::Warning;
    break;
  case DiagnosticSeverity::Error:
    message.severity = Message::Severity::Error;
    break;
  case DiagnosticSeverity::Remark:
    message.severity = Message::Severity::Remark;
    break;
  }
  message.text = diagnostic.str();
  Location loc = diagnostic.getLocation();
  if (auto file = dyn_cast<FileLineColLoc>(loc)) {
    message.file = file.getFilename().str();
    message.line = file.getLine();
    message.column = file.getColumn();
  } else {
    for (StringAttr name : getNames(loc))
      message.names.push_back(name.str());
  }
  for (Diagnostic &note : diagnostic.getNotes())
    message.notes.push_back(makeMessage(note));
  return message;
}

/// "file:line:col: " or "'tensor': ", or nothing.
static std::string describePlace(const Message &message) {
  if (!message.file.empty())
    return message.file +
           (message.line ? ":" + std::to_string(message.line) + ":" +
                               std::to_string(message.column)
                         : "") +
           ": ";
  return message.names.empty() ? "" : "'" + message.names.front() + "': ";
}

std::string toText(const Message &message) {
  static const char *const kKinds[] = {"note", "warning", "error", "remark"};
  std::string text = printable(describePlace(message)) +
                     kKinds[static_cast<int>(message.severity)] + ": " +
                     printableLines(message.text) + "\n";
  for (const Message &note : message.notes)
    text += toText(note);
  return text;
}

//===----------------------------------------------------------------------===//
// The session
//===----------------------------------------------------------------------===//

Session::Session()
    : registries(makeRegistries()), loops(std::make_shared<Loops>()),
      samples(std::make_shared<SampleSources>()) {
  mlir::DialectRegistry dialects;
  registerAllDialects(dialects);
  attachRegistries(dialects, registries);
  attach<ProgressListener>(dialects, loops);
  attach(dialects, samples);
  context = std::make_unique<MLIRContext>(dialects);
  // What is attached is there from now on, whatever a model needs.
  context->getOrLoadDialect<QCDialect>();
  context->printOpOnDiagnostic(false);
  diagnostics = std::make_unique<mlir::ScopedDiagnosticHandler>(
      context.get(), [this](Diagnostic &diagnostic) {
        tell(makeMessage(diagnostic));
        return success();
      });
}

Session::~Session() = default;

Status Session::loadPlugin(const std::string &path) {
  if (llvm::is_contained(plugins, path))
    return ok();
  if (Status loaded = qc::loadPlugin(path, *registries); !loaded)
    return loaded;
  plugins.push_back(path);
  return ok();
}

Status Session::addSamples(const std::string &name, SampleSource source) {
  return samples->sources.add(name, std::move(source));
}

void Session::setMessageHandler(MessageHandler handler) {
  this->handler = std::move(handler);
}

std::vector<Message> Session::takeMessages() {
  return std::exchange(messages, {});
}

void Session::tell(const Message &message) {
  if (handler)
    handler(message);
  else
    messages.push_back(message);
}

void Session::fail(const Status &status) {
  Message message;
  message.text = status.message();
  tell(message);
}

void Session::warn(const std::string &text) {
  Message message;
  message.severity = Message::Severity::Warning;
  message.text = text;
  tell(message);
}

ProgressListener *Session::getProgressListener() { return loops.get(); }

void Session::setProgressListener(std::shared_ptr<ProgressListener> listener) {
  loops->listener = std::move(listener);
}

void Session::cancel() { loops->cancelled = true; }
void Session::reset() { loops->cancelled = false; }

} // namespace qc
