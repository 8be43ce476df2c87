use super::super::super::fixtures::Case;
use super::*;
use crate::kube::Owner;

#[test]
fn keda() {
    let owned = || {
        Case::new().hpa(|hpa| {
            hpa.owner = Some(Owner {
                api_version: "keda.sh/v1alpha1".to_owned(),
                kind: "ScaledObject".to_owned(),
                name: "web-scaler".to_owned(),
                uid: "9".to_owned(),
            });
        })
    };
    let object = |paused, fallback| ScaledObject {
        namespace: "shop".to_owned(),
        name: "web-scaler".to_owned(),
        hpa: None,
        paused,
        fallback,
        ..ScaledObject::default()
    };
    let with = |object| owned().world(|world| world.scaled_objects = Ok(vec![object]));
    let plain = with(object(false, false)).raised("keda-managed");
    assert_eq!(plain.message, "KEDA made this HPA from ScaledObject web-scaler");
    assert_eq!(plain.severity, Severity::Info);
    let paused = with(object(true, false)).raised("keda-managed");
    assert_eq!((paused.severity, paused.action.is_some()), (Severity::Warning, true));
    assert!(with(object(false, true)).message("keda-managed").contains("fallback"));
    let unread = owned().world(|world| world.scaled_objects = Err(Case::unread()));
    assert!(unread.message("keda-managed").ends_with("not known: forbidden"));
    let elsewhere = ScaledObject { namespace: "other".to_owned(), ..object(true, false) };
    assert_eq!(with(elsewhere).severity("keda-managed"), Severity::Info);

    let label = |by: &str| {
        Case::new().hpa(|hpa| {
            hpa.labels.extend([("app.kubernetes.io/managed-by".to_owned(), by.to_owned())]);
        })
    };
    label("keda-operator").raised("keda-managed");
    label("Helm").clear("keda-managed");
    let named = ScaledObject { hpa: Some("web".to_owned()), ..object(true, false) };
    let labelled = label("keda-operator").world(|world| world.scaled_objects = Ok(vec![named]));
    assert_eq!(labelled.severity("keda-managed"), Severity::Warning);
}

/// A queue worker without work, in the state in which KEDA leaves it.
fn at_rest(change: impl FnOnce(&mut ScaledObject)) -> Case {
    let mut object = ScaledObject {
        namespace: "shop".to_owned(),
        name: "web-scaler".to_owned(),
        hpa: Some("web".to_owned()),
        ..ScaledObject::default()
    };
    change(&mut object);
    labelled().world(|world| world.scaled_objects = Ok(vec![object]))
}

fn labelled() -> Case {
    Case::new().replicas(1, 0, 9).condition("ScalingActive", "False", "ScalingDisabled", "").hpa(
        |hpa| {
            let label = ("app.kubernetes.io/managed-by".to_owned(), "keda-operator".to_owned());
            hpa.labels.extend([label]);
        },
    )
}

#[test]
fn keda_at_rest() {
    let quiet = |case: &Case| {
        assert_eq!(case.ids(), ["keda-managed"]);
        assert_eq!(case.severity("keda-managed"), Severity::Info);
    };
    quiet(&at_rest(|_| {}));
    quiet(&at_rest(|object| object.min_replicas = Some(0)));
    quiet(&at_rest(|object| (object.min_replicas, object.idle_replicas) = (Some(3), Some(0))));
    quiet(&at_rest(|object| object.ready = Some(true)));
    // If ScaledObjects are not read, KEDA is trusted.
    quiet(&labelled());
    quiet(&labelled().world(|world| world.scaled_objects = Err(Case::unread())));
    let owned = labelled().hpa(|hpa| {
        hpa.labels.clear();
        hpa.owner = Some(Owner {
            api_version: "keda.sh/v1alpha1".to_owned(),
            kind: "ScaledObject".to_owned(),
            name: "web-scaler".to_owned(),
            uid: "9".to_owned(),
        });
    });
    quiet(&owned);
    // Paused at 0 replicas: only that is reported.
    let paused = at_rest(|object| object.paused = true);
    assert_eq!(paused.ids(), ["keda-managed"]);
    assert_eq!(paused.severity("keda-managed"), Severity::Warning);
}

#[test]
fn keda_that_should_not_rest() {
    let kept = at_rest(|object| object.min_replicas = Some(2));
    let raise = kept.raised("scaled-to-zero");
    assert_eq!(
        raise.message,
        "Deployment/web has 0 replicas, which turns autoscaling off; ScaledObject web-scaler keeps at least 2 \
         (minReplicaCount)"
    );
    assert!(raise.action.unwrap().starts_with("scale the target to 2"));
    at_rest(|object| (object.min_replicas, object.idle_replicas) = (Some(3), Some(1)))
        .raised("scaled-to-zero");
    let broken = at_rest(|object| object.ready = Some(false));
    assert!(broken.message("scaled-to-zero").ends_with("is not ready, so that nothing wakes it"));
    // Another `ScaledObject`'s HPA is no excuse.
    let plain = labelled().hpa(|hpa| hpa.labels.clear());
    assert_eq!(plain.ids(), ["scaled-to-zero", "low-min"]);
}

/// KEDA writes a minimum of 1 instead of 0.
#[test]
fn kedas_minimum() {
    at_rest(|_| {}).clear("low-min");
    labelled().clear("low-min");
    at_rest(|object| (object.min_replicas, object.idle_replicas) = (Some(1), Some(0)))
        .clear("low-min");
    let one = at_rest(|object| object.min_replicas = Some(1)).raised("low-min");
    assert!(one.action.unwrap().contains("minReplicaCount"));
}
