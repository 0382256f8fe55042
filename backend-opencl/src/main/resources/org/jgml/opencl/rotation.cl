// A pair of elements turned by a rotation. Which products are fused is said, so that every kernel gives
// the same bits.
inline float turned_first(float a, float b, float cosine, float sine) {
  return fma(a, cosine, -(b * sine));
}

inline float turned_second(float a, float b, float cosine, float sine) {
  return fma(a, sine, b * cosine);
}
