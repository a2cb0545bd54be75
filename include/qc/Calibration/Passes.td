// The calibrate pass.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CALIBRATION_PASSES
#define QC_CALIBRATION_PASSES

include "mlir/Pass/PassBase.td"

def Calibrate : Pass<"calibrate-ranges", "::mlir::ModuleOp"> {
  let summary = "Run samples and note the range of every activation";
  let description = [{
    Executes the float network on samples, gathers statistics of every
    activation in one pass and constant memory, and writes the range that the
    method chooses into the activation's type. Where the samples come from, in
    this order: the option `data`; statistics or a table that were read; the
    module's `qc.data`; ranges that are in the module already; else a few random
    samples, with a warning. The scheme that ranges are chosen for is that of
    the module's `qc.target` and `qc.precision`. Why a range was chosen is an
    analysis remark of category `calibrate`.

    Before:

    ```mlir
    %y = top.relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```

    After:

    ```mlir
    %y = top.relu %x : (tensor<1x8x!quant.calibrated<f32<-1.5:2.0>>>)
        -> tensor<1x8x!quant.calibrated<f32<0.0:2.0>>>
    ```
  }];
  let options = [
    Option<"data", "data", "std::string", "",
           "samples: a folder of images, .npy, .npz, a list file or random:N[:seed]">,
    Option<"method", "method", "std::string", "\"mse\"",
           "threshold method: mse, auto, minmax, mean, ema, percentile=P, kl, octav, aciq=...">,
    Option<"samples", "samples", "uint64_t", "0",
           "how many samples to take (0: all)">,
    Option<"threads", "threads", "uint64_t", "0",
           "worker threads (0: one a processor); the result does not depend on it">,
    Option<"seed", "seed", "uint64_t", "0", "seed of random samples">,
    Option<"raw", "raw", "bool", "false",
           "arrays hold pixels: preprocess them">,
    Option<"skipBad", "skip-bad", "bool", "false",
           "leave out samples that cannot be loaded, and count them">,
    Option<"sure", "sure", "bool", "false",
           "no warnings of samples that look like a mistake">,
    Option<"statsIn", "stats-in", "std::string", "",
           "take statistics from this file instead of running samples">,
    Option<"statsOut", "stats-out", "std::string", "",
           "write the statistics to this file">,
    Option<"tableIn", "table-in", "std::string", "",
           "take ranges from this calibration table">,
    Option<"allowMissing", "allow-missing", "bool", "false",
           "measure what the table lacks">,
    Option<"tableOut", "table-out", "std::string", "",
           "write the chosen ranges as a calibration table">,
    Option<"quiet", "quiet", "bool", "false", "no progress">,
  ];
  let dependentDialects = ["::mlir::quant::QuantDialect", "::qc::QCDialect"];
}

#endif // QC_CALIBRATION_PASSES
