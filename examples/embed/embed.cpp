// Compiles a model from memory, twice at once, and runs what comes out.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//   embed MODEL.onnx SAMPLES.npz
//
// The samples' first array is [N, ...], one row a sample of the model's only
// input. Nothing is written; what the sessions say is printed at the end.
#include "qc/Pipelines/Compiler.h"
#include "qc/Pipelines/Evaluation.h"
#include "qc/Pipelines/Session.h"
#include "qc/Support/Npy.h"

#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

namespace {

/// Rows of an array as samples.
qc::SampleSource makeSource(const qc::Tensor &rows) {
  qc::SampleSource source;
  source.description = "rows in memory";
  source.count = rows.dim(0);
  source.get = [rows](int64_t index, size_t,
                      const qc::InputSignature &) -> qc::Result<qc::Tensor> {
    return rows.rows(index, 1);
  };
  return source;
}

/// Counts what it is told.
struct Listener : qc::ProgressListener {
  void update(const std::string &, int64_t, int64_t) override { ++updates; }
  int updates = 0;
};

/// One compile for `target`, and its verdict on the samples.
struct Job {
  std::string target;
  std::shared_ptr<const std::string> model;
  qc::Tensor samples;

  std::string words;   ///< what happened
  std::string program; ///< the bytes of model.qcb
  bool isDone = false;

  void run() {
    qc::Session session;
    auto listener = std::make_shared<Listener>();
    session.setProgressListener(listener);
    session.setMessageHandler(
        [this](const qc::Message &message) { words += qc::toText(message); });
    if (qc::Status added = session.addSamples("rows", makeSource(samples));
        !added) {
      words += added.message();
      return;
    }
    qc::CompileOptions options;
    options.model = "model in memory";
    options.modelBytes = model;
    options.target = target;
    options.data = "session:rows";
    options.emit = {"qcb", "report"};
    options.threads = 1;
    qc::Compilation compilation(session, options);
    if (mlir::failed(compilation.run()))
      return;
    program = compilation.getFiles().at("model.qcb");
    const qc::CompileReport &report = compilation.getReport();
    std::ostringstream text;
    text << target << ": " << program.size() << " bytes, worst output "
         << qc::getWorstOutput(report) << " dB, " << listener->updates
         << " steps of progress\n";
    words += text.str();
    isDone = evaluate(session, compilation.getModule());
  }

  /// Runs the compiled module itself: no file is needed for that.
  bool evaluate(qc::Session &session, mlir::ModuleOp module) {
    qc::Model model;
    auto executor = qc::Executor::create(module, {/*threads=*/1});
    if (mlir::failed(executor))
      return false;
    model.executor = std::move(*executor);
    for (const qc::TensorInfo &input : model.executor->getInputs())
      model.signatures.push_back(
          {input.name, qc::DType::F32, input.shape, std::nullopt});
    auto dataset = qc::Dataset::open(makeSource(samples), model.signatures, {});
    if (!dataset) {
      words += dataset.message() + "\n";
      return false;
    }
    auto difference =
        qc::verifyModels(session, model, model, **dataset, /*threads=*/1);
    words += target + ": " +
             (difference && difference->empty() ? "runs the same twice\n"
                                                : "does not run\n");
    return difference && difference->empty();
  }
};

} // namespace

int main(int argc, char **argv) {
  if (argc != 3) {
    std::cerr << "usage: embed MODEL.onnx SAMPLES.npz\n";
    return 2;
  }
  std::ifstream file(argv[1], std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  auto model = std::make_shared<const std::string>(bytes.str());
  auto arrays = qc::readNpz(argv[2]);
  if (!arrays || arrays->empty()) {
    std::cerr << (arrays ? "no arrays" : arrays.message()) << "\n";
    return 1;
  }
  Job jobs[] = {{"generic", model, arrays->front().value, "", "", false},
                {"tda4", model, arrays->front().value, "", "", false}};
  std::vector<std::thread> threads;
  for (Job &job : jobs)
    threads.emplace_back([&job] { job.run(); });
  for (std::thread &thread : threads)
    thread.join();
  bool areDone = true;
  for (Job &job : jobs) {
    std::cout << job.words;
    areDone &= job.isDone;
  }
  return areDone ? 0 : 1;
}
