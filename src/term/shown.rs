//! Long names shown short: by their aliases, and without the parts that all of their form share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError, RwLock};

use super::text::{distinct_cuts, joined, shorten, width};

/// A name of at most this many columns is short enough.
const SHORT: usize = 16;

/// How each of a list's names is shown. Names that are not in the list are shown as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownNames {
    shown: BTreeMap<String, String>,
    /// What is not shown of names.
    left_out: BTreeSet<String>,
}

static CURRENT: RwLock<ShownNames> =
    RwLock::new(ShownNames { shown: BTreeMap::new(), left_out: BTreeSet::new() });

impl ShownNames {
    /// Names with their aliases. Where `shorten` is set, names without an alias are shown without the parts that all of
    /// their form share. An alias that is also another one's name is not used.
    pub fn new<'a>(
        names: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
        shorten: bool,
    ) -> Self {
        let names: BTreeMap<&str, Option<&str>> = names.into_iter().collect();
        let usable = |alias: &&str| !names.contains_key(*alias);
        let mut shown: BTreeMap<String, String> = BTreeMap::new();
        let mut forms: BTreeMap<Form, Vec<&str>> = BTreeMap::new();
        for (name, alias) in &names {
            match alias.filter(usable) {
                Some(alias) => {
                    shown.insert((*name).to_owned(), alias.to_owned());
                }
                None => forms.entry(pieces(name).0).or_default().push(name),
            }
        }
        let mut short: BTreeMap<&str, Short> = BTreeMap::new();
        if shorten && names.len() > 1 {
            for (form, names) in forms {
                short.extend(shortened(form, &names));
            }
        }
        // A text that stands for two names, or is another one's name, is no name.
        while let Some(taken) = taken_twice(&names, &shown, &short) {
            short.retain(|_, it| it.text != taken);
        }
        let mut left_out = BTreeSet::new();
        for (name, Short { text, without }) in short {
            left_out.extend(without);
            shown.insert(name.to_owned(), text);
        }
        Self { shown, left_out }
    }

    /// The name that is shown so.
    fn shown_as(&self, text: &str) -> Option<&str> {
        self.shown.iter().find(|(_, shown)| *shown == text).map(|(name, _)| name.as_str())
    }

    /// How the name is shown.
    pub fn of<'a>(&'a self, name: &'a str) -> &'a str {
        self.shown.get(name).map_or(name, String::as_str)
    }

    /// The names cut to at most `least` columns so that they stay different, or else to the fewest columns with which they
    /// do; with the columns.
    fn cuts(&self, least: usize) -> Cuts {
        let texts: BTreeSet<&str> = self.shown.values().map(String::as_str).collect();
        let longest = texts.iter().map(|text| width(text)).max().unwrap_or(0);
        for room in (least..longest).step_by(4) {
            if let Some(cuts) = distinct_cuts(&texts, room) {
                let owned = |(text, cut): (&str, String)| (text.to_owned(), cut);
                return (room, cuts.into_iter().map(owned).collect());
            }
        }
        (longest.max(least), BTreeMap::new())
    }

    /// Makes these the names of [`shown`].
    pub fn make_current(self) {
        CUTS.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *CURRENT.write().unwrap_or_else(PoisonError::into_inner) = self;
    }
}

/// How the name is shown on the screen: as [`ShownNames::make_current`] has set, or as it is.
pub fn shown(name: &str) -> String {
    CURRENT.read().unwrap_or_else(PoisonError::into_inner).of(name).to_owned()
}

/// The columns that names are cut to, and what each is cut to.
type Cuts = (usize, BTreeMap<String, String>);

/// The cuts of the current names, by the columns that there are for them.
static CUTS: Mutex<BTreeMap<usize, Cuts>> = Mutex::new(BTreeMap::new());

fn with_cuts<T>(least: usize, get: impl FnOnce(&Cuts) -> T) -> T {
    let mut cuts = CUTS.lock().unwrap_or_else(PoisonError::into_inner);
    let compute = || CURRENT.read().unwrap_or_else(PoisonError::into_inner).cuts(least);
    get(cuts.entry(least).or_insert_with(compute))
}

/// How many columns names need to stay different: at least `least`.
pub fn columns_to_differ(least: usize) -> usize {
    with_cuts(least, |(columns, _)| *columns)
}

/// The name as it is shown, cut to [`columns_to_differ`]`(least)` columns.
pub fn shown_within(name: &str, least: usize) -> String {
    let text = shown(name);
    with_cuts(least, |(columns, cuts)| {
        cuts.get(&text).cloned().unwrap_or_else(|| shorten(&text, *columns).into_owned())
    })
}

/// A sentence about what is not shown of names; `None` if they are whole.
pub fn left_out() -> Option<String> {
    const MOST: usize = 3;
    let current = CURRENT.read().unwrap_or_else(PoisonError::into_inner);
    let first: Vec<String> =
        current.left_out.iter().take(MOST).map(|it| format!("{it:?}")).collect();
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    let more = if current.left_out.len() > MOST { ", …" } else { "" };
    (!first.is_empty()).then(|| format!("clusters are shown without {}{more}", joined(&first)))
}

/// The form of a name: whose program wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// `arn:aws:eks:REGION:ACCOUNT:cluster/NAME`
    Arn,
    /// `gke_PROJECT_ZONE_NAME`
    Gke,
    Other,
}

/// The form of a name, and its pieces, each but the last with the separator behind it. Of a form that is not known, the
/// name is one piece.
fn pieces(name: &str) -> (Form, Vec<&str>) {
    let (form, separators): (Form, &[char]) = match () {
        () if name.starts_with("arn:") => (Form::Arn, &[':', ':', ':', ':', ':', '/']),
        () if name.starts_with("gke_") => (Form::Gke, &['_', '_', '_']),
        () => (Form::Other, &[]),
    };
    let (mut pieces, mut rest) = (Vec::new(), name);
    for separator in separators {
        let Some((piece, after)) = rest.find(*separator).map(|at| rest.split_at(at + 1)) else {
            return (Form::Other, vec![name]);
        };
        pieces.push(piece);
        rest = after;
    }
    if !rest.chars().any(char::is_alphabetic) {
        return (Form::Other, vec![name]);
    }
    pieces.push(rest);
    (form, pieces)
}

/// A name as it is shown.
struct Short {
    text: String,
    /// What is not shown of it.
    without: Vec<String>,
}

/// The names of one form without what all of them share.
fn shortened<'a>(form: Form, names: &[&'a str]) -> Vec<(&'a str, Short)> {
    if form == Form::Other {
        let (prefix, suffix) = shared(names);
        let short = |name: &&'a str| {
            let text = name.get(prefix..name.len().checked_sub(suffix)?)?;
            let ends = [name.get(..prefix)?, name.get(name.len() - suffix..)?];
            let without = ends.iter().filter(|it| !it.is_empty()).map(|it| (*it).to_owned());
            Some((*name, Short { text: text.to_owned(), without: without.collect() }))
        };
        return names.iter().filter_map(short).collect();
    }
    let all: Vec<Vec<&str>> = names.iter().map(|name| pieces(name).1).collect();
    let Some(first) = all.first() else { return Vec::new() };
    // The last piece is the cluster's own name.
    let is_shared: Vec<bool> = (0..first.len())
        .map(|at| at + 1 < first.len() && all.iter().all(|it| it.get(at) == first.get(at)))
        .collect();
    let short = |(name, pieces): (&&'a str, &Vec<&str>)| {
        let mut short = Short { text: String::new(), without: Vec::new() };
        let mut is_begun = false;
        for (piece, is_shared) in pieces.iter().zip(&is_shared) {
            match (is_shared, short.without.last_mut()) {
                (true, Some(run)) if is_begun => run.push_str(piece),
                (true, _) => short.without.push((*piece).to_owned()),
                (false, _) => short.text.push_str(piece),
            }
            is_begun = *is_shared;
        }
        (*name, short)
    };
    names.iter().zip(&all).map(short).collect()
}

/// A short text that stands for two names, or is another one's name or alias.
fn taken_twice(
    names: &BTreeMap<&str, Option<&str>>,
    aliases: &BTreeMap<String, String>,
    short: &BTreeMap<&str, Short>,
) -> Option<String> {
    let mut seen: BTreeSet<&str> = aliases.values().map(String::as_str).collect();
    for (name, Short { text, .. }) in short {
        let is_another = text != name && names.contains_key(text.as_str());
        if !seen.insert(text) || is_another {
            return Some(text.clone());
        }
    }
    None
}

/// Where a name may be divided.
fn is_boundary(c: char) -> bool {
    matches!(c, '/' | ':' | '_' | '-' | '.')
}

/// The lengths of the prefix and the suffix that all names share, in bytes. Each ends at a boundary and leaves of every
/// name a part with a letter; no more is taken off than makes all names short. A single name shares nothing.
fn shared(names: &[&str]) -> (usize, usize) {
    let Some((first, rest)) = names.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return (0, 0);
    };
    let remains = |name: &&str, prefix: usize, suffix: usize| {
        let end = name.len().checked_sub(suffix)?;
        name.get(prefix..end).map(|rest| (width(rest), rest.chars().any(char::is_alphabetic)))
    };
    let leaves_a_word = |prefix: usize, suffix: usize| {
        names.iter().all(|name| remains(name, prefix, suffix).is_some_and(|(_, word)| word))
    };
    let is_short = |prefix: usize, suffix: usize| {
        names
            .iter()
            .all(|name| remains(name, prefix, suffix).is_some_and(|(width, _)| width <= SHORT))
    };
    if is_short(0, 0) {
        return (0, 0);
    }
    let cuts: Vec<(usize, char)> = first.char_indices().filter(|(_, c)| is_boundary(*c)).collect();
    let mut prefix = 0;
    for (at, c) in &cuts {
        let end = at + c.len_utf8();
        let start = first.get(..end).unwrap_or_default();
        let is_shared = rest.iter().all(|name| name.starts_with(start));
        if !is_shared || !leaves_a_word(end, 0) {
            break;
        }
        // What ends in / or : is a path to the name, the rest may be a part of the name.
        if matches!(c, '/' | ':') || !is_short(prefix, 0) {
            prefix = end;
        }
    }
    let mut suffix = 0;
    for (at, _) in cuts.iter().rev() {
        let end = first.get(*at..).unwrap_or_default();
        let is_shared = rest.iter().all(|name| name.ends_with(end));
        if is_short(prefix, suffix) || !is_shared || !leaves_a_word(prefix, end.len()) {
            break;
        }
        suffix = end.len();
    }
    (prefix, suffix)
}

/// The one of `names` that is meant by a text: that which is shown so, or the only one that has it as a part, from
/// boundary to boundary, with `…` or `...` for what is left out. `None` if it is part of several, or of none.
pub fn meant<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let names: BTreeSet<&str> = names.into_iter().collect();
    if let Some(name) = names.get(typed) {
        return Some(name);
    }
    let shown = ShownNames::new(names.iter().map(|name| (*name, None)), true);
    if let Some(name) = shown.shown_as(typed) {
        return names.get(name).copied();
    }
    let dots = typed.replace("...", "…");
    let parts: Vec<&str> = dots.split('…').collect();
    let mut matching = names.into_iter().filter(|name| has_part(name, &parts));
    matching.next().filter(|_| matching.next().is_none())
}

/// Whether the parts stand in the name in this order, the first after a boundary and the last before one.
fn has_part(name: &str, parts: &[&str]) -> bool {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    if parts.iter().all(|part| part.is_empty()) {
        return false;
    }
    let starts = std::iter::once(0).chain(
        name.char_indices().filter(|(_, c)| is_boundary(*c)).map(|(at, c)| at + c.len_utf8()),
    );
    let ends_well = |rest: &str| rest.is_empty() || rest.starts_with(is_boundary);
    starts.filter_map(|start| name.get(start..)?.strip_prefix(first)).any(|mut rest| {
        if parts.len() == 1 {
            return ends_well(rest);
        }
        for part in parts.iter().take(parts.len() - 1).skip(1) {
            let Some((_, after)) = rest.split_once(part) else { return false };
            rest = after;
        }
        rest.match_indices(last).any(|(at, _)| rest.get(at + last.len()..).is_some_and(ends_well))
    })
}

#[cfg(test)]
mod tests;
