// A window of three spatial axes, the outermost first, as Window.java defines it.
typedef struct {
  int spatial[3];
  int output[3];
  int taps[3];
  int stride[3];
  int padding[3];
  int dilation[3];
} window_t;

inline long elements_of(const int *axes) {
  return (long)axes[0] * axes[1] * axes[2];
}

// The position on each axis of the element at `index`.
inline int3 position_of(const int *axes, long index) {
  int plane = (int)(index % ((long)axes[1] * axes[2]));
  return (int3)((int)(index / ((long)axes[1] * axes[2])), plane / axes[2], plane % axes[2]);
}

// The element that an output position meets at a tap; -1 in the padding.
inline long source_of(const window_t *w, int3 to, int3 tap) {
  int z = to.x * w->stride[0] + tap.x * w->dilation[0] - w->padding[0];
  int y = to.y * w->stride[1] + tap.y * w->dilation[1] - w->padding[1];
  int x = to.z * w->stride[2] + tap.z * w->dilation[2] - w->padding[2];
  bool is_inside = z >= 0 && z < w->spatial[0] && y >= 0 && y < w->spatial[1] && x >= 0 &&
                   x < w->spatial[2];
  return is_inside ? ((long)z * w->spatial[1] + y) * w->spatial[2] + x : -1;
}
