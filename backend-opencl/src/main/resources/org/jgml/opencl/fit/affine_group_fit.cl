// The straight line `scale * q - minimum` nearest to a group of GROUP values, by squared error, with
// integers from 0 to LARGEST and a minimum that is not negative: AffineGroupFit.java of the core.
#define TRIES 20
#define REFINEMENTS 3
#define REACH 0.95f

// A line, and sums of the integers that it was fitted to.
typedef struct {
  float scale;
  float minimum;
  double level_sum;
  double level_squares;
} line_t;

// Integers of a group and what they add up to.
typedef struct {
  uchar levels[GROUP];
  double sum;
  double squares;
  double products;
  double values;
} levels_t;

inline double error_of_levels(const float *values, const levels_t *found, double scale,
                              double minimum) {
  float error = 0;
  for (int i = 0; i < GROUP; i++) {
    float difference = (float)(scale * found->levels[i] - minimum) - values[i];
    error += difference * difference;
  }
  return error;
}

// The squared error of a line, with the integers nearest by it.
double line_error(const float *values, float scale, float minimum, levels_t *found) {
  float inverse = inverse_of(scale);
  float products = 0;
  float total = 0;
  int sum = 0;
  int squares = 0;
  for (int i = 0; i < GROUP; i++) {
    int level = clamp(convert_int_sat((values[i] + minimum) * inverse + 0.5f), 0, LARGEST);
    found->levels[i] = level;
    sum += level;
    squares += level * level;
    products += values[i] * level;
    total += values[i];
  }
  found->sum = sum;
  found->squares = squares;
  found->products = products;
  found->values = total;
  return error_of_levels(values, found, scale, minimum);
}

inline void keep_line(float scale, float minimum, double error, const levels_t *found,
                      double *least, line_t *best) {
  if (error < *least) {
    *least = error;
    *best = (line_t){scale, minimum, found->sum, found->squares};
  }
}

// Assigns integers by one line and considers the one that fits them best.
inline void consider_line(const float *values, float scale, float minimum, levels_t *found,
                          double *least, line_t *best) {
  line_error(values, scale, minimum, found);
  double determinant = GROUP * found->squares - found->sum * found->sum;
  if (determinant <= 0) {
    return;
  }
  double fitted = (GROUP * found->products - found->values * found->sum) / determinant;
  double intercept = (found->squares * found->values - found->sum * found->products) / determinant;
  if (intercept > 0) {
    intercept = 0;
    fitted = found->products / found->squares;
  }
  if (fitted > 0) {
    double error = error_of_levels(values, found, fitted, -intercept);
    keep_line((float)fitted, (float)-intercept, error, found, least, best);
  }
}

// Ranges that the integers span are tried one after the other.
inline line_t best_line(const float *values, levels_t *found) {
  line_t best = {0, 0, 0, 0};
  double least = INFINITY;
  float low = lowest(values, GROUP);
  float high = highest(values, GROUP);
  low = low > 0 ? 0 : low;
  if (high <= low) {
    // All are the same, and not positive.
    keep_line(0, -low, line_error(values, 0, -low, found), found, &least, &best);
    return best;
  }
  float range = high - low;
  float whole = quotient(range, LARGEST);
  keep_line(whole, -low, line_error(values, whole, -low, found), found, &least, &best);
  for (int i = 0; i <= TRIES; i++) {
    float stretched = LARGEST + REACH * (quotient(2 * i, TRIES) - 1);
    consider_line(values, quotient(range, stretched), -low, found, &least, &best);
  }
  for (int i = 0; i < REFINEMENTS; i++) {
    consider_line(values, best.scale, best.minimum, found, &least, &best);
  }
  return best;
}

// What it costs to use other numbers than those of a line, for the same integers.
inline double line_cost(const line_t line, float scale, float minimum) {
  double by_scale = scale - line.scale;
  double by_minimum = minimum - line.minimum;
  return by_scale * by_scale * line.level_squares - 2 * by_scale * by_minimum * line.level_sum
      + by_minimum * by_minimum * GROUP;
}

// The minimum that suits another scale best, for the same integers.
inline float minimum_for(const line_t line, float scale) {
  return (float)(line.minimum + (scale - line.scale) * line.level_sum / GROUP);
}
