// Activation functions in the forms that exporters write.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --recognize-activations | FileCheck %s
// RUN: qc-opt %s --recognize-activations --mlir-print-debuginfo | FileCheck %s --check-prefix=NAMES
// RUN: %python %S/Inputs/same_results.py %s --recognize-activations --range=-6:6 | qc-opt --check-execute -o /dev/null

// CHECK-LABEL: func @gelu_erf
// CHECK: %[[A:.*]] = top.gelu %arg0 :
// CHECK: %[[B:.*]] = top.gelu %arg0 :
// CHECK: %[[C:.*]] = top.gelu %arg0 :
// CHECK: return %[[A]], %[[B]], %[[C]]
// NAMES: top.gelu {{.*}} loc(#[[Y:.*]])
// NAMES: return
// NAMES-DAG: #[[OUT:.*]] = loc("out")
// NAMES-DAG: #[[QUOTIENT:.*]] = loc("quotient")
// NAMES-DAG: #[[ERF:.*]] = loc("erf")
// NAMES-DAG: #[[SUM:.*]] = loc("sum")
// NAMES-DAG: #[[PRODUCT:.*]] = loc("product")
// NAMES-DAG: #[[Y]] = loc(fused[#[[OUT]], #[[QUOTIENT]], #[[ERF]], #[[SUM]], #[[PRODUCT]]])
func.func @gelu_erf(%x: tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>) {
  %root = top.constant dense<1.41421354> : tensor<f32>
  %inverse = top.constant dense<0.707106769> : tensor<1xf32>
  %one = top.constant dense<1.0> : tensor<f32>
  %half = top.constant dense<0.5> : tensor<f32>
  %two = top.constant dense<2.0> : tensor<f32>
  // x * (1 + erf(x / sqrt(2))) * 0.5
  %0 = top.div %x, %root : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32> loc("quotient")
  %1 = top.erf %0 : (tensor<2x8xf32>) -> tensor<2x8xf32> loc("erf")
  %2 = top.add %1, %one : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32> loc("sum")
  %3 = top.mul %x, %2 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32> loc("product")
  %4 = top.mul %3, %half : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32> loc("out")
  // (0.5 * x) * (1 + erf(x * sqrt(0.5)))
  %5 = top.mul %half, %x : (tensor<f32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %6 = top.mul %x, %inverse : (tensor<2x8xf32>, tensor<1xf32>) -> tensor<2x8xf32>
  %7 = top.erf %6 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %8 = top.add %one, %7 : (tensor<f32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %9 = top.mul %8, %5 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  // x * ((1 + erf(x / sqrt(2))) / 2)
  %10 = top.div %x, %root : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %11 = top.erf %10 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %12 = top.add %11, %one : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %13 = top.div %12, %two : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %14 = top.mul %x, %13 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return %4, %9, %14 : tensor<2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>
}

// CHECK-LABEL: func @gelu_tanh
// CHECK: %[[A:.*]] = top.gelu %arg0 {approximate = "tanh"}
// CHECK: %[[B:.*]] = top.gelu %arg0 {approximate = "tanh"}
// CHECK: %[[C:.*]] = top.gelu %arg0 {approximate = "tanh"}
// CHECK: return %[[A]], %[[B]], %[[C]]
func.func @gelu_tanh(%x: tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>) {
  %slope = top.constant dense<0.797884583> : tensor<f32>
  %cube = top.constant dense<4.471500e-02> : tensor<f32>
  %one = top.constant dense<1.0> : tensor<f32>
  %half = top.constant dense<0.5> : tensor<f32>
  %three = top.constant dense<3.0> : tensor<f32>
  %double = top.constant dense<1.5957691216> : tensor<f32>
  // 0.5 * x * (1 + tanh(slope * (x + cube * x^3)))
  %0 = top.pow %x, %three : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %1 = top.mul %0, %cube : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %2 = top.add %x, %1 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %3 = top.mul %2, %slope : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %4 = top.tanh %3 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %5 = top.add %4, %one : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %6 = top.mul %x, %half : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %7 = top.mul %6, %5 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  // x * (0.5 * (1 + tanh((x * slope) * (1 + (cube * x) * x))))
  %8 = top.mul %cube, %x : (tensor<f32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %9 = top.mul %8, %x : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %10 = top.add %one, %9 : (tensor<f32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %11 = top.mul %x, %slope : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %12 = top.mul %11, %10 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %13 = top.tanh %12 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %14 = top.add %one, %13 : (tensor<f32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %15 = top.mul %14, %half : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %16 = top.mul %x, %15 : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  // x * sigmoid(2 * slope * (x + cube * x * x * x))
  %17 = top.mul %x, %x : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %18 = top.mul %17, %x : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %19 = top.mul %18, %cube : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %20 = top.add %19, %x : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %21 = top.mul %double, %20 : (tensor<f32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %22 = top.sigmoid %21 : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %23 = top.mul %22, %x : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  return %7, %16, %23 : tensor<2x8xf32>, tensor<2x8xf32>, tensor<2x8xf32>
}

// CHECK-LABEL: func @silu
// CHECK-COUNT-4: top.silu %arg0
// CHECK: top.sigmoid %arg0
// CHECK-NEXT: top.sigmoid %arg0
// CHECK-NEXT: return
func.func @silu(%x: tensor<8xf32>)
    -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %one = top.constant dense<1.0> : tensor<f32>
  %half = top.constant dense<0.5> : tensor<f32>
  %0 = top.sigmoid %x : (tensor<8xf32>) -> tensor<8xf32>
  %1 = top.mul %x, %0 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %2 = top.sigmoid %x : (tensor<8xf32>) -> tensor<8xf32>
  %3 = top.mul %2, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %4 = top.mul %x, %half : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %5 = top.tanh %4 : (tensor<8xf32>) -> tensor<8xf32>
  %6 = top.mul %4, %5 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %7 = top.add %6, %4 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %8 = top.neg %x : (tensor<8xf32>) -> tensor<8xf32>
  %9 = top.exp %8 : (tensor<8xf32>) -> tensor<8xf32>
  %10 = top.add %9, %one : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %11 = top.div %x, %10 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %12 = top.neg %x : (tensor<8xf32>) -> tensor<8xf32>
  %13 = top.exp %12 : (tensor<8xf32>) -> tensor<8xf32>
  %14 = top.add %one, %13 : (tensor<f32>, tensor<8xf32>) -> tensor<8xf32>
  %15 = top.div %one, %14 : (tensor<f32>, tensor<8xf32>) -> tensor<8xf32>
  %16 = top.neg %x : (tensor<8xf32>) -> tensor<8xf32>
  %17 = top.exp %16 : (tensor<8xf32>) -> tensor<8xf32>
  %18 = top.add %one, %17 : (tensor<f32>, tensor<8xf32>) -> tensor<8xf32>
  %19 = top.reciprocal %18 : (tensor<8xf32>) -> tensor<8xf32>
  return %1, %3, %7, %11, %15, %19 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// The last has a factor that is needed outside.
// CHECK-LABEL: func @mish
// CHECK-COUNT-2: top.mish %arg0
// CHECK: top.tanh
// CHECK-NEXT: top.mul
// CHECK-NEXT: return
func.func @mish(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %0 = top.softplus %x : (tensor<8xf32>) -> tensor<8xf32>
  %1 = top.tanh %0 : (tensor<8xf32>) -> tensor<8xf32>
  %2 = top.mul %x, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %3 = top.softplus %x : (tensor<8xf32>) -> tensor<8xf32>
  %4 = top.tanh %3 : (tensor<8xf32>) -> tensor<8xf32>
  %5 = top.mul %4, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %6 = top.softplus %x : (tensor<8xf32>) -> tensor<8xf32>
  %7 = top.tanh %6 : (tensor<8xf32>) -> tensor<8xf32>
  %8 = top.mul %7, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %2, %5, %6, %8 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// CHECK-LABEL: func @hard_swish
// CHECK-COUNT-4: top.hard_swish %arg0
// CHECK: top.hard_sigmoid %arg0 {alpha = 0.166666672 : f32, beta = 5.000000e-01 : f32}
// CHECK-NEXT: return
func.func @hard_swish(%x: tensor<8xf32>)
    -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  %three = top.constant dense<3.0> : tensor<f32>
  %six = top.constant dense<6.0> : tensor<f32>
  %sixth = top.constant dense<0.166666672> : tensor<f32>
  %half = top.constant dense<0.5> : tensor<f32>
  %0 = top.add %x, %three : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %1 = top.clip %0 {min = 0.0 : f32, max = 6.0 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  %2 = top.mul %x, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %3 = top.div %2, %six : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %4 = top.add %three, %x : (tensor<f32>, tensor<8xf32>) -> tensor<8xf32>
  %5 = top.clip %4 {min = 0.0 : f32, max = 6.0 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  %6 = top.mul %5, %sixth : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %7 = top.mul %6, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %8 = top.hard_sigmoid %x {alpha = 0.166666672 : f32, beta = 0.5 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  %9 = top.mul %x, %8 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %10 = top.mul %x, %sixth : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %11 = top.add %10, %half : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %12 = top.clip %11 {min = 0.0 : f32, max = 1.0 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  %13 = top.mul %12, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %14 = top.add %x, %three : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %15 = top.clip %14 {min = 0.0 : f32, max = 6.0 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  %16 = top.div %15, %six : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  return %3, %7, %9, %13, %16 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}

// Another slope, another input, a value needed outside, a clamp between, a
// product that broadcasts, other bounds.
// CHECK-LABEL: func @stays
// CHECK-NOT: top.silu
// CHECK-NOT: top.gelu
// CHECK-NOT: top.hard_s
func.func @stays(%x: tensor<8xf32>, %z: tensor<8xf32>, %wide: tensor<2x8xf32>)
    -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<2x8xf32>, tensor<8xf32>) {
  %slope = top.constant dense<1.702> : tensor<f32>
  %three = top.constant dense<3.0> : tensor<f32>
  %six = top.constant dense<6.0> : tensor<f32>
  %0 = top.mul %x, %slope : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %1 = top.sigmoid %0 : (tensor<8xf32>) -> tensor<8xf32>
  %2 = top.mul %x, %1 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %3 = top.sigmoid %x : (tensor<8xf32>) -> tensor<8xf32>
  %4 = top.mul %z, %3 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %5 = top.sigmoid %z : (tensor<8xf32>) -> tensor<8xf32>
  %6 = top.mul %z, %5 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %7 = top.sigmoid %z : (tensor<8xf32>) -> tensor<8xf32>
  %8 = top.mul %z, %7 {act_min = 0.0 : f32} : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %9 = top.sigmoid %z : (tensor<8xf32>) -> tensor<8xf32>
  %10 = top.mul %wide, %9 : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  %11 = top.add %x, %three : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %12 = top.clip %11 {min = 0.0 : f32, max = 5.0 : f32} : (tensor<8xf32>) -> tensor<8xf32>
  %13 = top.mul %x, %12 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %14 = top.div %13, %six : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  return %2, %4, %5, %6, %8, %10, %14 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<2x8xf32>, tensor<8xf32>
}

// The logarithm may be given out as well; without a negation there will be one.
// CHECK-LABEL: func @exponentials
// CHECK-NOT: top.exp
// CHECK: top.softmax
// CHECK: %[[NEG:.*]] = top.neg
// CHECK: top.sigmoid %[[NEG]]
// CHECK-NOT: top.exp
func.func @exponentials(%x: tensor<1x8xf32>) -> (tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>) {
  %one = top.constant dense<1.0> : tensor<f32>
  %0 = top.log_softmax %x {axis = 1 : i64} : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %1 = top.exp %0 : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %2 = top.exp %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
  %3 = top.add %2, %one : (tensor<1x8xf32>, tensor<f32>) -> tensor<1x8xf32>
  %4 = top.div %one, %3 : (tensor<f32>, tensor<1x8xf32>) -> tensor<1x8xf32>
  return %0, %1, %4 : tensor<1x8xf32>, tensor<1x8xf32>, tensor<1x8xf32>
}
