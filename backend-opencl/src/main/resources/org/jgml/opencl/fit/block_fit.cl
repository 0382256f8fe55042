// The common factor of a block, and for each of its GROUPS groups the code of its scale and the integers
// of its elements: BlockFit.java of the core. A code stands for FIRST_MULTIPLIER and MULTIPLIER_STEP
// times the code, of MULTIPLIERS codes. A work-item a group.
#define FACTORS 12
#define COSTS (1 + 2 * (2 * FACTORS + 1))
#define LAST_MULTIPLIER (FIRST_MULTIPLIER + MULTIPLIER_STEP * (MULTIPLIERS - 1))
#define IS_SIGNED (FIRST_MULTIPLIER < 0)

// What a group adds to the error of a block, and to the least squares of its factor.
typedef struct {
  double error;
  double products;
  double squares;
} terms_t;

// What the groups of a block tell each other.
typedef struct {
  float scales[GROUPS];
  double powers[GROUPS];
  double costs[COSTS];
  terms_t terms[2][GROUPS];
  uchar codes[GROUPS];
  char levels[GROUPS * GROUP];
} fit_t;

inline float multiplier_of(int code) {
  return FIRST_MULTIPLIER + MULTIPLIER_STEP * code;
}

inline int nearest_code(float value) {
  int code = nearest_integer(quotient(value - FIRST_MULTIPLIER, MULTIPLIER_STEP));
  return clamp(code, 0, MULTIPLIERS - 1);
}

inline float farthest_scale(local const float *scales) {
  float farthest = 0;
  for (int i = 0; i < GROUPS; i++) {
    farthest = fabs(scales[i]) > fabs(farthest) ? scales[i] : farthest;
  }
  return farthest;
}

// The factors that are tried: first the one by which the farthest scale becomes the last multiplier,
// then stretched ones for both ends.
inline float factor_of(float extreme, int candidate) {
  if (candidate == 0) {
    return nearest_half(quotient(extreme, LAST_MULTIPLIER));
  }
  int turn = candidate - 1;
  float stretch = 1 + quotient(turn / 2 - FACTORS, 2 * MULTIPLIERS);
  float end = turn % 2 == 0 ? FIRST_MULTIPLIER : LAST_MULTIPLIER;
  return nearest_half(quotient(extreme, end * stretch));
}

// What rounding the scales of all groups to codes costs.
inline double cost_of(float factor, local const fit_t *fit) {
  float inverse = inverse_of(factor);
  double cost = 0;
  for (int i = 0; i < GROUPS; i++) {
    float rounded = factor * multiplier_of(nearest_code(fit->scales[i] * inverse));
    cost += fit->powers[i] * (fit->scales[i] - rounded) * (fit->scales[i] - rounded);
  }
  return cost;
}

// Where groups have no negative scale, that end is none.
inline bool is_tried(int candidate) {
  return IS_SIGNED || candidate % 2 == 0;
}

// Chooses the code of a group among those around its own best scale.
inline terms_t settle(const float *values, float scale, float factor, int *code, levels_t *found) {
  int near = nearest_code(scale * inverse_of(factor));
  int best = near;
  double least = scale_error(values, factor * multiplier_of(near), found);
  for (int other = near - 1; other <= near + 1; other += 2) {
    if (other >= 0 && other < MULTIPLIERS) {
      double error = scale_error(values, factor * multiplier_of(other), found);
      if (error < least) {
        least = error;
        best = other;
      }
    }
  }
  *code = best;
  float multiplier = multiplier_of(best);
  double error = scale_error(values, factor * multiplier, found);
  return (terms_t){error, multiplier * found->products, multiplier * multiplier * found->squares};
}

inline terms_t sum_of_terms(local const terms_t *terms) {
  terms_t sum = {0, 0, 0};
  for (int i = 0; i < GROUPS; i++) {
    sum.error += terms[i].error;
    sum.products += terms[i].products;
    sum.squares += terms[i].squares;
  }
  return sum;
}

inline void share(int code, const levels_t *found, int lane, local fit_t *fit) {
  fit->codes[lane] = code;
  for (int i = 0; i < GROUP; i++) {
    fit->levels[GROUP * lane + i] = found->levels[i];
  }
}

inline void quantise(global const float *x, global uchar *block, local fit_t *fit,
                     global const ushort *neighbours) {
  int lane = get_local_id(0);
  float values[GROUP];
  for (int i = 0; i < GROUP; i++) {
    values[i] = x[GROUP * lane + i];
  }
  levels_t first;
  levels_t next;
  first.neighbours = neighbours;
  next.neighbours = neighbours;
  scale_t best = IS_SIGNED ? best_signed_scale(values, &first) : best_positive_scale(values, &first);
  fit->scales[lane] = best.scale;
  fit->powers[lane] = best.power;
  barrier(CLK_LOCAL_MEM_FENCE);
  float extreme = farthest_scale(fit->scales);
  for (int i = lane; i < COSTS; i += GROUPS) {
    fit->costs[i] = is_tried(i) ? cost_of(factor_of(extreme, i), fit) : INFINITY;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  float factor = factor_of(extreme, cheapest(fit->costs, COSTS));
  int first_code;
  int next_code;
  fit->terms[0][lane] = settle(values, best.scale, factor, &first_code, &first);
  barrier(CLK_LOCAL_MEM_FENCE);
  terms_t sum = sum_of_terms(fit->terms[0]);
  bool can_be_fitted = sum.squares > 0;
  float other = can_be_fitted ? nearest_half((float)(sum.products / sum.squares)) : factor;
  fit->terms[1][lane] = settle(values, best.scale, other, &next_code, &next);
  barrier(CLK_LOCAL_MEM_FENCE);
  if (sum_of_terms(fit->terms[1]).error < sum.error) {
    share(next_code, &next, lane, fit);
    factor = other;
  } else {
    share(first_code, &first, lane, fit);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  put_block(block, lane, fit->codes, fit->levels, factor, neighbours);
}
