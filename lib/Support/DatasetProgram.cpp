// Samples that a program gives.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "DatasetSources.h"

#include "qc/Support/Convert.h"

namespace qc {

namespace {
class ProgramDataset : public Dataset {
public:
  ProgramDataset(SampleSource source, std::vector<InputSignature> inputs,
                 DatasetOptions options)
      : Dataset(std::move(inputs), options), shapes(itemShapes(signatures)),
        source(std::move(source)) {}

  Status open() { return choose(source.count, source.description); }

protected:
  Result<Tensor> load(int64_t position, size_t input) const override {
    const InputSignature &signature = signatures[input];
    Result<Tensor> array = source.get(position, signature);
    if (!array)
      return array.status().withContext(describe(position).name);
    Result<StackView> view = viewAsItems(
        *array, signature, shapes.ofInput[input], /*batch=*/1, options.raw);
    if (!view)
      return view.status().withContext(describe(position).name);
    if (view->items != 1)
      return error(describe(position).name, ": holds ", view->items,
                   " rows for input '", signature.name, "', expected one");
    Result<Tensor> item =
        itemOfStack(*view, 0, signature, shapes.ofInput[input]);
    return item ? convertTensor(*item, signature.dtype) : item;
  }

  DatasetItem describe(int64_t position) const override {
    DatasetItem item;
    item.name = source.description + "[" + std::to_string(position) + "]";
    return item;
  }

  InputOrigin getOrigin(int64_t, size_t) const override {
    return options.raw ? InputOrigin::Raw : InputOrigin::Given;
  }

private:
  ItemShapes shapes;
  SampleSource source;
};
} // namespace

Result<std::unique_ptr<Dataset>> openProgram(SampleSource source,
                                             std::vector<InputSignature> inputs,
                                             DatasetOptions options) {
  auto dataset = std::make_unique<ProgramDataset>(std::move(source),
                                                  std::move(inputs), options);
  if (Status status = dataset->open(); !status)
    return status;
  return std::unique_ptr<Dataset>(std::move(dataset));
}

} // namespace qc
