//! File descriptors reserved from connections: without a reserve the supervisor could neither be
//! reached nor start a kubectl.

use std::fs::File;

use crate::process;

/// How many are reserved, if the limit is large enough: for several kubectls that start at the same
/// time, clients of the control socket, and the registry.
const KEPT_BACK: u64 = 64;

/// Whether a connection may be accepted. A new descriptor gets the lowest free number, so the
/// highest numbers stay free for everything else as long as connections stay below them.
pub(super) fn has_room() -> bool {
    match (process::lowest_free_descriptor(), process::open_files_limit()) {
        (Some(next), Some(limit)) => next < below(limit),
        // No descriptor is left, or the system does not tell the limit.
        (next, _) => next.is_some(),
    }
}

/// How many of `limit` descriptors connections may take.
fn below(limit: u64) -> u64 {
    limit - KEPT_BACK.min(limit / 4)
}

/// Descriptors that are closed when the control socket cannot accept, so that a client can still
/// learn why.
#[derive(Debug, Default)]
pub(super) struct Spare(Vec<File>);

impl Spare {
    /// One for the client, and three for what answering it may need.
    const COUNT: usize = 4;

    /// Opens spare descriptors up to the count, or until none is left.
    pub(super) fn fill(&mut self) {
        while self.0.len() < Self::COUNT {
            let Ok(file) = File::open("/dev/null") else { return };
            self.0.push(file);
        }
    }

    /// Closes the spare descriptors. Returns whether there were any.
    pub(super) fn release(&mut self) -> bool {
        !std::mem::take(&mut self.0).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_descriptors_are_reserved_whatever_the_limit() {
        assert_eq!(below(1024), 960);
        assert_eq!(below(64), 48);
        assert_eq!(below(0), 0);
        assert!(has_room());
    }

    #[test]
    fn spare_descriptors_are_opened_and_released() {
        let mut spare = Spare::default();
        assert!(!spare.release());
        spare.fill();
        spare.fill();
        assert_eq!(spare.0.len(), Spare::COUNT);
        assert!(spare.release());
        assert!(!spare.release());
    }
}
