//! Frames: an incremental decoder, and encoders.

use super::header::{Compressor, Decompressor, Headers};

/// The length of a data frame's header.
pub(in crate::demo) const DATA_HEADER: usize = 8;

/// The maximum length of a control frame; a data frame is never buffered as a whole.
const MAX_CONTROL: usize = 64 * 1024;

/// The version in control frames, which is 3 for SPDY/3.1.
const VERSION: u16 = 3;

const FIN: u8 = 1;
const STREAM_ID: u32 = 0x7fff_ffff;

/// Reasons for RST_STREAM.
pub(in crate::demo) mod status {
    pub(in crate::demo) const PROTOCOL_ERROR: u32 = 1;
    pub(in crate::demo) const REFUSED_STREAM: u32 = 3;
    pub(in crate::demo) const CANCEL: u32 = 5;
}

/// Why a connection cannot continue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::demo) enum Error {
    /// A control frame of another version.
    #[error("unknown SPDY version")]
    Version,
    /// A control frame that is too long or too short, or names no stream.
    #[error("invalid frame")]
    Frame,
    /// A header block that cannot be decompressed, is too long, or is truncated.
    #[error("invalid header block")]
    Header,
}

/// A control frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::demo) enum Frame {
    SynStream {
        id: u32,
        fin: bool,
        headers: Headers,
    },
    SynReply {
        id: u32,
        fin: bool,
        headers: Headers,
    },
    RstStream {
        id: u32,
        status: u32,
    },
    /// Ignored by both sides, so not decoded.
    Settings,
    Ping(u32),
    GoAway {
        last: u32,
        status: u32,
    },
    Headers {
        id: u32,
        fin: bool,
        headers: Headers,
    },
    WindowUpdate {
        id: u32,
        delta: u32,
    },
}

/// What a [`Decoder`] returns.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::demo) enum Event<'a> {
    Control(Frame),
    /// A piece of a data frame; `fin` is set on the last piece of a frame that ends its stream.
    Data {
        id: u32,
        piece: &'a [u8],
        fin: bool,
    },
}

/// Decodes frames from bytes that arrive in arbitrary pieces.
#[derive(Debug)]
pub(in crate::demo) struct Decoder {
    /// The bytes of a frame's header received so far.
    head: Vec<u8>,
    body: Option<Body>,
    headers: Decompressor,
}

#[derive(Debug)]
enum Body {
    Data { id: u32, fin: bool, left: usize },
    Control { kind: u16, flags: u8, length: usize, bytes: Vec<u8> },
}

impl Decoder {
    pub(in crate::demo) fn new() -> Decoder {
        Decoder { head: Vec::with_capacity(8), body: None, headers: Decompressor::new() }
    }

    /// Takes bytes from the front of `input` until an event is complete, or all bytes are taken.
    pub(in crate::demo) fn next<'a>(
        &mut self,
        input: &mut &'a [u8],
    ) -> Result<Option<Event<'a>>, Error> {
        loop {
            match self.body.take() {
                None => {
                    let wanted = 8 - self.head.len().min(8);
                    self.head.extend_from_slice(take(input, wanted));
                    let Some(head) = self.head.first_chunk() else { return Ok(None) };
                    let body = Body::of(*head)?;
                    self.head.clear();
                    if let Body::Data { id, fin, left: 0 } = body {
                        return Ok(Some(Event::Data { id, piece: &[], fin }));
                    }
                    self.body = Some(body);
                }
                Some(Body::Data { id, fin, left }) => {
                    let piece = take(input, left);
                    let left = left - piece.len();
                    if left > 0 {
                        self.body = Some(Body::Data { id, fin, left });
                    }
                    if piece.is_empty() {
                        return Ok(None);
                    }
                    return Ok(Some(Event::Data { id, piece, fin: fin && left == 0 }));
                }
                Some(Body::Control { kind, flags, length, mut bytes }) => {
                    bytes.extend_from_slice(take(input, length - bytes.len().min(length)));
                    if bytes.len() < length {
                        self.body = Some(Body::Control { kind, flags, length, bytes });
                        return Ok(None);
                    }
                    if let Some(frame) = self.control(kind, flags, &bytes)? {
                        return Ok(Some(Event::Control(frame)));
                    }
                }
            }
        }
    }

    /// `None` for a type unknown to SPDY/3, which is ignored.
    fn control(&mut self, kind: u16, flags: u8, body: &[u8]) -> Result<Option<Frame>, Error> {
        let mut rest = body;
        let fin = flags & FIN != 0;
        Ok(Some(match kind {
            1 => {
                let id = stream(&mut rest)?;
                // Skips the associated stream, the priority and the slot.
                let (_, block) = rest.split_first_chunk::<6>().ok_or(Error::Frame)?;
                Frame::SynStream { id, fin, headers: self.headers.read(block)? }
            }
            2 => {
                let id = stream(&mut rest)?;
                Frame::SynReply { id, fin, headers: self.headers.read(rest)? }
            }
            3 => Frame::RstStream { id: stream(&mut rest)?, status: word(&mut rest)? },
            4 => Frame::Settings,
            6 => Frame::Ping(word(&mut rest)?),
            7 => Frame::GoAway { last: word(&mut rest)?, status: word(&mut rest)? },
            8 => {
                let id = stream(&mut rest)?;
                Frame::Headers { id, fin, headers: self.headers.read(rest)? }
            }
            9 => Frame::WindowUpdate { id: word(&mut rest)?, delta: word(&mut rest)? },
            _ => return Ok(None),
        }))
    }
}

impl Body {
    fn of(head: [u8; 8]) -> Result<Body, Error> {
        let [a, b, c, d, flags, length @ ..] = head;
        let [l0, l1, l2] = length.map(usize::from);
        let length = l0 << 16 | l1 << 8 | l2;
        if a & 0x80 == 0 {
            let id = u32::from_be_bytes([a, b, c, d]);
            let body = Body::Data { id, fin: flags & FIN != 0, left: length };
            return if id == 0 { Err(Error::Frame) } else { Ok(body) };
        }
        if u16::from_be_bytes([a & 0x7f, b]) != VERSION {
            return Err(Error::Version);
        }
        if length > MAX_CONTROL {
            return Err(Error::Frame);
        }
        let kind = u16::from_be_bytes([c, d]);
        Ok(Body::Control { kind, flags, length, bytes: Vec::with_capacity(length) })
    }
}

fn take<'a>(input: &mut &'a [u8], number: usize) -> &'a [u8] {
    let (taken, rest) = input.split_at_checked(number).unwrap_or((input, &[]));
    *input = rest;
    taken
}

fn word(body: &mut &[u8]) -> Result<u32, Error> {
    let (head, rest) = body.split_first_chunk().ok_or(Error::Frame)?;
    *body = rest;
    Ok(u32::from_be_bytes(*head))
}

fn stream(body: &mut &[u8]) -> Result<u32, Error> {
    let id = word(body)? & STREAM_ID;
    if id == 0 { Err(Error::Frame) } else { Ok(id) }
}

/// Appends a control frame. `headers` must compress every frame of its direction, in order.
pub(in crate::demo) fn encode(
    frame: &Frame,
    headers: &mut Compressor,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let start = out.len();
    let mut flags = 0;
    let mut head = |out: &mut Vec<u8>, kind: u16, fin: bool| {
        flags = u8::from(fin);
        out.extend_from_slice(&(VERSION | 0x8000).to_be_bytes());
        out.extend_from_slice(&kind.to_be_bytes());
        // Flags and length are filled in at the end.
        out.extend_from_slice(&[0; 4]);
    };
    let words = |out: &mut Vec<u8>, words: &[u32]| {
        out.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    };
    match frame {
        Frame::SynStream { id, fin, headers: block } => {
            head(out, 1, *fin);
            words(out, &[*id, 0]);
            out.extend_from_slice(&[0, 0]);
            headers.write(block, out)?;
        }
        Frame::SynReply { id, fin, headers: block } => {
            head(out, 2, *fin);
            words(out, &[*id]);
            headers.write(block, out)?;
        }
        Frame::RstStream { id, status } => {
            head(out, 3, false);
            words(out, &[*id, *status]);
        }
        Frame::Settings => {
            head(out, 4, false);
            words(out, &[0]);
        }
        Frame::Ping(id) => {
            head(out, 6, false);
            words(out, &[*id]);
        }
        Frame::GoAway { last, status } => {
            head(out, 7, false);
            words(out, &[*last, *status]);
        }
        Frame::Headers { id, fin, headers: block } => {
            head(out, 8, *fin);
            words(out, &[*id]);
            headers.write(block, out)?;
        }
        Frame::WindowUpdate { id, delta } => {
            head(out, 9, false);
            words(out, &[*id, *delta]);
        }
    }
    let length = out.len() - start - 8;
    if let Some(place) = out.get_mut(start + 4..start + 8) {
        place.copy_from_slice(&flags_and_length(flags, length));
    }
    Ok(())
}

/// The header of a data frame with `length` bytes of payload (less than 16 MiB).
pub(in crate::demo) fn data_header(id: u32, fin: bool, length: usize) -> [u8; DATA_HEADER] {
    let mut header = [0; DATA_HEADER];
    let (stream, rest) = header.split_at_mut(4);
    stream.copy_from_slice(&(id & STREAM_ID).to_be_bytes());
    rest.copy_from_slice(&flags_and_length(u8::from(fin), length));
    header
}

fn flags_and_length(flags: u8, length: usize) -> [u8; 4] {
    let [_, high, middle, low] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    [flags, high, middle, low]
}
