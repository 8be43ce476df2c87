//! The answer to a port-forward request.

use std::{future::pending, sync::Arc};

use hyper::{
    HeaderMap, Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header::{CONNECTION, HeaderName, HeaderValue, UPGRADE},
    upgrade::{OnUpgrade, Upgraded},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::{ForwardFault, Forwards, Registration, session, transport, websocket};
use crate::demo::{
    api::{self, Answer},
    cluster::lock,
    status::Status,
    world::PodTarget,
};

const PROTOCOL: &str = "portforward.k8s.io";
const TUNNELLED: &str = "SPDY/3.1+portforward.k8s.io";
const SPDY: &str = "SPDY/3.1";
const STREAM_PROTOCOL: HeaderName = HeaderName::from_static("x-stream-protocol-version");
const WEBSOCKET_PROTOCOL: HeaderName = HeaderName::from_static("sec-websocket-protocol");
const WEBSOCKET_KEY: HeaderName = HeaderName::from_static("sec-websocket-key");
const WEBSOCKET_ACCEPT: HeaderName = HeaderName::from_static("sec-websocket-accept");

/// Answers a port-forward request; `pod` is the target, or the refusal.
pub(in crate::demo) async fn upgrade(
    forwards: &Arc<Forwards>,
    pod: Result<PodTarget, Status>,
    namespace: &str,
    name: &str,
    mut request: Request<Incoming>,
) -> Answer {
    match forwards.fault() {
        Some(ForwardFault::Refuse(403)) => {
            return api::status(&Status::forbidden_forward(namespace, name));
        }
        Some(ForwardFault::Refuse(code)) => return api::status(&Status::of_code(code)),
        Some(ForwardFault::StallUpgrade) => pending().await,
        _ => {}
    }
    let accepted = match accept(request.method(), request.headers(), forwards.websockets()) {
        Ok(accepted) => accepted,
        Err(refusal) => return *refusal,
    };
    let pod = match pod {
        Ok(pod) => pod,
        Err(refusal) => return api::status(&refusal),
    };
    let (answer, websocket) = accepted;
    let registration = Registration::new(forwards, &pod);
    let upgrading = hyper::upgrade::on(&mut request);
    let mut connections = lock(&forwards.connections);
    while connections.tasks.try_join_next().is_some() {}
    connections.tasks.spawn(serve(upgrading, websocket, pod, registration));
    answer
}

async fn serve(upgrading: OnUpgrade, websocket: bool, pod: PodTarget, registration: Registration) {
    let Ok(upgraded) = upgrading.await else { return };
    let Ok(parts) = Upgraded::downcast::<TokioIo<TcpStream>>(upgraded) else { return };
    let (reader, writer) = transport::split(parts.io.into_inner(), &parts.read_buf, websocket);
    session::serve(reader, writer, pod, registration).await;
}

/// The 101 answer, and whether SPDY comes inside a WebSocket; or the refusal.
fn accept(
    method: &Method,
    headers: &HeaderMap,
    websockets: bool,
) -> Result<(Answer, bool), Box<Answer>> {
    let lists = |name: &HeaderName, wanted: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).any(|one| one.trim().eq_ignore_ascii_case(wanted))
    };
    if method != Method::GET && method != Method::POST {
        return Err(Box::new(api::status(&Status::method_not_allowed())));
    }
    if !lists(&CONNECTION, "upgrade") {
        return Err(Box::new(api::status(&Status::bad_request("Upgrade request required"))));
    }
    let mut answer = Response::new(Bytes::new());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let fields = answer.headers_mut();
    fields.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    if lists(&UPGRADE, "websocket") {
        let key = headers.get(WEBSOCKET_KEY).and_then(|key| key.to_str().ok());
        if !websockets || !lists(&WEBSOCKET_PROTOCOL, TUNNELLED) {
            // Like kubelets without tunnel support, which answer that they do not know the
            // protocol.
            return Err(refusal(StatusCode::FORBIDDEN, ""));
        }
        let accept = key.and_then(|key| HeaderValue::from_str(&websocket::accept(key)).ok());
        let Some(accept) = accept else {
            return Err(refusal(StatusCode::BAD_REQUEST, "Bad Request\n"));
        };
        fields.insert(UPGRADE, HeaderValue::from_static("websocket"));
        fields.insert(WEBSOCKET_ACCEPT, accept);
        fields.insert(WEBSOCKET_PROTOCOL, HeaderValue::from_static(TUNNELLED));
        return Ok((answer, true));
    }
    if !lists(&UPGRADE, SPDY) {
        return Err(Box::new(api::status(&Status::bad_request("Upgrade request required"))));
    }
    // An old client names no protocol, and means the same.
    if headers.contains_key(STREAM_PROTOCOL) {
        if !lists(&STREAM_PROTOCOL, PROTOCOL) {
            let text = format!(
                "unable to upgrade: unable to negotiate protocol: server supports \
                                [{PROTOCOL}]\n"
            );
            return Err(refusal(StatusCode::FORBIDDEN, &text));
        }
        fields.insert(STREAM_PROTOCOL, HeaderValue::from_static(PROTOCOL));
    }
    fields.insert(UPGRADE, HeaderValue::from_static(SPDY));
    Ok((answer, false))
}

fn refusal(code: StatusCode, text: &str) -> Box<Answer> {
    let mut answer = Response::new(Bytes::copy_from_slice(text.as_bytes()));
    *answer.status_mut() = code;
    Box::new(answer)
}
