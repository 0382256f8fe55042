// What blocks of points of a grid are packed from: two functions of fit/grid_codebook.cl, and the codes
// of two groups in a byte.
#define MULTIPLIERS 16

inline int point_of(local const char *levels, global const ushort *neighbours);
inline uchar signs_of_levels(local const char *levels);

inline uchar pair_of_codes(local const uchar *codes, int at) {
  return codes[2 * at] | codes[2 * at + 1] << 4;
}
