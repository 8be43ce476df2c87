//! One upgraded connection with its streams.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
};

use super::{
    End, ForwardFault, Forwards, Registration,
    pair::{self, Input, Pair, Stop},
    transport::{Reader, Writer},
    websocket,
};
use crate::demo::{
    cluster::lock,
    spdy::{Decoder, Event, Frame, Headers, status},
    world::PodTarget,
};

/// How many bytes may wait for the targets of one connection.
const BUDGET: usize = 4 * 1024 * 1024;

/// What a piece of data costs in addition to its length.
const OVERHEAD: usize = 64;

/// The maximum number of streams of a connection: two for each forwarded connection.
const MAX_STREAMS: usize = 8192;

/// The maximum length of a request id; kubectl numbers its requests.
const MAX_REQUEST: usize = 64;

/// How many answers may wait to be written before reading pauses.
const MAX_ORDERS: usize = 1024;

/// The state that a connection's tasks share.
pub(super) struct Shared {
    pub(super) forwards: Arc<Forwards>,
    pub(super) pod: PodTarget,
    pub(super) writer: Writer,
    sandbox_gone: Arc<AtomicBool>,
    streams: Mutex<HashMap<u32, Stream>>,
}

/// The receiving half of a stream.
enum Stream {
    /// An error stream receives no data.
    Error,
    Data {
        input: Option<mpsc::UnboundedSender<Input>>,
        stop: Arc<watch::Sender<Stop>>,
    },
}

/// What to do, in order.
enum Order {
    Send(Frame),
    Control(u8, Vec<u8>),
    Forward(Box<Pair>),
}

/// Serves an upgraded connection to its end.
pub(super) async fn serve(
    mut reader: Reader,
    writer: Writer,
    pod: PodTarget,
    mut registration: Registration,
) {
    let forwards = Arc::clone(&registration.forwards);
    let sandbox_gone = Arc::clone(&registration.sandbox_gone);
    let streams = Mutex::default();
    let shared = Arc::new(Shared { forwards, pod, writer, sandbox_gone, streams });
    let (orders, queue) = mpsc::channel(MAX_ORDERS);
    let mut session = Session {
        shared: Arc::clone(&shared),
        budget: Arc::new(Semaphore::new(BUDGET)),
        orders,
        last: 0,
        pairs: HashMap::new(),
    };
    let mut end = tokio::select! {
        _ = session.listen(&mut reader) => None,
        _ = carry_out(queue, &shared) => None,
        end = registration.ended(None) => end,
    };
    if end == Some(End::PodGone) && reader.is_tunnel() {
        end = tokio::select! {
            _ = reader.read() => None,
            end = registration.ended(end) => end,
        };
        let _ = shared.writer.send_control(websocket::CLOSE, &websocket::NORMAL).await;
    }
    if end == Some(End::Reset) {
        shared.writer.reset_on_close();
    }
}

/// Writes the answers, and starts forwarding once the streams of a pair have been answered.
async fn carry_out(mut queue: mpsc::Receiver<Order>, shared: &Arc<Shared>) -> io::Result<()> {
    let mut pairs = JoinSet::new();
    loop {
        let order = tokio::select! {
            order = queue.recv() => order,
            Some(_) = pairs.join_next() => continue,
        };
        match order {
            Some(Order::Send(frame)) => shared.writer.send(&frame).await?,
            Some(Order::Control(opcode, payload)) => {
                shared.writer.send_control(opcode, &payload).await?;
                if opcode == websocket::CLOSE {
                    return Ok(());
                }
            }
            Some(Order::Forward(pair)) => {
                pairs.spawn(pair::run(*pair, Arc::clone(shared)));
            }
            None => return Ok(()),
        }
    }
}

struct Session {
    shared: Arc<Shared>,
    budget: Arc<Semaphore>,
    orders: mpsc::Sender<Order>,
    /// The highest stream id so far: ids only increase.
    last: u32,
    /// Pairs with one stream still missing, by request id.
    pairs: HashMap<String, Half>,
}

/// The stream of a pair that came first.
enum Half {
    Error(u32),
    Data(DataStream),
}

impl Half {
    fn id(&self) -> u32 {
        match self {
            Half::Error(id) => *id,
            Half::Data(data) => data.id,
        }
    }
}

struct DataStream {
    id: u32,
    port: u16,
    input: mpsc::UnboundedReceiver<Input>,
    stop: Arc<watch::Sender<Stop>>,
}

impl Session {
    /// Reads until the connection ends, or the client violates the protocol.
    async fn listen(&mut self, reader: &mut Reader) -> io::Result<()> {
        let mut decoder = Decoder::new();
        while let Some((mut bytes, controls)) = reader.read().await? {
            for control in controls {
                let opcode = match control.opcode {
                    websocket::PING => websocket::PONG,
                    websocket::CLOSE => websocket::CLOSE,
                    _ => continue,
                };
                self.order(Order::Control(opcode, control.payload)).await?;
            }
            while let Some(event) = decoder.next(&mut bytes).map_err(io::Error::other)? {
                match event {
                    Event::Data { id, piece, fin } => self.data(id, piece, fin).await,
                    Event::Control(frame) => self.control(frame).await?,
                }
            }
        }
        Ok(())
    }

    async fn order(&self, order: Order) -> io::Result<()> {
        self.orders.send(order).await.map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    async fn reset(&self, id: u32, status: u32) -> io::Result<()> {
        self.order(Order::Send(Frame::RstStream { id, status })).await
    }

    async fn control(&mut self, frame: Frame) -> io::Result<()> {
        match frame {
            Frame::SynStream { id, fin, headers } => self.opened(id, fin, &headers).await?,
            Frame::RstStream { id, .. } => {
                let stream = lock(&self.shared.streams).remove(&id);
                self.pairs.retain(|_, half| half.id() != id);
                if let Some(Stream::Data { stop, .. }) = stream {
                    stop.send_replace(Stop::Reset);
                }
            }
            // Odd ids are the client's; an even one would answer our own ping.
            Frame::Ping(id) if id % 2 == 1 => self.order(Order::Send(Frame::Ping(id))).await?,
            Frame::Headers { id, fin: true, .. } => self.finished(id),
            // After GOAWAY the client closes when it is done; the other frames are ignored.
            Frame::Headers { .. }
            | Frame::Ping(_)
            | Frame::SynReply { .. }
            | Frame::Settings
            | Frame::GoAway { .. }
            | Frame::WindowUpdate { .. } => {}
        }
        Ok(())
    }

    async fn data(&self, id: u32, piece: &[u8], fin: bool) {
        let input = match lock(&self.shared.streams).get(&id) {
            Some(Stream::Data { input: Some(input), .. }) => input.clone(),
            _ => return,
        };
        if !piece.is_empty() {
            let cost = u32::try_from((piece.len() + OVERHEAD).min(BUDGET)).unwrap_or(u32::MAX);
            let budget = Arc::clone(&self.budget).acquire_many_owned(cost).await;
            if let Ok(budget) = budget {
                // If the target has closed, nobody receives the data.
                let _ = input.send(Input { data: piece.into(), _budget: budget });
            }
        }
        if fin {
            self.finished(id);
        }
    }

    /// Records that the client sends no more on this stream.
    fn finished(&self, id: u32) {
        if let Some(Stream::Data { input, .. }) = lock(&self.shared.streams).get_mut(&id) {
            *input = None;
        }
    }

    /// Handles a new stream.
    async fn opened(&mut self, id: u32, fin: bool, headers: &Headers) -> io::Result<()> {
        if id.is_multiple_of(2) || id <= self.last {
            return self.reset(id, status::PROTOCOL_ERROR).await;
        }
        self.last = id;
        if self.shared.forwards.fault() == Some(ForwardFault::StallData) {
            return Ok(());
        }
        let full = lock(&self.shared.streams).len() >= MAX_STREAMS;
        if full || self.pairs.len() >= MAX_STREAMS {
            return self.reset(id, status::REFUSED_STREAM).await;
        }
        let port = headers.get("port").and_then(|port| port.parse::<u16>().ok());
        let (Some(port @ 1..), Some(kind @ ("data" | "error"))) = (port, headers.get("streamtype"))
        else {
            return self.reset(id, status::CANCEL).await;
        };
        if headers.get("requestid").is_some_and(|request| request.len() > MAX_REQUEST) {
            return self.reset(id, status::CANCEL).await;
        }
        // Old clients send no request id: an error stream and the next one are a pair.
        let request = match headers.get("requestid") {
            Some(request) => request.to_owned(),
            None if kind == "error" => format!("stream {id}"),
            None => format!("stream {}", id.saturating_sub(2)),
        };
        let half = if kind == "error" {
            lock(&self.shared.streams).insert(id, Stream::Error);
            Half::Error(id)
        } else {
            let (sender, input) = mpsc::unbounded_channel();
            let stop = Arc::new(watch::Sender::new(Stop::Never));
            let sender = Some(sender).filter(|_| !fin);
            let stream = Stream::Data { input: sender, stop: Arc::clone(&stop) };
            lock(&self.shared.streams).insert(id, stream);
            Half::Data(DataStream { id, port, input, stop })
        };
        let reply = Frame::SynReply { id, fin: false, headers: Headers::default() };
        self.order(Order::Send(reply)).await?;
        let pair = match (self.pairs.remove(&request), half) {
            (Some(Half::Error(error)), Half::Data(data))
            | (Some(Half::Data(data)), Half::Error(error)) => self.pair(error, data),
            // The first stream of its pair, or a duplicate: then the last one counts.
            (_, half) => {
                self.pairs.insert(request, half);
                return Ok(());
            }
        };
        self.order(Order::Forward(Box::new(pair))).await
    }

    fn pair(&self, error: u32, data: DataStream) -> Pair {
        let once = [ForwardFault::ResetStream, ForwardFault::ResetTarget];
        let fault = once.into_iter().find(|fault| self.shared.forwards.take_fault(*fault));
        let DataStream { id: data, port, input, stop } = data;
        Pair { error, data, port, input, stop, fault }
    }
}

impl Shared {
    /// Whether the pod of this connection was deleted without closing it.
    pub(super) fn sandbox_gone(&self) -> bool {
        self.sandbox_gone.load(Ordering::Relaxed)
    }

    /// Removes the streams of a pair.
    pub(super) fn forget(&self, ids: [u32; 2]) {
        let mut streams = lock(&self.streams);
        for id in ids {
            streams.remove(&id);
        }
    }
}
