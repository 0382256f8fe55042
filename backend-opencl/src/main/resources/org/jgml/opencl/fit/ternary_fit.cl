// The scale for which a block of 256 values is nearest to -1, 0 and 1: TernaryFit.java of the core. Its
// work-items sort magnitudes by counting.
#define ELEMENTS (GROUPS * GROUP)

typedef struct {
  float magnitudes[ELEMENTS];
  float sorted[ELEMENTS];
  uchar trits[ELEMENTS];
} fit_t;

// How many magnitudes come before the one at `at`; NaN comes last.
inline int rank_of(local const float *magnitudes, int at) {
  int own = as_int(magnitudes[at]);
  int rank = 0;
  for (int i = 0; i < ELEMENTS; i++) {
    int other = as_int(magnitudes[i]);
    rank += other < own || (other == own && i < at);
  }
  return rank;
}

// If the values that are kept are known, the scale is the mean of their magnitudes. They are the k
// largest, for the k that makes (sum of k magnitudes)^2 / k largest.
inline float ternary_scale(local const float *sorted) {
  double sum = 0;
  double best = 0;
  double scale = 0;
  for (int kept = 1; kept <= ELEMENTS; kept++) {
    sum += sorted[ELEMENTS - kept];
    if (sum * sum / kept > best) {
      best = sum * sum / kept;
      scale = sum / kept;
    }
  }
  return nearest_half((float)scale);
}

inline uchar trit_of(float scaled) {
  return scaled > 0.5f ? 2 : scaled < -0.5f ? 0 : 1;
}

inline void quantise(global const float *x, global uchar *block, local fit_t *fit,
                     global const ushort *neighbours) {
  int lane = get_local_id(0);
  for (int i = lane; i < ELEMENTS; i += GROUPS) {
    fit->magnitudes[i] = fabs(x[i]);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int i = lane; i < ELEMENTS; i += GROUPS) {
    fit->sorted[rank_of(fit->magnitudes, i)] = fit->magnitudes[i];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  float scale = ternary_scale(fit->sorted);
  float inverse = inverse_of(scale);
  for (int i = lane; i < ELEMENTS; i += GROUPS) {
    fit->trits[i] = trit_of(x[i] * inverse);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  put_block(block, lane, fit->trits, scale);
}
