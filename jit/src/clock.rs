//! Processor time, which on a machine with other work is not the time that passes.

use std::time::Duration;

/// What this process has used, with all its threads.
pub fn of_process() -> Duration {
    read(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// What this thread has used.
pub fn of_thread() -> Duration {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

fn read(clock: libc::clockid_t) -> Duration {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `t` is there to be written. (Where the system has no such clock it stays 0.)
    unsafe { libc::clock_gettime(clock, &raw mut t) };
    Duration::new(t.tv_sec.try_into().unwrap_or(0), t.tv_nsec.try_into().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_run() {
        let (process, thread) = (of_process(), of_thread());
        let mut n = 0u64;
        while of_thread() - thread < Duration::from_millis(2) {
            n = std::hint::black_box(n + 1);
        }
        assert!(of_process() - process >= Duration::from_millis(2));
    }
}
