use super::super::registry::Registry;
use super::super::socket::open_lock;
use super::*;
use crate::process::Group;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn temporary() -> (tempfile::TempDir, Paths) {
    let dir = tempfile::tempdir().unwrap();
    let paths = Paths::new(dir.path().join("run")).unwrap();
    (dir, paths)
}

const GRACE: Duration = Duration::from_millis(100);

/// A supervisor that is dead: this process's pid with another start time.
fn dead_instance() -> Instance {
    let mut instance = Instance::own(None);
    instance.supervisor.start_time += 1;
    instance.id = format!("{}-dead-{:?}", instance.id, std::thread::current().id());
    instance
}

/// Leaves the registry as a crash does.
fn crash(registry: Registry) {
    std::mem::forget(registry);
}

/// A child process that is killed when the test ends.
struct Sleeper(Child);

impl Sleeper {
    fn new(script: &str, mark: &str) -> Self {
        use std::os::unix::process::CommandExt as _;
        let mut command = Command::new("sh");
        command.args(["-c", script]).process_group(0).env(MARK, mark).stdout(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    fn identity(&self) -> Identity {
        Identity::of(self.0.id()).unwrap()
    }

    /// Waits until the shell has become another program.
    fn becomes(&self, program: &str) {
        let start = std::time::Instant::now();
        let path = format!("/proc/{}/comm", self.0.id());
        while fs::read_to_string(&path).unwrap().trim_end() != program {
            assert!(start.elapsed() < Duration::from_mins(1), "no {program}");
            std::thread::yield_now();
        }
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn files(paths: &Paths) -> usize {
    fs::read_dir(paths.registry()).unwrap().count()
}

fn edit(path: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let mut value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, serde_json::to_vec(&value).unwrap()).unwrap();
}

#[test]
fn a_child_of_a_dead_supervisor_is_ended_with_its_group() {
    use std::io::Read as _;
    let (_dir, paths) = temporary();
    let registry = Registry::enter(&paths, dead_instance()).unwrap();
    // Both processes hold the pipe; the second one ignores SIGTERM.
    let script = "sh -c 'trap \"\" TERM; echo; while :; do sleep 0.05; done' & wait";
    let mut child = Sleeper::new(script, "no mark");
    let mut out = child.0.stdout.take().unwrap();
    out.read_exact(&mut [0]).unwrap();
    registry.add(child.0.id(), "prometheus").unwrap();
    crash(registry);
    assert_eq!(files(&paths), 2);

    let reaped = block_on(reap(&paths, GRACE));
    let leader = reaped.ended.iter().find(|stray| stray.pid == child.0.id()).unwrap();
    assert_eq!(leader.forward.as_deref(), Some("prometheus"));
    assert!(leader.command.contains("trap"), "{leader:?}");
    assert!(reaped.ended.len() >= 2, "{reaped:?}");
    assert_eq!((reaped.left, reaped.stale_files, files(&paths)), (vec![], 2, 0));
    // The pipe closes only when both have exited.
    out.read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn a_process_that_only_carries_the_mark_is_ended_too() {
    let (_dir, paths) = temporary();
    let instance = dead_instance();
    let child = Sleeper::new("exec sleep 600", &instance.id);
    child.becomes("sleep");
    crash(Registry::enter(&paths, instance).unwrap());
    let reaped = block_on(reap(&paths, GRACE));
    let stray = Stray { pid: child.0.id(), command: "sleep 600".to_owned(), forward: None };
    assert_eq!(reaped, Reaped { ended: vec![stray], left: vec![], stale_files: 1 });
    assert!(!child.identity().is_alive());
}

#[test]
fn children_of_a_living_supervisor_are_not_touched() {
    let (_dir, paths) = temporary();
    let lock = open_lock(&paths.lock()).unwrap();
    lock.lock().unwrap();
    let registry = Registry::enter(&paths, Instance::own(None)).unwrap();
    let child = Sleeper::new("exec sleep 600", &registry.instance().id);
    registry.add(child.0.id(), "prometheus").unwrap();
    assert_eq!(block_on(reap(&paths, GRACE)), Reaped::default());
    assert!(child.identity().is_alive());
    registry.remove(child.0.id());
    registry.forget_ended();
    assert_eq!(files(&paths), 1);
    drop(registry);
    assert_eq!(files(&paths), 0);
}

/// Its lock file may have been removed and created again by another process.
#[test]
fn a_supervisor_without_the_lock_counts_as_alive_while_its_process_is() {
    let (_dir, paths) = temporary();
    let mut supervisor = Sleeper::new("exec sleep 600", "no mark");
    let mut instance = Instance::own(None);
    instance.id = format!("{}-{:?}", instance.id, std::thread::current().id());
    instance.supervisor = supervisor.identity();
    let child = Sleeper::new("exec sleep 600", &instance.id);
    crash(Registry::enter(&paths, instance).unwrap());
    for free in [false, true] {
        if free {
            drop(open_lock(&paths.lock()).unwrap());
        }
        assert_eq!(block_on(reap(&paths, GRACE)), Reaped::default());
        assert!(child.identity().is_alive());
    }
    supervisor.0.kill().unwrap();
    assert_eq!(block_on(reap(&paths, GRACE)).ended.len(), 1);
    assert!(!child.identity().is_alive());
}

/// Of a container that shares this directory: its process ids are other processes here.
#[test]
fn entries_of_another_pid_namespace_are_not_touched() {
    let (_dir, paths) = temporary();
    let mut instance = dead_instance();
    instance.pid_namespace = instance.pid_namespace.map(|it| it + 1);
    if instance.pid_namespace.is_none() {
        return;
    }
    let child = Sleeper::new("exec sleep 600", &instance.id);
    let registry = Registry::enter(&paths, instance).unwrap();
    registry.add(child.0.id(), "prometheus").unwrap();
    crash(registry);
    assert_eq!(block_on(reap(&paths, GRACE)), Reaped::default());
    assert_eq!(block_on(reap_as_the_only_one(&paths, GRACE)), Reaped::default());
    assert!(child.identity().is_alive());
    assert_eq!(files(&paths), 2);
}

/// A directory in the place of the new file makes the write fail, as a full disk does.
#[test]
fn on_a_full_disk_a_new_entry_reuses_the_file_of_an_ended_child() {
    let (_dir, paths) = temporary();
    let registry = Registry::enter(&paths, dead_instance()).unwrap();
    let (first, second) = (Sleeper::new("exec sleep 600", ""), Sleeper::new("exec sleep 600", ""));
    let second_file = format!("child-{}.json", second.0.id());
    fs::create_dir(paths.registry().join(format!("{second_file}.new"))).unwrap();
    assert!(registry.add(second.0.id(), "a").is_err(), "there is no room yet");
    registry.add(first.0.id(), "a").unwrap();
    registry.remove(first.0.id());
    registry.add(second.0.id(), "a").unwrap();
    let entries = read(&paths.registry());
    let child = entries.iter().find_map(|(path, entry)| match entry {
        Entry::Child(child) if path.ends_with(&second_file) => Some(child.child.pid),
        _ => None,
    });
    assert_eq!(child, Some(second.0.id()));
    assert!(!paths.registry().join(format!("child-{}.json", first.0.id())).exists());
}

/// As if somebody cleaned up the runtime directory.
#[test]
fn removed_registry_files_are_written_again() {
    let (_dir, paths) = temporary();
    let registry = Registry::enter(&paths, dead_instance()).unwrap();
    let child = Sleeper::new("exec sleep 600", "");
    registry.add(child.0.id(), "a").unwrap();
    fs::remove_dir_all(paths.base()).unwrap();
    registry.restore();
    assert_eq!(files(&paths), 2);
}

#[test]
fn a_recycled_pid_in_the_registry_harms_no_process() {
    let (_dir, paths) = temporary();
    let registry = Registry::enter(&paths, dead_instance()).unwrap();
    let own = std::process::id();
    registry.add(own, "prometheus").unwrap();
    let file = paths.registry().join(format!("child-{own}.json"));
    edit(&file, |record| {
        let start = record["child"]["startTime"].as_u64().unwrap();
        record["child"]["startTime"] = (start - 1).into();
    });
    // One has the right start time but another boot id; the other is another program by now.
    let (rebooted, other) =
        (Sleeper::new("exec sleep 600", ""), Sleeper::new("exec sleep 600", ""));
    for (child, key, value) in
        [(&rebooted, "/child/bootId", "another"), (&other, "/command", "kubectl port-forward")]
    {
        registry.add(child.0.id(), "prometheus").unwrap();
        let file = paths.registry().join(format!("child-{}.json", child.0.id()));
        edit(&file, |record| *record.pointer_mut(key).unwrap() = value.into());
    }
    crash(registry);
    let reaped = block_on(reap(&paths, GRACE));
    assert_eq!(reaped, Reaped { stale_files: 4, ..Reaped::default() });
    assert!(rebooted.identity().is_alive() && other.identity().is_alive());
}

#[test]
fn garbage_is_removed_and_files_of_a_newer_version_are_left_alone() {
    let (_dir, paths) = temporary();
    let directory = paths.registry();
    let old = |name: &str, text: &str| {
        let path = directory.join(name);
        fs::write(&path, text).unwrap();
        let hour_ago = SystemTime::now() - Duration::from_hours(1);
        File::options().write(true).open(path).unwrap().set_modified(hour_ago).unwrap();
    };
    old("child-1.json", r#"{"schemaVersion":1,"child":{"boo"#);
    old("child-2.json", "");
    old("instance-x.json", r#"{"schemaVersion":1}"#);
    old("instance-x.json.new", "{");
    old("child-3.json", r#"{"schemaVersion":2,"something":"new"}"#);
    fs::write(directory.join("child-4.json.new"), "{").unwrap();
    fs::create_dir(directory.join("child-5.json")).unwrap();
    let reaped = block_on(reap(&paths, GRACE));
    assert_eq!(reaped, Reaped { stale_files: 4, ..Reaped::default() });
    let mut left: Vec<_> =
        fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["child-3.json", "child-4.json.new", "child-5.json"]);
}

#[test]
fn a_child_that_cannot_be_registered_is_an_error_and_leaves_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_dir, paths) = temporary();
    let registry = Registry::enter(&paths, Instance::own(None)).unwrap();
    let child = Sleeper::new("exec sleep 600", "");
    let file = paths.registry().join(format!("child-{}.json", child.0.id()));
    fs::create_dir(&file).unwrap();
    registry.add(child.0.id(), "prometheus").unwrap_err();
    fs::remove_dir(&file).unwrap();
    assert_eq!(files(&paths), 1);
    registry.add(child.0.id(), "prometheus").unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn our_process_group_is_found_by_the_registry() {
    let (_dir, paths) = temporary();
    block_on(async {
        let registry = Registry::enter(&paths, dead_instance()).unwrap();
        let mut command = Command::new("sleep");
        command.arg("600");
        let group = Group::spawn(command).unwrap();
        registry.add(group.id(), "prometheus").unwrap();
        crash(registry);
        let reaped = reap(&paths, GRACE).await;
        assert_eq!(reaped.ended.len(), 1, "{reaped:?}");
        assert!(group.has_exited());
    });
}
