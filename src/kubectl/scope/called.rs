//! Clusters by a name that a user has typed: as watchdog prints it, or as the kubeconfig has it.

use super::{Cluster, ScopeError, name_of, nearest};
use crate::kubectl::{Context, KubeConfig};

impl Cluster {
    /// Whether this is the cluster's name, as printed or in the kubeconfig, or that of its context.
    pub fn is_called(&self, name: &str) -> bool {
        [&self.name, &self.entry, &self.context].iter().any(|own| ***own == *name)
    }
}

impl KubeConfig {
    /// The context through which the cluster of this name is read: of the kubeconfig's cluster of that name the
    /// current or the first one, else the context that has the name itself.
    ///
    /// # Errors
    ///
    /// [`ScopeError::NoMatch`]
    pub fn context_called(&self, name: &str) -> Result<&str, ScopeError> {
        let current = self.current.as_deref().and_then(|current| self.contexts.get(current));
        let mut contexts = current.into_iter().chain(self.contexts.values());
        let of_cluster = contexts.find(|context| context.cluster == name);
        let of_context = || self.contexts.get(name);
        let extended = || self.contexts.values().find(|context| *name_of(context, self) == *name);
        let found: Option<&Context> = of_cluster.or_else(of_context).or_else(extended);
        found.map(|context| context.name.as_str()).ok_or_else(|| {
            let names = self.contexts.values().flat_map(|it| [it.cluster.as_str(), &it.name]);
            let near = nearest(name, names).into_iter().map(str::to_owned).collect();
            ScopeError::NoMatch {
                what: "cluster",
                pattern: name.to_owned(),
                exact: true,
                near,
                known: self.contexts.len(),
            }
        })
    }
}
