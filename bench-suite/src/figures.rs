//! What records come to.

use crate::run::Record;

pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    match n {
        0 => None,
        _ if n % 2 == 1 => sorted.get(n / 2).copied(),
        _ => Some((sorted[n / 2 - 1] + sorted[n / 2]) / 2.0),
    }
}

pub fn geometric_mean(values: &[f64]) -> Option<f64> {
    let logs: f64 = values.iter().map(|v| v.ln()).sum();
    (!values.is_empty()).then(|| (logs / values.len() as f64).exp())
}

impl Record {
    /// Seconds of an iteration: the median of the second half of the process's time.
    pub fn steady(&self) -> f64 {
        let (first, last) = (self.batches[0].3, self.batches[self.batches.len() - 1].3);
        let half = first + (last - first) / 2.0;
        let all: Vec<f64> =
            self.batches.iter().filter(|b| b.3 >= half).map(|(_, loops, took, _)| took / loops).collect();
        median(&all).unwrap_or(f64::NAN)
    }

    /// (processor seconds, iterations done) since the process began.
    fn curve(&self) -> Vec<(f64, f64)> {
        let (_, _, took, at) = self.batches[0];
        let start = (at - took, 0.0);
        std::iter::once(start).chain(self.batches.iter().map(|(done, _, _, at)| (*at, *done))).collect()
    }

    fn iterations_at(&self, seconds: f64) -> f64 {
        let curve = self.curve();
        for pair in curve.windows(2) {
            let ((t0, n0), (t1, n1)) = (pair[0], pair[1]);
            if t1 >= seconds {
                return n0 + (n1 - n0) * (seconds - t0).max(0.0) / (t1 - t0);
            }
        }
        let (t, n) = curve[curve.len() - 1];
        n + (seconds - t) / self.steady()
    }

    fn seconds_for(&self, iterations: f64) -> f64 {
        let curve = self.curve();
        for pair in curve.windows(2) {
            let ((t0, n0), (t1, n1)) = (pair[0], pair[1]);
            if n1 >= iterations {
                return t0 + (t1 - t0) * (iterations - n0) / (n1 - n0);
            }
        }
        let (t, n) = curve[curve.len() - 1];
        t + (iterations - n) * self.steady()
    }
}

/// A whole process, start-up and warm-up included, that does what `base` does in its first second: how many times as fast?
pub fn one_second(base: &Record, other: &Record) -> f64 {
    let work = base.iterations_at(1.0).max(1.0);
    base.seconds_for(work) / other.seconds_for(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(start: f64, each: f64, n: usize) -> Record {
        let batches = (1..=n).map(|i| (i as f64, 1.0, each, start + each * i as f64)).collect();
        Record { batches, ..Record::default() }
    }

    #[test]
    fn ratios() {
        let (slow, fast) = (record(0.0, 0.1, 30), record(0.5, 0.05, 60));
        assert!((slow.steady() / fast.steady() - 2.0).abs() < 1e-9);
        // Ten iterations: 1 s, and 0.5 s to start and 0.5 s to run.
        assert!((one_second(&slow, &fast) - 1.0).abs() < 1e-9);
        assert_eq!(median(&[3.0, 1.0, 2.0, 10.0]), Some(2.5));
        assert!((geometric_mean(&[1.0, 4.0]).unwrap_or(0.0) - 2.0).abs() < 1e-9);
    }
}
