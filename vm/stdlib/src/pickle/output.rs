//! What a pickler writes: bytes in frames, collected, and given to the file's `write` now and then.

use brolga_runtime::object::Ref;
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::value::{Slot, Value};
use brolga_runtime::{PyResult, Raised};

use super::opcodes::*;

pub(super) struct Output<'vm> {
    vm: &'vm Vm,
    bytes: Vec<u8>,
    /// Where the open frame's header stands.
    frame: Option<usize>,
    pub framing: bool,
    /// The file's `write`; empty where all is to be one bytes object. (On the native stack, where the collector looks.)
    write: Slot,
}

impl<'vm> Output<'vm> {
    pub fn new(vm: &'vm Vm, write: Slot) -> Output<'vm> {
        Output { vm, bytes: Vec::with_capacity(1000), frame: None, framing: false, write }
    }

    #[cold]
    fn no_memory(&self) -> Raised {
        self.vm.memory_error()
    }

    #[inline]
    fn reserve(&mut self, more: usize) -> PyResult<()> {
        if self.bytes.capacity() - self.bytes.len() < more && self.bytes.try_reserve(more).is_err() {
            return Err(self.no_memory());
        }
        Ok(())
    }

    /// Appends an opcode and its argument.
    #[inline]
    pub fn put(&mut self, data: &[u8]) -> PyResult<()> {
        self.reserve(data.len() + FRAME_HEADER)?;
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.bytes.len());
            self.bytes.extend_from_slice(&[0; FRAME_HEADER]);
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }

    /// Between two opcodes: ends the frame if it is long enough.
    #[inline]
    pub fn boundary(&mut self) -> PyResult<()> {
        match self.frame {
            Some(start) if self.bytes.len() - start - FRAME_HEADER >= FRAME_TARGET => {
                self.close_frame();
                self.flush()
            }
            _ => Ok(()),
        }
    }

    pub fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let body = start + FRAME_HEADER;
        let len = self.bytes.len() - body;
        if len >= FRAME_MIN {
            self.bytes[start] = FRAME;
            self.bytes[start + 1..body].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.bytes.drain(start..body);
        }
    }

    /// Hands what there is to the file.
    pub fn flush(&mut self) -> PyResult<()> {
        let Some(write) = self.write else { return Ok(()) };
        if self.bytes.is_empty() {
            return Ok(());
        }
        let data = PyBytes::new(self.vm, &self.bytes)?;
        self.bytes.clear();
        self.vm.call(write, &[data.value()]).map(|_| ())
    }

    /// Writes a header and the data behind it, which goes past the frames where it is long. `object`: whose data it is; a
    /// file gets it as it is.
    pub fn put_large(&mut self, header: &[u8], data: &[u8], object: Slot) -> PyResult<()> {
        if data.len() < FRAME_TARGET {
            self.reserve(header.len() + data.len() + FRAME_HEADER)?;
            self.put(header)?;
            return self.put(data);
        }
        let framing = self.framing;
        self.close_frame();
        self.framing = false;
        let mut done = self.put(header);
        if done.is_ok() {
            done = match self.write {
                Some(write) => {
                    // Whoever lends the data may change it when `write` runs.
                    let payload = match object {
                        Some(object) => Ok(object),
                        None => PyBytes::new(self.vm, data).map(Ref::value),
                    };
                    self.flush().and(payload).and_then(|payload| self.vm.call(write, &[payload]).map(|_| ()))
                }
                None => self.put(data),
            };
        }
        self.framing = framing;
        done
    }

    /// The end: everything as one bytes object, or the rest to the file.
    pub fn finish(mut self) -> PyResult<Value> {
        self.close_frame();
        match self.write {
            Some(_) => self.flush().map(|()| Value::NONE),
            None => PyBytes::new(self.vm, &self.bytes).map(Ref::value),
        }
    }
}
