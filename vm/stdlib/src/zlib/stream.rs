//! zlib's streams, made safe. The implementation is zlib-rs, through its C interface: only that one can copy streams,
//! and its error codes and messages are those that programs see.

use std::ffi::{CStr, c_int};

use libz_rs_sys as z;
pub use z::{
    Z_BUF_ERROR, Z_DATA_ERROR, Z_FINISH, Z_MEM_ERROR, Z_NEED_DICT, Z_NO_FLUSH, Z_OK, Z_STREAM_END, Z_STREAM_ERROR,
    Z_SYNC_FLUSH,
};

/// The functions of one direction.
pub trait Direction {
    /// # Safety
    /// `stream` was initialised for this direction, and its input and output are what the fields say.
    unsafe fn run(stream: *mut z::z_stream, flush: c_int) -> c_int;
    /// # Safety
    /// `stream` was initialised for this direction; it is not used again.
    unsafe fn end(stream: *mut z::z_stream);
    /// # Safety
    /// `source` was initialised for this direction; `target` may be written.
    unsafe fn copy(target: *mut z::z_stream, source: *mut z::z_stream) -> c_int;
    /// # Safety
    /// `stream` was initialised for this direction; `dictionary` has `len` bytes.
    unsafe fn set_dictionary(stream: *mut z::z_stream, dictionary: *const u8, len: u32) -> c_int;
}

pub enum Compress {}
pub enum Decompress {}

impl Direction for Compress {
    unsafe fn run(stream: *mut z::z_stream, flush: c_int) -> c_int {
        // SAFETY: by the contract.
        unsafe { z::deflate(stream, flush) }
    }
    unsafe fn end(stream: *mut z::z_stream) {
        // SAFETY: by the contract.
        unsafe { z::deflateEnd(stream) };
    }
    unsafe fn copy(target: *mut z::z_stream, source: *mut z::z_stream) -> c_int {
        // SAFETY: by the contract.
        unsafe { z::deflateCopy(target, source) }
    }
    unsafe fn set_dictionary(stream: *mut z::z_stream, dictionary: *const u8, len: u32) -> c_int {
        // SAFETY: by the contract.
        unsafe { z::deflateSetDictionary(stream, dictionary, len) }
    }
}

impl Direction for Decompress {
    unsafe fn run(stream: *mut z::z_stream, flush: c_int) -> c_int {
        // SAFETY: by the contract.
        unsafe { z::inflate(stream, flush) }
    }
    unsafe fn end(stream: *mut z::z_stream) {
        // SAFETY: by the contract.
        unsafe { z::inflateEnd(stream) };
    }
    unsafe fn copy(target: *mut z::z_stream, source: *mut z::z_stream) -> c_int {
        // SAFETY: by the contract.
        unsafe { z::inflateCopy(target, source) }
    }
    unsafe fn set_dictionary(stream: *mut z::z_stream, dictionary: *const u8, len: u32) -> c_int {
        // SAFETY: by the contract.
        unsafe { z::inflateSetDictionary(stream, dictionary, len) }
    }
}

/// An initialised stream. It stands in a box of its own, for it must not move.
pub struct Stream<D: Direction> {
    inner: Box<z::z_stream>,
    direction: std::marker::PhantomData<D>,
}

/// What one call has done.
pub struct Step {
    pub code: c_int,
    /// Bytes of the input that were read.
    pub consumed: usize,
}

/// The parameters of a compressor.
#[derive(Copy, Clone)]
pub struct Parameters {
    pub level: c_int,
    pub method: c_int,
    pub window_bits: c_int,
    pub mem_level: c_int,
    pub strategy: c_int,
}

fn stream_size() -> c_int {
    size_of::<z::z_stream>() as c_int
}

impl Stream<Compress> {
    pub fn new(p: Parameters) -> Result<Stream<Compress>, c_int> {
        let mut inner = Box::new(z::z_stream::default());
        // SAFETY: a fresh stream with the default allocator, and the library's own version.
        let code = unsafe {
            z::deflateInit2_(
                &raw mut *inner,
                p.level,
                p.method,
                p.window_bits,
                p.mem_level,
                p.strategy,
                z::zlibVersion(),
                stream_size(),
            )
        };
        if code == Z_OK { Ok(Stream { inner, direction: std::marker::PhantomData }) } else { Err(code) }
    }
}

impl Stream<Decompress> {
    pub fn new(window_bits: c_int) -> Result<Stream<Decompress>, c_int> {
        let mut inner = Box::new(z::z_stream::default());
        // SAFETY: a fresh stream with the default allocator, and the library's own version.
        let code = unsafe { z::inflateInit2_(&raw mut *inner, window_bits, z::zlibVersion(), stream_size()) };
        if code == Z_OK { Ok(Stream { inner, direction: std::marker::PhantomData }) } else { Err(code) }
    }
}

impl<D: Direction> Stream<D> {
    /// Works on `input` and appends to `out` no more bytes than it has spare capacity for, and at most `limit`.
    pub fn step(&mut self, input: &[u8], out: &mut Vec<u8>, limit: usize, flush: c_int) -> Step {
        let spare = out.spare_capacity_mut();
        let room = spare.len().min(limit).min(u32::MAX as usize);
        let given = input.len().min(u32::MAX as usize);
        self.inner.next_in = input.as_ptr();
        self.inner.avail_in = given as u32;
        self.inner.next_out = spare.as_mut_ptr().cast();
        self.inner.avail_out = room as u32;
        // SAFETY: initialised in `new` or `copy`; the input has `given` bytes, the output room for `room`.
        let code = unsafe { D::run(&raw mut *self.inner, flush) };
        let consumed = given - (self.inner.avail_in as usize).min(given);
        let produced = room - (self.inner.avail_out as usize).min(room);
        // No pointers stay behind.
        self.inner.next_in = std::ptr::null();
        self.inner.avail_in = 0;
        self.inner.next_out = std::ptr::null_mut();
        self.inner.avail_out = 0;
        // SAFETY: so many bytes of the spare capacity were written.
        unsafe { out.set_len(out.len() + produced) };
        Step { code, consumed }
    }

    /// What the library has to say about the last error.
    pub fn message(&self) -> Option<String> {
        if self.inner.msg.is_null() {
            return None;
        }
        // SAFETY: the library's messages are constant C strings.
        Some(unsafe { CStr::from_ptr(self.inner.msg) }.to_string_lossy().into_owned())
    }

    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> c_int {
        let len = dictionary.len().min(u32::MAX as usize) as u32;
        // SAFETY: initialised; the dictionary has `len` bytes.
        unsafe { D::set_dictionary(&raw mut *self.inner, dictionary.as_ptr(), len) }
    }

    pub fn copy(&mut self) -> Result<Stream<D>, c_int> {
        let mut inner = Box::new(z::z_stream::default());
        // A stream without output can't be copied, so it gets an empty one.
        self.inner.next_out = std::ptr::NonNull::dangling().as_ptr();
        // SAFETY: initialised; the target is a stream of its own.
        let code = unsafe { D::copy(&raw mut *inner, &raw mut *self.inner) };
        if code == Z_OK { Ok(Stream { inner, direction: std::marker::PhantomData }) } else { Err(code) }
    }
}

impl<D: Direction> Drop for Stream<D> {
    fn drop(&mut self) {
        // SAFETY: initialised, and gone after this.
        unsafe { D::end(&raw mut *self.inner) };
    }
}

/// The library's version.
pub fn version() -> String {
    // SAFETY: a constant C string.
    unsafe { CStr::from_ptr(z::zlibVersion()) }.to_string_lossy().into_owned()
}
