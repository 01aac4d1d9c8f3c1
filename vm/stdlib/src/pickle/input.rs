//! Where an unpickler reads from: bytes in memory, or a file, which is read ahead where it can `peek`.

use brolga_runtime::object::Ref;
use brolga_runtime::protocol::buffer::Buffer;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};

use super::UNPICKLING_ERROR;

/// So much is asked of `peek`.
const AHEAD: usize = 128 * 1024;
/// So much at most is allocated before it is known that there is as much to read.
const TRUSTED: usize = 1 << 20;

/// A file's methods.
#[derive(Copy, Clone, Default)]
pub(super) struct File {
    pub read: Slot,
    pub readline: Slot,
    pub readinto: Slot,
    pub peek: Slot,
}

enum Source<'vm> {
    /// Memory that is lent meanwhile.
    Memory(Buffer<'vm>),
    /// What was read of a file.
    Read(Vec<u8>),
}

pub(super) struct Input<'vm> {
    vm: &'vm Vm,
    source: Source<'vm>,
    at: usize,
    file: File,
    /// What is in memory was only looked at: the file is still where this began.
    peeked: bool,
    /// Where the frame ends that is being read, all of which is in memory.
    frame: Option<usize>,
}

impl<'vm> Input<'vm> {
    pub fn memory(vm: &'vm Vm, data: Buffer<'vm>) -> Input<'vm> {
        Input { vm, source: Source::Memory(data), at: 0, file: File::default(), peeked: false, frame: None }
    }

    pub fn file(vm: &'vm Vm, file: File) -> Input<'vm> {
        Input { vm, source: Source::Read(Vec::new()), at: 0, file, peeked: false, frame: None }
    }

    #[inline(always)]
    fn data(&self) -> &[u8] {
        match &self.source {
            Source::Memory(data) => data.as_slice(),
            Source::Read(data) => data,
        }
    }

    #[cold]
    pub fn truncated(&self) -> Raised {
        UNPICKLING_ERROR.raise(self.vm, "pickle data was truncated")
    }

    /// A frame of so many bytes begins.
    pub fn begin_frame(&mut self, n: usize) -> PyResult<()> {
        if self.frame.is_some_and(|end| self.at < end) {
            let message = "beginning of a new frame before end of current frame";
            return Err(UNPICKLING_ERROR.raise(self.vm, message));
        }
        self.frame = None;
        if !self.fill(n)? {
            return Err(self.truncated());
        }
        self.frame = Some(self.at + n);
        Ok(())
    }

    /// A read of `n` bytes ends where the frame does, if not before.
    #[inline(always)]
    fn stay_in_frame(&mut self, n: usize) -> PyResult<()> {
        match self.frame {
            Some(end) if n > end - self.at => self.leave_frame(),
            _ => Ok(()),
        }
    }

    #[cold]
    fn leave_frame(&mut self) -> PyResult<()> {
        if self.frame.take() == Some(self.at) {
            return Ok(());
        }
        Err(UNPICKLING_ERROR.raise(self.vm, "pickle exhausted before end of frame"))
    }

    /// The next byte; `None` at the end.
    #[inline]
    pub fn opcode(&mut self) -> PyResult<Option<u8>> {
        self.stay_in_frame(1)?;
        if let Some(byte) = self.data().get(self.at).copied() {
            self.at += 1;
            return Ok(Some(byte));
        }
        if !self.fill(1)? {
            return Ok(None);
        }
        Ok(self.read(1)?.first().copied())
    }

    /// The next `n` bytes. Not to be held across anything that runs Python.
    #[inline(always)]
    pub fn read(&mut self, n: usize) -> PyResult<&[u8]> {
        self.stay_in_frame(n)?;
        if n > self.data().len() - self.at && !self.fill(n)? {
            return Err(self.truncated());
        }
        let start = self.at;
        self.at += n;
        Ok(&self.data()[start..start + n])
    }

    #[inline(always)]
    pub fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.read(N)?);
        Ok(array)
    }

    /// Are there `n` bytes to read, in the frame?
    pub fn reaches(&mut self, n: usize) -> PyResult<bool> {
        self.stay_in_frame(n)?;
        self.fill(n)
    }

    /// Sees to it that there are `n` bytes to read; false where the data ends before.
    pub fn fill(&mut self, n: usize) -> PyResult<bool> {
        if n <= self.data().len() - self.at {
            return Ok(true);
        }
        if matches!(self.source, Source::Memory(_)) || self.file.read.is_none() {
            return Ok(false);
        }
        let mut rest = self.take_rest()?;
        if rest.is_empty()
            && n < AHEAD
            && let Some(seen) = self.peek()?
            && seen.len() >= n
        {
            self.source = Source::Read(seen);
            self.peeked = true;
            return Ok(true);
        }
        while rest.len() < n {
            let wanted = (n - rest.len()).min(TRUSTED.max(rest.len()));
            let more = self.read_file(wanted)?;
            let got = more.len();
            rest.try_reserve(got).map_err(|_| self.vm.memory_error())?;
            rest.extend_from_slice(more.as_slice());
            if got == 0 || got < wanted {
                break;
            }
        }
        let enough = rest.len() >= n;
        self.source = Source::Read(rest);
        Ok(enough)
    }

    /// What is in memory and was not read yet; the file stands behind it then.
    fn take_rest(&mut self) -> PyResult<Vec<u8>> {
        self.skip_consumed()?;
        let Source::Read(data) = &mut self.source else { return Ok(Vec::new()) };
        let mut data = std::mem::take(data);
        data.drain(..self.at.min(data.len()));
        self.at = 0;
        if self.peeked {
            // Only looked at: the file gives it again.
            self.peeked = false;
            data.clear();
        }
        Ok(data)
    }

    /// Moves the file behind what was read of what was only looked at.
    pub fn skip_consumed(&mut self) -> PyResult<()> {
        if !self.peeked || self.at == 0 {
            return Ok(());
        }
        let n = self.at;
        if let Source::Read(data) = &mut self.source {
            data.drain(..n.min(data.len()));
        }
        self.at = 0;
        self.read_file(n).map(|_| ())
    }

    fn read_file(&self, n: usize) -> PyResult<Ref<PyBytes>> {
        let read = self.file.read.unwrap_or(Value::NONE);
        let data = self.vm.call(read, &[self.vm.new_int_u64(n as u64)?])?;
        self.bytes(data, "read")
    }

    fn bytes(&self, data: Value, method: &str) -> PyResult<Ref<PyBytes>> {
        data.downcast::<PyBytes>()
            .ok_or_else(|| self.vm.value_error(format!("{method}() from the underlying stream did not return bytes")))
    }

    /// What the file shows without being moved; `None` where it cannot.
    fn peek(&mut self) -> PyResult<Option<Vec<u8>>> {
        let Some(peek) = self.file.peek else { return Ok(None) };
        match self.vm.call(peek, &[Value::from_int_truncated(AHEAD as i64)]) {
            Ok(data) => {
                let data = self.bytes(data, "peek")?;
                let mut copy = Vec::new();
                copy.try_reserve_exact(data.len()).map_err(|_| self.vm.memory_error())?;
                copy.extend_from_slice(data.as_slice());
                Ok(Some(copy))
            }
            Err(raised) => {
                self.vm.catch(raised, self.vm.types.not_implemented_error)?;
                self.file.peek = None;
                Ok(None)
            }
        }
    }

    /// The next line, without its newline.
    pub fn line(&mut self) -> PyResult<Vec<u8>> {
        let rest = &self.data()[self.at..];
        if let Some(end) = rest.iter().position(|b| *b == b'\n') {
            let line = rest[..end].to_vec();
            self.stay_in_frame(end + 1)?;
            self.at += end + 1;
            return Ok(line);
        }
        self.stay_in_frame(rest.len() + 1)?;
        let Some(readline) = self.file.readline else { return Err(self.truncated()) };
        let mut line = self.take_rest()?;
        let more = self.vm.call(readline, &[])?;
        let more = self.bytes(more, "readline")?;
        line.extend_from_slice(more.as_slice());
        if line.pop() != Some(b'\n') {
            return Err(self.truncated());
        }
        Ok(line)
    }

    /// Fills a buffer that Python has made for this.
    pub fn read_into(&mut self, target: Value) -> PyResult<()> {
        let mut lent = self.vm.buffer(target, true)?;
        let n = lent.len();
        self.stay_in_frame(n)?;
        let there = (self.data().len() - self.at).min(n);
        let start = self.at;
        lent.as_mut_slice()[..there].copy_from_slice(&self.data()[start..start + there]);
        self.at += there;
        if there == n {
            return Ok(());
        }
        if matches!(self.source, Source::Memory(_)) || self.file.read.is_none() {
            return Err(self.truncated());
        }
        if there == 0
            && !self.peeked
            && let Some(readinto) = self.file.readinto
        {
            drop(lent);
            let count = self.vm.call(readinto, &[target])?;
            return if self.vm.to_i64(count)? == n as i64 { Ok(()) } else { Err(self.truncated()) };
        }
        self.take_rest()?;
        let more = self.read_file(n - there)?;
        if more.len() < n - there {
            return Err(self.truncated());
        }
        lent.as_mut_slice()[there..].copy_from_slice(&more.as_slice()[..n - there]);
        Ok(())
    }
}
