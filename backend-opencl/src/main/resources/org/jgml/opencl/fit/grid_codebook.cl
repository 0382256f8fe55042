// A codebook of the points of a grid, of DIMENSIONS coordinates of COORDINATE_BITS each, with signs for
// runs of 8 elements, of which an even number must be negative if SIGNS_ARE_EVEN: GridCodebook.java of
// the core, which has the NEIGHBOURS points to look at for each cell. GRID_VALUES holds the values of
// coordinates, bytes of the first VALUES.
#define RUN 8

inline float coordinate_of(int point, int i) {
  int code = grid_points[point] >> (COORDINATE_BITS * i) & ((1 << COORDINATE_BITS) - 1);
  return (float)(GRID_VALUES >> (8 * code) & 255);
}

inline float grid_value(int index) {
  return (float)(GRID_VALUES >> (8 * index) & 255);
}

// The signs of eight values; where they must be even and are not, that of the smallest is wrong.
inline uint signs_of(const float *values) {
  uint signs = 0;
  int smallest = 0;
  for (int i = 0; i < RUN; i++) {
    signs |= values[i] < 0 ? 1 << i : 0;
    smallest = fabs(values[i]) < fabs(values[smallest]) ? i : smallest;
  }
  return SIGNS_ARE_EVEN && (popcount(signs) & 1) == 1 ? signs ^ 1 << smallest : signs;
}

inline int cell_of(const float *magnitudes) {
  int cell = 0;
  for (int i = 0; i < DIMENSIONS; i++) {
    int index = 0;
    while (index < VALUES - 1 && 2 * magnitudes[i] > grid_value(index) + grid_value(index + 1)) {
      index++;
    }
    cell |= index << (COORDINATE_BITS * i);
  }
  return cell;
}

inline float distance_of(int point, const float *magnitudes) {
  float distance = 0;
  for (int i = 0; i < DIMENSIONS; i++) {
    float difference = coordinate_of(point, i) - magnitudes[i];
    distance += difference * difference;
  }
  return distance;
}

int nearest_point(const float *magnitudes, global const ushort *neighbours) {
  global const ushort *near = neighbours + cell_of(magnitudes) * NEIGHBOURS;
  int best = near[0];
  float least = distance_of(best, magnitudes);
  for (int i = 1; i < NEIGHBOURS; i++) {
    float distance = distance_of(near[i], magnitudes);
    if (distance < least) {
      least = distance;
      best = near[i];
    }
  }
  return best;
}

// Finds the integers nearest to the values of a group times `inverse`.
inline void assign(const float *values, float inverse, levels_t *found) {
  float magnitudes[DIMENSIONS];
  for (int first = 0; first < GROUP; first += DIMENSIONS) {
    uint signs = signs_of(values + first / RUN * RUN) >> (first % RUN);
    for (int i = 0; i < DIMENSIONS; i++) {
      float value = values[first + i] * inverse;
      magnitudes[i] = (signs >> i & 1) == 0 ? value : -value;
    }
    int point = nearest_point(magnitudes, found->neighbours);
    for (int i = 0; i < DIMENSIONS; i++) {
      int magnitude = (int)coordinate_of(point, i);
      found->levels[first + i] = (signs >> i & 1) == 0 ? magnitude : -magnitude;
    }
  }
}

// The point of levels that `assign` gave.
inline int point_of(local const char *levels, global const ushort *neighbours) {
  float magnitudes[DIMENSIONS];
  for (int i = 0; i < DIMENSIONS; i++) {
    magnitudes[i] = abs(levels[i]);
  }
  return nearest_point(magnitudes, neighbours);
}

// The signs of eight levels, a bit each.
inline uchar signs_of_levels(local const char *levels) {
  uchar signs = 0;
  for (int i = 0; i < RUN; i++) {
    signs |= (levels[i] < 0) << i;
  }
  return signs;
}
