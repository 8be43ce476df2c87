//! Kubernetes quantities: `250m`, `1.5Gi`, `1e3`, `171502796800m`.
//!
//! Grammar and canonical form are those of `k8s.io/apimachinery/pkg/api/resource`. Values are
//! stored exactly, in units of 10⁻⁹, which is also Kubernetes' precision: finer values are rounded
//! away from zero. Values beyond ±1.7 × 10²⁹ saturate.

mod beside;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::iter::Sum;
use std::ops::Add;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::json::Text;

const NANO: i128 = 1_000_000_000;

const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

const BINARY: [(&str, u32); 6] =
    [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];

/// The notation in which a quantity was written, and is therefore printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// `100m`, `2k`.
    DecimalSi,
    /// `512Mi`.
    BinarySi,
    /// `1e3`.
    DecimalExponent,
}

/// An exact amount. Equality, order and hash use the value: `1000m` equals `1`, `1Ki` equals
/// `1024`.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    nanos: i128,
    format: Format,
}

/// The text is not a quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a quantity such as 500m, 2, 1.5Gi or 1e3")]
pub struct QuantityError;

impl Quantity {
    /// Zero.
    pub const ZERO: Self = Self { nanos: 0, format: Format::DecimalSi };

    /// A whole number of units.
    pub fn from_units(units: i64) -> Self {
        Self { nanos: i128::from(units) * NANO, format: Format::DecimalSi }
    }

    /// Whether the value is zero.
    pub fn is_zero(self) -> bool {
        self.nanos == 0
    }

    /// Whether it is the result of a division by zero in 64-bit integers: the smallest integer, in
    /// any unit. No measured amount comes near it.
    pub(crate) fn is_overflow(self) -> bool {
        const SMALLEST: i128 = i64::MIN as i128;
        // About nine quadrillion: in thousandths, and in any larger unit.
        let of_thousandths = SMALLEST * (NANO / 1000);
        self.nanos <= of_thousandths + NANO || [1, 1000].map(|u| SMALLEST * u).contains(&self.nanos)
    }

    /// The nearest floating-point number, in units (cores, bytes, or anything else).
    pub fn as_f64(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "the nearest is what is asked for")]
        let nanos = self.nanos as f64;
        nanos / 1e9
    }

    /// `self / other`; `None` if `other` is zero.
    pub fn ratio(self, other: Self) -> Option<f64> {
        (!other.is_zero()).then(|| self.as_f64() / other.as_f64())
    }

    /// The amount in thousandths, rounded away from zero, as Go's `MilliValue`; `None` if that does not fit.
    pub fn thousandths(self) -> Option<i64> {
        const IN_ONE: i128 = NANO / 1000;
        let whole = self.nanos / IN_ONE;
        let rest = (self.nanos % IN_ONE).signum();
        i64::try_from(whole + rest).ok()
    }

    /// An amount that is given in thousandths.
    pub fn from_thousandths(thousandths: i64) -> Self {
        Self { nanos: i128::from(thousandths) * (NANO / 1000), format: Format::DecimalSi }
    }

    /// The canonical form as digits and a power of ten (`0.05` is `50m`: 50 and -3); `None` if the digits do not fit.
    pub fn canonical(self) -> Option<(i64, i32)> {
        let (mut digits, mut power) = (self.nanos, -9);
        while digits != 0 && digits % 1000 == 0 && power < 18 {
            digits /= 1000;
            power += 3;
        }
        Some((i64::try_from(digits).ok()?, if digits == 0 { 0 } else { power }))
    }

    /// An amount of memory for people: the largest binary unit, one decimal (`163.6Mi`).
    pub fn human_bytes(self) -> String {
        let bytes = self.as_f64();
        let mut number = bytes;
        let mut unit = "";
        for (suffix, _) in BINARY {
            // Otherwise 1023.96 would be printed as "1024.0".
            if number.abs() < 1023.95 {
                break;
            }
            number /= 1024.0;
            unit = suffix;
        }
        format!("{}{unit}", one_decimal(number))
    }

    /// An amount of CPU for people: millicores below one core (`250m`), else cores (`1.5`).
    pub fn human_cpu(self) -> String {
        let cores = self.as_f64();
        let milli = cores * 1e3;
        if self.is_zero() {
            "0".to_owned()
        } else if milli.abs() < 1.0 {
            format!("{}u", one_decimal(cores * 1e6))
        } else if milli.abs() < 999.5 {
            format!("{milli:.0}m")
        } else {
            let text = format!("{cores:.2}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }

    fn saturated(negative: bool, format: Format) -> Self {
        Self { nanos: if negative { -i128::MAX } else { i128::MAX }, format }
    }
}

fn one_decimal(number: f64) -> String {
    let text = format!("{number:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// The factor of a suffix: a power of two or a power of ten.
fn suffix(text: &str) -> Result<(Format, u32, i32), QuantityError> {
    if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == text) {
        return Ok((Format::DecimalSi, 0, *power));
    }
    if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == text) {
        return Ok((Format::BinarySi, *power, 0));
    }
    let exponent = text.strip_prefix(['e', 'E']).ok_or(QuantityError)?;
    let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(QuantityError);
    }
    // Beyond a few dozen the value saturates or becomes zero anyway.
    let magnitude = digits.parse::<i32>().unwrap_or(i32::MAX).min(10_000);
    let power = if exponent.starts_with('-') { -magnitude } else { magnitude };
    Ok((Format::DecimalExponent, 0, power))
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, text.get(1..).unwrap_or_default()),
            Some(b'+') => (false, text.get(1..).unwrap_or_default()),
            _ => (false, text),
        };
        let end =
            unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, suffix_text) = unsigned.split_at_checked(end).ok_or(QuantityError)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.len() + fraction.len() == 0 || fraction.contains('.') {
            return Err(QuantityError);
        }
        let (format, shift, mut power) = suffix(suffix_text)?;

        let mut mantissa: i128 = 0;
        // For digits that no longer fit: whether any of them is not zero, and by how much they
        // scale.
        let mut rest = false;
        let mut full = false;
        for (index, digit) in whole.bytes().chain(fraction.bytes()).enumerate() {
            let in_fraction = index >= whole.len();
            let digit = i128::from(digit.wrapping_sub(b'0'));
            let next = mantissa.checked_mul(10).and_then(|m| m.checked_add(digit));
            match next {
                Some(next) if !full => {
                    mantissa = next;
                    power -= i32::from(in_fraction);
                }
                _ => {
                    full = true;
                    rest |= digit != 0;
                    power = power.saturating_add(i32::from(!in_fraction));
                }
            }
        }

        if mantissa == 0 && !rest {
            return Ok(Self { nanos: 0, format });
        }
        // Computes nanos = mantissa × 2^shift × 10^(power + 9), rounded away from zero.
        let mut power = power.saturating_add(9);
        let factor = 1_i128 << shift;
        let mut nanos = loop {
            match mantissa.checked_mul(factor) {
                Some(product) => break product,
                None if power < 0 => {
                    rest |= mantissa % 10 != 0;
                    mantissa /= 10;
                    power += 1;
                }
                None => return Ok(Self::saturated(negative, format)),
            }
        };
        while power > 0 {
            match nanos.checked_mul(10) {
                Some(next) => nanos = next,
                None => return Ok(Self::saturated(negative, format)),
            }
            power -= 1;
        }
        while power < 0 && nanos != 0 {
            rest |= nanos % 10 != 0;
            nanos /= 10;
            power += 1;
        }
        nanos = nanos.saturating_add(i128::from(rest));
        Ok(Self { nanos: if negative { -nanos } else { nanos }, format })
    }
}

impl fmt::Display for Quantity {
    /// The canonical form that Kubernetes prints: no fraction, with the largest suffix that keeps
    /// the number an integer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos == 0 {
            return f.write_str("0");
        }
        let whole = self.nanos % NANO == 0;
        let small = self.nanos.abs() < 1024 * NANO;
        if self.format == Format::BinarySi && whole && !small {
            let mut number = self.nanos / NANO;
            let mut unit = "";
            for (suffix, _) in BINARY {
                if number % 1024 != 0 {
                    break;
                }
                number /= 1024;
                unit = suffix;
            }
            return write!(f, "{number}{unit}");
        }
        let mut number = self.nanos;
        let mut power = -9;
        let last = if self.format == Format::DecimalExponent { i32::MAX } else { 18 };
        while number % 1000 == 0 && power < last {
            number /= 1000;
            power += 3;
        }
        match self.format {
            Format::DecimalExponent if power == 0 => write!(f, "{number}"),
            Format::DecimalExponent => write!(f, "{number}e{power}"),
            Format::DecimalSi | Format::BinarySi => {
                let unit = DECIMAL.iter().find(|(_, p)| *p == power).map_or("", |(name, _)| name);
                write!(f, "{number}{unit}")
            }
        }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

impl Hash for Quantity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.nanos.hash(state);
    }
}

impl Add for Quantity {
    type Output = Self;

    /// The sum, in the notation of the first summand that is not zero.
    fn add(self, other: Self) -> Self {
        let format = if self.is_zero() { other.format } else { self.format };
        Self { nanos: self.nanos.saturating_add(other.nanos).max(-i128::MAX), format }
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(quantities: I) -> Self {
        quantities.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    /// Parses a string or a number.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        text.as_str().parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
