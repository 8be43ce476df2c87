//! Compact encoding of metric readings: a quantity written as a whole number with a known suffix
//! is stored as that number and the suffix's index, any other as text.

use super::codec::{Bytes, put, put_signed};
use crate::hpa::MetricCurrent;

/// A metric's reading, compactly encoded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Compact {
    value: Amount,
    average: Amount,
    utilization: Option<i32>,
}

/// A quantity, keeping the form in which it was written.
#[derive(Debug, Clone, PartialEq)]
enum Amount {
    Absent,
    /// A text of any other form.
    Text(Box<str>),
    /// A whole number and the index of its suffix.
    Number(i64, u8),
    /// The text of the utilization.
    Utilization,
}

/// The suffixes that [`Amount::Number`] can store, with their factors.
const SUFFIXES: [(&str, f64); 13] = [
    ("", 1.0),
    ("m", 1e-3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("u", 1e-6),
    ("n", 1e-9),
    ("P", 1e15),
];
/// Values at or below this come from a division by zero in the controller, which then writes the
/// smallest 64-bit integer, in thousandths or a larger unit.
const OVERFLOW: f64 = -9.2e15;
/// Codes of amounts: absent, text, utilization; then the suffixes.
const FIRST_SUFFIX: u8 = 3;

impl Amount {
    fn new(text: Option<&str>, utilization: Option<i32>) -> Self {
        let Some(text) = text else { return Self::Absent };
        if utilization.is_some_and(|number| number.to_string() == text) {
            return Self::Utilization;
        }
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(text.len());
        let parsed = text.split_at_checked(digits).and_then(|(digits, suffix)| {
            let number: i64 = digits.parse().ok()?;
            let suffix = SUFFIXES.iter().position(|(known, _)| *known == suffix)?;
            // `007` and `-0` would not be written back as they were, so they stay text.
            (number.to_string() == digits).then_some((number, u8::try_from(suffix).ok()?))
        });
        parsed.map_or_else(|| Self::Text(text.into()), |(n, suffix)| Self::Number(n, suffix))
    }

    fn text(&self, utilization: Option<i32>) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Text(text) => Some(text.to_string()),
            Self::Number(number, suffix) => {
                let suffix = SUFFIXES.get(usize::from(*suffix)).map_or("", |(text, _)| text);
                Some(format!("{number}{suffix}"))
            }
            Self::Utilization => utilization.map(|number| number.to_string()),
        }
    }

    fn code(&self) -> u8 {
        match self {
            Self::Absent => 0,
            Self::Text(_) => 1,
            Self::Utilization => 2,
            Self::Number(_, suffix) => FIRST_SUFFIX + suffix,
        }
    }

    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Absent | Self::Utilization => {}
            Self::Text(text) => {
                put(out, text.len() as u64);
                out.extend_from_slice(text.as_bytes());
            }
            Self::Number(number, _) => put_signed(out, *number),
        }
    }

    fn take(code: u8, from: &mut Bytes<'_>) -> Option<Self> {
        Some(match code {
            0 => Self::Absent,
            1 => {
                let length = usize::try_from(from.number()?).ok()?;
                Self::Text(std::str::from_utf8(from.bytes(length)?).ok()?.into())
            }
            2 => Self::Utilization,
            code => Self::Number(from.signed()?, code - FIRST_SUFFIX),
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "a chart has no more than a few hundred dots")]
    fn as_f64(&self, utilization: Option<i32>) -> Option<f64> {
        match self {
            Self::Absent => None,
            Self::Text(text) => {
                text.parse::<crate::kube::Quantity>().ok().map(crate::kube::Quantity::as_f64)
            }
            Self::Number(number, suffix) => {
                Some(*number as f64 * SUFFIXES.get(usize::from(*suffix))?.1)
            }
            Self::Utilization => utilization.map(f64::from),
        }
    }
}

impl From<&MetricCurrent> for Compact {
    fn from(current: &MetricCurrent) -> Self {
        let utilization = current.utilization;
        Self {
            value: Amount::new(current.value.as_deref(), utilization),
            average: Amount::new(current.average_value.as_deref(), utilization),
            utilization,
        }
    }
}

impl Compact {
    /// The reading in the form that a record has.
    pub(super) fn current(&self) -> MetricCurrent {
        MetricCurrent {
            value: self.value.text(self.utilization),
            average_value: self.average.text(self.utilization),
            utilization: self.utilization,
        }
    }

    /// The value in the target's own terms; `None` for one that cannot have been measured, which
    /// older versions of watchdog stored as well.
    pub(super) fn value(&self) -> Option<f64> {
        if self.utilization.is_some_and(i32::is_negative) {
            return None;
        }
        self.value.as_f64(self.utilization).filter(|value| *value > OVERFLOW)
    }
}

pub(super) fn put_reading(out: &mut Vec<u8>, reading: Option<&Compact>) {
    // Three forms: none, without and with a utilization; then a code of four bits each.
    let Some(reading) = reading else { return out.push(0) };
    out.push(if reading.utilization.is_some() { 2 } else { 1 });
    out.push(reading.value.code() << 4 | reading.average.code());
    if let Some(utilization) = reading.utilization {
        put_signed(out, i64::from(utilization));
    }
    reading.value.put(out);
    reading.average.put(out);
}

#[expect(clippy::option_option, reason = "nonsense, or no reading")]
pub(super) fn take_reading(from: &mut Bytes<'_>) -> Option<Option<Compact>> {
    let form = from.number()?;
    if form == 0 {
        return Some(None);
    }
    let codes = from.bytes(1)?.first()?;
    let utilization = if form == 2 { Some(i32::try_from(from.signed()?).ok()?) } else { None };
    Some(Some(Compact {
        value: Amount::take(codes >> 4, from)?,
        average: Amount::take(codes & 0xf, from)?,
        utilization,
    }))
}
