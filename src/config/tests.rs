//! The shipped file, the defaults in code and the list of keys agree; each mistake has its message.

use std::path::{Path, PathBuf};

use super::*;

fn parse_text(text: &str) -> Result<Config, ConfigError> {
    parse(text.as_bytes(), Path::new("watchdog.yaml"))
}

/// The error messages for a faulty file.
fn complaint(text: &str) -> String {
    match parse_text(text) {
        Ok(_) => format!("no complaint about {text:?}"),
        Err(error) => error.to_string(),
    }
}

/// The full paths of the leaves of a tree of maps.
fn leaves(value: &serde_yaml::Value, path: &str, found: &mut Vec<String>) {
    match value {
        serde_yaml::Value::Mapping(map) if !map.is_empty() => {
            for (key, value) in map {
                let key = key.as_str().unwrap();
                let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                leaves(value, &path, found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}

fn paths_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    leaves(&serde_yaml::from_str(text).unwrap(), "", &mut found);
    found
}

#[test]
fn the_shipped_file_contains_the_defaults_of_the_code() {
    assert_eq!(parse_text(DEFAULT_FILE).unwrap(), Config::default());
    let keys: Vec<String> = key_paths().map(str::to_owned).collect();
    assert_eq!(paths_of(DEFAULT_FILE), keys, "configs/watchdog.yaml against the key list");
    let written = serde_yaml::to_string(&Config::default()).unwrap();
    assert_eq!(paths_of(&written), keys, "struct Config against the key list");
}

#[test]
fn each_key_of_the_shipped_file_has_a_one_line_comment() {
    let lines: Vec<&str> = DEFAULT_FILE.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let is_section = line.ends_with(':');
        if line.trim().is_empty() || line.trim().starts_with('#') || is_section {
            continue;
        }
        assert!(lines[index - 1].trim().starts_with("# "), "no comment above {line:?}");
        assert!(lines[index - 1].trim().ends_with('.'), "{:?}", lines[index - 1]);
    }
}

#[test]
fn a_written_configuration_is_read_back() {
    let mut config = Config::default();
    config.clusters.exclude = vec![Pattern::parse("/^dr-/").unwrap()];
    config.kubectl.path = Some(PathBuf::from("/opt/kubectl"));
    config.output.color = ColorChoice::Never;
    let text = serde_yaml::to_string(&config).unwrap();
    assert_eq!(parse_text(&text).unwrap(), config);
}

#[test]
fn stores_of_clusters_are_read_and_their_mistakes_named() {
    let config = parse_text(
        "monitoring:\n  prometheus:\n    url: https://thanos.example/api\n    headers: {X-Scope-OrgID: s3cret}\n    \
         token_command: [gcloud, auth]\n    clusters:\n      'prod-*': {labels: {cluster: prod}, source: forward}\n",
    );
    let config = config.unwrap();
    let store = config.monitoring.prometheus.store(&["prod-eu"]);
    assert_eq!((store.source, &*store.labels["cluster"]), (StoreSource::Forward, "prod"));
    let written = serde_yaml::to_string(&config).unwrap();
    assert!(!written.contains("s3cret") && written.contains("X-Scope-OrgID"), "{written}");
    for (value, expected) in [
        ("url: https://u:s3cret@thanos.example", "a user in the URL is not supported"),
        ("url: s3cret", "expected a URL that begins with https:// or http://"),
        ("url: 'http://'", "not the URL of a server"),
        ("headers: {X-Key: [s3cret]}", "the value of X-Key is not one line of text"),
        ("headers: {'X Key': s3cret}", "is not the name of a header"),
        ("token_file: token", "not a whole path"),
        ("source: s3", "expected one of auto, forward, proxy, url"),
        ("clusters: {a: {lables: {}}}", "did you mean labels?"),
        ("clusters: {a: {labels: {a-b: c}}}", "is not the name of a label"),
        ("clusters: {'/(/': {}}", "monitoring.prometheus.clusters: "),
        ("clusters: {a: 1}", "expected a map with the keys url, headers"),
    ] {
        let text = complaint(&format!("monitoring: {{prometheus: {{{value}}}}}\n"));
        assert!(text.contains(expected) && !text.contains("s3cret"), "{value}: {text}");
    }
}

#[test]
fn an_empty_file_means_the_defaults() {
    for text in [
        "",
        "\n",
        "# only a comment\n",
        "---\n",
        "{}",
        "~",
        "\u{feff}",
        "clusters:\n",
        "monitoring:\n  prometheus:\n    # local_port: 1\n",
        "---\n...\n",
    ] {
        assert_eq!(parse_text(text).unwrap(), Config::default(), "{text:?}");
    }
}

#[test]
fn every_value_is_read() {
    let config = parse_text(
        "\u{feff}monitoring: {prometheus: {local_port: 9090, inactive_cleanup_minutes: 0}}\r\n\
         clusters:\r\n  exclude: [\"staging\", '/^dr-/', arn:*]\r\n  auto_discover: false\r\n\
         kubectl:\r\n  lists: json\r\n  path: kubectl1.30\r\n",
    )
    .unwrap();
    assert_eq!(config.forward.local_port, 9090);
    assert_eq!(config.forward.idle, Duration::ZERO);
    assert_eq!(config.kubectl.lists, Lists::Json);
    assert_eq!(config.kubectl.path.as_deref(), Some(Path::new("kubectl1.30")));
    assert!(config.clusters.exclude[1].matches("dr-1"));
    assert_eq!(config.forward.heartbeat_timeout(), Duration::from_secs(30));
}

#[test]
fn the_scope_follows_the_patterns() {
    let clusters = |text: &str| parse_text(text).unwrap().clusters;
    assert!(Clusters::default().covers(&["a"]));
    let excluded = clusters("clusters: {exclude: [dr-*]}");
    assert!(excluded.covers(&["prod", "arn:prod"]));
    assert!(!excluded.covers(&["failover", "dr-1"]));
    let listed = clusters("clusters: {auto_discover: false, include: [prod*], exclude: [prod2]}");
    assert!(listed.covers(&["prod1"]));
    assert!(!listed.covers(&["prod2"]));
    assert!(!listed.covers(&["staging"]));
}

#[test]
fn an_unknown_key_is_located_and_the_nearest_key_is_suggested() {
    assert_eq!(
        complaint(
            "# x\nmonitoring:\n  scan_interval_seconds: 5\n  prometheus:\n    enabled: true\n\
             \x20   local_prt: 1\nclusters:\n  exclude: []\n"
        ),
        "watchdog.yaml:6:5: unknown key monitoring.prometheus.local_prt; did you mean local_port?"
    );
    assert_eq!(
        complaint("scan_interval_seconds: 5"),
        "watchdog.yaml:1:1: unknown key scan_interval_seconds; did you mean \
         monitoring.scan_interval_seconds?"
    );
    assert_eq!(
        complaint("kubectl: {timeoutSeconds: 5}"),
        "watchdog.yaml:1:11: unknown key kubectl.timeoutSeconds; did you mean timeout_seconds?"
    );
    assert_eq!(
        complaint("monitoring:\n  local_prt: 1"),
        "watchdog.yaml:2:3: unknown key monitoring.local_prt; did you mean forward.local_port?"
    );
    assert_eq!(
        complaint("namespaces:\n  zebra: 1"),
        "watchdog.yaml:2:3: unknown key namespaces.zebra; the keys here are exclude"
    );
    assert_eq!(
        complaint("1: x"),
        "watchdog.yaml:1:1: unknown key 1; the keys here are monitoring, clusters, namespaces, \
         kubectl, check, history, forward, forwards, supervisor, output"
    );
    assert!(complaint("\"a\\u001bb\": 1").contains(r#"unknown key "a\u{1b}b";"#));
}

#[test]
fn an_error_about_a_wrong_type_names_the_expected_one() {
    assert_eq!(
        complaint("kubectl:\n  timeout_seconds: 30s\n"),
        "watchdog.yaml:2:20: kubectl.timeout_seconds: expected a whole number, 1 to 3600 seconds, \
         found the text \"30s\""
    );
    assert_eq!(
        complaint("monitoring:\n  prometheus:\n    enabled: yes\n"),
        "watchdog.yaml:3:14: monitoring.prometheus.enabled: expected true, false or always, found the text \
         \"yes\""
    );
    assert_eq!(
        complaint("monitoring: [a]"),
        "watchdog.yaml:1:13: monitoring: expected a map with the keys scan_interval_seconds, \
         prometheus, alertmanager, on_event, webhook, events, found a list"
    );
    assert_eq!(
        complaint("- a"),
        "watchdog.yaml:1:1: the file: expected a map with the keys monitoring, clusters, \
         namespaces, kubectl, check, history, forward, forwards, supervisor, output, found a list"
    );
    assert_eq!(
        complaint("clusters:\n  exclude:\n"),
        "watchdog.yaml:2:11: clusters.exclude: expected a list (for none, []), found nothing"
    );
    assert_eq!(
        complaint("clusters:\n  exclude: staging\n"),
        "watchdog.yaml:2:12: clusters.exclude: expected a list of patterns, such as [staging, \
         prod-*], found the text \"staging\""
    );
    assert_eq!(
        complaint("clusters:\n  exclude:\n    - ok\n    - 42\n"),
        "watchdog.yaml:4:7: clusters.exclude: expected a text, found 42; a name like this needs \
         quotes"
    );
    assert!(complaint("kubectl: {retries: 1.5}").ends_with("0 to 10, found 1.5"));
    assert!(complaint("kubectl: {retries: !x 1}").ends_with("found a value with a tag"));
    assert!(complaint("kubectl: !x {retries: 1}").ends_with("found a value with a tag"));
    assert!(complaint("kubectl: {path: ~/bin/kubectl}").contains("use an absolute path"));
    assert!(complaint("kubectl: {path: ''}").contains("or null, found the text \"\""));
}

#[test]
fn an_error_about_a_value_out_of_range_contains_the_range() {
    assert_eq!(
        complaint("monitoring:\n  prometheus:\n    local_port: 65536\n"),
        "watchdog.yaml:3:17: monitoring.prometheus.local_port: expected a whole number, 1 to \
         65535, found 65536"
    );
    let huge = complaint("kubectl: {retries: 99999999999999999999}");
    assert!(huge.ends_with("found 99999999999999999999"), "{huge}");
    assert!(complaint("kubectl: {retries: -1}").ends_with("0 to 10, found -1"));
    assert!(complaint("clusters: {max_parallel: 0}").ends_with("1 to 64, found 0"));
    assert_eq!(
        complaint("kubectl:\n  lists: row"),
        "watchdog.yaml:2:10: kubectl.lists: expected one of raw, json, found the text \"row\""
    );
    assert_eq!(
        complaint("clusters:\n  exclude: ['/(/', ok, '[x', '']\n"),
        "watchdog.yaml:2:13: clusters.exclude: invalid regex \"/(/\": unclosed group\n\
         watchdog.yaml:2:24: clusters.exclude: invalid glob \"[x\": unclosed character class; \
         missing ']'\n\
         watchdog.yaml:2:30: clusters.exclude: an empty pattern matches nothing; write * for every \
         name"
    );
}

#[test]
fn the_heartbeat_times_must_fit_together() {
    assert_eq!(
        complaint("monitoring:\n  prometheus:\n    heartbeat_interval_seconds: 30\n"),
        "watchdog.yaml:3:33: forward.heartbeat_timeout_seconds (30) must be more than \
         monitoring.prometheus.heartbeat_interval_seconds (30)"
    );
    // A wrong heartbeat value causes one message: the comparison with the other is skipped.
    let twice = complaint(
        "monitoring: {prometheus: {heartbeat_interval_seconds: 60, heartbeat_timeout_seconds: 0}}",
    );
    assert_eq!(twice.lines().count(), 1, "{twice}");
}

#[test]
fn all_errors_are_reported_at_once_in_the_order_of_the_file() {
    let text = complaint("output: {color: red}\nkubectl:\n  retrys: 1\n  timeout_seconds: 0\n");
    let places: Vec<&str> = text.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["watchdog.yaml:1:17", "watchdog.yaml:3:3", "watchdog.yaml:4:20"]);
}

#[test]
fn a_duplicate_key_is_located_at_its_second_occurrence() {
    assert_eq!(
        complaint("kubectl:\n  retries: 1\n  lists: raw\n  retries: 2\n"),
        "watchdog.yaml:4:3: kubectl.retries is given twice"
    );
    assert_eq!(
        complaint("output:\nkubectl:\noutput:\n"),
        "watchdog.yaml:3:1: output is given twice"
    );
}

#[test]
fn a_syntax_error_is_located() {
    assert_eq!(
        complaint("kubectl:\n\tretries: 1\n"),
        "watchdog.yaml:2:1: a tab; YAML is indented with spaces"
    );
    let text = complaint("kubectl:\n  retries: 1\n lists: raw\n");
    assert!(text.starts_with("watchdog.yaml:3:2: not valid YAML: "), "{text}");
    assert!(complaint("kubectl: [").starts_with("watchdog.yaml:2:1: not valid YAML"));
    assert_eq!(
        complaint("kubectl: {}\n---\nkubectl: {}\n"),
        "watchdog.yaml: more than one YAML document (a line of ---); one is expected"
    );
    let error = parse(b"a: 1\nb: \xe9\xff", Path::new("w.yaml")).unwrap_err();
    assert_eq!(error.to_string(), "w.yaml:2:4: not UTF-8 text");
    assert!(complaint("kubectl: *nowhere").contains("unknown anchor"));
}

#[test]
fn an_alias_bomb_is_refused() {
    let level = |level: usize| {
        let inner = vec![format!("*a{level}"); 9].join(", ");
        format!("a{0}: &a{0} [{inner}]\n", level + 1)
    };
    let text = format!("a0: &a0 [x]\n{}", (0..12).map(level).collect::<String>());
    assert!(complaint(&text).contains("not valid YAML"), "{}", complaint(&text));
    let deep = "[".repeat(1000);
    assert!(complaint(&deep).contains("not valid YAML"));
}

#[test]
fn the_shipped_role_only_reads() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/configs/rbac.yaml"));
    let mut verbs = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let document = serde_yaml::Value::deserialize(document).unwrap();
        for rule in
            document.get("rules").and_then(|rules| rules.as_sequence()).into_iter().flatten()
        {
            let of = |key| serde_yaml::from_value::<Vec<String>>(rule[key].clone()).unwrap();
            assert!(of("resources").iter().all(|name| name != "*" && name != "secrets"));
            verbs.extend(of("verbs"));
        }
    }
    verbs.sort();
    verbs.dedup();
    assert_eq!(verbs, ["get", "list"]);
}

mod files {
    use super::*;

    fn env(home: &Path) -> Env {
        Env { home: Some(home.into()), ..Env::default() }
    }

    #[test]
    fn files_are_searched_in_order() {
        let home = tempfile::tempdir().unwrap();
        let path = |name: &str| home.path().join(name);
        std::fs::create_dir_all(path(".config/watchdog")).unwrap();
        std::fs::create_dir_all(path("xdg/watchdog")).unwrap();
        let files = [
            ".config/watchdog/watchdog.yaml",
            "xdg/watchdog/watchdog.yaml",
            "env.yaml",
            "cli.yaml",
        ];
        for (retries, file) in (1..).zip(files) {
            std::fs::write(path(file), format!("kubectl: {{retries: {retries}}}")).unwrap();
        }
        let mut env = env(home.path());
        let mut read = |explicit: Option<&Path>, change: &dyn Fn(&mut Env)| {
            change(&mut env);
            let loaded = load(explicit, &env).unwrap();
            (loaded.config.kubectl.retries, loaded.path)
        };
        assert_eq!(read(None, &|_| ()), (1, Some(path(files[0]))));
        assert_eq!(read(None, &|env| env.xdg_config_home = Some("xdg".into())).0, 1);
        let xdg = path("xdg");
        assert_eq!(
            read(None, &|env| env.xdg_config_home = Some(xdg.clone().into())),
            (2, Some(path(files[1])))
        );
        let named = path("env.yaml");
        assert_eq!(read(None, &|env| env.watchdog_config = Some("".into())).0, 2);
        assert_eq!(read(None, &|env| env.watchdog_config = Some(named.clone().into())).0, 3);
        assert_eq!(read(Some(&path("cli.yaml")), &|_| ()).0, 4);
    }

    #[test]
    fn only_a_named_file_must_exist() {
        let home = tempfile::tempdir().unwrap();
        let missing = home.path().join("missing.yaml");
        let none = Loaded { config: Config::default(), path: None, warnings: Vec::new() };
        assert_eq!(load(None, &env(home.path())).unwrap(), none);
        assert_eq!(load(None, &Env::default()).unwrap(), none);
        let explicit = load(Some(&missing), &env(home.path())).unwrap_err();
        assert_eq!(
            explicit.to_string(),
            format!("{}: no such file (from --config)", missing.display())
        );
        let env = Env { watchdog_config: Some(missing.clone().into()), ..env(home.path()) };
        let named = load(None, &env).unwrap_err();
        assert_eq!(
            named.to_string(),
            format!("{}: no such file (from $WATCHDOG_CONFIG)", missing.display())
        );
    }

    #[test]
    fn a_directory_or_an_endless_file_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let error = load(Some(home.path()), &Env::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{}: is a directory, not a file", home.path().display())
        );
        let error = load(Some(Path::new("/dev/zero")), &Env::default()).unwrap_err();
        assert_eq!(error.to_string(), "/dev/zero: is longer than 1 MiB");
        let loaded = load(Some(Path::new("/dev/null")), &Env::default()).unwrap();
        assert_eq!(loaded.config, Config::default());
    }
}
