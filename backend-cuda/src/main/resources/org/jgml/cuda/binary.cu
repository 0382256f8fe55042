// Arithmetic on pairs of elements; a row of one element serves every column. Codes of operators are
// those of Binary.java: + - * /.
#include "common.cuh"

struct binary_t {
  tensor_t a;
  tensor_t b;
  tensor_t y;
  int64 a_length;
  int64 b_length;
  int64 length;
  int64 items;
  int64 rows;
  int operation;
};

template <class T>
DEVICE void operand(const uint8 *row, int64 i, int64 length, int64 own_length, float values[WIDTH]) {
  if (own_length == 1) {
    float value = T::get(row, 0);
#pragma unroll
    for (int j = 0; j < WIDTH; j++) {
      values[j] = value;
    }
  } else {
    load4<T>(row, i, length, values);
  }
}

DEVICE float operate(int operation, float a, float b) {
  switch (operation) {
    case 0: return a + b;
    case 1: return a - b;
    case 2: return a * b;
    default: return a / b;
  }
}

template <class T>
DEVICE void binary(const binary_t &a) {
  int64 row, item;
  if (!item_of(a.items, a.rows, row, item)) {
    return;
  }
  float left[WIDTH];
  float right[WIDTH];
  operand<T>(row_of(a.a, row), item * WIDTH, a.length, a.a_length, left);
  operand<T>(row_of(a.b, row), item * WIDTH, a.length, a.b_length, right);
#pragma unroll
  for (int j = 0; j < WIDTH; j++) {
    left[j] = operate(a.operation, left[j], right[j]);
  }
  store4<T>(row_of(a.y, row), item * WIDTH, a.length, left);
}

KERNEL(binary_f32, binary_t, 256) { binary<f32_t>(a); }
KERNEL(binary_f16, binary_t, 256) { binary<f16_t>(a); }
KERNEL(binary_bf16, binary_t, 256) { binary<bf16_t>(a); }
