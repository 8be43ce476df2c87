use super::*;

fn resource(text: &str) -> String {
    match ForwardTarget::parse(text) {
        Ok(resource) => resource.to_string(),
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn every_name_of_a_type_means_the_same() {
    for text in ["svc/web", "service/web", "services/web", "Service/web"] {
        assert_eq!(resource(text), "service/web");
    }
    assert_eq!(resource("web-0"), "pod/web-0");
    assert_eq!(resource("sts/a.b-1"), "statefulset/a.b-1");
    assert_eq!(ForwardTarget::parse("deploy/x").unwrap().kind().short(), "deploy");
    assert_eq!(ForwardTarget::parse("Services/x").unwrap().short(), "svc/x");
    assert_eq!(ForwardTarget::parse("po/x").unwrap().short(), "pod/x");
}

#[test]
fn what_kubectl_prints_as_a_name_is_taken() {
    for (kind, full) in [
        ("deployment.apps", "deployment"),
        ("deployments.v1.apps", "deployment"),
        ("Deploy.apps", "deployment"),
        ("statefulset.apps", "statefulset"),
        ("STATEFULSETS.APPS", "statefulset"),
        ("daemonset.apps", "daemonset"),
        ("replicaset.apps", "replicaset"),
        ("ds.v1.apps", "daemonset"),
        ("job.batch", "job"),
        ("jobs.v1beta1.batch", "job"),
        ("pods.v1.", "pod"),
        ("SVC", "service"),
        ("Pods", "pod"),
        ("rc", "replicationcontroller"),
    ] {
        assert_eq!(resource(&format!("{kind}/x")), format!("{full}/x"));
    }
    assert_eq!(
        resource("deployment.batch/x"),
        r#"error: "deployment.batch/x": nothing of the type "deployment.batch" can be forwarded to; a deployment is not of that group; write deployment"#
    );
    for bad in ["svcs/x", "dss/x", "deployment.v1/x", "pod.apps/x", ".apps/x", "cronjob.batch/x"] {
        assert!(resource(bad).starts_with("error: "), "{bad}: {}", resource(bad));
    }
}

#[test]
fn what_is_no_target_is_told_what_is() {
    assert_eq!(
        resource("depoly/web"),
        r#"error: "depoly/web": nothing of the type "depoly" can be forwarded to; did you mean deploy?"#
    );
    assert_eq!(
        resource("hpa/web"),
        r#"error: "hpa/web": nothing of the type "hpa" can be forwarded to; the types are po, svc, deploy, sts, ds, rs, rc, job"#
    );
    for bad in
        ["svc/", "/web", "svc/-o", "--all", "-n", "svc/a/b", "svc/a b", "svc/Web", "", "a..b"]
    {
        assert!(resource(bad).starts_with("error: "), "{bad:?}");
    }
}

#[test]
fn ports_are_numbers_or_names_in_kubectls_order() {
    let number = RemotePort::Number;
    let name = |text: &str| RemotePort::Name(text.to_owned());
    let cases = [
        ("80", None, number(80)),
        ("8080:80", Some(8080), number(80)),
        (":80", Some(0), number(80)),
        ("0:http", Some(0), name("http")),
        ("http-web", None, name("http-web")),
        ("tcp-prometheus-servicemonitor", None, name("tcp-prometheus-servicemonitor")),
        ("8080:a--b", Some(8080), name("a--b")),
        ("9p", None, name("9p")),
    ];
    for (text, local, remote) in cases {
        assert_eq!(Ports::parse(text).unwrap(), Ports { local, remote }, "{text}");
    }
    for bad in [
        "", "0", "65536", "8080:0", "99999:80", "http:80", "1:2:3", "-1", "--", "a-", "Http",
        "a_b", "a.b", "80:",
    ] {
        assert!(Ports::parse(bad).is_err(), "{bad:?}");
    }
    assert!(RemotePort::parse(&"a".repeat(63)).is_ok());
    assert!(RemotePort::parse(&"a".repeat(64)).is_err());
}

#[test]
fn addresses_are_of_this_machine_in_kubectls_form() {
    let read = |text: &str| Addresses::parse(text).map(|it| it.to_string());
    assert_eq!(read("localhost").unwrap(), "127.0.0.1,::1");
    assert_eq!(read("0.0.0.0, ::").unwrap(), "0.0.0.0,::");
    for bad in ["", "127.0.0.1,", "example.org", "0.0.0.0/0", "-x", "127.1", "[::1]:80"] {
        assert!(read(bad).is_err(), "{bad:?}");
    }
    let ports = |texts: &[&str]| -> Vec<Ports> {
        texts.iter().map(|text| Ports::parse(text).unwrap()).collect()
    };
    assert_eq!(doubled_local(&ports(&["80", "80:81", ":82", ":83", "80:84"])), Some(80));
    assert_eq!(doubled_local(&ports(&["80", "80:81", ":82", ":83"])), None);
}

#[test]
fn names_of_forwards_and_namespaces_are_never_flags() {
    assert!(forward_name("prom.eu-1_x").is_ok());
    assert!(namespace_name("kube-system").is_ok());
    for bad in ["", "-x", "80", "a/b", "a b", "ü"] {
        assert!(forward_name(bad).is_err(), "{bad:?}");
        if bad != "80" {
            assert!(namespace_name(bad).is_err(), "{bad:?}");
        }
    }
    assert!(namespace_name("a.b").is_err());
}
