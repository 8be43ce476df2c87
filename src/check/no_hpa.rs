//! That a command found no HPA: not the same as HPAs without findings.

use std::fmt;

use crate::collect::NamespaceFilter;
use crate::config::Pattern;
use crate::kubectl::Name;

/// No HPA is in the scope of the command.
#[derive(Clone, Copy, Debug)]
pub struct NoHpa<'a> {
    /// The HPA that was requested by its name.
    pub name: Option<&'a Name>,
    /// Where it was looked for.
    pub namespaces: &'a NamespaceFilter,
    /// The labels that it had to have.
    pub selector: Option<&'a str>,
}

impl fmt::Display for NoHpa<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "no HPA is named {name}")?,
            None => f.write_str("no HPA found")?,
        }
        if let NamespaceFilter::Only(patterns) = self.namespaces {
            let names: Vec<&str> = patterns.iter().map(Pattern::as_str).collect();
            write!(f, " in namespace {}", names.join(", "))?;
            if self.name.is_none() {
                f.write_str(" (watchdog ns list shows which exist)")?;
            }
        }
        if let Some(selector) = self.selector {
            write!(f, " with labels {selector}")?;
        }
        if self.name.is_some() {
            f.write_str(" (watchdog hpa list shows all)")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_names_where_it_was_looked_for() {
        let shop = NamespaceFilter::Only(vec![Pattern::parse("shop").unwrap()]);
        let name = Name::parse("web").unwrap();
        let text = |name, namespaces, selector| NoHpa { name, namespaces, selector }.to_string();
        let all = &NamespaceFilter::All;
        assert_eq!(text(None, all, None), "no HPA found");
        assert_eq!(
            text(None, &shop, Some("app=web")),
            "no HPA found in namespace shop (watchdog ns list shows which exist) with labels app=web"
        );
        assert_eq!(
            text(Some(&name), &shop, Some("app=web")),
            "no HPA is named web in namespace shop with labels app=web (watchdog hpa list shows all)"
        );
    }
}
