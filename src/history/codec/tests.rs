use super::super::amount::{Compact, put_reading, take_reading};
use super::*;
use crate::hpa::MetricCurrent;

#[test]
fn amounts_come_back_as_they_were_written() {
    for text in [
        "68",
        "0",
        "-0",
        "007",
        "340m",
        "171502796800m",
        "1e3",
        "1.5Gi",
        "12Ei",
        "",
        "-5",
        "abc",
        "9223372036854775808",
        "m",
    ] {
        for utilization in [None, Some(68), Some(0)] {
            let current = MetricCurrent {
                value: Some(text.to_owned()),
                average_value: Some(text.to_owned()),
                utilization,
            };
            let mut bytes = Vec::new();
            put_reading(&mut bytes, Some(&Compact::from(&current)));
            let mut from = Bytes(&bytes);
            let back = take_reading(&mut from).unwrap().unwrap();
            assert_eq!(back.current(), current, "{text}");
            assert!(from.0.is_empty());
        }
    }
}

#[test]
fn an_ordinary_change_takes_few_bytes() {
    let cpu = |utilization: i32, average: &str| {
        vec![Some(Compact::from(&MetricCurrent {
            value: Some(utilization.to_string()),
            average_value: Some(average.to_owned()),
            utilization: Some(utilization),
        }))]
    };
    let before =
        State { spec: 1, shape: 2, current: 4, readings: cpu(68, "340m"), ..State::default() };
    let now = State { current: 5, desired: 5, readings: cpu(71, "355m"), ..before.clone() };
    let mut bytes = Vec::new();
    append(&mut bytes, 1, &before, &now);
    assert!(bytes.len() <= 12, "{}", bytes.len());
}

#[test]
fn bytes_that_make_no_sense_are_none_of_a_record() {
    let mut good = Vec::new();
    let time = Timestamp::from_second(1_800_000_000).unwrap();
    let state = State {
        spec: 300,
        shape: 7,
        current: i32::MAX,
        desired: i32::MIN,
        scaled: Some(time),
        times: vec![None, Some(time)],
        readings: vec![
            None,
            Some(Compact::from(&MetricCurrent {
                value: Some("x".into()),
                average_value: None,
                utilization: None,
            })),
        ],
        flags: [Some(true), None],
        target: Some(Target { resources: 9, replicas: Some(3), ready: None }),
    };
    append(&mut good, 5, &State::default(), &state);
    let mut records = Records::new(&good);
    records.advance().unwrap();
    assert_eq!((records.offset, &records.state), (5, &state));
    for end in 0..good.len() {
        assert_eq!(Records::new(&good[..end]).advance(), None, "{end}");
    }
    assert_eq!(Records::new(&[0xff; 30]).advance(), None);
}
