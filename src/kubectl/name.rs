//! Names that are put into a command line or an API path.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of an object or a namespace: one segment of an API path, never a flag.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

/// Why a text is not a valid name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid name {text:?}: {why}")]
pub struct InvalidName {
    text: String,
    why: &'static str,
}

impl Name {
    /// Accepts what the API server accepts as a path segment, except texts that could be read as a
    /// flag.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let why = if text.is_empty() {
            "it is empty"
        } else if text.len() > 253 {
            "it is longer than 253 characters"
        } else if text.starts_with('-') {
            "it begins with a dash"
        } else if text == "." || text == ".." {
            "it is a path"
        } else if text.contains(['/', '%']) {
            "it contains a slash or a percent sign"
        } else if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            "it contains white space or a control character"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(InvalidName { text: text.chars().take(80).collect(), why })
    }

    /// Parses a namespace name: a DNS label, as the API server requires.
    pub fn namespace(text: &str) -> Result<Self, InvalidName> {
        let name = Self::parse(text)?;
        let label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.len() > 63 || !text.bytes().all(label) || text.ends_with('-') {
            let why = "a namespace is made of lower-case letters, digits and dashes, 63 at most";
            return Err(InvalidName { text: text.chars().take(80).collect(), why });
        }
        Ok(name)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        Self::parse(&text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_path_segments_and_never_flags() {
        for good in ["web", "web-1.2", "system:controller:x", "a_b", "kube-system"] {
            assert_eq!(Name::parse(good).unwrap().as_str(), good);
        }
        for bad in ["", "-o", "--all", ".", "..", "a/b", "a%2fb", "a b", "a\nb", "a\u{1b}[0m"] {
            assert!(Name::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Name::parse(&"x".repeat(254)).is_err());
        assert!(Name::namespace("kube-system").is_ok());
        for bad in ["shop,payments", "Shop", "a.b", "a_b", "x-", &"x".repeat(64)] {
            assert!(Name::namespace(bad).is_err(), "{bad:?}");
        }
    }
}
