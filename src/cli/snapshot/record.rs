//! A message about what is stored.

/// The note where [`Pruned::held`](crate::history::Pruned::held).
pub(in crate::cli) const HELD: &str = "old snapshots stay for now: the latest are dated so long after \
    them that the clock may be wrong; snapshot prune deletes them at once";
