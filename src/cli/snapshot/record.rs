//! A message about what is stored.

/// The note where [`Pruned::held`](crate::history::Pruned::held).
pub(in crate::cli) const HELD: &str = "old snapshots kept: the newest is dated suspiciously far ahead (is the \
    clock right?); snapshot prune deletes them anyway";
