// The clamped gated unit of gpt-oss; parameters are alpha and limit.
inline floats unit(floats gate, floats up, float4 parameters) {
  floats g = select(gate, (floats)parameters.y, gate > parameters.y);
  floats u = clamp(up, -parameters.y, parameters.y);
  return g * sigmoid(parameters.x * g) * (u + 1);
}
