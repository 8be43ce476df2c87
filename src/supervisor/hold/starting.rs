//! Forwards during their start, for a user who waits: which are ready, and why the others are not.

use std::cell::{Ref, RefCell};
use std::convert::Infallible;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::StartProgress;
use crate::kubectl::{Error, Kubectl, Outlook, ServerPath, Target};
use crate::supervisor::protocol::{Event, Spec};

/// If a start takes longer, the cluster is queried for the reason: kubectl waits for a pod
/// silently.
const PATIENCE: Duration = Duration::from_millis(1500);
/// The interval between two queries for the reason.
const AGAIN: Duration = Duration::from_secs(3);
/// The interval between two queries while waiting for a pod before anything is started.
const AGAIN_POD: Duration = Duration::from_millis(500);

/// A forward that is being started.
#[derive(Clone, Debug)]
pub struct StartingForward {
    /// The specification.
    pub spec: Spec,
    /// Why it is not ready, if known.
    pub cause: Option<String>,
    /// Whether it is ready.
    pub is_ready: bool,
    is_requested: bool,
}

/// A change of a starting forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartingChange {
    /// The forward at this position became ready.
    Ready(usize),
    /// The cause why the forward at this position is not ready has changed.
    Cause(usize),
}

/// Forwards that are starting. Receives the progress of the start, and queries the cluster about
/// forwards that take long.
pub struct Starting<F> {
    kubectl: Kubectl,
    forwards: RefCell<Vec<StartingForward>>,
    changed: F,
}

impl<F: Fn(&[StartingForward], StartingChange)> Starting<F> {
    /// Begins with no forward ready. `changed` is called after each change.
    pub fn new(kubectl: Kubectl, specs: &[Spec], changed: F) -> Self {
        let forward = |spec: &Spec| StartingForward {
            spec: spec.clone(),
            cause: None,
            is_ready: false,
            is_requested: false,
        };
        Self { kubectl, forwards: RefCell::new(specs.iter().map(forward).collect()), changed }
    }

    /// The current states of the forwards.
    pub fn forwards(&self) -> Ref<'_, [StartingForward]> {
        Ref::map(self.forwards.borrow(), Vec::as_slice)
    }

    /// Records a step of the start.
    pub fn progress(&self, step: StartProgress<'_>) {
        let at = |index| self.forwards.borrow_mut().get_mut(index).is_some();
        match step {
            StartProgress::Requested(index) if at(index) => {
                self.forwards.borrow_mut()[index].is_requested = true;
            }
            StartProgress::Ready(index) if at(index) => {
                self.forwards.borrow_mut()[index].is_ready = true;
                (self.changed)(&self.forwards.borrow(), StartingChange::Ready(index));
            }
            StartProgress::Requested(_) | StartProgress::Ready(_) => {}
            StartProgress::Event(event) => {
                if let Some(index) = self.position(event) {
                    self.set_cause(index, &event.message);
                }
            }
        }
    }

    /// The position of an event's forward. A forward without a requested name may have got a
    /// numbered name; so if only one forward is not ready, the event belongs to it.
    fn position(&self, event: &Event) -> Option<usize> {
        let forwards = self.forwards.borrow();
        let waiting = forwards.iter().enumerate().filter(|(_, forward)| !forward.is_ready);
        let name = |spec: &Spec| spec.name.as_deref() == Some(&event.name);
        let unnamed = |spec: &Spec| spec.name.is_none() && spec.resource.name() == event.name;
        let (first, _) = waiting.clone().next()?;
        let named = waiting.clone().find(|(_, it)| name(&it.spec) || unnamed(&it.spec));
        named.map(|(index, _)| index).or_else(|| (waiting.count() == 1).then_some(first))
    }

    /// Sets the cause why a forward is not ready.
    fn set_cause(&self, index: usize, cause: &str) {
        {
            let mut forwards = self.forwards.borrow_mut();
            let Some(forward) = forwards.get_mut(index) else { return };
            if forward.is_ready || forward.cause.as_deref() == Some(cause) {
                return;
            }
            forward.cause = Some(cause.to_owned());
        }
        (self.changed)(&self.forwards.borrow(), StartingChange::Cause(index));
    }

    /// Sets a cause if none is known.
    fn suggest_cause(&self, index: usize, cause: &str) {
        let is_known = self.forwards.borrow().get(index).is_some_and(|it| it.cause.is_some());
        if !is_known {
            self.set_cause(index, cause);
        }
    }

    /// Queries the cluster periodically, while polled, for what slow forwards wait for.
    pub async fn explain(&self) -> Infallible {
        sleep(PATIENCE).await;
        loop {
            let waiting: Vec<(usize, Spec)> = {
                let forwards = self.forwards.borrow();
                let waiting = forwards.iter().enumerate();
                let waiting = waiting.filter(|(_, it)| it.is_requested && !it.is_ready);
                waiting.map(|(index, it)| (index, it.spec.clone())).collect()
            };
            for (index, spec) in waiting {
                match missing_pod(&self.kubectl, &spec).await {
                    Ok(Some(cause)) => self.set_cause(index, &cause),
                    Ok(None) => {
                        self.suggest_cause(index, "a pod is ready; kubectl has not connected yet");
                    }
                    Err(error) if error.is_lasting() => {
                        self.suggest_cause(index, "kubectl has not connected yet");
                    }
                    Err(error) => self.suggest_cause(index, &error.message),
                }
            }
            sleep(AGAIN).await;
        }
    }

    /// Waits until each target has a ready pod. A Service without a selector has no pods: kubectl
    /// reports that itself. Returns the reason on failure.
    pub async fn wait_for_pods(&self, within: Duration) -> Result<(), String> {
        let deadline = Instant::now() + within;
        let specs: Vec<Spec> = self.forwards.borrow().iter().map(|it| it.spec.clone()).collect();
        for (index, spec) in specs.iter().enumerate() {
            loop {
                let cause = match missing_pod(&self.kubectl, spec).await {
                    Ok(None) => break,
                    Ok(Some(cause)) => cause,
                    Err(error)
                        if Outlook::of(&error.message) == Outlook::Hopeless
                            || error.is_lasting()
                            || error.needs_login() =>
                    {
                        return Err(format!("{}: {error}", spec.title()));
                    }
                    Err(error) => error.message,
                };
                self.set_cause(index, &cause);
                if Instant::now() + AGAIN_POD >= deadline {
                    return Err(format!("{}: no pod was ready in time: {cause}", spec.title()));
                }
                sleep(AGAIN_POD).await;
            }
        }
        Ok(())
    }
}

impl StartingForward {
    /// The forward's name, or else its target in short.
    pub fn short(&self) -> String {
        self.spec.name.clone().unwrap_or_else(|| self.spec.resource.short())
    }
}

/// A sentence that explains why no pod of the forward's target is ready; `None` if one is.
async fn missing_pod(kubectl: &Kubectl, spec: &Spec) -> Result<Option<String>, Error> {
    let path = ServerPath::default();
    let target = match &spec.context {
        Some(name) => Target::Context { name, path: &path },
        None => Target::Default,
    };
    let backing = kubectl.backing(target, &spec.namespace, &spec.resource).await?;
    Ok(backing.and_then(|backing| backing.why_not()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::spec;
    use super::*;
    use crate::kubectl::Settings;
    use crate::supervisor::protocol::ForwardState;

    #[test]
    fn an_event_is_the_cause_of_the_forward_that_it_names() {
        let kubectl = Kubectl::new(Settings {
            program: "/nowhere/kubectl".into(),
            kubeconfig: None,
            impersonation: crate::config::Impersonation::default(),
            timeout: Duration::ZERO,
            retries: 0,
            versions: None,
            go_is_tuned: false,
        });
        let changes = RefCell::new(Vec::new());
        let specs = [spec("a"), Spec { name: None, ..spec("") }];
        let starting =
            Starting::new(kubectl, &specs, |_, change| changes.borrow_mut().push(change));
        let event = |name: &str, message: &str| Event {
            name: name.to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
            state: ForwardState::Starting,
            message: message.to_owned(),
        };
        let hears = |name: &str, message: &str| {
            starting.progress(StartProgress::Event(&event(name, message)));
            changes.take()
        };
        assert_eq!(hears("a", "no pod"), [StartingChange::Cause(0)]);
        assert_eq!(hears("a", "no pod"), [], "that is known");
        assert_eq!(hears("web", "slow"), [StartingChange::Cause(1)], "by its target's name");
        assert_eq!(hears("web-2", "slower"), [], "it may be either");
        starting.progress(StartProgress::Requested(0));
        starting.progress(StartProgress::Ready(0));
        starting.progress(StartProgress::Ready(7));
        assert_eq!(changes.take(), [StartingChange::Ready(0)]);
        assert_eq!(hears("web-2", "slower"), [StartingChange::Cause(1)], "it is the only one left");
        let causes: Vec<_> = starting.forwards().iter().map(|it| it.cause.clone()).collect();
        assert_eq!(causes, [Some("no pod".to_owned()), Some("slower".to_owned())]);
        assert_eq!(starting.forwards()[1].short(), "svc/web");
    }
}
