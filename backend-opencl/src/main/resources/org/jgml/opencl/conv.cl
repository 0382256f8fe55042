// Convolution over one to three axes; a work-item makes one element of the result. Operands have no
// gaps.
kernel void conv(global const uchar *x, long x_start, global const uchar *weights,
                 long weights_start, global uchar *y, rows_t y_rows, window_t window, long length,
                 long outputs, long channels, long groups) {
  long column = get_global_id(0);
  long row = get_global_id(1);
  if (column >= length) {
    return;
  }
  long index = row * length + column;
  long plane = index / elements_of(window.output);
  int3 to = position_of(window.output, index % elements_of(window.output));
  long filter = plane % outputs;
  long group = plane / outputs * groups + filter / (outputs / groups);
  long plane_elements = elements_of(window.spatial);
  int taps = (int)elements_of(window.taps);
  global const float *from =
      (global const float *)(x + x_start) + group * channels * plane_elements;
  global const float *by = (global const float *)(weights + weights_start) + filter * channels * taps;
  float sum = 0;
  for (int tap = 0; tap < taps; tap++) {
    long at = source_of(&window, to, position_of(window.taps, tap));
    if (at >= 0) {
      for (long channel = 0; channel < channels; channel++) {
        sum = fma(from[channel * plane_elements + at], by[channel * taps + tap], sum);
      }
    }
  }
  f32_set(y + row_start(y_rows, row), column, sum);
}
