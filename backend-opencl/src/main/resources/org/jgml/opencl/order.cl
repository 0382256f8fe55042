// An integer that orders numbers as their values do; NaN comes before all, zeros are equal.
inline int order_of(float value) {
  if (isnan(value)) {
    return INT_MIN;
  }
  int bits = as_int(value + 0.0f);
  return bits >= 0 ? bits : bits ^ INT_MAX;
}
