//! Frames: a JSON message, preceded by its length as four bytes, big-endian.

use std::io;

use serde::Serialize;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The longest frame. A start request carries an environment, which the kernel limits to a few MiB,
/// and JSON may need six bytes for one.
pub(super) const MAX_FRAME: usize = 32 << 20;

/// Writes one frame: the length, then the JSON.
pub(super) async fn write_frame<T: Serialize>(
    to: &mut (impl AsyncWrite + Unpin),
    message: &T,
) -> io::Result<()> {
    let mut frame = vec![0; 4];
    serde_json::to_writer(&mut frame, message)?;
    let length = frame.len() - 4;
    if length > MAX_FRAME {
        let text = format!("a message of {length} bytes exceeds the limit of {MAX_FRAME}");
        return Err(io::Error::other(text));
    }
    let length = u32::try_from(length).map_err(io::Error::other)?;
    frame[..4].copy_from_slice(&length.to_be_bytes());
    to.write_all(&frame).await?;
    to.flush().await
}

/// Reads one frame's bytes; `None` at the end of the stream. After a frame that is too long (an
/// error) the stream is unusable.
pub(super) async fn read_frame(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length).await {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > MAX_FRAME {
        let text = format!("a frame of {length} bytes exceeds the limit of {MAX_FRAME}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    let mut frame = Vec::with_capacity(length.min(64 << 10));
    // Allocates as bytes arrive, not by the announced length.
    from.take(length as u64).read_to_end(&mut frame).await?;
    if frame.len() < length {
        return Ok(None);
    }
    Ok(Some(frame))
}

#[cfg(test)]
mod tests {
    use super::super::protocol::Request;
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().build().unwrap()
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        runtime().block_on(async {
            let request = Request::Stop { names: vec!["a".into(), "ü".into()] };
            let mut bytes = Vec::new();
            write_frame(&mut bytes, &request).await.unwrap();
            write_frame(&mut bytes, &Request::Beat).await.unwrap();
            let mut from = bytes.as_slice();
            let frame = read_frame(&mut from).await.unwrap().unwrap();
            assert_eq!(serde_json::from_slice::<Request>(&frame).unwrap(), request);
            assert!(read_frame(&mut from).await.unwrap().is_some());
            assert!(read_frame(&mut from).await.unwrap().is_none());
        });
    }

    #[test]
    fn a_frame_that_is_too_long_or_cut_off_is_rejected() {
        runtime().block_on(async {
            let long = u32::try_from(MAX_FRAME + 1).unwrap().to_be_bytes();
            let error = read_frame(&mut long.as_slice()).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData);
            let cut = [0, 0, 0, 9, b'{'];
            assert!(read_frame(&mut cut.as_slice()).await.unwrap().is_none());
        });
    }
}
