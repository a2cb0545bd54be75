// Activation functions round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @activations
func.func @activations(%x: tensor<2x8xf32>, %slope: tensor<8xf32>) {
  // CHECK: top.relu %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.relu %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.leaky_relu %{{[^ ]*}} {alpha = 1.000000e-01 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.leaky_relu %x {alpha = 0.1 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.clip %{{[^ ]*}} {max = 6.000000e+00 : f32, min = -1.000000e+00 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.clip %x {min = -1.0 : f32, max = 6.0 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.clip %{{[^ ]*}} {max = 6.000000e+00 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.clip %x {max = 6.0 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.clip %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.clip %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.sigmoid %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.sigmoid %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.tanh %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.tanh %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.hard_sigmoid %{{[^ ]*}} {alpha = 2.000000e-01 : f32, beta = 5.000000e-01 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.hard_sigmoid %x {alpha = 0.2 : f32, beta = 0.5 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.hard_swish %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.hard_swish %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.silu %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.silu %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.softplus %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.softplus %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.mish %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.mish %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.elu %{{[^ ]*}} {alpha = 1.000000e+00 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.elu %x {alpha = 1.0 : f32} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.gelu %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.gelu %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.gelu %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.gelu %x {approximate = "none"} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.gelu %{{[^ ]*}} {approximate = "tanh"} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.gelu %x {approximate = "tanh"} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.prelu %{{.*}}, %{{.*}} : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  top.prelu %x, %slope : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  return
}

// CHECK-LABEL: func.func @half
func.func @half(%x: tensor<2x8xf16>) -> tensor<2x8x!quant.calibrated<f16<0.0:4.0>>> {
  // CHECK: top.relu {{.*}} : (tensor<2x8xf16>) -> tensor<2x8x!quant.calibrated<f16<0.000000e+00:4.000000e+00>>>
  %y = top.relu %x : (tensor<2x8xf16>) -> tensor<2x8x!quant.calibrated<f16<0.0:4.0>>>
  return %y : tensor<2x8x!quant.calibrated<f16<0.0:4.0>>>
}
