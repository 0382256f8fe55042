// The code of a doubled number.
inline uchar fp4_code(char level) {
  uchar code = 0;
  while (fp4_levels[code] < abs(level)) {
    code++;
  }
  return level < 0 ? code | 8 : code;
}

// Packs the codes of a group, elements of the first half in the low nibbles.
inline void put_fp4(global uchar *at, const levels_t *found) {
  for (int i = 0; i < GROUP / 2; i++) {
    at[i] = fp4_code(found->levels[i]) | fp4_code(found->levels[GROUP / 2 + i]) << 4;
  }
}
