// Mathematical functions round-trip through text and bytecode.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s | qc-opt | FileCheck %s
// RUN: qc-opt --emit-bytecode %s | qc-opt | FileCheck %s

// CHECK-LABEL: func.func @functions
func.func @functions(%x: tensor<2x8xf32>) {
  // CHECK: top.erf %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.erf %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.exp %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.exp %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.log %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.log %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.sqrt %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.sqrt %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.abs %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.abs %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.neg %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.neg %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.reciprocal %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.reciprocal %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.floor %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.floor %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.ceil %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.ceil %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.round %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.round %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.sign %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.sign %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.sin %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.sin %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: top.cos %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  top.cos %x : (tensor<2x8xf32>) -> tensor<2x8xf32>
  return
}
