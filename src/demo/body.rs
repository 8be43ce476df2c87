//! A response body that can break off deliberately.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use hyper::body::{Bytes, Frame, SizeHint};

/// Bytes to send, and whether to cut the connection after them.
#[derive(Debug)]
pub(super) struct Body {
    data: Option<Bytes>,
    /// The length announced to the client.
    length: u64,
    cut: bool,
    /// Whether there is no data and no end.
    open: bool,
    /// Whether half of the data was handed over; the next poll cuts the connection.
    flushing: bool,
}

impl Body {
    pub(super) fn new(data: Bytes) -> Body {
        Body {
            length: data.len() as u64,
            data: Some(data),
            cut: false,
            open: false,
            flushing: false,
        }
    }

    /// A body that sends nothing for as long as the client waits.
    pub(super) fn open() -> Body {
        Body { data: None, length: 0, cut: false, open: true, flushing: false }
    }

    /// Promises all of `data`, sends half, then cuts the connection.
    pub(super) fn cut(data: &Bytes) -> Body {
        let half = data.slice(..data.len() / 2);
        Body {
            length: data.len() as u64,
            data: Some(half),
            cut: true,
            open: false,
            flushing: false,
        }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let body = self.get_mut();
        match body.data.take() {
            Some(data) if !data.is_empty() => Poll::Ready(Some(Ok(Frame::data(data)))),
            // An error drops what hyper has not written yet: let it write first.
            _ if body.cut && !body.flushing => {
                body.flushing = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            _ if body.cut => {
                body.cut = false;
                Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
            }
            // It ends when the client leaves: nothing has to wake it.
            _ if body.open => Poll::Pending,
            _ => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.cut && !self.open && self.data.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        if self.open { SizeHint::default() } else { SizeHint::with_exact(self.length) }
    }
}
