//! The web services: Prometheus and Alertmanager as stand-ins, and an application that says hello.

use std::{convert::Infallible, sync::Arc};

use http_body_util::{BodyExt, Limited};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::demo::{
    monitoring::{MAX_FORM, Monitoring, Question, Reply, bad},
    world::Role,
};

/// Answers the requests of a connection.
pub(super) async fn serve(stream: TcpStream, role: Role, monitoring: Arc<Monitoring>) {
    let service = service_fn(move |request| {
        let monitoring = Arc::clone(&monitoring);
        async move { Ok::<_, Infallible>(answer(&monitoring, role, request).await) }
    });
    // A client that leaves is not an error.
    let _ = http1::Builder::new()
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(monitoring: &Arc<Monitoring>, role: Role, request: Request<Incoming>) -> Reply {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, MAX_FORM).collect().await else {
        return bad("cannot read the form");
    };
    let question = Question {
        role,
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        body: body.to_bytes(),
    };
    monitoring.answer(question).await
}
