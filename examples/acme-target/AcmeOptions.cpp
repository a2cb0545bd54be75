// acmelink.ini, the options file of Acme's last tool, and what becomes of it.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Acme.h"

namespace qc {

using namespace vendor;

VendorFormat makeAcmeOptions() {
  VendorFormat format;
  format.name = "acmelink.ini";
  format.summary = "what acmelink is told";
  format.syntax = ConfigSyntax::Ini;
  format.keys = {
      {"link",
       "device",
       "the processor",
       VendorForm::Text,
       {sets("A-1", {"--target-option=chip=a1"}),
        sets("A-2", {"--target-option=chip=a2"})}},
      {"link",
       "frames",
       "samples to calibrate on",
       VendorForm::Integer,
       {sets("*", {"--samples=$"})}},
      {"link",
       "affine",
       "zero points",
       VendorForm::Boolean,
       {ignores("0", "it is off"), refuses("1", "the NPU has none")}},
      {"link",
       "jobs",
       "processes",
       VendorForm::Integer,
       {ignores("*", "it is about acmelink")}},
  };
  return format;
}

} // namespace qc
