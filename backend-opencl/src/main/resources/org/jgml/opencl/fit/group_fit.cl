// The scale for which a group of GROUP values is nearest to a codebook, by squared error: GroupFit.java
// of the core. The codebook gives integers from SMALLEST to LARGEST.
#define SMALLEST_EXTREME 1e-30f

constant float stretches[] = {STRETCHES};

// The best scale of a group, and the sum of squares of the integers there: how fast the error grows
// beside it.
typedef struct {
  float scale;
  double power;
  double gain;
} scale_t;

void assign_levels(const float *values, float inverse, levels_t *found) {
  assign(values, inverse, found);
  float products = 0;
  int squares = 0;
  for (int i = 0; i < GROUP; i++) {
    products += values[i] * found->levels[i];
    squares += found->levels[i] * found->levels[i];
  }
  found->products = products;
  found->squares = squares;
}

// The squared error at a scale, less the sum of squares of the values.
inline double scale_error(const float *values, float scale, levels_t *found) {
  assign_levels(values, inverse_of(scale), found);
  return scale * (scale * found->squares - 2 * found->products);
}

inline void consider_scale(const float *values, float inverse, levels_t *found, scale_t *best) {
  assign_levels(values, inverse, found);
  double products = found->products;
  double squares = found->squares;
  if (squares > 0 && products * products > best->gain * squares) {
    *best = (scale_t){(float)(products / squares), squares, products * products / squares};
  }
}

inline void search_scale(const float *values, float inverse, levels_t *found, scale_t *best) {
  for (int i = 0; i < (int)(sizeof(stretches) / sizeof(float)); i++) {
    consider_scale(values, inverse * stretches[i], found, best);
  }
  if (best->scale != 0) {
    consider_scale(values, quotient(1, best->scale), found, best);
  }
}

// The best positive scale; 0 for a group of zeros.
inline scale_t best_positive_scale(const float *values, levels_t *found) {
  scale_t best = {0, 0, 0};
  float extreme = farthest_from_zero(values, GROUP);
  if (fabs(extreme) >= SMALLEST_EXTREME) {
    float level = extreme > 0 || SMALLEST >= 0 ? LARGEST : SMALLEST;
    search_scale(values, fabs(quotient(level, extreme)), found, &best);
  }
  return best;
}

// The best scale of either sign.
inline scale_t best_signed_scale(const float *values, levels_t *found) {
  scale_t best = {0, 0, 0};
  float extreme = farthest_from_zero(values, GROUP);
  if (fabs(extreme) >= SMALLEST_EXTREME) {
    search_scale(values, quotient(SMALLEST, extreme), found, &best);
    search_scale(values, quotient(LARGEST, extreme), found, &best);
  }
  return best;
}
