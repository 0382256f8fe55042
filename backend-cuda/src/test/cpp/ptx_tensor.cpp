// The matrix instructions: of a warp (PTX ISA, mma.m16n8k16 and ldmatrix), and of a warpgroup (wgmma).
#include <math.h>
#include <string.h>

#include "ptx_addresses.h"
#include "ptx_lanes.h"

namespace ptx {
namespace {

const int MATRICES = 4;
const int GROUP_COLUMNS = 256;
const int DEPTH = 16;

float half_of(uint32_t pair, int which) { return (float)bits_as<_Float16>((uint16_t)(pair >> 16 * which)); }

// The rows of 8 matrices of 8 x 8 halves that lanes name, eight after eight.
void read_rows(warp &w, const instruction &i, uint16_t rows[LANES][8]) {
  unsigned char *from[LANES];
  locate(w, i, READ, 16, from);
  for (int lane = 0; lane < LANES; lane++) {
    memcpy(rows[lane], from[lane], 16);
  }
}

// A lane's thread in its group of four, and that group.
int column_of(int lane) { return lane % 4 * 2; }
int row_of(int lane) { return lane / 4; }

struct factors {
  // A row, column by column, and all columns of a row beside each other.
  float left[16][DEPTH];
  float right[DEPTH][8];
};

void collect(warp &w, const place *operands, factors &f) {
  for (int n = 0; n < 4; n++) {
    const uint32_t *pairs = w.at<uint32_t>(operands[n]);
    for (int lane = 0; lane < LANES; lane++) {
      for (int half = 0; half < 2; half++) {
        int row = row_of(lane) + (n % 2 == 1 ? 8 : 0);
        int column = column_of(lane) + half + (n >= 2 ? 8 : 0);
        f.left[row][column] = half_of(pairs[lane], half);
      }
    }
  }
  for (int n = 0; n < 2; n++) {
    const uint32_t *pairs = w.at<uint32_t>(operands[4 + n]);
    for (int lane = 0; lane < LANES; lane++) {
      for (int half = 0; half < 2; half++) {
        f.right[column_of(lane) + half + 8 * n][row_of(lane)] = half_of(pairs[lane], half);
      }
    }
  }
}

// A matrix in shared memory, as a descriptor has it.
struct matrix {
  uint32_t start, stride, base;

  explicit matrix(uint64_t descriptor)
      : start((uint32_t)(descriptor & 0x3fff) << 4), stride((uint32_t)(descriptor >> 32 & 0x3fff) << 4),
        base((uint32_t)(descriptor >> 49 & 7)) {}

  // Where a piece of 16 bytes of a row lies, with rows of 128 bytes, eight after eight `stride` apart,
  // and pieces changed by the row, which the address has in bits 7 to 9.
  uint32_t piece(int row, int number) const {
    uint32_t address = start + row / 8 * stride + row % 8 * 128 + number * 16;
    return address ^ (((address >> 7) - base) & 7) << 4;
  }
};

void check_descriptor(warp &w, uint64_t descriptor) {
  matrix m(descriptor);
  if (descriptor >> 62 != 1) {
    w.fail(0, "a matrix descriptor of another swizzle than that of 128 bytes is not known here");
  }
  if (m.stride % 1024 != 0 || (m.start >> 7) % 8 != m.base) {
    w.fail(0, "a matrix descriptor whose rows do not begin where the swizzle does");
  }
}

// The same value in all lanes.
uint64_t uniform(warp &w, place p, const char *name) {
  const uint64_t *values = w.at<uint64_t>(p);
  for (int lane = 1; lane < LANES; lane++) {
    if (values[lane] != values[0]) {
      w.fail(lane, std::string(name) + " differs between lanes");
    }
  }
  return values[0];
}

// Calls for the bytes of the rows of a product of a warp: its 16 of the left matrix, all of the right.
template <class F>
void each_piece(const warp &w, const product &p, F f) {
  matrix left(p.left), right(p.right);
  for (int row = 0; row < 16; row++) {
    for (int piece = 0; piece < 2; piece++) {
      f(left.piece(w.number % 4 * 16 + row, piece));
    }
  }
  for (int row = 0; row < GROUP_COLUMNS; row++) {
    for (int piece = 0; piece < 2; piece++) {
      f(right.piece(row, piece));
    }
  }
}

// A row of 16 elements.
void read_row(warp &w, const matrix &m, int row, float values[DEPTH]) {
  for (int piece = 0; piece < 2; piece++) {
    uint16_t halves[8];
    memcpy(halves, w.in->shared(m.piece(row, piece)), sizeof(halves));
    for (int i = 0; i < 8; i++) {
      values[8 * piece + i] = (float)bits_as<_Float16>(halves[i]);
    }
  }
}

void multiply_row(const float left[DEPTH], const float right[DEPTH][GROUP_COLUMNS], float sums[GROUP_COLUMNS]) {
  memset(sums, 0, sizeof(float) * GROUP_COLUMNS);
  for (int k = 0; k < DEPTH; k++) {
    for (int column = 0; column < GROUP_COLUMNS; column++) {
      sums[column] = __builtin_fmaf(left[k], right[k][column], sums[column]);
    }
  }
}

// Sums of a warp: a lane has rows g and g + 8, of each eight columns two (PTX ISA, wgmma, matrix D).
void perform(warp &w, const product &p) {
  static float right[DEPTH][GROUP_COLUMNS];
  matrix left_matrix(p.left), right_matrix(p.right);
  for (int column = 0; column < GROUP_COLUMNS; column++) {
    float values[DEPTH];
    read_row(w, right_matrix, column, values);
    for (int k = 0; k < DEPTH; k++) {
      right[k][column] = values[k];
    }
  }
  const place *sums = &w.what->more[p.what->more];
  for (int row = 0; row < 16; row++) {
    float values[DEPTH], products[GROUP_COLUMNS];
    read_row(w, left_matrix, w.number % 4 * 16 + row, values);
    multiply_row(values, right, products);
    for (int column = 0; column < GROUP_COLUMNS; column++) {
      int lane = row % 8 * 4 + column % 8 / 2;
      float &sum = w.at<float>(sums[column / 8 * 4 + row / 8 * 2 + column % 2])[lane];
      sum = (p.adds ? sum : 0) + products[column];
    }
  }
}

}  // namespace

// Results: the four registers; the address: the row that a lane names.
void loads_matrices(warp &w, const instruction &i) {
  if (!w.gather_all("ldmatrix")) {
    return;
  }
  uint16_t rows[LANES][8];
  read_rows(w, i, rows);
  for (int n = 0; n < MATRICES; n++) {
    write<uint32_t>(w, i.at[n], [&](int lane) {
      const uint16_t *row = rows[8 * n + row_of(lane)];
      return row[column_of(lane)] | (uint32_t)row[column_of(lane) + 1] << 16;
    });
  }
}

void loads_turned_matrices(warp &w, const instruction &i) {
  if (!w.gather_all("ldmatrix")) {
    return;
  }
  uint16_t rows[LANES][8];
  read_rows(w, i, rows);
  for (int n = 0; n < MATRICES; n++) {
    write<uint32_t>(w, i.at[n], [&](int lane) {
      const uint16_t(*row)[8] = &rows[8 * n + column_of(lane)];
      return row[0][row_of(lane)] | (uint32_t)row[1][row_of(lane)] << 16;
    });
  }
}

// Operands: 4 results, 4 registers of the left matrix, 2 of the right one, 4 of what is added.
void multiplies(warp &w, const instruction &i) {
  if (!w.gather_all("mma")) {
    return;
  }
  const place *operands = &w.what->more[i.more];
  factors f;
  collect(w, operands + 4, f);
  float products[16][8];
  for (int row = 0; row < 16; row++) {
    for (int column = 0; column < 8; column++) {
      int lane = row % 8 * 4 + column / 2;
      products[row][column] = w.at<float>(operands[10 + row / 8 * 2 + column % 2])[lane];
    }
    for (int k = 0; k < DEPTH; k++) {
      for (int column = 0; column < 8; column++) {
        products[row][column] = __builtin_fmaf(f.left[row][k], f.right[k][column], products[row][column]);
      }
    }
  }
  for (int n = 0; n < 4; n++) {
    write<float>(w, operands[n], [&](int lane) { return products[row_of(lane) + n / 2 * 8][column_of(lane) + n % 2]; });
  }
}

// Operands: 128 sums, both descriptors, whether to add, then the four that are constant.
void multiplies_group(warp &w, const instruction &i) {
  if (!w.gather_all("wgmma")) {
    return;
  }
  if (!w.sums_are_fenced) {
    w.fail(0, "a product without wgmma.fence before");
  }
  const place *operands = &w.what->more[i.more + 128];
  uint32_t adds = w.predicate(operands[2]);
  if (adds != 0 && adds != ALL) {
    w.fail(0, "scale-d differs between lanes");
  }
  product p = {&i, uniform(w, operands[0], "a matrix descriptor"), uniform(w, operands[1], "a matrix descriptor"), adds != 0};
  check_descriptor(w, p.left);
  check_descriptor(w, p.right);
  each_piece(w, p, [&](uint32_t address) {
    const char *wrong = w.in->checks.begin_product(address, 16);
    if (wrong != 0) {
      fail_access(w, 0, "at shared", address, wrong);
    }
  });
  if (!w.in->late_products) {
    perform(w, p);
  }
  w.products.open.push_back(p);
}

void begins_products(warp &w, const instruction &) {
  if (w.gather_all("wgmma.fence")) {
    w.sums_are_fenced = true;
  }
}

void commits_products(warp &w, const instruction &) {
  if (w.gather_all("wgmma.commit_group")) {
    w.products.commit();
  }
}

void awaits_products(warp &w, const instruction &i) {
  if (w.gather_all("wgmma.wait_group")) {
    finish_products(w, (size_t)i.offset);
  }
}

void finish_products(warp &w, size_t left) {
  queue<product> &all = w.products;
  for (; all.groups.size() > left; all.groups.pop_front()) {
    for (const product &p : all.groups.front()) {
      if (w.in->late_products) {
        perform(w, p);
      }
      each_piece(w, p, [&](uint32_t address) { w.in->checks.end_product(address, 16); });
    }
  }
}

void publishes(warp &w, const instruction &) {
  for (int lane = 0; lane < LANES; lane++) {
    if (w.has(lane)) {
      w.in->checks.publish(w.thread_of(lane));
    }
  }
}

}  // namespace ptx
