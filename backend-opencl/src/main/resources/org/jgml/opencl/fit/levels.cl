// A codebook of a few integers: Levels.java of the core, which has LEVELS and STRETCHES.
#define LEVEL_BINS 2

constant char nearest_levels[] = {LEVELS};

// Finds the integers nearest to the values of a group times `inverse`.
inline void assign(const float *values, float inverse, levels_t *found) {
  int last = (int)sizeof(nearest_levels) - 1;
  for (int i = 0; i < GROUP; i++) {
    int bin = convert_int_sat(LEVEL_BINS * (values[i] * inverse - SMALLEST));
    found->levels[i] = nearest_levels[clamp(bin, 0, last)];
  }
}
