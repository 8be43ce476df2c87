//! A kubeconfig that is plain enough to be interpreted here.
//!
//! kubectl reads YAML 1.1 (where an unquoted `0042`, `no` or `1e3` is not text), resolves merge
//! keys, and refuses the whole file if one value has the wrong type. Instead of reimplementing all
//! that, this accepts only what every kubectl reads alike: the keys that kubectl itself writes,
//! each with its proper type, and texts that every YAML version reads as text. Any other file is
//! irregular, and kubectl is called.

mod values;

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher as _};

use serde::Deserialize;

use values::{Data, Flag, Free, Opaque, Text};

use super::{Context, Credential, Parsed, ParsedCluster, ParsedUser};
use crate::config::nesting::{DEEPEST, flow_depth};

/// Parses a file, or returns why it is left to kubectl. The reason quotes nothing from the file.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, String> {
    let text = plain_text(bytes)?;
    let file: Option<File> =
        serde_yaml::from_str(text).map_err(|error| match error.location() {
            Some(at) => format!("not read as a kubeconfig at line {}", at.line()),
            None => "not read as a kubeconfig".to_owned(),
        })?;
    // kubectl takes an empty file for an empty kubeconfig.
    let Some(file) = file else { return Ok(Parsed::default()) };
    let is_absent_or =
        |text: &Option<Text>, wanted| text.as_ref().is_none_or(|text| text.0 == wanted);
    if !is_absent_or(&file.kind, "Config") || !is_absent_or(&file.api_version, "v1") {
        return Err("its kind is not Config, or its apiVersion not v1".to_owned());
    }
    Ok(file.into())
}

/// The text, if it contains nothing that YAML parsers interpret differently.
fn plain_text(bytes: &[u8]) -> Result<&str, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())?;
    let mut previous = b'\n';
    for (index, &byte) in bytes.iter().enumerate() {
        let odd = match byte {
            b'\n' | b' '..=b'~' => match byte {
                b'!' if previous.is_ascii_whitespace() || b"[{,:?-".contains(&previous) => "a tag",
                b'?' if previous.is_ascii_whitespace() || b"[{,:-".contains(&previous) => {
                    "a complex key"
                }
                b'%' if previous == b'\n' => "a directive",
                // YAML 1.2 has this escape for JSON's sake; kubectl's parser does not.
                b'/' if previous == b'\\' => "an escape",
                _ => "",
            },
            b'\r' if bytes.get(index + 1) == Some(&b'\n') => "",
            b'\t' => "a tab",
            // U+0080 to U+00A0, U+2028 and similar, byte order marks and noncharacters.
            0xC2 if bytes.get(index + 1).is_some_and(|&next| next <= 0xA0) => "a control character",
            0xE2 if bytes.get(index + 1) == Some(&0x80) => "a character for layout",
            0xEF if bytes.get(index + 1).is_some_and(|&next| next >= 0xBB) => {
                "an unsupported character"
            }
            0x80.. => "",
            _ => "a control character",
        };
        if !odd.is_empty() {
            let line = 1 + bytes.iter().take(index).filter(|byte| **byte == b'\n').count();
            return Err(format!("{odd} at line {line}"));
        }
        previous = byte;
    }
    if flow_depth(bytes) > DEEPEST {
        return Err(format!("nested more than {DEEPEST} deep"));
    }
    Ok(text)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "apiVersion", default)]
    api_version: Option<Text>,
    #[serde(default)]
    kind: Option<Text>,
    #[serde(default)]
    #[expect(dead_code, reason = "its type counts")]
    preferences: Option<Preferences>,
    #[serde(rename = "current-context", default)]
    current: Option<Text>,
    #[serde(default)]
    contexts: Option<Vec<NamedContext>>,
    #[serde(default)]
    clusters: Option<Vec<NamedCluster>>,
    #[serde(default)]
    users: Option<Vec<NamedUser>>,
    #[serde(default)]
    #[expect(dead_code, reason = "its type counts")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "its type counts")]
struct Preferences {
    #[serde(default)]
    colors: Option<Flag>,
    #[serde(default)]
    extensions: Option<Vec<Extension>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedContext {
    name: Text,
    #[serde(default)]
    context: Option<RawContext>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawContext {
    #[serde(default)]
    cluster: Option<Text>,
    #[serde(default)]
    user: Option<Text>,
    #[serde(default)]
    namespace: Option<Text>,
    #[serde(default)]
    #[expect(dead_code, reason = "its type counts")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedCluster {
    name: Text,
    #[serde(default)]
    cluster: Option<RawCluster>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(dead_code, reason = "their types count")]
struct RawCluster {
    #[serde(default)]
    server: Option<Text>,
    #[serde(default)]
    tls_server_name: Option<Opaque>,
    #[serde(default)]
    insecure_skip_tls_verify: Option<Flag>,
    #[serde(default)]
    certificate_authority: Option<Text>,
    #[serde(default)]
    certificate_authority_data: Option<Data>,
    #[serde(default)]
    proxy_url: Option<Opaque>,
    #[serde(default)]
    disable_compression: Option<Flag>,
    #[serde(default)]
    extensions: Option<Vec<Extension>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedUser {
    name: Text,
    #[serde(default)]
    user: Option<RawUser>,
}

#[derive(Deserialize, Default, Hash)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawUser {
    #[serde(default)]
    client_certificate: Option<Text>,
    #[serde(default)]
    client_certificate_data: Option<Data>,
    #[serde(default)]
    client_key: Option<Text>,
    #[serde(default)]
    client_key_data: Option<Data>,
    #[serde(default)]
    token: Option<Opaque>,
    #[serde(rename = "tokenFile", default)]
    token_file: Option<Text>,
    #[serde(rename = "as", default)]
    impersonate: Option<Opaque>,
    #[serde(default)]
    as_uid: Option<Opaque>,
    #[serde(default)]
    as_groups: Option<Vec<Opaque>>,
    #[serde(default)]
    as_user_extra: Option<BTreeMap<Text, Option<Vec<Opaque>>>>,
    #[serde(default)]
    username: Option<Opaque>,
    #[serde(default)]
    password: Option<Opaque>,
    #[serde(default)]
    auth_provider: Option<AuthProvider>,
    #[serde(default)]
    exec: Option<Exec>,
    #[serde(default)]
    extensions: Option<Vec<Extension>>,
}

#[derive(Deserialize, Hash)]
#[serde(deny_unknown_fields)]
struct AuthProvider {
    #[serde(default)]
    name: Option<Opaque>,
    #[serde(default)]
    config: Option<BTreeMap<Text, Opaque>>,
}

#[derive(Deserialize, Hash)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Exec {
    #[serde(default)]
    command: Option<Opaque>,
    #[serde(default)]
    args: Option<Vec<Opaque>>,
    #[serde(default)]
    env: Option<Vec<EnvVar>>,
    #[serde(default)]
    api_version: Option<Opaque>,
    #[serde(default)]
    install_hint: Option<Opaque>,
    #[serde(default)]
    provide_cluster_info: Option<Flag>,
    #[serde(default)]
    interactive_mode: Option<Opaque>,
}

#[derive(Deserialize, Hash)]
#[serde(deny_unknown_fields)]
struct EnvVar {
    #[serde(default)]
    name: Option<Opaque>,
    #[serde(default)]
    value: Option<Opaque>,
}

#[derive(Deserialize, Hash)]
#[serde(deny_unknown_fields)]
struct Extension {
    #[serde(default)]
    name: Option<Opaque>,
    #[serde(default)]
    extension: Option<Free>,
}

impl From<File> for Parsed {
    fn from(file: File) -> Self {
        let text = |text: Option<Text>| text.map(|Text(text)| text).unwrap_or_default();
        let mut parsed = Self { current: text(file.current), ..Self::default() };
        for NamedContext { name: Text(name), context } in file.contexts.unwrap_or_default() {
            let context = context.unwrap_or_default();
            parsed.contexts.push(Context {
                name,
                cluster: text(context.cluster),
                user: text(context.user),
                namespace: context.namespace.map(|Text(name)| name).filter(|name| !name.is_empty()),
            });
        }
        for NamedCluster { name: Text(name), cluster } in file.clusters.unwrap_or_default() {
            let cluster = cluster.unwrap_or_default();
            // Data in the kubeconfig itself takes precedence over a file.
            let in_file = cluster.certificate_authority_data.is_none();
            let authority = cluster.certificate_authority.filter(|_| in_file);
            let named = [("certificate-authority", text(authority))];
            parsed.clusters.push(ParsedCluster {
                credentials: Credential::list("cluster", &name, named),
                name,
                server: text(cluster.server),
            });
        }
        for NamedUser { name: Text(name), user } in file.users.unwrap_or_default() {
            let user = user.unwrap_or_default();
            let mut hasher = DefaultHasher::new();
            user.hash(&mut hasher);
            let certificate =
                user.client_certificate.filter(|_| user.client_certificate_data.is_none());
            let key = user.client_key.filter(|_| user.client_key_data.is_none());
            let named = [
                ("client-certificate", text(certificate)),
                ("client-key", text(key)),
                ("tokenFile", text(user.token_file)),
            ];
            parsed.users.push(ParsedUser {
                credentials: Credential::list("user", &name, named),
                name,
                fingerprint: Some(hasher.finish()),
            });
        }
        parsed
    }
}

#[cfg(test)]
mod tests;
