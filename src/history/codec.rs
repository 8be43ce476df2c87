//! The bytes of one HPA's readings. A chunk is a sequence of records, each holding what changed
//! since the one before; the first holds everything. Numbers are LEB128, signed ones zigzag.
//!
//! A record: how many snapshots since the last record, a mask of what changed, and these fields in
//! the mask's order. Replica counts and times are differences, so that they take a byte or two.

use jiff::Timestamp;

use super::amount::{Compact, put_reading, take_reading};

/// The data of an HPA that may change with every reading. The rest is stored as parts, referenced
/// by id.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct State {
    /// The part with the spec.
    pub(super) spec: i64,
    /// The part with the conditions, without their times.
    pub(super) shape: i64,
    pub(super) current: i32,
    pub(super) desired: i32,
    pub(super) scaled: Option<Timestamp>,
    /// When each condition last changed.
    pub(super) times: Vec<Option<Timestamp>>,
    /// A reading for each metric of the spec.
    pub(super) readings: Vec<Option<Compact>>,
    /// `ableToScale` and `scalingActive`.
    pub(super) flags: [Option<bool>; 2],
    pub(super) target: Option<Target>,
}

/// The target's data that changes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Target {
    /// The part with requests and limits.
    pub(super) resources: i64,
    pub(super) replicas: Option<i32>,
    pub(super) ready: Option<i32>,
}

impl Target {
    /// The target does not exist, as opposed to not having been read. Part ids start at 1, so -1
    /// is free.
    pub(super) const MISSING: Self = Self { resources: -1, replicas: None, ready: None };
}

const READINGS: u64 = 1;
const CURRENT: u64 = 1 << 1;
const DESIRED: u64 = 1 << 2;
const SCALED: u64 = 1 << 3;
const TIMES: u64 = 1 << 4;
const TARGET: u64 = 1 << 5;
const SHAPE: u64 = 1 << 6;
const SPEC: u64 = 1 << 7;
const FLAGS: u64 = 1 << 8;

/// Appends the record of a state that follows `before`, which was stored `offset` snapshots
/// earlier.
pub(super) fn append(out: &mut Vec<u8>, offset: u64, before: &State, now: &State) {
    put(out, offset);
    let changed = |bit: u64, changed: bool| if changed { bit } else { 0 };
    let mask = changed(READINGS, before.readings != now.readings)
        | changed(CURRENT, before.current != now.current)
        | changed(DESIRED, before.desired != now.desired)
        | changed(SCALED, before.scaled != now.scaled)
        | changed(TIMES, before.times != now.times)
        | changed(TARGET, before.target != now.target)
        | changed(SHAPE, before.shape != now.shape)
        | changed(SPEC, before.spec != now.spec)
        | changed(FLAGS, before.flags != now.flags);
    put(out, mask);
    if mask & READINGS != 0 {
        put(out, now.readings.len() as u64);
        for reading in &now.readings {
            put_reading(out, reading.as_ref());
        }
    }
    if mask & CURRENT != 0 {
        put_signed(out, i64::from(now.current) - i64::from(before.current));
    }
    if mask & DESIRED != 0 {
        put_signed(out, i64::from(now.desired) - i64::from(before.desired));
    }
    if mask & SCALED != 0 {
        put_time(out, before.scaled, now.scaled);
    }
    if mask & TIMES != 0 {
        put(out, now.times.len() as u64);
        for (index, time) in now.times.iter().enumerate() {
            put_time(out, before.times.get(index).copied().flatten(), *time);
        }
    }
    if mask & TARGET != 0 {
        match now.target {
            None => put(out, 0),
            Some(target) => {
                // Never 0, which stands for no data about the target: part ids start at 1, and a
                // missing target is -1.
                put_signed(out, target.resources);
                let before = before.target.unwrap_or_default();
                put_count(out, before.replicas, target.replicas);
                put_count(out, before.ready, target.ready);
            }
        }
    }
    if mask & SHAPE != 0 {
        put_signed(out, now.shape);
    }
    if mask & SPEC != 0 {
        put_signed(out, now.spec);
    }
    if mask & FLAGS != 0 {
        let code = |flag: Option<bool>| flag.map_or(0_u64, |flag| 1 + u64::from(flag));
        let [able, active] = now.flags;
        put(out, code(able) * 3 + code(active));
    }
}

/// Reads the records of a chunk in order.
pub(super) struct Records<'a> {
    bytes: Bytes<'a>,
    /// The offset and the state of the last record that was read.
    pub(super) offset: u64,
    pub(super) state: State,
}

impl<'a> Records<'a> {
    pub(super) fn new(chunk: &'a [u8]) -> Self {
        Self { bytes: Bytes(chunk), offset: 0, state: State::default() }
    }

    /// The offset of the next record; `None` after the last one.
    pub(super) fn peek(&self) -> Option<u64> {
        let mut ahead = Bytes(self.bytes.0);
        self.offset.checked_add(ahead.number()?)
    }

    /// Reads the next record into `offset` and `state`; `None` if the bytes are invalid.
    pub(super) fn advance(&mut self) -> Option<()> {
        let from = &mut self.bytes;
        self.offset = self.offset.checked_add(from.number()?)?;
        let state = &mut self.state;
        let mask = from.number()?;
        if mask & READINGS != 0 {
            let count = from.count()?;
            state.readings.clear();
            for _ in 0..count {
                state.readings.push(take_reading(from)?);
            }
        }
        if mask & CURRENT != 0 {
            state.current = moved(state.current, from.signed()?)?;
        }
        if mask & DESIRED != 0 {
            state.desired = moved(state.desired, from.signed()?)?;
        }
        if mask & SCALED != 0 {
            state.scaled = take_time(from, state.scaled)?;
        }
        if mask & TIMES != 0 {
            let count = from.count()?;
            state.times.resize(count, None);
            for time in &mut state.times {
                *time = take_time(from, *time)?;
            }
        }
        if mask & TARGET != 0 {
            let before = state.target.unwrap_or_default();
            state.target = match from.signed()? {
                0 => None,
                resources => Some(Target {
                    resources,
                    replicas: take_count(from, before.replicas)?,
                    ready: take_count(from, before.ready)?,
                }),
            };
        }
        if mask & SHAPE != 0 {
            state.shape = from.signed()?;
        }
        if mask & SPEC != 0 {
            state.spec = from.signed()?;
        }
        if mask & FLAGS != 0 {
            let code = from.number()?;
            let flag = |code: u64| match code {
                1 => Some(false),
                2 => Some(true),
                _ => None,
            };
            state.flags = [flag(code / 3), flag(code % 3)];
        }
        Some(())
    }

    /// Whether the whole chunk has been read.
    pub(super) fn is_done(&self) -> bool {
        self.bytes.0.is_empty()
    }

    /// Reads all records at or before `offset`.
    pub(super) fn advance_to(&mut self, offset: u64) -> Option<()> {
        while self.peek().is_some_and(|next| next <= offset) {
            self.advance()?;
        }
        Some(())
    }
}

fn moved(number: i32, by: i64) -> Option<i32> {
    i32::try_from(i64::from(number).checked_add(by)?).ok()
}

fn put_count(out: &mut Vec<u8>, before: Option<i32>, now: Option<i32>) {
    match now {
        None => put(out, 0),
        Some(now) => put(out, zigzag(i64::from(now) - i64::from(before.unwrap_or(0))) + 1),
    }
}

#[expect(clippy::option_option, reason = "nonsense, or no count")]
fn take_count(from: &mut Bytes<'_>, before: Option<i32>) -> Option<Option<i32>> {
    match from.number()? {
        0 => Some(None),
        code => moved(before.unwrap_or(0), unzigzag(code - 1)).map(Some),
    }
}

const NANOS: i128 = 1_000_000_000;

fn parts_of(time: Option<Timestamp>) -> (i64, u64) {
    let nanos = time.map_or(0, Timestamp::as_nanosecond);
    // Any timestamp's seconds fit into 40 bits.
    let second = i64::try_from(nanos.div_euclid(NANOS)).unwrap_or_default();
    (second, u64::try_from(nanos.rem_euclid(NANOS)).unwrap_or_default())
}

fn put_time(out: &mut Vec<u8>, before: Option<Timestamp>, now: Option<Timestamp>) {
    if now.is_none() {
        return put(out, 0);
    }
    let ((from, _), (second, nanos)) = (parts_of(before), parts_of(now));
    put(out, (zigzag(second - from) << 1 | u64::from(nanos != 0)) + 1);
    if nanos != 0 {
        put(out, nanos);
    }
}

#[expect(clippy::option_option, reason = "nonsense, or no time")]
fn take_time(from: &mut Bytes<'_>, before: Option<Timestamp>) -> Option<Option<Timestamp>> {
    let code = match from.number()? {
        0 => return Some(None),
        code => code - 1,
    };
    let second = parts_of(before).0.checked_add(unzigzag(code >> 1))?;
    let nanos = if code & 1 == 1 { from.number()? } else { 0 };
    let nanos = i128::from(second) * NANOS + i128::from(nanos);
    Timestamp::from_nanosecond(nanos).ok().map(Some)
}

/// Appends a number.
pub(super) fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        #[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    #[expect(clippy::cast_possible_truncation, reason = "less than 128")]
    out.push(number as u8);
}

pub(super) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, zigzag(number));
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -((number & 1).cast_signed())
}

/// The bytes still to be read. Each method returns `None` if too few are left.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for (index, byte) in self.0.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.0 = self.0.get(index + 1..)?;
                return Some(number);
            }
        }
        None
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        self.number().map(unzigzag)
    }

    /// A count of items of at least one byte each; a count above the number of bytes left is
    /// invalid.
    pub(super) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.0.len())
    }

    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests;
