//! Parses the bytes of an answer into a typed document, or explains why they cannot be parsed.

use serde::Deserialize;

use super::json::{Int, Opt, Text};

/// Why an answer could not be parsed. Each wording fits after "failed to read …: ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Empty, or only white space.
    #[error("the answer is empty")]
    Empty,
    /// JSON that ends in the middle.
    #[error("the answer is cut short: its JSON ends in the middle")]
    Truncated,
    /// Something other than JSON.
    #[error("the answer is not JSON: {hint}")]
    NotJson {
        /// What it looks like instead, in a few printable words.
        hint: String,
    },
    /// JSON of another kind than requested.
    #[error("the answer is {found}, not {wanted}")]
    WrongKind {
        /// The `kind` found, with its apiVersion if that is what differs.
        found: String,
        /// The kind that was requested.
        wanted: String,
    },
    /// A `Status` object: the API server's own error.
    #[error("the API server answered {}: {message}", status_name(reason, *code))]
    Status {
        /// Kubernetes' reason, such as `Forbidden`; may be empty.
        reason: String,
        /// The server's message.
        message: String,
        /// The HTTP status code; 0 if the answer named none.
        code: u16,
    },
    /// JSON of the right kind with a value of the wrong shape.
    #[error("the answer is malformed: {detail}")]
    Malformed {
        /// What is wrong, and where.
        detail: String,
    },
}

fn status_name(reason: &str, code: u16) -> String {
    match (reason, code) {
        ("", 0) => "an error".to_owned(),
        ("", code) => code.to_string(),
        (reason, 0) => reason.to_owned(),
        (reason, code) => format!("{reason} ({code})"),
    }
}

/// A parsed list.
#[derive(Debug)]
pub(crate) struct List<'a, T> {
    pub(crate) items: Vec<T>,
    /// The kind of the items, derived from the list's kind; empty for kubectl's `List`, whose items
    /// state their own kind.
    pub(crate) item_kind: String,
    pub(crate) api_version: Text<'a>,
    pub(crate) continue_token: Option<String>,
}

/// Parses a list of `wanted` (the kind of an item, or `None` for any) in one pass.
pub(crate) fn read_list<'a, T: Deserialize<'a>>(
    json: &'a [u8],
    wanted: Option<&str>,
) -> Result<List<'a, T>, ParseError> {
    let text = as_text(json)?;
    if !text.trim_ascii_start().starts_with('{') {
        // Only an object has a kind: report what it is instead.
        item_kind(&head(text)?, wanted)?;
    }
    let list: RawList<'a, T> = match serde_json::from_str(text) {
        Ok(list) => list,
        Err(error) => {
            // A value of the wrong shape probably means another kind of document: report that
            // instead.
            if error.is_data() {
                item_kind(&head(text)?, wanted)?;
            }
            return Err(classify(&error, text));
        }
    };
    let head = Head {
        kind: list.kind,
        api_version: list.api_version,
        reason: list.reason,
        message: list.message,
        code: list.code,
    };
    Ok(List {
        item_kind: item_kind(&head, wanted)?,
        api_version: head.api_version,
        // Go's nil slice: an empty list may be written as `"items": null`.
        items: list.items.unwrap_or_default(),
        continue_token: list.metadata.0.and_then(|m| m.continue_token.into_option()),
    })
}

/// An object that states its kind.
pub(crate) trait Kinded {
    fn kind(&self) -> &str;
}

/// Parses a single object. `accepts` decides whether a kind is acceptable; `wanted` names the kind
/// in the error.
pub(crate) fn read_one<'a, T: Deserialize<'a> + Kinded>(
    json: &'a [u8],
    accepts: impl Fn(&str) -> bool,
    wanted: &str,
) -> Result<T, ParseError> {
    let text = as_text(json)?;
    let object = serde_json::from_str::<T>(text);
    match object {
        Ok(object) if accepts(object.kind()) => return Ok(object),
        Err(error) if !error.is_data() => return Err(classify(&error, text)),
        _ => {}
    }
    // Something is wrong: check first whether it is another kind.
    let head = head(text)?;
    if !accepts(head.kind.as_str()) {
        return Err(head.wrong_kind(wanted));
    }
    object.map_err(|error| classify(&error, text))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "T: Deserialize<'de>"))]
struct RawList<'a, T> {
    #[serde(borrow, default)]
    kind: Text<'a>,
    #[serde(borrow, default)]
    api_version: Text<'a>,
    #[serde(borrow, default)]
    metadata: Opt<ListMeta<'a>>,
    #[serde(default = "Option::default")]
    items: Option<Vec<T>>,
    #[serde(borrow, default)]
    reason: Text<'a>,
    #[serde(borrow, default)]
    message: Text<'a>,
    #[serde(default)]
    code: Int,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ListMeta<'a> {
    #[serde(borrow, rename = "continue")]
    continue_token: Text<'a>,
}

/// The fields that tell what kind of document it is.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Head<'a> {
    #[serde(borrow)]
    kind: Text<'a>,
    #[serde(borrow)]
    api_version: Text<'a>,
    #[serde(borrow)]
    reason: Text<'a>,
    #[serde(borrow)]
    message: Text<'a>,
    code: Int,
}

fn item_kind(head: &Head<'_>, wanted: Option<&str>) -> Result<String, ParseError> {
    let kind = head.kind.as_str();
    match (kind.strip_suffix("List"), wanted) {
        (Some(item), None) => Ok(item.to_owned()),
        (Some(item), Some(wanted)) if item.is_empty() || item == wanted => Ok(item.to_owned()),
        (_, wanted) => {
            Err(head.wrong_kind(&wanted.map_or("a list".to_owned(), |w| format!("{w}List"))))
        }
    }
}

/// Finds out what kind of document the text is, regardless of the rest.
fn head(text: &str) -> Result<Head<'_>, ParseError> {
    let head: Opt<Head<'_>> = serde_json::from_str(text).map_err(|e| classify(&e, text))?;
    head.0.ok_or_else(|| {
        let found = match text.trim_ascii_start().as_bytes().first() {
            Some(b'[') => "a JSON array",
            Some(b'"') => "a JSON string",
            Some(b'n') => "null",
            Some(b't' | b'f') => "a JSON boolean",
            _ => "a JSON number",
        };
        ParseError::WrongKind { found: found.to_owned(), wanted: "a Kubernetes object".to_owned() }
    })
}

impl Head<'_> {
    fn wrong_kind(&self, wanted: &str) -> ParseError {
        if self.kind.as_str() == "Status" {
            return ParseError::Status {
                reason: printable(self.reason.as_str(), 100),
                message: printable(self.message.as_str(), 500),
                code: self.code.0.and_then(|code| u16::try_from(code).ok()).unwrap_or(0),
            };
        }
        wrong_kind(self.kind.as_str(), wanted)
    }
}

/// The error for a document, or an item, that states another `kind`.
pub(crate) fn wrong_kind(kind: &str, wanted: &str) -> ParseError {
    let found = match kind {
        "" => "a JSON object without a kind".to_owned(),
        kind => printable(kind, 80),
    };
    ParseError::WrongKind { found, wanted: wanted.to_owned() }
}

fn as_text(json: &[u8]) -> Result<&str, ParseError> {
    // Checked once here, which is cheaper than for each string inside the parser.
    match std::str::from_utf8(json) {
        Ok(text) if text.trim_ascii().is_empty() => Err(ParseError::Empty),
        Ok(text) => Ok(text),
        Err(error) if error.error_len().is_none() => Err(ParseError::Truncated),
        Err(_) => Err(ParseError::NotJson { hint: "it is not UTF-8 text".to_owned() }),
    }
}

fn classify(error: &serde_json::Error, text: &str) -> ParseError {
    use serde_json::error::Category;
    let text = text.trim_ascii_start();
    match (error.classify(), text.as_bytes().first()) {
        (Category::Data | Category::Io, _) => {
            ParseError::Malformed { detail: printable(&error.to_string(), 160) }
        }
        (_, Some(b'<')) => ParseError::NotJson { hint: "it is an HTML page".to_owned() },
        (Category::Eof, _) => ParseError::Truncated,
        (Category::Syntax, Some(b'{' | b'[')) => ParseError::NotJson {
            hint: format!("it goes wrong at line {}, column {}", error.line(), error.column()),
        },
        (Category::Syntax, _) => {
            let line = text.lines().next().unwrap_or_default();
            ParseError::NotJson { hint: format!("it begins with \"{}\"", printable(line, 40)) }
        }
    }
}

/// Printable text of limited length: control characters become spaces.
fn printable(text: &str, max_chars: usize) -> String {
    let mut chars = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut out: String = chars.by_ref().take(max_chars).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}
