use flate2::{Decompress, FlushDecompress};
use proptest::{collection::vec, prelude::*};

use super::{dictionary::dictionary, frame::Error, *};

fn headers(pairs: &[(&str, &str)]) -> Headers {
    Headers(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// All events decoded from `pieces`, with data as one run of bytes per frame or piece.
fn decode(pieces: &[&[u8]]) -> Result<Vec<Found>, Error> {
    let mut decoder = Decoder::new();
    let mut found: Vec<Found> = Vec::new();
    for piece in pieces {
        let mut input = *piece;
        while let Some(event) = decoder.next(&mut input)? {
            match event {
                Event::Control(frame) => found.push(Found::Control(frame)),
                Event::Data { id, piece, fin } => match found.last_mut() {
                    Some(Found::Data(last, bytes, false)) if *last == id => {
                        bytes.extend_from_slice(piece);
                        if let Some(Found::Data(.., last)) = found.last_mut() {
                            *last = fin;
                        }
                    }
                    _ => found.push(Found::Data(id, piece.to_vec(), fin)),
                },
            }
        }
        assert!(input.is_empty());
    }
    Ok(found)
}

#[derive(Debug, PartialEq)]
enum Found {
    Control(Frame),
    Data(u32, Vec<u8>, bool),
}

fn frames() -> Vec<Frame> {
    let asked = headers(&[("streamtype", "error"), ("port", "9090"), ("requestid", "0")]);
    vec![
        Frame::SynStream { id: 1, fin: false, headers: asked.clone() },
        Frame::SynReply { id: 1, fin: true, headers: Headers::default() },
        Frame::SynStream { id: 3, fin: true, headers: asked },
        Frame::RstStream { id: 3, status: status::CANCEL },
        Frame::Settings,
        Frame::Ping(7),
        Frame::Headers { id: 1, fin: false, headers: headers(&[("a", "")]) },
        Frame::WindowUpdate { id: 1, delta: 5 },
        Frame::GoAway { last: 3, status: 0 },
    ]
}

#[test]
fn frames_are_decoded_however_the_bytes_are_split() {
    let mut compressor = Compressor::new();
    let mut bytes = Vec::new();
    let mut expected = Vec::new();
    for frame in frames() {
        encode(&frame, &mut compressor, &mut bytes).unwrap();
        expected.push(Found::Control(frame));
    }
    for (data, fin) in [(&b"0123456789"[..], false), (b"", true)] {
        bytes.extend_from_slice(&data_header(5, fin, data.len()));
        bytes.extend_from_slice(data);
    }
    expected.push(Found::Data(5, b"0123456789".to_vec(), true));
    assert_eq!(decode(&[&bytes]).unwrap(), expected);
    for size in [1, 3, 7, 50] {
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        assert_eq!(decode(&pieces).unwrap(), expected, "{size}");
    }
}

#[test]
fn the_dictionary_matches_the_draft() {
    let bytes = dictionary();
    assert_eq!(bytes.len(), 1423);
    // The Adler-32 checksum, as in the header of every SPDY/3 connection's first block.
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65521;
        (a, (b + a) % 65521)
    });
    assert_eq!(b << 16 | a, 0xe3c6_a7c2);
}

#[test]
fn a_reply_can_be_decompressed_by_plain_zlib() {
    let mut bytes = Vec::new();
    let reply = Frame::SynReply { id: 9, fin: false, headers: headers(&[("server", "demo")]) };
    encode(&reply, &mut Compressor::new(), &mut bytes).unwrap();
    assert_eq!(bytes[..4], [0x80, 3, 0, 2]);
    assert_eq!(usize::from(bytes[7]), bytes.len() - 8);
    let mut zlib = Decompress::new(true);
    let mut plain = Vec::with_capacity(100);
    let block = &bytes[12..];
    let missing = zlib.decompress_vec(block, &mut plain, FlushDecompress::Sync).unwrap_err();
    assert_eq!(missing.needs_dictionary(), Some(0xe3c6_a7c2));
    zlib.set_dictionary(&dictionary()).unwrap();
    zlib.decompress_vec(&block[6..], &mut plain, FlushDecompress::Sync).unwrap();
    assert_eq!(plain, b"\0\0\0\x01\0\0\0\x06server\0\0\0\x04demo");
}

#[test]
fn large_blocks_survive_and_larger_ones_are_refused() {
    for (size, good) in [(60_000, true), (70_000, false), (1 << 20, false)] {
        let headers = headers(&[("a", &"x".repeat(size))]);
        let frame = Frame::SynStream { id: 1, fin: false, headers };
        let mut bytes = Vec::new();
        encode(&frame, &mut Compressor::new(), &mut bytes).unwrap();
        let expected = if good { Ok(vec![Found::Control(frame)]) } else { Err(Error::Header) };
        assert_eq!(decode(&[&bytes]), expected, "{size}");
    }
}

#[test]
fn invalid_frames_are_refused() {
    let control = |version: u8, kind: u8, body: &[u8]| {
        let mut bytes = vec![0x80, version, 0, kind, 0, 0, 0, u8::try_from(body.len()).unwrap()];
        bytes.extend_from_slice(body);
        decode(&[&bytes])
    };
    assert_eq!(control(2, 6, &[0, 0, 0, 1]), Err(Error::Version));
    assert_eq!(control(3, 6, &[0, 0, 1]), Err(Error::Frame));
    assert_eq!(control(3, 3, &[0; 8]), Err(Error::Frame));
    assert_eq!(control(3, 1, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 2, 3]), Err(Error::Header));
    assert_eq!(control(3, 2, &[0, 0, 0, 1]), Err(Error::Header));
    assert_eq!(control(3, 77, b"ignored"), Ok(vec![]));
    assert_eq!(decode(&[&[0, 0, 0, 0, 0, 0, 0, 1, 5]]), Err(Error::Frame));
    assert_eq!(decode(&[&[0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff]]), Err(Error::Frame));
}

proptest! {
    #[test]
    fn any_bytes_neither_panic_nor_accumulate(bytes in vec(any::<u8>(), 0..2000), size in 1usize..64) {
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        let _ = decode(&pieces);
    }

    /// Valid frames with some bytes changed reach deeper code.
    #[test]
    fn changed_bytes_neither_panic_nor_accumulate(
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        size in 1usize..200,
    ) {
        let mut compressor = Compressor::new();
        let mut bytes = Vec::new();
        for frame in frames() {
            encode(&frame, &mut compressor, &mut bytes).unwrap();
        }
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let mut decoder = Decoder::new();
        for mut input in bytes.chunks(size) {
            loop {
                let before = input.len();
                match decoder.next(&mut input) {
                    Ok(Some(_)) => prop_assert!(input.len() <= before),
                    Ok(None) => { prop_assert!(input.is_empty()); break }
                    Err(_) => return Ok(()),
                }
            }
        }
    }
}
