// Convolution over one to three axes; one thread makes one element of the result.
#include "window.cuh"

struct conv_t {
  const float *x;
  const float *weights;
  tensor_t y;
  window_t window;
  int64 outputs;
  int64 channels;
  int64 groups;
  int64 length;
  int64 items;
  int64 rows;
};

KERNEL(conv, conv_t, 256) {
  int64 row, column;
  if (!item_of(a.items, a.rows, row, column)) {
    return;
  }
  int64 position, filter;
  int64 plane = divide(row * a.items + column, elements_of(a.window.output), position);
  int64 image = divide(plane, a.outputs, filter);
  int64 group = filter / (a.outputs / a.groups);
  int64 taps = elements_of(a.window.kernel);
  const float *from = a.x + (image * a.groups + group) * a.channels * elements_of(a.window.spatial);
  const float *weights = a.weights + filter * a.channels * taps;
  float sum = 0;
  for (int64 tap = 0; tap < taps; tap++) {
    int at[3];
    if (source_of(a.window, position, tap, at)) {
      int64 index = index_of(a.window, at);
      for (int64 channel = 0; channel < a.channels; channel++) {
        sum = fmaf(from[channel * elements_of(a.window.spatial) + index],
                   weights[channel * taps + tap], sum);
      }
    }
  }
  f32_t::set(row_of(a.y, row), column, sum);
}
