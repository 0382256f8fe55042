package org.jgml.models.quantisation;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jgml.models.gguf.GgufException;
import org.jgml.models.gguf.GgufFile;
import org.jgml.models.gguf.GgufTensor;
import org.jgml.models.gguf.GgufValue;
import org.jgml.models.gguf.GgufValueType;
import org.jgml.models.gguf.GgufWriter;
import org.jgml.models.gguf.TensorSource;

/// Writes a model with the types of a [QuantisationPlan], tensor by tensor: memory holds a few
/// pieces of one tensor, however large the model is.
///
/// Files appear under their names when all of them are complete; where writing fails nothing is
/// left behind. The result does not depend on the number of threads.
public final class ModelQuantiser {
  /// The version of the block formats that files name.
  private static final int QUANTISATION_VERSION = 2;

  private static final String VERSION_KEY = "general.quantization_version";
  private static final String FILE_TYPE_KEY = "general.file_type";
  private static final String NUMBER_KEY = "split.no";
  private static final String COUNT_KEY = "split.count";
  private static final String TENSOR_COUNT_KEY = "split.tensors.count";
  private static final List<String> SPLIT_KEYS = List.of(NUMBER_KEY, COUNT_KEY, TENSOR_COUNT_KEY);
  private static final int PIECES_PER_THREAD = 2;

  private final GgufFile source;
  private final QuantisationOptions options;
  private final int threads;
  private final QuantisationListener listener;

  /// @param threads how many convert at once
  public ModelQuantiser(
      GgufFile source, QuantisationOptions options, int threads, QuantisationListener listener) {
    this.source = source;
    this.options = options;
    this.threads = threads;
    this.listener = listener;
  }

  /// Writes the model to a file, or to several that are named `<target>-00001-of-00003.gguf`.
  ///
  /// @return the files
  /// @throws IOException if they cannot be written, or would replace folders or what is read
  public List<Path> write(QuantisationPlan plan, SplitRule rule, Path target) throws IOException {
    List<List<Conversion>> parts = rule.divide(plan.conversions());
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      files.add(path(target, rule, i, parts.size()));
      requireReplaceable(files.getLast());
    }
    requireRoom(plan.bytes(), files.getFirst());
    List<Path> complete = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < parts.size(); i++) {
        GgufWriter writer = new GgufWriter();
        putMetadata(writer, i, parts.size(), plan.conversions().size());
        addTensors(writer, parts.get(i), workers);
        Path unnamed = files.get(i).resolveSibling(files.get(i).getFileName() + ".new");
        complete.add(unnamed);
        writeFile(writer, unnamed, files.get(i));
      }
      for (int i = 0; i < complete.size(); i++) {
        Files.move(complete.get(i), files.get(i), StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      for (Path path : complete) {
        Files.deleteIfExists(path);
      }
    }
    return files;
  }

  private static void writeFile(GgufWriter writer, Path unnamed, Path file) throws IOException {
    try {
      writer.write(unnamed);
    } catch (GgufException | FileSystemException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static Path path(Path target, SplitRule rule, int index, int count) {
    if (rule instanceof SplitRule.OneFile) {
      return target;
    }
    String name = String.valueOf(target.getFileName());
    String prefix = name.endsWith(".gguf") ? name.substring(0, name.length() - 5) : name;
    return target.resolveSibling("%s-%05d-of-%05d.gguf".formatted(prefix, index + 1, count));
  }

  private void requireReplaceable(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    if (Files.isDirectory(file)) {
      throw new IOException(file + ": is a folder. Fix: give the name of a file");
    }
    List<Path> sources = new ArrayList<>(List.of(source.path()));
    source.tensors().stream().map(GgufTensor::file).distinct().forEach(sources::add);
    for (Path path : sources) {
      if (Files.isSameFile(path, file)) {
        throw new IOException(
            file + ": is the file that is read and would be overwritten. Fix: give another name");
      }
    }
  }

  private static void requireRoom(long bytes, Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no such folder. Fix: make it, or give another name");
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free > 0 && free < bytes) {
      String problem = "%s: the model takes %,d bytes, %,d are free. Fix: make room";
      throw new IOException(String.format(Locale.ROOT, problem, folder, bytes, free));
    }
  }

  private void putMetadata(GgufWriter writer, int index, int count, int tensors) {
    if (index == 0) {
      for (String key : source.metadata().keys()) {
        if (!SPLIT_KEYS.contains(key)) {
          writer.put(key, source.metadata().value(key).orElseThrow());
        }
      }
      options.fileType().ifPresent(type -> writer.put(FILE_TYPE_KEY, unsigned(type.id())));
      writer.put(VERSION_KEY, unsigned(QUANTISATION_VERSION));
    }
    if (count > 1) {
      writer.put(NUMBER_KEY, GgufValue.ofInteger(GgufValueType.UINT16, index));
      writer.put(COUNT_KEY, GgufValue.ofInteger(GgufValueType.UINT16, count));
      writer.put(TENSOR_COUNT_KEY, GgufValue.ofInteger(GgufValueType.INT32, tensors));
    }
  }

  private static GgufValue unsigned(int value) {
    return GgufValue.ofInteger(GgufValueType.UINT32, value);
  }

  private void addTensors(GgufWriter writer, List<Conversion> conversions, ExecutorService workers)
      throws GgufException {
    for (Conversion conversion : conversions) {
      GgufTensor tensor = conversion.tensor();
      TensorSource bytes =
          conversion.isCopy()
              ? TensorSource.of(tensor.bytes())
              : new TensorConverter(
                  conversion, workers, PIECES_PER_THREAD * threads, listener::converted);
      writer.add(
          tensor.name(),
          conversion.type(),
          tensor.shape(),
          channel -> {
            listener.begins(conversion);
            bytes.writeTo(channel);
          });
    }
  }
}
