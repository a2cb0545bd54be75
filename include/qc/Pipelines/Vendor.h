// Options in a vendor's spelling, turned into those of a compile.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_PIPELINES_VENDOR_H
#define QC_PIPELINES_VENDOR_H

#include "qc/Pipelines/Options.h"
#include "qc/Target/VendorOptions.h"

#include "llvm/Support/JSON.h"

namespace qc {

class Session;

/// What became of the vendor's options of one compile.
struct VendorTranslation {
  std::string format; ///< of the file; empty where there is none
  std::vector<VendorOutcome> outcomes; ///< those of the line first
  bool isRefused() const;
};

/// Takes what `--vendor-config`, and keys of the vendor's among
/// `--target-option`, say into `options`, which have neither afterwards. What
/// is given on the line already wins over the file; the outcome then says so.
/// Fails, without a change, where a file cannot be read, a key or value is not
/// known, or two keys, or a key and an option of the line, contradict each
/// other. What is refused is an outcome.
Result<VendorTranslation> takeVendorOptions(CompileOptions &options,
                                            MLIRContext *context);

/// The same for a compile that goes on: what is refused is an error, and what
/// has no meaning or is overruled is a remark to `session`.
Status settleVendorOptions(CompileOptions &options, Session &session);

/// What each key did, a line a key.
void printTranslation(const VendorTranslation &translation,
                      llvm::raw_ostream &os);
llvm::json::Value toJSON(const VendorTranslation &translation);

} // namespace qc

#endif // QC_PIPELINES_VENDOR_H
