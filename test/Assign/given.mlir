// A storage type that is there already is kept, and what only moves its values follows, both ways.
// RUN: qc-opt %s --assign-quantization | FileCheck %s

!r = tensor<1x2x2x2x!quant.calibrated<f32<-1.0:1.0>>>
!given = tensor<1x2x2x2x!quant.uniform<i8:f32, 5.0e-01:3>>

// CHECK: %[[E:.*]] = top.exp {{.*}} -> tensor<1x2x2x2x!quant.uniform<i8:f32, 5.000000e-01:3>> loc
// CHECK: %[[T:.*]] = top.transpose %[[E]] {{.*}}#qc.parameters<given, "in the IR", fixed = true>{{.*}} -> tensor<1x2x2x2x!quant.uniform<i8:f32, 5.000000e-01:3>> loc
// CHECK: top.reshape %[[T]] {{.*}}#qc.parameters<rule, "as 't'">{{.*}} -> tensor<1x8x!quant.uniform<i8:f32, 5.000000e-01:3>> loc
func.func @main(%x: !r {qc.name = "x"}) -> tensor<1x8x!quant.calibrated<f32<-1.0:1.0>>> {
  %e = top.exp %x : (!r) -> !r loc("e")
  %t = top.transpose %e {perm = array<i64: 0, 1, 3, 2>} : (!r) -> !given loc("t")
  %y = top.reshape %t {shape = array<i64: 1, 8>} : (!given) -> tensor<1x8x!quant.calibrated<f32<-1.0:1.0>>> loc("y")
  return %y : tensor<1x8x!quant.calibrated<f32<-1.0:1.0>>>
}
