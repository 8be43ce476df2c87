//! The load of a workload as a function of time: a daily and a weekly rhythm, noise, a spike, and what is peculiar
//! to the workloads that stand for a mistake in their HPA's settings. Times are relative to the present, so that
//! two demos differ in nothing else.

use super::super::names::{DAY, HOUR, MINUTE, hash};

/// The load is as it is now for this long.
const STEADY: i64 = 30 * MINUTE;
/// Until then it goes over to what it is now.
const APPROACH: i64 = 60 * MINUTE;
/// The present is at this time of a Thursday.
const TIME_OF_DAY: f64 = 13.0 / 24.0;
const WEEKDAY: i64 = 3;

/// How the load of a workload goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Days and weeks.
    Natural,
    /// Constant: what is not known of it, or what does not react.
    Flat,
    /// Days, a campaign of a week, and a campaign that began lately.
    Campaigns {
        /// How many seconds ago the present campaign began.
        ago: i64,
    },
    /// Up and down every few minutes.
    Pulses,
    /// Short peaks above a low rest.
    Peaks,
}

/// The load of one workload over time.
#[derive(Debug, Clone)]
pub(super) struct Load {
    shape: Shape,
    now: i64,
    seed: u64,
    /// The level of the rhythm at present, to which others are relative.
    present: f64,
}

impl Load {
    pub(super) fn new(shape: Shape, now: i64, name: [&str; 3]) -> Load {
        let mut load = Load { shape, now, seed: hash(&name), present: 1.0 };
        load.present = load.rhythm(now);
        load
    }

    /// The load at a time as a multiple of the present load.
    pub(super) fn level(&self, at: i64) -> f64 {
        let ago = self.now - at;
        if ago <= 0 || self.shape == Shape::Flat {
            return 1.0;
        }
        if let Shape::Campaigns { ago: began } = self.shape {
            return self.campaigns(at, ago, began);
        }
        if ago <= STEADY {
            return 1.0;
        }
        let level = self.past(at, ago);
        if ago >= APPROACH {
            return level;
        }
        let part = seconds(ago - STEADY) / seconds(APPROACH - STEADY);
        1.0 + (level - 1.0) * part
    }

    fn past(&self, at: i64, ago: i64) -> f64 {
        let level = self.rhythm(at) / self.present * self.noise(at);
        match self.shape {
            Shape::Pulses => {
                // So long that a rate over two minutes shows them, with less than a quarter of an hour in between.
                let phase = seconds(ago % (20 * MINUTE)) / seconds(20 * MINUTE);
                level * if phase < 0.45 { 1.9 } else { 0.75 }
            }
            _ if self.is_spike(ago) => level * 1.8,
            _ => level,
        }
    }

    /// Before the present campaign, less was wanted than there is now by far.
    fn campaigns(&self, at: i64, ago: i64, began: i64) -> f64 {
        let usual = 0.27 * self.rhythm(at) / self.present * self.noise(at);
        if ago <= began {
            return (usual + (1.0 - usual) * seconds(began - ago) / 120.0).min(1.0);
        }
        if (7 * DAY..14 * DAY).contains(&ago) { usual * 4.4 } else { usual }
    }

    /// Half an hour three days ago.
    fn is_spike(&self, ago: i64) -> bool {
        let late = 3 * DAY + i64::try_from(self.seed % 7).unwrap_or(0) * HOUR;
        (late..late + 30 * MINUTE).contains(&ago)
    }

    fn rhythm(&self, at: i64) -> f64 {
        let days = seconds(at - self.now) / seconds(DAY) + TIME_OF_DAY;
        let whole = days.floor();
        let time = days - whole;
        let bump = |center: f64, width: f64| {
            let off = (time - center).abs();
            let off = off.min(1.0 - off) / width;
            (-0.5 * off * off).exp()
        };
        if self.shape == Shape::Peaks {
            return 0.22 + 0.78 * bump(TIME_OF_DAY, 0.045);
        }
        #[expect(clippy::cast_possible_truncation, reason = "a few weeks")]
        let weekday = (whole as i64 + WEEKDAY).rem_euclid(7);
        let week = if weekday >= 5 { 0.72 } else { 1.0 };
        week * (0.32 + 0.55 * bump(0.52, 0.13) + 0.38 * bump(0.83, 0.07))
    }

    /// Noise of a few percent, smooth over some minutes.
    fn noise(&self, at: i64) -> f64 {
        let value = |period: i64, weight: f64| {
            let knot = at.div_euclid(period);
            let part = seconds(at.rem_euclid(period)) / seconds(period);
            let (from, to) = (self.random(period, knot), self.random(period, knot + 1));
            weight * (from + (to - from) * part)
        };
        1.0 + value(17 * MINUTE, 0.05) + value(3 * MINUTE, 0.025)
    }

    /// A number from -1 to 1.
    fn random(&self, period: i64, knot: i64) -> f64 {
        let mut bits = self.seed ^ knot.wrapping_mul(period).cast_unsigned();
        bits = (bits ^ (bits >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        bits = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bits = u32::try_from(bits >> 32).unwrap_or(0);
        f64::from(bits) / f64::from(u32::MAX) * 2.0 - 1.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "a time")]
fn seconds(seconds: i64) -> f64 {
    seconds as f64
}
