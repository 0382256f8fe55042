package org.jgml.models.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jgml.models.sampling.Candidates;
import org.jgml.models.sampling.Sampler;
import org.jgml.models.sampling.SamplingOptions;
import org.jgml.models.tokenizer.SpecialToken;
import org.jgml.models.tokenizer.TokenType;
import org.jgml.models.tokenizer.Tokenizer;
import org.jgml.models.tokenizer.TokenizerFlag;
import org.jgml.models.tokenizer.TokenizerModel;
import org.jgml.models.tokenizer.VocabularyBuilder;
import org.junit.jupiter.api.Test;
import tools.jackson.jr.ob.JSON;

/// Sampling under a grammar.
final class GrammarConstraintTest {
  private static final int END = 2;
  private static final String[] WORDS = {
    "{", "}", "[", "]", "\"", "\",", "\":", ",", ":", "{\"", "\"}", "1", "23", "true", "null", "é",
    "日本", "▁", "▁a", "abc", "}]", "[[", "\\n", "\\", "n", "-", "tr", "ue", "e"
  };
  private static final Tokenizer TOKENIZER = tokenizer();

  /// Marks, bytes, then words.
  private static Tokenizer tokenizer() {
    List<String> texts = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    IntStream.range(0, 256).mapToObj("<0x%02X>"::formatted).forEach(texts::add);
    texts.addAll(List.of(WORDS));
    TokenType[] types = new TokenType[texts.size()];
    Arrays.fill(types, TokenType.NORMAL);
    Arrays.fill(types, 3, 259, TokenType.BYTE);
    types[0] = TokenType.UNKNOWN;
    types[1] = TokenType.CONTROL;
    types[END] = TokenType.CONTROL;
    return new Tokenizer(
        new VocabularyBuilder(TokenizerModel.SENTENCE_PIECE)
            .tokens(texts)
            .types(types)
            .scores(new float[texts.size()])
            .special(SpecialToken.UNKNOWN, 0)
            .special(SpecialToken.BOS, 1)
            .special(SpecialToken.EOS, END)
            .build());
  }

  private static float[] randomLogits(Random random) {
    // Two tokens more than the tokenizer knows: models are padded.
    float[] logits = new float[TOKENIZER.vocabulary().size() + 2];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian() * 3;
    }
    // Else a text of random tokens hardly ends.
    logits[END] += 4;
    return logits;
  }

  @Test
  void whateverTheLogitsTheTextFollowsTheGrammar() {
    int ended = 0;
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      GrammarConstraint constraint = new GrammarConstraint(ExampleGrammarsTest.JSON, TOKENIZER);
      Sampler sampler =
          Sampler.of(
              SamplingOptions.defaults().withSeed(seed), TOKENIZER::piece, Optional.of(constraint));
      sampler.accept(1, 5, 9);
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      for (int i = 0; i < 60; i++) {
        int token = sampler.sample(randomLogits(random));
        if (token == END) {
          String json = text.toString(StandardCharsets.UTF_8);
          assertTrue(ExampleGrammarsTest.JSON.matches(json), json);
          assertNotNull(JSON.std.asString(JSON.std.anyFrom(json)), json);
          ended++;
          break;
        }
        text.writeBytes(TOKENIZER.piece(token));
      }
      assertTrue(ExampleGrammarsTest.JSON.newMatcher().allows(text.toByteArray()));
    }
    assertTrue(ended > 50, "ended " + ended);
  }

  @Test
  void restrictingKeepsExactlyWhatIsAllowed() {
    GrammarConstraint constraint = new GrammarConstraint(ExampleGrammarsTest.JSON, TOKENIZER);
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      Candidates candidates = new Candidates(randomLogits(random));
      int all = candidates.size();
      constraint.restrict(candidates);
      Set<Integer> kept = new HashSet<>();
      for (int j = 0; j < candidates.size(); j++) {
        kept.add(candidates.id(j));
      }
      for (int token = 0; token < all; token++) {
        assertEquals(constraint.allows(token), kept.contains(token), "token " + token);
      }
      List<Integer> choices = kept.stream().filter(token -> token != END).sorted().toList();
      if (choices.isEmpty()) {
        return;
      }
      constraint.accept(choices.get(random.nextInt(choices.size())));
    }
  }

  @Test
  void charactersComeTogetherFromBytes() {
    GrammarConstraint constraint =
        new GrammarConstraint(Grammar.parse("root ::= \"ü😀\""), TOKENIZER);
    Sampler sampler =
        Sampler.of(SamplingOptions.greedy(), TOKENIZER::piece, Optional.of(constraint));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    Random random = new Random(8);
    while (!constraint.mustEnd()) {
      text.writeBytes(TOKENIZER.piece(sampler.sample(randomLogits(random))));
    }
    assertEquals("ü😀", text.toString(StandardCharsets.UTF_8));
    assertEquals(END, sampler.sample(randomLogits(random)));
  }

  @Test
  void theTextEndsOnlyWhereTheGrammarMay() {
    GrammarConstraint constraint =
        new GrammarConstraint(Grammar.parse("root ::= \"[\" \"]\"?"), TOKENIZER);
    assertFalse(constraint.allows(END));
    constraint.accept(259 + List.of(WORDS).indexOf("["));
    assertTrue(constraint.allows(END));
    constraint.accept(END);
    assertTrue(constraint.allows(END));
  }

  @Test
  void saysIfTheVocabularyHasNoWayOn() {
    Tokenizer poor =
        new Tokenizer(
            new VocabularyBuilder(TokenizerModel.SENTENCE_PIECE)
                .tokens(List.of("<unk>", "a"))
                .types(TokenType.UNKNOWN, TokenType.NORMAL)
                .scores(0, 0)
                .special(SpecialToken.UNKNOWN, 0)
                .flag(TokenizerFlag.ADD_BOS, false)
                .build());
    Sampler sampler =
        Sampler.of(
            SamplingOptions.greedy(),
            poor::piece,
            Optional.of(new GrammarConstraint(Grammar.parse("root ::= \"ab\""), poor)));
    assertEquals(1, sampler.sample(5, 1));
    IllegalArgumentException stuck =
        assertThrows(IllegalArgumentException.class, () -> sampler.sample(5, 1));
    assertTrue(stuck.getMessage().startsWith("no token can follow: no token of the vocabulary"));
  }
}
