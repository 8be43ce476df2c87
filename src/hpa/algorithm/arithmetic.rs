//! Go's conversions between numbers, as the controller is compiled for amd64.

/// What a number that does not fit becomes.
const OUT_OF_RANGE: i32 = i32::MIN;

/// `int32(number)`: truncated towards zero. Numbers out of range, and NaN, become the smallest
/// integer, as on amd64; Go leaves this open, and on arm64 they become the nearest.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(super) fn truncated(number: f64) -> i32 {
    // One past the range on either side is still truncated into it.
    let fits = number > f64::from(i32::MIN) - 1.0 && number < f64::from(i32::MAX) + 1.0;
    if fits { number as i32 } else { OUT_OF_RANGE }
}

/// `int32(math.Ceil(number))`.
pub(super) fn ceiling(number: f64) -> i32 {
    truncated(number.ceil())
}

/// `int32(number)` of a 64-bit integer: its low 32 bits.
#[expect(clippy::cast_possible_truncation, reason = "as Go converts integers")]
pub(super) fn low_bits(number: i64) -> i32 {
    number as i32
}

/// `float64(number)`: the nearest.
#[expect(clippy::cast_precision_loss, reason = "as Go converts integers")]
pub(super) fn float(number: i64) -> f64 {
    number as f64
}

/// The floating-point number that the controller makes of the quantity `number` × 10^`power`, which
/// is a tolerance: `50m` is 50 × 10⁻³. It is not always the nearest number to the quantity.
pub fn approximate(number: i64, power: i32) -> f64 {
    match power {
        0 => float(number),
        ..0 => float(number) * (1.0 / 10_f64.powi(power.saturating_neg())),
        _ => float(number) * 10_f64.powi(power),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_are_those_of_go_on_amd64() {
        assert_eq!(truncated(2.9), 2);
        assert_eq!(truncated(-2.9), -2);
        assert_eq!(truncated(2_147_483_647.9), i32::MAX);
        assert_eq!(truncated(-2_147_483_648.9), i32::MIN);
        for out in [2_147_483_648.0, -2_147_483_649.0, f64::NAN, f64::INFINITY] {
            assert_eq!(truncated(out), i32::MIN, "{out}");
        }
        assert_eq!(ceiling(2.000_001), 3);
        assert_eq!(ceiling(-2.9), -2);
        assert_eq!(low_bits(0x1_0000_0007), 7);
        assert_eq!(low_bits(i64::MAX), -1);
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "exactly these numbers")]
    fn tolerances_are_approximate_as_in_go() {
        assert_eq!(approximate(5, -1), 0.5);
        assert_eq!(approximate(50, -3), 0.05);
        assert_eq!(approximate(3, -1), 0.300_000_000_000_000_04);
        assert_eq!(approximate(300, -3), 0.3);
        assert_eq!(approximate(1, 3), 1000.0);
        assert_eq!(approximate(1, i32::MIN), 0.0);
    }
}
