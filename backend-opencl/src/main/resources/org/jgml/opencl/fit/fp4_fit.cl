// Groups of four-bit floating-point numbers with a scale of few bits each: no group looks at another.
typedef struct {
  char unused;
} fit_t;

inline void quantise(global const float *x, global uchar *block, local fit_t *fit,
                     global const ushort *neighbours) {
  int lane = get_local_id(0);
  float values[GROUP];
  levels_t found;
  for (int i = 0; i < GROUP; i++) {
    values[i] = x[GROUP * lane + i];
  }
  uchar code = best_code(values, &found);
  assign_levels(values, inverse_of(scale_of_code(code)), &found);
  put_group(block, lane, code, &found);
}
