//! Values that are random in a real cluster, derived from names so that the demo is reproducible.

use std::fmt::Write as _;

pub(super) const MINUTE: i64 = 60;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// FNV-1a, with a final mix so that similar names differ in all bits.
pub(super) fn hash(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ (hash >> 33)
}

/// A number in `low..high` from a hash.
pub(super) fn spread(hash: u64, low: i64, high: i64) -> i64 {
    let width = u64::try_from(high - low).unwrap_or(1).max(1);
    low + i64::try_from(hash % width).unwrap_or(0)
}

/// A uid, in the form of a random one (version 4).
pub(in crate::demo) fn uid(parts: &[&str]) -> String {
    let first = hash(parts);
    let second = hash(&[parts, &["uid"]].concat());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        first >> 32,
        first >> 16 & 0xffff,
        first & 0xfff,
        second >> 48 & 0x3fff | 0x8000,
        second & 0xffff_ffff_ffff
    )
}

/// A suffix of `length` characters from the alphabet that Kubernetes uses.
pub(super) fn suffix(parts: &[&str], length: usize) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut rest = hash(parts);
    let mut out = String::with_capacity(length);
    for _ in 0..length {
        let size = ALPHABET.len() as u64;
        let at = usize::try_from(rest % size).unwrap_or(0);
        out.push(ALPHABET.get(at).copied().map_or('b', char::from));
        rest /= size;
    }
    out
}

/// A resource version lower than the list's.
pub(super) fn resource_version(parts: &[&str]) -> String {
    spread(hash(parts), 600, 48_000).to_string()
}

/// A time in RFC 3339, UTC and whole seconds, as Kubernetes writes it.
pub(super) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// A quantity from thousandths, in canonical form: `90m`, `40`, `2k`.
pub(super) fn quantity(thousandths: i64) -> String {
    let mut out = String::new();
    let (number, unit) = match thousandths {
        0 => (0, ""),
        n if n % 1_000 != 0 => (n, "m"),
        n if n % 1_000_000_000 == 0 => (n / 1_000_000_000, "M"),
        n if n % 1_000_000 == 0 => (n / 1_000_000, "k"),
        n => (n / 1_000, ""),
    };
    let _ = write!(out, "{number}{unit}");
    out
}

/// A quantity from MiB: `128Mi`, `2Gi`.
pub(super) fn mebibytes(number: i64) -> String {
    if number != 0 && number % 1024 == 0 {
        format!("{}Gi", number / 1024)
    } else {
        format!("{number}Mi")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_canonical() {
        for (thousandths, expected) in
            [(90, "90m"), (1500, "1500m"), (40_000, "40"), (2_000_000, "2k"), (1_200_000, "1200")]
        {
            assert_eq!(quantity(thousandths), expected);
        }
        assert_eq!(mebibytes(128), "128Mi");
        assert_eq!(mebibytes(2048), "2Gi");
        assert_eq!(time(0), "1970-01-01T00:00:00Z");
        assert_eq!(uid(&["a"]).len(), 36);
        assert_eq!(uid(&["a"]), uid(&["a"]));
        assert_ne!(uid(&["a", "b"]), uid(&["ab"]));
    }
}
