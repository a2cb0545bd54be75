// What a model rounds to becomes the types of its values; moved constants stay integers.
// RUN: qc-opt %s --fold-storage-types | FileCheck %s
// RUN: qc-opt %s --strip-storage-types | FileCheck %s --check-prefix=STRIP

!f = tensor<1x4xf32>
!a = tensor<1x4x!quant.uniform<u8:f32, 0.5:128>>
!b = tensor<1x4x!quant.uniform<i8:f32, 0.25>>
!w = tensor<4x2x!quant.uniform<i8:f32:0, {0.5, 0.25, 1.0, 2.0}>>
!r = tensor<1x2x!quant.uniform<i8:f32, 1.0>>

// CHECK: @main(%[[X:.*]]: tensor<1x4x!quant.uniform<u8:f32, 5.000000e-01:128>> {qc.name = "x", qc.parameters = #qc.parameters<imported, "in the model", fixed = true>}
// CHECK: %[[W:.*]] = top.quantized_constant dense<{{\[}}[1, 3, 5, 7], [2, 4, 6, 8]]> : tensor<2x4xi8> -> tensor<2x4x!quant.uniform<i8<-127:127>:f32:1, {5.000000e-01,2.500000e-01,1.000000e+00,2.000000e+00}>>
// CHECK: %[[Y:.*]] = top.matmul %[[X]], %[[W]] {{.*}}qc.parameters = [#qc.parameters<imported, "in the model", fixed = true>]{{.*}} -> tensor<1x2x!quant.uniform<i8:f32, 1.000000e+00>>
// The operand is rounded to another type by its own op: that rounding stays.
// CHECK: %[[N:.*]] = top.neg %[[X]] : {{.*}} -> tensor<1x4xf32>
// CHECK: top.requantize %[[N]]
// CHECK: top.requantize %[[N]]
// CHECK: return %[[Y]]

// STRIP: @main(%[[X:.*]]: tensor<1x4xf32> {qc.name = "x"}
// STRIP: %[[Q:.*]] = top.clip %[[X]] {max = 6.350000e+01 : f32, min = -6.400000e+01 : f32}
// STRIP: top.constant dense<{{\[}}[5.000000e-01, 1.000000e+00], [7.500000e-01, 1.000000e+00], [5.000000e+00, 6.000000e+00], [1.400000e+01, 1.600000e+01]]> : tensor<4x2xf32>
// STRIP-NOT: quant
func.func @main(%x: !f {qc.name = "x"}) -> (!r, !a, !b) {
  %q = top.requantize %x : (!f) -> !a
  %w = top.quantized_constant dense<[[1, 2], [3, 4], [5, 6], [7, 8]]> : tensor<4x2xi8> -> !w
  %t = top.transpose %w {perm = array<i64: 1, 0>} : (!w) -> tensor<2x4xf32>
  %m = top.matmul %q, %t {transpose_rhs = true} : (!a, tensor<2x4xf32>) -> tensor<1x2xf32>
  %y = top.requantize %m : (tensor<1x2xf32>) -> !r
  %n = top.neg %q : (!a) -> !f
  %n1 = top.requantize %n : (!f) -> !a
  %n2 = top.requantize %n : (!f) -> !b
  return %y, %n1, %n2 : !r, !a, !b
}
