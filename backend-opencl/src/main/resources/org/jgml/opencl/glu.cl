// activation(gate) · up. FUNCTION is one of functions.cl.
inline floats unit(floats gate, floats up, float4 parameters) {
  return FUNCTION(gate, parameters) * up;
}
