//! Label and field selectors, as the API server reads them.

mod field;
mod label;

pub(super) use field::FieldSelector;
pub(super) use label::LabelSelector;
