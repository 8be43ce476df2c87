//! A terminal that one program fills: the alternate screen, keys without Enter, and the terminal as
//! it was afterwards, however the program ends.

use std::io::{self, IsTerminal as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::live::Live;
use super::messages;
use super::outlet::Outlet;
use super::stdout;

/// The alternate screen without a cursor and without wrapping.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
const LEAVE: &str = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/// The terminal's modes from before; none while no program fills it.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// The alternate screen on standard output.
#[derive(Debug)]
pub struct FullScreen {
    outlet: Outlet,
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
        let screen = Self { outlet: Outlet::stdout() };
        screen.resume()?;
        Ok(screen)
    }

    /// Fills the terminal again after [`FullScreen::leave`].
    ///
    /// # Errors
    ///
    /// If the terminal's modes cannot be changed.
    pub fn resume(&self) -> io::Result<()> {
        let before = tcgetattr(io::stdin())?;
        let mut modes = before.clone();
        // Ctrl-C, Ctrl-Z and Ctrl-\ go on to be signals.
        modes.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        // Stored first: what ends this program meanwhile restores them.
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
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
