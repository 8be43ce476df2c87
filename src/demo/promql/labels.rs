//! The labels of a series.

use std::sync::Arc;

use super::NAME;

/// The labels of a series, with its name as [`NAME`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::demo) struct Labels(
    /// In the order of names; none is empty.
    Vec<(Arc<str>, Arc<str>)>,
);

impl Labels {
    pub(in crate::demo) fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Labels {
        let mut labels = Labels::default();
        for (name, value) in pairs {
            labels.set(name, value);
        }
        labels
    }

    /// The value of a label; empty if there is none.
    pub(in crate::demo) fn get(&self, name: &str) -> &str {
        let value = self.place(name).ok().and_then(|place| self.0.get(place));
        value.map_or("", |(_, value)| value)
    }

    /// Sets a label; an empty value removes it.
    pub(in crate::demo) fn set(&mut self, name: &str, value: &str) {
        match self.place(name) {
            Ok(place) if value.is_empty() => drop(self.0.remove(place)),
            Ok(place) => {
                if let Some((_, old)) = self.0.get_mut(place) {
                    *old = value.into();
                }
            }
            Err(_) if value.is_empty() => {}
            Err(place) => self.0.insert(place, (name.into(), value.into())),
        }
    }

    /// Where a label is, or would be.
    fn place(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| (**other).cmp(name))
    }

    pub(in crate::demo) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// These labels alone.
    pub(super) fn keep(&self, names: &[String]) -> Labels {
        self.filtered(|name| names.iter().any(|other| other == name))
    }

    /// Without these labels, and without the name.
    pub(super) fn without(&self, names: &[String]) -> Labels {
        self.filtered(|name| name != NAME && !names.iter().any(|other| other == name))
    }

    fn filtered(&self, is_kept: impl Fn(&str) -> bool) -> Labels {
        Labels(self.0.iter().filter(|(name, _)| is_kept(name)).cloned().collect())
    }
}
