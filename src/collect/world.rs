//! Everything that findings are decided from, of each cluster: its HPAs, their targets, and what
//! else is asked for.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Collector;
use super::hpas::{HpaRequest, collect_cluster};
use super::kinds::{CUSTOM_KINDS, TargetKind, affordable, is_unknown_kind, kinds};
use super::namespaces::NamespaceFilter;
use super::outcome::{Failure, Outcome};
use crate::config::{Lists, duration};
use crate::findings::{Known, World};
use crate::hpa::{
    DisruptionBudget, Hpa, ParseError, Pod, Quota, ScaledObject, VerticalAutoscaler, Workload,
};
use crate::kubectl::{
    ApiPath, Cluster, Error, ErrorKind, InvalidName, KindRef, ListQuery, Name, ObjectRef, Read,
    Resource,
};

/// So many kubectls read parts of one cluster at the same time.
const PARTS_AT_ONCE: usize = 3;
/// As many pods are read at a time: kubectl's own chunk.
const PODS_A_PAGE: u32 = 500;
/// As many targets are read at a time. There are fewer of them than pods, and each page costs a
/// kubectl: a fleet's snapshot would be made of little else.
const TARGETS_A_PAGE: u32 = 2000;

/// What besides the HPAs is to be read. Only what is needed costs a kubectl.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each stands for one list")]
pub struct Parts {
    /// The scale targets.
    pub targets: bool,
    /// Pods.
    pub pods: bool,
    /// PodDisruptionBudgets.
    pub budgets: bool,
    /// ResourceQuotas.
    pub quotas: bool,
    /// VerticalPodAutoscalers.
    pub vertical: bool,
    /// KEDA's ScaledObjects.
    pub scaled_objects: bool,
}

/// What to collect.
#[derive(Clone, Debug, PartialEq)]
pub struct WorldRequest {
    /// HPAs of which namespaces.
    pub namespaces: NamespaceFilter,
    /// Judged are those with these labels alone.
    pub label_selector: Option<String>,
    /// Judged is that of this name alone.
    pub name: Option<Name>,
    /// What besides the HPAs.
    pub parts: Parts,
    /// What it is for.
    pub purpose: Purpose,
    /// What is not read then counts as a timeout.
    pub deadline: Option<Deadline>,
}

/// What a world is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be judged. HPAs that were not asked for are read all the same, for two may scale one target,
    /// but nothing around them. A part that is forbidden is an error in the world alone: that part is not
    /// known, and whoever needs it is told so.
    Judge,
    /// To be kept: just what was asked for, of which nothing may be missing unsaid.
    Record,
}

/// The end of the time for everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// That moment.
    pub at: Instant,
    /// How long after the beginning that is.
    pub limit: Duration,
}

impl Deadline {
    /// What `work` gives, unless the deadline passes first.
    async fn bound<T>(
        deadline: Option<Self>,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let Some(Self { at, limit }) = deadline else { return work.await };
        tokio::time::timeout_at(at.into(), work).await.unwrap_or_else(|_| {
            let limit = duration::format(limit);
            Err(Error::new(
                ErrorKind::Timeout,
                format!("not read within {limit}, the time for all"),
            ))
        })
    }
}

/// One cluster as it was read.
#[derive(Clone, Debug)]
pub struct ClusterWorld {
    /// How that went. A part that could not be read is a failure of the cluster, unless it is
    /// forbidden and [`Purpose`] says otherwise.
    pub outcome: Outcome,
    /// What was read.
    pub world: World,
    /// Whether its HPAs are all that were asked for, whatever became of the rest.
    pub is_complete: bool,
    /// Namespaces and names of the HPAs that are judged, where that is not all of them.
    chosen: Option<BTreeSet<(String, String)>>,
}

impl ClusterWorld {
    /// A cluster of which nothing was read.
    pub fn unread(cluster: &Cluster, duration: Duration, error: Error) -> Self {
        let outcome = Outcome::new(cluster, duration, Some(error));
        Self { outcome, world: World::of(Vec::new()), is_complete: false, chosen: None }
    }

    /// Whether an HPA of this world is one of those that were asked for.
    pub fn is_chosen(&self, hpa: &Hpa) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.contains(&key(hpa)))
    }

    /// The HPAs of this world that were asked for.
    pub fn judged(&self) -> impl Iterator<Item = &Hpa> {
        self.world.hpas.iter().filter(|hpa| self.is_chosen(hpa))
    }
}

fn key(hpa: &Hpa) -> (String, String) {
    (hpa.namespace.clone(), hpa.name.clone())
}

/// Reads all `clusters`, each by one kubectl for its HPAs and then, where there are any, one for each
/// kind of target that occurs and one for each further part. Pods are read in pages, of which only
/// what findings are decided from is kept.
pub async fn collect_worlds(
    collector: &Collector,
    clusters: &[Cluster],
    request: &WorldRequest,
) -> Result<Vec<ClusterWorld>, InvalidName> {
    let names = request.namespaces.names()?;
    let worlds = collector
        .each(clusters, |collector, cluster| {
            let (request, names) = (request.clone(), names.clone());
            async move {
                let start = Instant::now();
                let mut read = read(&collector, &cluster, &request, names.as_deref()).await;
                read.outcome.duration = start.elapsed();
                read
            }
        })
        .await;
    Ok(worlds)
}

async fn read(
    collector: &Collector,
    cluster: &Cluster,
    request: &WorldRequest,
    names: Option<&[Name]>,
) -> ClusterWorld {
    let neighbours = request.purpose == Purpose::Judge;
    let all = HpaRequest {
        namespaces: request.namespaces.clone(),
        label_selector: request.label_selector.clone().filter(|_| !neighbours),
        name: None,
    };
    let list = async { Ok(collect_cluster(collector, cluster, &all, names).await) };
    let (mut outcome, hpas) = match Deadline::bound(request.deadline, list).await {
        Ok(read) => read,
        Err(error) => return ClusterWorld::unread(cluster, Duration::ZERO, error),
    };
    let mut chosen: Option<BTreeSet<_>> = None;
    if let (Some(selector), true) = (&request.label_selector, neighbours && !hpas.is_empty()) {
        // What a selector means is the server's to say. Where its answer is not whole, those that it
        // did name are judged: never one that may not have the labels.
        let labelled = HpaRequest { label_selector: Some(selector.clone()), ..all };
        let list = async { Ok(collect_cluster(collector, cluster, &labelled, names).await) };
        let labelled = match Deadline::bound(request.deadline, list).await {
            Ok((asked, labelled)) => {
                if let Some(failure) = asked.error {
                    outcome.fail(failure);
                }
                labelled
            }
            Err(error) => {
                outcome.fail(error.into());
                Vec::new()
            }
        };
        chosen = Some(labelled.iter().map(key).collect());
    }
    if let Some(name) = &request.name {
        let of_name = hpas.iter().filter(|hpa| hpa.name == name.as_str()).map(key);
        let labelled = |hpa: &(String, String)| chosen.as_ref().is_none_or(|c| c.contains(hpa));
        chosen = Some(of_name.filter(labelled).collect());
    }
    let is_complete = outcome.error.is_none();
    let mut read = ClusterWorld { outcome, world: World::of(hpas), is_complete, chosen };
    let chosen: Vec<&Hpa> = read.judged().collect();
    if chosen.is_empty() {
        return read;
    }
    let namespaces: BTreeSet<&str> = chosen.iter().map(|hpa| hpa.namespace.as_str()).collect();
    let reader = Reader {
        collector: collector.clone(),
        cluster: cluster.clone(),
        namespaces: Arc::new(namespaces.iter().map(|name| (*name).to_owned()).collect()),
        only: match namespaces.first() {
            Some(only) if namespaces.len() == 1 => Name::parse(only).ok(),
            _ => None,
        },
        named: names.map(<[Name]>::to_vec),
        deadline: request.deadline,
    };
    let targets = if request.parts.targets { kinds(&chosen) } else { Vec::new() };
    let (targets, too_many) = affordable(targets);
    for part in reader.parts(request.parts, targets).await {
        read.take(part, request.purpose);
    }
    for kind in too_many {
        let why = format!("targets of no more than {CUSTOM_KINDS} custom kinds are looked for");
        let read_nothing = Err(Error::new(ErrorKind::NotFound, why));
        read.take(Part::Targets(kind, read_nothing), request.purpose);
    }
    read
}

/// A part as it was read.
enum Part {
    Targets(TargetKind, Result<Vec<Workload>, Error>),
    Pods(Result<Vec<Pod>, Error>),
    Budgets(Result<Vec<DisruptionBudget>, Error>),
    Quotas(Result<Vec<Quota>, Error>),
    Vertical(Result<Vec<VerticalAutoscaler>, Error>),
    ScaledObjects(Result<Vec<ScaledObject>, Error>),
}

impl ClusterWorld {
    fn take(&mut self, part: Part, purpose: Purpose) {
        let Self { world, outcome, .. } = self;
        let outcome = &mut (outcome, purpose);
        match part {
            Part::Targets(kind, Ok(workloads)) => world.read_targets(&kind.name, workloads),
            Part::Targets(kind, Err(error)) => {
                let why = known::<()>(outcome, &kind.name, Err(error)).err().unwrap_or_default();
                world.cannot_read_targets(&kind.name, &why);
            }
            Part::Pods(pods) => world.pods = known(outcome, "pods", pods),
            Part::Budgets(list) => world.budgets = known(outcome, "poddisruptionbudgets", list),
            Part::Quotas(list) => world.quotas = known(outcome, "resourcequotas", list),
            Part::Vertical(list) => {
                world.vertical = known(outcome, "verticalpodautoscalers", list);
            }
            Part::ScaledObjects(list) => {
                world.scaled_objects = known(outcome, "scaledobjects", list);
            }
        }
    }
}

/// A part, or why it is not known. What is forbidden is so by somebody's decision and stays so, as an
/// API stays away that the cluster does not have, and who judges can do without; any other failure
/// leaves the cluster incompletely read.
fn known<T>(
    (outcome, purpose): &mut (&mut Outcome, Purpose),
    what: &str,
    read: Result<T, Error>,
) -> Known<T> {
    read.map_err(|error| {
        let why = format!("{what}: {}", error.message);
        let is_lasting = matches!(error.kind, ErrorKind::Forbidden | ErrorKind::NotFound);
        if !is_lasting || *purpose == Purpose::Record {
            outcome.fail(Failure { kind: error.kind, message: why.clone() });
        }
        why
    })
}

/// Reads parts of one cluster.
#[derive(Clone)]
struct Reader {
    collector: Collector,
    cluster: Cluster,
    /// The namespaces of the HPAs that are judged.
    namespaces: Arc<BTreeSet<String>>,
    /// That namespace, where it is one.
    only: Option<Name>,
    /// The namespaces that the user named, all of them exactly.
    named: Option<Vec<Name>>,
    deadline: Option<Deadline>,
}

impl Reader {
    async fn parts(&self, parts: Parts, targets: Vec<TargetKind>) -> Vec<Part> {
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
        // The longest first.
        if parts.pods {
            spawn!(|reader| Part::Pods(reader.bound(reader.pods()).await));
        }
        for kind in targets {
            spawn!(|reader| {
                let read = reader.bound(Box::pin(reader.targets(&kind))).await;
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

    /// What `read` gives within the deadline.
    async fn bound<T>(&self, read: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        Deadline::bound(self.deadline, read).await
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

    async fn list<T>(
        &self,
        resource: Resource,
        parse: impl Fn(&[u8]) -> Result<(Vec<T>, Option<String>), ParseError>,
    ) -> Result<Vec<T>, Error> {
        self.bound(self.everywhere(resource, &ListQuery::default(), parse)).await
    }

    /// The targets of one kind: by a list, or by itself where it is one. Objects that do not exist
    /// are no failure.
    async fn targets(&self, kind: &TargetKind) -> Result<Vec<Workload>, Error> {
        // Of a list that has more the others are nobody's target.
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
                    // The controller finds a kind by its group and name, and so do HPAs whose
                    // version is wrong scale.
                    Err(error) if is_unknown_kind(&error) => {
                        self.custom(kind, reference.of_any_version()).await
                    }
                    read => read,
                },
                // No such kind can exist, and so no such object.
                None => Ok(Vec::new()),
            },
        };
        let mut workloads = match read {
            // Who scales one has found the kind: that it is not found here tells nothing.
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

    /// One target of a kind whose plural is known.
    async fn target(
        &self,
        resource: Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Vec<Workload>, Error> {
        // What is no name is nobody's.
        let (Ok(namespace), Ok(name)) = (Name::parse(namespace), Name::parse(name)) else {
            return Ok(Vec::new());
        };
        self.one(&Read::Raw(ApiPath::object(resource, &namespace, &name))).await
    }

    /// The targets of a kind whose plural kubectl finds out: by itself where it is one, else all of
    /// that kind.
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

    /// A list of the namespace of the HPAs where that is one, else of the whole cluster; and where
    /// that is forbidden and the user named the namespaces, of each.
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
                // The server forgets where a page ended after some minutes: then all at once.
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

/// An API that the cluster does not have has no objects.
fn installed<T>(read: Result<Vec<T>, Error>) -> Result<Vec<T>, Error> {
    match read {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}

fn bad(error: &ParseError) -> Error {
    Error::new(ErrorKind::BadResponse, error.to_string())
}
