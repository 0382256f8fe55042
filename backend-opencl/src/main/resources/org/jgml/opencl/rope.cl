// Pairs of elements of each head turned by the rotations of rope_angles. `neox` pairs halves of the
// rotated part, else neighbours. One work-item turns one pair, or copies one element behind them.
kernel void rope(global const uchar *x, rows_t x_rows, global const uchar *angles,
                 rows_t angle_rows, global uchar *y, rows_t y_rows, long length, long pairs,
                 long heads, long tokens, int neox) {
  long row = get_global_id(1);
  long i = get_global_id(0);
  global const uchar *from = x + row_start(x_rows, row);
  global uchar *to = y + row_start(y_rows, row);
  if (i < pairs) {
    long token = row / heads % tokens;
    global const uchar *turn = angles + row_start(angle_rows, token * pairs + i);
    float cosine = f32_get(turn, 0);
    float sine = f32_get(turn, 1);
    long first = neox ? i : 2 * i;
    long second = neox ? i + pairs : 2 * i + 1;
    float a = JOIN(TYPE, get)(from, first);
    float b = JOIN(TYPE, get)(from, second);
    JOIN(TYPE, set)(to, first, turned_first(a, b, cosine, sine));
    JOIN(TYPE, set)(to, second, turned_second(a, b, cosine, sine));
  } else if (i + pairs < length) {
    JOIN(TYPE, set)(to, i + pairs, JOIN(TYPE, get)(from, i + pairs));
  }
}
