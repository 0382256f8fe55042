// Integers of a codebook for a group of GROUP values, the sum of their products with the values, and of
// their squares. A codebook of the points of a grid has a table of neighbours.
typedef struct {
  char levels[GROUP];
  double products;
  double squares;
  global const ushort *neighbours;
} levels_t;
