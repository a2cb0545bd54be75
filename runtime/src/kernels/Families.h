// Registration functions, one per file of kernels.
//
// A new family is a new .cpp here, a declaration below, a call in
// Registry.cpp and a line in runtime/CMakeLists.txt.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#ifndef QCRT_SRC_KERNELS_FAMILIES_H
#define QCRT_SRC_KERNELS_FAMILIES_H

namespace qcrt {
class KernelRegistry;

void registerAddSub(KernelRegistry &registry);
void registerClip(KernelRegistry &registry);
void registerConcat(KernelRegistry &registry);
void registerConv2d(KernelRegistry &registry);
void registerDeconv2d(KernelRegistry &registry);
void registerDequantize(KernelRegistry &registry);
void registerFloatAffine(KernelRegistry &registry);
void registerFloatBinary(KernelRegistry &registry);
void registerFloatCast(KernelRegistry &registry);
void registerFloatCombine(KernelRegistry &registry);
void registerFloatConv(KernelRegistry &registry);
void registerFloatLogic(KernelRegistry &registry);
void registerFloatMap(KernelRegistry &registry);
void registerFloatMatMul(KernelRegistry &registry);
void registerFloatNormalize(KernelRegistry &registry);
void registerFloatPool(KernelRegistry &registry);
void registerFloatResize(KernelRegistry &registry);
void registerFloatSample(KernelRegistry &registry);
void registerFloatScatter(KernelRegistry &registry);
void registerFloatSearch(KernelRegistry &registry);
void registerFullyConnected(KernelRegistry &registry);
void registerGather(KernelRegistry &registry);
void registerLayerNorm(KernelRegistry &registry);
void registerLut(KernelRegistry &registry);
void registerMatmul(KernelRegistry &registry);
void registerMul(KernelRegistry &registry);
void registerPad(KernelRegistry &registry);
void registerPicture(KernelRegistry &registry);
void registerPool(KernelRegistry &registry);
void registerPrelu(KernelRegistry &registry);
void registerQuantize(KernelRegistry &registry);
void registerReduce(KernelRegistry &registry);
void registerRequantize(KernelRegistry &registry);
void registerReshape(KernelRegistry &registry);
void registerResize(KernelRegistry &registry);
void registerSoftmax(KernelRegistry &registry);
void registerSplit(KernelRegistry &registry);
void registerStrided(KernelRegistry &registry);

} // namespace qcrt
#endif // QCRT_SRC_KERNELS_FAMILIES_H
