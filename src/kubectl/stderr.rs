//! What a kubectl that failed wrote to standard error: which of it is kubectl's own sentence, and
//! which is a credential plugin's.
//!
//! It is not line by line. A plugin, or a warning about a kuberc, may leave out its line end, and
//! kubectl's sentence is then glued to it.

/// Of a plugin's own words so many characters are kept.
const MOST_WORDS: usize = 400;
/// Of the faults of a kubeconfig so many are named.
const MOST_FAULTS: usize = 3;

/// What was written, by who wrote it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// kubectl's own sentence, or the last that there is.
    pub(super) sentence: String,
    /// The lines that came before it and are no log of kubectl's.
    before: Vec<String>,
    /// Its first line, whoever wrote it.
    pub(super) first: String,
    /// Whether the sentence begins as kubectl's do.
    known: bool,
}

impl Words {
    /// Reads `stderr`; none where nothing was written.
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
        // Of a log line that is its place.
        let glued = if is_log_line(line) { "" } else { line[..at].trim() };
        if !glued.is_empty() {
            before.push(glued.to_owned());
        }
        Some(Self { sentence, before, first, known: known.is_some() })
    }

    /// What was written before kubectl's sentence, in short: a plugin's reason.
    pub(super) fn reason(&self) -> Option<String> {
        joined(&telling(self.before.iter().map(String::as_str)))
    }

    /// What a version manager says: its first line, and how a download ended.
    pub(super) fn of_a_shim(&self) -> String {
        let ended = if is_download(&self.first) { self.foreign() } else { None };
        ended.unwrap_or_else(|| self.first.clone())
    }

    /// What a program that is no kubectl, or says none of its sentences, gives as its reason.
    pub(super) fn foreign(&self) -> Option<String> {
        if self.known {
            return None;
        }
        joined(&telling(self.before.iter().map(String::as_str).chain([self.sentence.as_str()])))
    }
}

/// So many lines from the end a reason is looked for.
const FAR: usize = 20;

/// The lines that tell most: the last two; where neither says what went wrong, the last one that
/// does, and what is to be done about it.
fn telling<'a>(written: impl DoubleEndedIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut lines: Vec<&str> = Vec::new();
    for line in written.rev().filter(|line| !line.starts_with("kuberc:")) {
        // kubectl runs a plugin several times, which then says the same several times.
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
    let mut told = vec![lines[cause]];
    told.extend(after[from..].iter().take(count));
    told
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

/// What a kubectl that was ended at its deadline had said last: the page and code of a log-in, a
/// download. Not its log of tries.
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

/// What a terminal shows of a line that was written over again and again, such as that of a
/// progress bar: the last of it. A page to log in at is kept.
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

/// `lines` as one, bounded: where that is too long, the longest of them is cut.
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

/// The lines of `stderr`; a carriage return, as of a progress bar, ends one too.
fn lines(stderr: &str) -> Vec<&str> {
    lines_of(stderr).collect()
}

fn lines_of(stderr: &str) -> impl Iterator<Item = &str> {
    stderr.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty())
}

/// Sentences that are kubectl's wherever in a line they begin.
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
/// What its sentences begin with at the beginning of a line.
const BEGINNINGS: [&str; 5] =
    ["error:", "error from server", "error in configuration", "the connection", "unable to"];

/// Which line has kubectl's sentence, and where in it: the last of a known text (noise from
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
        // Glued: `use --v=5 to see detailserror: EOF`.
        .or_else(|| {
            last(&|line| line.rfind("error: ")).filter(|(index, _)| index + 1 == lines.len())
        })
}

/// For want of a known text, the last line that is no log line, or else the text of the last one.
fn any(lines: &[&str]) -> Option<(usize, usize)> {
    // A program in kubectl's place ends with its reason in a log line: kubectl never does.
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

/// A fault, whose path kubectl says twice.
fn fault(text: &str) -> String {
    if let Some((what, why)) = text.split_once(" due to open ")
        && let Some((path, why)) = why.split_once(": ")
        && what.contains(path)
    {
        return format!("{what}: {why}");
    }
    text.to_owned()
}

/// A line as a plugin's: without a log's prefix; none where it is kubectl's noise.
fn unlogged(line: &str) -> Option<&str> {
    if !is_log_line(line) {
        return Some(line);
    }
    let (place, text) = line.split_once("] ")?;
    let kubectls =
        ["memcache.go", "round_trippers.go", "loader.go", "request.go", "cached_discovery.go"];
    (!kubectls.iter().any(|file| place.contains(file))).then_some(text.trim())
}

/// klog's prefix: a letter, the date, e.g. `E1123 05:10:11.123456   12345 memcache.go:265] …`.
fn is_log_line(line: &str) -> bool {
    let bytes = line.as_bytes();
    matches!(bytes.first(), Some(b'I' | b'W' | b'E' | b'F'))
        && bytes.get(1..5).is_some_and(|date| date.iter().all(u8::is_ascii_digit))
        && bytes.get(5) == Some(&b' ')
}

/// Whether a version manager stands in kubectl's place and has no kubectl: it says so with the
/// status of a shell that found no program, or in these words.
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
    fn a_sentence_is_found_where_it_is_glued_to_another() {
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
    fn the_reason_is_the_last_two_lines_before_it_once() {
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
    fn a_reason_further_up_is_told_with_what_to_do() {
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
        // What is short stays where another line is long.
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
        let said = words(&format!("Error in configuration: \n{one}\n* b")).0;
        assert_eq!(
            said,
            "unable to read client-cert /x/nope.crt for u: no such file or directory; b"
        );
        let said = words(&format!("Error in configuration: \n{}", "* a\n".repeat(9))).0;
        assert_eq!(said, "a; a; a; and 6 more");
        assert_eq!(words("Error in configuration: ").0, "Error in configuration:");
    }

    #[test]
    fn what_to_use_instead_of_a_removed_plugin_is_kept() {
        let stderr = "error: The gcp auth plugin has been removed.\nPlease use the \"gke-gcloud-auth-plugin\" kubectl/client-go credential plugin instead.\nSee https://x for further details\n";
        let (said, _) = words(stderr);
        assert!(
            said.starts_with("The gcp auth plugin has been removed. Please use the \"gke-"),
            "{said}"
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
