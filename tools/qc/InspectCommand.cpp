// qc inspect: what is in a model of any stage.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Command.h"
#include "qc/Container/Container.h"
#include "qc/Dialect/QC/IR/EntryFunction.h"
#include "qc/Dialect/QC/IR/Pictures.h"
#include "qc/Dialect/QC/IR/QC.h"
#include "qc/Dialect/Tpu/IR/Tpu.h"
#include "qc/Dialect/Tpu/Transforms/Passes.h"
#include "qc/Execution/TpuExecutor.h"
#include "qc/Interfaces/CostOpInterface.h"
#include "qc/Pipelines/CostFacts.h"
#include "qc/Pipelines/Phases.h"
#include "qc/Pipelines/StageFiles.h"
#include "qc/Pipelines/ToolOptions.h"
#include "qc/Support/ElideLists.h"
#include "qc/Support/MappedFile.h"
#include "qc/Support/Strings.h"
#include "qc/Target/Subgraphs.h"

#include "mlir/IR/OperationSupport.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace qc {

namespace {
struct InspectFlags {
  std::string model, stage;
  CompileOptions options;
  bool json = false, full = false;
};

struct Signature {
  std::string name, type, preprocess, picture;
};

/// What a module holds, counted.
struct ModuleFacts {
  std::vector<Signature> inputs, outputs;
  std::map<std::string, int64_t> ops;
  int64_t macs = 0, parameters = 0, cpuOps = 0, widthChanges = 0;
  TransposeCount transposes;
  std::string target;
  std::optional<CostReport> cost;
};
} // namespace

static std::string toString(Type type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << type;
  return text;
}

/// A conversion between activations of 8 and 16 bits.
static bool changesWidth(Operation *op) {
  auto requantize = dyn_cast<tpu::RequantizeOp>(op);
  auto bits = [](Value value) {
    return tpu::getActivationElement(value.getType())
        .getStorageTypeIntegralWidth();
  };
  return requantize &&
         bits(requantize.getInput()) != bits(requantize.getOutput());
}

static ModuleFacts collectFacts(ModuleOp module, func::FuncOp function) {
  ModuleFacts facts;
  auto name = [](DictionaryAttr attributes) {
    auto value = attributes ? attributes.getAs<StringAttr>(kNameAttr) : nullptr;
    return value ? value.str() : std::string();
  };
  for (BlockArgument argument : function.getArguments()) {
    auto attributes = function.getArgAttrDict(argument.getArgNumber());
    auto preprocess = attributes
                          ? attributes.getAs<PreprocessAttr>(kPreprocessAttr)
                          : nullptr;
    auto picture =
        attributes ? attributes.getAs<StringAttr>(kPictureAttr) : nullptr;
    facts.inputs.push_back({name(attributes), toString(argument.getType()),
                            preprocess ? preprocess.getSpec().str() : "",
                            picture ? picture.str() : ""});
  }
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    facts.outputs.push_back(
        {name(function.getResultAttrDict(i)), toString(type), "", ""});
  function.walk([&](Operation *op) {
    if (op == function || op->hasTrait<OpTrait::ReturnLike>())
      return;
    ++facts.ops[op->getName().getStringRef().str()];
    facts.cpuOps += isOnCpu(op);
    facts.widthChanges += changesWidth(op);
    if (op->hasTrait<OpTrait::ConstantLike>())
      if (auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType()))
        facts.parameters += type.getNumElements();
    if (auto cost = dyn_cast<CostOpInterface>(op))
      facts.macs += cost.getMacs();
  });
  facts.transposes = countTransposes(function);
  if (auto target = module->getAttrOfType<TargetAttr>(kTargetAttr))
    facts.target = target.getName().str();
  if (isTpuFunction(function))
    facts.cost = makeCostReport(function, /*onChipKb=*/0, /*advice=*/0);
  return facts;
}

static void printFacts(const ModuleFacts &facts) {
  llvm::raw_ostream &os = out();
  for (const Signature &input : facts.inputs) {
    os << "input '" << printable(input.name) << "': " << input.type;
    if (!input.preprocess.empty())
      os << ", preprocessing \"" << input.preprocess << "\"";
    if (!input.picture.empty())
      os << ", picture \"" << input.picture << "\"";
    os << "\n";
  }
  for (const Signature &output : facts.outputs)
    os << "output '" << printable(output.name) << "': " << output.type << "\n";
  if (!facts.target.empty())
    os << "target: " << facts.target << "\n";
  os << "ops:";
  for (const auto &[op, count] : facts.ops)
    os << " " << op << " " << count;
  os << "\nmultiply-accumulates: " << facts.macs
     << "\nconstant elements: " << facts.parameters
     << "\nops on the CPU: " << facts.cpuOps
     << "\nconversions between 8 and 16 bits: " << facts.widthChanges
     << "\ntransposes: " << facts.transposes.inner << " inside, "
     << facts.transposes.boundary << " at the boundary\n";
  if (facts.cost)
    printCostTable(*facts.cost, os);
}

static llvm::json::Value toJson(const ModuleFacts &facts) {
  auto list = [](const std::vector<Signature> &signatures) {
    llvm::json::Array array;
    for (const Signature &signature : signatures)
      array.push_back(llvm::json::Object{{"name", signature.name},
                                         {"type", signature.type},
                                         {"preprocess", signature.preprocess},
                                         {"picture", signature.picture}});
    return array;
  };
  llvm::json::Object ops;
  for (const auto &[op, count] : facts.ops)
    ops[op] = count;
  llvm::json::Object object{{"inputs", list(facts.inputs)},
                            {"outputs", list(facts.outputs)},
                            {"target", facts.target},
                            {"ops", std::move(ops)},
                            {"macs", facts.macs},
                            {"constant_elements", facts.parameters},
                            {"cpu_ops", facts.cpuOps},
                            {"width_conversions", facts.widthChanges},
                            {"inner_transposes", facts.transposes.inner},
                            {"boundary_transposes", facts.transposes.boundary}};
  if (facts.cost)
    object["cost"] = toJSON(*facts.cost);
  return object;
}

static int inspectContainer(const std::string &path, bool json) {
  // Opening verifies everything, including what only the kernels can judge.
  ExecutorOptions options;
  options.threads = 1;
  auto executor = TpuExecutor::open(path, options);
  if (!executor)
    return fail(executor.status());
  auto file = MappedFile::open(path);
  if (!file)
    return fail(file.status());
  qcrt::Program program;
  std::string reason;
  if (!qcrt::readProgram((*file)->data(), (*file)->size(), program, reason))
    return fail("'" + path + "': " + reason);
  auto allocated = static_cast<int64_t>((*executor)->getArenaBytes());
  if (json)
    printJson(programToJson(program, allocated));
  else
    out() << describeProgram(program, allocated);
  return kDone;
}

/// Prints the IR of a stage in the folder of a compile, without long constants.
static int printStage(const InspectFlags &flags) {
  std::string folder = flags.model;
  std::string path = findStageFile(folder, flags.stage);
  if (path.empty()) {
    std::vector<std::string> there;
    for (StringRef phase : getPhaseNames())
      if (!findStageFile(folder, phase).empty())
        there.push_back(phase.str());
    return fail("--ir: '" + folder + "' has no stage '" + flags.stage +
                "'; expected the folder of a compile, and one of: " +
                (there.empty() ? "(it has none)" : join(there, ", ")));
  }
  ToolSession session;
  auto module = loadModule({path, std::nullopt}, session.getContext(), {});
  if (!module)
    return kInputFault;
  if (flags.full) {
    out() << encodeText(*module);
    return kDone;
  }
  OpPrintingFlags how;
  how.useLocalScope();
  how.elideLargeElementsAttrs(kElidedElements);
  how.elideLargeResourceString(kElidedResource);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream, how);
  out() << elideLists(text) << "\n";
  return kDone;
}

static int runInspect(InspectFlags &flags) {
  if (!flags.stage.empty())
    return printStage(flags);
  if (llvm::sys::path::extension(flags.model) == ".qcb")
    return inspectContainer(flags.model, flags.json);
  ToolSession session;
  auto module = loadModule({flags.model, std::nullopt}, session.getContext(),
                           flags.options.import);
  if (!module)
    return kInputFault;
  auto function = getEntryFunction(*module);
  if (failed(function))
    return kInputFault;
  ModuleFacts facts = collectFacts(*module, *function);
  if (flags.json)
    printJson(toJson(facts));
  else
    printFacts(facts);
  return kDone;
}

void addInspectCommand(CLI::App &app, int &exitCode) {
  auto flags = std::make_shared<InspectFlags>();
  CLI::App *command =
      app.add_subcommand("inspect", "Inputs, outputs, ops, sizes, placement");
  command->footer("Examples:\n  qc inspect model.onnx\n"
                  "  qc inspect out/quantize.mlirbc --json\n"
                  "  qc inspect out/model.qcb --json\n"
                  "  qc inspect out --ir quantize");
  command
      ->add_option("model", flags->model,
                   "Model: .onnx, .mlir, .mlirbc or .qcb")
      ->required();
  addOptions(*command, flags->options, {"input-shape", "cut-at"});
  CLI::Option *json = command->add_flag("--json", flags->json, "Print as JSON");
  CLI::Option *stage = command->add_option(
      "--ir", flags->stage,
      "Print the IR of this stage, long lists cut short; the "
      "model is the folder of a compile");
  stage->excludes(json);
  command
      ->add_flag("--full", flags->full,
                 "With locations, constants and long lists of scales, so that "
                 "it can be read back")
      ->needs(stage);
  command->callback([flags, &exitCode] { exitCode = runInspect(*flags); });
}

} // namespace qc
