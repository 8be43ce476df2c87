//! Lines on standard output that are redrawn in place.

use std::io;
use std::time::Duration;

use super::color::ColorEnv;
use super::outlet::Outlet;
use super::stdout;
use super::text::width;

/// Clears from the cursor to the end of the screen.
const CLEAR: &str = "\x1b[J";

/// Lines at the end of a terminal's output that are replaced by later ones.
#[derive(Debug)]
pub struct Live {
    outlet: Outlet,
    /// The widths of the drawn lines; the cursor is at the end of the last one.
    drawn: Vec<usize>,
}

impl Live {
    /// A value without drawn lines.
    pub fn stdout() -> Self {
        Self { outlet: Outlet::stdout(), drawn: Vec::new() }
    }

    /// Whether standard output is a terminal that can draw lines in place.
    pub fn is_supported() -> bool {
        let term = ColorEnv::current().term;
        stdout::is_terminal() && term.is_some_and(|term| !term.is_empty() && term != "dumb")
    }

    /// Whether all written text has reached the terminal: do not draw again on one that lags
    /// behind.
    pub fn is_idle(&self) -> bool {
        self.outlet.is_idle()
    }

    /// Resolves when all that was written has reached the terminal.
    pub fn idle(&self) -> impl Future<Output = ()> + use<> {
        self.outlet.flush(Duration::MAX)
    }

    /// Draws the lines, replacing the drawn ones.
    pub fn draw(&mut self, lines: &[String]) {
        let text = self.erased() + &self.block(lines);
        self.outlet.write(text);
    }

    /// Writes a permanent line, and draws the lines below it.
    pub fn above(&mut self, line: &str, lines: &[String]) {
        let text = format!("{}{line}\n{}", self.erased(), self.block(lines));
        self.outlet.write(text);
    }

    /// Writes permanent text that ends with a newline, and draws the lines below it. Returns false
    /// if the text was dropped, because too much is waiting to be written.
    pub fn above_text(&mut self, text: Vec<u8>, lines: &[String]) -> bool {
        if self.drawn.is_empty() && lines.is_empty() {
            return self.outlet.write(text);
        }
        let drawn = self.drawn.clone();
        let mut bytes = self.erased().into_bytes();
        bytes.extend(text);
        bytes.extend(self.block(lines).into_bytes());
        let is_written = self.outlet.write(bytes);
        if !is_written {
            self.drawn = drawn;
        }
        is_written
    }

    /// Waits until everything is written, at most `within`.
    pub fn flush(&self, within: Duration) -> impl Future<Output = ()> + use<> {
        self.outlet.flush(within)
    }

    /// Writes text while no lines are drawn.
    pub fn write(&self, text: impl Into<Vec<u8>>) {
        self.outlet.write(text);
    }

    /// Keeps the drawn lines, moves the cursor below them, and waits until everything is written,
    /// at most `within`.
    pub async fn leave(&mut self, within: Duration) {
        if !std::mem::take(&mut self.drawn).is_empty() {
            self.outlet.write("\n");
        }
        self.outlet.flush(within).await;
    }

    /// Resolves when the reader has gone, or writing fails.
    pub async fn ended(&mut self) -> io::Result<()> {
        self.outlet.ended().await
    }

    fn block(&mut self, lines: &[String]) -> String {
        self.drawn = lines.iter().map(|line| width(&plain(line))).collect();
        lines.join("\n")
    }

    /// The control sequence that removes the drawn lines.
    fn erased(&mut self) -> String {
        let drawn = std::mem::take(&mut self.drawn);
        erasing(rows(&drawn, stdout::terminal_width().unwrap_or(80)))
    }
}

/// The control sequence that clears this many rows, with the cursor in the last one.
fn erasing(rows: usize) -> String {
    match rows {
        0 => String::new(),
        1 => format!("\r{CLEAR}"),
        rows => format!("\r\x1b[{}A{CLEAR}", rows - 1),
    }
}

/// How many rows lines of these widths take on a terminal with this many columns: one each, unless
/// the terminal has become narrower since they were drawn.
fn rows(widths: &[usize], columns: usize) -> usize {
    widths.iter().map(|width| width.div_ceil(columns.max(1)).max(1)).sum()
}

/// The text without colour sequences, which are all that a style adds.
fn plain(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += part.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_wrapped_by_a_narrower_terminal_count_as_several_rows() {
        assert_eq!(rows(&[], 80), 0);
        assert_eq!(rows(&[79, 0, 30], 80), 3);
        assert_eq!(rows(&[79, 0, 30], 200), 3);
        assert_eq!(rows(&[79, 0, 30], 40), 4);
        assert_eq!(rows(&[79], 0), 79);
    }

    #[test]
    fn colours_have_no_width_and_the_cursor_goes_up_to_the_first_row() {
        assert_eq!(plain("\x1b[1;31mred\x1b[0m and not"), "red and not");
        assert_eq!([0, 1, 3].map(erasing), ["", "\r\x1b[J", "\r\x1b[2A\x1b[J"]);
    }
}
