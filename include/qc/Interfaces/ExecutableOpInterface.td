// How an op is computed on the host.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QC_INTERFACES_EXECUTABLEOPINTERFACE
#define QC_INTERFACES_EXECUTABLEOPINTERFACE

include "mlir/IR/OpBase.td"

def ExecutableOpInterface : OpInterface<"ExecutableOpInterface"> {
  let cppNamespace = "::qc";
  let description = [{
    Makes the kernel that computes this op for its shapes. Attached from
    outside (an external model, see lib/Execution/Families), so that dialects
    carry no kernels. An op without the interface is not executable.
  }];
  let methods = [
    InterfaceMethod<[{
        A kernel for this op, prepared as far as constants allow. The request
        says in which memory order each operand arrives; the kernel says in
        which order it wants them and writes its results, and the executor
        converts in between. Fails after an error at the op.
      }], "::mlir::FailureOr<::std::unique_ptr<::qc::OpKernel>>", "createKernel",
      (ins "::qc::KernelRequest &":$request)>,
  ];
}

#endif // QC_INTERFACES_EXECUTABLEOPINTERFACE
