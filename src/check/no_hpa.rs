//! The result that no HPA was found, as opposed to HPAs without findings.

use std::fmt;

use super::Unfound;
use crate::config::Scope;
use crate::hpa::HpaName;

/// No HPA is in the scope of the command.
#[derive(Clone, Copy, Debug)]
pub struct NoHpa<'a> {
    /// The name, if one HPA was requested by its name.
    pub name: Option<&'a HpaName>,
    /// The namespaces and labels that were read.
    pub scope: &'a Scope,
}

impl fmt::Display for NoHpa<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (namespaces, labels) = (self.scope.in_namespaces(), self.scope.with_labels());
        if let Some(name) = self.name {
            return Unfound::new(name, self.scope, &[]).fmt(f);
        }
        let excluded = &self.scope.excluded;
        if namespaces.is_empty()
            && excluded.iter().any(|it| it.matches("default") && it.matches("a"))
        {
            return write!(
                f,
                "no HPA found{labels}: namespaces.exclude of the configuration leaves all namespaces out; -A reads them"
            );
        }
        let hint = if namespaces.is_empty() { "" } else { " (watchdog ns list shows which exist)" };
        write!(f, "no HPA found{namespaces}{hint}{labels}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Pattern;

    #[test]
    fn the_sentence_names_the_scope() {
        let name = HpaName::parse("web").unwrap();
        let all = Scope::default();
        let shop = Scope { namespaces: vec![Pattern::parse("shop").unwrap()], ..Scope::default() }
            .with_selector(Some("app=web".to_owned()));
        let text = |name, scope| NoHpa { name, scope }.to_string();
        assert_eq!(text(None, &all), "no HPA found");
        let none = Scope { excluded: vec![Pattern::parse("*").unwrap()], ..Scope::default() };
        assert!(text(None, &none).contains("namespaces.exclude of the configuration leaves all"));
        assert_eq!(
            text(None, &shop),
            "no HPA found in namespace shop (watchdog ns list shows which exist) with labels app=web"
        );
        assert_eq!(
            text(Some(&name), &shop),
            "no HPA is named web in namespace shop with labels app=web (watchdog hpa list shows all)"
        );
    }
}
