//! The user as which kubectl acts.

use serde::{Deserialize, Serialize};

/// kubectl's `--as`, `--as-group` and `--as-uid`. By default kubectl acts as the user of the context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Impersonation {
    /// `--as`: a user, or `system:serviceaccount:NAMESPACE:NAME`.
    pub user: Option<String>,
    /// `--as-group`, each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// `--as-uid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
}

impl Impersonation {
    /// Whether kubectl acts as the user of the context.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The flags for kubectl. Each value follows an `=`, so that it cannot be a flag of its own.
    pub fn flags(&self) -> impl Iterator<Item = String> {
        let user = self.user.iter().map(|user| format!("--as={user}"));
        let groups = self.groups.iter().map(|group| format!("--as-group={group}"));
        let uid = self.uid.iter().map(|uid| format!("--as-uid={uid}"));
        user.chain(groups).chain(uid)
    }
}

impl std::fmt::Display for Impersonation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.user.as_deref().unwrap_or_default())?;
        if !self.groups.is_empty() {
            write!(f, " in {}", self.groups.join(", "))?;
        }
        if let Some(uid) = &self.uid {
            write!(f, " with the uid {uid}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_a_flag_of_kubectl_and_a_word_for_people() {
        let none = Impersonation::default();
        assert!(none.is_none() && none.flags().next().is_none());
        let jane = Impersonation {
            user: Some("jane".to_owned()),
            groups: vec!["dev".to_owned(), "--token=x".to_owned()],
            uid: Some("7".to_owned()),
        };
        let flags: Vec<String> = jane.flags().collect();
        assert_eq!(flags, ["--as=jane", "--as-group=dev", "--as-group=--token=x", "--as-uid=7"]);
        assert_eq!(jane.to_string(), "jane in dev, --token=x with the uid 7");
        let json = serde_json::to_string(&jane).unwrap();
        assert_eq!(serde_json::from_str::<Impersonation>(&json).unwrap(), jane);
    }
}
