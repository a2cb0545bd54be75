"""The lit suite: where tests are, what a RUN line may call, and what they may depend on.

SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""

import os

import lit.formats

config.name = "qc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "Output", "CMakeLists.txt", "lit.cfg.py", "lit.site.cfg.py.in"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.qc_binary_dir, "test")

# qc-opt qc-translate qc qcrt-run come from the build; FileCheck not count
# split-file mlir-opt mlir-runner from the LLVM packages.
path = [config.qc_tools_dir, config.llvm_tools_dir, config.environment.get("PATH", "")]
config.environment["PATH"] = os.pathsep.join(path)

# Limits on the instruction sets of oneDNN and of our own loops reach the tools.
for name in ("DNNL_MAX_CPU_ISA", "QCRT_ISA"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

config.substitutions += [
    ("%python", config.qc_python),
    ("%qc_source", config.qc_source_dir),
    ("%llvm_lib", config.llvm_lib_dir),
]

# Trained models and images that are not part of the repository. A test that
# needs them says REQUIRES: kit; under CI a missing kit is an error, not a skip.
kit = os.environ.get("QC_KIT") or os.path.join(os.path.dirname(config.qc_source_dir), "shared", "kit")
config.environment["QC_KIT"] = kit
config.substitutions.append(("%kit", kit))
if os.path.isdir(os.path.join(kit, "models")):
    config.available_features.add("kit")
elif os.environ.get("CI") == "true":
    lit_config.fatal(f"the kit of test models is not at {kit}: set QC_KIT")
else:
    lit_config.note(f"the kit of test models is not at {kit}: tests that need it are skipped (set QC_KIT)")
