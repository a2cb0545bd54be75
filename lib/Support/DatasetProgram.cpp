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

  Status open() {
    int64_t items = source.count;
    if (source.areStacks) {
      for (int64_t array = 0; array < source.count; ++array) {
        Result<StackView> first = view(array, 0);
        if (!first)
          return first.status();
        for (int64_t row = 0; row < first->items; ++row)
          places.push_back({array, row});
      }
      items = static_cast<int64_t>(places.size());
    }
    return choose(items, source.description);
  }

protected:
  Result<Tensor> load(int64_t position, size_t input) const override {
    Place place = getPlace(position);
    Result<StackView> stack = view(place.array, input);
    if (!stack)
      return stack.status();
    if (stack->items <= place.row || (!source.areStacks && stack->items != 1))
      return error(getName(place.array), ": holds ", stack->items,
                   " samples of input '", signatures[input].name,
                   "', expected ",
                   source.areStacks ? "as many as of the first input" : "one");
    Result<Tensor> item = itemOfStack(*stack, place.row, signatures[input],
                                      shapes.ofInput[input]);
    return item ? convertTensor(*item, signatures[input].dtype) : item;
  }

  DatasetItem describe(int64_t position) const override {
    DatasetItem item;
    Place place = getPlace(position);
    item.name = getName(place.array);
    if (source.areStacks && place.row > 0)
      item.name += ", row " + std::to_string(place.row);
    return item;
  }

  InputOrigin getOrigin(int64_t, size_t) const override {
    return options.raw ? InputOrigin::Raw : InputOrigin::Given;
  }

private:
  /// Where an item is.
  struct Place {
    int64_t array = 0, row = 0;
  };
  Place getPlace(int64_t position) const {
    return source.areStacks ? places[position] : Place{position, 0};
  }
  std::string getName(int64_t array) const {
    return source.description + "[" + std::to_string(array) + "]";
  }
  Result<StackView> view(int64_t array, size_t input) const {
    Result<Tensor> values = source.get(array, input, signatures[input]);
    if (!values)
      return values.status().withContext(getName(array));
    Result<StackView> stack =
        viewAsItems(*values, signatures[input], shapes.ofInput[input],
                    /*batch=*/1, options.raw);
    return stack
               ? std::move(stack)
               : Result<StackView>(stack.status().withContext(getName(array)));
  }

  ItemShapes shapes;
  SampleSource source;
  std::vector<Place> places; ///< of stacks
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
