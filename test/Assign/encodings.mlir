// Parameters by name in a file: read, written, and read again.
// RUN: qc-opt %s --apply-encodings=file=%S/Inputs/good.json | FileCheck %s
// RUN: qc-opt %s --apply-encodings=file=%S/Inputs/good.json --assign-quantization --write-encodings=file=%t.json -o %t.mlir
// RUN: FileCheck %s --check-prefix=JSON < %t.json
// RUN: qc-opt %s --apply-encodings=file=%t.json --assign-quantization --write-encodings=file=%t2.json -o %t2.mlir
// RUN: diff %t.json %t2.json
// RUN: not qc-opt %s --apply-encodings=file=%S/Inputs/names.json 2>&1 | FileCheck %s --check-prefix=NAMES
// RUN: not qc-opt %s --apply-encodings=file=%S/Inputs/misfits.json 2>&1 | FileCheck %s --check-prefix=MISFITS
// RUN: not qc-opt %s --apply-encodings=file=%S/Inputs/entries.json 2>&1 | FileCheck %s --check-prefix=ENTRIES
// RUN: not qc-opt %s --apply-encodings=file=%s 2>&1 | FileCheck %s --check-prefix=BROKEN
// RUN: not qc-opt %s --apply-encodings=file=%t.none 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not qc-opt %s --apply-encodings=file=%S/Inputs/part.json 2>&1 | FileCheck %s --check-prefix=PART
// RUN: qc-opt %s --apply-encodings="file=%S/Inputs/part.json allow-missing" | FileCheck %s --check-prefix=ALLOWED

// CHECK: %arg0: tensor<1x2x!quant.uniform<u8:f32, 5.000000e-01:128>> {qc.name = "x", qc.parameters = #qc.parameters<file, "{{.*}}good.json", fixed = true>}
// CHECK: top.quantized_constant dense<{{\[\[}}4, 2], [2, 8]]> : tensor<2x2xi8> -> tensor<2x2x!quant.uniform<i8<-127:127>:f32:1, {2.500000e-01,5.000000e-01}>>
// CHECK: top.matmul {{.*}}qc.parameters = [#qc.parameters<file, "measured", fixed = true>]{{.*}} -> tensor<1x2x!quant.calibrated<f32<-4.000000e+00:4.000000e+00>>>

// JSON: {"format": "qc-encodings", "version": 1, "encodings": [
// JSON-NEXT: {"fixed":true,"name":"x","role":"activation","scale":[0.5],"type":"u8","why":"{{.*}}good.json","zero_point":[128]},
// JSON-NEXT: {"fixed":true,"name":"y","role":"activation","scale":[{{.*}}],"type":"i8","why":"measured","zero_point":[{{.*}}]},
// JSON-NEXT: {"block":[2,1],{{.*}}"name":"w","qmax":127,"qmin":-127,"role":"weight","scale":[0.25,0.5],"type":"i8","zero_point":[0,0]}
// JSON-NEXT: ]}

// NAMES: error: {{.*}}names.json: 'x' is there twice; the network has no 'yy' (did you mean 'y'?), 'conv9'
// MISFITS: error: {{.*}}misfits.json: 'x' is an activation and takes one scale, found 2: per-channel activations have no integer form; 'w' has the shape 2x2, which 3 scales with 'block' [2, 1] do not fit
// ENTRIES: error: {{.*}}entries.json: the encoding of 'x': unknown type 'i7'; known: i4, u4, i8, u8, i16, u16; the encoding of 'y': unknown key 'skale'; the encoding of 'z': zero point 300 is outside of u8; entry 3 is no object
// BROKEN: error: {{.*}}encodings.mlir: not JSON{{:}} [1:{{.*}}
// NONE: error: '{{.*}}none' does not exist
// PART: error: {{.*}}part.json: 1 activations have no encoding: 'y'; --allow-missing takes theirs from calibration
// ALLOWED: top.matmul {{.*}} -> tensor<1x2xf32>
func.func @main(%x: tensor<1x2xf32> {qc.name = "x"}) -> (tensor<1x2xf32> {qc.name = "y"}) {
  %w = top.constant dense<[[1.0, 1.0], [0.5, 4.0]]> : tensor<2x2xf32> loc("w")
  %y = top.matmul %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32> loc("y")
  return %y : tensor<1x2xf32>
}
