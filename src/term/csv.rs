//! CSV by RFC 4180, with quotes only where needed and plain newlines for Unix tools.

use std::borrow::Cow;

use super::text::sanitize;

/// A header line (unless `header` is empty) and rows as CSV.
///
/// Control characters become visible escapes. A cell that a spreadsheet would interpret as a
/// formula (one that starts with `=`, `+`, `-` or `@` and is not a number) gets a leading
/// apostrophe, which spreadsheets use to mark text. Names of Kubernetes objects never start with
/// these characters.
pub fn document<'a, R>(header: &[&str], rows: R) -> anyhow::Result<Vec<u8>>
where
    R: IntoIterator,
    R::Item: IntoIterator<Item = Cow<'a, str>>,
{
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    if !header.is_empty() {
        writer.write_record(header)?;
    }
    for row in rows {
        for cell in row {
            writer.write_field(field(&cell).as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn field(text: &str) -> Cow<'_, str> {
    let safe = sanitize(text);
    if safe.starts_with(['=', '+', '-', '@']) && safe.parse::<f64>().is_err() {
        return Cow::Owned(format!("'{safe}"));
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(rows: &[&[&str]]) -> String {
        let rows = rows.iter().map(|row| row.iter().map(|cell| Cow::Borrowed(*cell)));
        String::from_utf8(document(&["name", "message"], rows).unwrap()).unwrap()
    }

    #[test]
    fn quotes_only_where_needed() {
        assert_eq!(
            written(&[&["web", "a, b"], &["say \"hi\"", ""]]),
            "name,message\nweb,\"a, b\"\n\"say \"\"hi\"\"\",\n"
        );
        assert_eq!(written(&[]), "name,message\n");
    }

    #[test]
    fn no_line_break_no_control_no_formula() {
        assert_eq!(
            written(&[&["a\nb\u{1b}[0m", "=cmd()"], &["-5", "@x"], &["+1e3", "-x"]]),
            "name,message\na\\nb\\u{1b}[0m,'=cmd()\n-5,'@x\n+1e3,'-x\n"
        );
    }
}
