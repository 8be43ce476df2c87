//! A terminal that one program fills: the alternate screen, keys without Enter, and the terminal as
//! it was afterwards, however the program ends.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};

use super::live::Live;
use super::messages;
use super::outlet::Outlet;
use super::stdout;

/// The alternate screen without a cursor and without wrapping; pasted text is marked as such.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h\x1b[2J";
const LEAVE: &str = "\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[?1049l";

/// No key sends the signal (`_POSIX_VDISABLE`).
const NO_KEY: u8 = if cfg!(target_os = "macos") { 0xff } else { 0 };

/// The terminal's modes from before; none while no program fills it.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// The alternate screen on standard output.
#[derive(Debug)]
pub struct FullScreen {
    outlet: Outlet,
    /// The terminal's modes from before. When this program is continued in the background, the
    /// terminal has those of the shell's own line editor.
    before: Termios,
}

impl FullScreen {
    /// Whether both standard input and output are a terminal that can be filled.
    pub fn is_supported() -> bool {
        io::stdin().is_terminal() && Live::is_supported()
    }

    /// Fills the terminal from now on. Messages on standard error wait until it is left. A panic
    /// restores the terminal before it is reported.
    ///
    /// # Errors
    ///
    /// If the terminal's modes cannot be changed.
    pub fn enter() -> io::Result<Self> {
        static HOOK: std::sync::Once = std::sync::Once::new();
        HOOK.call_once(|| {
            let report = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                if restore() {
                    let _ = stdout::write_all(LEAVE.as_bytes());
                    messages::release();
                }
                report(panic);
            }));
        });
        // A frame that waits to be written must not come after the terminal was given back.
        let outlet = Outlet::stdout_while(is_filled);
        let screen = Self { outlet, before: tcgetattr(io::stdin())? };
        screen.resume()?;
        Ok(screen)
    }

    /// Fills the terminal again after [`FullScreen::leave`].
    ///
    /// # Errors
    ///
    /// If the terminal's modes cannot be changed.
    pub fn resume(&self) -> io::Result<()> {
        let mut modes = self.before.clone();
        // Ctrl-C and Ctrl-Z go on to be signals; Ctrl-\, which would end this program with the
        // terminal as it is, becomes a key.
        modes.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        modes.special_codes[SpecialCodeIndex::VQUIT] = NO_KEY;
        // Stored first: what ends this program meanwhile restores them.
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(self.before.clone());
        messages::hold();
        if let Err(error) = tcsetattr(io::stdin(), OptionalActions::Now, &modes) {
            restore();
            messages::release();
            return Err(error.into());
        }
        self.outlet.write(ENTER);
        Ok(())
    }

    /// Draws the lines from the top. They must not be wider than the terminal, nor more than it has.
    pub fn draw(&self, lines: &[String]) {
        // A panic elsewhere may have given the terminal back.
        if !is_filled() {
            return;
        }
        self.outlet.write(format!("\x1b[H{}\x1b[K\x1b[J", lines.join("\x1b[K\r\n")));
    }

    /// Clears the terminal before the next drawing, where something else has written to it.
    pub fn clear(&self) {
        self.outlet.write("\x1b[2J");
    }

    /// Whether all that was written has reached the terminal.
    pub fn is_idle(&self) -> bool {
        self.outlet.is_idle()
    }

    /// Resolves when all that was written has reached the terminal.
    pub fn idle(&self) -> impl Future<Output = ()> + use<> {
        self.outlet.flush(Duration::MAX)
    }

    /// Resolves when the terminal has gone, or writing fails.
    pub async fn ended(&mut self) -> io::Result<()> {
        self.outlet.ended().await
    }

    /// Gives the terminal back as it was, with `lines` below what was on it, and waits until they
    /// are written, at most `within`.
    pub async fn leave(&self, lines: &[String], within: Duration) {
        if is_filled() {
            let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
            self.outlet.write(format!("{LEAVE}{lines}"));
            self.outlet.flush(within).await;
            restore();
            messages::release();
        }
    }
}

impl Drop for FullScreen {
    fn drop(&mut self) {
        if restore() {
            let _ = stdout::write_all(LEAVE.as_bytes());
            messages::release();
        }
    }
}

fn is_filled() -> bool {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// Restores the terminal's modes, once. Returns whether they were changed.
fn restore() -> bool {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(before) = before else { return false };
    let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
    true
}

#[cfg(test)]
mod tests {
    use std::fs::{File, OpenOptions};
    use std::io::Read as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::process::Command;

    use rustix::fs::OFlags;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    use super::*;

    /// What the program in the terminal does.
    const PLAY: &str = "WATCHDOG_TEST_FULL_SCREEN";

    /// This test program again in a terminal, running only [`stand_in`]. Returns what it has written
    /// and whether it has succeeded; the terminal's modes are as before.
    fn play(what: &str) -> (String, bool) {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let name = ptsname(&screen, Vec::new()).unwrap();
        let flags = OFlags::NOCTTY.bits().cast_signed();
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(flags);
        let line = options.open(name.to_str().unwrap()).unwrap();
        let modes = || format!("{:?}", tcgetattr(&line).unwrap());
        let before = modes();
        let stdio = || line.try_clone().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "term::full_screen::tests::stand_in", "--nocapture"])
            .env(PLAY, what)
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio())
            .spawn()
            .unwrap();
        let mut screen = File::from(screen);
        let reader = std::thread::spawn(move || {
            let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
            // When the terminal has been closed, Linux returns an error.
            while let Ok(count @ 1..) = screen.read(&mut buffer) {
                text.extend_from_slice(&buffer[..count]);
            }
            String::from_utf8_lossy(&text).replace("\r\n", "\n")
        });
        let status = child.wait().unwrap();
        assert_eq!(modes(), before, "the terminal's modes are as before");
        drop(line);
        (reader.join().unwrap(), status.success())
    }

    /// The program in the terminal.
    #[test]
    fn stand_in() {
        let Some(play) = std::env::var_os(PLAY) else { return };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let screen = FullScreen::enter().unwrap();
        let modes = tcgetattr(io::stdin()).unwrap();
        assert!(!modes.local_modes.contains(LocalModes::ECHO));
        screen.draw(&["drawn".to_owned()]);
        runtime.block_on(screen.idle());
        messages::Messages::plain().note("held back");
        match play.to_str().unwrap() {
            "panic" => panic!("on purpose"),
            "panic elsewhere" => {
                std::thread::spawn(|| panic!("on purpose")).join().unwrap_err();
                screen.draw(&["drawn after the panic".to_owned()]);
                runtime.block_on(screen.idle());
            }
            "pause" => {
                runtime.block_on(screen.leave(&[], Duration::from_mins(1)));
                let mut editor = tcgetattr(io::stdin()).unwrap();
                assert!(editor.local_modes.contains(LocalModes::ECHO), "the shell's terminal");
                // Continued in the background, while the shell edits a line.
                editor.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
                tcsetattr(io::stdin(), OptionalActions::Now, &editor).unwrap();
                screen.resume().unwrap();
                runtime.block_on(screen.idle());
            }
            play => panic!("{play}"),
        }
    }

    #[test]
    fn a_panic_restores_the_terminal_before_it_is_reported() {
        let (text, success) = play("panic");
        assert!(!success, "{text}");
        let (drawn, after) = text.split_once(LEAVE).expect("the alternate screen is left");
        assert!(drawn.contains(ENTER) && drawn.contains("drawn"), "{text:?}");
        let held = after.find("note: held back\n").expect("messages that were held back");
        assert!(held < after.find("on purpose").unwrap(), "{text:?}");
        assert!(!after.contains(LEAVE), "once: {text:?}");
    }

    #[test]
    fn after_a_panic_elsewhere_nothing_is_drawn() {
        let (text, success) = play("panic elsewhere");
        assert!(success, "{text}");
        let (_, after) = text.split_once(LEAVE).expect("the alternate screen is left");
        assert!(after.contains("on purpose") && !after.contains("drawn after"), "{text:?}");
    }

    #[test]
    fn a_pause_does_not_change_what_is_restored_at_the_end() {
        let (text, success) = play("pause");
        assert!(success, "{text}");
        assert_eq!([text.matches(ENTER).count(), text.matches(LEAVE).count()], [2, 2], "{text:?}");
    }
}
