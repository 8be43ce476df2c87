//! Formats an amount for people, in the unit of the amount with which it is compared.

use super::{BINARY, DECIMAL, Format, NANO, Quantity, suffix};

/// The unit of a written amount.
#[derive(Debug, Clone, Copy)]
struct Unit {
    format: Format,
    /// The exponent of ten, or of two for [`Format::BinarySi`].
    power: i32,
}

/// With more decimals than these, the amount as it was written is easier to read.
const MOST_DECIMALS: u32 = 6;

impl Unit {
    /// The unit in which a quantity is written.
    fn of(text: &str) -> Option<Self> {
        let end = text.rfind(|c: char| c.is_ascii_digit() || c == '.')? + 1;
        // An exponent ends in digits too.
        let start = text.find(['e', 'E']).filter(|at| *at < end).unwrap_or(end);
        let (format, two, ten) = suffix(text.get(start..)?).ok()?;
        let power = match format {
            Format::BinarySi => i32::try_from(two).ok()?,
            Format::DecimalSi | Format::DecimalExponent => {
                ten.div_euclid(3).saturating_mul(3).clamp(-9, 18)
            }
        };
        Some(Self { format, power })
    }

    fn step(self) -> i32 {
        if self.format == Format::BinarySi { 10 } else { 3 }
    }

    fn smaller(self, least: i32) -> Option<Self> {
        let power = self.power - self.step();
        (power >= least).then_some(Self { power, ..self })
    }

    fn larger(self) -> Option<Self> {
        let power = self.power + self.step();
        let most = if self.format == Format::BinarySi { 60 } else { 18 };
        (power <= most).then_some(Self { power, ..self })
    }

    /// The unit's value in billionths.
    fn nanos(self) -> i128 {
        let power = u32::try_from(if self.format == Format::BinarySi {
            self.power
        } else {
            self.power + 9
        })
        .unwrap_or_default();
        match self.format {
            Format::BinarySi => NANO << power,
            Format::DecimalSi | Format::DecimalExponent => 10_i128.pow(power),
        }
    }

    fn suffix(self) -> String {
        let named = |names: &[(&str, i32)]| {
            names
                .iter()
                .find(|(_, power)| *power == self.power)
                .map_or("", |(name, _)| name)
                .to_owned()
        };
        match self.format {
            Format::DecimalSi => named(&DECIMAL),
            Format::BinarySi => named(&BINARY.map(|(name, power)| (name, power.cast_signed()))),
            Format::DecimalExponent if self.power == 0 => String::new(),
            Format::DecimalExponent => format!("e{}", self.power),
        }
    }
}

impl Quantity {
    /// The amount for people, next to `target`: in the target's unit (`338162044m` next to `10k` is
    /// `338k`) or a neighbouring one that keeps it short, with about three digits. It is rounded
    /// only as long as it stays on the same side of the target: `10001m` next to `10` is `10.001`.
    /// `thousandths` allows thousandths for quantities that people count in them, such as cores.
    pub fn beside(self, target: &str, thousandths: bool) -> String {
        self.rounded_beside(target, thousandths).unwrap_or_else(|| self.to_string())
    }

    fn rounded_beside(self, text: &str, thousandths: bool) -> Option<String> {
        let target: Self = text.parse().ok()?;
        let unit = Unit::of(text)?;
        if self.is_zero() {
            return Some("0".to_owned());
        }
        let amount = self.nanos.checked_abs()?;
        let unit = self.unit_near(unit, target, thousandths);
        let nanos = unit.nanos();
        // An amount below a thousandth of the unit stays as written, unless the target is as small.
        if amount < nanos / 1000 {
            return None;
        }
        let least = if unit.format == Format::BinarySi || amount.checked_mul(10)? % nanos == 0 {
            1
        } else if amount >= nanos.checked_mul(100)? {
            0
        } else if amount >= nanos.checked_mul(10)? {
            1
        } else if amount >= nanos {
            2
        } else if amount >= nanos / 10 {
            3
        } else {
            5
        };
        (least..=MOST_DECIMALS).find_map(|decimals| {
            let tens = 10_i128.pow(decimals);
            let (scaled, half) = (amount.checked_mul(tens)?, nanos / 2);
            let rounded = scaled.checked_add(half)? / nanos;
            let shown = rounded.checked_mul(nanos)? * self.nanos.signum();
            let side = |amount: i128| Some(amount.cmp(&target.nanos.checked_mul(tens)?));
            let is_same: Option<bool> = Some(side(shown)? == side(self.nanos.checked_mul(tens)?)?);
            is_same.filter(|same| *same)?;
            let sign = if self.nanos < 0 { "-" } else { "" };
            Some(format!("{sign}{}{}", point(rounded, tens), unit.suffix()))
        })
    }

    /// The unit near the target's in which the amount takes few digits.
    fn unit_near(self, mut unit: Unit, target: Self, thousandths: bool) -> Unit {
        let amount = self.nanos.saturating_abs();
        let least = match unit.format {
            Format::DecimalSi | Format::DecimalExponent if unit.power < 0 || thousandths => -9,
            _ => 0,
        };
        while amount < unit.nanos()
            && let Some(smaller) = unit.smaller(least)
        {
            unit = smaller;
        }
        let long = unit.nanos().saturating_mul(10_000);
        if amount >= long.max(target.nanos.saturating_abs().saturating_mul(10)) {
            while amount >= unit.nanos().saturating_mul(1000)
                && let Some(larger) = unit.larger()
            {
                unit = larger;
            }
        }
        unit
    }
}

/// `number / tens` as a decimal, without trailing zeros.
fn point(number: i128, tens: i128) -> String {
    let (whole, rest) = (number / tens, number % tens);
    if rest == 0 {
        return whole.to_string();
    }
    let width = tens.ilog10() as usize;
    let digits = format!("{rest:0width$}");
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn beside(amount: &str, target: &str) -> String {
        amount.parse::<Quantity>().unwrap().beside(target, false)
    }

    #[test]
    fn an_amount_is_shown_in_the_unit_of_the_target() {
        for (amount, target, expected) in [
            ("338162044m", "10k", "338k"),
            ("47600m", "300", "47.6"),
            ("6262500m", "30", "6262.5"),
            ("33333m", "50", "33.3"),
            ("7", "10k", "7"),
            ("7k", "50k", "7k"),
            ("50M", "10k", "50M"),
            ("171502796800m", "30", "172M"),
            ("12346", "12345", "12346"),
            ("1500u", "0.5", "0.0015"),
            ("1500u", "500m", "1.5m"),
            ("200u", "500m", "200u"),
            ("2500m", "1500m", "2500m"),
            ("338162044m", "1500m", "338k"),
            ("12e6", "1e3", "12e6"),
            ("40", "1e3", "40"),
            ("2500", "1e3", "2.5e3"),
            ("2500", "12e2", "2500"),
            ("935m", "1", "0.935"),
            ("0", "10", "0"),
            ("0", "0", "0"),
            ("-47612m", "300", "-47.6"),
            ("1u", "10", "1u"),
            ("1u", "2u", "1u"),
            ("171502796800m", "325Mi", "163.6Mi"),
            ("1536", "2Ki", "1.5Ki"),
            ("512Ki", "200Mi", "512Ki"),
            ("471859200", "500M", "472M"),
            ("20", "12x", "20"),
        ] {
            assert_eq!(beside(amount, target), expected, "{amount} beside {target}");
        }
        let cores = |amount: &str, target| amount.parse::<Quantity>().unwrap().beside(target, true);
        assert_eq!(cores("935m", "1"), "935m");
        assert_eq!(cores("1234567890n", "1"), "1.23");
        assert_eq!(cores("12345678n", "500m"), "12.3m");
    }

    #[test]
    fn an_amount_is_shown_on_its_side_of_the_target() {
        for (amount, target, expected) in [
            ("10001m", "10", "10.001"),
            ("9999600u", "10", "9.9996"),
            ("10000m", "10", "10"),
            ("9960m", "9.98", "9.96"),
            ("10001", "10k", "10.001k"),
            ("10000000001n", "10", "10000000001n"),
            ("209715201", "200Mi", "200.000001Mi"),
            ("2147483648", "2Gi", "2Gi"),
            ("-1n", "0", "-1n"),
        ] {
            assert_eq!(beside(amount, target), expected, "{amount} beside {target}");
        }
    }

    proptest! {
        #[test]
        fn rounding_never_crosses_the_target(number in any::<i64>(), near in -3_i64..3, unit in 0_usize..20, of in 0_usize..20, small in 0_i64..5000) {
            const SUFFIXES: [&str; 20] = [
                "n", "u", "m", "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
                "e3", "e6", "e-3", "e2",
            ];
            for (amount, target) in [
                (format!("{number}{}", SUFFIXES[unit]), format!("{small}{}", SUFFIXES[of])),
                (format!("{}{}", small + near, SUFFIXES[unit]), format!("{small}{}", SUFFIXES[unit])),
            ] {
                let quantity = amount.parse::<Quantity>().unwrap();
                let limit = target.parse::<Quantity>().unwrap();
                let text = quantity.beside(&target, false);
                let shown = text.parse::<Quantity>().unwrap();
                prop_assert_eq!(shown.cmp(&limit), quantity.cmp(&limit), "{} beside {}: {}", amount, target, text);
                let (shown, exact) = (shown.as_f64(), quantity.as_f64());
                prop_assert!((shown - exact).abs() <= exact.abs() * 0.051, "{} beside {}: {}", amount, target, text);
            }
        }
    }
}
