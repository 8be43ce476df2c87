//! The WebSocket around SPDY (RFC 6455), as far as needed to carry bytes: binary messages in both
//! directions, and answers to pings and closes.

use sha1_smol::Sha1;

/// The maximum length of a message header from the server.
pub(super) const MAX_HEADER: usize = 10;

pub(super) const BINARY: u8 = 2;
pub(super) const CLOSE: u8 = 8;
pub(super) const PING: u8 = 9;
pub(super) const PONG: u8 = 10;

/// The payload of a close without a particular reason: 1000.
pub(super) const NORMAL: [u8; 2] = 1000u16.to_be_bytes();

/// The maximum payload of a control message.
const MAX_CONTROL: usize = 125;

/// The value of `Sec-WebSocket-Accept` for a client's `Sec-WebSocket-Key`.
pub(super) fn accept(key: &str) -> String {
    let mut sha1 = Sha1::from(key);
    sha1.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    base64(&sha1.digest().bytes())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = usize::try_from(word >> (18 - 6 * at) & 63).unwrap_or(0);
            let digit = DIGITS.get(digit).filter(|_| at <= chunk.len());
            out.push(digit.map_or('=', |digit| char::from(*digit)));
        }
    }
    out
}

/// The header of an unfragmented message, and its length.
pub(super) fn header(opcode: u8, length: usize) -> ([u8; MAX_HEADER], usize) {
    let mut header = [0; MAX_HEADER];
    let [first, second, rest @ ..] = &mut header;
    *first = 0x80 | opcode;
    let length = length as u64;
    if let Ok(length) = u8::try_from(length)
        && length < 126
    {
        *second = length;
        return (header, 2);
    }
    if let Ok(length) = u16::try_from(length) {
        *second = 126;
        if let Some(place) = rest.first_chunk_mut() {
            *place = length.to_be_bytes();
        }
        return (header, 4);
    }
    *second = 127;
    *rest = length.to_be_bytes();
    (header, MAX_HEADER)
}

/// A message other than data.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Control {
    pub(super) opcode: u8,
    pub(super) payload: Vec<u8>,
}

/// Decodes a client's messages in place, leaving their payload.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// The bytes of a header received so far.
    head: Vec<u8>,
    message: Option<Message>,
    controls: Vec<Control>,
}

#[derive(Debug)]
struct Message {
    left: u64,
    mask: [u8; 4],
    /// Set for a message other than data.
    control: Option<Control>,
}

/// The client violated the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

impl Decoder {
    /// Replaces the bytes in `buffer` by their payload, and returns its length.
    pub(super) fn decode(&mut self, buffer: &mut [u8]) -> Result<usize, Broken> {
        let (mut from, mut to) = (0, 0);
        loop {
            let Some(message) = &mut self.message else {
                let Some(byte) = buffer.get(from) else { return Ok(to) };
                self.head.push(*byte);
                from += 1;
                if let Some(message) = Message::of(&self.head)? {
                    self.head.clear();
                    self.message = Some(message);
                }
                continue;
            };
            let here =
                (buffer.len() - from).min(usize::try_from(message.left).unwrap_or(usize::MAX));
            let Some(piece) = buffer.get_mut(from..from + here) else { return Err(Broken) };
            unmask(piece, message.mask);
            message.mask.rotate_left(here % 4);
            message.left -= here as u64;
            if let Some(control) = &mut message.control {
                control.payload.extend_from_slice(piece);
            } else {
                buffer.copy_within(from..from + here, to);
                to += here;
            }
            from += here;
            if message.left > 0 {
                return Ok(to);
            }
            if let Some(message) = self.message.take() {
                self.controls.extend(message.control);
            }
        }
    }

    /// Takes the control messages received so far.
    pub(super) fn controls(&mut self) -> Vec<Control> {
        std::mem::take(&mut self.controls)
    }
}

fn unmask(piece: &mut [u8], mask: [u8; 4]) {
    // Whole words at a time, which the compiler vectorizes.
    let word = u32::from_ne_bytes(mask);
    let (words, rest) = piece.as_chunks_mut::<4>();
    for bytes in words {
        *bytes = (u32::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    for (byte, mask) in rest.iter_mut().zip(mask) {
        *byte ^= mask;
    }
}

impl Message {
    /// `None` while the header is incomplete.
    fn of(head: &[u8]) -> Result<Option<Message>, Broken> {
        let [first, second, rest @ ..] = head else { return Ok(None) };
        let opcode = first & 0x0f;
        let control = match opcode {
            // A continuation, text or binary message carries bytes. A client must mask.
            0..=2 => None,
            CLOSE | PING | PONG => Some(Control { opcode, payload: Vec::new() }),
            _ => return Err(Broken),
        };
        if first & 0x70 != 0 || second & 0x80 == 0 {
            return Err(Broken);
        }
        let (left, rest) = match second & 0x7f {
            126 => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from(u16::from_be_bytes(*length)), rest),
                None => return Ok(None),
            },
            127 => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from_be_bytes(*length), rest),
                None => return Ok(None),
            },
            length => (u64::from(length), rest),
        };
        if control.is_some() && left > MAX_CONTROL as u64 {
            return Err(Broken);
        }
        let Some(mask) = rest.first_chunk() else { return Ok(None) };
        Ok(Some(Message { left, mask: *mask, control }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn masked(opcode: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
        let (head, length) = header(opcode, payload.len());
        let mut out = head[..length].to_vec();
        out[1] |= 0x80;
        out.extend_from_slice(&mask);
        out.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        out
    }

    #[test]
    fn the_accept_key_matches_the_rfcs_example() {
        assert_eq!(accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn unmasked_or_unknown_messages_are_refused() {
        assert_eq!(Decoder::default().decode(&mut [0x82, 1, 5]), Err(Broken));
        assert_eq!(Decoder::default().decode(&mut [0x83, 0x81]), Err(Broken));
        assert_eq!(Decoder::default().decode(&mut [0x89, 0xfe, 0, 126]), Err(Broken));
    }

    proptest! {
        #[test]
        fn messages_are_decoded_however_they_are_split(
            messages in vec((prop::bool::weighted(0.2), vec(any::<u8>(), 0..300), any::<[u8; 4]>()), 0..8),
            size in 1usize..500,
        ) {
            let (mut bytes, mut data, mut pings) = (Vec::new(), Vec::new(), Vec::new());
            for (ping, mut payload, mask) in messages {
                if ping {
                    payload.truncate(MAX_CONTROL);
                    bytes.extend(masked(PING, &payload, mask));
                    pings.push(Control { opcode: PING, payload });
                } else {
                    bytes.extend(masked(BINARY, &payload, mask));
                    data.extend(payload);
                }
            }
            let (mut decoder, mut found, mut controls) = (Decoder::default(), Vec::new(), Vec::new());
            for piece in bytes.chunks_mut(size) {
                let length = decoder.decode(piece).unwrap();
                found.extend_from_slice(&piece[..length]);
                controls.extend(decoder.controls());
            }
            prop_assert_eq!(found, data);
            prop_assert_eq!(controls, pings);
        }

        #[test]
        fn any_bytes_do_not_panic(mut bytes in vec(any::<u8>(), 0..500)) {
            let length = bytes.len();
            if let Ok(carried) = Decoder::default().decode(&mut bytes) {
                prop_assert!(carried <= length);
            }
        }
    }
}
