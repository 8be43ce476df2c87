use super::*;
use crate::term::text::width;

fn page(width: Option<usize>) -> Page {
    Page { style: Style::PLAIN, width, charset: Charset::Ascii, text: String::new() }
}

#[test]
fn long_values_wrap_beside_their_names() {
    let mut page = page(Some(40));
    page.field("scales", "Deployment/checkout, which is a rather long name");
    page.entry("-", 1, "a sentence that needs more than one line here");
    assert!(page.text.lines().all(|line| width(line) <= 40), "{}", page.text);
    let lines: Vec<&str> = page.text.lines().collect();
    assert!(lines[0].starts_with("  scales         Deployment"), "{}", page.text);
    assert!(lines[1].starts_with(&" ".repeat(17)), "{}", page.text);
}

#[test]
fn nothing_wraps_in_a_pipe_and_nothing_controls_the_terminal() {
    let mut page = page(None);
    page.field("na\u{1b}[31mme", &"word ".repeat(60));
    assert_eq!(page.text.lines().count(), 1);
    assert!(!page.text.contains('\u{1b}'));
}
