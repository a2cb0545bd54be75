// Flags of ncc-tflite, and what becomes of them.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "MTKOptions.h"

namespace qc {

using namespace vendor;
using Form = VendorForm;

VendorFormat makeMTKCompilerFlags() {
  VendorFormat format;
  format.name = "ncc-tflite flags";
  format.summary = "a command line of ncc-tflite, in a file";
  format.syntax = ConfigSyntax::Flags;
  auto add = [&](const char *name, Form form, const char *meaning,
                 std::vector<VendorCase> cases) {
    format.keys.push_back({"", name, meaning, form, std::move(cases), false});
  };
  add("command", Form::Text, "the program's name",
      {ignores("*", "the name of the tool")});
  add("argument", Form::Path, "the model",
      {ignores("*", "qc takes the float model; ncc-tflite gets "
                    "hand-off/model.tflite")});
  add("arch", Form::Names, "the engines",
      {sets("mdla3.0", {"--target-option=chip=mdla3"}),
       sets("mdla3.5", {"--target-option=chip=mdla3"}),
       sets("mdla5.1", {"--target-option=chip=mdla5"}),
       sets("mdla5.3", {"--target-option=chip=mdla5"}),
       sets("mdla5.5", {"--target-option=chip=mdla5"}),
       refuses("*", "qc has the rules of one MDLA of generation 3 or 5")});
  add("relax-fp32", Form::Boolean, "floats run in 16 bits",
      {sets("1", {"--precision=float", "--relax-fp32"},
            "the whole network stays in float, stored in 16 bits")});
  add("disallow-bridge", Form::Boolean, "an error instead of another engine",
      {ignores("*", "an op that the MDLA cannot run is an error anyway, unless "
                    "--allow-cpu is given")});
  add("resize", Form::Text, "shapes of inputs",
      {refuses("*", "name the input: --input-shape NAME=1x3x224x224")});
  add("int8-to-uint8", Form::Boolean, "u8 in the binary",
      {ignores("*", "the same numbers, 128 higher: ncc-tflite does it to "
                    "hand-off/model.tflite")});
  add("check-target-only", Form::Boolean, "only checks",
      {ignores("*", "`qc check MODEL --target mtk` does so without data")});
  add("l1-size-kb", Form::Integer, "on-chip memory",
      {ignores("0", "what the chip has"),
       sets("*", {"--l1-size-kb=$"}, "of estimates and their tiles")});
  add("l2-size-kb", Form::Integer, "on-chip memory",
      {ignores("*", "estimates know one memory on the chip; ncc-tflite plans "
                    "its own")});
  for (const char *name : {"d",
                           "dla-file",
                           "o",
                           "i",
                           "e",
                           "exec",
                           "s",
                           "show-tflite",
                           "show-io-info",
                           "show-builtin-ops",
                           "show-mtkext-ops",
                           "version",
                           "verbose",
                           "verify",
                           "no-verify",
                           "platform",
                           "O",
                           "opt",
                           "opt-accuracy",
                           "opt-aggressive",
                           "opt-bw",
                           "opt-footprint",
                           "opt-size",
                           "show-l1-req",
                           "show-memory-summary",
                           "mem-opt",
                           "intval-color-fast",
                           "suppress-input",
                           "suppress-output",
                           "trim-io-alignment",
                           "show-exec-plan",
                           "gen-debug-info",
                           "dla-metadata",
                           "avoid-reorder",
                           "stable-linearize",
                           "rewrite-pattern",
                           "sink-concat",
                           "reshape-to-4d",
                           "fc-to-conv",
                           "decompose-qlstmv2",
                           "extract-static-data",
                           "gno",
                           "gno-exp",
                           "gno-non-4d-tiling",
                           "basic-tiling",
                           "num-mdla",
                           "mdla-bw",
                           "mdla-freq",
                           "mdla-wt-to-l1",
                           "mdla-wt-pruned",
                           "prefer-large-acc",
                           "use-sw-dilated-conv",
                           "use-sw-deconv",
                           "req-per-ch-conv",
                           "mdla-int16-lut",
                           "mlo",
                           "num-mvpu",
                           "mvpu-algo",
                           "mvpu-l1-heuristic",
                           "mvpu-l2-limit",
                           "dual-vpu"})
    add(name, Form::Text, "how the binary is made or shown",
        {ignores("*", "it is about ncc-tflite, which takes it with "
                      "hand-off/model.tflite")});
  return format;
}

} // namespace qc
