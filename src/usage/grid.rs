//! Times at an equal distance, and values at them: what was not seen stays empty.

use std::time::Duration;

use jiff::Timestamp;

/// Times at an equal distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// The first, in seconds since 1970.
    pub start: i64,
    /// The distance in seconds.
    pub step: u64,
    /// How many there are.
    pub count: usize,
}

/// A value for each time of a grid; none where none was seen. Empty where none was seen at any time: of many HPAs over a long
/// time, what nobody has measured takes no memory.
pub type Line = Vec<Option<f64>>;

impl Grid {
    /// Puts points (seconds since 1970, value) in their places. Values that are no numbers, and points between the
    /// times, are left out.
    pub fn line(&self, points: impl IntoIterator<Item = (f64, f64)>) -> Line {
        let mut line = Line::new();
        for (at, value) in points.into_iter().filter(|(_, value)| value.is_finite()) {
            let Some(place) = self.place(at).filter(|place| *place < self.count) else { continue };
            if line.is_empty() {
                line.resize(self.count, None);
            }
            if let Some(place) = line.get_mut(place) {
                *place = Some(value);
            }
        }
        line
    }

    fn place(&self, at: f64) -> Option<usize> {
        #[expect(clippy::cast_possible_truncation, reason = "seconds; what is none saturates")]
        let offset = (at.round() as i64).checked_sub(self.start)?;
        let offset = u64::try_from(offset).ok()?;
        let step = self.step.max(1);
        (offset % step == 0).then(|| usize::try_from(offset / step).ok()).flatten()
    }

    /// The time at a place.
    pub fn at(&self, place: usize) -> Timestamp {
        let offset = u64::try_from(place).unwrap_or(u64::MAX).saturating_mul(self.step);
        let second = self.start.saturating_add(i64::try_from(offset).unwrap_or(i64::MAX));
        Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
    }

    /// The time that so many places stand for.
    pub fn time(&self, places: usize) -> Duration {
        Duration::from_secs(u64::try_from(places).unwrap_or(u64::MAX).saturating_mul(self.step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_in_their_places_and_the_rest_is_empty() {
        let grid = Grid { start: 600, step: 60, count: 4 };
        let points =
            [(600.0, 1.0), (659.0, 9.0), (720.0, f64::NAN), (780.0, 4.0), (840.0, 5.0), (0.0, 7.0)];
        assert_eq!(grid.line(points), [Some(1.0), None, None, Some(4.0)]);
        let none = grid.line([(659.0, 9.0), (720.0, f64::NAN), (840.0, 5.0)]);
        assert_eq!((none.len(), none.capacity()), (0, 0), "nothing was seen");
        assert_eq!(grid.at(3), Timestamp::from_second(780).unwrap());
        assert_eq!(grid.time(3), Duration::from_mins(3));
    }
}
