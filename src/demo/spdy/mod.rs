//! SPDY/3.1 framing, as far as kubectl uses it: decoding and encoding of frames.
//!
//! This module has no sockets and no stream states; see `forward` for these. Header blocks are
//! compressed by zlib with a preset dictionary and one state per direction for the whole
//! connection, so every frame must be decoded in order.
//!
//! The peer is `moby/spdystream`. It sends no SETTINGS, neither sends nor obeys WINDOW_UPDATE, and
//! closes on any malformed frame: flow control is left to TCP, as it is here.

mod dictionary;
mod frame;
mod header;
#[cfg(test)]
mod tests;

pub(super) use frame::{DATA_HEADER, Decoder, Event, Frame, data_header, encode, status};
pub(super) use header::{Compressor, Headers};
