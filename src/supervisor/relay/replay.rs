//! What a client has sent before the first byte came back, and whether it may be sent again.

/// The maximum number of stored bytes.
const MOST: usize = 64 << 10;
/// A request with more header lines than this is not repeated.
const MOST_HEADERS: usize = 100;

/// The bytes that a client sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    kept: Vec<u8>,
    /// The number of bytes sent.
    pub(super) total: u64,
    /// Whether the client will send no more.
    pub(super) ended: bool,
}

impl Sent {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        if self.total <= MOST as u64 {
            self.kept.extend_from_slice(bytes);
        } else {
            self.kept = Vec::new();
        }
    }

    /// All bytes, if all of them are stored.
    pub(super) fn whole(&self) -> Option<&[u8]> {
        (self.total == self.kept.len() as u64).then_some(&self.kept)
    }

    /// How many more bytes can be stored.
    pub(super) fn room(&self) -> usize {
        MOST - usize::try_from(self.total).map_or(MOST, |total| total.min(MOST))
    }

    /// Whether the bytes are exactly one complete HTTP/1.x request with a method that may be
    /// repeated (RFC 9110, 9.2.2).
    pub(super) fn is_idempotent_request(&self) -> bool {
        self.whole().is_some_and(is_idempotent_request)
    }
}

fn is_idempotent_request(bytes: &[u8]) -> bool {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let Ok(httparse::Status::Complete(head)) = request.parse(bytes) else { return false };
    let methods = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];
    if !request.method.is_some_and(|method| methods.contains(&method)) {
        return false;
    }
    let mut length = None;
    for header in request.headers.iter() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        // A body of unknown length, or a protocol switch.
        if is("transfer-encoding") || is("upgrade") || is("expect") {
            return false;
        }
        if is("content-length") {
            let value =
                std::str::from_utf8(header.value).ok().and_then(|it| it.trim().parse().ok());
            let Some(value) = value else { return false };
            if length.replace(value).is_some_and(|other: usize| other != value) {
                return false;
            }
        }
    }
    head.checked_add(length.unwrap_or(0)) == Some(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_complete_idempotent_request_may_be_repeated() {
        let head = "Host: x\r\n\r\n";
        for good in [
            format!("GET / HTTP/1.1\r\n{head}"),
            format!("HEAD /a?b HTTP/1.0\r\n{head}"),
            format!("DELETE /x HTTP/1.1\r\nContent-Length: 0\r\n{head}"),
            format!("PUT /x HTTP/1.1\r\nContent-Length: 2\r\n{head}ab"),
        ] {
            assert!(is_idempotent_request(good.as_bytes()), "{good}");
        }
        for bad in [
            format!("POST / HTTP/1.1\r\n{head}"),
            format!("PATCH / HTTP/1.1\r\n{head}"),
            format!("get / HTTP/1.1\r\n{head}"),
            "GET / HTTP/1.1\r\nHost: x\r\n".to_owned(),
            format!("GET / HTTP/1.1\r\n{head}GET / HTTP/1.1\r\n{head}"),
            format!("GET / HTTP/1.1\r\nUpgrade: websocket\r\n{head}"),
            format!("PUT /x HTTP/1.1\r\nContent-Length: 3\r\n{head}ab"),
            format!("PUT /x HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n{head}ab"),
            format!("PUT /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{head}0\r\n\r\n"),
            "SELECT 1;\n".to_owned(),
            String::new(),
        ] {
            assert!(!is_idempotent_request(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn nothing_is_stored_beyond_the_limit() {
        let mut sent = Sent::default();
        assert_eq!(sent.whole(), Some(&[][..]));
        sent.add(&vec![1; MOST]);
        assert!(sent.whole().is_some() && sent.room() == 0);
        sent.add(&[2]);
        assert_eq!((sent.whole(), sent.total, sent.room()), (None, MOST as u64 + 1, 0));
    }
}
