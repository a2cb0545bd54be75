// Requantisation of accumulator tiles for AVX-512.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Avx512.h"
#include "PlainLoops.h"

#if QCRT_HAS_X86_KERNELS

using namespace qcrt;
using namespace qcrt::compute;
using namespace qcrt::compute::avx512;

namespace {

using Form = RequantPlan::Form;

/// Parameters of 16 columns.
struct Lanes {
  __m512i multiplier, oddMultiplier, rounding, shift, preShift;
  __m512 scale;
};

/// Parameters of the whole tensor.
struct Shared {
  __m512i prePositive, preNegative, low, high, zeroPoint;
  __m512 floatLow, floatHigh;
};

template <Form form>
QCRT_AVX512 inline Lanes loadLanes(const RequantPlan &plan, int64_t column) {
  Lanes lanes{};
  if constexpr (form == Form::Float) {
    lanes.scale = _mm512_loadu_ps(plan.scale.data() + column);
  } else {
    lanes.multiplier = _mm512_loadu_si512(plan.multiplier.data() + column);
    lanes.oddMultiplier = _mm512_srli_epi64(lanes.multiplier, 32);
    lanes.rounding = _mm512_loadu_si512(plan.rounding.data() + column);
    lanes.shift = _mm512_loadu_si512(plan.shift.data() + column);
    lanes.preShift = _mm512_loadu_si512(plan.preShift.data() + column);
  }
  return lanes;
}

QCRT_AVX512 inline Shared loadShared(const RequantPlan &plan) {
  int32_t low = plan.low - plan.zeroPoint, high = plan.high - plan.zeroPoint;
  return {_mm512_set1_epi64(plan.prePositive),
          _mm512_set1_epi64(plan.preNegative),
          _mm512_set1_epi32(low),
          _mm512_set1_epi32(high),
          _mm512_set1_epi32(plan.zeroPoint),
          _mm512_set1_ps(static_cast<float>(low)),
          _mm512_set1_ps(static_cast<float>(high))};
}

QCRT_AVX512 inline __m512i addSigned(__m512i product, const Shared &shared) {
  __mmask8 negative = _mm512_movepi64_mask(product);
  return _mm512_add_epi64(product,
                          _mm512_mask_blend_epi64(negative, shared.prePositive,
                                                  shared.preNegative));
}

/// Values before zero point and clamp; see plain::rescale for the formula.
template <Form form>
QCRT_AVX512 inline __m512i rescale(__m512i a, const Lanes &lanes,
                                   const Shared &shared) {
  if constexpr (form == Form::Float) {
    __m512 real = _mm512_mul_ps(_mm512_cvtepi32_ps(a), lanes.scale);
    real =
        _mm512_min_ps(_mm512_max_ps(real, shared.floatLow), shared.floatHigh);
    return _mm512_cvt_roundps_epi32(real, _MM_FROUND_TO_NEAREST_INT |
                                              _MM_FROUND_NO_EXC);
  } else {
    if constexpr (form != Form::High)
      a = _mm512_sllv_epi32(a, lanes.preShift);
    __m512i even = _mm512_mul_epi32(a, lanes.multiplier);
    __m512i odd =
        _mm512_mul_epi32(_mm512_srli_epi64(a, 32), lanes.oddMultiplier);
    if constexpr (form == Form::HighSigned) {
      even = addSigned(even, shared);
      odd = addSigned(odd, shared);
    }
    // The high halves of all products, each in the place of its column.
    __m512i high = _mm512_mask_shuffle_epi32(odd, 0x5555, even, _MM_PERM_CDAB);
    __m512i sum = _mm512_add_epi32(high, lanes.rounding);
    __m512i value = _mm512_srav_epi32(sum, lanes.shift);
    if constexpr (form == Form::HighEven) {
      __m512i low = _mm512_mask_shuffle_epi32(even, 0xaaaa, odd, _MM_PERM_CDAB);
      const __m512i one = _mm512_set1_epi32(1);
      __m512i fraction = _mm512_sub_epi32(
          _mm512_add_epi32(lanes.rounding, lanes.rounding), one);
      __m512i rest = _mm512_or_si512(low, _mm512_and_si512(sum, fraction));
      __mmask16 tie = _mm512_testn_epi32_mask(rest, rest);
      value = _mm512_mask_andnot_epi32(value, tie, one, value);
    }
    return value;
  }
}

/// Packs four vectors of values into 64 bytes, in the order of saturating
/// packs: byte 16l + 4q + j is element 4l + j of vector q.
template <bool isSigned>
QCRT_AVX512 inline __m512i packBytes(const __m512i (&value)[4],
                                     __m512i zeroPoints) {
  __m512i first =
      _mm512_adds_epi16(_mm512_packs_epi32(value[0], value[1]), zeroPoints);
  __m512i second =
      _mm512_adds_epi16(_mm512_packs_epi32(value[2], value[3]), zeroPoints);
  return isSigned ? _mm512_packs_epi16(first, second)
                  : _mm512_packus_epi16(first, second);
}

/// 64 columns (the last vectors may be absent) of all rows, 8-bit results.
template <Form form, bool isSigned, int vectors>
QCRT_AVX512 void blockOfBytes(const RequantPlan &plan, const RequantTile &tile,
                              int column) {
  const Shared shared = loadShared(plan);
  const __m512i zeroPoints =
      _mm512_set1_epi16(static_cast<short>(plan.zeroPoint));
  const __m512i low = _mm512_set1_epi8(static_cast<char>(plan.low));
  const __m512i high = _mm512_set1_epi8(static_cast<char>(plan.high));
  // Saturation is the clamp if that is the whole range of the type.
  const bool clamps = plan.high - plan.low < 255;
  const __m512i inOrder =
      _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  Lanes lanesOf[vectors];
  for (int v = 0; v < vectors; ++v)
    lanesOf[v] = loadLanes<form>(plan, tile.first + column + v * lanes);
  const __mmask64 mask = lowMask(tile.columns - column);
  const int32_t *acc = tile.acc + column;
  char *out = static_cast<char *>(tile.out) + column;
  for (int row = 0; row < tile.rows;
       ++row, acc += tile.accStride, out += tile.outStride) {
    __m512i value[4] = {};
    for (int v = 0; v < vectors; ++v)
      value[v] = rescale<form>(_mm512_loadu_si512(acc + v * lanes), lanesOf[v],
                               shared);
    __m512i bytes = packBytes<isSigned>(value, zeroPoints);
    if (!plan.interleaved)
      bytes = _mm512_permutexvar_epi32(inOrder, bytes);
    if (clamps)
      bytes = isSigned ? _mm512_min_epi8(_mm512_max_epi8(bytes, low), high)
                       : _mm512_min_epu8(_mm512_max_epu8(bytes, low), high);
    _mm512_mask_storeu_epi8(out, mask, bytes);
  }
}

/// The same with int16 results.
template <Form form, int vectors>
QCRT_AVX512 void blockOfWords(const RequantPlan &plan, const RequantTile &tile,
                              int column) {
  const Shared shared = loadShared(plan);
  Lanes lanesOf[vectors];
  for (int v = 0; v < vectors; ++v)
    lanesOf[v] = loadLanes<form>(plan, tile.first + column + v * lanes);
  const uint64_t mask = lowMask(tile.columns - column);
  const __m512i lowHalf = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i highHalf = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  for (int row = 0; row < tile.rows; ++row) {
    const int32_t *acc = tile.acc + row * tile.accStride + column;
    auto *out = reinterpret_cast<int16_t *>(static_cast<char *>(tile.out) +
                                            row * tile.outStride) +
                column;
    __m512i value[4] = {};
    for (int v = 0; v < vectors; ++v) {
      value[v] = rescale<form>(_mm512_loadu_si512(acc + v * lanes), lanesOf[v],
                               shared);
      value[v] =
          _mm512_min_epi32(_mm512_max_epi32(value[v], shared.low), shared.high);
      value[v] = _mm512_add_epi32(value[v], shared.zeroPoint);
      if (!plan.interleaved)
        _mm256_mask_storeu_epi16(out + v * lanes,
                                 static_cast<__mmask16>(mask >> (16 * v)),
                                 _mm512_cvtepi32_epi16(value[v]));
    }
    if (plan.interleaved) {
      __m512i first = _mm512_packs_epi32(value[0], value[1]);
      __m512i second = _mm512_packs_epi32(value[2], value[3]);
      _mm512_mask_storeu_epi16(
          out, static_cast<__mmask32>(mask),
          _mm512_permutex2var_epi64(first, lowHalf, second));
      _mm512_mask_storeu_epi16(
          out + 32, static_cast<__mmask32>(mask >> 32),
          _mm512_permutex2var_epi64(first, highHalf, second));
    }
  }
}

template <Form form, int vectors>
void block(const RequantPlan &plan, const RequantTile &tile, int column) {
  if (plan.type == QCRT_I8)
    blockOfBytes<form, true, vectors>(plan, tile, column);
  else if (plan.type == QCRT_U8)
    blockOfBytes<form, false, vectors>(plan, tile, column);
  else
    blockOfWords<form, vectors>(plan, tile, column);
}

template <Form form>
void allBlocks(const RequantPlan &plan, const RequantTile &tile) {
  for (int column = 0; column < tile.columns; column += interleavedBlock) {
    int vectors = (tile.columns - column + lanes - 1) / lanes;
    if (plan.interleaved || vectors >= 4)
      block<form, 4>(plan, tile, column);
    else if (vectors == 3)
      block<form, 3>(plan, tile, column);
    else if (vectors == 2)
      block<form, 2>(plan, tile, column);
    else
      block<form, 1>(plan, tile, column);
  }
}

} // namespace

void avx512::requantize(const RequantPlan &plan, const RequantTile &tile) {
  switch (plan.form) {
  case Form::High:
    return allBlocks<Form::High>(plan, tile);
  case Form::HighShifted:
    return allBlocks<Form::HighShifted>(plan, tile);
  case Form::HighSigned:
    return allBlocks<Form::HighSigned>(plan, tile);
  case Form::HighEven:
    return allBlocks<Form::HighEven>(plan, tile);
  case Form::Float:
    return allBlocks<Form::Float>(plan, tile);
  case Form::Exact:
    return plain::requantize(plan, tile);
  }
}
#endif
