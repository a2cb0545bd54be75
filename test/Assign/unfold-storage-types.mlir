// What the model rounds is said by ops again, and a second fold gives the same; what was assigned stays.
// RUN: qc-opt %s --unfold-storage-types | FileCheck %s
// RUN: qc-opt %s --unfold-storage-types --fold-storage-types -o %t.mlir
// RUN: qc-opt %s -o %t.before.mlir
// RUN: diff %t.before.mlir %t.mlir

!f = tensor<1x4xf32>
!a = tensor<1x4x!quant.uniform<u8:f32, 0.5:128>>
!b = tensor<1x4x!quant.uniform<i8:f32, 0.25>>
!r = tensor<2x2x!quant.uniform<u8:f32, 0.5:128>>

// CHECK: @main(%[[X:.*]]: tensor<1x4xf32> {qc.name = "x"}{{.*}}, %[[Z:.*]]: tensor<1x4x!quant
// CHECK: %[[Q:.*]] = top.requantize %[[X]]
// CHECK: %[[Y:.*]] = top.relu %[[Q]] {{.*}} -> tensor<1x4xf32>
// CHECK: %[[YQ:.*]] = top.requantize %[[Y]]
// CHECK: %[[M:.*]] = top.reshape %[[YQ]] {{.*}} -> tensor<2x2xf32>
// What is moved from a value that the model does not round is rounded itself.
// CHECK: %[[F:.*]] = top.neg
// CHECK: %[[G:.*]] = top.reshape %[[F]] {{.*}} -> tensor<2x2xf32>
// CHECK: %[[GQ:.*]] = top.requantize %[[G]]
// CHECK: return %[[M]], %[[Z]], %[[GQ]]
func.func @main(%x: !a {qc.name = "x", qc.parameters = #qc.parameters<imported, "in the model", fixed = true>},
                %z: !b {qc.name = "z", qc.parameters = #qc.parameters<method, "range", fixed = false>}) -> (!r, !b, !r) {
  %y = top.relu %x {qc.parameters = [#qc.parameters<imported, "in the model", fixed = true>]} : (!a) -> !a
  %m = top.reshape %y {qc.parameters = [#qc.parameters<rule, "as ''", fixed = true>]} : (!a) -> !r
  %f = top.neg %z : (!b) -> !f
  %g = top.reshape %f {qc.parameters = [#qc.parameters<imported, "in the model", fixed = true>]} : (!f) -> !r
  return %m, %z, %g : !r, !b, !r
}
