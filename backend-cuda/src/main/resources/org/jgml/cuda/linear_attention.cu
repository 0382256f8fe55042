// Attention by a state of each head, token by token:
//
//   S = decay * S;   S += key * update;   y = query * S
//
// The update is beta * value, or beta * (value - key * S) by the delta rule.
//
// Columns of a state know nothing of each other. A warp keeps COLUMNS of them in registers while it
// reads all tokens: a row of them is what memory gives at once (32 bytes). SHARERS lanes share a
// column and take RUN rows each in turns. Tokens come through shared memory, several at a time, each
// once for all warps of a block, while those before are read.
#include "common.cuh"

#define WARPS 4
#define COLUMNS 8
#define SHARERS (WARP / COLUMNS)
#define RUN 4
#define BLOCK_COLUMNS (WARPS * COLUMNS)

struct linear_attention_t {
  tensor_t state;
  tensor_t query;
  tensor_t key;
  tensor_t value;
  tensor_t decay;
  tensor_t beta;
  tensor_t y;
  // Bytes from a row of a head to the next.
  int64 state_stride;
  int64 y_stride;
  int64 tokens;
  int64 heads;
  int64 rows;
  int64 columns;
  // Blocks that share a head.
  int64 blocks;
  // Whether each row has its own factor.
  int decay_rows;
  int delta;
};

// The columns of a block, and that of a thread.
struct place_t {
  int64 head;
  int64 first;
  int64 column;
  int sharer;
  bool is_there;
  const uint8 *state;
  uint8 *y;
};

DEVICE place_t place_of_thread(const linear_attention_t &a) {
  place_t place;
  int64 block;
  place.head = divide(blockIdx.x, a.blocks, block);
  place.first = block * BLOCK_COLUMNS;
  place.column = place.first + threadIdx.x / WARP * COLUMNS + threadIdx.x % COLUMNS;
  place.sharer = threadIdx.x % WARP / COLUMNS;
  place.is_there = place.column < a.columns;
  place.state = row_of(a.state, place.head * a.rows);
  place.y = row_of(a.y, place.head * (a.tokens + a.rows));
  return place;
}

// The sum of what the lanes that share a column have, in each of them.
DEVICE float column_sum(float value) {
#pragma unroll
  for (int distance = COLUMNS; distance < WARP; distance *= 2) {
    value += __shfl_xor_sync(ALL_LANES, value, distance);
  }
  return value;
}

// What is added to a column under the key, which makes `known` of the column.
DEVICE float update_of(const linear_attention_t &a, float value, float beta, float known) {
  return beta * (a.delta ? value - column_sum(known) : value);
}

// Tokens in shared memory; rows are filled up with zeros.
template <int ROWS, int TOKENS>
struct tokens_t {
  float queries[TOKENS][ROWS];
  float keys[TOKENS][ROWS];
  float decays[TOKENS][ROWS];
  float values[TOKENS][BLOCK_COLUMNS];
  float outputs[TOKENS][BLOCK_COLUMNS];
  float betas[TOKENS];
};

// Elements of a row that a lane brings.
#define SHARE(length) (((length) + WARP - 1) / WARP)

// Tokens on their way to shared memory while others are read: a warp brings every WARPS-th.
template <int ROWS, int TOKENS>
struct coming_t {
  float queries[TOKENS / WARPS][SHARE(ROWS)];
  float keys[TOKENS / WARPS][SHARE(ROWS)];
  float decays[TOKENS / WARPS][SHARE(ROWS)];
  float values[TOKENS / WARPS][SHARE(BLOCK_COLUMNS)];
  float betas[TOKENS / WARPS];
};

template <int LENGTH>
DEVICE void fetch_row(const float *from, int64 length, float held[SHARE(LENGTH)]) {
#pragma unroll
  for (int j = 0; j < SHARE(LENGTH); j++) {
    int i = j * WARP + threadIdx.x % WARP;
    held[j] = i < length ? from[i] : 0;
  }
}

template <int LENGTH>
DEVICE void put_row(const float held[SHARE(LENGTH)], float *to) {
#pragma unroll
  for (int j = 0; j < SHARE(LENGTH); j++) {
    int i = j * WARP + threadIdx.x % WARP;
    if (i < LENGTH) {
      to[i] = held[j];
    }
  }
}

DEVICE const float *floats_of(const tensor_t &tensor, int64 row) {
  return (const float *)row_of(tensor, row);
}

template <int ROWS, int TOKENS>
DEVICE void fetch(const linear_attention_t &a, const place_t &place, int64 first,
                  coming_t<ROWS, TOKENS> &to) {
#pragma unroll
  for (int i = 0; i < TOKENS / WARPS; i++) {
    int64 token = first + i * WARPS + threadIdx.x / WARP;
    if (token < a.tokens) {
      int64 row = token * a.heads + place.head;
      fetch_row<ROWS>(floats_of(a.query, row), a.rows, to.queries[i]);
      fetch_row<ROWS>(floats_of(a.key, row), a.rows, to.keys[i]);
      fetch_row<ROWS>(floats_of(a.decay, row), a.decay_rows ? a.rows : 1, to.decays[i]);
      fetch_row<BLOCK_COLUMNS>(floats_of(a.value, row) + place.first, a.columns - place.first,
                               to.values[i]);
      to.betas[i] = floats_of(a.beta, row)[0];
    }
  }
}

template <int ROWS, int TOKENS>
DEVICE void put(const coming_t<ROWS, TOKENS> &from, int count, tokens_t<ROWS, TOKENS> &to) {
#pragma unroll
  for (int i = 0; i < TOKENS / WARPS; i++) {
    int token = i * WARPS + threadIdx.x / WARP;
    if (token < count) {
      put_row<ROWS>(from.queries[i], to.queries[token]);
      put_row<ROWS>(from.keys[i], to.keys[token]);
      put_row<ROWS>(from.decays[i], to.decays[token]);
      put_row<BLOCK_COLUMNS>(from.values[i], to.values[token]);
      if (threadIdx.x % WARP == 0) {
        to.betas[token] = from.betas[i];
      }
    }
  }
}

// Outputs of all columns of a block, side by side.
template <int ROWS, int TOKENS>
DEVICE void write_outputs(const linear_attention_t &a, const place_t &place, int64 first, int count,
                          const tokens_t<ROWS, TOKENS> &from) {
  int64 column = place.first + threadIdx.x % WARP;
  for (int token = threadIdx.x / WARP; token < count && column < a.columns; token += WARPS) {
    float *to = (float *)(place.y + (first + token) * a.y_stride);
    to[column] = from.outputs[token][threadIdx.x % WARP];
  }
}

// The first of a run of rows.
DEVICE int run_row(int run, const place_t &place) {
  return (run * SHARERS + place.sharer) * RUN;
}

DEVICE void load_run(const float *row, int at, float values[RUN]) {
  float4 four = *(const float4 *)(row + at);
  values[0] = four.x;
  values[1] = four.y;
  values[2] = four.z;
  values[3] = four.w;
}

template <int ROWS, int TOKENS>
DEVICE void read_token(const linear_attention_t &a, const place_t &place, int token,
                       tokens_t<ROWS, TOKENS> &tokens, float state[ROWS / SHARERS]) {
  int column = threadIdx.x / WARP * COLUMNS + threadIdx.x % COLUMNS;
  float key[RUN];
  float other[RUN];
  float known = 0;
  float factor = tokens.decays[token][0];
#pragma unroll
  for (int run = 0; run < ROWS / SHARERS / RUN; run++) {
    load_run(tokens.keys[token], run_row(run, place), key);
    other[0] = other[1] = other[2] = other[3] = factor;
    if (a.decay_rows) {
      load_run(tokens.decays[token], run_row(run, place), other);
    }
#pragma unroll
    for (int i = 0; i < RUN; i++) {
      state[run * RUN + i] *= other[i];
      known = fmaf(key[i], state[run * RUN + i], known);
    }
  }
  float update = update_of(a, tokens.values[token][column], tokens.betas[token], known);
  float output = 0;
#pragma unroll
  for (int run = 0; run < ROWS / SHARERS / RUN; run++) {
    load_run(tokens.keys[token], run_row(run, place), key);
    load_run(tokens.queries[token], run_row(run, place), other);
#pragma unroll
    for (int i = 0; i < RUN; i++) {
      state[run * RUN + i] = fmaf(key[i], update, state[run * RUN + i]);
      output = fmaf(other[i], state[run * RUN + i], output);
    }
  }
  output = column_sum(output);
  if (place.sharer == 0) {
    tokens.outputs[token][column] = output;
  }
}

template <int ROWS>
DEVICE void load_state(const linear_attention_t &a, const place_t &place, float state[ROWS / SHARERS]) {
#pragma unroll
  for (int i = 0; i < ROWS / SHARERS; i++) {
    int row = run_row(i / RUN, place) + i % RUN;
    bool is_there = row < a.rows && place.is_there;
    state[i] = is_there ? f32_t::get(place.state + row * a.state_stride, place.column) : 0;
  }
}

template <int ROWS>
DEVICE void store_state(const linear_attention_t &a, const place_t &place,
                        const float state[ROWS / SHARERS]) {
#pragma unroll
  for (int i = 0; i < ROWS / SHARERS; i++) {
    int row = run_row(i / RUN, place) + i % RUN;
    if (row < a.rows && place.is_there) {
      f32_t::set(place.y + (a.tokens + row) * a.y_stride, place.column, state[i]);
    }
  }
}

// A state of at most ROWS rows.
template <int ROWS, int TOKENS>
DEVICE void linear_attention(const linear_attention_t &a) {
  __shared__ __align__(16) tokens_t<ROWS, TOKENS> tokens;
  place_t place = place_of_thread(a);
  float state[ROWS / SHARERS];
  load_state<ROWS>(a, place, state);
  coming_t<ROWS, TOKENS> coming;
  fetch(a, place, 0, coming);
  for (int64 first = 0; first < a.tokens; first += TOKENS) {
    int count = a.tokens - first < TOKENS ? (int)(a.tokens - first) : TOKENS;
    put(coming, count, tokens);
    __syncthreads();
    fetch(a, place, first + TOKENS, coming);
#pragma unroll 1
    for (int token = 0; token < count; token++) {
      read_token(a, place, token, tokens, state);
    }
    __syncthreads();
    write_outputs(a, place, first, count, tokens);
  }
  store_state<ROWS>(a, place, state);
}

KERNEL(linear_attention_16, linear_attention_t, WARPS * WARP) { linear_attention<16, 8>(a); }
KERNEL(linear_attention_64, linear_attention_t, WARPS * WARP) { linear_attention<64, 8>(a); }
KERNEL(linear_attention_128, linear_attention_t, WARPS * WARP) { linear_attention<128, 8>(a); }
KERNEL(linear_attention_256, linear_attention_t, WARPS * WARP) { linear_attention<256, 4>(a); }

// A state of any size, where it lies in the result: each lane comes back to its own elements alone.
DEVICE void read_token_in_place(const linear_attention_t &a, const place_t &place, int64 token) {
  int64 row = token * a.heads + place.head;
  const float *query = floats_of(a.query, row);
  const float *key = floats_of(a.key, row);
  const float *decay = floats_of(a.decay, row);
  uint8 *state = place.y + a.tokens * a.y_stride;
  float known = 0;
  for (int64 i = place.sharer; i < a.rows && place.is_there; i += SHARERS) {
    float kept = decay[a.decay_rows ? i : 0] * f32_t::get(state + i * a.y_stride, place.column);
    f32_t::set(state + i * a.y_stride, place.column, kept);
    known = fmaf(key[i], kept, known);
  }
  float value = place.is_there ? floats_of(a.value, row)[place.column] : 0;
  float update = update_of(a, value, floats_of(a.beta, row)[0], known);
  float output = 0;
  for (int64 i = place.sharer; i < a.rows && place.is_there; i += SHARERS) {
    float next = fmaf(key[i], update, f32_t::get(state + i * a.y_stride, place.column));
    f32_t::set(state + i * a.y_stride, place.column, next);
    output = fmaf(query[i], next, output);
  }
  output = column_sum(output);
  if (place.sharer == 0 && place.is_there) {
    f32_t::set(place.y + token * a.y_stride, place.column, output);
  }
}

KERNEL(linear_attention_any, linear_attention_t, WARPS * WARP) {
  place_t place = place_of_thread(a);
  for (int64 i = place.sharer; i < a.rows && place.is_there; i += SHARERS) {
    float value = f32_t::get(place.state + i * a.state_stride, place.column);
    f32_t::set(place.y + (a.tokens + i) * a.y_stride, place.column, value);
  }
  for (int64 token = 0; token < a.tokens; token++) {
    read_token_in_place(a, place, token);
  }
}
