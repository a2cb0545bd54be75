// What is read by people has long lists cut short; what is read back has not.
// RUN: qc-opt --full=false %s | FileCheck %s
// RUN: qc-opt --full=false %s | not qc-opt 2>&1 | FileCheck %s --check-prefix=UNREADABLE
// RUN: qc-opt %s | FileCheck %s --check-prefix=WHOLE
// RUN: qc-opt %s | qc-opt --full | FileCheck %s --check-prefix=WHOLE

// CHECK: check.scales = array<f32: 1.000000e+00, ... 9 in all ..., -9.000000e+00>
// CHECK-SAME: check.short = [1, 2, 3]
// CHECK-SAME: check.text = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"
// CHECK: {7.812500e-03:1, ... 9 in all ..., 9.000000e+00:-3}
// CHECK: dense_resource<__elided__> : tensor<20xf32>
// UNREADABLE: error:
// WHOLE: check.scales = array<f32: 1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00,
// WHOLE: {7.812500e-03:1,1.000000e+00,2.000000e+00,
// WHOLE: dense<[1.000000e+00, 2.000000e+00
module attributes {check.scales = array<f32: 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, -9.0>, check.short = [1, 2, 3], check.text = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"} {
  func.func @main(%x: tensor<9x4x!quant.uniform<i8:f32:0, {0.0078125:1, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0:-3}>>) -> tensor<20xf32> {
    %0 = top.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0, 20.0]> : tensor<20xf32>
    return %0 : tensor<20xf32>
  }
}
