//! `termios`: terminals.

use brolga_runtime::module_def::ModuleDef;
use brolga_runtime::object::{MethodDef, Ref};
use brolga_runtime::state::Vm;
use brolga_runtime::types::bytes::PyBytes;
use brolga_runtime::types::list::PyList;
use brolga_runtime::types::module::PyModule;
use brolga_runtime::value::Value;
use brolga_runtime::{PyResult, Raised, method};

use crate::arguments::{c_int, descriptor};
use crate::exception_class::{Base, ExceptionClass};
use crate::posix::path::retry;
use crate::termios_constants::CONSTANTS;

static ERROR: ExceptionClass = ExceptionClass::new("termios", "error", Base::Exception);

/// `termios.error(errno, text)`
fn error(vm: &Vm, errno: i32) -> Raised {
    ERROR.raise_numbered(vm, errno, &brolga_runtime::types::exception::strerror(errno))
}

fn call(vm: &Vm, f: impl FnMut() -> i32) -> PyResult<i32> {
    retry(vm, f)?.map_err(|errno| error(vm, errno))
}

fn attributes(vm: &Vm, fd: i32) -> PyResult<libc::termios> {
    // SAFETY: all zero is a `termios`.
    let mut mode: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: room for one.
    call(vm, || unsafe { libc::tcgetattr(fd, &mut mode) })?;
    Ok(mode)
}

fn tcgetattr(vm: &Vm, fd: Value) -> PyResult<Value> {
    let fd = descriptor(vm, fd)?;
    let mode = attributes(vm, fd)?;
    // SAFETY: a `termios`.
    let (input, output) = unsafe { (libc::cfgetispeed(&mode), libc::cfgetospeed(&mode)) };
    let characters = vm.new_list(&[])?;
    for (i, c) in mode.c_cc.iter().enumerate() {
        // In raw mode two of them are numbers.
        let number = mode.c_lflag & libc::ICANON == 0 && (i == libc::VMIN || i == libc::VTIME);
        let item = if number { Value::from_i32(i32::from(*c)) } else { PyBytes::new(vm, &[*c])?.value() };
        characters.push(vm, item)?;
    }
    let int = |n: libc::tcflag_t| Value::from_int_truncated(i64::from(n));
    let values = [
        int(mode.c_iflag),
        int(mode.c_oflag),
        int(mode.c_cflag),
        int(mode.c_lflag),
        int(speed_number(input)),
        int(speed_number(output)),
        characters.value(),
    ];
    Ok(vm.new_list(&values)?.value())
}

/// Speeds as the constants `B9600` and its like: in bits a second, while the kernel has codes.
const SPEEDS: &[(libc::speed_t, u32)] = &[
    (libc::B50, 50),
    (libc::B75, 75),
    (libc::B110, 110),
    (libc::B134, 134),
    (libc::B150, 150),
    (libc::B200, 200),
    (libc::B300, 300),
    (libc::B600, 600),
    (libc::B1200, 1200),
    (libc::B1800, 1800),
    (libc::B2400, 2400),
    (libc::B4800, 4800),
    (libc::B9600, 9600),
    (libc::B19200, 19200),
    (libc::B38400, 38400),
    (libc::B57600, 57600),
    (libc::B115200, 115_200),
    (libc::B230400, 230_400),
    (libc::B460800, 460_800),
    (libc::B500000, 500_000),
    (libc::B576000, 576_000),
    (libc::B921600, 921_600),
    (libc::B1000000, 1_000_000),
    (libc::B1152000, 1_152_000),
    (libc::B1500000, 1_500_000),
    (libc::B2000000, 2_000_000),
    (libc::B2500000, 2_500_000),
    (libc::B3000000, 3_000_000),
    (libc::B3500000, 3_500_000),
    (libc::B4000000, 4_000_000),
];

fn speed_number(code: libc::speed_t) -> u32 {
    let wanted = |named: i64| i64::from(code) == named;
    // The module's constants say which of the two this system's Python shows.
    if CONSTANTS.iter().any(|(name, value)| name.starts_with('B') && wanted(*value)) {
        return code;
    }
    SPEEDS.iter().find(|(c, _)| *c == code).map_or(code, |(_, n)| *n)
}

fn speed_code(number: u32) -> libc::speed_t {
    SPEEDS.iter().find(|(_, n)| *n == number).map_or(number, |(c, _)| *c)
}

fn flags(vm: &Vm, v: Value) -> PyResult<u32> {
    Ok(vm.to_i64(v)? as u32)
}

fn tcsetattr(vm: &Vm, fd: Value, when: Value, attributes_list: Value) -> PyResult<()> {
    let fd = descriptor(vm, fd)?;
    let when = c_int(vm, when)?;
    let list = attributes_list.downcast::<PyList>().filter(|l| l.len() == 7);
    let Some(list) = list else { return Err(vm.type_error("tcsetattr, arg 3: must be 7 element list")) };
    let mut mode = attributes(vm, fd)?;
    let item = |i| list.get(i).unwrap_or(Value::NONE);
    mode.c_iflag = flags(vm, item(0))?;
    mode.c_oflag = flags(vm, item(1))?;
    mode.c_cflag = flags(vm, item(2))?;
    mode.c_lflag = flags(vm, item(3))?;
    let (input, output) = (flags(vm, item(4))?, flags(vm, item(5))?);
    let characters = item(6).downcast::<PyList>().filter(|l| l.len() == mode.c_cc.len());
    let Some(characters) = characters else {
        return Err(vm.type_error(format!("tcsetattr: attributes[6] must be {} element list", mode.c_cc.len())));
    };
    for (i, c) in mode.c_cc.iter_mut().enumerate() {
        let v = characters.get(i).unwrap_or(Value::NONE);
        *c = match v.downcast::<PyBytes>().map(|b| b.as_slice().to_vec()).as_deref() {
            Some([byte]) => *byte,
            None if vm.is_instance(v, vm.types.int) => vm.to_i64(v)? as u8,
            _ => {
                return Err(vm.type_error("tcsetattr: elements of attributes must be characters or integers"));
            }
        };
    }
    // SAFETY: a `termios`.
    unsafe {
        if libc::cfsetispeed(&mut mode, speed_code(input)) == -1
            || libc::cfsetospeed(&mut mode, speed_code(output)) == -1
        {
            return Err(error(vm, std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EINVAL)));
        }
    }
    // SAFETY: a `termios`.
    call(vm, || unsafe { libc::tcsetattr(fd, when, &mode) }).map(|_| ())
}

macro_rules! controls {
    ($($name:ident),*) => {$(
        fn $name(vm: &Vm, fd: Value, what: Value) -> PyResult<()> {
            let (fd, what) = (descriptor(vm, fd)?, c_int(vm, what)?);
            // SAFETY: no memory is involved.
            call(vm, || unsafe { libc::$name(fd, what) }).map(|_| ())
        }
    )*};
}
controls!(tcsendbreak, tcflush, tcflow);

fn tcdrain(vm: &Vm, fd: Value) -> PyResult<()> {
    let fd = descriptor(vm, fd)?;
    // SAFETY: no memory is involved.
    call(vm, || unsafe { libc::tcdrain(fd) }).map(|_| ())
}

fn window_size(vm: &Vm, fd: i32) -> PyResult<libc::winsize> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: room for a size.
    call(vm, || unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &mut size) })?;
    Ok(size)
}

fn tcgetwinsize(vm: &Vm, fd: Value) -> PyResult<Value> {
    let size = window_size(vm, descriptor(vm, fd)?)?;
    let pair = [Value::from_i32(i32::from(size.ws_row)), Value::from_i32(i32::from(size.ws_col))];
    Ok(vm.new_tuple(&pair)?.value())
}

fn tcsetwinsize(vm: &Vm, fd: Value, winsize: Value) -> PyResult<()> {
    let fd = descriptor(vm, fd)?;
    let wrong = || vm.type_error("tcsetwinsize, arg 2: must be a two-item sequence");
    let is_sequence = vm.type_of(winsize).special(brolga_runtime::state::names::Special::GetItem).is_some();
    if !is_sequence || vm.len(winsize)? != 2 {
        return Err(wrong());
    }
    let mut numbers = [0i64; 2];
    for (i, n) in numbers.iter_mut().enumerate() {
        *n = vm.to_i64(vm.get_item(winsize, Value::from_len(i))?)?;
    }
    let mut size = window_size(vm, fd)?;
    size.ws_row = numbers[0] as u16;
    size.ws_col = numbers[1] as u16;
    if i64::from(size.ws_row) != numbers[0] || i64::from(size.ws_col) != numbers[1] {
        return Err(vm.overflow_error("winsize value(s) out of range."));
    }
    // SAFETY: a size.
    call(vm, || unsafe { libc::ioctl(fd, libc::TIOCSWINSZ, &size) }).map(|_| ())
}

static FUNCTIONS: &[MethodDef] = &[
    method!("tcgetattr", 1, tcgetattr).doc(
        "Get the tty attributes for file descriptor fd.\n\nReturns a list [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]\nwhere cc is a list of the tty special characters (each a string of\nlength 1, except the items with indices VMIN and VTIME, which are\nintegers when these fields are defined).  The interpretation of the\nflags and the speeds as well as the indexing in the cc array must be\ndone using the symbolic constants defined in this module.",
    ),
    method!("tcsetattr", 3, tcsetattr).doc(
        "Set the tty attributes for file descriptor fd.\n\nThe attributes to be set are taken from the attributes argument, which\nis a list like the one returned by tcgetattr(). The when argument\ndetermines when the attributes are changed: termios.TCSANOW to\nchange immediately, termios.TCSADRAIN to change after transmitting all\nqueued output, or termios.TCSAFLUSH to change after transmitting all\nqueued output and discarding all queued input.",
    ),
    method!("tcsendbreak", 2, tcsendbreak),
    method!("tcdrain", 1, tcdrain).doc("Wait until all output written to file descriptor fd has been transmitted."),
    method!("tcflush", 2, tcflush),
    method!("tcflow", 2, tcflow).doc("Suspend or resume input or output on file descriptor fd."),
    method!("tcgetwinsize", 1, tcgetwinsize)
        .doc("Get the tty winsize for file descriptor fd.\n\nReturns a tuple (ws_row, ws_col)."),
    method!("tcsetwinsize", 2, tcsetwinsize).doc(
        "Set the tty winsize for file descriptor fd.\n\nThe winsize to be set is taken from the winsize argument, which\nis a two-item tuple (ws_row, ws_col) like the one returned by tcgetwinsize().",
    ),
];

fn init(vm: &Vm, module: Ref<PyModule>) -> PyResult<()> {
    for (name, value) in CONSTANTS {
        module.add_int(vm, name, *value)?;
    }
    module.add(vm, "error", ERROR.class(vm)?)
}

pub static MODULE: ModuleDef = ModuleDef::new("termios", FUNCTIONS, init).doc(
    "This module provides an interface to the Posix calls for tty I/O control.\n\nFor a complete description of these calls, see the Posix or Unix manual\npages. It is only available for those Unix versions that support Posix\ntermios style tty I/O control (and then only if configured at installation\ntime).\n\nAll functions in this module take a file descriptor fd as their first\nargument. This can be an integer file descriptor, such as returned by\nsys.stdin.fileno(), or a file object, such as sys.stdin itself.",
);
