// Transposes move until they cancel.
// RUN: qc-opt %s --propagate-layout --split-input-file | FileCheck %s

!q = !quant.uniform<i8:f32, 0.1>

// Opposite transposes around an op that does not mind vanish.

// CHECK-LABEL: func.func @cancel
// CHECK-NOT: tpu.transpose
// CHECK: tpu.lut {{.*}}qc.permutation = array<i64: 0, 2, 3, 1>
func.func @cancel(%x: tensor<1x4x5x2x!q>, %t: tensor<256xi8>) -> tensor<1x4x5x2x!q> {
  %0 = tpu.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x2x!q>) -> tensor<1x2x4x5x!q>
  %1 = tpu.lut %0, %t {function = "tanh", params = array<f64>, frac_bits = 0 : i64} : (tensor<1x2x4x5x!q>, tensor<256xi8>) -> tensor<1x2x4x5x!q>
  %2 = tpu.transpose %1 {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x2x4x5x!q>) -> tensor<1x4x5x2x!q>
  return %2 : tensor<1x4x5x2x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1>

// Attributes that name dimensions follow.

// CHECK-LABEL: func.func @attributes
// CHECK: tpu.concat %arg0, %arg0 {axis = 3 : i64
// CHECK: tpu.slice {{.*}}offsets = array<i64: 0, 1, 2, 3>{{.*}}sizes = array<i64: 1, 2, 3, 1>
// CHECK: tpu.reduce_max {{.*}}axes = array<i64: 1, 2>
// CHECK-NOT: tpu.transpose
func.func @attributes(%x: tensor<1x4x5x2x!q>) -> tensor<1x1x1x1x!q> {
  %0 = tpu.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x2x!q>) -> tensor<1x2x4x5x!q>
  %1 = tpu.concat %0, %0 {axis = 1 : i64} : (tensor<1x2x4x5x!q>, tensor<1x2x4x5x!q>) -> tensor<1x4x4x5x!q>
  %2 = tpu.slice %1 {offsets = array<i64: 0, 3, 1, 2>, sizes = array<i64: 1, 1, 2, 3>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x4x4x5x!q>) -> tensor<1x1x2x3x!q>
  %3 = tpu.reduce_max %2 {axes = array<i64: 2, 3>, keepdims = true} : (tensor<1x1x2x3x!q>) -> tensor<1x1x1x1x!q>
  return %3 : tensor<1x1x1x1x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1>

// A channel shuffle keeps the one transpose that it is, and reports find the
// source's tensors in what is left.

// CHECK-LABEL: func.func @shuffle
// CHECK: tpu.reshape %arg0 {qc.permutation = array<i64: 0, 3, 4, 1, 2>} {{.*}} -> tensor<1x4x5x2x3x
// CHECK-NEXT: tpu.transpose {{.*}}perm = array<i64: 0, 1, 2, 4, 3>, qc.permutation = array<i64: 0, 3, 4, 1, 2>
// CHECK-NEXT: tpu.reshape {{.*}} -> tensor<1x4x5x6x
// CHECK-NEXT: return
func.func @shuffle(%x: tensor<1x4x5x6x!q>) -> tensor<1x4x5x6x!q> {
  %0 = tpu.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x6x!q>) -> tensor<1x6x4x5x!q>
  %1 = tpu.reshape %0 : (tensor<1x6x4x5x!q>) -> tensor<1x2x3x4x5x!q>
  %2 = tpu.transpose %1 {perm = array<i64: 0, 2, 1, 3, 4>} : (tensor<1x2x3x4x5x!q>) -> tensor<1x3x2x4x5x!q>
  %3 = tpu.reshape %2 : (tensor<1x3x2x4x5x!q>) -> tensor<1x6x4x5x!q>
  %4 = tpu.transpose %3 {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x6x4x5x!q>) -> tensor<1x4x5x6x!q>
  return %4 : tensor<1x4x5x6x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1>
!w = !quant.uniform<i8<-127:127>:f32, 0.5>

// A dense layer over a flattened image gets its columns reordered.

// CHECK-LABEL: func.func @flatten
// CHECK: tpu.constant dense<{{\[\[}}0, 4, 1, 5, 2, 6, 3, 7]]>
// CHECK: tpu.reshape %arg0
// CHECK-NOT: tpu.transpose
// CHECK: tpu.fully_connected
func.func @flatten(%x: tensor<1x2x2x2x!q>, %b: tensor<1xi32>) -> tensor<1x1x!q> {
  %w = tpu.constant dense<[[0, 1, 2, 3, 4, 5, 6, 7]]> : tensor<1x8xi8> -> tensor<1x8x!w>
  %0 = tpu.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x2x2x2x!q>) -> tensor<1x2x2x2x!q>
  %1 = tpu.reshape %0 : (tensor<1x2x2x2x!q>) -> tensor<1x8x!q>
  %2 = tpu.fully_connected %1, %w, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>} : (tensor<1x8x!q>, tensor<1x8x!w>, tensor<1xi32>) -> tensor<1x1x!q>
  return %2 : tensor<1x1x!q>
}

// Equal weights stay as they are.

// CHECK-LABEL: func.func @flatten_equal
// CHECK: tpu.constant dense<3>
// CHECK: tpu.reshape %arg0
// CHECK-NOT: tpu.transpose
// CHECK: tpu.fully_connected
func.func @flatten_equal(%x: tensor<1x2x2x2x!q>, %b: tensor<1xi32>) -> tensor<1x1x!q> {
  %w = tpu.constant dense<3> : tensor<1x8xi8> -> tensor<1x8x!w>
  %0 = tpu.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x2x2x2x!q>) -> tensor<1x2x2x2x!q>
  %1 = tpu.reshape %0 : (tensor<1x2x2x2x!q>) -> tensor<1x8x!q>
  %2 = tpu.fully_connected %1, %w, %b {requant = #tpu.requant<mul32, single, multipliers = [1073741824], shifts = [32]>} : (tensor<1x8x!q>, tensor<1x8x!w>, tensor<1xi32>) -> tensor<1x1x!q>
  return %2 : tensor<1x1x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1>

// A transpose that belongs to the network stays, once.

// CHECK-LABEL: func.func @attention
// CHECK-COUNT-1: tpu.transpose
// CHECK-NOT: tpu.transpose
func.func @attention(%x: tensor<1x5x6x!q>) -> tensor<1x2x5x3x!q> {
  %0 = tpu.reshape %x : (tensor<1x5x6x!q>) -> tensor<1x5x2x3x!q>
  %1 = tpu.transpose %0 {perm = array<i64: 0, 2, 1, 3>} : (tensor<1x5x2x3x!q>) -> tensor<1x2x5x3x!q>
  return %1 : tensor<1x2x5x3x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1>

// Means and maxima over the channels (spatial attention): transposes of one
// channel leave the order as it is, and do not send each other back and forth.

// CHECK-LABEL: func.func @attention
// CHECK-NOT: tpu.transpose
// CHECK: tpu.concat {{.*}}axis = 3
// CHECK-NOT: tpu.transpose
// CHECK: return
func.func @attention(%x: tensor<1x4x5x6x!q>) -> tensor<1x4x5x2x!q> {
  %0 = tpu.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x6x!q>) -> tensor<1x6x4x5x!q>
  %1 = tpu.reduce_max %0 {axes = array<i64: 1>, keepdims = true} : (tensor<1x6x4x5x!q>) -> tensor<1x1x4x5x!q>
  %2 = tpu.reduce_min %0 {axes = array<i64: 1>, keepdims = true} : (tensor<1x6x4x5x!q>) -> tensor<1x1x4x5x!q>
  %3 = tpu.clip %2 {clamp = array<i64: -20, 90>} : (tensor<1x1x4x5x!q>) -> tensor<1x1x4x5x!q>
  %4 = tpu.concat %1, %3 {axis = 1 : i64} : (tensor<1x1x4x5x!q>, tensor<1x1x4x5x!q>) -> tensor<1x2x4x5x!q>
  %5 = tpu.transpose %4 {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x2x4x5x!q>) -> tensor<1x4x5x2x!q>
  return %5 : tensor<1x4x5x2x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1>

// A constant in another shape is a constant: nothing is left to do at run time.

// CHECK-LABEL: func.func @aligned
// CHECK-NOT: tpu.reshape
// CHECK: tpu.constant dense<{{.*}}> : tensor<1x2x3xi8> -> tensor<1x2x3x!quant
// CHECK-NEXT: tpu.clip
func.func @aligned() -> tensor<1x2x3x!q> {
  %0 = tpu.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8> -> tensor<2x3x!q>
  %1 = tpu.reshape %0 : (tensor<2x3x!q>) -> tensor<1x2x3x!q>
  %2 = tpu.clip %1 {clamp = array<i64: -20, 90>} : (tensor<1x2x3x!q>) -> tensor<1x2x3x!q>
  return %2 : tensor<1x2x3x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1>

// A channel shuffle of three dimensions, whose last reshape puts the batch in
// front: it stays channels last like that of five.

// CHECK-LABEL: func.func @shuffle
// CHECK-NEXT: tpu.reshape {{.*}} -> tensor<20x2x3x!quant
// CHECK-NEXT: tpu.transpose {{.*}}perm = array<i64: 0, 2, 1>
// CHECK-NEXT: tpu.reshape {{.*}} -> tensor<1x4x5x6x!quant
// CHECK-NEXT: return
func.func @shuffle(%x: tensor<1x4x5x6x!q>) -> tensor<1x4x5x6x!q> {
  %0 = tpu.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x6x!q>) -> tensor<1x6x4x5x!q>
  %1 = tpu.reshape %0 : (tensor<1x6x4x5x!q>) -> tensor<2x3x20x!q>
  %2 = tpu.transpose %1 {perm = array<i64: 1, 0, 2>} : (tensor<2x3x20x!q>) -> tensor<3x2x20x!q>
  %3 = tpu.reshape %2 : (tensor<3x2x20x!q>) -> tensor<1x6x4x5x!q>
  %4 = tpu.transpose %3 {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x6x4x5x!q>) -> tensor<1x4x5x6x!q>
  return %4 : tensor<1x4x5x6x!q>
}
