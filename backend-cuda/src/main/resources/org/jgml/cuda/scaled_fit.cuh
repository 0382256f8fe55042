// Blocks whose groups have a scale each and elements of a codebook: BlockFit.java and GroupFit.java of
// the core. A code of a scale stands for `B::FIRST_MULTIPLIER` and `B::MULTIPLIER_STEP` times the code,
// of `B::MULTIPLIERS` codes.
#pragma once
#include "codebooks.cuh"

// The scale for which a group of `GROUP` values is nearest to a codebook, by squared error.
template <class C, int GROUP>
struct scaled_group {
  C codebook;
  float values[GROUP];

  // The best scale found, and the sum of squares of the integers there: how fast the error grows beside
  // it.
  float scale;
  double power;
  double gain;

  // The integers last assigned, the sums of their products with the values and of their squares.
  signed char levels[GROUP];
  double products;
  double squares;

  __device__ __forceinline__ scaled_group(const C &codebook) : codebook(codebook) {}

  __device__ __forceinline__ void assign(float inverse) {
    codebook.template assign<GROUP>(values, inverse, levels);
    float product_sum = 0;
    int square_sum = 0;
UNROLL_SOME
    for (int i = 0; i < GROUP; i++) {
      product_sum += values[i] * levels[i];
      square_sum += levels[i] * levels[i];
    }
    products = product_sum;
    squares = square_sum;
  }

  // The squared error at a scale, less the sum of squares of the values.
  __device__ __forceinline__ double error(float candidate) {
    assign(inverse_of(candidate));
    return candidate * (candidate * squares - 2 * products);
  }

  __device__ __forceinline__ void consider(float inverse) {
    assign(inverse);
    if (squares > 0 && products * products > gain * squares) {
      gain = products * products / squares;
      scale = (float)(products / squares);
      power = squares;
    }
  }

  __device__ __forceinline__ void search(float inverse) {
#pragma unroll 1
    for (int i = 0; i <= codebook.facts.stretch_count; i++) {
      if (i < codebook.facts.stretch_count) {
        consider(inverse * codebook.facts.stretches[i]);
      } else if (scale != 0) {
        consider(1 / scale);
      }
    }
  }

  // Finds a positive scale, or one of either sign; 0 for a group of zeros.
  __device__ __forceinline__ void search(bool is_signed) {
    scale = 0;
    power = 0;
    gain = 0;
    float extreme = farthest_from_zero(values, GROUP);
    if (!(fabsf(extreme) >= 1e-30f)) {
      return;
    }
    bool is_upper = extreme > 0 || codebook.facts.smallest >= 0;
#pragma unroll 1
    for (int end = is_signed ? 0 : 1; end < 2; end++) {
      float level = end == 1 && (is_signed || is_upper) ? codebook.facts.largest : codebook.facts.smallest;
      search(is_signed ? level / extreme : fabsf(level / extreme));
    }
  }
};

// What a group adds to the error of a block, and to the least squares of its factor.
struct scaled_terms_t {
  double error;
  double products;
  double squares;
};

// The factor of a block, and for each group a code and integers, such that the squared error is small.
template <class B>
struct scaled_fit {
  static const int FACTORS = 12;
  static const int COSTS = 1 + 2 * (2 * FACTORS + 1);

  typedef typename B::codebook book_t;
  typedef scaled_group<book_t, B::GROUP> group_t;

  // What the lanes of a block tell each other.
  struct shared_t {
    float scales[B::GROUPS];
    double powers[B::GROUPS];
    double costs[COSTS];
    scaled_terms_t terms[B::GROUPS];
    uint8 codes[B::GROUPS];
    signed char levels[B::GROUPS * B::GROUP];
  };

  // The code that a group chose, and its integers.
  struct choice_t {
    float factor;
    scaled_terms_t sum;
    int code;
    signed char levels[B::GROUP];
  };

  static __device__ __forceinline__ float multiplier_of(int code) {
    return B::FIRST_MULTIPLIER + B::MULTIPLIER_STEP * code;
  }

  static __device__ __forceinline__ int nearest_code(float value) {
    int code = nearest_integer((value - B::FIRST_MULTIPLIER) / B::MULTIPLIER_STEP);
    return limited(code, 0, B::MULTIPLIERS - 1);
  }

  static __device__ __forceinline__ bool is_signed() { return B::FIRST_MULTIPLIER < 0; }

  // The factors that are tried: first the one by which the farthest scale becomes the last multiplier,
  // then stretched ones for both ends.
  static __device__ __forceinline__ float factor_of(float extreme, int candidate) {
    int turn = candidate - 1;
    float stretch = candidate == 0 ? 1 : 1 + (turn / 2 - FACTORS) / (2.0f * B::MULTIPLIERS);
    bool is_first = candidate > 0 && turn % 2 == 0;
    float end = multiplier_of(is_first ? 0 : B::MULTIPLIERS - 1);
    return nearest_half(extreme / (end * stretch));
  }

  // What rounding the scales of all groups to codes costs.
  static __device__ __forceinline__ double cost_of(float factor, const shared_t &shared) {
    float inverse = inverse_of(factor);
    double cost = 0;
#pragma unroll 1
    for (int i = 0; i < B::GROUPS; i++) {
      float scale = shared.scales[i];
      float rounded = factor * multiplier_of(nearest_code(scale * inverse));
      cost += shared.powers[i] * (scale - rounded) * (scale - rounded);
    }
    return cost;
  }

  // Chooses the code of a group among those around its own best scale.
  static __device__ __forceinline__ scaled_terms_t settle(group_t &group, choice_t &choice) {
    float factor = choice.factor;
    int near = nearest_code(group.scale * inverse_of(factor));
    int best = near;
    double least = 0;
#pragma unroll 1
    for (int turn = 0; turn < 4; turn++) {
      // The nearest code, the one below, the one above, and the best again.
      int code = turn == 0 ? near : turn == 1 ? near - 1 : turn == 2 ? near + 1 : best;
      if (code >= 0 && code < B::MULTIPLIERS) {
        double error = group.error(factor * multiplier_of(code));
        if (turn == 0 || turn == 3 || error < least) {
          least = error;
          best = code;
        }
      }
    }
    choice.code = best;
    for (int i = 0; i < B::GROUP; i++) {
      choice.levels[i] = group.levels[i];
    }
    float multiplier = multiplier_of(best);
    return {least, multiplier * group.products, multiplier * multiplier * group.squares};
  }

  static __device__ __forceinline__ scaled_terms_t sum_of(const scaled_terms_t *terms) {
    scaled_terms_t sum = {0, 0, 0};
#pragma unroll 1
    for (int i = 0; i < B::GROUPS; i++) {
      sum.error += terms[i].error;
      sum.products += terms[i].products;
      sum.squares += terms[i].squares;
    }
    return sum;
  }

  // Settles a group, and sums up what all groups have.
  static __device__ __forceinline__ void settle(group_t &group, int lane, shared_t &shared,
                                                choice_t &choice) {
    scaled_terms_t own = settle(group, choice);
    __syncwarp();
    shared.terms[lane] = own;
    __syncwarp();
    choice.sum = sum_of(shared.terms);
  }

  // The factor of least cost.
  static __device__ __forceinline__ float best_factor(int lane, shared_t &shared) {
    float extreme = farthest_from_zero(shared.scales, B::GROUPS);
#pragma unroll 1
    for (int i = lane; i < COSTS; i += B::GROUPS) {
      // Where groups have no negative scale, that end is none.
      bool is_tried = is_signed() || i % 2 == 0;
      shared.costs[i] = is_tried ? cost_of(factor_of(extreme, i), shared) : INFINITY_F;
    }
    __syncwarp();
    return factor_of(extreme, cheapest(shared.costs, COSTS));
  }

  // Writes the block of `values`; nowhere if `block` is null.
  static __device__ __forceinline__ void quantise(const codebook_t &codebook,
                                                  const float *values, int lane, shared_t &shared,
                                                  uint8 *block) {
    book_t book(codebook);
    group_t group(book);
    for (int i = 0; i < B::GROUP; i++) {
      group.values[i] = values[B::GROUP * lane + i];
    }
    group.search(is_signed());
    shared.scales[lane] = group.scale;
    shared.powers[lane] = group.power;
    __syncwarp();
    choice_t choices[2];
    choices[0].factor = best_factor(lane, shared);
#pragma unroll 1
    for (int turn = 0; turn < 2; turn++) {
      settle(group, lane, shared, choices[turn]);
      if (turn == 0) {
        const scaled_terms_t &sum = choices[0].sum;
        choices[1].factor =
            sum.squares > 0 ? nearest_half((float)(sum.products / sum.squares)) : choices[0].factor;
      }
    }
    const choice_t &best = choices[choices[1].sum.error < choices[0].sum.error ? 1 : 0];
    shared.codes[lane] = (uint8)best.code;
    for (int i = 0; i < B::GROUP; i++) {
      shared.levels[B::GROUP * lane + i] = best.levels[i];
    }
    __syncwarp();
    if (block != 0) {
      B::put(block, lane, shared, best.factor, book);
    }
  }
};
