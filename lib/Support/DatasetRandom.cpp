// Seeded random samples, for timing and for trying things out.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "DatasetSources.h"

#include "qc/Support/Convert.h"
#include "qc/Support/Strings.h"

namespace qc {

namespace {

/// SplitMix64 (Steele, Lea and Flood): the same numbers on every machine.
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, 1) in steps of 2^-24, so that floats hold it exactly.
  double unit() { return static_cast<double>(next() >> 40) * 0x1p-24; }

private:
  uint64_t state;
};

class RandomDataset : public Dataset {
public:
  RandomDataset(std::vector<InputSignature> inputs, DatasetOptions options,
                uint64_t seed)
      : Dataset(std::move(inputs), options), shapes(itemShapes(signatures)),
        seed(seed) {}

  Status setSamples(int64_t samples, const std::string &what) {
    return choose(samples * shapes.batch, what);
  }

protected:
  Result<Tensor> load(int64_t position, size_t input) const override {
    const InputSignature &signature = signatures[input];
    // Every item has a stream of its own: any order gives the same samples.
    Random random(seed * 0x2545f4914f6cdd1dull +
                  static_cast<uint64_t>(position) * 1000003 + input);
    random = Random(random.next());
    Tensor values(DType::F32, shapes.ofInput[input]);
    if (isFloatDType(signature.dtype)) {
      fillFloat(values, signature, random);
      return convertTensor(values, signature.dtype);
    }
    return integers(signature, values.shape(), random);
  }

  DatasetItem describe(int64_t position) const override {
    DatasetItem item;
    item.name = "random[" + std::to_string(position) + "]";
    return item;
  }

  InputOrigin getOrigin(int64_t, size_t) const override {
    return InputOrigin::Drawn;
  }

private:
  static void fillFloat(Tensor &values, const InputSignature &signature,
                        Random &random) {
    bool pixels = signature.preprocess && isImageInput(signature);
    float *at = values.data<float>();
    for (int64_t i = 0; i < values.numElements(); ++i)
      at[i] =
          static_cast<float>(pixels ? static_cast<double>(random.next() >> 56)
                                    : random.unit() * 2 - 1);
    if (!pixels)
      return;
    if (Result<Tensor> normalised =
            normaliseArray(values, *signature.preprocess))
      values = *normalised;
  }

  static Tensor integers(const InputSignature &signature, const Shape &shape,
                         Random &random) {
    Tensor values = Tensor::zeros(signature.dtype, shape);
    size_t size = dtypeSize(signature.dtype);
    bool whole = signature.dtype == DType::U8 || signature.dtype == DType::I8;
    auto *bytes = static_cast<uint8_t *>(values.raw());
    for (int64_t i = 0; i < values.numElements(); ++i)
      bytes[static_cast<size_t>(i) * size] =
          static_cast<uint8_t>(random.next() >> (whole ? 56 : 63));
    return values;
  }

  ItemShapes shapes;
  uint64_t seed;
};

} // namespace

Result<std::unique_ptr<Dataset>> openRandom(const std::string &data,
                                            std::vector<InputSignature> inputs,
                                            DatasetOptions options) {
  std::vector<std::string_view> parts = split(data, ':');
  std::optional<int64_t> count, seed = 0;
  if (parts.size() > 1)
    count = parseInteger(parts[1]);
  if (parts.size() > 2)
    seed = parseInteger(parts[2]);
  if (!count || *count < 1 || *count > 100000000 || !seed || parts.size() > 3)
    return error("data '", data,
                 "' cannot be read, expected random:N[:SEED] "
                 "with N from 1 to 100000000 and an integer SEED");
  auto dataset = std::make_unique<RandomDataset>(std::move(inputs), options,
                                                 static_cast<uint64_t>(*seed));
  if (Status status = dataset->setSamples(*count, data); !status)
    return status;
  return std::unique_ptr<Dataset>(std::move(dataset));
}

} // namespace qc
