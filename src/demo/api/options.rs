//! What a request asks for beside its path: parameters of its query, and forms that it accepts.

use super::super::list::Include;

/// The parameters of a query string.
pub(in crate::demo) struct Options(Vec<(String, String)>);

impl Options {
    pub(in crate::demo) fn parse(query: &str) -> Options {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let decode = |text: &str| percent_decode(&text.replace('+', " ")).unwrap_or_default();
        Options(
            pairs
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        )
    }

    /// The value of a parameter, unless it is empty.
    pub(in crate::demo) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a parameter.
    pub(in crate::demo) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        matches!(self.get(name), Some("1" | "true"))
    }

    pub(super) fn include(&self) -> Include {
        match self.get("includeObject") {
            Some("Object") => Include::Object,
            Some("None") => Include::Nothing,
            _ => Include::Metadata,
        }
    }
}

pub(super) fn wants_table(accept: &str) -> bool {
    accept.split(',').any(|option| {
        parameter(option, "as") == Some("Table") && parameter(option, "v") == Some("v1")
    })
}

/// The value of a parameter of one media type, as in `application/json;as=Table;v=v1`.
pub(super) fn parameter<'a>(option: &'a str, name: &str) -> Option<&'a str> {
    option.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
}

/// `None` if an escape is incomplete or the result is not UTF-8.
pub(super) fn percent_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            out.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}
