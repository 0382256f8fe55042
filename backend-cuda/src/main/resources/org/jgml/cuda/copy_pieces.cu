// Pieces of bytes copied by one launch, each by a block of its own: what is written for a run, and what
// goes to the host and comes from there in it. Page-locked memory is read and written where it lies.
#include "common.cuh"

#define MOST_PIECES 32
#define THREADS 128

struct piece_t {
  const uint8 *from;
  uint8 *to;
  int64 bytes;
};

struct pieces_t {
  piece_t pieces[MOST_PIECES];
};

KERNEL(copy_pieces, pieces_t, THREADS) {
  piece_t piece = a.pieces[blockIdx.x];
  bool are_words = (((uint64)piece.from | (uint64)piece.to | piece.bytes) & 3) == 0;
  if (are_words) {
    for (int64 i = threadIdx.x; i < piece.bytes / 4; i += THREADS) {
      ((uint32 *)piece.to)[i] = ((const uint32 *)piece.from)[i];
    }
  } else {
    for (int64 i = threadIdx.x; i < piece.bytes; i += THREADS) {
      piece.to[i] = piece.from[i];
    }
  }
}
