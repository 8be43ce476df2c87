//! What kubectl does with the path of a server's URL in `get --raw`, by its version.

use serde::Deserialize;

/// The first minor version of kubectl 1 that puts the server's path in front of a raw one.
const ADDS_PATH: u32 = 34;

/// What becomes of the server's path in `get --raw`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawPaths {
    /// The raw path takes its place (kubectl up to 1.33).
    Replace,
    /// The raw path is added to it (from 1.34).
    Append,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    client_version: ClientVersion,
}

/// A kubectl's version.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ClientVersion {
    git_version: String,
}

impl ClientVersion {
    /// What `kubectl version --client -o json` printed; none where that is something else.
    pub fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Answer>(json).ok().map(|answer| answer.client_version)
    }

    /// As a text, which somebody else has remembered.
    pub(super) fn from_text(git_version: &str) -> Self {
        Self { git_version: git_version.to_owned() }
    }

    /// Such as `v1.33.4`.
    pub fn as_str(&self) -> &str {
        &self.git_version
    }

    /// What that version does; none where it cannot be told: one that was built without a version, or
    /// that counts in its own way.
    pub fn raw_paths(&self) -> Option<RawPaths> {
        let version = self.git_version.strip_prefix('v').unwrap_or(&self.git_version);
        let (numbers, suffix) = match version.find(['-', '+']) {
            Some(at) => version.split_at(at),
            None => (version, ""),
        };
        let mut numbers = numbers.split('.').map(|number| number.parse::<u32>().ok());
        let (Some(Some(1)), Some(Some(minor))) = (numbers.next(), numbers.next()) else {
            return None;
        };
        match minor {
            // It came in between two of these.
            ADDS_PATH if suffix.starts_with("-alpha") => None,
            ADDS_PATH.. => Some(RawPaths::Append),
            _ => Some(RawPaths::Replace),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_decides() {
        for (version, expected) in [
            ("v1.20.2", Some(RawPaths::Replace)),
            ("v1.33.9", Some(RawPaths::Replace)),
            ("v1.33.4-gke.100", Some(RawPaths::Replace)),
            ("v1.33.4+k3s1", Some(RawPaths::Replace)),
            ("v1.33.0-rc.1", Some(RawPaths::Replace)),
            ("1.33", Some(RawPaths::Replace)),
            ("v1.34.0", Some(RawPaths::Append)),
            ("v1.34.0-rc.0", Some(RawPaths::Append)),
            ("v1.34.3-dispatcher", Some(RawPaths::Append)),
            ("v1.37.0-alpha.1", Some(RawPaths::Append)),
            ("v1.100.0", Some(RawPaths::Append)),
            ("v1.34.0-alpha.1.12+abc", None),
            ("v0.0.0-master+$Format:%H$", None),
            ("v4.2.0-alpha.0-2027-g7c3a5b1", None),
            ("v1", None),
            ("v1.x.0", None),
            ("", None),
        ] {
            assert_eq!(ClientVersion::from_text(version).raw_paths(), expected, "{version}");
        }
    }

    #[test]
    fn only_what_kubectl_prints_is_a_version() {
        let json = br#"{"clientVersion":{"major":"1","minor":"34+","gitVersion":"v1.34.1-eks-1"},
            "kustomizeVersion":"v5"}"#;
        assert_eq!(ClientVersion::parse(json).unwrap().as_str(), "v1.34.1-eks-1");
        for bad in [&b""[..], b"v1.30", b"{}", br#"{"clientVersion":{}}"#] {
            assert_eq!(ClientVersion::parse(bad), None);
        }
    }
}
