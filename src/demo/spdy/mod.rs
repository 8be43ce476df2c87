//! SPDY/3.1 framing, as far as kubectl speaks it: frames from bytes and bytes from frames.
//!
//! No sockets and no streams' states here, see `forward` for these. A frame's header block is
//! compressed by zlib with a preset dictionary, with one state a direction for the whole
//! connection, so that every frame must be decoded, in order.
//!
//! The other side is `moby/spdystream`. It sends no SETTINGS, neither sends nor heeds
//! WINDOW_UPDATE, and closes on anything malformed: flow control is that of TCP, as it is here.

mod dictionary;
mod frame;
mod header;
#[cfg(test)]
mod tests;

pub(super) use frame::{DATA_HEADER, Decoder, Event, Frame, data_header, encode, status};
pub(super) use header::{Compressor, Headers};
