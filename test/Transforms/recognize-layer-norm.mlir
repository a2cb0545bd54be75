// Layer normalizations in the forms that exporters write.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --recognize-layer-norm | FileCheck %s
// RUN: qc-opt %s --recognize-layer-norm --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES
// RUN: %python %S/Inputs/same_results.py %s --recognize-layer-norm | qc-opt --check-execute -o /dev/null

// CHECK-LABEL: func @with_pow
// CHECK: %[[Y:.*]] = top.layer_norm %arg0 scale %{{.*}} bias %{{.*}} {axis = 2 : i64, epsilon = 9.99999974E-6 : f32}
// CHECK-NEXT: return %[[Y]]
// NAMES: top.layer_norm {{.*}} loc(#[[Y:.*]])
// NAMES: return
// NAMES-DAG: #[[OUT:.*]] = loc("out")
// NAMES-DAG: #[[SCALED:.*]] = loc("scaled")
// NAMES-DAG: #[[QUOTIENT:.*]] = loc("quotient")
// NAMES-DAG: #[[MEAN:.*]] = loc("mean")
// NAMES-DAG: #[[Y]] = loc(fused[#[[OUT]], #[[SCALED]], #[[QUOTIENT]], #[[MEAN]], {{.*}}])
func.func @with_pow(%x: tensor<1x4x6xf32>) -> tensor<1x4x6xf32> {
  %two = top.constant dense<2.0> : tensor<f32>
  %eps = top.constant dense<1.0e-5> : tensor<f32>
  %g = top.constant dense<[0.5, 1.5, 2.0, -1.0, 0.1, 1.0]> : tensor<6xf32>
  %b = top.constant dense<[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]> : tensor<6xf32>
  %m = top.reduce_mean %x {axes = array<i64: 2>} : (tensor<1x4x6xf32>) -> tensor<1x4x1xf32> loc("mean")
  %d = top.sub %x, %m : (tensor<1x4x6xf32>, tensor<1x4x1xf32>) -> tensor<1x4x6xf32> loc("difference")
  %q = top.pow %d, %two : (tensor<1x4x6xf32>, tensor<f32>) -> tensor<1x4x6xf32> loc("square")
  %v = top.reduce_mean %q {axes = array<i64: 2>} : (tensor<1x4x6xf32>) -> tensor<1x4x1xf32> loc("variance")
  %e = top.add %v, %eps : (tensor<1x4x1xf32>, tensor<f32>) -> tensor<1x4x1xf32> loc("more")
  %s = top.sqrt %e : (tensor<1x4x1xf32>) -> tensor<1x4x1xf32> loc("deviation")
  %n = top.div %d, %s : (tensor<1x4x6xf32>, tensor<1x4x1xf32>) -> tensor<1x4x6xf32> loc("quotient")
  %p = top.mul %n, %g : (tensor<1x4x6xf32>, tensor<6xf32>) -> tensor<1x4x6xf32> loc("scaled")
  %y = top.add %p, %b : (tensor<1x4x6xf32>, tensor<6xf32>) -> tensor<1x4x6xf32> loc("out")
  return %y : tensor<1x4x6xf32>
}

// The difference twice, squared by mul, reciprocal, every operand the other
// way round, parameters that must be repeated.
// CHECK-LABEL: func @with_reciprocal
// CHECK: top.layer_norm %arg0 scale %{{.*}} bias %{{.*}} {axis = 1 : i64,
// CHECK-SAME: (tensor<2x2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2x3xf32>
// CHECK-NEXT: return
func.func @with_reciprocal(%x: tensor<2x2x3xf32>) -> tensor<2x2x3xf32> {
  %eps = top.constant dense<1.0e-2> : tensor<1x1xf32>
  %g = top.constant dense<[0.5, 1.5, 2.0]> : tensor<3xf32>
  %b = top.constant dense<[[[0.1], [0.2]]]> : tensor<1x2x1xf32>
  %m = top.reduce_mean %x {axes = array<i64: 1, 2>} : (tensor<2x2x3xf32>) -> tensor<2x1x1xf32>
  %d = top.sub %x, %m : (tensor<2x2x3xf32>, tensor<2x1x1xf32>) -> tensor<2x2x3xf32>
  %d2 = top.sub %x, %m : (tensor<2x2x3xf32>, tensor<2x1x1xf32>) -> tensor<2x2x3xf32>
  %q = top.mul %d2, %d2 : (tensor<2x2x3xf32>, tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %v = top.reduce_mean %q {axes = array<i64: 1, 2>} : (tensor<2x2x3xf32>) -> tensor<2x1x1xf32>
  %e = top.add %eps, %v : (tensor<1x1xf32>, tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %s = top.sqrt %e : (tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %r = top.reciprocal %s : (tensor<2x1x1xf32>) -> tensor<2x1x1xf32>
  %n = top.mul %r, %d : (tensor<2x1x1xf32>, tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %p = top.mul %g, %n : (tensor<3xf32>, tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  %y = top.add %b, %p : (tensor<1x2x1xf32>, tensor<2x2x3xf32>) -> tensor<2x2x3xf32>
  return %y : tensor<2x2x3xf32>
}

// Powers instead of roots; a shift alone.
// CHECK-LABEL: func @with_powers
// CHECK: %[[A:.*]] = top.layer_norm %arg0 bias
// CHECK: %[[B:.*]] = top.layer_norm %arg0 {
// CHECK: %[[C:.*]] = top.layer_norm %arg0 {
// CHECK: return %[[A]], %[[B]], %[[C]]
func.func @with_powers(%x: tensor<4x6xf32>) -> (tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x6xf32>) {
  %one = top.constant dense<1.0> : tensor<f32>
  %half = top.constant dense<0.5> : tensor<f32>
  %minus = top.constant dense<-0.5> : tensor<f32>
  %eps = top.constant dense<1.0e-5> : tensor<f32>
  %m = top.reduce_mean %x {axes = array<i64: 1>} : (tensor<4x6xf32>) -> tensor<4x1xf32>
  %d = top.sub %x, %m : (tensor<4x6xf32>, tensor<4x1xf32>) -> tensor<4x6xf32>
  %q = top.mul %d, %d : (tensor<4x6xf32>, tensor<4x6xf32>) -> tensor<4x6xf32>
  %v = top.reduce_mean %q {axes = array<i64: 1>} : (tensor<4x6xf32>) -> tensor<4x1xf32>
  %e = top.add %v, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %i = top.pow %e, %minus : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %n = top.mul %d, %i : (tensor<4x6xf32>, tensor<4x1xf32>) -> tensor<4x6xf32>
  %y = top.add %n, %one : (tensor<4x6xf32>, tensor<f32>) -> tensor<4x6xf32>
  %m2 = top.reduce_mean %x {axes = array<i64: 1>} : (tensor<4x6xf32>) -> tensor<4x1xf32>
  %d2 = top.sub %x, %m2 : (tensor<4x6xf32>, tensor<4x1xf32>) -> tensor<4x6xf32>
  %q2 = top.mul %d2, %d2 : (tensor<4x6xf32>, tensor<4x6xf32>) -> tensor<4x6xf32>
  %v2 = top.reduce_mean %q2 {axes = array<i64: 1>} : (tensor<4x6xf32>) -> tensor<4x1xf32>
  %e2 = top.add %v2, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %s2 = top.pow %e2, %half : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %n2 = top.div %d2, %s2 : (tensor<4x6xf32>, tensor<4x1xf32>) -> tensor<4x6xf32>
  %m3 = top.reduce_mean %x {axes = array<i64: 1>} : (tensor<4x6xf32>) -> tensor<4x1xf32>
  %d3 = top.sub %x, %m3 : (tensor<4x6xf32>, tensor<4x1xf32>) -> tensor<4x6xf32>
  %q3 = top.mul %d3, %d3 : (tensor<4x6xf32>, tensor<4x6xf32>) -> tensor<4x6xf32>
  %v3 = top.reduce_mean %q3 {axes = array<i64: 1>} : (tensor<4x6xf32>) -> tensor<4x1xf32>
  %e3 = top.add %v3, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %s3 = top.sqrt %e3 : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %i3 = top.div %one, %s3 : (tensor<f32>, tensor<4x1xf32>) -> tensor<4x1xf32>
  %n3 = top.mul %d3, %i3 : (tensor<4x6xf32>, tensor<4x1xf32>) -> tensor<4x6xf32>
  return %y, %n2, %n3 : tensor<4x6xf32>, tensor<4x6xf32>, tensor<4x6xf32>
}

// CHECK-LABEL: func @expanded
// CHECK: %[[Y:.*]] = top.layer_norm %arg0 scale %{{.*}} bias
// CHECK-NEXT: return %[[Y]]
func.func @expanded(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %eps = top.constant dense<1.0e-3> : tensor<f32>
  %g = top.constant dense<[0.5, 1.5, 2.0]> : tensor<3xf32>
  %b = top.constant dense<[0.1, 0.2, 0.3]> : tensor<3xf32>
  %m = top.reduce_mean %x {axes = array<i64: 1>} : (tensor<4x3xf32>) -> tensor<4x1xf32>
  %d = top.sub %x, %m : (tensor<4x3xf32>, tensor<4x1xf32>) -> tensor<4x3xf32>
  %q = top.mul %d, %d : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %v = top.reduce_mean %q {axes = array<i64: 1>} : (tensor<4x3xf32>) -> tensor<4x1xf32>
  %e = top.add %v, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %s = top.sqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %r = top.reciprocal %s : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %i = top.mul %r, %g : (tensor<4x1xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  %p = top.mul %x, %i : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %t = top.mul %m, %i : (tensor<4x1xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %u = top.sub %b, %t : (tensor<3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %y = top.add %p, %u : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// Over the channels of an image; parameters pass the transpose.
// CHECK-LABEL: func @channels
// CHECK: %[[T:.*]] = top.transpose %arg0 {perm = array<i64: 0, 2, 3, 1>}
// CHECK: %[[N:.*]] = top.layer_norm %[[T]] scale %{{.*}} bias %{{.*}} {axis = 3 : i64,
// CHECK-SAME: (tensor<1x4x5x2xf32>, tensor<2xf32>, tensor<2xf32>)
// CHECK-NEXT: %[[Y:.*]] = top.transpose %[[N]] {perm = array<i64: 0, 3, 1, 2>}
// CHECK-NEXT: return %[[Y]]
func.func @channels(%x: tensor<1x2x4x5xf32>) -> tensor<1x2x4x5xf32> {
  %eps = top.constant dense<1.0e-3> : tensor<f32>
  %g = top.constant dense<[[[0.5]], [[1.5]]]> : tensor<2x1x1xf32>
  %b = top.constant dense<[[[[0.1]], [[-0.2]]]]> : tensor<1x2x1x1xf32>
  %m = top.reduce_mean %x {axes = array<i64: 1>} : (tensor<1x2x4x5xf32>) -> tensor<1x1x4x5xf32>
  %d = top.sub %x, %m : (tensor<1x2x4x5xf32>, tensor<1x1x4x5xf32>) -> tensor<1x2x4x5xf32>
  %q = top.mul %d, %d : (tensor<1x2x4x5xf32>, tensor<1x2x4x5xf32>) -> tensor<1x2x4x5xf32>
  %v = top.reduce_mean %q {axes = array<i64: 1>} : (tensor<1x2x4x5xf32>) -> tensor<1x1x4x5xf32>
  %e = top.add %v, %eps : (tensor<1x1x4x5xf32>, tensor<f32>) -> tensor<1x1x4x5xf32>
  %s = top.sqrt %e : (tensor<1x1x4x5xf32>) -> tensor<1x1x4x5xf32>
  %n = top.div %d, %s : (tensor<1x2x4x5xf32>, tensor<1x1x4x5xf32>) -> tensor<1x2x4x5xf32>
  %p = top.mul %g, %n : (tensor<2x1x1xf32>, tensor<1x2x4x5xf32>) -> tensor<1x2x4x5xf32>
  %y = top.add %p, %b : (tensor<1x2x4x5xf32>, tensor<1x2x1x1xf32>) -> tensor<1x2x4x5xf32>
  return %y : tensor<1x2x4x5xf32>
}

// A constant of the dimensions that are not normalised stays behind.
// CHECK-LABEL: func @first_axis
// CHECK: top.layer_norm %{{.*}} {axis = 1 : i64,
// CHECK: top.transpose
// CHECK: top.mul
func.func @first_axis(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
  %eps = top.constant dense<1.0e-3> : tensor<f32>
  %m = top.reduce_mean %x {axes = array<i64: 0>} : (tensor<4x3xf32>) -> tensor<1x3xf32>
  %d = top.sub %x, %m : (tensor<4x3xf32>, tensor<1x3xf32>) -> tensor<4x3xf32>
  %q = top.mul %d, %d : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %v = top.reduce_mean %q {axes = array<i64: 0>} : (tensor<4x3xf32>) -> tensor<1x3xf32>
  %e = top.add %v, %eps : (tensor<1x3xf32>, tensor<f32>) -> tensor<1x3xf32>
  %s = top.sqrt %e : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %n = top.div %d, %s : (tensor<4x3xf32>, tensor<1x3xf32>) -> tensor<4x3xf32>
  %g = top.constant dense<[0.5, 1.5, 2.0]> : tensor<3xf32>
  %y = top.mul %n, %g : (tensor<4x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}

// The variance is a result as well.
// CHECK-LABEL: func @used_inside
// CHECK-NOT: top.layer_norm
func.func @used_inside(%x: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x1xf32>) {
  %eps = top.constant dense<1.0e-3> : tensor<f32>
  %m = top.reduce_mean %x {axes = array<i64: 1>} : (tensor<4x3xf32>) -> tensor<4x1xf32>
  %d = top.sub %x, %m : (tensor<4x3xf32>, tensor<4x1xf32>) -> tensor<4x3xf32>
  %q = top.mul %d, %d : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %v = top.reduce_mean %q {axes = array<i64: 1>} : (tensor<4x3xf32>) -> tensor<4x1xf32>
  %e = top.add %v, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %s = top.sqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %n = top.div %d, %s : (tensor<4x3xf32>, tensor<4x1xf32>) -> tensor<4x3xf32>
  return %n, %v : tensor<4x3xf32>, tensor<4x1xf32>
}

// The squares are those of something else; the sums are not means.
// CHECK-LABEL: func @other_square
// CHECK-NOT: top.layer_norm
func.func @other_square(%x: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>) {
  %eps = top.constant dense<1.0e-3> : tensor<f32>
  %m = top.reduce_mean %x {axes = array<i64: 1>} : (tensor<4x3xf32>) -> tensor<4x1xf32>
  %d = top.sub %x, %m : (tensor<4x3xf32>, tensor<4x1xf32>) -> tensor<4x3xf32>
  %q = top.mul %x, %x : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %v = top.reduce_mean %q {axes = array<i64: 1>} : (tensor<4x3xf32>) -> tensor<4x1xf32>
  %e = top.add %v, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %s = top.sqrt %e : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %n = top.div %d, %s : (tensor<4x3xf32>, tensor<4x1xf32>) -> tensor<4x3xf32>
  %q2 = top.mul %d, %d : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
  %v2 = top.reduce_sum %q2 {axes = array<i64: 1>} : (tensor<4x3xf32>) -> tensor<4x1xf32>
  %e2 = top.add %v2, %eps : (tensor<4x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  %s2 = top.sqrt %e2 : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %n2 = top.div %d, %s2 : (tensor<4x3xf32>, tensor<4x1xf32>) -> tensor<4x3xf32>
  return %n, %n2 : tensor<4x3xf32>, tensor<4x3xf32>
}

// Parameters that are not those of the normalised dimensions stay outside.
// CHECK-LABEL: func @other_parameters
// CHECK: top.layer_norm %arg0 scale
// CHECK: top.mul
// CHECK: top.add
func.func @other_parameters(%x: tensor<4x3xf32>, %z: tensor<3xf32>) -> tensor<4x3xf32> {
  %g = top.constant dense<[0.5, 1.5, 2.0]> : tensor<3xf32>
  %rows = top.constant dense<[[0.5], [1.5], [2.0], [1.0]]> : tensor<4x1xf32>
  %n = top.layer_norm %x {axis = 1 : i64, epsilon = 1.0e-5 : f32} : (tensor<4x3xf32>) -> tensor<4x3xf32>
  %p = top.mul %n, %g : (tensor<4x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  %r = top.mul %p, %rows : (tensor<4x3xf32>, tensor<4x1xf32>) -> tensor<4x3xf32>
  %y = top.add %r, %z : (tensor<4x3xf32>, tensor<3xf32>) -> tensor<4x3xf32>
  return %y : tensor<4x3xf32>
}
