//! What is wrong with an HPA, and what to do: the catalogue of findings, each a pure function over
//! one HPA with what it is judged by. No I/O and no clock.

mod subject;

pub use subject::{Known, Past, PastTarget, Reading, Subject, World};
