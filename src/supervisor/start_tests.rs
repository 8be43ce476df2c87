use super::super::frame::{read_frame, write_frame};
use super::super::protocol::{PROTOCOL, Reply, Request, SupervisorInfo};
use super::super::socket::{BindError, ServerSocket};
use super::*;
use crate::process::{exit_of, marked};
use std::io::Write as _;
use std::path::Path;

/// The directory of the stand-in supervisor; without this variable, the stand-in test does nothing.
const STAND_IN: &str = "WATCHDOG_TEST_STAND_IN";

/// Its value differs for each test, so that processes of other tests are not counted.
const TEST_MARK: &str = "WATCHDOG_TEST_START";

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn temporary() -> (tempfile::TempDir, Paths) {
    let dir = tempfile::tempdir().unwrap();
    let paths = Paths::new(dir.path().join("run")).unwrap();
    (dir, paths)
}

fn launch(script: &str, paths: &Paths) -> Launch {
    Launch {
        program: Some("/bin/sh".into()),
        arguments: vec!["-c".into(), script.into()],
        environment: vec![(TEST_MARK.into(), paths.base().into())],
        within: Duration::from_mins(1),
    }
}

/// This test program again, running only [`stand_in`].
fn supervisor(paths: &Paths) -> Launch {
    let test = std::env::current_exe().unwrap();
    let name = "supervisor::start::tests::stand_in";
    // The test runner writes to standard output, so the report uses another descriptor.
    let script =
        format!("exec 3>&1 >/dev/null; exec '{}' --exact {name} --nocapture", test.display());
    let mut launch = launch(&script, paths);
    launch.environment.push((STAND_IN.into(), paths.base().into()));
    launch
}

/// A supervisor as far as starting one needs: reports `ready`, answers `Hello`, ends at `Shutdown`.
#[test]
fn stand_in() {
    let Some(base) = std::env::var_os(STAND_IN) else { return };
    let paths = Paths::new(Path::new(&base)).unwrap();
    let mut report = OpenOptions::new().write(true).open("/dev/fd/3").unwrap();
    let log = OpenOptions::new().append(true).create(true).open(paths.base().join("started"));
    writeln!(log.unwrap(), "{}", std::process::id()).unwrap();
    block_on(async {
        let (_socket, listener) = match ServerSocket::bind(&paths) {
            Ok(socket) => socket,
            Err(error) => {
                report.write_all(super::super::failure(&error.to_string()).as_bytes()).unwrap();
                return;
            }
        };
        report.write_all(b"ready\n").unwrap();
        drop(report);
        let (stop, mut stopped) = tokio::sync::mpsc::channel(1);
        let accept = async {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, stop.clone()));
            }
        };
        tokio::select! {
            () = accept => {}
            _ = stopped.recv() => {}
            // Ends even if the test dies.
            () = sleep(Duration::from_mins(2)) => {}
        }
    });
}

async fn serve(mut stream: tokio::net::UnixStream, stop: tokio::sync::mpsc::Sender<()>) {
    while let Ok(Some(frame)) = read_frame(&mut stream).await {
        if !matches!(serde_json::from_slice(&frame), Ok(Request::Hello { .. })) {
            let _ = stop.send(()).await;
            return;
        }
        let info = SupervisorInfo {
            protocol: PROTOCOL,
            version: "stand-in".to_owned(),
            pid: std::process::id(),
            guard_pid: None,
            started_at: jiff::Timestamp::UNIX_EPOCH,
        };
        write_frame(&mut stream, &Reply::Hello(info)).await.unwrap();
    }
}

async fn shut_down(mut client: Client) {
    let supervisor = Identity::of(client.info().pid);
    let _ = client.request(&Request::Shutdown).await;
    if let Some(supervisor) = supervisor {
        tokio::time::timeout(Duration::from_secs(30), exit_of(supervisor)).await.unwrap();
    }
}

/// Waits until every process that the test started has ended.
fn nothing_left(paths: &Paths) {
    let value = paths.base().to_str().unwrap();
    block_on(async {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !marked(TEST_MARK, value).is_empty() {
            assert!(Instant::now() < deadline, "left: {:?}", marked(TEST_MARK, value));
            sleep(PAUSE).await;
        }
    });
}

#[test]
fn concurrent_clients_start_one_supervisor() {
    let (_dir, paths) = temporary();
    let launch = supervisor(&paths);
    let pids: Vec<u32> = std::thread::scope(|scope| {
        let one =
            || block_on(async { connect_or_start(&paths, &launch).await.unwrap().info().pid });
        let all: Vec<_> = (0..6).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(pids.iter().all(|pid| *pid == pids[0]), "{pids:?}");
    let started = fs::read_to_string(paths.base().join("started")).unwrap();
    assert_eq!(started, format!("{}\n", pids[0]));
    block_on(async { shut_down(Client::connect(&paths).await.unwrap().unwrap()).await });
    assert!(!paths.socket().exists());
    nothing_left(&paths);
}

#[test]
fn after_a_supervisor_was_killed_another_is_started() {
    let (_dir, paths) = temporary();
    let launch = supervisor(&paths);
    block_on(async {
        let first = connect_or_start(&paths, &launch).await.unwrap();
        let killed = Identity::of(first.info().pid).unwrap();
        killed.kill();
        exit_of(killed.clone()).await;
        assert!(paths.socket().exists(), "its socket is left");
        let second = connect_or_start(&paths, &launch).await.unwrap();
        assert_ne!(second.info().pid, killed.pid);
        shut_down(second).await;
    });
    nothing_left(&paths);
}

#[test]
fn a_second_supervisor_refuses_and_names_the_first() {
    let (_dir, paths) = temporary();
    block_on(async {
        // A lock file alone is not a lock, and a leftover socket has no listener.
        fs::write(paths.lock(), "4242\n").unwrap();
        drop(std::os::unix::net::UnixListener::bind(paths.socket()).unwrap());
        let first = ServerSocket::bind(&paths).unwrap();
        let own = std::process::id();
        let error = ServerSocket::bind(&paths).unwrap_err();
        assert!(matches!(error, BindError::AlreadyRunning { pid: Some(pid) } if pid == own));
        assert_eq!(error.to_string(), format!("a supervisor is already running (pid {own})"));
        drop(first);
        assert!(!paths.socket().exists());
        ServerSocket::bind(&paths).unwrap();
    });
}

fn start_error(launch: &Launch, paths: &Paths) -> String {
    block_on(async { connect_or_start(paths, launch).await.unwrap_err().to_string() })
}

#[test]
fn the_user_sees_why_the_supervisor_did_not_start() {
    let (_dir, paths) = temporary();
    let own = launch("echo 'failed: no room on the disk'", &paths);
    assert_eq!(start_error(&own, &paths), "cannot start the supervisor: no room on the disk");
    let died = launch("echo 'panicked at line 7' >&2; exit 3", &paths);
    assert_eq!(
        start_error(&died, &paths),
        "cannot start the supervisor: it ended before it was ready: panicked at line 7"
    );
    let missing = Launch { program: Some("/nowhere/watchdog".into()), ..died };
    let error = start_error(&missing, &paths);
    assert!(
        error.starts_with("cannot start the supervisor: /nowhere/watchdog: No such"),
        "{error}"
    );
    nothing_left(&paths);
}

#[test]
fn a_supervisor_that_is_never_ready_is_ended() {
    let (_dir, paths) = temporary();
    let launch = Launch { within: Duration::from_millis(100), ..launch("exec sleep 600", &paths) };
    let error = start_error(&launch, &paths);
    assert_eq!(error, "cannot start the supervisor: the supervisor was not ready within 100ms");
    nothing_left(&paths);
}

#[test]
fn a_supervisor_that_does_not_answer_is_named() {
    let (_dir, paths) = temporary();
    let launch = Launch { within: Duration::from_millis(100), ..launch("exit 9", &paths) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // The socket listens, but connections are never accepted.
    let _silent = runtime.block_on(async { ServerSocket::bind(&paths).unwrap() });
    let own = std::process::id();
    assert_eq!(
        start_error(&launch, &paths),
        format!(
            "the supervisor that is running (pid {own}) does not answer; \
             kill -9 {own} ends it and its forwards"
        )
    );
}
