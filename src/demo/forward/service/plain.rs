//! Services without an application protocol.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const CHUNK: usize = 64 * 1024;

/// Echoes everything until the end.
pub(super) async fn echo(mut stream: TcpStream) {
    let (mut from, mut to) = stream.split();
    let _ = tokio::io::copy(&mut from, &mut to).await;
    let _ = to.shutdown().await;
}

/// Sends zeros until the client stops reading.
pub(super) async fn source(mut stream: TcpStream) {
    static ZEROS: [u8; CHUNK] = [0; CHUNK];
    while stream.write_all(&ZEROS).await.is_ok() {}
}

/// Reads everything until the end.
pub(super) async fn sink(mut stream: TcpStream) {
    let mut buffer = vec![0; CHUNK];
    while stream.read(&mut buffer).await.is_ok_and(|length| length > 0) {}
}

/// Closes at once.
pub(super) async fn hang_up(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
}

/// Resets the connection on the first byte, or at the end.
pub(super) async fn reset(mut stream: TcpStream) {
    let _ = stream.read_u8().await;
    let _ = stream.set_zero_linger();
}
