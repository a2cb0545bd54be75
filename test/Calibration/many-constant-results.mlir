// Many results that do not depend on the inputs are one warning, which names the first ones; one number of one sample is
// no evidence.
// RUN: qc-opt %s --calibrate-ranges="data=random:3 quiet" -o /dev/null 2>&1 | FileCheck %s
// RUN: qc-opt %s --calibrate-ranges="data=random:1 quiet" -o /dev/null 2>&1 | FileCheck %s --check-prefix=ONE

// CHECK-NOT: do not depend
// CHECK: warning: outputs 'a', 'b', 'c', 'd', 'e' and 2 more do not depend on the inputs: 'relu_a' is 0, 'relu_b' is 0, 'relu_c' is 0, 'relu_d' is 0, 'relu_e' is 0 everywhere in all samples (3); check
// CHECK-NOT: do not depend
// ONE-NOT: not depend on the inputs
func.func @main(%x: tensor<1x1xf32> {qc.name = "x"})
    -> (tensor<1x1xf32> {qc.name = "a"}, tensor<1x1xf32> {qc.name = "b"}, tensor<1x1xf32> {qc.name = "c"}, tensor<1x1xf32> {qc.name = "d"}, tensor<1x1xf32> {qc.name = "e"}, tensor<1x1xf32> {qc.name = "f"}, tensor<1x1xf32> {qc.name = "g"}) {
  %shift_a = top.constant dense<-5.0> : tensor<1xf32>
  %shifted_a = top.add %x, %shift_a : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("shifted_a")
  %relu_a = top.relu %shifted_a : (tensor<1x1xf32>) -> tensor<1x1xf32> loc("relu_a")
  %a = top.add %relu_a, %shift_a : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("a")
  %shift_b = top.constant dense<-6.0> : tensor<1xf32>
  %shifted_b = top.add %x, %shift_b : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("shifted_b")
  %relu_b = top.relu %shifted_b : (tensor<1x1xf32>) -> tensor<1x1xf32> loc("relu_b")
  %b = top.add %relu_b, %shift_b : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("b")
  %shift_c = top.constant dense<-7.0> : tensor<1xf32>
  %shifted_c = top.add %x, %shift_c : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("shifted_c")
  %relu_c = top.relu %shifted_c : (tensor<1x1xf32>) -> tensor<1x1xf32> loc("relu_c")
  %c = top.add %relu_c, %shift_c : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("c")
  %shift_d = top.constant dense<-8.0> : tensor<1xf32>
  %shifted_d = top.add %x, %shift_d : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("shifted_d")
  %relu_d = top.relu %shifted_d : (tensor<1x1xf32>) -> tensor<1x1xf32> loc("relu_d")
  %d = top.add %relu_d, %shift_d : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("d")
  %shift_e = top.constant dense<-9.0> : tensor<1xf32>
  %shifted_e = top.add %x, %shift_e : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("shifted_e")
  %relu_e = top.relu %shifted_e : (tensor<1x1xf32>) -> tensor<1x1xf32> loc("relu_e")
  %e = top.add %relu_e, %shift_e : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("e")
  %shift_f = top.constant dense<-10.0> : tensor<1xf32>
  %shifted_f = top.add %x, %shift_f : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("shifted_f")
  %relu_f = top.relu %shifted_f : (tensor<1x1xf32>) -> tensor<1x1xf32> loc("relu_f")
  %f = top.add %relu_f, %shift_f : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("f")
  %shift_g = top.constant dense<-11.0> : tensor<1xf32>
  %shifted_g = top.add %x, %shift_g : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("shifted_g")
  %relu_g = top.relu %shifted_g : (tensor<1x1xf32>) -> tensor<1x1xf32> loc("relu_g")
  %g = top.add %relu_g, %shift_g : (tensor<1x1xf32>, tensor<1xf32>) -> tensor<1x1xf32> loc("g")
  return %a, %b, %c, %d, %e, %f, %g : tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>, tensor<1x1xf32>
}
