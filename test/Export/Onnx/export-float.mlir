// A float stage as an ONNX model, read back: names of tensors and nodes, a fused activation as a node of its own.
// RUN: qc-translate --export-onnx %s -o %t.onnx
// RUN: qc-translate --import-onnx %t.onnx | FileCheck %s
// RUN: qc-translate --export-onnx --opset=11 %s -o %t.11.onnx
// RUN: qc-translate --import-onnx %t.11.onnx | FileCheck %s

// CHECK: func.func @main(%[[X:.*]]: tensor<1x2x4x4xf32> {qc.name = "image"}
// CHECK-SAME: -> (tensor<1x2x4x4xf32> {qc.name = "y"}
func.func @main(%x: tensor<1x2x4x4x!quant.calibrated<f32<-1.0:1.0>>> {qc.name = "image"})
    -> (tensor<1x2x4x4xf32> {qc.name = "y"}) {
  // CHECK-DAG: %[[W:.*]] = top.constant {{.*}} loc(#[[WEIGHT:.*]])
  // CHECK-DAG: %[[B:.*]] = top.constant {{.*}} loc(#[[BIAS:.*]])
  %w = top.constant dense<[[[[1.0]], [[0.5]]], [[[0.25]], [[2.0]]]]> : tensor<2x2x1x1xf32> loc("weight")
  %b = top.constant dense<[0.5, -0.5]> : tensor<2xf32> loc("bias")
  // CHECK: %[[C:.*]] = top.conv %[[X]], %[[W]], %[[B]] {{.*}} loc(#[[CONV:.*]])
  // CHECK: %[[R:.*]] = top.relu %[[C]] {{.*}} loc(#[[RELU:.*]])
  %c = top.conv %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>,
      group = 1 : i64, act_min = 0.0 : f32}
    : (tensor<1x2x4x4x!quant.calibrated<f32<-1.0:1.0>>>, tensor<2x2x1x1xf32>, tensor<2xf32>)
    -> tensor<1x2x4x4x!quant.calibrated<f32<0.0:3.0>>> loc(fused["rectified"("relu_node"), "summed"("conv_node")])
  // CHECK: %[[Y:.*]] = top.tanh %[[R]] {{.*}} loc(#[[TANH:.*]])
  %y = top.tanh %c : (tensor<1x2x4x4x!quant.calibrated<f32<0.0:3.0>>>) -> tensor<1x2x4x4xf32> loc("y"("tanh_node"))
  // CHECK: return %[[Y]]
  return %y : tensor<1x2x4x4xf32>
}
// CHECK-DAG: #[[CONV]] = loc("rectified_Conv_output"(#[[CONV_NODE:.*]]))
// CHECK-DAG: #[[CONV_NODE]] = loc("conv_node")
// CHECK-DAG: #[[RELU]] = loc("rectified"(#[[RELU_NODE:.*]]))
// CHECK-DAG: #[[RELU_NODE]] = loc("relu_node")
// CHECK-DAG: #[[TANH]] = loc("y"(#[[TANH_NODE:.*]]))
// CHECK-DAG: #[[TANH_NODE]] = loc("tanh_node")
// CHECK-DAG: #[[WEIGHT]] = loc("weight")
// CHECK-DAG: #[[BIAS]] = loc("bias")
