use super::*;
use proptest::prelude::*;

fn short(names: &[&str]) -> Vec<String> {
    let shown = ShownNames::new(names.iter().map(|name| (*name, None)), true);
    names.iter().map(|name| shown.of(name).to_owned()).collect()
}

#[test]
fn what_all_names_share_is_left_out() {
    let arn = "arn:aws:eks:eu-west-1:123456789012:cluster/";
    assert_eq!(
        short(&[&format!("{arn}shop-prod"), &format!("{arn}shop-staging")]),
        ["shop-prod", "shop-staging"]
    );
    assert_eq!(
        short(&["gke_acme_europe-west1_shop", "gke_acme_us-east1_media"]),
        ["europe-west1_shop", "us-east1_media"]
    );
    let at = |region: &str, account: u32, name: &str| {
        format!("arn:aws:eks:{region}:{account}:cluster/{name}")
    };
    assert_eq!(
        short(&[&at("eu-west-1", 1, "prod"), &at("eu-west-1", 2, "prod")]),
        ["1:prod", "2:prod"]
    );
    assert_eq!(
        short(&[&at("eu-west-1", 1, "prod"), &at("us-east-1", 1, "shop-1")]),
        ["eu-west-1:prod", "us-east-1:shop-1"]
    );
    // A project is never cut.
    assert_eq!(
        short(&[
            "gke_acme-prod-0_europe-west0-b_cluster-000",
            "gke_acme-prod-1_europe-west0-b_cluster-001"
        ]),
        ["acme-prod-0_cluster-000", "acme-prod-1_cluster-001"]
    );
    assert_eq!(
        short(&["https://rancher/k8s/clusters/c-1a", "https://rancher/k8s/clusters/c-2b"]),
        ["c-1a", "c-2b"]
    );
    assert_eq!(
        short(&["prod-eu.clusters.example.com", "prod-us.clusters.example.com"]),
        ["eu.clusters", "us.clusters"]
    );
}

#[test]
fn short_names_numbers_and_a_single_name_stay() {
    assert_eq!(short(&["prod-eu", "prod-us"]), ["prod-eu", "prod-us"]);
    assert_eq!(
        short(&["arn:aws:eks:eu-west-1:1:cluster/shop"]),
        ["arn:aws:eks:eu-west-1:1:cluster/shop"]
    );
    assert_eq!(
        short(&["company-cluster-number-01", "company-cluster-number-02"]),
        ["number-01", "number-02"]
    );
    // One name is the beginning of the other.
    assert_eq!(
        short(&["company-wide-cluster-eu", "company-wide-cluster-eu-2"]),
        ["cluster-eu", "cluster-eu-2"]
    );
    assert_eq!(short(&[]), [""; 0]);
}

#[test]
fn names_of_each_form_are_shortened_by_themselves() {
    let names = [
        "arn:aws:eks:eu-west-1:1:cluster/shop-1",
        "arn:aws:eks:eu-west-1:1:cluster/common",
        "gke_acme-prod_europe-west1_common",
        "gke_acme-prod_us-east1_media",
        "rancher-production-000",
        "gke_odd",
        "arn:aws:eks:eu-west-1:1",
    ];
    let texts = short(&names);
    assert_eq!(
        texts,
        [
            "shop-1",
            "common",
            "europe-west1_common",
            "us-east1_media",
            "rancher-production-000",
            "gke_odd",
            "arn:aws:eks:eu-west-1:1"
        ]
    );
    for (text, name) in texts.iter().zip(names) {
        assert_eq!(meant(text, names), Some(name), "{text}");
    }
    // One of each: what remains is its own name, unless both have the same.
    let arn = "arn:aws:eks:eu-west-1:1:cluster/shop";
    assert_eq!(short(&[arn, "gke_acme_europe-west1_media"]), ["shop", "media"]);
    let same = [arn, "gke_acme_europe-west1_shop"];
    assert_eq!(short(&same), same);
    assert_eq!(short(&[arn, "shop"]), [arn, "shop"]);
}

#[test]
fn names_are_cut_as_far_as_they_stay_different() {
    let mut names = Vec::new();
    for region in ["eu-west-1", "us-east-1"] {
        for account in ["100000000000", "100111111111", "100222222222"] {
            for name in ["platform-production-blue", "platform-production-web"] {
                names.push(format!("arn:aws:eks:{region}:{account}:cluster/{name}"));
            }
        }
    }
    let shown = ShownNames::new(names.iter().map(|name| (name.as_str(), None)), true);
    let (columns, cuts) = shown.cuts(18);
    let texts: BTreeSet<&String> = cuts.values().collect();
    assert_eq!(texts.len(), names.len(), "{cuts:?}");
    assert!((18..46).contains(&columns), "{cuts:?}");
    assert!(texts.iter().all(|text| width(text) <= columns));
    // Those that differ at their ends take no more than there is.
    let names = [("a", Some("production-europe-blue")), ("b", Some("production-europe-green"))];
    let shown = ShownNames::new(names, false);
    assert_eq!(shown.cuts(9).0, 9);
}

#[test]
fn an_alias_is_shown_unless_it_is_another_name() {
    let names = [("arn:aws:eks:one/shop", Some("shop")), ("arn:aws:eks:two/shop", None)];
    let piped = ShownNames::new(names, false);
    assert_eq!(piped.of("arn:aws:eks:one/shop"), "shop");
    assert_eq!(piped.of("arn:aws:eks:two/shop"), "arn:aws:eks:two/shop");
    let clash = ShownNames::new([("a", Some("b")), ("b", None)], false);
    assert_eq!((clash.of("a"), clash.of("b")), ("a", "b"));
    assert_eq!(clash.of("elsewhere"), "elsewhere");
    // A shortened name that is an alias would be mistaken for it.
    let names = [
        ("x", Some("company-prod-eu")),
        ("the-company-prod-eu", None),
        ("the-company-prod-us", None),
    ];
    assert_eq!(ShownNames::new(names, true).of("the-company-prod-eu"), "the-company-prod-eu");
}

#[test]
fn a_part_means_the_one_name_that_has_it() {
    let names = [
        "arn:aws:eks:eu-west-1:1:cluster/shop",
        "arn:aws:eks:us-east-1:1:cluster/shop",
        "gke_acme_media",
    ];
    assert_eq!(meant("media", names), Some("gke_acme_media"));
    assert_eq!(meant("eu-west-1:1:cluster/shop", names), Some(names[0]));
    assert_eq!(meant("eu-west…shop", names), Some(names[0]));
    assert_eq!(meant("us-east-1...shop", names), Some(names[1]));
    assert_eq!(meant("arn:aws:eks:us-ea…er/shop", names), Some(names[1]));
    for (none, why) in [
        ("shop", "two have it"),
        ("med", "no boundary"),
        ("edia", "no boundary"),
        ("", "empty"),
        ("…", "empty"),
    ] {
        assert_eq!(meant(none, names), None, "{none}: {why}");
    }
}

proptest! {
    #[test]
    fn shown_names_are_distinct_and_accepted_back(
        accounts in prop::collection::vec("[0-9]{4}", 1..4),
        regions in prop::collection::vec("(eu|us)-(west|east)-[1-3]", 1..4),
        clusters in prop::collection::vec("[a-c]{1,3}(-[a-c0-9]{1,2}){0,2}", 1..6),
        scheme in "(arn:aws:eks:|gke_|gke_p-1_|)",
    ) {
        let mut names = Vec::new();
        for account in &accounts {
            for region in &regions {
                for cluster in &clusters {
                    names.push(format!("{scheme}{region}:{account}:cluster/{cluster}"));
                }
            }
        }
        names.sort();
        names.dedup();
        let list = || names.iter().map(String::as_str);
        let shown = ShownNames::new(list().map(|name| (name, None)), true);
        let texts: BTreeSet<&str> = list().map(|name| shown.of(name)).collect();
        prop_assert_eq!(texts.len(), names.len());
        for name in list() {
            let text = shown.of(name);
            prop_assert!(!text.is_empty() && text.len() <= name.len());
            prop_assert_eq!(meant(text, list()), Some(name), "{}", text);
        }
    }
}
