// Levels of Q5_0 and Q5_1: nibbles, and above them bit j of four bytes for element j.
inline float16 five_bit_levels(global const uchar *bits, global const uchar *nibbles, uint part) {
  uint fifth = (uint)bits[2 * part] | (uint)bits[2 * part + 1] << 8;
  uchar16 pairs = vload16(0, nibbles);
  uchar16 low = part == 0 ? pairs & (uchar)15 : pairs >> (uchar)4;
  uint16 shifts = (uint16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  uint16 high = (((uint16)fifth >> shifts) & 1) << 4;
  return convert_float16(convert_uint16(low) | high);
}
