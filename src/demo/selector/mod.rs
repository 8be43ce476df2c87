//! Label and field selectors, parsed as by the API server.

mod field;
mod label;

pub(super) use field::FieldSelector;
pub(super) use label::LabelSelector;
