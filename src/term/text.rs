//! Text made safe for a terminal: no control characters, width measured in columns.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Whether a character could move the cursor, reorder text, or be invisible: control characters
/// (C0, DEL, C1), line and paragraph separators, and Unicode's format characters (bidirectional
/// controls, zero-width and invisible ones, tags).
pub fn is_hostile(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Whether the terminal may lack all but ASCII characters.
static ASCII: AtomicBool = AtomicBool::new(false);

/// Sets that watchdog's own words are written in ASCII from here on: for a locale that is not UTF-8.
pub fn use_ascii() {
    ASCII.store(true, Ordering::Relaxed);
}

/// Whether [`use_ascii`] was called.
pub fn is_ascii_only() -> bool {
    ASCII.load(Ordering::Relaxed)
}

/// What stands for what has been cut.
pub fn ellipsis() -> &'static str {
    if is_ascii_only() { "..." } else { "…" }
}

/// How a typographic character of watchdog's own messages is written in ASCII.
fn in_ascii(character: char) -> Option<&'static str> {
    Some(match character {
        '…' => "...",
        '×' => "x",
        '→' => "->",
        '−' | '–' | '—' | '─' => "-",
        '▏' => "|",
        '“' | '”' => "\"",
        '‘' | '’' => "'",
        _ => return None,
    })
}

/// The text with every hostile character ([`is_hostile`]) replaced by a visible escape: `\n`,
/// `\u{1b}`; after [`use_ascii`], with typographic characters in ASCII.
///
/// Used for everything that comes from a cluster or a kubeconfig and goes to a screen.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    made_safe(text, is_ascii_only())
}

fn made_safe(text: &str, ascii: bool) -> Cow<'_, str> {
    let own = |character| if ascii { in_ascii(character) } else { None };
    if !text.chars().any(|character| is_hostile(character) || own(character).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hostile(character) {
            safe.extend(character.escape_default());
        } else if let Some(ascii) = own(character) {
            safe.push_str(ascii);
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// The number of columns that the text takes on a terminal.
pub fn width(text: &str) -> usize {
    if text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) { text.len() } else { text.width() }
}

/// The text, cut to at most `width` columns; a cut ends in `…` ([`ellipsis`]).
pub fn truncate(text: &str, width: usize) -> Cow<'_, str> {
    if self::width(text) <= width {
        return Cow::Borrowed(text);
    }
    let dots = ellipsis();
    let Some(room) = width.checked_sub(dots.chars().count()) else {
        return Cow::Owned(prefix(text, width).to_owned());
    };
    Cow::Owned(prefix(text, room).trim_end().to_owned() + dots)
}

/// The text, cut to `head` columns at its beginning and `tail` at its end, with `…` between.
fn cut_in_the_middle(text: &str, head: usize, tail: usize) -> String {
    let start = prefix(text, head);
    let rest = text.get(start.len()..).unwrap_or_default();
    let mut from = rest.len();
    for (index, _) in rest.char_indices().rev() {
        if width(rest.get(index..).unwrap_or_default()) > tail {
            break;
        }
        from = index;
    }
    format!("{start}{}{}", ellipsis(), rest.get(from..).unwrap_or_default())
}

/// The texts cut in the middle to at most `room` columns, so that different texts stay different: the beginning that is
/// left has the same length in all. `None` if that is not possible.
pub fn distinct_cuts<'a>(
    texts: &BTreeSet<&'a str>,
    room: usize,
) -> Option<BTreeMap<&'a str, String>> {
    let left = room.checked_sub(ellipsis().chars().count()).filter(|left| *left > 0)?;
    let cut = |head: usize| {
        let cut = |text: &'a str| {
            let fits = width(text) <= room;
            (text, if fits { text.to_owned() } else { cut_in_the_middle(text, head, left - head) })
        };
        texts.iter().copied().map(cut).collect::<BTreeMap<&str, String>>()
    };
    // About as much of the beginning as of the end, else more of one of them.
    let half = left / 2;
    let heads = (0..=left).flat_map(|off| [half.checked_sub(off), Some(half + off)]);
    let heads = heads.flatten().filter(|head| *head <= left).take(2 * left);
    heads.map(cut).find(|cuts| {
        let distinct: BTreeSet<&String> = cuts.values().collect();
        distinct.len() == cuts.len()
    })
}

/// The text, cut in its middle to at most `width` columns: names often differ at their ends only.
pub fn shorten(text: &str, width: usize) -> Cow<'_, str> {
    if self::width(text) <= width {
        return Cow::Borrowed(text);
    }
    let Some(room) = width.checked_sub(ellipsis().chars().count()) else {
        return Cow::Borrowed(prefix(text, width));
    };
    let head = room / 2;
    Cow::Owned(cut_in_the_middle(text, head, room - self::width(prefix(text, head))))
}

/// A number with a comma after each three digits: `2,996`.
pub fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The longest prefix of the text that takes at most `room` columns.
fn prefix(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let mut end = text.len();
    for (index, character) in text.char_indices() {
        taken += character.width().unwrap_or(0);
        if taken > room {
            end = index;
            break;
        }
    }
    // A sequence (an emoji with its selector) can be wider than the sum of its characters.
    loop {
        let start = text.get(..end).unwrap_or_default();
        match start.char_indices().next_back() {
            Some((index, _)) if width(start) > room => end = index,
            _ => return start,
        }
    }
}

/// The text with typographic characters in ASCII, where [`use_ascii`] says so.
fn spelled(text: &str) -> Cow<'_, str> {
    if !is_ascii_only() || text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut ascii = String::with_capacity(text.len());
    for character in text.chars() {
        match in_ascii(character) {
            Some(spelled) => ascii.push_str(spelled),
            None => ascii.push(character),
        }
    }
    Cow::Owned(ascii)
}

/// The text in lines of at most `width` columns (at least 1), broken at spaces, and inside words
/// only if a word is longer than a line. Existing line breaks are kept.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let text = spelled(text);
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let mut word = word;
            let gap = usize::from(!line.is_empty());
            if self::width(&line) + gap + self::width(word) <= width {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(word);
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            while self::width(word) > width {
                let mut start = prefix(word, width);
                if start.is_empty() {
                    // A character wider than the line cannot be shown, only replaced.
                    start =
                        word.chars().next().and_then(|c| word.get(..c.len_utf8())).unwrap_or(word);
                    lines.push(truncate(ellipsis(), width).into_owned());
                } else {
                    lines.push(start.to_owned());
                }
                word = word.get(start.len()..).unwrap_or_default();
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// `a, b and c`
pub fn joined(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// One word for a shell to read.
pub fn shell_quoted(text: &str) -> Cow<'_, str> {
    // zsh takes a leading `=` for the path of a program.
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@=,".contains(c);
    if !text.is_empty() && !text.starts_with('=') && text.chars().all(plain) {
        text.into()
    } else {
        format!("'{}'", text.replace('\'', r"'\''")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(sanitize("a\u{1b}[31mb\u{7}"), "a\\u{1b}[31mb\\u{7}");
        assert_eq!(sanitize("a\nb\tc\rd"), "a\\nb\\tc\\rd");
        assert_eq!(sanitize("a\u{7f}b\u{9b}c"), "a\\u{7f}b\\u{9b}c");
        assert_eq!(sanitize("a\u{202e}b\u{2066}c\u{200b}d"), "a\\u{202e}b\\u{2066}c\\u{200b}d");
        assert_eq!(sanitize("a\u{2028}b\u{2029}c\u{feff}"), "a\\u{2028}b\\u{2029}c\\u{feff}");
        assert_eq!(sanitize("\u{e0041}"), "\\u{e0041}");
        assert!(matches!(sanitize("préproduction 本番 e\u{301}"), Cow::Borrowed(_)));
    }

    #[test]
    fn width_is_measured_in_columns() {
        assert_eq!(width("abc"), 3);
        assert_eq!(width("本番"), 4);
        assert_eq!(width("e\u{301}"), 1);
        assert_eq!(width(""), 0);
    }

    #[test]
    fn a_cut_ends_in_an_ellipsis() {
        assert_eq!(truncate("production", 10), "production");
        assert_eq!(truncate("production", 5), "prod…");
        assert_eq!(truncate("本番環境", 6), "本番…");
        assert_eq!(truncate("本番環境", 2), "…");
        assert_eq!(truncate("ab cd", 4), "ab…");
        assert_eq!(truncate("abc", 1), "…");
        assert_eq!(truncate("abc", 0), "");
    }

    #[test]
    fn a_name_is_cut_in_its_middle() {
        assert_eq!(shorten("production", 10), "production");
        assert_eq!(shorten("eks-production-eu-1", 9), "eks-…eu-1");
        assert_eq!(shorten("本番環境本番", 7), "本…本番");
        assert_eq!([shorten("abc", 1), shorten("abc", 0)], ["…", ""]);
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn lines_break_at_spaces_and_inside_long_words_only() {
        assert_eq!(wrap("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(wrap("a deployment/checkout b", 8), ["a", "deployme", "nt/check", "out b"]);
        assert_eq!(wrap("a\n\nb", 8), ["a", "", "b"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(wrap("本", 1), ["…", ""]);
    }

    #[test]
    fn typographic_characters_have_ascii_forms() {
        assert_eq!(made_safe("3→5 × “a…” − b", true), "3->5 x \"a...\" - b");
        assert_eq!(made_safe("3→5 ×\u{1b}", false), "3→5 ×\\u{1b}");
        assert_eq!(made_safe("ü 名", true), "ü 名");
    }

    #[test]
    fn names_are_cut_in_the_middle_and_stay_different() {
        let cuts = |texts: &[&str], room: usize| {
            let set: BTreeSet<&str> = texts.iter().copied().collect();
            let cuts = distinct_cuts(&set, room)?;
            Some(texts.iter().map(|text| cuts[*text].clone()).collect::<Vec<_>>())
        };
        assert_eq!(
            cuts(&["production-europe-blue", "production-america-blue", "dr"], 16).unwrap(),
            ["product…ope-blue", "product…ica-blue", "dr"]
        );
        // Only the middle differs: more of the beginning is left.
        assert_eq!(
            cuts(&["cluster-0001-with-a-long-end", "cluster-0002-with-a-long-end"], 16).unwrap(),
            ["cluster-0001…end", "cluster-0002…end"]
        );
        assert_eq!(cuts(&["abcdef1ghijkl", "abcdef2ghijkl"], 3), None);
    }

    proptest! {
        #[test]
        fn cuts_are_as_wide_as_the_room_and_different(
            texts in prop::collection::btree_set("[a-c:/-]{0,30}|.{0,12}", 0..30),
            room in 0_usize..30,
        ) {
            let texts: BTreeSet<&str> = texts.iter().map(String::as_str).collect();
            if let Some(cuts) = distinct_cuts(&texts, room) {
                let distinct: BTreeSet<&String> = cuts.values().collect();
                prop_assert_eq!(distinct.len(), texts.len());
                prop_assert!(cuts.values().all(|cut| width(cut) <= room), "{:?}", cuts);
            } else {
                prop_assert!(room < 2 || texts.iter().any(|text| width(text) > room));
            }
        }

        #[test]
        fn no_line_exceeds_the_width(text in "(?s).{0,40}", width in 0_usize..20) {
            let safe = sanitize(&text);
            prop_assert!(!safe.chars().any(is_hostile));
            prop_assert!(super::width(&truncate(&safe, width)) <= width);
            prop_assert!(super::width(&shorten(&safe, width)) <= width);
            for line in wrap(&safe, width) {
                prop_assert!(super::width(&line) <= width.max(1), "{line:?}");
            }
        }
    }

    #[test]
    fn names_in_a_sentence_and_words_in_a_command() {
        let all = ["a", "b", "c"];
        assert_eq!([joined(&all[..0]), joined(&all[..1])], ["", "a"]);
        assert_eq!([joined(&all[..2]), joined(&all)], ["a and b", "a, b and c"]);
        assert_eq!(shell_quoted("arn:aws:eks/prod-1"), "arn:aws:eks/prod-1");
        assert_eq!([shell_quoted(""), shell_quoted("it's")], ["''", r"'it'\''s'"]);
    }
}
