// Groups of elements brought to mean 0 and variance 1. One work-group a group, which is `count`
// rows of `length` elements, or fewer where `last` rows end an image of `image` rows.
//
// Values far from zero lose their digits in a plain sum, so all are measured from the first, and
// the mean is corrected once.
inline floats centred(global const uchar *row, long i, long length, float shift, float mean) {
  floats value = (JOIN(TYPE, load)(row, i, length) - shift) - mean;
  if (i + WIDTH > length) {
    float kept[WIDTH];
    VSTORE(value, 0, kept);
    for (int j = (int)(length - i); j < WIDTH; j++) {
      kept[j] = 0;
    }
    value = VLOAD(0, kept);
  }
  return value;
}

kernel void norm(global const uchar *x, rows_t x_rows, global uchar *y, rows_t y_rows, long length,
                 long count, long groups, long image, float epsilon) {
  SCRATCH(scratch);
  long first = get_group_id(0) / groups * image + get_group_id(0) % groups * count;
  long rows = min(count, image - (long)get_group_id(0) % groups * count);
  long lane_start = get_local_id(0) * WIDTH;
  float shift = JOIN(TYPE, get)(x + row_start(x_rows, first), 0);
  float mean = 0;
  for (int pass = 0; pass < 2; pass++) {
    floats sum = 0;
    for (long row = first; row < first + rows; row++) {
      global const uchar *from = x + row_start(x_rows, row);
      for (long i = lane_start; i < length; i += LANES * WIDTH) {
        sum += centred(from, i, length, shift, mean);
      }
    }
    mean += sum_lanes(sum_of(sum), scratch) / (length * rows);
  }
  floats squares = 0;
  for (long row = first; row < first + rows; row++) {
    global const uchar *from = x + row_start(x_rows, row);
    for (long i = lane_start; i < length; i += LANES * WIDTH) {
      floats value = centred(from, i, length, shift, mean);
      squares += value * value;
    }
  }
  float factor = 1 / sqrt(sum_lanes(sum_of(squares), scratch) / (length * rows) + epsilon);
  for (long row = first; row < first + rows; row++) {
    global const uchar *from = x + row_start(x_rows, row);
    global uchar *to = y + row_start(y_rows, row);
    for (long i = lane_start; i < length; i += LANES * WIDTH) {
      JOIN(TYPE, store)(to, i, length, centred(from, i, length, shift, mean) * factor);
    }
  }
}
