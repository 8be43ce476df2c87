//! The two directions of an upgraded connection: bytes in, frames out, with or without a WebSocket
//! around them.

use std::{io, sync::Arc};

use tokio::{net::TcpStream, sync::Mutex};

use super::websocket::{self, Control};
use crate::demo::spdy::{Compressor, DATA_HEADER, Frame, data_header, encode};

/// The space before the payload of a data frame that is needed for headers.
pub(super) const HEADROOM: usize = websocket::MAX_HEADER + DATA_HEADER;

/// How many bytes are read at a time.
const READ: usize = 128 * 1024;

/// The receiving half.
pub(super) struct Reader {
    socket: Arc<TcpStream>,
    buffer: Vec<u8>,
    /// How many bytes in the buffer came together with the request.
    early: usize,
    tunnel: Option<websocket::Decoder>,
}

/// The sending half; each frame is written as a whole.
pub(super) struct Writer {
    socket: Arc<TcpStream>,
    tunnel: bool,
    compressor: Mutex<Compressor>,
}

/// Both halves of `socket`; `early` are bytes already read from it.
pub(super) fn split(socket: TcpStream, early: &[u8], websocket: bool) -> (Reader, Writer) {
    let socket = Arc::new(socket);
    let mut buffer = vec![0; READ.max(early.len())];
    for (place, byte) in buffer.iter_mut().zip(early) {
        *place = *byte;
    }
    let reader = Reader {
        socket: Arc::clone(&socket),
        buffer,
        early: early.len(),
        tunnel: websocket.then(websocket::Decoder::default),
    };
    let compressor = Mutex::new(Compressor::new());
    (reader, Writer { socket, tunnel: websocket, compressor })
}

impl Reader {
    /// Whether frames are inside a WebSocket.
    pub(super) fn is_tunnel(&self) -> bool {
        self.tunnel.is_some()
    }

    /// The next bytes of SPDY (`None` at the end), and the WebSocket's own control messages.
    pub(super) async fn read(&mut self) -> io::Result<Option<(&[u8], Vec<Control>)>> {
        let mut length = std::mem::take(&mut self.early);
        if length == 0 {
            length = read(&self.socket, &mut self.buffer).await?;
            if length == 0 {
                return Ok(None);
            }
        }
        let bytes = self.buffer.get_mut(..length).unwrap_or_default();
        let mut controls = Vec::new();
        if let Some(tunnel) = &mut self.tunnel {
            length = tunnel.decode(bytes).map_err(|_| io::ErrorKind::InvalidData)?;
            controls = tunnel.controls();
        }
        Ok(Some((self.buffer.get(..length).unwrap_or_default(), controls)))
    }
}

impl Writer {
    /// Makes the socket close with a reset instead of an orderly end.
    pub(super) fn reset_on_close(&self) {
        let _ = self.socket.set_zero_linger();
    }

    /// Sends a control frame.
    pub(super) async fn send(&self, frame: &Frame) -> io::Result<()> {
        let mut compressor = self.compressor.lock().await;
        let mut bytes = vec![0; websocket::MAX_HEADER];
        encode(frame, &mut compressor, &mut bytes).map_err(io::Error::other)?;
        self.write(&mut bytes, websocket::BINARY).await
    }

    /// Sends a WebSocket control message.
    pub(super) async fn send_control(&self, opcode: u8, payload: &[u8]) -> io::Result<()> {
        let _turn = self.compressor.lock().await;
        let mut bytes = vec![0; websocket::MAX_HEADER];
        bytes.extend_from_slice(payload);
        self.write(&mut bytes, opcode).await
    }

    /// Sends a data frame with the payload in `bytes` after [`HEADROOM`].
    ///
    /// Not cancel safe: half a frame would break the connection.
    pub(super) async fn send_data(&self, id: u32, fin: bool, bytes: &mut [u8]) -> io::Result<()> {
        let length = bytes.len().saturating_sub(HEADROOM);
        if let Some(place) = bytes.get_mut(websocket::MAX_HEADER..HEADROOM) {
            place.copy_from_slice(&data_header(id, fin, length));
        }
        let _turn = self.compressor.lock().await;
        self.write(bytes, websocket::BINARY).await
    }

    /// Writes the bytes after the space for the WebSocket's header, preceded by that header if
    /// needed.
    async fn write(&self, bytes: &mut [u8], opcode: u8) -> io::Result<()> {
        let mut start = websocket::MAX_HEADER;
        if self.tunnel {
            let (header, length) = websocket::header(opcode, bytes.len().saturating_sub(start));
            start -= length;
            if let (Some(place), Some(header)) =
                (bytes.get_mut(start..start + length), header.get(..length))
            {
                place.copy_from_slice(header);
            }
        }
        write_all(&self.socket, bytes.get(start..).unwrap_or_default()).await
    }
}

/// Waits for data and reads it; 0 at the end. Cancel safe.
async fn read(socket: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        socket.readable().await?;
        match socket.try_read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            result => return result,
        }
    }
}

async fn write_all(socket: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match socket.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => socket.writable().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
