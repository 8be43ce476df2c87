//! The nesting depth of a YAML text, measured without parsing: a parser's time grows with the
//! square of the depth.

/// The maximum depth. No real configuration or kubeconfig is nested deeper.
pub(crate) const DEEPEST: usize = 64;

/// The maximum nesting of `{` and `[` outside quotes and comments. An upper bound: quotes over
/// several lines are ambiguous here, so this is the larger of the depths with and without quoted
/// text.
pub(crate) fn flow_depth(text: &[u8]) -> usize {
    bare_depth(text).max(read_depth(text))
}

/// The depth of all brackets, including those in quotes and comments.
fn bare_depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for byte in text {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The depth of brackets outside quoted text and comments.
fn read_depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    let mut previous = b'\n';
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        let begins = previous.is_ascii_whitespace() || b"[]{},:".contains(&previous);
        match byte {
            b'"' if begins => {
                while let Some(inner) = bytes.next() {
                    match inner {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            // A doubled quote ends one quoted text and begins the next, with the same result.
            b'\'' if begins => drop(bytes.find(|inner| *inner == b'\'')),
            b'#' if previous.is_ascii_whitespace() => drop(bytes.find(|inner| *inner == b'\n')),
            b'{' | b'[' if begins || depth > 0 => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        previous = if byte == b'#' && previous.is_ascii_whitespace() { b'\n' } else { byte };
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_comments_cannot_hide_nesting() {
        for (text, depth) in [
            ("a: {b: [1, {c: 2}]}", 3),
            ("a: 1\nb:\n  c: 2\n", 0),
            (r#"{"a": "}", "b": {"c": "}"}}"#, 2),
            ("{a: '}', b: {c: '}'}}", 2),
            ("{a: 1, # }\n b: {c: 2}}", 2),
            ("a: it's {\nb: it's [", 2),
            ("]]]{{{", 3),
            ("", 0),
        ] {
            assert_eq!(flow_depth(text.as_bytes()), depth, "{text}");
        }
        let masked = "{a: '}', b: ".repeat(1000);
        assert_eq!(flow_depth(masked.as_bytes()), 1000);
    }
}
