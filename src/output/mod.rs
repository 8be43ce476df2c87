//! What a user or a program sees: tables, documents, colour and progress.
//!
//! No logic enters here: values come in as they are and go out as text. Nothing but
//! [`stdout`] writes to standard output.

pub mod color;
pub mod csv;
pub mod json;
pub mod progress;
pub mod stdout;
pub mod table;
pub mod text;
pub mod time;
pub mod yaml;
