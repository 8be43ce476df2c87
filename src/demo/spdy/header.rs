//! Header blocks: compressed names and values.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

use super::{dictionary::dictionary, frame::Error};

/// The maximum size of a decompressed header block.
const MAX_BLOCK: usize = 64 * 1024;

/// Names, in lower case, with their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::demo) struct Headers(pub(in crate::demo) Vec<(String, String)>);

impl Headers {
    /// The value of a header, by its lower-case name.
    pub(in crate::demo) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn parse(mut block: &[u8]) -> Result<Headers, Error> {
        let count = number(&mut block)?;
        let mut headers = Vec::new();
        // Every entry takes at least eight bytes of the block, so a huge count fails soon.
        for _ in 0..count {
            let (name, value) = (text(&mut block)?, text(&mut block)?);
            headers.push((name.to_ascii_lowercase(), value));
        }
        Ok(Headers(headers))
    }

    fn write(&self) -> Vec<u8> {
        let mut block = Vec::new();
        let length = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
        block.extend_from_slice(&length(self.0.len()));
        for part in self.0.iter().flat_map(|(name, value)| [name, value]) {
            block.extend_from_slice(&length(part.len()));
            block.extend_from_slice(part.as_bytes());
        }
        block
    }
}

fn number(block: &mut &[u8]) -> Result<u32, Error> {
    let (head, rest) = block.split_first_chunk().ok_or(Error::Header)?;
    *block = rest;
    Ok(u32::from_be_bytes(*head))
}

fn text(block: &mut &[u8]) -> Result<String, Error> {
    let length = usize::try_from(number(block)?).map_err(|_| Error::Header)?;
    let (text, rest) = block.split_at_checked(length).ok_or(Error::Header)?;
    *block = rest;
    Ok(String::from_utf8_lossy(text).into_owned())
}

/// Compresses the header blocks of one direction of a connection, in the order of sending.
#[derive(Debug)]
pub(in crate::demo) struct Compressor(Compress);

impl Compressor {
    pub(in crate::demo) fn new() -> Compressor {
        let mut zlib = Compress::new(Compression::best(), true);
        // Fails only after the first bytes.
        let _ = zlib.set_dictionary(&dictionary());
        Compressor(zlib)
    }

    /// Appends a compressed block.
    pub(super) fn write(&mut self, headers: &Headers, out: &mut Vec<u8>) -> Result<(), Error> {
        let block = headers.write();
        let (mut read, end) = (0, self.0.total_in() + block.len() as u64);
        loop {
            out.reserve(block.len() / 2 + 64);
            let before = self.0.total_in();
            let rest = block.get(read..).unwrap_or_default();
            self.0.compress_vec(rest, out, FlushCompress::Sync).map_err(|_| Error::Header)?;
            read += usize::try_from(self.0.total_in() - before).unwrap_or(0);
            // Remaining capacity means that everything was flushed.
            if self.0.total_in() == end && out.len() < out.capacity() {
                return Ok(());
            }
        }
    }
}

/// Decompresses the header blocks of one direction of a connection, in the order of arrival.
#[derive(Debug)]
pub(super) struct Decompressor(Decompress);

impl Decompressor {
    pub(super) fn new() -> Decompressor {
        Decompressor(Decompress::new(true))
    }

    pub(super) fn read(&mut self, compressed: &[u8]) -> Result<Headers, Error> {
        let mut block = Vec::new();
        let mut read = 0;
        loop {
            let rest = compressed.get(read..).unwrap_or_default();
            let (was_in, was_out) = (self.0.total_in(), self.0.total_out());
            block.reserve(4096);
            let result = self.0.decompress_vec(rest, &mut block, FlushDecompress::Sync);
            let consumed = usize::try_from(self.0.total_in() - was_in).unwrap_or(0);
            read += consumed;
            if let Err(error) = result {
                error.needs_dictionary().ok_or(Error::Header)?;
                self.0.set_dictionary(&dictionary()).map_err(|_| Error::Header)?;
                continue;
            }
            if block.len() > MAX_BLOCK {
                return Err(Error::Header);
            }
            let still = consumed == 0 && self.0.total_out() == was_out;
            let whole = read >= compressed.len() && block.len() < block.capacity();
            if whole || still {
                return Headers::parse(&block);
            }
        }
    }
}
