// The matrix instruction of tensor cores: a warp adds the product of 16 x 16 and 16 x 8 halves to
// 16 x 8 floats. And how a warp reads its factors from shared memory.
//
// With g = lane / 4 and t = lane % 4, a lane holds of the left matrix rows g and g + 8, columns 2t,
// 2t + 1, 2t + 8 and 2t + 9; of the right one these as rows, and column g; of the sum rows g and
// g + 8, columns 2t and 2t + 1 (PTX ISA, mma.m16n8k16).
#pragma once
#include "asynchronous.cuh"

DEVICE void multiply_add(float sum[4], const uint32 left[4], const uint32 right[2]) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};"
      : "+f"(sum[0]), "+f"(sum[1]), "+f"(sum[2]), "+f"(sum[3])
      : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));
}

// Four matrices of 8 x 8 halves. Lanes 8i to 8i + 7 name the rows of matrix i, 16 bytes each; a lane
// gets row g, columns 2t and 2t + 1 of each (PTX ISA, ldmatrix).
DEVICE void load_matrices(uint32 parts[4], const uint16 *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(parts[0]), "=r"(parts[1]), "=r"(parts[2]), "=r"(parts[3])
               : "r"(shared_address(row)) : "memory");
}

// The same turned round: a lane gets rows 2t and 2t + 1, column g.
DEVICE void load_turned_matrices(uint32 parts[4], const uint16 *row) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(parts[0]), "=r"(parts[1]), "=r"(parts[2]), "=r"(parts[3])
               : "r"(shared_address(row)) : "memory");
}
