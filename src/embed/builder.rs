//! What a VM is made with.

use std::path::PathBuf;

use brolga_runtime::state::config::{Config, JitMode};
use brolga_runtime::state::start::Interpreter;

use super::error::Error;
use super::limits::Fuel;
use super::vm::Vm;

/// Where the standard library comes from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Stdlib {
    /// From the program itself, which has it in it.
    #[default]
    Embedded,
    /// From `lib/python3.14` in this folder.
    Home(PathBuf),
}

/// What of the host a program reaches.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub enum Host {
    /// All that the process does.
    #[default]
    Full,
    /// The standard streams, clocks, random bytes and threads: no files, environment, processes, sockets or signals.
    /// Functions that reach for them raise PermissionError, modules that are for nothing else can't be imported.
    None,
}

/// Builds a [`Vm`].
#[derive(Default)]
pub struct Builder {
    config: Config,
    host: Host,
    fuel: Option<Fuel>,
}

impl Builder {
    pub(super) fn new() -> Builder {
        let config = Config { no_site: true, no_user_site: true, safe_path: true, ..Config::default() };
        Builder { config: Config { ignore_environment: true, isolated: true, ..config }, host: Host::Full, fuel: None }
    }

    /// Where the standard library comes from: the program itself, unless said otherwise.
    pub fn stdlib(mut self, stdlib: Stdlib) -> Builder {
        self.config.home = match stdlib {
            Stdlib::Embedded => None,
            Stdlib::Home(home) => Some(home.to_string_lossy().into_owned()),
        };
        self
    }

    /// One more folder that modules are imported from: `sys.path` has it before the library.
    pub fn path(mut self, folder: impl Into<PathBuf>) -> Builder {
        self.config.path.push(folder.into().to_string_lossy().into_owned());
        self
    }

    /// `sys.argv`.
    pub fn argv<S: Into<String>>(mut self, argv: impl IntoIterator<Item = S>) -> Builder {
        self.config.argv = argv.into_iter().map(Into::into).collect();
        self
    }

    /// What is compiled to native code: hot code ([`JitMode::On`]), unless said otherwise.
    pub fn jit(mut self, mode: JitMode) -> Builder {
        self.config.jit = mode;
        self
    }

    /// What of the host the program reaches.
    pub fn host(mut self, host: Host) -> Builder {
        self.host = host;
        self
    }

    /// Bytes that the heap may have in use: beyond, Python raises MemoryError.
    pub fn memory_limit(mut self, bytes: usize) -> Builder {
        self.config.memory_limit = Some(bytes);
        self
    }

    /// Bytecodes are counted, and bounded. (Without that nothing is counted, and it costs nothing.)
    pub fn fuel(mut self, fuel: Fuel) -> Builder {
        self.fuel = Some(fuel);
        self
    }

    /// Hashes of strings are those of this seed, and so is the order of sets: random, unless said otherwise.
    pub fn hash_seed(mut self, seed: u32) -> Builder {
        self.config.hash_seed = Some(seed);
        self
    }

    /// The process's signals are this VM's: `signal.signal` works, and Ctrl-C raises KeyboardInterrupt in it. Of several VMs
    /// the first has them. (Without that the VM leaves signals alone.)
    pub fn signals(mut self, on: bool) -> Builder {
        self.config.handles_signals = on;
        self
    }

    /// Runs `site` at the start: site-packages, `.pth` files, `exit` and `help`.
    pub fn site(mut self, on: bool) -> Builder {
        self.config.no_site = !on;
        self
    }

    /// Starts the VM on the calling thread, which is the one that it can be used on.
    pub fn build(self) -> Result<Vm, Error> {
        let library = match self.host {
            Host::Full => brolga_stdlib::library(),
            Host::None => brolga_stdlib::host::closed_library(),
        };
        let mut config = self.config;
        if config.argv.is_empty() {
            config.argv.push(String::new());
        }
        config.executable = std::env::current_exe().map_or_else(|_| String::new(), |p| p.display().to_string());
        let interpreter = Interpreter::new(config, &library).map_err(|e| Error::Start(format!("{e:?}")))?;
        let state = interpreter.vm();
        brolga_jit::Jit::install(state);
        let first = match self.fuel {
            None => None,
            Some(fuel) => {
                state.meter.turn_on(fuel.hook);
                Some(fuel.first)
            }
        };
        let vm = Vm::of(interpreter);
        vm.start(first, self.host)?;
        Ok(vm)
    }
}
