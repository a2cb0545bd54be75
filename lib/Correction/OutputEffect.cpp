// What a choice does to a network's results, without compiling it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "qc/Correction/OutputEffect.h"
#include "qc/Dialect/QC/IR/Names.h"
#include "qc/Dialect/Top/IR/Top.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Matchers.h"

namespace qc {

FailureOr<std::unique_ptr<OutputEffect>>
OutputEffect::create(func::FuncOp assigned, ThreadPool &pool,
                     ArrayRef<Sample> samples, const Results &references) {
  std::unique_ptr<OutputEffect> effect(
      new OutputEffect(assigned, pool, samples, references));
  for (int i = 0; i < pool.size(); ++i) {
    auto executor = FloatExecutor::create(assigned, ExecutorOptions{1});
    if (failed(executor))
      return failure();
    effect->executors.push_back(std::move(*executor));
  }
  return std::move(effect);
}

FailureOr<OutputEffect::Measured>
OutputEffect::measure(bool rounds, ArrayRef<FloatExecutor::Variant> variants) {
  // The last is that of the common way.
  std::vector<std::vector<std::vector<ResultEnergy>>> energies(variants.size() +
                                                               1);
  for (auto &ofVariant : energies)
    ofVariant.resize(samples.size());
  Status ran = pool.runUntilFailure(samples.size(), [&](int64_t i, int worker) {
    return executors[worker]
        ->runVariants(samples[i].inputs, rounds, variants,
                      [&](int variant, ArrayRef<Tensor> results) {
                        size_t v = variant < 0 ? variants.size() : variant;
                        energies[v][i] = getEnergies(references[i], results);
                      })
        .withContext(samples[i].name);
  });
  if (!ran)
    return function.emitError() << ran.message();
  Measured measured;
  measured.common = getScore(energies.back());
  energies.pop_back();
  for (const auto &ofVariant : energies)
    measured.variants.push_back(getScore(ofVariant));
  return measured;
}

void takeFloatConstants(func::FuncOp assigned, func::FuncOp floats) {
  llvm::StringMap<Operation *> sources;
  for (Operation &op : floats.getBody().front())
    if (op.getNumResults() == 1)
      sources[getTensorName(op.getResult(0))] = &op;
  for (Operation &op : assigned.getBody().front()) {
    Operation *source = op.getNumResults() == 1
                            ? sources.lookup(getTensorName(op.getResult(0)))
                            : nullptr;
    if (!source || source->getName() != op.getName() ||
        source->getNumOperands() != op.getNumOperands())
      continue;
    for (auto [mine, other] :
         llvm::zip_equal(op.getOpOperands(), source->getOperands())) {
      Operation *constant = other.getDefiningOp();
      if (!mine.get().getDefiningOp<top::QuantizedConstantOp>() || !constant ||
          !matchPattern(constant, m_Constant()))
        continue;
      OpBuilder builder(&op);
      mine.set(builder.clone(*constant)->getResult(0));
    }
  }
}

} // namespace qc
