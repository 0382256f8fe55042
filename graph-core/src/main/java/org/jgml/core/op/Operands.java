package org.jgml.core.op;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jgml.core.tensor.DataType;
import org.jgml.core.tensor.GraphException;
import org.jgml.core.tensor.Shape;
import org.jgml.core.tensor.TensorType;

/// The operand types that an op is applied to, with the names needed to refuse them in plain words.
///
/// @param op the op
/// @param node name of the node that is being made
/// @param types operand types, in the order of [Op#operandNames]
public record Operands(Op op, String node, List<TensorType> types) {
  /// @throws GraphException if their number is not what the op takes
  public Operands {
    types = List.copyOf(types);
    int wanted = op.operandNames().size();
    if (types.size() != wanted) {
      throw new GraphException(
          message(
              op,
              node,
              "takes %d operands %s, got %d".formatted(wanted, op.operandNames(), types.size()),
              joined(types.stream().map(TensorType::toString)),
              "pass exactly these operands"));
    }
  }

  public int count() {
    return types.size();
  }

  public TensorType type(int index) {
    return types.get(index);
  }

  public Shape shape(int index) {
    return types.get(index).shape();
  }

  public DataType dataType(int index) {
    return types.get(index).dataType();
  }

  /// The index of the operand of this name, or empty if the op's parameters leave it out.
  public OptionalInt index(String name) {
    int index = op.operandNames().indexOf(name);
    return index < 0 ? OptionalInt.empty() : OptionalInt.of(index);
  }

  /// Refuses the operands or parameters unless `claim` holds.
  ///
  /// @param problem what is wrong, with the numbers
  /// @param fix what the user can do
  /// @throws GraphException in the house form
  public void require(boolean claim, String problem, String fix) {
    if (!claim) {
      throw new GraphException(message(op, node, problem, listed(), fix));
    }
  }

  /// Refuses operand `index` unless it has at least `rank` axes.
  public void requireRank(int index, int rank) {
    require(
        shape(index).rank() >= rank,
        "%s needs at least %d axes, has %d"
            .formatted(operandName(index), rank, shape(index).rank()),
        "reshape it, putting axes of extent 1 in front");
  }

  /// Refuses operand `index` unless it is F32, F16 or BF16.
  public void requireFloating(int index) {
    require(
        dataType(index).isFloating(),
        "%s must be F32, F16 or BF16, is %s".formatted(operandName(index), dataType(index)),
        "cast it to F32");
  }

  /// Refuses operand `index` unless it has this element type.
  public void requireType(int index, DataType type) {
    require(
        dataType(index) == type,
        "%s must be %s, is %s".formatted(operandName(index), type, dataType(index)),
        "cast it to " + type);
  }

  /// Refuses operand `index` unless it is I32 or I64.
  public void requireIndices(int index) {
    require(
        dataType(index).isInteger(),
        "%s must be I32 or I64, is %s".formatted(operandName(index), dataType(index)),
        "pass row numbers as I32");
  }

  /// Refuses a parameter that is not a finite number.
  public void requireFinite(String parameter, float value) {
    require(
        Float.isFinite(value),
        "%s must be finite, is %s".formatted(parameter, value),
        "pass a finite " + parameter);
  }

  /// Refuses an axis that operand `index` does not have.
  public void requireAxis(int index, int axis) {
    int rank = shape(index).rank();
    require(
        shape(index).hasAxis(axis),
        "axis %d is outside a tensor of rank %d".formatted(axis, rank),
        "pass an axis from %d to %d".formatted(-rank, rank - 1));
  }

  private String operandName(int index) {
    return op.operandNames().get(index);
  }

  /// Names and types as messages list them, such as `x=F32 [7, 64], w=Q8_0 [32, 64]`.
  public String listed() {
    return joined(
        IntStream.range(0, types.size()).mapToObj(i -> operandName(i) + "=" + types.get(i)));
  }

  private static String joined(Stream<String> operands) {
    String all = operands.collect(Collectors.joining(", "));
    return all.isEmpty() ? "none" : all;
  }

  private static String message(Op op, String node, String problem, String operands, String fix) {
    return "%s '%s': %s. Operands: %s. Fix: %s.".formatted(op.name(), node, problem, operands, fix);
  }
}
