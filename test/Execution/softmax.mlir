// What the softmax ops compute, as onnxruntime does (see Inputs/generate.py).
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: qc-opt %s --check-execute -o /dev/null
// The same by the kernels of the runtime:
// RUN: sed -e '1i module attributes {qc.precision = "float"} {' -e '$a }' %s | qc-opt --legalize --check-execute -o /dev/null

func.func @softmax_0() {
  %0 = top.constant dense<[[[6.3599997, -7.9800005, -4.4700003, 2.76], [1.41, 1.14, 0.78, -2.28], [8.64, 2.6100001, -8.4, -0.51]], [[-2.79, -5.4900002, 1.08, -2.52], [0.32999998, -7.5, -6.84, 6.75], [-6.51, -5.94, -1.56, -5.07]]]> : tensor<2x3x4xf32>
  %y = top.softmax %0 {axis = 0 : i64}
    : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e0 = top.constant dense<[[[0.9998938, 0.07656218, 0.0038724032, 0.9949334], [0.746494, 0.99982315, 0.9995097, 0.000119748176], [0.99999976, 0.99980646, 0.0010689598, 0.98964626]], [[0.00010620856, 0.92343783, 0.99612767, 0.005066631], [0.25350603, 0.00017685555, 0.00049030135, 0.9998802], [2.6329235e-07, 0.0001935076, 0.998931, 0.010353734]]]> : tensor<2x3x4xf32>
  check.expect_rel_max %y, %e0 {tolerance = 2.0e-06 : f64} : tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return
}

func.func @softmax_1() {
  %0 = top.constant dense<[[[6.3599997, -7.9800005, -4.4700003, 2.76], [1.41, 1.14, 0.78, -2.28], [8.64, 2.6100001, -8.4, -0.51]], [[-2.79, -5.4900002, 1.08, -2.52], [0.32999998, -7.5, -6.84, 6.75], [-6.51, -5.94, -1.56, -5.07]]]> : tensor<2x3x4xf32>
  %y = top.softmax %0 {axis = 1 : i64}
    : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e0 = top.constant dense<[[[0.09273194, 2.0461322e-05, 0.0052195904, 0.95741403], [0.0006568584, 0.18693876, 0.9946779, 0.0061980574], [0.9066112, 0.81304073, 0.000102531994, 0.036387887]], [[0.04224648, 0.5644561, 0.9330755, 9.4198906e-05], [0.9567297, 0.07563075, 0.00033908177, 0.99989843], [0.0010237995, 0.35991317, 0.06658546, 7.355213e-06]]]> : tensor<2x3x4xf32>
  check.expect_rel_max %y, %e0 {tolerance = 2.0e-06 : f64} : tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return
}

func.func @softmax_2() {
  %0 = top.constant dense<[[[6.3599997, -7.9800005, -4.4700003, 2.76], [1.41, 1.14, 0.78, -2.28], [8.64, 2.6100001, -8.4, -0.51]], [[-2.79, -5.4900002, 1.08, -2.52], [0.32999998, -7.5, -6.84, 6.75], [-6.51, -5.94, -1.56, -5.07]]]> : tensor<2x3x4xf32>
  %y = top.softmax %0 {axis = 2 : i64}
    : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e0 = top.constant dense<[[[0.97338367, 5.761043e-07, 1.9269695e-05, 0.026596475], [0.4308593, 0.32890916, 0.22947213, 0.010759419], [0.9974946, 0.0023994667, 3.967639e-08, 0.000105953615]], [[0.019872991, 0.0013355742, 0.9527585, 0.026032912], [0.0016260047, 6.4654097e-07, 1.2509223e-06, 0.998372], [0.00674928, 0.011934531, 0.9528296, 0.028486658]]]> : tensor<2x3x4xf32>
  check.expect_rel_max %y, %e0 {tolerance = 2.0e-06 : f64} : tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return
}

func.func @log_softmax_0() {
  %0 = top.constant dense<[[[6.3599997, -7.9800005, -4.4700003, 2.76], [1.41, 1.14, 0.78, -2.28], [8.64, 2.6100001, -8.4, -0.51]], [[-2.79, -5.4900002, 1.08, -2.52], [0.32999998, -7.5, -6.84, 6.75], [-6.51, -5.94, -1.56, -5.07]]]> : tensor<2x3x4xf32>
  %y = top.log_softmax %0 {axis = 0 : i64}
    : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e0 = top.constant dense<[[[-0.00010620984, -2.569652, -5.55388, -0.0050794603], [-0.29236776, -0.00017689094, -0.00049042597, -9.03012], [-2.3841855e-07, -0.00019357714, -6.841069, -0.010407697]], [[-9.150105, -0.07965181, -0.0038798784, -5.285079], [-1.3723676, -8.640177, -7.62049, -0.00011979816], [-15.150001, -8.550194, -0.0010695696, -4.5704083]]]> : tensor<2x3x4xf32>
  check.expect_rel_max %y, %e0 {tolerance = 2.0e-06 : f64} : tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return
}

func.func @log_softmax_1() {
  %0 = top.constant dense<[[[6.3599997, -7.9800005, -4.4700003, 2.76], [1.41, 1.14, 0.78, -2.28], [8.64, 2.6100001, -8.4, -0.51]], [[-2.79, -5.4900002, 1.08, -2.52], [0.32999998, -7.5, -6.84, 6.75], [-6.51, -5.94, -1.56, -5.07]]]> : tensor<2x3x4xf32>
  %y = top.log_softmax %0 {axis = 1 : i64}
    : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e0 = top.constant dense<[[[-2.3780422, -10.796974, -5.2553363, -0.043519348], [-7.328042, -1.6769742, -0.005336326, -5.0835195], [-0.098041564, -0.20697406, -9.185336, -3.3135192]], [[-3.1642342, -0.5718927, -0.06926918, -9.270102], [-0.04423436, -2.5818925, -7.9892693, -0.000101561156], [-6.8842344, -1.0218925, -2.709269, -11.820101]]]> : tensor<2x3x4xf32>
  check.expect_rel_max %y, %e0 {tolerance = 2.0e-06 : f64} : tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return
}

func.func @log_softmax_2() {
  %0 = top.constant dense<[[[6.3599997, -7.9800005, -4.4700003, 2.76], [1.41, 1.14, 0.78, -2.28], [8.64, 2.6100001, -8.4, -0.51]], [[-2.79, -5.4900002, 1.08, -2.52], [0.32999998, -7.5, -6.84, 6.75], [-6.51, -5.94, -1.56, -5.07]]]> : tensor<2x3x4xf32>
  %y = top.log_softmax %0 {axis = 2 : i64}
    : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %e0 = top.constant dense<[[[-0.026976936, -14.366977, -10.8569765, -3.6269765], [-0.8419737, -1.1119738, -1.4719737, -4.531974], [-0.0025085907, -6.032509, -17.04251, -9.152509]], [[-3.9183936, -6.618394, -0.048393812, -3.6483936], [-6.4216294, -14.251629, -13.591629, -0.0016293358], [-4.9983196, -4.4283195, -0.048319187, -3.5583193]]]> : tensor<2x3x4xf32>
  check.expect_rel_max %y, %e0 {tolerance = 2.0e-06 : f64} : tensor<2x3x4xf32>, tensor<2x3x4xf32>
  return
}

func.func @log_of_one_element() {
  %0 = top.constant dense<[[3.0], [-2.0]]> : tensor<2x1xf32>
  %y = top.log_softmax %0 {axis = 1 : i64}
    : (tensor<2x1xf32>) -> tensor<2x1xf32>
  %e0 = top.constant dense<[[0.0], [0.0]]> : tensor<2x1xf32>
  check.expect_rel_max %y, %e0 {tolerance = 2.0e-06 : f64} : tensor<2x1xf32>, tensor<2x1xf32>
  return
}

func.func @log_of_elements_apart() {
  %0 = top.constant dense<[[12.0, 0.0], [-1.0, 13.0]]> : tensor<2x2xf32>
  %y = top.log_softmax %0 {axis = 1 : i64}
    : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %e0 = top.constant dense<[[-6.1441933e-06, -12.000006], [-14.000001, -8.315284e-07]]> : tensor<2x2xf32>
  check.expect_rel_max %y, %e0 {tolerance = 2.0e-06 : f64} : tensor<2x2xf32>, tensor<2x2xf32>
  return
}

func.func @large_values() {
  %0 = top.constant dense<[[1000.0, 1001.0, -1000.0]]> : tensor<1x3xf32>
  %y = top.softmax %0 {axis = 1 : i64}
    : (tensor<1x3xf32>) -> tensor<1x3xf32>
  %e0 = top.constant dense<[[0.26894143, 0.7310586, 0.0]]> : tensor<1x3xf32>
  check.expect_rel_max %y, %e0 {tolerance = 2.0e-06 : f64} : tensor<1x3xf32>, tensor<1x3xf32>
  return
}
