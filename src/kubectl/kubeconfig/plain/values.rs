//! Values of a kubeconfig that every version of YAML reads alike.

use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::{Hash, Hasher as _};

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

/// A text that every YAML version reads as text, quoted or not.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Text(pub(super) String);

/// A confidential text, of which only a hash is kept, for comparison.
#[derive(Hash)]
pub(super) struct Opaque(u64);

/// Base64, which kubectl decodes; also kept as a hash.
#[derive(Hash)]
pub(super) struct Data(u64);

/// `true` or `false`.
#[derive(Hash)]
pub(super) struct Flag(bool);

/// Any map, such as an extension.
#[derive(Hash)]
pub(super) struct Free(u64);

fn fingerprint(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor(|text: &str| Some(Self(text.to_owned()))))
    }
}

impl<'de> Deserialize<'de> for Opaque {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor(|text: &str| Some(Self(fingerprint(text)))))
    }
}

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TextVisitor(|text: &str| {
            is_base64(text.as_bytes()).then(|| Self(fingerprint(text)))
        }))
    }
}

struct TextVisitor<F>(F);

impl<T, F: FnOnce(&str) -> Option<T>> Visitor<'_> for TextVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        let made = if is_text(text) { (self.0)(text) } else { None };
        made.ok_or_else(|| E::custom("no plain text"))
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct FlagVisitor;
        impl Visitor<'_> for FlagVisitor {
            type Value = Flag;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true or false")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(value))
            }
        }
        from.deserialize_any(FlagVisitor)
    }
}

impl<'de> Deserialize<'de> for Free {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut hasher = DefaultHasher::new();
        from.deserialize_any(FreeVisitor { hasher: &mut hasher, top: true })?;
        Ok(Self(hasher.finish()))
    }
}

/// Accepts what every YAML version reads alike, and hashes it.
struct FreeVisitor<'a> {
    hasher: &'a mut DefaultHasher,
    /// Whether this is the extension itself: then it must be a map without a kind.
    top: bool,
}

impl FreeVisitor<'_> {
    fn scalar<E: de::Error>(self, value: impl Hash) -> Result<(), E> {
        if self.top {
            return Err(E::custom("no map"));
        }
        value.hash(self.hasher);
        Ok(())
    }
}

impl<'de> de::DeserializeSeed<'de> for FreeVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for FreeVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plain value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.scalar(())
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        self.scalar(())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        if !is_text(text) {
            return Err(E::custom("no plain text"));
        }
        self.scalar(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.top {
            return Err(de::Error::custom("no map"));
        }
        "[".hash(self.hasher);
        while seq.next_element_seed(FreeVisitor { hasher: self.hasher, top: false })?.is_some() {}
        "]".hash(self.hasher);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        "{".hash(self.hasher);
        while let Some(Text(key)) = map.next_key()? {
            if self.top && (key == "kind" || key == "apiVersion") {
                return Err(de::Error::custom("of a kind"));
            }
            key.hash(self.hasher);
            map.next_value_seed(FreeVisitor { hasher: self.hasher, top: false })?;
        }
        "}".hash(self.hasher);
        Ok(())
    }
}

/// Whether YAML 1.1 and 1.2 read the unquoted text as text: not a number, boolean, null or merge
/// key, nor anything similar.
pub(super) fn is_text(text: &str) -> bool {
    const WORDS: [&str; 11] =
        ["y", "yes", "on", "true", "n", "no", "off", "false", "null", "~", "<<"];
    let Some(&first) = text.as_bytes().first() else { return true };
    if text.len() <= 5 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return false;
    }
    !(matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.') && resembles_number(text))
}

/// Whether the text may be a number in any notation, `.inf`, `.nan`, a date or a time; false only
/// if it certainly is not.
fn resembles_number(text: &str) -> bool {
    let rest = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let prefixes = ["0x", "0b", "0o", ".inf", ".nan", "inf", "nan"];
    if prefixes.iter().any(|prefix| rest.starts_with(prefix)) {
        return true;
    }
    // Two dots mean an address or a version.
    let dots = rest.bytes().filter(|byte| *byte == b'.').count();
    let date = rest.contains(':') || rest.bytes().filter(|byte| *byte == b'-').count() > 1;
    (dots < 2 || date)
        && rest.bytes().all(|byte| byte.is_ascii_digit() || b"._+-:e tz".contains(&byte))
}

/// Base64 as Go decodes it, which ignores line breaks.
pub(super) fn is_base64(text: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let (mut digits, mut padding) = (0usize, 0usize);
    for byte in text {
        match byte {
            b'\n' | b'\r' => {}
            b'=' => padding += 1,
            byte if padding == 0 && plain(byte) => digits += 1,
            _ => return false,
        }
    }
    padding <= 2 && (digits + padding).is_multiple_of(4)
}
