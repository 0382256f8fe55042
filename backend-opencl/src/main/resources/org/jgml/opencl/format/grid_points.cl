// Points of the grid GRID, as Grid.java of the core describes it: the index of the value of each
// coordinate, from the lowest bits on.
constant ushort grid_points[] = {GRID};

inline float8 signed8(float8 values, uint signs) {
  uint8 bits = (uint8)signs >> (uint8)(0, 1, 2, 3, 4, 5, 6, 7);
  return as_float8(as_uint8(values) ^ bits << 31);
}

// Eight coordinates of a point of two bits each; the values are bytes.
inline float8 point8(uint point, uint values) {
  uint8 codes = (uint8)grid_points[point] >> (uint8)(0, 2, 4, 6, 8, 10, 12, 14) & 3;
  return convert_float8((uint8)values >> 8 * codes & 255);
}

// Four coordinates of a point of three bits each.
inline float4 point4(uint point, ulong values) {
  uint4 codes = (uint4)grid_points[point] >> (uint4)(0, 3, 6, 9) & 7;
  return convert_float4((ulong4)values >> convert_ulong4(8 * codes) & 255);
}

// Eight coordinates from -1 to 1, moved by an eighth up or down, in eighths.
inline float8 shifted8(uint point, bool is_down) {
  uint8 codes = (uint8)grid_points[point] >> (uint8)(0, 2, 4, 6, 8, 10, 12, 14) & 3;
  return 8 * (convert_float8(codes) - 1) + (is_down ? -1 : 1);
}

#define IQ2_VALUES 0x2b1908u
#define IQ3_XXS_VALUES 0x3e342c241c140c04ul
#define IQ3_S_VALUES 0x0f0d0b0907050301ul

// Eight signs from seven: their number is even.
inline uint even_signs(uint seven) {
  return seven | (popcount(seven) & 1) << 7;
}

inline uint word_at(global const uchar *at) {
  return ((global const ushort *)at)[0] | (uint)((global const ushort *)at)[1] << 16;
}

inline uint short_at(global const uchar *at) {
  return *(global const ushort *)at;
}
