//! Keys that are pressed on the terminal.

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A key, as far as a list needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character.
    Char(char),
    /// A character of pasted text, which is text and no key.
    Pasted(char),
    /// A line up.
    Up,
    /// A line down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first line.
    Home,
    /// To the last line.
    End,
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Deletes the last character.
    Backspace,
    /// Deletes all characters (Ctrl-U).
    DeleteAll,
    /// Draws the screen again (Ctrl-L).
    Redraw,
    /// Ctrl-\, or Ctrl-C where the terminal does not make a signal of it.
    Interrupt,
}

/// The keys that are pressed, in order.
#[derive(Debug)]
pub struct Keys(UnboundedReceiver<Key>);

impl Keys {
    /// Reads keys from the terminal, on a thread that ends with the program.
    pub fn listen() -> Self {
        let (to_keys, keys) = unbounded_channel();
        std::thread::spawn(move || {
            while let Ok(event) = event::read() {
                if !pressed_or_pasted(event).into_iter().all(|key| to_keys.send(key).is_ok()) {
                    break;
                }
            }
        });
        Self(keys)
    }

    /// The next key. Cancel safe.
    pub async fn next(&mut self) -> Key {
        match self.0.recv().await {
            Some(key) => key,
            None => std::future::pending().await,
        }
    }
}

fn pressed_or_pasted(event: Event) -> Vec<Key> {
    match event {
        Event::Key(pressed) => key(pressed).into_iter().collect(),
        Event::Paste(text) => text.chars().filter(|it| !it.is_control()).map(Key::Pasted).collect(),
        _ => Vec::new(),
    }
}

fn key(pressed: KeyEvent) -> Option<Key> {
    if pressed.kind == KeyEventKind::Release {
        return None;
    }
    let is_control = pressed.modifiers.contains(KeyModifiers::CONTROL);
    Some(match pressed.code {
        // Ctrl-\ cannot be told from Ctrl-4.
        KeyCode::Char('c' | '4' | '\\') if is_control => Key::Interrupt,
        KeyCode::Char('l') if is_control => Key::Redraw,
        KeyCode::Char('u') if is_control => Key::DeleteAll,
        KeyCode::Char('h') if is_control => Key::Backspace,
        KeyCode::Char('f') if is_control => Key::PageDown,
        KeyCode::Char('b') if is_control => Key::PageUp,
        // The terminal sends Enter as a newline, which is Ctrl-J.
        KeyCode::Char('j') if is_control => Key::Enter,
        KeyCode::Char(_) if is_control => return None,
        KeyCode::Char(character) => Key::Char(character),
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace => Key::Backspace,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_text_is_no_key() {
        let pasted = pressed_or_pasted(Event::Paste("q\n\x1bx".to_owned()));
        assert_eq!(pasted, [Key::Pasted('q'), Key::Pasted('x')]);
    }

    #[test]
    fn control_characters_are_no_text() {
        let pressed = |code, modifiers| key(KeyEvent::new(code, modifiers));
        let none = KeyModifiers::NONE;
        assert_eq!(pressed(KeyCode::Char('q'), none), Some(Key::Char('q')));
        assert_eq!(pressed(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Key::Char('G')));
        assert_eq!(pressed(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Interrupt));
        assert_eq!(pressed(KeyCode::Char('4'), KeyModifiers::CONTROL), Some(Key::Interrupt));
        assert_eq!(pressed(KeyCode::Char('x'), KeyModifiers::CONTROL), None);
        assert_eq!(pressed(KeyCode::PageDown, none), Some(Key::PageDown));
        assert_eq!(pressed(KeyCode::F(1), none), None);
        let mut released = KeyEvent::new(KeyCode::Down, none);
        released.kind = KeyEventKind::Release;
        assert_eq!(key(released), None);
    }
}
