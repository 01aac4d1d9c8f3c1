//! The C library's mathematics: the functions that CPython itself calls, so that the last bit agrees.

mod c {
    #[link(name = "m")]
    unsafe extern "C" {
        pub safe fn acos(x: f64) -> f64;
        pub safe fn acosh(x: f64) -> f64;
        pub safe fn asin(x: f64) -> f64;
        pub safe fn asinh(x: f64) -> f64;
        pub safe fn atan(x: f64) -> f64;
        pub safe fn atan2(y: f64, x: f64) -> f64;
        pub safe fn atanh(x: f64) -> f64;
        pub safe fn cos(x: f64) -> f64;
        pub safe fn cosh(x: f64) -> f64;
        pub safe fn erf(x: f64) -> f64;
        pub safe fn erfc(x: f64) -> f64;
        pub safe fn exp(x: f64) -> f64;
        pub safe fn exp2(x: f64) -> f64;
        pub safe fn expm1(x: f64) -> f64;
        pub safe fn fmod(x: f64, y: f64) -> f64;
        pub safe fn hypot(x: f64, y: f64) -> f64;
        pub safe fn ldexp(x: f64, n: i32) -> f64;
        pub safe fn log(x: f64) -> f64;
        pub safe fn log10(x: f64) -> f64;
        pub safe fn log1p(x: f64) -> f64;
        pub safe fn log2(x: f64) -> f64;
        pub safe fn pow(x: f64, y: f64) -> f64;
        pub safe fn remainder(x: f64, y: f64) -> f64;
        pub safe fn sin(x: f64) -> f64;
        pub safe fn sinh(x: f64) -> f64;
        pub safe fn tan(x: f64) -> f64;
        pub safe fn tanh(x: f64) -> f64;
        pub safe fn fma(x: f64, y: f64, z: f64) -> f64;
    }
}
pub use c::*;

/// The cube root. Rust's compiler support links a `cbrt` of its own into every program, which rounds otherwise: the C
/// library's is asked for by name.
pub fn cbrt(x: f64) -> f64 {
    type Unary = extern "C" fn(f64) -> f64;
    static CBRT: std::sync::OnceLock<Option<Unary>> = std::sync::OnceLock::new();
    let found = CBRT.get_or_init(|| {
        // SAFETY: C strings; `atan`'s library is loaded already, and stays.
        let symbol = unsafe {
            let library = libc::dlopen(c"libm.so.6".as_ptr(), libc::RTLD_LAZY);
            if library.is_null() { std::ptr::null_mut() } else { libc::dlsym(library, c"cbrt".as_ptr()) }
        };
        // SAFETY: the C library's `cbrt` has this type; the null pointer is `None`.
        unsafe { std::mem::transmute::<*mut libc::c_void, Option<Unary>>(symbol) }
    });
    match found {
        Some(f) => f(x),
        None => x.cbrt(),
    }
}

/// `x = m * 2**e` with `m` from 0.5 to below 1; 0, infinities and NaNs as they are, with 0.
pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let (x, shift) = if x.abs() < f64::MIN_POSITIVE { (x * (1u64 << 54) as f64, -54) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1022;
    (f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52)), exponent + shift)
}
