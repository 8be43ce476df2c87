//! Several patterns in one argument of the command line: `-n shop,payments`.

use super::Pattern;
use super::pattern::PatternError;

/// Patterns separated by commas. A comma within `{a,b}`, `[a,b]` or a `/regex/` separates nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternList(Vec<Pattern>);

impl PatternList {
    /// Reads at least one pattern. Space around a comma is ignored.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        split(text).map(Pattern::parse).collect::<Result<_, _>>().map(Self)
    }

    /// The patterns of several arguments.
    pub fn patterns(lists: &[Self]) -> Vec<Pattern> {
        lists.iter().flat_map(|list| list.0.iter().cloned()).collect()
    }
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    let is_regex = text.len() > 1 && text.starts_with('/') && text.ends_with('/');
    let mut depth = 0_usize;
    text.split(move |c: char| {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0 && !is_regex
    })
    .map(move |part| if is_regex { part } else { part.trim() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_separate_patterns_but_not_within_one() {
        let parts = |text: &str| {
            let list = PatternList::parse(text).unwrap();
            PatternList::patterns(&[list]).iter().map(Pattern::to_string).collect::<Vec<_>>()
        };
        assert_eq!(parts("shop"), ["shop"]);
        assert_eq!(parts("shop, payments,kube-*"), ["shop", "payments", "kube-*"]);
        assert_eq!(parts("{a,b}-[c,d],e"), ["{a,b}-[c,d]", "e"]);
        assert_eq!(parts("/^a{1,2}$/"), ["/^a{1,2}$/"]);
        assert_eq!(parts("/api:6443/admin,x"), ["/api:6443/admin", "x"]);
        for bad in ["", "a,", ",a", "a,,b"] {
            assert_eq!(PatternList::parse(bad), Err(PatternError::Empty), "{bad:?}");
        }
    }
}
