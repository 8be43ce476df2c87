//! How kubectl treats the path of a server's URL in `get --raw`, by its version.

use serde::Deserialize;

/// The first minor version of kubectl 1 that puts the server's path before a raw one.
const ADDS_PATH: u32 = 34;

/// How the server's path is used in `get --raw`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawPaths {
    /// The raw path replaces it (kubectl up to 1.33).
    Replace,
    /// The raw path is appended to it (from 1.34).
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
    /// Parses the output of `kubectl version --client -o json`; `None` if it is something else.
    pub fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Answer>(json).ok().map(|answer| answer.client_version)
    }

    /// A version from its cached text.
    pub(super) fn from_text(git_version: &str) -> Self {
        Self { git_version: git_version.to_owned() }
    }

    /// For example `v1.33.4`.
    pub fn as_str(&self) -> &str {
        &self.git_version
    }

    /// How that version treats raw paths; `None` if unknown: a build without a version, or with
    /// another numbering.
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
            // The change came between two alpha versions.
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
    fn only_kubectls_output_is_parsed_as_a_version() {
        let json = br#"{"clientVersion":{"major":"1","minor":"34+","gitVersion":"v1.34.1-eks-1"},
            "kustomizeVersion":"v5"}"#;
        assert_eq!(ClientVersion::parse(json).unwrap().as_str(), "v1.34.1-eks-1");
        for bad in [&b""[..], b"v1.30", b"{}", br#"{"clientVersion":{}}"#] {
            assert_eq!(ClientVersion::parse(bad), None);
        }
    }
}
