package org.jgml.models.chat.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/// C's `strftime` in English and without a time zone.
final class TimeFormat {
  private TimeFormat() {}

  /// A time in a format; what is no directive stays as it is.
  static String format(String format, LocalDateTime time) {
    StringBuilder result = new StringBuilder();
    for (int at = 0; at < format.length(); at++) {
      boolean isDirective = format.charAt(at) == '%' && at + 1 < format.length();
      if (!isDirective) {
        result.append(format.charAt(at));
        continue;
      }
      boolean isBare = format.charAt(at + 1) == '-' && at + 2 < format.length();
      at += isBare ? 2 : 1;
      String text = directive(format.charAt(at), time);
      result.append(isBare ? text.replaceFirst("^0+(?=.)", "") : text);
    }
    return result.toString();
  }

  private static String directive(char directive, LocalDateTime time) {
    return switch (directive) {
      case 'a' -> pattern("EEE", time);
      case 'A' -> pattern("EEEE", time);
      case 'b', 'h' -> pattern("MMM", time);
      case 'B' -> pattern("MMMM", time);
      case 'c' -> format("%a %b %e %H:%M:%S %Y", time);
      case 'C' -> "%02d".formatted(time.getYear() / 100);
      case 'd' -> pattern("dd", time);
      case 'D', 'x' -> pattern("MM/dd/yy", time);
      case 'e' -> "%2d".formatted(time.getDayOfMonth());
      case 'f' -> pattern("SSSSSS", time);
      case 'F' -> pattern("uuuu-MM-dd", time);
      case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
      case 'H' -> pattern("HH", time);
      case 'I' -> pattern("hh", time);
      case 'j' -> pattern("DDD", time);
      case 'm' -> pattern("MM", time);
      case 'M' -> pattern("mm", time);
      case 'n' -> "\n";
      case 'p' -> time.getHour() < 12 ? "AM" : "PM";
      case 'R' -> pattern("HH:mm", time);
      case 'S' -> pattern("ss", time);
      case 't' -> "\t";
      case 'T', 'X' -> pattern("HH:mm:ss", time);
      case 'u' -> Integer.toString(time.get(ChronoField.DAY_OF_WEEK));
      case 'U' -> week(time, time.get(ChronoField.DAY_OF_WEEK) % 7);
      case 'V' -> "%02d".formatted(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 'w' -> Integer.toString(time.get(ChronoField.DAY_OF_WEEK) % 7);
      case 'W' -> week(time, time.get(ChronoField.DAY_OF_WEEK) - 1);
      case 'y' -> pattern("yy", time);
      case 'Y' -> pattern("uuuu", time);
      case 'z', 'Z' -> "";
      case '%' -> "%";
      default -> "%" + directive;
    };
  }

  private static String pattern(String pattern, LocalDateTime time) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
  }

  /// The week of the year, the first of which begins with the first day of the week.
  private static String week(LocalDateTime time, int dayOfWeek) {
    return "%02d".formatted((time.getDayOfYear() + 6 - dayOfWeek) / 7);
  }
}
