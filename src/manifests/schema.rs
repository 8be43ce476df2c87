//! The fields of a HorizontalPodAutoscaler by the API's own types and limits, version by version: what
//! an API server refuses of a manifest, or drops without a word.
//!
//! Source: `autoscaling/{v1,v2,v2beta1,v2beta2}` types and `pkg/apis/autoscaling/validation` of
//! Kubernetes 1.36.

/// What a field may hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    Text,
    OneOf(&'static [&'static str]),
    /// A whole number of 32 bits, within limits.
    Integer {
        least: i64,
        most: i64,
    },
    /// A Kubernetes quantity that is not negative; not zero either where `positive`.
    Quantity {
        positive: bool,
    },
    List(&'static Shape),
    Object(&'static [Field]),
    /// Not checked.
    Any,
}

/// A field of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) required: bool,
}

const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false }
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true }
}

/// The manifest of an HPA of a version; none if there is no such version.
pub(super) fn manifest(version: &str) -> Option<&'static [Field]> {
    Some(match version {
        "autoscaling/v2" | "autoscaling/v2beta2" => V2,
        "autoscaling/v1" => V1,
        "autoscaling/v2beta1" => V2_BETA1,
        _ => return None,
    })
}

macro_rules! manifest {
    ($spec:expr) => {
        &[
            field("apiVersion", Shape::Text),
            field("kind", Shape::Text),
            required("metadata", Shape::Any),
            required("spec", Shape::Object($spec)),
            field("status", Shape::Any),
        ]
    };
}

const V2: &[Field] = manifest!(&[
    required("scaleTargetRef", Shape::Object(REFERENCE)),
    field("minReplicas", MIN_REPLICAS),
    required("maxReplicas", POSITIVE),
    field("metrics", Shape::List(&Shape::Object(METRIC))),
    field("behavior", Shape::Object(BEHAVIOR)),
]);

const V1: &[Field] = manifest!(&[
    required("scaleTargetRef", Shape::Object(REFERENCE)),
    field("minReplicas", MIN_REPLICAS),
    required("maxReplicas", POSITIVE),
    field("targetCPUUtilizationPercentage", POSITIVE),
]);

const V2_BETA1: &[Field] = manifest!(&[
    required("scaleTargetRef", Shape::Object(REFERENCE)),
    field("minReplicas", MIN_REPLICAS),
    required("maxReplicas", POSITIVE),
    field("metrics", Shape::List(&Shape::Object(METRIC_BETA1))),
]);

/// What the annotations of early versions hold.
pub(super) const ANNOTATED_METRICS: Shape = Shape::List(&Shape::Object(METRIC_BETA1));
pub(super) const ANNOTATED_BEHAVIOR: Shape = Shape::Object(BEHAVIOR);

/// 0 needs the feature gate HPAScaleToZero.
const MIN_REPLICAS: Shape = Shape::Integer { least: 0, most: i32::MAX as i64 };
const POSITIVE: Shape = Shape::Integer { least: 1, most: i32::MAX as i64 };
const POSITIVE_QUANTITY: Shape = Shape::Quantity { positive: true };

const REFERENCE: &[Field] = &[
    field("apiVersion", Shape::Text),
    required("kind", Shape::Text),
    required("name", Shape::Text),
];

/// The types of metrics, each with the field that describes it.
pub(super) const SOURCES: [(&str, &str); 5] = [
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
    ("Pods", "pods"),
    ("Object", "object"),
    ("External", "external"),
];

const TYPE: Shape = Shape::OneOf(&["Resource", "ContainerResource", "Pods", "Object", "External"]);

const METRIC: &[Field] = &[
    required("type", TYPE),
    field(
        "resource",
        Shape::Object(&[required("name", Shape::Text), required("target", Shape::Object(TARGET))]),
    ),
    field(
        "containerResource",
        Shape::Object(&[
            required("name", Shape::Text),
            required("container", Shape::Text),
            required("target", Shape::Object(TARGET)),
        ]),
    ),
    field(
        "pods",
        Shape::Object(&[
            required("metric", Shape::Object(IDENTIFIER)),
            required("target", Shape::Object(TARGET)),
        ]),
    ),
    field(
        "object",
        Shape::Object(&[
            required("describedObject", Shape::Object(REFERENCE)),
            required("metric", Shape::Object(IDENTIFIER)),
            required("target", Shape::Object(TARGET)),
        ]),
    ),
    field(
        "external",
        Shape::Object(&[
            required("metric", Shape::Object(IDENTIFIER)),
            required("target", Shape::Object(TARGET)),
        ]),
    ),
];

const IDENTIFIER: &[Field] = &[required("name", Shape::Text), field("selector", Shape::Any)];

const TARGET: &[Field] = &[
    required("type", Shape::OneOf(&["Utilization", "AverageValue", "Value"])),
    field("averageUtilization", POSITIVE),
    field("averageValue", POSITIVE_QUANTITY),
    field("value", POSITIVE_QUANTITY),
];

const METRIC_BETA1: &[Field] = &[
    required("type", TYPE),
    field(
        "resource",
        Shape::Object(&[
            required("name", Shape::Text),
            field("targetAverageUtilization", POSITIVE),
            field("targetAverageValue", POSITIVE_QUANTITY),
        ]),
    ),
    field(
        "containerResource",
        Shape::Object(&[
            required("name", Shape::Text),
            required("container", Shape::Text),
            field("targetAverageUtilization", POSITIVE),
            field("targetAverageValue", POSITIVE_QUANTITY),
        ]),
    ),
    field(
        "pods",
        Shape::Object(&[
            required("metricName", Shape::Text),
            required("targetAverageValue", POSITIVE_QUANTITY),
            field("selector", Shape::Any),
        ]),
    ),
    field(
        "object",
        Shape::Object(&[
            required("target", Shape::Object(REFERENCE)),
            required("metricName", Shape::Text),
            field("targetValue", POSITIVE_QUANTITY),
            field("averageValue", POSITIVE_QUANTITY),
            field("selector", Shape::Any),
        ]),
    ),
    field(
        "external",
        Shape::Object(&[
            required("metricName", Shape::Text),
            field("metricSelector", Shape::Any),
            field("targetValue", POSITIVE_QUANTITY),
            field("targetAverageValue", POSITIVE_QUANTITY),
        ]),
    ),
];

const BEHAVIOR: &[Field] =
    &[field("scaleUp", Shape::Object(RULES)), field("scaleDown", Shape::Object(RULES))];

const RULES: &[Field] = &[
    field("stabilizationWindowSeconds", Shape::Integer { least: 0, most: 3600 }),
    field("selectPolicy", Shape::OneOf(&["Max", "Min", "Disabled"])),
    field("policies", Shape::List(&Shape::Object(POLICY))),
    field("tolerance", Shape::Quantity { positive: false }),
];

const POLICY: &[Field] = &[
    required("type", Shape::OneOf(&["Pods", "Percent"])),
    required("value", POSITIVE),
    required("periodSeconds", Shape::Integer { least: 1, most: 1800 }),
];
