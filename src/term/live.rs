//! Lines on standard output that are drawn again in place.

use std::io;
use std::time::Duration;

use super::color::ColorEnv;
use super::outlet::Outlet;
use super::stdout;
use super::text::width;

/// Clears from the cursor to the end of the screen.
const CLEAR: &str = "\x1b[J";

/// Lines that stand at the end of a terminal's output, and are replaced by later ones.
#[derive(Debug)]
pub struct Live {
    outlet: Outlet,
    /// The widths of the lines that stand on the terminal; the cursor is at the end of the last.
    drawn: Vec<usize>,
}

impl Live {
    /// Nothing drawn yet.
    pub fn stdout() -> Self {
        Self { outlet: Outlet::stdout(), drawn: Vec::new() }
    }

    /// Whether standard output is a terminal that can draw lines in place.
    pub fn is_supported() -> bool {
        let term = ColorEnv::current().term;
        stdout::is_terminal() && term.is_some_and(|term| !term.is_empty() && term != "dumb")
    }

    /// Whether all that was written has reached the terminal: one that is behind is not drawn on.
    pub fn is_idle(&self) -> bool {
        self.outlet.is_idle()
    }

    /// Resolves when all that was written has reached the terminal.
    pub fn idle(&self) -> impl Future<Output = ()> + use<> {
        self.outlet.flush(Duration::MAX)
    }

    /// Draws the lines in the place of those that stand.
    pub fn draw(&mut self, lines: &[String]) {
        let text = self.erased() + &self.block(lines);
        self.outlet.write(text);
    }

    /// Writes a line that stays, and draws the lines below it.
    pub fn above(&mut self, line: &str, lines: &[String]) {
        let text = format!("{}{line}\n{}", self.erased(), self.block(lines));
        self.outlet.write(text);
    }

    /// Writes text where no lines stand.
    pub fn write(&self, text: impl Into<Vec<u8>>) {
        self.outlet.write(text);
    }

    /// Leaves the lines standing and the cursor below them, and waits until all is written, at
    /// most `within`.
    pub async fn leave(&mut self, within: Duration) {
        if !std::mem::take(&mut self.drawn).is_empty() {
            self.outlet.write("\n");
        }
        self.outlet.flush(within).await;
    }

    /// Resolves when nobody reads any more, or nothing can be written.
    pub async fn ended(&mut self) -> io::Result<()> {
        self.outlet.ended().await
    }

    fn block(&mut self, lines: &[String]) -> String {
        self.drawn = lines.iter().map(|line| width(&plain(line))).collect();
        lines.join("\n")
    }

    /// What takes the lines away.
    fn erased(&mut self) -> String {
        let drawn = std::mem::take(&mut self.drawn);
        erasing(rows(&drawn, stdout::terminal_width().unwrap_or(80)))
    }
}

/// What clears so many rows, of which the cursor is in the last.
fn erasing(rows: usize) -> String {
    match rows {
        0 => String::new(),
        1 => format!("\r{CLEAR}"),
        rows => format!("\r\x1b[{}A{CLEAR}", rows - 1),
    }
}

/// How many rows lines of these widths take on a terminal of so many columns: one each, unless it
/// has become narrower since they were drawn.
fn rows(widths: &[usize], columns: usize) -> usize {
    widths.iter().map(|width| width.div_ceil(columns.max(1)).max(1)).sum()
}

/// The text without the codes of colours, which are all that a style adds.
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
    fn lines_that_a_narrower_terminal_wraps_are_counted_as_its_rows() {
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
