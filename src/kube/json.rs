//! Leaf types for JSON from a cluster, or from something in its place: they accept any value, and
//! treat invalid ones as absent.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use jiff::Timestamp;
use serde::de::{
    Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
    value::MapAccessDeserializer,
};

/// Text, borrowed if the JSON has no escapes. A number or a boolean becomes its text (a quantity
/// may be written as a number); anything else counts as absent.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Text<'a>(Option<Cow<'a, str>>);

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self(Some(Cow::Borrowed(text)))
    }
}

impl Text<'_> {
    /// The text; empty when absent.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// The text, or `None` when absent or empty.
    pub(crate) fn into_option(self) -> Option<String> {
        self.0.filter(|s| !s.is_empty()).map(Cow::into_owned)
    }

    /// The text; empty when absent.
    pub(crate) fn into_string(self) -> String {
        self.0.map(Cow::into_owned).unwrap_or_default()
    }

    /// The text as a time; `None` if it is not a valid time.
    pub(crate) fn time(&self) -> Option<Timestamp> {
        self.as_str().parse().ok()
    }
}

/// An integer, also if written as a string. Anything else counts as absent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Int(pub(crate) Option<i64>);

impl Int {
    /// As a 32-bit integer, which the API uses for counts; out-of-range values are clamped.
    pub(crate) fn as_i32(self) -> Option<i32> {
        self.0.map(|n| i32::try_from(n).unwrap_or(if n < 0 { i32::MIN } else { i32::MAX }))
    }
}

/// `true` and "true" are true, everything else is false.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flag(pub(crate) bool);

/// A `T` from an object, `None` from anything else.
#[derive(Debug, Clone)]
pub(crate) struct Opt<T>(pub(crate) Option<T>);

impl<T> Default for Opt<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// The elements of an array; empty for anything else.
#[derive(Debug, Clone)]
pub(crate) struct Seq<T>(pub(crate) Vec<T>);

impl<T> Default for Seq<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A map of text to text; empty for anything but an object.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct StringMap(pub(crate) BTreeMap<String, String>);

/// Implements visitor methods for types that a tolerant field treats as absent.
macro_rules! or_absent {
    ($($method:ident)*) => { $(or_absent!(@ $method);)* };
    (@ bool) => { fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> { Ok(Self::Value::default()) } };
    (@ i64) => { fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> { Ok(Self::Value::default()) } };
    (@ u64) => { fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> { Ok(Self::Value::default()) } };
    (@ f64) => { fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> { Ok(Self::Value::default()) } };
    (@ str) => { fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> { Ok(Self::Value::default()) } };
    (@ unit) => {
        fn visit_unit<E>(self) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn visit_none<E>(self) -> Result<Self::Value, E> { Ok(Self::Value::default()) }
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("a value") }
    };
    (@ seq) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (@ map) => {
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
}

pub(crate) use or_absent;

struct TextVisitor;

#[expect(clippy::unnecessary_wraps, reason = "the trait's signature")]
fn owned<'a, E>(text: &(impl ToString + ?Sized)) -> Result<Text<'a>, E> {
    Ok(Text(Some(Cow::Owned(text.to_string()))))
}

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Borrowed(text))))
    }
    fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
        owned(text)
    }
    fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Owned(text))))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Text<'de>, E> {
        owned(&value)
    }
    fn visit_i64<E>(self, value: i64) -> Result<Text<'de>, E> {
        owned(&value)
    }
    fn visit_u64<E>(self, value: u64) -> Result<Text<'de>, E> {
        owned(&value)
    }
    fn visit_f64<E>(self, value: f64) -> Result<Text<'de>, E> {
        owned(&value)
    }
    or_absent! { unit seq map }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct IntVisitor;

impl<'de> Visitor<'de> for IntVisitor {
    type Value = Int;

    fn visit_i64<E>(self, n: i64) -> Result<Int, E> {
        Ok(Int(Some(n)))
    }
    fn visit_u64<E>(self, n: u64) -> Result<Int, E> {
        Ok(Int(Some(i64::try_from(n).unwrap_or(i64::MAX))))
    }
    fn visit_f64<E>(self, n: f64) -> Result<Int, E> {
        #[expect(clippy::cast_possible_truncation, reason = "whole and in range, or saturated")]
        let whole = (n.fract() == 0.0).then_some(n as i64);
        Ok(Int(whole))
    }
    fn visit_str<E>(self, text: &str) -> Result<Int, E> {
        Ok(Int(text.parse().ok()))
    }
    or_absent! { bool unit seq map }
}

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntVisitor)
    }
}

struct FlagVisitor;

impl<'de> Visitor<'de> for FlagVisitor {
    type Value = Flag;

    fn visit_bool<E>(self, value: bool) -> Result<Flag, E> {
        Ok(Flag(value))
    }
    fn visit_str<E>(self, text: &str) -> Result<Flag, E> {
        Ok(Flag(text == "true"))
    }
    or_absent! { i64 u64 f64 unit seq map }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FlagVisitor)
    }
}

struct OptVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OptVisitor<T> {
    type Value = Opt<T>;

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Opt<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|value| Opt(Some(value)))
    }
    or_absent! { bool i64 u64 f64 str unit seq }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Opt<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OptVisitor(PhantomData))
    }
}

struct SeqVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SeqVisitor<T> {
    type Value = Seq<T>;

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Seq<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(Opt(item)) = seq.next_element()? {
            items.extend(item);
        }
        Ok(Seq(items))
    }
    or_absent! { bool i64 u64 f64 str unit map }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Seq<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeqVisitor(PhantomData))
    }
}

struct StringMapVisitor;

impl<'de> Visitor<'de> for StringMapVisitor {
    type Value = StringMap;

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StringMap, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Text<'de>>()? {
            entries.insert(key, value.into_string());
        }
        Ok(StringMap(entries))
    }
    or_absent! { bool i64 u64 f64 str unit seq }
}

impl<'de> Deserialize<'de> for StringMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StringMapVisitor)
    }
}

/// A time; `None` if the value is not a valid time.
pub(crate) fn lenient_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    Text::deserialize(deserializer).map(|text| text.time())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaf_types_accept_any_value() {
        let text = |json| serde_json::from_str::<Text<'_>>(json).unwrap();
        assert_eq!(text(r#""a""#).as_str(), "a");
        assert!(matches!(text(r#""a""#).0, Some(Cow::Borrowed("a"))));
        assert_eq!(text(r#""a\n""#).as_str(), "a\n");
        assert_eq!(text("2").as_str(), "2");
        assert_eq!(text("0.5").as_str(), "0.5");
        assert_eq!(text("true").as_str(), "true");
        for absent in ["null", "[1,[2]]", r#"{"a":{"b":1}}"#] {
            assert_eq!(text(absent), Text::default());
        }

        let int = |json| serde_json::from_str::<Int>(json).unwrap().0;
        assert_eq!(int("-3"), Some(-3));
        assert_eq!(int(r#""70""#), Some(70));
        assert_eq!(int("7e1"), Some(70));
        assert_eq!(int("18446744073709551615"), Some(i64::MAX));
        for absent in ["null", "0.5", r#""x""#, "[]", "{}", "true"] {
            assert_eq!(int(absent), None);
        }
        assert_eq!(Int(Some(1 << 40)).as_i32(), Some(i32::MAX));
        assert_eq!(Int(Some(-(1 << 40))).as_i32(), Some(i32::MIN));
    }

    #[test]
    fn arrays_and_maps_skip_invalid_elements() {
        let seq: Seq<StringMap> = serde_json::from_str(r#"[{"a":"b"},1,null,{"c":2}]"#).unwrap();
        assert_eq!(seq.0.len(), 2);
        assert!(serde_json::from_str::<Seq<StringMap>>("{}").unwrap().0.is_empty());
        assert!(serde_json::from_str::<Opt<StringMap>>("[{}]").unwrap().0.is_none());
        assert!(serde_json::from_str::<Flag>("true").unwrap().0);
        assert!(!serde_json::from_str::<Flag>("1").unwrap().0);
    }
}
