// activation(gate) * up, and the clamped gated unit of gpt-oss, whose parameters are alpha and limit.
#include "functions.cuh"

#define SWIGLU_OAI -1

struct gated_t {
  tensor_t gate;
  tensor_t up;
  tensor_t y;
  int64 length;
  int64 items;
  int64 rows;
  int function;
  float parameters[4];
};

DEVICE float swiglu_oai(float gate, float up, float alpha, float limit) {
  float g = gate > limit ? limit : gate;
  return g * sigmoid(alpha * g) * (clamped(up, -limit, limit) + 1);
}

template <class T>
DEVICE void gated(const gated_t &a) {
  int64 row, item;
  if (!item_of(a.items, a.rows, row, item)) {
    return;
  }
  float gate[WIDTH];
  float up[WIDTH];
  load4<T>(row_of(a.gate, row), item * WIDTH, a.length, gate);
  load4<T>(row_of(a.up, row), item * WIDTH, a.length, up);
#pragma unroll
  for (int j = 0; j < WIDTH; j++) {
    gate[j] = a.function == SWIGLU_OAI ? swiglu_oai(gate[j], up[j], a.parameters[0], a.parameters[1])
                                       : apply(a.function, gate[j], a.parameters) * up[j];
  }
  store4<T>(row_of(a.y, row), item * WIDTH, a.length, gate);
}

KERNEL(gated_f32, gated_t, 256) { gated<f32_t>(a); }
KERNEL(gated_f16, gated_t, 256) { gated<f16_t>(a); }
KERNEL(gated_bf16, gated_t, 256) { gated<bf16_t>(a); }
