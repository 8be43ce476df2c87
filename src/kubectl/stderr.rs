//! The stderr of a failed kubectl: which part is kubectl's own sentence, and which is a credential
//! plugin's.
//!
//! It cannot be split by lines alone. A plugin, or a warning about a kuberc, may omit its line end,
//! and then kubectl's sentence follows on the same line.

/// The maximum length of a plugin's reason, in characters.
const MOST_WORDS: usize = 400;
/// How many errors of a kubeconfig are listed.
const MOST_FAULTS: usize = 3;

/// The text, divided by its authors.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// kubectl's own sentence, or else the last one.
    pub(super) sentence: String,
    /// The lines before the sentence that are not log lines of kubectl.
    before: Vec<String>,
    /// The first line, of kubectl or of a plugin.
    pub(super) first: String,
    /// Whether the sentence begins like one of kubectl's.
    known: bool,
}

impl Words {
    /// Parses `stderr`; `None` if it is empty.
    pub(super) fn read(stderr: &str) -> Option<Self> {
        let lines = lines(stderr);
        let first = (*lines.first()?).to_owned();
        let known = find(&lines);
        let (index, at) = known.or_else(|| any(&lines))?;
        let line = lines[index];
        let mut sentence = fault(without_error(&line[at..]));
        let rest = &lines[index + 1..];
        let low = sentence.to_ascii_lowercase();
        if low.starts_with("error in configuration") {
            sentence = faults(rest).unwrap_or(sentence);
        } else if low.contains("auth plugin has been removed")
            && let Some(next) = rest.first().filter(|line| line.starts_with("Please use"))
        {
            sentence = format!("{sentence} {next}");
        }
        let mut before: Vec<String> =
            lines[..index].iter().filter_map(|line| unlogged(line)).map(str::to_owned).collect();
        // In a log line the part before the sentence is its source position.
        let glued = if is_log_line(line) { "" } else { line[..at].trim() };
        if !glued.is_empty() {
            before.push(glued.to_owned());
        }
        Some(Self { sentence, before, first, known: known.is_some() })
    }

    /// A short form of what was written before kubectl's sentence: a plugin's reason.
    pub(super) fn reason(&self) -> Option<String> {
        joined(&most_informative(self.before.iter().map(String::as_str)))
    }

    /// The message of a version manager: its first line, or how its download ended.
    pub(super) fn of_a_shim(&self) -> String {
        let ended = if is_download(&self.first) { self.foreign() } else { None };
        ended.unwrap_or_else(|| self.first.clone())
    }

    /// The reason given by a program that is not kubectl, or wrote none of kubectl's sentences.
    pub(super) fn foreign(&self) -> Option<String> {
        if self.known {
            return None;
        }
        joined(&most_informative(
            self.before.iter().map(String::as_str).chain([self.sentence.as_str()]),
        ))
    }
}

/// How many lines from the end a reason is searched for.
const FAR: usize = 20;

/// The most informative lines: the last two; or, if neither says what went wrong, the last one that
/// does, and the one that says what to do about it.
fn most_informative<'a>(written: impl DoubleEndedIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut lines: Vec<&str> = Vec::new();
    for line in written.rev().filter(|line| !line.starts_with("kuberc:")) {
        // kubectl runs a plugin several times, which then repeats its lines.
        if !lines.contains(&line) {
            lines.push(line);
        }
        if lines.len() == FAR {
            break;
        }
    }
    lines.reverse();
    let last = lines.len().saturating_sub(2);
    let Some(cause) = lines.iter().rposition(|line| says_what_went_wrong(line)) else {
        return lines.split_off(last);
    };
    if cause >= last {
        return lines.split_off(last);
    }
    let after = &lines[cause + 1..];
    let action = after.iter().position(|line| says_what_to_do(line));
    let from = match action {
        Some(action) => action,
        None if lines[cause].ends_with(':') => 0,
        None => after.len() - 1,
    };
    let count = if after[from].ends_with(':') { 2 } else { 1 };
    let mut chosen = vec![lines[cause]];
    chosen.extend(after[from..].iter().take(count));
    chosen
}

fn says_what_went_wrong(line: &str) -> bool {
    const WORDS: [&str; 20] = [
        "error",
        "fatal",
        "fail",
        "exception",
        "expired",
        "denied",
        "unauthorized",
        "forbidden",
        "invalid",
        "unable to",
        "cannot",
        "could not",
        "couldn't",
        "not logged in",
        "not signed in",
        "not found",
        "not trusted",
        "no such",
        "refused",
        "does not exist",
    ];
    let low = line.to_ascii_lowercase();
    WORDS.iter().any(|word| low.contains(word))
}

fn says_what_to_do(line: &str) -> bool {
    const WORDS: [&str; 8] =
        ["run:", "run ", "log in", "login", "sign in", "signin", "authenticate", "refresh"];
    let low = line.to_ascii_lowercase();
    WORDS.iter().any(|word| low.contains(word))
}

/// The last lines of a kubectl that was ended at its deadline: the page and code of a login, or a
/// download. Its log of retries is omitted.
pub(super) fn last_words(stderr: &str) -> Option<String> {
    let mut lines: Vec<&str> = Vec::new();
    for line in stderr.split('\n').flat_map(overwritten).filter(|line| !is_log_line(line)) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if let Some(download) = lines.iter().rev().find(|line| is_download(line)) {
        return joined(&[download]);
    }
    let from = lines.iter().rposition(|line| line.contains("://")).unwrap_or(lines.len());
    let from = from.min(lines.len().saturating_sub(2));
    joined(&lines[from..])
}

/// The parts of a line that a terminal would show after carriage returns, such as those of a
/// progress bar: the last part. The address of a login page is kept.
fn overwritten(line: &str) -> impl Iterator<Item = &str> {
    let parts = line.split('\r').map(str::trim).filter(|part| !part.is_empty());
    let last = parts.clone().count().saturating_sub(1);
    let shown = move |(index, part): &(usize, &str)| {
        *index == last || part.contains("://") || is_download(part)
    };
    parts.enumerate().filter(shown).map(|(_, part)| part)
}

fn is_download(line: &str) -> bool {
    let low = line.to_ascii_lowercase();
    low.contains("downloading") && low.contains("version")
}

/// `lines` as one line of limited length: if they are too long, the longest one is cut.
fn joined(lines: &[&str]) -> Option<String> {
    let counts: Vec<usize> = lines.iter().map(|line| line.chars().count()).collect();
    let all: usize = counts.iter().map(|count| count + 2).sum();
    let longest = counts.iter().max().copied().unwrap_or_default();
    let others = all - (longest + 2).min(all);
    let share = MOST_WORDS / lines.len().max(1);
    let most = MOST_WORDS.saturating_sub(others).max(share);
    let mut text = String::new();
    for (line, count) in lines.iter().zip(counts) {
        if !text.is_empty() {
            text.push_str(if text.ends_with(['.', ':', ',', ';', '!', '?']) { " " } else { "; " });
        }
        if count > most {
            text.extend(line.chars().take(most));
            text.push('…');
        } else {
            text.push_str(line);
        }
    }
    (!text.is_empty()).then_some(text)
}

/// The lines of `stderr`; a carriage return, as in a progress bar, ends one too.
fn lines(stderr: &str) -> Vec<&str> {
    lines_of(stderr).collect()
}

fn lines_of(stderr: &str) -> impl Iterator<Item = &str> {
    stderr.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty())
}

/// Sentences of kubectl that are recognized anywhere in a line.
const KUBECTLS: [&str; 8] = [
    "Unable to connect to the server",
    "The connection to the server ",
    "Error from server",
    "Error in configuration:",
    "error: You must be logged in",
    "error: exec plugin:",
    "error: error upgrading connection",
    "error: interactiveMode must be",
];
/// The beginnings of kubectl's sentences at the start of a line.
const BEGINNINGS: [&str; 5] =
    ["error:", "error from server", "error in configuration", "the connection", "unable to"];

/// Which line contains kubectl's sentence, and at which position: the last known one (noise from
/// discovery comes before it).
fn find(lines: &[&str]) -> Option<(usize, usize)> {
    let inside = |line: &str| KUBECTLS.iter().filter_map(|text| line.find(text)).min();
    let begins = |line: &str| {
        BEGINNINGS.iter().any(|beginning| {
            line.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
        })
    };
    let last = |test: &dyn Fn(&str) -> Option<usize>| {
        lines.iter().enumerate().rev().find_map(|(index, line)| {
            (!is_log_line(line)).then(|| test(line)).flatten().map(|at| (index, at))
        })
    };
    last(&inside)
        .or_else(|| last(&|line| begins(line).then_some(0)))
        // Without a line break: `use --v=5 to see detailserror: EOF`.
        .or_else(|| {
            last(&|line| line.rfind("error: ")).filter(|(index, _)| index + 1 == lines.len())
        })
}

/// Without a known sentence: the last line that is not a log line, or else the text of the last log
/// line.
fn any(lines: &[&str]) -> Option<(usize, usize)> {
    // A program in kubectl's place may end with its reason in a log line; kubectl never does.
    let fatal = lines
        .len()
        .checked_sub(1)
        .filter(|&index| lines[index].starts_with('F') && is_log_line(lines[index]));
    let plain = || lines.iter().rposition(|line| !is_log_line(line));
    let index = fatal.or_else(plain).or(lines.len().checked_sub(1))?;
    let logged = is_log_line(lines[index]);
    let text = lines[index].find("] ").filter(|_| logged).map_or(0, |at| at + 2);
    Some((index, text))
}

fn without_error(sentence: &str) -> &str {
    let cut = sentence.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("error: "));
    if cut { &sentence[7..] } else { sentence }
}

/// The list below `Error in configuration:`, as one sentence.
fn faults(lines: &[&str]) -> Option<String> {
    let faults: Vec<String> =
        lines.iter().map_while(|line| line.strip_prefix("* ")).map(fault).collect();
    let mut text = faults.iter().take(MOST_FAULTS).cloned().collect::<Vec<_>>().join("; ");
    if faults.len() > MOST_FAULTS {
        text = format!("{text}; and {} more", faults.len() - MOST_FAULTS);
    }
    (!text.is_empty()).then_some(text)
}

/// An error in a kubeconfig, without the path that kubectl repeats.
fn fault(text: &str) -> String {
    if let Some((what, why)) = text.split_once(" due to open ")
        && let Some((path, why)) = why.split_once(": ")
        && what.contains(path)
    {
        return format!("{what}: {why}");
    }
    text.to_owned()
}

/// A plugin's line without a log prefix; `None` if it is kubectl's noise.
fn unlogged(line: &str) -> Option<&str> {
    if !is_log_line(line) {
        return Some(line);
    }
    let (place, text) = line.split_once("] ")?;
    let kubectls =
        ["memcache.go", "round_trippers.go", "loader.go", "request.go", "cached_discovery.go"];
    (!kubectls.iter().any(|file| place.contains(file))).then_some(text.trim())
}

/// klog's prefix: a letter and the date, e.g. `E1123 05:10:11.123456   12345 memcache.go:265] …`.
fn is_log_line(line: &str) -> bool {
    let bytes = line.as_bytes();
    matches!(bytes.first(), Some(b'I' | b'W' | b'E' | b'F'))
        && bytes.get(1..5).is_some_and(|date| date.iter().all(u8::is_ascii_digit))
        && bytes.get(5) == Some(&b' ')
}

/// Whether a version manager in kubectl's place has no kubectl to run: it exits with a shell's
/// "command not found" status, or writes one of these texts.
pub(super) fn is_shim(code: Option<i32>, stderr: &str) -> bool {
    const SAYINGS: [&str; 15] = [
        "no version is set for",
        "no version set for",
        "no preset version installed",
        "no versions installed for",
        "is not a valid shim",
        "is not a mise bin",
        "perhaps you have to reshim",
        "could not be found in this wsl",
        "command is not found",
        "is not installed; run",
        "no such command: kubectl",
        "unknown command: kubectl",
        "right kubectl missing",
        "failed to detect an applicable version",
        "component(s) is unavailable through",
    ];
    let low = stderr.to_ascii_lowercase();
    matches!(code, Some(126 | 127)) || SAYINGS.iter().any(|saying| low.contains(saying))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(stderr: &str) -> (String, Option<String>) {
        let words = Words::read(stderr).unwrap();
        let reason = words.reason();
        (words.sentence, reason)
    }

    #[test]
    fn a_sentence_without_a_line_break_before_it_is_found() {
        for (stderr, sentence, reason) in [
            (
                "refreshing token... The connection to the server 127.0.0.1:1 was refused - did you",
                "The connection to the server 127.0.0.1:1 was refused - did you",
                Some("refreshing token..."),
            ),
            (
                "booUnable to connect to the server: getting credentials: exec: executable sh failed with exit code 7",
                "Unable to connect to the server: getting credentials: exec: executable sh failed with exit code 7",
                Some("boo"),
            ),
            ("kuberc: no preferences loaded, use --v=5 to see detailserror: EOF", "EOF", None),
            (
                "a: bError from server (Forbidden): no",
                "Error from server (Forbidden): no",
                Some("a: b"),
            ),
            (
                "error: unable to read x /a for u due to open /a: no such file",
                "unable to read x /a for u: no such file",
                None,
            ),
            ("x\r12% |##\r50% |###\rlast", "last", Some("12% |##; 50% |###")),
        ] {
            assert_eq!(words(stderr), (sentence.to_owned(), reason.map(str::to_owned)), "{stderr}");
        }
    }

    #[test]
    fn the_reason_is_the_last_two_distinct_lines_before_the_sentence() {
        let kubectl =
            "Unable to connect to the server: getting credentials: exec: executable aws failed";
        let stderr = format!(
            "one\ntwo\nE1126 05:10:11.1 1 plugin.go:5] three.\nE1126 05:10:11.1 1 memcache.go:265] noise\nfour\nthree.\nfour\n{kubectl}\n"
        );
        assert_eq!(words(&stderr).1.unwrap(), "three. four");
        let long = format!("{}\n{kubectl}", "x".repeat(5000));
        assert_eq!(words(&long).1.unwrap().chars().count(), MOST_WORDS + 1);
    }

    #[test]
    fn a_reason_further_up_is_reported_with_its_remedy() {
        let kubectl =
            "Unable to connect to the server: getting credentials: exec: executable x failed";
        for (stderr, reason) in [
            (
                "E: Reauthentication failed.\nPlease run:\n\n  $ gcloud auth login\n\nto obtain new credentials.\n\nto select an account.\n)",
                "E: Reauthentication failed. Please run: $ gcloud auth login",
            ),
            (
                "usage: aws\naws: error: invalid choice, valid choices are:\n\na | b\nc | d",
                "aws: error: invalid choice, valid choices are: a | b",
            ),
            (
                "Token has expired\nTo refresh this session run:\naws sso login",
                "Token has expired; To refresh this session run: aws sso login",
            ),
            ("Error: first\nnote 1\nnote 2\nnote 3", "Error: first; note 3"),
            ("Error: first\nError: second\nmore", "Error: second; more"),
        ] {
            assert_eq!(words(&format!("{stderr}\n{kubectl}")).1.unwrap(), reason);
        }
        // A short line stays complete beside a long one.
        let long = format!("failed: {}\nrun: login", "x".repeat(900));
        let reason = words(&format!("{long}\n{kubectl}")).1.unwrap();
        assert!(reason.ends_with("xxx…; run: login"), "{reason}");
        assert!(reason.chars().count() <= MOST_WORDS + 2, "{reason}");
    }

    #[test]
    fn a_program_in_kubectls_place_is_quoted_with_its_reason() {
        let foreign = |stderr: &str| Words::read(stderr).unwrap().foreign();
        assert_eq!(
            foreign("missing, downloading\nF0423 10:00:00.1   1 main.go:70] no such host").unwrap(),
            "missing, downloading; no such host"
        );
        assert_eq!(
            foreign("x ERROR not trusted\nx ERROR run with -v").unwrap(),
            "x ERROR not trusted; x ERROR run with -v"
        );
        assert_eq!(foreign("a\nerror: context \"x\" does not exist"), None);
    }

    #[test]
    fn a_list_of_faults_becomes_one_sentence() {
        let one = "* unable to read client-cert /x/nope.crt for u due to open /x/nope.crt: no such file or directory";
        let text = words(&format!("Error in configuration: \n{one}\n* b")).0;
        assert_eq!(
            text,
            "unable to read client-cert /x/nope.crt for u: no such file or directory; b"
        );
        let text = words(&format!("Error in configuration: \n{}", "* a\n".repeat(9))).0;
        assert_eq!(text, "a; a; a; and 6 more");
        assert_eq!(words("Error in configuration: ").0, "Error in configuration:");
    }

    #[test]
    fn what_to_use_instead_of_a_removed_plugin_is_kept() {
        let stderr = "error: The gcp auth plugin has been removed.\nPlease use the \"gke-gcloud-auth-plugin\" kubectl/client-go credential plugin instead.\nSee https://x for further details\n";
        let (text, _) = words(stderr);
        assert!(
            text.starts_with("The gcp auth plugin has been removed. Please use the \"gke-"),
            "{text}"
        );
    }

    #[test]
    fn the_last_words_are_a_log_in_page_or_a_download() {
        let device = "Attempting to open your browser.\nIf it does not open, use:\n\nhttps://device.sso.example.com/\n\nThen enter the code:\n\nABCD-EFGH\n";
        assert_eq!(
            last_words(device).unwrap(),
            "https://device.sso.example.com/; Then enter the code: ABCD-EFGH"
        );
        let download = "Right kubectl missing, downloading version 1.31.0\n 1% |   |\r 2% |   |\r";
        assert_eq!(
            last_words(download).unwrap(),
            "Right kubectl missing, downloading version 1.31.0"
        );
        let spinner = "Open https://x.example.com/device\r- 1 s\r- 2 s\r- 3 s";
        assert_eq!(last_words(spinner).unwrap(), "Open https://x.example.com/device; - 3 s");
        assert_eq!(last_words("E1123 05:10:11.1 1 memcache.go:265] x\n"), None);
        assert_eq!(last_words(""), None);
    }
}
