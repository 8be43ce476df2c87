//! Answers with their headers.

use hyper::{
    Response, StatusCode,
    body::Bytes,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
};
use serde_json::Value;

use super::{super::status::Status, Answer};

pub(super) fn text(code: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = code;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, private"));
    answer
}

pub(super) fn json(body: Bytes) -> Answer {
    text(StatusCode::OK, "application/json", body)
}

pub(super) fn document(value: &Value) -> Answer {
    json(value.to_string().into())
}

pub(super) fn found(value: Option<Value>) -> Answer {
    value.map_or_else(not_found, |value| document(&value))
}

/// The API server's answer for an unknown path.
pub(super) fn not_found() -> Answer {
    text(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "404 page not found\n")
}

/// An error answer.
pub(in crate::demo) fn status(error: &Status) -> Answer {
    let code = StatusCode::from_u16(error.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = text(code, "application/json", error.body().to_string());
    if let Some(seconds) = error.retry_after() {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// The beginning of an answer whose rest is still to come.
pub(in crate::demo) fn open() -> Answer {
    json(Bytes::new())
}

/// The answer of an intercepting proxy.
pub(in crate::demo) fn html() -> Answer {
    text(
        StatusCode::OK,
        "text/html; charset=utf-8",
        "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in to \
         continue</h1><p>Your session on this network has ended.</p></body></html>\n",
    )
}
