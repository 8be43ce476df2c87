//! The client's end of an upgraded connection, for tests.

use std::{
    collections::{HashMap, VecDeque},
    io,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::websocket;
use crate::demo::{
    Cluster,
    spdy::{Compressor, Decoder, Event, Frame, Headers, data_header, encode},
};

pub(super) const PATIENCE: Duration = Duration::from_secs(20);
pub(super) const SPDY: &str =
    "Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\n";
pub(super) const TUNNEL: &str = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                      Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n";

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    Reply(u32),
    Reset(u32, u32),
    Ping(u32),
    Data(u32, Vec<u8>, bool),
}

/// The client's end of an upgraded connection.
pub(super) struct Client {
    socket: TcpStream,
    tunnel: bool,
    compressor: Compressor,
    decoder: Decoder,
    /// Bytes of an incomplete WebSocket message.
    raw: Vec<u8>,
    found: VecDeque<Found>,
    next: u32,
}

/// Requests an upgrade. Returns the head of the answer with the part of the body that came with it,
/// and the connection.
pub(super) async fn request_upgrade(
    cluster: &Cluster,
    pod: &str,
    upgrade: &str,
) -> (String, TcpStream) {
    let address = cluster.url().replace("http://", "");
    let mut socket = TcpStream::connect(&address).await.unwrap();
    let method = if upgrade == TUNNEL { "GET" } else { "POST" };
    let (namespace, name) = pod.split_once('/').unwrap();
    let request = format!(
        "{method} /api/v1/namespaces/{namespace}/pods/{name}/portforward HTTP/1.1\r\nHost: \
         {address}\r\nConnection: Upgrade\r\n{upgrade}\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(PATIENCE, socket.read_u8()).await.unwrap().unwrap());
    }
    (String::from_utf8(head).unwrap().to_lowercase(), socket)
}

pub(super) async fn code(cluster: &Cluster, pod: &str, upgrade: &str) -> u16 {
    let (head, _) = request_upgrade(cluster, pod, upgrade).await;
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

impl Client {
    pub(super) async fn connect(cluster: &Cluster, pod: &str, tunnel: bool) -> Client {
        let (head, socket) =
            request_upgrade(cluster, pod, if tunnel { TUNNEL } else { SPDY }).await;
        assert!(head.starts_with("http/1.1 101 "), "{head}");
        if tunnel {
            assert!(head.contains("sec-websocket-protocol: spdy/3.1+portforward.k8s.io\r\n"));
            assert!(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"));
        } else {
            assert!(head.contains("upgrade: spdy/3.1\r\n"), "{head}");
            assert!(head.contains("x-stream-protocol-version: portforward.k8s.io\r\n"), "{head}");
        }
        let (compressor, decoder) = (Compressor::new(), Decoder::new());
        let (raw, found) = (Vec::new(), VecDeque::new());
        Client { socket, tunnel, compressor, decoder, raw, found, next: 1 }
    }

    pub(super) async fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        if !self.tunnel {
            return self.socket.write_all(bytes).await;
        }
        let (mut header, length) = websocket::header(websocket::BINARY, bytes.len());
        header[1] |= 0x80;
        let mask = [0x5a, 0xc3, 0x0f, 0x99];
        let mut message = header[..length].to_vec();
        message.extend_from_slice(&mask);
        message.extend(bytes.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.socket.write_all(&message).await
    }

    pub(super) async fn frame(&mut self, frame: &Frame) {
        let mut bytes = Vec::new();
        encode(frame, &mut self.compressor, &mut bytes).unwrap();
        self.raw(&bytes).await.unwrap();
    }

    pub(super) async fn data(&mut self, id: u32, data: &[u8], fin: bool) -> io::Result<()> {
        let mut bytes = data_header(id, fin, data.len()).to_vec();
        bytes.extend_from_slice(data);
        self.raw(&bytes).await
    }

    pub(super) async fn stream(&mut self, pairs: &[(&str, &str)]) -> u32 {
        let id = self.next;
        self.next += 2;
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let headers = Headers(pairs.collect());
        self.frame(&Frame::SynStream { id, fin: false, headers }).await;
        id
    }

    /// Opens a pair of streams like kubectl, without waiting: the error stream and the data stream.
    pub(super) async fn open(&mut self, port: u16) -> (u32, u32) {
        let (port, request) = (port.to_string(), self.next.to_string());
        let headers = |kind| [("streamtype", kind), ("port", &*port), ("requestid", &*request)];
        let error = self.stream(&headers("error")).await;
        self.data(error, b"", true).await.unwrap();
        (error, self.stream(&headers("data")).await)
    }

    /// The next message of the server; an error when the connection ends.
    pub(super) async fn next(&mut self) -> io::Result<Found> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            if let Some(found) = self.found.pop_front() {
                return Ok(found);
            }
            let read = self.socket.read(&mut buffer);
            let length = timeout(PATIENCE, read).await.expect("the server is silent")?;
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let mut bytes = buffer[..length].to_vec();
            if self.tunnel {
                self.raw.extend_from_slice(&bytes);
                bytes = self.unwrap();
            }
            let mut input = &bytes[..];
            while let Some(event) = self.decoder.next(&mut input).unwrap() {
                self.found.push_back(match event {
                    Event::Data { id, piece, fin } => Found::Data(id, piece.to_vec(), fin),
                    Event::Control(Frame::SynReply { id, .. }) => Found::Reply(id),
                    Event::Control(Frame::RstStream { id, status }) => Found::Reset(id, status),
                    Event::Control(Frame::Ping(id)) => Found::Ping(id),
                    Event::Control(other) => panic!("{other:?}"),
                });
            }
        }
    }

    /// Takes complete messages of the server, which are not masked.
    fn unwrap(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            let (head, length) = match (self.raw.get(1), self.raw.get(2..)) {
                (Some(127), Some(rest)) => match rest.first_chunk() {
                    Some(length) => (10, u64::from_be_bytes(*length)),
                    None => return bytes,
                },
                (Some(126), Some(rest)) => match rest.first_chunk() {
                    Some(length) => (4, u64::from(u16::from_be_bytes(*length))),
                    None => return bytes,
                },
                (Some(length), _) => (2, u64::from(*length)),
                (None, _) => return bytes,
            };
            let end = head + usize::try_from(length).unwrap();
            if self.raw.len() < end {
                return bytes;
            }
            if self.raw[0] == 0x80 | websocket::CLOSE {
                assert_eq!(self.raw[head..end], websocket::NORMAL);
            } else {
                assert_eq!(self.raw[0], 0x80 | websocket::BINARY);
                bytes.extend_from_slice(&self.raw[head..end]);
            }
            self.raw.drain(..end);
        }
    }

    /// Reads until these streams have ended; returns the data of each.
    pub(super) async fn ended(&mut self, ids: &[u32]) -> HashMap<u32, Vec<u8>> {
        let mut all: HashMap<u32, Vec<u8>> = HashMap::new();
        let mut left = ids.to_vec();
        while !left.is_empty() {
            if let Found::Data(id, data, fin) = self.next().await.unwrap() {
                all.entry(id).or_default().extend(data);
                if fin {
                    left.retain(|open| *open != id);
                }
            }
        }
        all
    }

    /// Sends a request on a new pair of streams; returns the text of the error stream, and the
    /// answer.
    pub(super) async fn exchange(&mut self, port: u16, request: &[u8]) -> (String, Vec<u8>) {
        let (error, data) = self.open(port).await;
        self.data(data, request, true).await.unwrap();
        let mut all = self.ended(&[error, data]).await;
        let words = String::from_utf8(all.remove(&error).unwrap()).unwrap();
        (words, all.remove(&data).unwrap())
    }
}
