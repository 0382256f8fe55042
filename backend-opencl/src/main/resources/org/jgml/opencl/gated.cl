// The loop of gated units: `unit` is defined before.
kernel void gated(global const uchar *gate, rows_t gate_rows, global const uchar *up,
                  rows_t up_rows, global uchar *y, rows_t y_rows, long length,
                  float4 parameters) {
  long row = get_global_id(1);
  long i = get_global_id(0) * WIDTH;
  if (i < length) {
    floats g = JOIN(TYPE, load)(gate + row_start(gate_rows, row), i, length);
    floats u = JOIN(TYPE, load)(up + row_start(up_rows, row), i, length);
    JOIN(TYPE, store)(y + row_start(y_rows, row), i, length, unit(g, u, parameters));
  }
}
