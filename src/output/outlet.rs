//! Standard output on a thread of its own, for programs that must go on while nobody reads: a
//! terminal that Ctrl-S stopped, a pipe whose reader sleeps.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use tokio::sync::oneshot;

use super::stdout::{Written, write_all};

/// Pieces that may wait to be written; what comes then is dropped.
const MAX_WAITING: usize = 1024;

enum Piece {
    Text(Vec<u8>),
    Flush(oneshot::Sender<()>),
}

/// Standard output. Text is written in its order, sooner or later.
#[derive(Debug)]
pub struct Outlet {
    pieces: SyncSender<Piece>,
    waiting: Arc<AtomicUsize>,
    end: oneshot::Receiver<io::Result<()>>,
}

impl Outlet {
    /// Starts the thread. It ends with this, or when nobody can read any more.
    pub fn stdout() -> Self {
        Self::new(|text: &[u8]| write_all(text))
    }

    fn new(write: impl FnMut(&[u8]) -> io::Result<Written> + Send + 'static) -> Self {
        let (pieces, to_write) = sync_channel(MAX_WAITING);
        let (ended, end) = oneshot::channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&waiting);
        std::thread::spawn(move || {
            if let Some(why) = work(&to_write, &left, write) {
                // Where nobody listens, the program is ending.
                let _ = ended.send(why);
            }
        });
        Self { pieces, waiting, end }
    }

    /// Writes, without waiting for it.
    pub fn write(&self, text: impl Into<Vec<u8>>) {
        self.waiting.fetch_add(1, SeqCst);
        if self.pieces.try_send(Piece::Text(text.into())).is_err() {
            self.waiting.fetch_sub(1, SeqCst);
        }
    }

    /// Whether all that was given is written.
    pub fn is_idle(&self) -> bool {
        self.waiting.load(SeqCst) == 0
    }

    /// Resolves when no more can be written: because the reader has gone, which is no error, or for
    /// the reason that the system gives.
    pub async fn ended(&mut self) -> io::Result<()> {
        match (&mut self.end).await {
            Ok(why) => why,
            Err(_) => std::future::pending().await,
        }
    }

    /// Waits until all that was given is written, at most `within`.
    pub async fn flush(&self, within: Duration) {
        let (done, flushed) = oneshot::channel();
        if self.pieces.try_send(Piece::Flush(done)).is_ok() {
            let _ = tokio::time::timeout(within, flushed).await;
        }
    }
}

/// Writes until nobody gives any more (none), or nothing can be written.
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
                waiting.fetch_sub(1, SeqCst);
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
    fn a_reader_that_does_not_read_keeps_nobody() {
        let (started, starting) = mpsc::channel();
        let (go, gate) = mpsc::channel::<()>();
        let (out, written) = mpsc::channel();
        let outlet = Outlet::new(move |text| {
            let _ = started.send(());
            let _ = gate.recv();
            out.send(text.to_vec()).unwrap();
            Ok(Written::Done)
        });
        outlet.write("first");
        starting.recv().unwrap();
        // It hangs in the first one. As many again as find room, and some that do not.
        for number in 0..MAX_WAITING + 10 {
            outlet.write(number.to_string());
        }
        assert!(!outlet.is_idle());
        drop(go);
        assert_eq!(written.recv().unwrap(), b"first");
        let last = (MAX_WAITING - 1).to_string();
        while written.recv().unwrap() != last.as_bytes() {}
        block_on(outlet.flush(Duration::from_secs(20)));
        assert!(outlet.is_idle());
    }

    #[test]
    fn the_end_is_told() {
        let mut closed = Outlet::new(|_| Ok(Written::Closed));
        closed.write("x");
        block_on(closed.ended()).unwrap();
        let mut full = Outlet::new(|_| Err(io::ErrorKind::StorageFull.into()));
        full.write("x");
        assert_eq!(block_on(full.ended()).unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
