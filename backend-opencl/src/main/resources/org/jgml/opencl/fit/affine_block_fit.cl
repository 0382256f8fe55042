// The two common factors of a block, and for each of its GROUPS groups the codes of scale and minimum,
// up to LARGEST_CODE, and the integers of its elements: AffineBlockFit.java of the core. A work-item a
// group.
#define STRETCHES 7
#define COSTS (1 + STRETCHES * STRETCHES)

constant float stretches[STRETCHES] = {0.92f, 0.96f, 0.98f, 1, 1.02f, 1.05f, 1.1f};

typedef struct {
  float scale;
  float minimum;
} factors_t;

// What a group adds to the error of a block, and to the least squares of both factors.
typedef struct {
  double error;
  double scale_squares;
  double minimum_squares;
  double mixed;
  double scale_products;
  double minimum_products;
} terms_t;

// What a group chose.
typedef struct {
  int scale;
  int minimum;
  levels_t levels;
} choice_t;

// What the groups of a block tell each other.
typedef struct {
  line_t lines[GROUPS];
  double costs[COSTS];
  terms_t terms[2][GROUPS];
  uchar scales[GROUPS];
  uchar minima[GROUPS];
  uchar levels[GROUPS * GROUP];
} fit_t;

inline int code_of(float value) {
  return clamp(nearest_integer(value), 0, LARGEST_CODE);
}

// Factors by which the largest scale and the largest minimum become the largest code.
inline factors_t whole_factors(local const line_t *lines) {
  factors_t largest = {0, 0};
  for (int i = 0; i < GROUPS; i++) {
    largest.scale = fmax(largest.scale, lines[i].scale);
    largest.minimum = fmax(largest.minimum, lines[i].minimum);
  }
  return (factors_t){quotient(largest.scale, LARGEST_CODE), quotient(largest.minimum, LARGEST_CODE)};
}

// The factors that are tried: first these, then both stretched.
inline factors_t stretched(const factors_t whole, int candidate) {
  int pair = candidate - 1;
  float by_scale = candidate == 0 ? 1 : stretches[pair / STRETCHES];
  float by_minimum = candidate == 0 ? 1 : stretches[pair % STRETCHES];
  return (factors_t){nearest_half(whole.scale * by_scale), nearest_half(whole.minimum * by_minimum)};
}

// What rounding the lines of all groups to codes costs.
inline double cost_of(const factors_t factors, local const line_t *lines) {
  float inverse = inverse_of(factors.scale);
  float minimum_inverse = inverse_of(factors.minimum);
  double cost = 0;
  for (int i = 0; i < GROUPS; i++) {
    line_t line = lines[i];
    float scale = factors.scale * code_of(line.scale * inverse);
    float minimum = factors.minimum * code_of(minimum_for(line, scale) * minimum_inverse);
    cost += line_cost(line, scale, minimum);
  }
  return cost;
}

inline double choice_error(const float *values, const factors_t factors, choice_t *choice) {
  return line_error(values, factors.scale * choice->scale, factors.minimum * choice->minimum,
                    &choice->levels);
}

// Chooses the codes of a group among those around its own best line.
inline terms_t settle(const float *values, const line_t line, const factors_t factors,
                      choice_t *choice) {
  int near = code_of(line.scale * inverse_of(factors.scale));
  float minimum_inverse = inverse_of(factors.minimum);
  double least = INFINITY;
  int best_scale = 0;
  int best_minimum = 0;
  for (int scale = max(0, near - 1); scale <= min(LARGEST_CODE, near + 1); scale++) {
    float minimum = minimum_for(line, factors.scale * scale) * minimum_inverse;
    for (int code = code_of(minimum - 0.5f); code <= code_of(minimum + 0.5f); code++) {
      choice->scale = scale;
      choice->minimum = code;
      double error = choice_error(values, factors, choice);
      if (error < least) {
        least = error;
        best_scale = scale;
        best_minimum = code;
      }
    }
  }
  choice->scale = best_scale;
  choice->minimum = best_minimum;
  double error = choice_error(values, factors, choice);
  double scale = best_scale;
  double minimum = best_minimum;
  return (terms_t){error,
                   scale * scale * choice->levels.squares,
                   minimum * minimum * GROUP,
                   scale * minimum * choice->levels.sum,
                   scale * choice->levels.products,
                   minimum * choice->levels.values};
}

inline terms_t sum_of_terms(local const terms_t *terms) {
  terms_t sum = {0, 0, 0, 0, 0, 0};
  for (int i = 0; i < GROUPS; i++) {
    sum.error += terms[i].error;
    sum.scale_squares += terms[i].scale_squares;
    sum.minimum_squares += terms[i].minimum_squares;
    sum.mixed -= terms[i].mixed;
    sum.scale_products += terms[i].scale_products;
    sum.minimum_products -= terms[i].minimum_products;
  }
  return sum;
}

// The factors that fit codes and integers best.
inline factors_t fitted(const factors_t factors, const terms_t sum) {
  double determinant = sum.scale_squares * sum.minimum_squares - sum.mixed * sum.mixed;
  if (determinant <= 0) {
    return factors;
  }
  double scale = sum.minimum_squares * sum.scale_products - sum.mixed * sum.minimum_products;
  double minimum = sum.scale_squares * sum.minimum_products - sum.mixed * sum.scale_products;
  return (factors_t){nearest_half((float)(scale / determinant)),
                     nearest_half((float)(minimum / determinant))};
}

inline void share(const choice_t *choice, int lane, local fit_t *fit) {
  fit->scales[lane] = choice->scale;
  fit->minima[lane] = choice->minimum;
  for (int i = 0; i < GROUP; i++) {
    fit->levels[GROUP * lane + i] = choice->levels.levels[i];
  }
}

inline void quantise(global const float *x, global uchar *block, local fit_t *fit,
                     global const ushort *neighbours) {
  int lane = get_local_id(0);
  float values[GROUP];
  for (int i = 0; i < GROUP; i++) {
    values[i] = x[GROUP * lane + i];
  }
  choice_t first;
  choice_t next;
  fit->lines[lane] = best_line(values, &first.levels);
  barrier(CLK_LOCAL_MEM_FENCE);
  factors_t whole = whole_factors(fit->lines);
  for (int i = lane; i < COSTS; i += GROUPS) {
    fit->costs[i] = cost_of(stretched(whole, i), fit->lines);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  factors_t factors = stretched(whole, cheapest(fit->costs, COSTS));
  fit->terms[0][lane] = settle(values, fit->lines[lane], factors, &first);
  barrier(CLK_LOCAL_MEM_FENCE);
  terms_t sum = sum_of_terms(fit->terms[0]);
  factors_t others = fitted(factors, sum);
  fit->terms[1][lane] = settle(values, fit->lines[lane], others, &next);
  barrier(CLK_LOCAL_MEM_FENCE);
  bool is_better = sum_of_terms(fit->terms[1]).error < sum.error;
  share(is_better ? &next : &first, lane, fit);
  factors = is_better ? others : factors;
  barrier(CLK_LOCAL_MEM_FENCE);
  put_block(block, lane, fit->scales, fit->minima, fit->levels, factors.scale, factors.minimum);
}
