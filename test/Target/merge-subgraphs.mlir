// RUN: qc-opt %s --merge-subgraphs=most=2 2>&1 | FileCheck %s --check-prefix=TWO
// RUN: qc-opt %s --merge-subgraphs=most=1 2>&1 | FileCheck %s --check-prefix=ONE
// RUN: qc-opt %s --merge-subgraphs=most=3 2>&1 | FileCheck %s --check-prefix=THREE

// THREE-NOT: runs on the CPU: at most
// TWO: remark: {{.*}}the subgraph of 1 op that ends in 'between' runs on the CPU: at most 2 on the device are asked for, and this has the least work
// ONE: ends in 'between'
// ONE: remark: {{.*}}the subgraph of 3 ops that ends in 'third' runs on the CPU: at most 1 on the device

!q = !quant.uniform<i8:f32, 0.05>
module attributes {qc.target = #qc.target<"generic", {}>} {
func.func @main(%x: tensor<2x4x!q> {qc.name = "x"}) -> (tensor<4x4x!q> {qc.name = "y"}) {
  // The first is read behind the CPU, too, but cannot run with what reads it.
  // TWO: clamp = array<i64: -10, 10>} :
  // ONE: clamp = array<i64: -10, 10>, qc.placement = "cpu"} :
  %0 = tpu.clip %x {clamp = array<i64: -10, 10>} : (tensor<2x4x!q>) -> tensor<2x4x!q> loc("first")
  // TWO-NEXT: clamp = array<i64: -9, 9>} :
  // ONE-NEXT: clamp = array<i64: -9, 9>, qc.placement = "cpu"} :
  %1 = tpu.clip %0 {clamp = array<i64: -9, 9>} : (tensor<2x4x!q>) -> tensor<2x4x!q> loc("second")
  // TWO-NEXT: clamp = array<i64: -8, 8>} :
  // ONE-NEXT: clamp = array<i64: -8, 8>, qc.placement = "cpu"} :
  %2 = tpu.clip %1 {clamp = array<i64: -8, 8>} : (tensor<2x4x!q>) -> tensor<2x4x!q> loc("third")
  %3 = tpu.clip %2 {clamp = array<i64: -7, 7>, qc.placement = "cpu"} : (tensor<2x4x!q>) -> tensor<2x4x!q> loc("cpu 1")
  // TWO: clamp = array<i64: -6, 6>, qc.placement = "cpu"}
  // ONE: clamp = array<i64: -6, 6>, qc.placement = "cpu"}
  %4 = tpu.clip %3 {clamp = array<i64: -6, 6>} : (tensor<2x4x!q>) -> tensor<2x4x!q> loc("between")
  %5 = tpu.clip %4 {clamp = array<i64: -5, 5>, qc.placement = "cpu"} : (tensor<2x4x!q>) -> tensor<2x4x!q> loc("cpu 2")
  // TWO: tpu.concat {{.*}} {axis = 0 : i64} :
  // ONE: tpu.concat {{.*}} {axis = 0 : i64} :
  %6 = tpu.concat %0, %5 {axis = 0 : i64} : (tensor<2x4x!q>, tensor<2x4x!q>) -> tensor<4x4x!q> loc("joined")
  // TWO-NEXT: clamp = array<i64: -4, 4>} :
  // ONE-NEXT: clamp = array<i64: -4, 4>} :
  %7 = tpu.clip %6 {clamp = array<i64: -4, 4>} : (tensor<4x4x!q>) -> tensor<4x4x!q> loc("behind")
  return %7 : tensor<4x4x!q>
}
}
