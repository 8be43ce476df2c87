use super::*;
use proptest::prelude::*;

fn q(text: &str) -> Quantity {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn every_suffix_is_parsed() {
    for (text, value) in [
        ("1n", 1e-9),
        ("1u", 1e-6),
        ("1m", 1e-3),
        ("1", 1.0),
        ("1k", 1e3),
        ("1M", 1e6),
        ("1G", 1e9),
        ("1T", 1e12),
        ("1P", 1e15),
        ("1E", 1e18),
        ("1Ki", 1024.0),
        ("1Mi", 1_048_576.0),
        ("1Gi", 1_073_741_824.0),
        ("1Ti", 1_099_511_627_776.0),
        ("1Pi", 1_125_899_906_842_624.0),
        ("1Ei", 1_152_921_504_606_846_976.0),
        ("1e3", 1000.0),
        ("1E3", 1000.0),
        ("1e+3", 1000.0),
        ("1e-3", 0.001),
        ("+1.5", 1.5),
        ("-1.5", -1.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1.5Ki", 1536.0),
    ] {
        let difference = (q(text).as_f64() - value).abs();
        assert!(difference <= value.abs() * 1e-12, "{text} is {}", q(text).as_f64());
    }
}

#[test]
fn equal_values_in_different_notations_are_equal() {
    for (a, b) in [
        ("1000m", "1"),
        ("1Ki", "1024"),
        ("1e3", "1k"),
        ("171502796800m", "171502796.8"),
        ("0.5Gi", "512Mi"),
        ("1E", "1e18"),
        ("0", "-0"),
        ("0Mi", "0"),
        ("00012", "12"),
    ] {
        assert_eq!(q(a), q(b), "{a} = {b}");
    }
    assert!(q("171502796800m") < q("164Mi"));
    assert!(q("171502796800m") > q("163Mi"));
    assert!(q("-1") < q("1n"));
}

#[test]
fn the_canonical_form_is_that_of_kubernetes() {
    for (text, canonical) in [
        ("0", "0"),
        ("0Ki", "0"),
        ("1.5", "1500m"),
        ("1000m", "1"),
        ("1000", "1k"),
        ("1024", "1024"),
        ("1024Ki", "1Mi"),
        ("1536Ki", "1536Ki"),
        ("0.5Gi", "512Mi"),
        ("0.5Ki", "512"),
        ("1.0001Ki", "1024102400u"),
        ("1e3", "1e3"),
        ("1E3", "1e3"),
        ("12e2", "1200"),
        ("1000000000e-6", "1e3"),
        ("0.001e0", "1e-3"),
        ("171502796800m", "171502796800m"),
        ("-250m", "-250m"),
        ("100", "100"),
        ("1000E", "1000E"),
        ("2048Ei", "2048Ei"),
        ("0.1n", "1n"),
        ("-0.1n", "-1n"),
    ] {
        assert_eq!(q(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn invalid_quantities_are_rejected() {
    for text in [
        "", "+", "-", ".", "..", "1..2", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", ".5i", "1i",
        "-3.01i", "-3.01e-", "1e", "1 ", " 1", "1K", "--1", "1e1.5", "٣", "1Kib", "e3", "inf",
        "NaN",
    ] {
        // "1e" is neither an exponent nor a suffix; "1E" is exa.
        assert!(text.parse::<Quantity>().is_err(), "{text:?}");
    }
}

#[test]
fn extreme_values_saturate() {
    let digits = "9".repeat(400);
    assert!(q(&digits) > q("1Ei"));
    assert!(q(&format!("-{digits}Ei")) < q("-1Ei"));
    assert_eq!(q("1e99999999999999999999"), q(&digits));
    assert_eq!(q("1e-99999999999999999999").to_string(), "1e-9");
    assert_eq!(q(&format!("0.{digits}Gi")).human_bytes(), "1Gi");
    assert_eq!(q(&digits) + q(&digits), q(&digits));
    assert!(!q(&digits).to_string().is_empty());
}

#[test]
fn the_result_of_a_division_by_zero_is_recognized() {
    for text in [
        "-9223372036854775808m",
        "-9223372036854775808",
        "-9223372036854775808n",
        "-9223372036854775808u",
        "-9223372036854775808k",
        "-9223372036854775808E",
        "-9223372036854775808Ki",
        "-9223372036854775808e-3",
        "-9223372036854775",
        "-9223372036854776",
        "-8Ei",
    ] {
        assert!(q(text).is_overflow(), "{text}");
    }
    for text in ["0", "-1", "-5k", "9223372036854775807", "-9223372036854775807n", "-1P", "-1n"] {
        assert!(!q(text).is_overflow(), "{text}");
    }
}

#[test]
fn quantities_are_added() {
    let total: Quantity = ["100m", "0.5", "1"].into_iter().map(q).sum();
    assert_eq!(total.to_string(), "1600m");
    let total: Quantity = ["128Mi", "1Gi"].into_iter().map(q).sum();
    assert_eq!(total.to_string(), "1152Mi");
}

#[test]
fn amounts_are_formatted_for_people() {
    for (text, bytes) in [
        ("171502796800m", "163.6Mi"),
        ("512Mi", "512Mi"),
        ("1.5Gi", "1.5Gi"),
        ("1023", "1023"),
        ("1048575", "1Mi"),
        ("0", "0"),
    ] {
        assert_eq!(q(text).human_bytes(), bytes, "{text}");
    }
    for (text, cpu) in [
        ("250m", "250m"),
        ("0.25", "250m"),
        ("1", "1"),
        ("1500m", "1.5"),
        ("10", "10"),
        ("100", "100"),
        ("250u", "250u"),
        ("999.9m", "1"),
        ("12345678n", "12m"),
        ("0", "0"),
    ] {
        assert_eq!(q(text).human_cpu(), cpu, "{text}");
    }
}

#[test]
fn quantities_are_parsed_from_json_strings_and_numbers() {
    assert_eq!(serde_json::from_str::<Quantity>("2").unwrap(), q("2"));
    assert_eq!(serde_json::from_str::<Quantity>("0.5").unwrap(), q("500m"));
    assert_eq!(serde_json::from_str::<Quantity>(r#""1Gi""#).unwrap(), q("1Gi"));
    assert!(serde_json::from_str::<Quantity>("{}").is_err());
    assert_eq!(serde_json::to_string(&q("0.5")).unwrap(), r#""500m""#);
}

const SUFFIXES: [&str; 20] = [
    "n", "u", "m", "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "e3",
    "E-3", "e0", "e6",
];

proptest! {
    #[test]
    fn parsing_any_text_does_not_panic(text in any::<String>()) {
        let _ = text.parse::<Quantity>();
    }

    #[test]
    fn parsing_almost_valid_quantities_does_not_panic(text in "[-+]?[0-9.]{0,60}[eEinumkKMGTP]{0,2}[-+]?[0-9]{0,12}") {
        if let Ok(quantity) = text.parse::<Quantity>() {
            let _ = (quantity.human_bytes(), quantity.human_cpu(), quantity.as_f64());
            let printed = quantity.to_string();
            prop_assert_eq!(q(&printed), quantity, "{} printed as {}", text, printed);
        }
    }

    #[test]
    fn a_printed_quantity_is_parsed_unchanged(number in -1_000_000_000_i64..1_000_000_000, scale in 0_usize..20) {
        let quantity = q(&format!("{number}{}", SUFFIXES[scale]));
        let printed = quantity.to_string();
        prop_assert_eq!(q(&printed), quantity);
        // The canonical form is stable.
        prop_assert_eq!(q(&printed).to_string(), printed);
    }

    #[test]
    fn the_order_is_that_of_the_values(a in -1_000_000_i64..1_000_000, x in 0_usize..20, b in -1_000_000_i64..1_000_000, y in 0_usize..20) {
        let (left, right) = (q(&format!("{a}{}", SUFFIXES[x])), q(&format!("{b}{}", SUFFIXES[y])));
        let (l, r) = (left.as_f64(), right.as_f64());
        // Floating point cannot distinguish nearly equal values; for others the order must agree.
        if (l - r).abs() > l.abs().max(r.abs()) * 1e-12 {
            prop_assert_eq!(left.cmp(&right), l.total_cmp(&r));
        }
        prop_assert_eq!(left + right, right + left);
    }

    #[test]
    fn billionths_are_exact(nanos in any::<i64>()) {
        let quantity = q(&format!("{nanos}n"));
        prop_assert_eq!(quantity.nanos, i128::from(nanos));
    }
}

#[test]
fn thousandths_are_rounded_away_from_zero() {
    let of = |text: &str| text.parse::<Quantity>().unwrap().thousandths();
    assert_eq!(of("250m"), Some(250));
    assert_eq!(of("1n"), Some(1));
    assert_eq!(of("-1001u"), Some(-2));
    assert_eq!(of("4611686018427387904m"), Some(1 << 62));
    assert_eq!(of("4611686018427387.904"), Some(1 << 62));
    assert_eq!(of("4611686018427387904"), None);
    assert_eq!(Quantity::from_thousandths(1 << 62).to_string(), "4611686018427387904m");
    assert_eq!(Quantity::from_thousandths(-1500).thousandths(), Some(-1500));
}

#[test]
fn the_canonical_form_has_digits_and_a_power_of_ten() {
    let of = |text: &str| text.parse::<Quantity>().unwrap().canonical();
    assert_eq!(of("0.05"), Some((50, -3)));
    assert_eq!(of("0"), Some((0, 0)));
    assert_eq!(of("2000"), Some((2, 3)));
    assert_eq!(of("1500m"), Some((1500, -3)));
    assert_eq!(of("1Ki"), Some((1024, 0)));
}
