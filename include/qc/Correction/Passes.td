// The correct pass.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_CORRECTION_PASSES
#define QC_CORRECTION_PASSES

include "mlir/Pass/PassBase.td"

def Correct : Pass<"correct", "::mlir::ModuleOp"> {
  let summary = "Change a calibrated network so that its integer form is nearer";
  let description = [{
    Runs samples through the float network and through the integer network that
    it would become for the module's `qc.target` and `qc.precision`, and changes
    the float network's ranges and constants where that brings the two together:

    * `inputs`: the range of each input shrinks as long as the float network's
      results, with this input quantized, come nearer.
    * `equalize`: channels that leave most of their tensor's range unused are
      made larger by the weights in front and smaller by those behind, where
      that changes no result of the float network. Tensors of scaled channels
      are called NAME_scaled.
    * `rounding`: the integers of weights are chosen by what each layer reads,
      one layer after the other on the rounded prefix, and stored
      (`top.quantized_constant`, fixed).
    * `widths` (not by default: effort=high): activations get 16 bits whose
      rounding costs the network's results most for the cycles that they are
      estimated to take, up to 1.10 times the cycles of 8 bits (`qc.widths`).
    * `bias`: each layer's bias moves until the mean of each channel, behind the
      fused activation, is that of the float network. Layers are corrected in
      order, on the quantized and corrected prefix.

    Even samples are fitted; a correction stays only if the results of the odd
    ones come nearer as well. What was done is noted in the module
    (`qc.corrections`). Samples come from the option `data`, else from the
    module's `qc.data`; with fewer than eight nothing is changed.

    Before:

    ```mlir
    %b = top.constant dense<[0.5, 1.0]> : tensor<2xf32>
    ```

    After:

    ```mlir
    %b = top.constant dense<[0.498, 1.003]> : tensor<2xf32>
    ```
  }];
  let options = [
    ListOption<"steps", "steps", "std::string",
               "which corrections: inputs, equalize, rounding, widths, bias (default: as the effort says), or none">,
    Option<"effort", "effort", "std::string", "\"default\"",
           "where no steps are named: low (inputs, bias), default (all but widths), high (all)">,
    Option<"data", "data", "std::string", "",
           "samples: a folder of images, .npy, .npz, a list file or random:N[:seed]">,
    Option<"samples", "samples", "uint64_t", "0",
           "at most so many samples (0: what fits into 48 MiB)">,
    Option<"threads", "threads", "uint64_t", "0",
           "worker threads (0: one a processor); the result does not depend on it">,
    Option<"raw", "raw", "bool", "false",
           "arrays hold pixels: preprocess them">,
    Option<"skipBad", "skip-bad", "bool", "false",
           "leave out samples that cannot be loaded">,
    Option<"keepTensors", "keep-tensors", "bool", "false",
           "of corrections that no option names, leave out those after which "
           "tensors are others than the model's">,
    Option<"maxCycles", "max-cycles", "double", "0",
           "widths: at most so many times the estimated cycles of 8 bits (0: 1.10)">,
    Option<"quiet", "quiet", "bool", "false", "no progress">,
  ];
  let dependentDialects = ["::qc::tpu::TpuDialect", "::qc::QCDialect"];
}

#endif // QC_CORRECTION_PASSES
