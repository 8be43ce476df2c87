//! How long a person waits for an API server that is silent.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Receives a context and a line.
type PluginSaid = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// For commands that a person waits for: an API server that sends nothing for this long has failed,
/// long before the timeout of a call. While a credential plugin runs (a browser, a device code) the
/// timeout holds, and what the plugin says is passed on.
#[derive(Clone)]
pub struct Patience {
    /// How long the server may be silent.
    pub silence: Duration,
    /// Receives each line that a credential plugin writes, with the context. Secrets are removed.
    pub plugin_said: PluginSaid,
}

impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patience").field("silence", &self.silence).finish_non_exhaustive()
    }
}
