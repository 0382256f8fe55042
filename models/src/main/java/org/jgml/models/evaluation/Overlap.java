package org.jgml.models.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// How much two texts have in common, from 0 to 1.
final class Overlap {
  private static final Pattern ARTICLES = Pattern.compile("\\b(a|an|the)\\b");
  private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");

  private Overlap() {}

  /// F1 of the bags of words, after articles, case and punctuation are taken away.
  static double f1(String answer, String reference) {
    List<String> ours = normalisedWords(answer);
    List<String> theirs = normalisedWords(reference);
    Map<String, Integer> left = new HashMap<>();
    theirs.forEach(word -> left.merge(word, 1, Integer::sum));
    int common = 0;
    for (String word : ours) {
      if (left.merge(word, -1, Integer::sum) >= 0) {
        common++;
      }
    }
    return harmonicMean(common, ours.size(), theirs.size());
  }

  private static List<String> normalisedWords(String text) {
    String plain = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
    return words(ARTICLES.matcher(plain).replaceAll(" "));
  }

  private static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }

  /// F-measure of the longest common subsequence of words (Lin, ROUGE, 2004, with equal weights).
  static double rougeL(String answer, String reference) {
    List<String> ours = words(answer);
    List<String> theirs = words(reference);
    return harmonicMean(commonSubsequence(ours, theirs), ours.size(), theirs.size());
  }

  private static int commonSubsequence(List<String> a, List<String> b) {
    int[] lengths = new int[b.size() + 1];
    for (String word : a) {
      int diagonal = 0;
      for (int j = 1; j <= b.size(); j++) {
        int above = lengths[j];
        lengths[j] = word.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(above, lengths[j - 1]);
        diagonal = above;
      }
    }
    return lengths[b.size()];
  }

  /// Of precision and recall.
  private static double harmonicMean(int common, int ours, int theirs) {
    return common == 0 ? 0 : 2.0 * common / (ours + theirs);
  }

  /// Twice the characters in matching blocks by those of both texts (Ratcliff and Obershelp, 1988):
  /// the longest common block, and the same left and right of it.
  static double similarity(String a, String b) {
    int both = a.length() + b.length();
    return both == 0 ? 1 : 2.0 * matching(a, b) / both;
  }

  private static int matching(String a, String b) {
    int[] lengths = new int[b.length() + 1];
    int longest = 0;
    int endA = 0;
    int endB = 0;
    for (int i = 1; i <= a.length(); i++) {
      for (int j = b.length(); j > 0; j--) {
        lengths[j] = a.charAt(i - 1) == b.charAt(j - 1) ? lengths[j - 1] + 1 : 0;
        if (lengths[j] > longest) {
          longest = lengths[j];
          endA = i;
          endB = j;
        }
      }
    }
    return longest == 0
        ? 0
        : longest
            + matching(a.substring(0, endA - longest), b.substring(0, endB - longest))
            + matching(a.substring(endA), b.substring(endB));
  }
}
