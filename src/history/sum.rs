//! Checksums of rows. Each covers the table's name, the row's key and its contents: a row under
//! another key, or in another table, is as wrong as one with another body.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::ValueRef;

/// A checksum being computed. The length of each text and blob is included, so that bytes cannot
/// move from one column to the next unnoticed.
struct Sum(crc32fast::Hasher);

impl Sum {
    fn of(table: &str) -> Self {
        Self(crc32fast::Hasher::new()).bytes(table.as_bytes())
    }

    fn number(mut self, number: i64) -> Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    /// Signed, because SQLite keeps 32 bits with a sign in four bytes.
    fn end(self) -> i64 {
        i64::from(self.0.finalize().cast_signed())
    }
}

/// Of an HPA's readings in a bucket.
pub(super) fn chunk(bucket: i64, hpa: i64, body: &[u8]) -> i64 {
    Sum::of("chunk").number(bucket).number(hpa).bytes(body).end()
}

/// Of a part. The last bucket that uses it is not covered: if that is too early, the part gets
/// deleted, and its absence is noticed.
pub(super) fn part(id: i64, body: &[u8]) -> i64 {
    Sum::of("part").number(id).bytes(body).end()
}

/// Of an HPA's name.
pub(super) fn hpa(id: i64, key: [&str; 4], bucket: i64) -> i64 {
    key.into_iter().fold(Sum::of("hpa").number(id), Sum::text).number(bucket).end()
}

/// Of a cluster's name, context and server.
pub(super) fn cluster(id: i64, key: [&str; 3]) -> i64 {
    key.into_iter().fold(Sum::of("cluster").number(id), Sum::text).end()
}

/// Of a bucket's contents.
pub(super) fn contents(bucket: i64, body: &[u8]) -> i64 {
    Sum::of("contents").number(bucket).bytes(body).end()
}

/// Of a bucket's other columns.
pub(super) fn bucket(columns: [i64; 6]) -> i64 {
    columns.into_iter().fold(Sum::of("bucket"), Sum::number).end()
}

/// Of the number of the last snapshot and the number of HPAs.
pub(super) fn state(latest: i64, hpas: i64) -> i64 {
    Sum::of("state").number(latest).number(hpas).end()
}

/// Registers `checksum(TABLE, …)` as an SQL function, for the upgrade to the version that
/// introduced checksums.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("checksum", -1, flags, |context| {
        let mut sum = Sum(crc32fast::Hasher::new());
        for index in 0..context.len() {
            sum = match context.get_raw(index) {
                ValueRef::Integer(number) => sum.number(number),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => sum.bytes(bytes),
                ValueRef::Null | ValueRef::Real(_) => sum,
            };
        }
        Ok(sum.end())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_counts_as_the_code_does() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let sum = |sql: &str| -> i64 {
            connection.query_row(&format!("SELECT checksum({sql})"), [], |row| row.get(0)).unwrap()
        };
        assert_eq!(sum("'chunk', 1, 2, x'0304'"), chunk(1, 2, &[3, 4]));
        assert_eq!(sum("'part', 7, x'00'"), part(7, &[0]));
        assert_eq!(sum("'hpa', 1, 'a', 'b', 'c', 'd', 9"), hpa(1, ["a", "b", "c", "d"], 9));
        assert_eq!(sum("'cluster', 1, 'a', 'b', 'c'"), cluster(1, ["a", "b", "c"]));
    }

    #[test]
    fn all_of_a_row_counts() {
        let sums = [
            chunk(1, 2, &[3]),
            chunk(2, 1, &[3]),
            chunk(1, 2, &[4]),
            part(1, &[3]),
            contents(1, &[3]),
            hpa(1, ["ab", "", "", ""], 0),
            hpa(1, ["a", "b", "", ""], 0),
        ];
        let different: std::collections::BTreeSet<i64> = sums.into_iter().collect();
        assert_eq!(different.len(), sums.len());
    }
}
