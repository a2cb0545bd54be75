// Why each range is what it is, as the calibrate pass remarks.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "RangeReasons.h"
#include "qc/Calibration/Ranges.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace qc {

namespace {
/// Notes the reason of each remark about a range.
class Collector : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit Collector(std::map<std::string, std::string> &reasons)
      : reasons(reasons) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    std::string tensor, reason;
    for (const auto &argument : remark.getArgs()) {
      if (argument.key == kRemarkTensor)
        tensor = argument.val;
      if (argument.key == kRemarkReason)
        reason = argument.val;
    }
    reasons[tensor] = reason;
  }

private:
  std::map<std::string, std::string> &reasons;
};
} // namespace

RangeReasons::RangeReasons(MLIRContext *context) : context(context) {
  if (context->getRemarkEngine())
    return;
  remark::RemarkCategories categories;
  categories.analysis = kRangeRemarks.str();
  listens = succeeded(remark::enableOptimizationRemarks(
      *context, std::make_unique<Collector>(reasons),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories));
}

RangeReasons::~RangeReasons() {
  if (listens)
    context->setRemarkEngine(nullptr);
}

} // namespace qc
