// Ranges by name as MediaTek's converter exports them, read and written.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// {"version": "v1", "quantization_params": [{"activations": {NAME: {dtype,
// is_symmetric, min_vals, max_vals}}}]}. The words of dtype are not published
// but for FP, so that what is written has none.
#include "MTKHandOff.h"
#include "qc/Assign/Encodings.h"
#include "qc/Support/Strings.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <cmath>

namespace qc {

using llvm::json::Array;
using llvm::json::Object;

static std::optional<double> readOne(const llvm::json::Value *value) {
  if (!value)
    return std::nullopt;
  const Array *array = value->getAsArray();
  if (array && array->size() == 1)
    value = &array->front();
  auto number = value->getAsNumber();
  if (!number || !std::isfinite(*number))
    return std::nullopt;
  return *number;
}

static Status readTensor(const std::string &name,
                         const llvm::json::Value &value, Encodings &encodings) {
  std::string what = "the entry of '" + printable(name) + "'";
  const Object *object = value.getAsObject();
  if (!object)
    return error(what, " is no object");
  for (const auto &field : *object)
    if (std::string key = field.first.str();
        key != "dtype" && key != "is_symmetric" && key != "min_vals" &&
        key != "max_vals")
      return error(what, ": unknown key '", printable(key),
                   "'; known: dtype, is_symmetric, min_vals, max_vals");
  if (auto type = object->getString("dtype"); type && *type == "FP")
    return error(what, " turns the tensor back into floats: name its layer in "
                       "--deny, and take the entry out");
  auto low = readOne(object->get("min_vals"));
  auto high = readOne(object->get("max_vals"));
  if (!low || !high || *low > *high)
    return error(what, ": min_vals and max_vals are no range of one tensor");
  Encoding entry;
  entry.name = name;
  entry.range = ValueRange1D{*low, *high};
  encodings.entries.push_back(std::move(entry));
  return ok();
}

std::string writeMTKParams(const std::vector<LayerParameters> &layers) {
  Object activations;
  for (const LayerParameters &layer : layers) {
    ValueRange1D reach = getReach(layer.output);
    activations[layer.output.name] =
        Object{{"is_symmetric",
                layer.output.format->isSigned &&
                    layer.output.zeroPoints == std::vector<int64_t>{0}},
               {"min_vals", Array{reach.min}},
               {"max_vals", Array{reach.max}}};
  }
  std::string text;
  llvm::raw_string_ostream(text) << llvm::formatv(
      "{0:2}\n",
      llvm::json::Value(
          Object{{"version", "v1"},
                 {"quantization_params",
                  Array{Object{{"activations", std::move(activations)}}}}}));
  return text;
}

ParameterFile makeMTKParamsReader() {
  ParameterFile file;
  file.name = "mtk_converter qparams";
  file.summary = "what export_qparams_config_file writes, as JSON";
  file.recognizes = [](std::string_view text) {
    return text.find("\"quantization_params\"") != std::string_view::npos;
  };
  file.read = [](std::string_view text, Encodings &encodings,
                 std::vector<std::string> &notes) -> Status {
    auto json = llvm::json::parse(llvm::StringRef(text.data(), text.size()));
    if (!json)
      return error("not JSON: ", llvm::toString(json.takeError()));
    const Object *root = json->getAsObject();
    const Array *list = root ? root->getArray("quantization_params") : nullptr;
    auto version = root ? root->getString("version") : std::nullopt;
    if (!list || version != "v1")
      return error("expected an object with \"version\": \"v1\" and a list "
                   "\"quantization_params\"");
    for (const llvm::json::Value &group : *list) {
      const Object *object = group.getAsObject();
      if (!object)
        return error("an element of quantization_params is no object");
      for (const auto &field : *object) {
        const Object *tensors = field.second.getAsObject();
        if (field.first.str() != "activations" || !tensors)
          return error("unknown group '", printable(field.first.str()),
                       "' of quantization_params; known: activations");
        for (const auto &tensor : *tensors)
          if (Status read =
                  readTensor(tensor.first.str(), tensor.second, encodings);
              !read)
            return read;
      }
    }
    notes.push_back("dtype and is_symmetric are not taken: --precision and the "
                    "target say how tensors are stored");
    return ok();
  };
  return file;
}

} // namespace qc
