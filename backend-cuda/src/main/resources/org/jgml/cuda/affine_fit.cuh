// Blocks whose groups have a scale and a minimum: AffineBlockFit.java and AffineGroupFit.java of the
// core. Integers are 0 to `B::LARGEST`, codes of scales and minima 0 to `B::LARGEST_CODE`.
#pragma once
#include "codebooks.cuh"

// A straight line `scale * q - minimum`, and sums of the integers that it was fitted to.
struct line_t {
  float scale;
  float minimum;
  double level_sum;
  double level_squares;
};

// Factors of all scales and of all minima.
struct factors_t {
  float scale;
  float minimum;
};

// What a group adds to the error of a block, and to the least squares of both factors.
struct affine_terms_t {
  double error;
  double scale_squares;
  double minimum_squares;
  double mixed;
  double scale_products;
  double minimum_products;
};

// The line nearest to a group of `GROUP` values, by squared error.
template <int GROUP, int LARGEST>
struct affine_group {
  static const int TRIES = 20;
  static const int REFINEMENTS = 3;

  float values[GROUP];
  line_t best;
  double least;

  // The integers last assigned, and what they add up to.
  uint8 levels[GROUP];
  double sum;
  double squares;
  double products;
  double total;

  __device__ __forceinline__ double error_of_levels(double scale, double minimum) const {
    float error = 0;
UNROLL_SOME
    for (int i = 0; i < GROUP; i++) {
      float difference = (float)(scale * levels[i] - minimum) - values[i];
      error += difference * difference;
    }
    return error;
  }

  // The squared error of a line, with the integers nearest by it.
  __device__ __forceinline__ double error(float scale, float minimum) {
    float inverse = inverse_of(scale);
    float products_sum = 0;
    float value_sum = 0;
    int level_sum = 0;
    int square_sum = 0;
UNROLL_SOME
    for (int i = 0; i < GROUP; i++) {
      int level = limited((int)((values[i] + minimum) * inverse + 0.5f), 0, LARGEST);
      levels[i] = (uint8)level;
      level_sum += level;
      square_sum += level * level;
      products_sum += values[i] * level;
      value_sum += values[i];
    }
    sum = level_sum;
    squares = square_sum;
    products = products_sum;
    total = value_sum;
    return error_of_levels(scale, minimum);
  }

  __device__ __forceinline__ void keep(float scale, float minimum, double error) {
    if (error < least) {
      least = error;
      best = {scale, minimum, sum, squares};
    }
  }

  // Assigns integers by one line and considers the one that fits them best.
  __device__ __forceinline__ void consider(float scale, float minimum) {
    error(scale, minimum);
    double determinant = GROUP * squares - sum * sum;
    if (determinant <= 0) {
      return;
    }
    double fitted = (GROUP * products - total * sum) / determinant;
    double intercept = (squares * total - sum * products) / determinant;
    if (intercept > 0) {
      intercept = 0;
      fitted = products / squares;
    }
    if (fitted > 0) {
      keep((float)fitted, (float)-intercept, error_of_levels(fitted, -intercept));
    }
  }

  // Ranges that the integers span are tried one after the other, then the lines that were best.
  __device__ __forceinline__ void search() {
    best = {0, 0, 0, 0};
    least = INFINITY_F;
    float low = lowest(values, GROUP);
    float high = highest(values, GROUP);
    low = low > 0 ? 0 : low;
    if (high <= low) {
      // All are the same, and not positive.
      keep(0, -low, error(0, -low));
      return;
    }
    float range = high - low;
    float whole = range / LARGEST;
    keep(whole, -low, error(whole, -low));
#pragma unroll 1
    for (int i = 0; i <= TRIES + REFINEMENTS; i++) {
      float stretched = LARGEST + 0.95f * (2.0f * i / TRIES - 1);
      bool is_range = i <= TRIES;
      consider(is_range ? range / stretched : best.scale, is_range ? -low : best.minimum);
    }
  }
};

// What it costs to use other numbers than those of a line, for the same integers.
DEVICE double line_cost(const line_t &line, int count, float scale, float minimum) {
  double by_scale = scale - line.scale;
  double by_minimum = minimum - line.minimum;
  return by_scale * by_scale * line.level_squares - 2 * by_scale * by_minimum * line.level_sum
      + by_minimum * by_minimum * count;
}

// The minimum that suits another scale best, for the same integers.
DEVICE float minimum_for(const line_t &line, int count, float scale) {
  return (float)(line.minimum + (scale - line.scale) * line.level_sum / count);
}

static __device__ const float affine_stretches[7] = {0.92f, 0.96f, 0.98f, 1, 1.02f, 1.05f, 1.1f};

// The factors of a block, and for each group codes and integers, such that the squared error is small.
template <class B>
struct affine_fit {
  static const int STRETCHES = 7;
  static const int COSTS = 1 + STRETCHES * STRETCHES;

  typedef affine_group<B::GROUP, B::LARGEST> group_t;

  // What the lanes of a block tell each other.
  struct shared_t {
    line_t lines[B::GROUPS];
    double costs[COSTS];
    affine_terms_t terms[B::GROUPS];
    uint8 scales[B::GROUPS];
    uint8 minima[B::GROUPS];
    uint8 levels[B::GROUPS * B::GROUP];
  };

  // Codes that a group chose, and its integers.
  struct choice_t {
    factors_t factors;
    affine_terms_t sum;
    int scale;
    int minimum;
    uint8 levels[B::GROUP];
  };

  static __device__ __forceinline__ int code_of(float value) {
    return limited(nearest_integer(value), 0, B::LARGEST_CODE);
  }

  // Factors by which the largest scale and the largest minimum become the largest code.
  static __device__ __forceinline__ factors_t whole_factors(const line_t *lines) {
    factors_t largest = {0, 0};
#pragma unroll 1
    for (int i = 0; i < B::GROUPS; i++) {
      largest.scale = fmaxf(largest.scale, lines[i].scale);
      largest.minimum = fmaxf(largest.minimum, lines[i].minimum);
    }
    return {largest.scale / B::LARGEST_CODE, largest.minimum / B::LARGEST_CODE};
  }

  // The factors that are tried: first these, then both stretched.
  static __device__ __forceinline__ factors_t stretched(const factors_t &whole, int candidate) {
    int pair = candidate - 1;
    float by_scale = candidate == 0 ? 1 : affine_stretches[pair / STRETCHES];
    float by_minimum = candidate == 0 ? 1 : affine_stretches[pair % STRETCHES];
    return {nearest_half(whole.scale * by_scale), nearest_half(whole.minimum * by_minimum)};
  }

  // What rounding the lines of all groups to codes costs.
  static __device__ __forceinline__ double cost_of(const factors_t &factors, const line_t *lines) {
    float inverse = inverse_of(factors.scale);
    float minimum_inverse = inverse_of(factors.minimum);
    double cost = 0;
#pragma unroll 1
    for (int i = 0; i < B::GROUPS; i++) {
      line_t line = lines[i];
      float scale = factors.scale * code_of(line.scale * inverse);
      float minimum =
          factors.minimum * code_of(minimum_for(line, B::GROUP, scale) * minimum_inverse);
      cost += line_cost(line, B::GROUP, scale, minimum);
    }
    return cost;
  }

  // Chooses the codes of a group among those around its own best line.
  static __device__ __forceinline__ affine_terms_t settle(group_t &group, choice_t &choice) {
    factors_t factors = choice.factors;
    int near = code_of(group.best.scale * inverse_of(factors.scale));
    float minimum_inverse = inverse_of(factors.minimum);
    double least = INFINITY_F;
    choice.scale = 0;
    choice.minimum = 0;
#pragma unroll 1
    for (int scale = max(0, near - 1); scale <= min(B::LARGEST_CODE, near + 1); scale++) {
      float minimum = minimum_for(group.best, B::GROUP, factors.scale * scale) * minimum_inverse;
      int last = code_of(minimum + 0.5f);
#pragma unroll 1
      for (int code = code_of(minimum - 0.5f); code <= last; code++) {
        double error = group.error(factors.scale * scale, factors.minimum * code);
        if (error < least) {
          least = error;
          choice.scale = scale;
          choice.minimum = code;
        }
      }
    }
    double error = group.error(factors.scale * choice.scale, factors.minimum * choice.minimum);
    for (int i = 0; i < B::GROUP; i++) {
      choice.levels[i] = group.levels[i];
    }
    double scale = choice.scale;
    double minimum = choice.minimum;
    return {error,
            scale * scale * group.squares,
            minimum * minimum * B::GROUP,
            scale * minimum * group.sum,
            scale * group.products,
            minimum * group.total};
  }

  static __device__ __forceinline__ affine_terms_t sum_of(const affine_terms_t *terms) {
    affine_terms_t sum = {0, 0, 0, 0, 0, 0};
#pragma unroll 1
    for (int i = 0; i < B::GROUPS; i++) {
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
  static __device__ __forceinline__ factors_t fitted(const factors_t &factors,
                                                     const affine_terms_t &sum) {
    double determinant = sum.scale_squares * sum.minimum_squares - sum.mixed * sum.mixed;
    if (determinant <= 0) {
      return factors;
    }
    double scale = sum.minimum_squares * sum.scale_products - sum.mixed * sum.minimum_products;
    double minimum = sum.scale_squares * sum.minimum_products - sum.mixed * sum.scale_products;
    return {nearest_half((float)(scale / determinant)),
            nearest_half((float)(minimum / determinant))};
  }

  // Settles a group, and sums up what all groups have.
  static __device__ __forceinline__ void settle(group_t &group, int lane, shared_t &shared,
                                                choice_t &choice) {
    affine_terms_t own = settle(group, choice);
    __syncwarp();
    shared.terms[lane] = own;
    __syncwarp();
    choice.sum = sum_of(shared.terms);
  }

  // Writes the block of `values`; nowhere if `block` is null.
  static __device__ __forceinline__ void quantise(const codebook_t &, const float *values,
                                                  int lane, shared_t &shared, uint8 *block) {
    group_t group;
    for (int i = 0; i < B::GROUP; i++) {
      group.values[i] = values[B::GROUP * lane + i];
    }
    group.search();
    shared.lines[lane] = group.best;
    __syncwarp();
    factors_t whole = whole_factors(shared.lines);
#pragma unroll 1
    for (int i = lane; i < COSTS; i += B::GROUPS) {
      shared.costs[i] = cost_of(stretched(whole, i), shared.lines);
    }
    __syncwarp();
    choice_t choices[2];
    choices[0].factors = stretched(whole, cheapest(shared.costs, COSTS));
#pragma unroll 1
    for (int turn = 0; turn < 2; turn++) {
      settle(group, lane, shared, choices[turn]);
      if (turn == 0) {
        choices[1].factors = fitted(choices[0].factors, choices[0].sum);
      }
    }
    const choice_t &best = choices[choices[1].sum.error < choices[0].sum.error ? 1 : 0];
    shared.scales[lane] = (uint8)best.scale;
    shared.minima[lane] = (uint8)best.minimum;
    for (int i = 0; i < B::GROUP; i++) {
      shared.levels[B::GROUP * lane + i] = best.levels[i];
    }
    __syncwarp();
    if (block != 0) {
      B::put(block, lane, shared, best.factors);
    }
  }
};
