//! Reads the parts of a cluster other than its HPAs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Collector;
use super::kinds::{TargetKind, is_unknown_kind};
use super::world::Parts;
use crate::config::Lists;
use crate::kube::{
    DisruptionBudget, ParseError, Pod, PodMetrics, Quota, ScaledObject, VerticalAutoscaler,
    Workload,
};
use crate::kubectl::{
    ApiPath, Cluster, Error, ErrorKind, KindRef, ListQuery, Name, ObjectRef, Read, Resource,
};

/// How many kubectl processes read parts of one cluster at the same time.
const PARTS_AT_ONCE: usize = 3;
/// The page size for pods: kubectl's own chunk size.
const PODS_A_PAGE: u32 = 500;
/// The page size for targets, larger than for pods: there are fewer targets, and each page costs a
/// kubectl, which would dominate the time of a fleet's snapshot.
const TARGETS_A_PAGE: u32 = 2000;
/// How many `/scale`s are read per cluster: each costs a kubectl with its discovery.
pub(super) const SCALES: usize = 16;

/// A part of a cluster, as it was read.
pub(super) enum Part {
    Targets(TargetKind, Result<Targets, Error>),
    Pods(Result<Vec<Pod>, Error>),
    Budgets(Result<Vec<DisruptionBudget>, Error>),
    Quotas(Result<Vec<Quota>, Error>),
    Vertical(Result<Vec<VerticalAutoscaler>, Error>),
    ScaledObjects(Result<Vec<ScaledObject>, Error>),
    Metrics(Result<Vec<PodMetrics>, Error>),
}

/// The targets of one kind.
pub(super) struct Targets {
    pub(super) workloads: Vec<Workload>,
    /// Why the `/scale` of a target is unknown, if it was needed.
    pub(super) unread_scale: Option<Error>,
}

/// Reads parts of one cluster.
#[derive(Clone)]
pub(super) struct Reader {
    pub(super) collector: Collector,
    pub(super) cluster: Cluster,
    /// The namespaces of the HPAs that are judged.
    pub(super) namespaces: Arc<BTreeSet<String>>,
    /// The namespace of the HPAs, if there is just one.
    pub(super) only: Option<Name>,
    /// The namespaces given by the user, if all are given by name.
    pub(super) named: Option<Vec<Name>>,
    /// How many more `/scale`s may be read.
    pub(super) scales: Arc<AtomicUsize>,
}

impl Reader {
    pub(super) async fn parts(&self, parts: Parts, targets: Vec<TargetKind>) -> Vec<Part> {
        let slots = Arc::new(Semaphore::new(PARTS_AT_ONCE));
        let mut tasks = JoinSet::new();
        macro_rules! spawn {
            (|$reader:ident| $part:expr) => {{
                let ($reader, slots) = (self.clone(), Arc::clone(&slots));
                tasks.spawn(async move {
                    let _slot = slots.acquire().await;
                    $part
                });
            }};
        }
        // Pods first: they take longest.
        if parts.pods {
            spawn!(|reader| Part::Pods(reader.pods().await));
        }
        if parts.metrics {
            spawn!(|reader| Part::Metrics(reader.metrics().await));
        }
        for kind in targets {
            spawn!(|reader| {
                let read = match Box::pin(reader.targets(&kind)).await {
                    // The `/scale` is only needed for its selector, and that only for pods.
                    Ok(workloads) if parts.pods => Ok(reader.scaled(&kind, workloads).await),
                    Ok(workloads) => Ok(Targets { workloads, unread_scale: None }),
                    Err(error) => Err(error),
                };
                Part::Targets(kind, read)
            });
        }
        if parts.budgets {
            spawn!(|reader| {
                let resource = Resource::PodDisruptionBudgets;
                Part::Budgets(reader.list(resource, DisruptionBudget::parse_list).await)
            });
        }
        if parts.quotas {
            spawn!(|reader| {
                Part::Quotas(reader.list(Resource::ResourceQuotas, Quota::parse_list).await)
            });
        }
        if parts.vertical {
            spawn!(|reader| {
                let resource = Resource::VerticalPodAutoscalers;
                Part::Vertical(installed(
                    reader.list(resource, VerticalAutoscaler::parse_list).await,
                ))
            });
        }
        if parts.scaled_objects {
            spawn!(|reader| {
                let read = reader.list(Resource::ScaledObjects, ScaledObject::parse_list).await;
                Part::ScaledObjects(installed(read))
            });
        }
        tasks.join_all().await
    }

    async fn pods(&self) -> Result<Vec<Pod>, Error> {
        let query = ListQuery { limit: Some(PODS_A_PAGE), ..ListQuery::default() };
        let read = |json: &[u8]| {
            let (mut pods, next) = Pod::parse_list(json)?;
            pods.retain(|pod| self.namespaces.contains(&pod.namespace));
            pods.shrink_to_fit();
            Ok((pods, next))
        };
        self.everywhere(Resource::Pods, &query, read).await
    }

    /// What pods use. metrics-server has no pages, so a page is as large as for targets where another
    /// server has.
    async fn metrics(&self) -> Result<Vec<PodMetrics>, Error> {
        let query = ListQuery { limit: Some(TARGETS_A_PAGE), ..ListQuery::default() };
        let read = |json: &[u8]| {
            let (mut metrics, next) = PodMetrics::parse_list(json)?;
            metrics.retain(|it| self.namespaces.contains(&it.namespace));
            metrics.shrink_to_fit();
            Ok((metrics, next))
        };
        self.everywhere(Resource::PodMetrics, &query, read).await
    }

    async fn list<T>(
        &self,
        resource: Resource,
        parse: impl Fn(&[u8]) -> Result<(Vec<T>, Option<String>), ParseError>,
    ) -> Result<Vec<T>, Error> {
        self.everywhere(resource, &ListQuery::default(), parse).await
    }

    /// The targets of one kind: a single target is read by itself, several by a list. Objects that
    /// do not exist are not a failure.
    async fn targets(&self, kind: &TargetKind) -> Result<Vec<Workload>, Error> {
        // A list may hold objects that no HPA targets: drop them.
        let is_target = |workload: &Workload| {
            kind.objects.contains(&(workload.namespace.clone(), workload.name.clone()))
        };
        let read = match kind.resource() {
            Some(resource) => match kind.objects.first() {
                Some((namespace, name)) if kind.objects.len() == 1 => {
                    self.target(resource, namespace, name).await
                }
                _ => {
                    let query = ListQuery { limit: Some(TARGETS_A_PAGE), ..ListQuery::default() };
                    let parse = |json: &[u8]| {
                        let (mut page, next) = Workload::parse_list(json)?;
                        page.retain(is_target);
                        page.shrink_to_fit();
                        Ok((page, next))
                    };
                    self.everywhere(resource, &query, parse).await
                }
            },
            // Only kubectl knows the plural of a kind that is not built in.
            None => match KindRef::new(&kind.api_version, &kind.kind) {
                Some(reference) => match self.custom(kind, reference.clone()).await {
                    // The controller finds a kind by group and name, so an HPA with a wrong
                    // version scales all the same: try any version.
                    Err(error) if is_unknown_kind(&error) => {
                        self.custom(kind, reference.of_any_version()).await
                    }
                    read => read,
                },
                // No such kind can exist, and so no such object either.
                None => Ok(Vec::new()),
            },
        };
        let mut workloads = match read {
            // The controller scales an object of this kind, so the kind exists: not finding it
            // here is a failure, not an empty list.
            Err(error) if is_unknown_kind(&error) && kind.is_scaled => {
                let why = format!("{}, though the controller scales one", error.message);
                return Err(Error { message: why, ..error });
            }
            read => installed(read)?,
        };
        workloads.retain(is_target);
        workloads.shrink_to_fit();
        Ok(workloads)
    }

    /// Reads the `/scale` of custom resources that do not show their selector themselves.
    async fn scaled(&self, kind: &TargetKind, mut workloads: Vec<Workload>) -> Targets {
        let mut unread_scale: Option<Error> = None;
        let is_custom = kind.resource().is_none();
        for workload in workloads.iter_mut().filter(|it| is_custom && it.measured_by().is_none()) {
            let is_left = |left: usize| left.checked_sub(1);
            let read = match &unread_scale {
                // After one failure the others of the kind would fail too, each for a kubectl.
                Some(error) => Err(error.clone()),
                None if self.scales.fetch_update(Relaxed, Relaxed, is_left).is_err() => {
                    let why = format!("no more than {SCALES} are read of a cluster");
                    workload.no_selector = Some(format!("the /scale of {}: {why}", kind.name));
                    continue;
                }
                None => self.collector.scale_of(&self.cluster, workload).await,
            };
            match read {
                Ok(scale) => workload.scaled_as(scale),
                Err(error) => {
                    let why = format!("the /scale of {}: {}", kind.name, error.message);
                    workload.no_selector = Some(why);
                    // An object deleted in the meantime does not affect the others.
                    if error.kind != ErrorKind::NotFound {
                        unread_scale = Some(error);
                    }
                }
            }
        }
        Targets { workloads, unread_scale }
    }

    /// One target of a kind whose plural is known.
    async fn target(
        &self,
        resource: Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Vec<Workload>, Error> {
        // An invalid name cannot belong to any object.
        let (Ok(namespace), Ok(name)) = (Name::parse(namespace), Name::parse(name)) else {
            return Ok(Vec::new());
        };
        self.one(&Read::Raw(ApiPath::object(resource, &namespace, &name))).await
    }

    /// The targets of a kind whose plural only kubectl can find: a single target by itself, else
    /// all objects of the kind.
    async fn custom(&self, kind: &TargetKind, of: KindRef) -> Result<Vec<Workload>, Error> {
        match kind.objects.first() {
            Some((namespace, name)) if kind.objects.len() == 1 => {
                match (Name::parse(namespace), Name::parse(name)) {
                    (Ok(namespace), Ok(name)) => {
                        self.one(&Read::Object(ObjectRef::of(of, namespace, name))).await
                    }
                    _ => Ok(Vec::new()),
                }
            }
            _ => {
                let read = Read::Kind { kind: of, namespace: self.only.clone() };
                let json = self.collector.kubectl.read(self.cluster.target(), &read).await?;
                Ok(Workload::parse_list(&json).map_err(|error| bad(&error))?.0)
            }
        }
    }

    async fn one(&self, read: &Read) -> Result<Vec<Workload>, Error> {
        let json = self.collector.kubectl.read(self.cluster.target(), read).await?;
        Ok(vec![Workload::parse(&json).map_err(|error| bad(&error))?])
    }

    /// Lists the namespace of the HPAs if there is just one, else the whole cluster. If that is
    /// forbidden and the user named the namespaces, lists each of those that have HPAs.
    async fn everywhere<T>(
        &self,
        resource: Resource,
        query: &ListQuery,
        parse: impl Fn(&[u8]) -> Result<(Vec<T>, Option<String>), ParseError>,
    ) -> Result<Vec<T>, Error> {
        let error = match self.pages(resource, self.only.as_ref(), query, &parse).await {
            Ok(all) => return Ok(all),
            Err(error) => error,
        };
        match &self.named {
            Some(names) if self.only.is_none() && error.kind == ErrorKind::Forbidden => {
                let mut all = Vec::new();
                let with_hpas = names.iter().filter(|name| self.namespaces.contains(name.as_str()));
                for name in with_hpas {
                    all.extend(self.pages(resource, Some(name), query, &parse).await?);
                }
                Ok(all)
            }
            _ => Err(error),
        }
    }

    async fn pages<T>(
        &self,
        resource: Resource,
        namespace: Option<&Name>,
        query: &ListQuery,
        parse: impl Fn(&[u8]) -> Result<(Vec<T>, Option<String>), ParseError>,
    ) -> Result<Vec<T>, Error> {
        let mut query = query.clone();
        let mut all = Vec::new();
        loop {
            let read = self.collector.list(resource, namespace, query.clone());
            let json = match self.collector.kubectl.read(self.cluster.target(), &read).await {
                // A continue token expires after some minutes: then read everything at once.
                Err(error)
                    if query.continue_token.is_some() && error.message.contains("(Expired)") =>
                {
                    query = ListQuery { limit: None, continue_token: None, ..query };
                    all.clear();
                    continue;
                }
                answer => answer?,
            };
            let (page, next) = parse(&json).map_err(|error| bad(&error))?;
            drop(json);
            all.extend(page);
            match next {
                // With `-o json` kubectl itself follows the pages.
                Some(token)
                    if self.collector.lists == Lists::Raw
                        && query.continue_token.as_ref() != Some(&token) =>
                {
                    query.continue_token = Some(token);
                }
                _ => return Ok(all),
            }
        }
    }
}

/// Treats an API that the cluster does not have as an empty list.
fn installed<T>(read: Result<Vec<T>, Error>) -> Result<Vec<T>, Error> {
    match read {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}

fn bad(error: &ParseError) -> Error {
    Error::new(ErrorKind::BadResponse, error.to_string())
}
