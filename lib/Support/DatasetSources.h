// What the data set's source files share: files, stacks and their rows.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_LIB_SUPPORT_DATASETSOURCES_H
#define QC_LIB_SUPPORT_DATASETSOURCES_H

#include "qc/Support/Dataset.h"
#include "qc/Support/Npy.h"

namespace qc {

/// How a model's inputs divide into items. If all inputs have at least two
/// dimensions and the same leading one, that is the batch and an item is one
/// row of each; otherwise an item is the whole of each input.
struct ItemShapes {
  int64_t batch = 1;
  std::vector<Shape> ofInput;
};
ItemShapes itemShapes(const std::vector<InputSignature> &inputs);

/// An array seen as items of one input.
struct StackView {
  int64_t items = 0;
  bool raw = false;    ///< values are still to be preprocessed
  bool pixels = false; ///< each item is an image of 8-bit pixels
  Tensor rows;         ///< [items, ...]
};
/// Errors say what shapes and types were expected and found; the caller names
/// the file.
Result<StackView> viewAsItems(const Tensor &array, const InputSignature &input,
                              const Shape &itemShape, int64_t batch, bool raw);
/// One item as the model wants it, preprocessed if it is raw.
Result<Tensor> itemOfStack(const StackView &stack, int64_t row,
                           const InputSignature &input, const Shape &itemShape);

/// For each input the index of its array; errors list the arrays.
Result<std::vector<size_t>>
pickArrays(const std::vector<NamedTensor> &arrays,
           const std::vector<std::string> &passedOver,
           const std::vector<InputSignature> &inputs, const ItemShapes &shapes,
           bool raw);

/// Whether the input can be filled with pixels of the preprocessing's channels.
bool isImageInput(const InputSignature &input);
/// As it may be spelt in file names: '/' and ':' become '_'.
std::string fileName(const std::string &inputName);

/// The file forms of DATA.
Result<std::unique_ptr<Dataset>> openFolder(const std::string &path,
                                            std::vector<InputSignature> inputs,
                                            DatasetOptions options);
Result<std::unique_ptr<Dataset>> openFile(const std::string &path,
                                          std::vector<InputSignature> inputs,
                                          DatasetOptions options);
/// What a program gives.
Result<std::unique_ptr<Dataset>> openProgram(SampleSource source,
                                             std::vector<InputSignature> inputs,
                                             DatasetOptions options);
/// "random:N[:SEED]".
Result<std::unique_ptr<Dataset>> openRandom(const std::string &data,
                                            std::vector<InputSignature> inputs,
                                            DatasetOptions options);

} // namespace qc

#endif // QC_LIB_SUPPORT_DATASETSOURCES_H
