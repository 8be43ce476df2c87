//! Basics of every front end: text and its width, time, tables, colour, formats, and the only
//! access to standard output. Nothing here knows about clusters.
//!
//! Only [`stdout`] writes to standard output.

pub mod color;
pub mod csv;
pub mod file;
pub mod full_screen;
pub mod json;
pub mod keys;
pub mod line;
pub mod live;
pub mod messages;
pub mod outlet;
pub mod progress;
pub mod shown;
pub mod stdout;
pub mod table;
pub mod text;
pub mod time;
pub mod wait;
pub mod yaml;

pub use color::{ColorChoice, Style, Tone};
pub use messages::Messages;
pub use progress::Progress;
