// Requantisation of accumulator tiles to bytes for AVX2.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Avx2.h"
#include "PlainLoops.h"

#if QCRT_HAS_X86_KERNELS

using namespace qcrt;
using namespace qcrt::compute;

namespace {

using Form = RequantPlan::Form;

QCRT_AVX2 inline __m256i load(const int32_t *from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i *>(from));
}

/// Values of 8 columns before zero point and clamp; see plain::rescale.
template <Form form>
QCRT_AVX2 inline __m256i rescale(const RequantPlan &plan, const int32_t *acc,
                                 int64_t column) {
  __m256i a = load(acc);
  if constexpr (form == Form::HighShifted)
    a = _mm256_sllv_epi32(a, load(plan.preShift.data() + column));
  const __m256i multiplier = load(plan.multiplier.data() + column);
  __m256i even = _mm256_mul_epi32(a, multiplier);
  __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(a, 32),
                                 _mm256_srli_epi64(multiplier, 32));
  __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  __m256i sum = _mm256_add_epi32(high, load(plan.rounding.data() + column));
  return _mm256_srav_epi32(sum, load(plan.shift.data() + column));
}

constexpr int block = 16;

/// One block of columns of one row. Saturating packs work within halves of a
/// register: the last permutation brings the bytes back into order.
template <Form form, bool isSigned>
QCRT_AVX2 inline __m128i bytesOf(const RequantPlan &plan, const int32_t *acc,
                                 int64_t column) {
  __m256i words = _mm256_packs_epi32(rescale<form>(plan, acc, column),
                                     rescale<form>(plan, acc + 8, column + 8));
  words = _mm256_adds_epi16(
      words, _mm256_set1_epi16(static_cast<short>(plan.zeroPoint)));
  __m256i twice = isSigned ? _mm256_packs_epi16(words, words)
                           : _mm256_packus_epi16(words, words);
  __m128i bytes = _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(
      twice, _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5)));
  const __m128i low = _mm_set1_epi8(static_cast<char>(plan.low));
  const __m128i high = _mm_set1_epi8(static_cast<char>(plan.high));
  return isSigned ? _mm_min_epi8(_mm_max_epi8(bytes, low), high)
                  : _mm_min_epu8(_mm_max_epu8(bytes, low), high);
}

template <Form form, bool isSigned>
QCRT_AVX2 void tileOfBytes(const RequantPlan &plan, const RequantTile &tile) {
  for (int row = 0; row < tile.rows; ++row) {
    const int32_t *acc = tile.acc + row * tile.accStride;
    char *out = static_cast<char *>(tile.out) + row * tile.outStride;
    int c = 0;
    for (; c + block <= tile.columns; c += block)
      _mm_storeu_si128(reinterpret_cast<__m128i *>(out + c),
                       bytesOf<form, isSigned>(plan, acc + c, tile.first + c));
    if (c == tile.columns)
      continue;
    // The parameters are padded; the accumulators may end here.
    int32_t rest[block] = {};
    char bytes[block];
    std::memcpy(rest, acc + c,
                static_cast<size_t>(tile.columns - c) * sizeof(int32_t));
    _mm_storeu_si128(reinterpret_cast<__m128i *>(bytes),
                     bytesOf<form, isSigned>(plan, rest, tile.first + c));
    std::memcpy(out + c, bytes, static_cast<size_t>(tile.columns - c));
  }
}

template <Form form>
void tileOf(const RequantPlan &plan, const RequantTile &tile) {
  if (plan.type == QCRT_I8)
    tileOfBytes<form, true>(plan, tile);
  else
    tileOfBytes<form, false>(plan, tile);
}

} // namespace

QCRT_AVX2 void avx2::requantize(const RequantPlan &plan,
                                const RequantTile &tile) {
  if (plan.type != QCRT_I16 && plan.form == Form::High)
    tileOf<Form::High>(plan, tile);
  else if (plan.type != QCRT_I16 && plan.form == Form::HighShifted)
    tileOf<Form::HighShifted>(plan, tile);
  else
    plain::requantize(plan, tile);
}
#endif
