// Functions of one element, on vectors; `p` holds the parameters of those that have some.

inline floats sigmoid(floats x) {
  floats small = exp(-fabs(x));
  return select(small, (floats)1, x >= 0) / (1 + small);
}

// The nearest number between two; `clamp` may make one of a NaN.
inline floats limited(floats x, float low, float high) {
  floats raised = select(x, (floats)low, x < low);
  return select(raised, (floats)high, raised > high);
}

// `x` where it is finite, else 0. PoCL's sines of a vector are wrong where an element is not finite,
// and those of the smallest numbers where another one is large.
inline floats finite(floats x) { return select((floats)0, x, isfinite(x)); }

inline floats f_abs(floats x, float4 p) { return fabs(x); }
inline floats f_sgn(floats x, float4 p) { return select(select(x, (floats)-1, x < 0), (floats)1, x > 0); }
inline floats f_neg(floats x, float4 p) { return -x; }
inline floats f_step(floats x, float4 p) { return select((floats)0, (floats)1, x > 0); }
inline floats f_tanh(floats x, float4 p) { return tanh(x); }
inline floats f_elu(floats x, float4 p) { return select(expm1(x), x, x > 0); }
inline floats f_relu(floats x, float4 p) { return select(x, (floats)0, x < 0); }
inline floats f_sigmoid(floats x, float4 p) { return sigmoid(x); }

// The sigmoid of `high + low`: far from zero, the rounding of an argument is seen in the result.
inline floats sigmoid_of_sum(floats high, floats low) {
  floats small = exp(-fabs(high));
  floats corrected = fma(small, select(-low, low, high < 0), small);
  return select(corrected, (floats)1, high >= 0) / (1 + corrected);
}

// 1 + tanh(u) is 2 sigmoid(2u), which does not cancel for negative u. Here 2u = x · (C + D · x²), and
// every product keeps the part that its rounding loses. Beyond 30 nothing changes but overflows.
inline floats f_gelu(floats x, float4 p) {
  const float c = 1.595769167e+00f, c_low = -4.534068054e-08f, d = 7.135481387e-02f, d_low = 2.398832466e-09f;
  floats near = clamp(x, -30.0f, 30.0f);
  floats square = near * near;
  floats square_low = fma(near, near, -square);
  floats term = d * square;
  floats term_low = fma((floats)d, square, -term) + d * square_low + d_low * square;
  floats factor = c + term;
  floats kept = factor - c;
  floats factor_low = (c - (factor - kept)) + (term - kept) + (term_low + c_low);
  floats high = near * factor;
  return x * sigmoid_of_sum(high, fma(near, factor, -high) + near * factor_low);
}

// ½ x erfc(z), z = -x / √2. In the tail, erfc changes by about -(2z + 1/z) times itself.
inline floats f_gelu_erf(floats x, float4 p) {
  const float c = 7.071067691e-01f, c_low = 1.210161749e-08f;
  floats z = -c * x;
  floats low = fma((floats)-c, x, -z) - c_low * x;
  floats tail = erfc(z);
  return 0.5f * x * select(tail, fma(-tail, low * (2 * z + 1 / z), tail), z > 1 && z < 20);
}

inline floats f_gelu_quick(floats x, float4 p) { return x * sigmoid(1.702f * x); }
inline floats f_silu(floats x, float4 p) { return x * sigmoid(x); }
inline floats f_hardsigmoid(floats x, float4 p) { return limited((x + 3) / 6, 0, 1); }
inline floats f_hardswish(floats x, float4 p) { return x * f_hardsigmoid(x, p); }
inline floats f_exp(floats x, float4 p) { return exp(x); }
inline floats f_expm1(floats x, float4 p) { return expm1(x); }
inline floats f_softplus(floats x, float4 p) { return select(x, (floats)0, x < 0) + log1p(exp(-fabs(x))); }
inline floats f_floor(floats x, float4 p) { return floor(x); }
inline floats f_ceil(floats x, float4 p) { return ceil(x); }
inline floats f_round(floats x, float4 p) { return round(x); }
inline floats f_trunc(floats x, float4 p) { return trunc(x); }
inline floats f_sqr(floats x, float4 p) { return x * x; }
inline floats f_sqrt(floats x, float4 p) { return sqrt(x); }
inline floats f_log(floats x, float4 p) { return log(x); }
inline floats f_sin(floats x, float4 p) { return select(select(x - x, sin(finite(x)), isfinite(x)), x, fabs(x) < 1e-4f); }
inline floats f_cos(floats x, float4 p) { return select(select(x - x, cos(finite(x)), isfinite(x)), (floats)1, fabs(x) < 1e-4f); }

// p is factor and bias.
inline floats f_scale(floats x, float4 p) { return fma((floats)p.x, x, (floats)p.y); }

// p is low and high.
inline floats f_clamp(floats x, float4 p) { return limited(x, p.x, p.y); }

inline floats f_leaky_relu(floats x, float4 p) { return select(p.x * x, x, x > 0); }

// p is alphaNegative, alphaPositive, beta and epsilon.
inline floats f_xielu(floats x, float4 p) {
  floats below = p.x * (expm1(select(x, (floats)p.w, x > p.w)) - x);
  return select(below, p.y * x * x, x > 0) + p.z * x;
}

// The function of a number: CASES of the switch name those that a program has.
inline floats apply(int function, floats x, float4 p) {
  switch (function) {
    CASES
    default: return x;
  }
}
