use super::*;

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

#[test]
fn paths_are_encoded() {
    let query = ListQuery {
        label_selector: Some("app in (a,b),x!=é&limit=1".into()),
        field_selector: Some("metadata.name=web".into()),
        limit: Some(500),
        continue_token: Some("a+/=".into()),
    };
    assert_eq!(
        ApiPath::list(Resource::HorizontalPodAutoscalers, None, &query).encoded(),
        "/apis/autoscaling/v2/horizontalpodautoscalers?labelSelector=app%20in%20%28a%2Cb%29%2C\
             x%21%3D%C3%A9%26limit%3D1&fieldSelector=metadata.name%3Dweb&limit=500&continue=a%2B%2F%3D"
    );
    assert_eq!(
        ApiPath::object(Resource::Deployments, &name("shop"), &name("web?x#y")).encoded(),
        "/apis/apps/v1/namespaces/shop/deployments/web%3Fx%23y"
    );
    let parameters = [("query", "a{b=\"c&d\"}".to_owned()), ("time", "1".to_owned())];
    assert_eq!(
        ApiPath::service(&name("m"), &name("p#1"), 80, "/a/../../b/./api", &parameters).encoded(),
        "/api/v1/namespaces/m/services/p%231:80/proxy/a/b/api?query=a%7Bb%3D%22c%26d%22%7D&time=1"
    );
}

#[test]
fn every_read_is_one_of_three_reading_verbs() {
    let reads = [
        Read::ClientVersion,
        Read::ServerVersion,
        Read::ConfigView,
        Read::Raw(ApiPath::version()),
        Read::List {
            resource: Resource::Pods,
            namespace: Some(name("shop")),
            query: ListQuery { label_selector: Some("--all".into()), ..Default::default() },
        },
        Read::Object(ObjectRef::new("apps/v1", "Deployment", name("shop"), name("web")).unwrap()),
        Read::Kind { kind: KindRef::new("x.io/v1", "Farm").unwrap(), namespace: None },
        Read::Scale(ObjectRef::new("x.io/v1", "Farm", name("shop"), name("web")).unwrap()),
        Read::Named { resource: Resource::Deployments, namespace: name("shop"), name: name("web") },
    ];
    for read in reads {
        let args = read.args("");
        let verb = args[..args.len().min(2)].join(" ");
        assert!(
            verb.starts_with("get ") || verb.starts_with("version -") || verb == "config view",
            "{verb}"
        );
        // User input always follows an `=` or a `/`, or is inside the path.
        assert!(args.iter().all(|arg| arg != "--all"), "{args:?}");
    }
}

#[test]
fn an_invalid_kind_is_refused() {
    let make = |api: &str, kind: &str| ObjectRef::new(api, kind, name("n"), name("x"));
    assert_eq!(
        make("argoproj.io/v1alpha1", "Rollout").unwrap().kind.to_string(),
        "Rollout.v1alpha1.argoproj.io"
    );
    let kind = KindRef::new("argoproj.io/v1alpha1", "Rollout").unwrap();
    assert_eq!(kind.of_any_version().to_string(), "Rollout.argoproj.io");
    for (api, kind) in
        [("v1", "Secret"), ("v1", "-o"), ("v1", "a/b"), ("--all/v1", "X"), ("", "X"), ("v1", "")]
    {
        assert!(make(api, kind).is_none(), "{api} {kind}");
    }
}
