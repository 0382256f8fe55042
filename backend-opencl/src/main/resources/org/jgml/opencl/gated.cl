// Gated units: activation(gate) · up, where `function` is the number of the activation, or -1 for the
// clamped unit of gpt-oss, whose parameters are alpha and limit.
inline floats clamped_unit(floats gate, floats up, float4 parameters) {
  floats g = select(gate, (floats)parameters.y, gate > parameters.y);
  floats u = limited(up, -parameters.y, parameters.y);
  return g * sigmoid(parameters.x * g) * (u + 1);
}

inline floats unit(int function, floats gate, floats up, float4 parameters) {
  return function < 0 ? clamped_unit(gate, up, parameters) : apply(function, gate, parameters) * up;
}

kernel void gated(global const uchar *gate, rows_t gate_rows, global const uchar *up,
                  rows_t up_rows, global uchar *y, rows_t y_rows, long length, int function,
                  float4 parameters) {
  long row = get_global_id(1);
  long i = get_global_id(0) * WIDTH;
  if (i < length) {
    floats g = JOIN(TYPE, load)(gate + row_start(gate_rows, row), i, length);
    floats u = JOIN(TYPE, load)(up + row_start(up_rows, row), i, length);
    JOIN(TYPE, store)(y + row_start(y_rows, row), i, length, unit(function, g, u, parameters));
  }
}
