//! Which other settings of an HPA would have done better with a recorded load: a promise first, then the fewest
//! pod-hours. Pure functions over the room `simulation`.
//!
//! | file | what it does |
//! |---|---|
//! | `question` | the load and the HPA, and the answer: proposals, or why there are none |
//! | `refusal` | why an HPA cannot be judged |
//! | `promise` | what settings must keep, and what a course of replicas is a day |
//! | `trial` | settings over a part of the load |
//! | `candidate` | settings that are tried, and the HPA with them |
//! | `choose` | the proposals that are worth making |
//! | `space` | which settings are tried |
//! | `search` | the cheapest settings that keep a promise |
//! | `remedy` | the setting that would have prevented a finding |
//! | `risk` | what is not known of a proposal |
//! | `patch` | what changes: by path, and as a merge patch |
//! | `owner` | where an HPA is changed that a tool keeps |

mod candidate;
mod choose;
mod owner;
mod patch;
mod promise;
mod question;
mod refusal;
mod remedy;
mod risk;
mod search;
mod space;
mod trial;

pub use choose::WORTH_PERCENT;
pub use owner::Owner;
pub use patch::{Changed, changes, manifest, merge_patch};
pub use promise::{CAPACITY_PERCENT, Daily, Limits, Promise, decimals};
pub use question::{Advice, Effort, Interrupt, Kind, Now, Proposal, Question};
pub use refusal::Refusal;
pub use remedy::{REMEDIED, Remedy};

#[cfg(test)]
mod tests;
