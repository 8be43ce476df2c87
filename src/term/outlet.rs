//! Standard output and standard error, each written by its own thread, for programs that must go on
//! while nobody reads: a terminal stopped by Ctrl-S, or a pipe whose reader is asleep.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

use super::stdout::{Written, wait_for_reader_to_go, write_all};

/// How many bytes may wait to be written; beyond that, further text is dropped.
const MAX_WAITING: usize = 8 << 20;

enum Piece {
    Text(Vec<u8>),
    Flush(oneshot::Sender<()>),
}

/// Standard output or standard error. Text is written in order, in the background.
#[derive(Debug)]
pub struct Outlet {
    pieces: Sender<Piece>,
    /// The number of bytes that wait to be written.
    waiting: Arc<AtomicUsize>,
    end: UnboundedReceiver<io::Result<()>>,
}

impl Outlet {
    /// Starts the thread. It ends when this value is dropped, or when the reader has gone. A second
    /// thread waits for the latter, because there may be nothing more to write.
    pub fn stdout() -> Self {
        Self::stdout_while(|| true)
    }

    /// The same; text whose turn comes while the condition does not hold is dropped.
    pub(super) fn stdout_while(holds: fn() -> bool) -> Self {
        let (ended, end) = mpsc::unbounded_channel();
        let gone = ended.clone();
        std::thread::spawn(move || {
            if wait_for_reader_to_go() {
                // If nobody listens, the program is ending.
                let _ = gone.send(Ok(()));
            }
        });
        let write = move |text: &[u8]| if holds() { write_all(text) } else { Ok(Written::Done) };
        Self::new(write, ended, end)
    }

    /// The same for standard error.
    pub fn stderr() -> Self {
        use io::Write as _;
        Self::of(|text: &[u8]| io::stderr().lock().write_all(text).map(|()| Written::Done))
    }

    fn of(write: impl FnMut(&[u8]) -> io::Result<Written> + Send + 'static) -> Self {
        let (ended, end) = mpsc::unbounded_channel();
        Self::new(write, ended, end)
    }

    fn new(
        write: impl FnMut(&[u8]) -> io::Result<Written> + Send + 'static,
        ended: UnboundedSender<io::Result<()>>,
        end: UnboundedReceiver<io::Result<()>>,
    ) -> Self {
        let (pieces, to_write) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&waiting);
        std::thread::spawn(move || {
            if let Some(why) = work(&to_write, &left, write) {
                // If nobody listens, the program is ending.
                let _ = ended.send(why);
            }
        });
        Self { pieces, waiting, end }
    }

    /// Queues text. Returns false if it was dropped, because too much text is waiting or the reader
    /// has gone.
    pub fn write(&self, text: impl Into<Vec<u8>>) -> bool {
        let text = text.into();
        let length = text.len();
        // Text is accepted while the queue is below its limit: a single piece may be longer than
        // the limit.
        if self.waiting.fetch_add(length, SeqCst) < MAX_WAITING
            && self.pieces.send(Piece::Text(text)).is_ok()
        {
            return true;
        }
        self.waiting.fetch_sub(length, SeqCst);
        false
    }

    /// Whether all text has been written.
    pub fn is_idle(&self) -> bool {
        self.waiting.load(SeqCst) == 0
    }

    /// Resolves when no more can be written: with `Ok` if the reader has gone, or with the system's
    /// error.
    pub async fn ended(&mut self) -> io::Result<()> {
        match self.end.recv().await {
            Some(why) => why,
            None => std::future::pending().await,
        }
    }

    /// Waits until all text passed so far is written, at most `within`.
    pub fn flush(&self, within: Duration) -> impl Future<Output = ()> + use<> {
        let pieces = self.pieces.clone();
        async move {
            let (done, flushed) = oneshot::channel();
            if pieces.send(Piece::Flush(done)).is_ok() {
                let _ = tokio::time::timeout(within, flushed).await;
            }
        }
    }
}

/// Writes until the value is dropped (returns `None`), or writing is no longer possible.
fn work(
    pieces: &Receiver<Piece>,
    waiting: &AtomicUsize,
    mut write: impl FnMut(&[u8]) -> io::Result<Written>,
) -> Option<io::Result<()>> {
    while let Ok(piece) = pieces.recv() {
        match piece {
            Piece::Text(text) => {
                match write(&text) {
                    Ok(Written::Done) => {}
                    Ok(Written::Closed) => return Some(Ok(())),
                    Err(error) => return Some(Err(error)),
                }
                waiting.fetch_sub(text.len(), SeqCst);
            }
            Piece::Flush(done) => drop(done.send(())),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn a_reader_that_does_not_read_blocks_nobody() {
        let (started, starting) = mpsc::channel();
        let (go, gate) = mpsc::channel::<()>();
        let (out, written) = mpsc::channel();
        let outlet = Outlet::of(move |text| {
            let _ = started.send(());
            let _ = gate.recv();
            out.send(text.to_vec()).unwrap();
            Ok(Written::Done)
        });
        assert!(outlet.write("first"));
        starting.recv().unwrap();
        // Writing blocks on the first text. The second fills the queue, and the third does not fit.
        assert!(outlet.write(vec![b'x'; MAX_WAITING]));
        assert!(!outlet.write("lost"));
        assert!(!outlet.is_idle());
        drop(go);
        assert_eq!(written.recv().unwrap(), b"first");
        assert_eq!(written.recv().unwrap().len(), MAX_WAITING);
        block_on(outlet.flush(Duration::from_secs(20)));
        assert!(outlet.is_idle());
        assert!(outlet.write("last"));
        assert_eq!(written.recv().unwrap(), b"last");
    }

    #[test]
    fn the_end_is_reported() {
        let mut closed = Outlet::of(|_| Ok(Written::Closed));
        closed.write("x");
        block_on(closed.ended()).unwrap();
        let mut full = Outlet::of(|_| Err(io::ErrorKind::StorageFull.into()));
        full.write("x");
        assert_eq!(block_on(full.ended()).unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
