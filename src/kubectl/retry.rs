//! Exponential backoff with jitter.

use std::hash::{BuildHasher as _, Hasher as _};
use std::time::Duration;

/// The wait before each retry: `first`, doubled each time up to `most`; of that a random part
/// between half and all is used, so that many clients do not return at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The upper bound of the first wait.
    pub first: Duration,
    /// The upper bound of every wait.
    pub most: Duration,
}

impl Default for Backoff {
    /// 200 ms, doubling to 30 s.
    fn default() -> Self {
        Self { first: Duration::from_millis(200), most: Duration::from_secs(30) }
    }
}

impl Backoff {
    /// The wait before retry number `retry`, counted from 0.
    pub fn delay(self, retry: u32) -> Duration {
        self.delay_with(retry, random_fraction())
    }

    /// Like [`Backoff::delay`], with `fraction` (0 to 1) as the jitter.
    fn delay_with(self, retry: u32, fraction: f64) -> Duration {
        let whole = self.first.saturating_mul(2u32.saturating_pow(retry)).min(self.most);
        whole.mul_f64(0.5 + fraction.clamp(0.0, 1.0) / 2.0)
    }
}

/// A number from 0 to 1, from the keys with which the standard library seeds its hash maps: good
/// enough for jitter, without another dependency.
fn random_fraction() -> f64 {
    let mut hasher = std::hash::RandomState::new().build_hasher();
    hasher.write_u8(0);
    // The upper 32 bits, exactly representable.
    f64::from(u32::try_from(hasher.finish() >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_most() {
        let backoff = Backoff::default();
        let whole: Vec<u128> = (0..10).map(|n| backoff.delay_with(n, 1.0).as_millis()).collect();
        assert_eq!(whole, [200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000]);
        assert_eq!(backoff.delay_with(0, 0.0).as_millis(), 100);
        assert_eq!(backoff.delay_with(u32::MAX, 1.0), backoff.most);
    }

    #[test]
    fn jitter_stays_inside_its_bounds_and_varies() {
        let backoff = Backoff::default();
        let delays: Vec<Duration> = (0..50).map(|_| backoff.delay(3)).collect();
        assert!(delays.iter().all(|d| (800..=1600).contains(&d.as_millis())), "{delays:?}");
        assert!(delays.iter().any(|d| *d != delays[0]));
    }
}
