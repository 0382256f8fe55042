// 16 elements of a row of a type that is known only now.
#pragma once
#include "grid_formats.cuh"

static __device__ __noinline__ void read_rare16(int type, const uint8 *row, uint32 i, float *out) {
  switch (type) {
    case Q4_1: q4_1_format::read16(row, i, out); break;
    case Q5_0: q5_0_format::read16(row, i, out); break;
    case Q5_1: q5_1_format::read16(row, i, out); break;
    case Q2_K: q2_k_format::read16(row, i, out); break;
    case Q3_K: q3_k_format::read16(row, i, out); break;
    case Q5_K: q5_k_format::read16(row, i, out); break;
    case IQ4_NL: iq4_nl_format::read16(row, i, out); break;
    case IQ4_XS: iq4_xs_format::read16(row, i, out); break;
    case IQ1_S: iq1_s_format::read16(row, i, out); break;
    case IQ1_M: iq1_m_format::read16(row, i, out); break;
    case IQ2_XXS: iq2_xxs_format::read16(row, i, out); break;
    case IQ2_XS: iq2_xs_format::read16(row, i, out); break;
    case IQ2_S: iq2_s_format::read16(row, i, out); break;
    case IQ3_XXS: iq3_xxs_format::read16(row, i, out); break;
    case IQ3_S: iq3_s_format::read16(row, i, out); break;
    case TQ1_0: tq1_0_format::read16(row, i, out); break;
    case TQ2_0: tq2_0_format::read16(row, i, out); break;
    case MXFP4: mxfp4_format::read16(row, i, out); break;
    default: nvfp4_format::read16(row, i, out); break;
  }
}

DEVICE void read16(int type, const uint8 *row, uint32 i, float *out) {
  switch (type) {
    case F32: f32_format::read16(row, i, out); break;
    case F16: f16_format::read16(row, i, out); break;
    case BF16: bf16_format::read16(row, i, out); break;
    case Q8_0: q8_0_format::read16(row, i, out); break;
    case Q4_0: q4_0_format::read16(row, i, out); break;
    case Q4_K: q4_k_format::read16(row, i, out); break;
    case Q6_K: q6_k_format::read16(row, i, out); break;
    default: {
      float values[16];
      read_rare16(type, row, i, values);
#pragma unroll
      for (int j = 0; j < 16; j++) {
        out[j] = values[j];
      }
    }
  }
}

// The same where a row of a plain type may end before: what is beyond `length` is 0.
DEVICE void read_part16(int type, const uint8 *row, uint32 i, int64 length, float *out) {
  if (type > BF16 || i + 16 <= length) {
    read16(type, row, i, out);
    return;
  }
#pragma unroll
  for (int j = 0; j < 16; j++) {
    out[j] = i + j < length ? plain_get(type, row, i + j) : 0;
  }
}
