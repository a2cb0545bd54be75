// qc._compiler: sessions, compiles and models for Python.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Pipelines/Compiler.h"
#include "Arrays.h"
#include "qc/Calibration/Samples.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Pipelines/Model.h"
#include "qc/Pipelines/Session.h"
#include "qc/Pipelines/Tune.h"
#include "qc/Support/Preprocess.h"

#include "llvm/Support/FormatVariadic.h"

#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <future>
#include <thread>

namespace nb = nanobind;

namespace qc::python {

using Values = std::vector<std::pair<std::string, std::vector<std::string>>>;

//===----------------------------------------------------------------------===//
// Messages and errors
//===----------------------------------------------------------------------===//

static const char *getKind(const Message &message) {
  switch (message.severity) {
  case Message::Severity::Note:
    return "note";
  case Message::Severity::Warning:
    return "warning";
  case Message::Severity::Error:
    return "error";
  case Message::Severity::Remark:
    return "remark";
  }
  return "";
}

/// A dictionary, which Python makes an exception or a warning of.
static nb::dict toDict(const Message &message) {
  nb::dict dict;
  dict["kind"] = getKind(message);
  dict["text"] = message.text;
  dict["names"] = message.names;
  dict["file"] = message.file;
  dict["line"] = message.line;
  nb::list notes;
  for (const Message &note : message.notes)
    notes.append(toDict(note));
  dict["notes"] = notes;
  return dict;
}

/// An error of the options themselves.
static void throwUsage(const Status &status) {
  throw nb::value_error(status.message().c_str());
}

//===----------------------------------------------------------------------===//
// Sessions
//===----------------------------------------------------------------------===//

namespace {
/// Hands progress to a Python callable, if there is one.
class Listener : public ProgressListener {
public:
  explicit Listener(nb::object callback) : callback(std::move(callback)) {}
  ~Listener() override {
    nb::gil_scoped_acquire lock;
    callback.reset();
  }
  void update(const std::string &label, int64_t done, int64_t total) override {
    nb::gil_scoped_acquire lock;
    try {
      callback(label, done, total);
    } catch (nb::python_error &error) {
      // Whoever started the loop is told, once it has ended.
      failure = std::make_unique<nb::python_error>(std::move(error));
      isFailed = true;
    }
  }
  bool isCancelled() const override { return isFailed; }
  void rethrow() {
    if (isFailed)
      throw nb::python_error(std::move(*failure));
  }

private:
  nb::object callback;
  std::unique_ptr<nb::python_error> failure;
  std::atomic<bool> isFailed{false};
};

/// A session whose messages are kept until Python takes them.
class PythonSession {
public:
  explicit PythonSession(nb::object onProgress) {
    if (onProgress.is_none())
      return;
    listener = std::make_shared<Listener>(std::move(onProgress));
    session.setProgressListener(listener);
  }

  /// Runs `body` in a thread of its own, without the lock, so that Ctrl-C ends
  /// it. Throws what a callback has thrown.
  bool run(const std::function<bool()> &body) {
    std::future<bool> result = std::async(std::launch::async, body);
    bool isInterrupted = false;
    {
      nb::gil_scoped_release unlock;
      using namespace std::chrono_literals;
      while (result.wait_for(50ms) != std::future_status::ready) {
        nb::gil_scoped_acquire lock;
        if (!isInterrupted && PyErr_CheckSignals() != 0) {
          isInterrupted = true;
          session.cancel();
        }
      }
    }
    if (isInterrupted) {
      session.reset();
      throw nb::python_error();
    }
    if (listener)
      listener->rethrow();
    return result.get();
  }

  /// Lets go of the callback: it may reach, by what it knows, whoever holds
  /// this session, and the garbage collector does not see through us.
  void dropListener() {
    session.setProgressListener(nullptr);
    listener.reset();
  }

  nb::list takeMessages() {
    nb::list list;
    for (const Message &message : session.takeMessages())
      list.append(toDict(message));
    return list;
  }

  Session session;

private:
  std::shared_ptr<Listener> listener;
};
} // namespace

namespace {
/// A callable that C++ holds for as long as a compile lasts.
struct Callable {
  explicit Callable(nb::object function) : function(std::move(function)) {}
  ~Callable() { drop(); }
  void drop() {
    nb::gil_scoped_acquire lock;
    function.reset();
  }
  nb::object function;
};
} // namespace

/// Arrays that `get(index, position, name)` gives.
static SampleSource makeSource(int64_t count, std::shared_ptr<Callable> get) {
  SampleSource source;
  source.description = "samples of the program";
  source.count = count;
  source.areStacks = true;
  source.get = [get](int64_t index, size_t position,
                     const InputSignature &input) -> Result<Tensor> {
    nb::gil_scoped_acquire lock;
    try {
      return toTensor(
          nb::cast<Array>(get->function(index, position, input.name)));
    } catch (const nb::python_error &failure) {
      return error("input '", input.name,
                   "': ", nb::str(failure.value()).c_str());
    } catch (const std::exception &failure) {
      return error("input '", input.name, "': ", failure.what());
    }
  };
  return source;
}

/// Gives `session` samples of Python under `name`, and what data are called
/// that are them.
static std::string addSamples(Session &session, const std::string &name,
                              int64_t count,
                              const std::shared_ptr<Callable> &get) {
  if (Status added = session.addSamples(name, makeSource(count, get)); !added)
    throwUsage(added);
  return kSessionData.str() + name;
}

static CompileOptions makeOptions(const Values &values) {
  CompileOptions options;
  for (const auto &[name, texts] : values) {
    auto declaration = findOption(name);
    if (!declaration)
      throwUsage(declaration.status());
    if (Status set = setOption(options, **declaration, texts); !set)
      throwUsage(set);
  }
  return options;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static nb::list describe(ArrayRef<TensorInfo> tensors) {
  nb::list list;
  for (const TensorInfo &tensor : tensors) {
    nb::dict dict;
    dict["name"] = tensor.name;
    dict["dtype"] = dtypeName(tensor.dtype);
    dict["shape"] = tensor.shape;
    dict["scale"] = tensor.scale;
    dict["zero_point"] = tensor.zeroPoint;
    list.append(dict);
  }
  return list;
}

/// Runs once; throws when the inputs do not fit.
static nb::list runOnce(Executor &executor, const std::vector<Array> &inputs) {
  SmallVector<Tensor> tensors, results;
  for (const Array &input : inputs)
    tensors.push_back(toTensor(input));
  Status status;
  {
    nb::gil_scoped_release unlock;
    status = executor.run(tensors, results);
  }
  if (!status)
    throwUsage(status);
  nb::list list;
  for (const Tensor &result : results)
    list.append(toArray(result));
  return list;
}

/// Loads plugins; throws where the options do not fit together.
static void prepare(Session &session, const CompileOptions &options) {
  for (const std::string &path : options.plugins)
    if (Status loaded = session.loadPlugin(path); !loaded)
      throwUsage(loaded);
  if (Status usage = checkUsage(options, session.getContext()); !usage)
    throwUsage(usage);
}

namespace {
/// A compile and what it gave.
class PythonCompilation {
public:
  PythonCompilation(const Values &values, std::optional<nb::bytes> model,
                    int64_t sampleCount, nb::object getSample,
                    nb::object onProgress)
      : session(std::move(onProgress)) {
    CompileOptions options = makeOptions(values);
    if (model)
      options.modelBytes =
          std::make_shared<const std::string>(model->c_str(), model->size());
    if (!getSample.is_none()) {
      samples = std::make_shared<Callable>(std::move(getSample));
      options.data =
          addSamples(session.session, "python", sampleCount, samples);
    }
    prepare(session.session, options);
    threads = static_cast<int>(options.threads);
    compilation = std::make_unique<Compilation>(session.session, options);
  }

  bool run() {
    bool succeeds =
        session.run([this] { return mlir::succeeded(compilation->run()); });
    session.dropListener();
    if (samples)
      samples->drop();
    return succeeds;
  }
  nb::list takeMessages() { return session.takeMessages(); }
  std::string getReport() {
    return llvm::formatv("{0}", toJSON(compilation->getReport()));
  }
  nb::dict getFiles() {
    nb::dict files;
    for (const auto &[name, bytes] : compilation->getFiles())
      files[name.c_str()] = nb::bytes(bytes.data(), bytes.size());
    return files;
  }
  Executor &getExecutor() {
    if (executor)
      return *executor;
    auto made = Executor::create(compilation->getModule(), {threads});
    if (failed(made))
      throw std::runtime_error("the network cannot be run at this stage");
    executor = std::move(*made);
    return *executor;
  }

private:
  PythonSession session;
  std::shared_ptr<Callable> samples;
  std::unique_ptr<Compilation> compilation;
  std::unique_ptr<Executor> executor;
  int threads = 0;
};

/// Samples as Python gives them: how many, and a callable; none where the
/// callable is None.
using GivenSamples = std::pair<int64_t, nb::object>;

/// A search for the cheapest compile that reaches a goal.
class PythonTune {
public:
  PythonTune(const Values &values, GivenSamples samples,
             GivenSamples evaluation, const std::string &evaluationPath,
             const std::string &labels, nb::object metric,
             nb::object onProgress)
      : session(std::move(onProgress)) {
    options.compile = makeOptions(values);
    options.evaluation = evaluationPath;
    options.labels = labels;
    give(samples, "python", options.compile.data);
    give(evaluation, "evaluation", options.evaluation);
    if (metric.is_none())
      return;
    auto callable = std::make_shared<Callable>(std::move(metric));
    callables.push_back(callable);
    options.metric = [this, callable](const std::string &outputs) {
      return measure(*callable, outputs);
    };
  }

  bool run(std::optional<double> maxDrop, std::optional<double> minSqnr,
           double maxLatency) {
    options.maxDrop = maxDrop;
    options.minSqnr = minSqnr;
    options.maxLatency = maxLatency;
    if (Status usage = checkTuneUsage(options); !usage)
      throwUsage(usage);
    prepare(session.session, options.compile);
    bool succeeds = session.run([this] {
      auto tuned = tune(options, session.session);
      if (failed(tuned))
        return false;
      report = std::move(*tuned);
      return true;
    });
    session.dropListener();
    for (const auto &callable : callables)
      callable->drop();
    if (failure) {
      session.session.reset();
      throw nb::python_error(std::move(*failure));
    }
    return succeeds;
  }
  nb::list takeMessages() { return session.takeMessages(); }
  std::string getReport() { return llvm::formatv("{0}", toJSON(report)); }
  /// The options that make the best program again, where they are not what
  /// they are when nobody gives them.
  nb::dict getBest() {
    nb::dict best;
    if (report.best < 0)
      return best;
    const CompileOptions &made = report.trials[report.best].options;
    for (const OptionDeclaration &declaration : getOptionDeclarations())
      if (isGiven(made, declaration))
        best[declaration.name.c_str()] = declaration.get(made);
    return best;
  }

private:
  void give(const GivenSamples &samples, const std::string &name,
            std::string &data) {
    if (samples.second.is_none())
      return;
    callables.push_back(std::make_shared<Callable>(samples.second));
    data = addSamples(session.session, name, samples.first, callables.back());
  }

  /// What the metric raises ends the tuning, and is raised by it.
  Result<double> measure(Callable &metric, const std::string &outputs) {
    nb::gil_scoped_acquire lock;
    try {
      double value = nb::cast<double>(metric.function(outputs));
      if (!std::isfinite(value))
        return error("the metric is ", value, ", expected a finite number");
      return value;
    } catch (nb::python_error &raised) {
      failure = std::make_unique<nb::python_error>(std::move(raised));
      session.session.cancel();
      return error("the metric has raised an exception");
    } catch (const std::exception &failed) {
      return error("the metric gave no number: ", failed.what());
    }
  }

  PythonSession session;
  TuneOptions options;
  std::vector<std::shared_ptr<Callable>> callables;
  std::unique_ptr<nb::python_error> failure; ///< of the metric
  TuneReport report;
};

/// A model that is run without being compiled.
class PythonModel {
public:
  PythonModel(const std::string &path, const Values &values)
      : session(nb::none()) {
    CompileOptions options = makeOptions(values);
    model = openModel(session.session, path,
                      {options.import, options.preprocess,
                       static_cast<int>(options.threads)});
  }
  bool isOpen() const { return model != nullptr; }
  nb::list takeMessages() { return session.takeMessages(); }
  Executor &getExecutor() { return *model->executor; }

private:
  PythonSession session;
  std::unique_ptr<Model> model;
};
} // namespace

/// What an option is called, takes and means.
static nb::list listOptions() {
  static const char *const kForms[] = {"flag",   "text", "count",
                                       "number", "list", "repeated"};
  nb::list list;
  for (const OptionDeclaration &declaration : getOptionDeclarations()) {
    nb::dict dict;
    dict["name"] = declaration.name;
    dict["form"] = kForms[static_cast<int>(declaration.form)];
    dict["group"] = declaration.group;
    dict["words"] = declaration.words;
    list.append(dict);
  }
  return list;
}

template <typename T> static void addRunning(nb::class_<T> &type) {
  type.def("take_messages", &T::takeMessages)
      .def("inputs",
           [](T &self) { return describe(self.getExecutor().getInputs()); })
      .def("outputs",
           [](T &self) { return describe(self.getExecutor().getOutputs()); })
      .def("run", [](T &self, const std::vector<Array> &inputs) {
        return runOnce(self.getExecutor(), inputs);
      });
}

} // namespace qc::python

NB_MODULE(_compiler, module) {
  using namespace qc::python;
  module.doc() = "qc's compiler; use the package qc";
  module.attr("version") = QC_VERSION_TEXT;
  module.def("options", &listOptions);
  nb::class_<PythonCompilation> compilation(module, "Compilation");
  compilation
      .def(nb::init<const Values &, std::optional<nb::bytes>, int64_t,
                    nb::object, nb::object>(),
           nb::arg("options"), nb::arg("model").none(), nb::arg("sample_count"),
           nb::arg("get_sample").none(), nb::arg("on_progress").none())
      .def("compile", &PythonCompilation::run)
      .def("report", &PythonCompilation::getReport)
      .def("files", &PythonCompilation::getFiles);
  addRunning(compilation);
  nb::class_<PythonTune>(module, "Tune")
      .def(nb::init<const Values &, GivenSamples, GivenSamples,
                    const std::string &, const std::string &, nb::object,
                    nb::object>(),
           nb::arg("options"), nb::arg("samples"), nb::arg("evaluation"),
           nb::arg("evaluation_path"), nb::arg("labels"),
           nb::arg("metric").none(), nb::arg("on_progress").none())
      .def("run", &PythonTune::run, nb::arg("max_drop").none(),
           nb::arg("min_sqnr").none(), nb::arg("max_latency"))
      .def("take_messages", &PythonTune::takeMessages)
      .def("report", &PythonTune::getReport)
      .def("best", &PythonTune::getBest);
  nb::class_<PythonModel> model(module, "Model");
  model.def(nb::init<const std::string &, const Values &>())
      .def("is_open", &PythonModel::isOpen);
  addRunning(model);
}
