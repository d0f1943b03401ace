//! Steps of a chore: each is announced by a line and timed, and a summary follows at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// The steps done so far.
#[derive(Debug)]
pub(crate) struct Steps {
    began: Instant,
    done: Vec<Done>,
}

#[derive(Debug)]
struct Done {
    name: String,
    time: Duration,
    failure: Option<String>,
}

impl Steps {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), done: Vec::new() }
    }

    /// Runs a step and returns its result for steps that depend on it; a failure is recorded, not returned.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Option<T> {
        println!("\n==> {name}");
        let began = Instant::now();
        let outcome = work();
        let time = began.elapsed();
        let (made, failure) = match outcome {
            Ok(made) => {
                println!("    {name}: done in {:.1} s", time.as_secs_f64());
                (Some(made), None)
            }
            Err(error) => {
                println!("    {name}: FAILED after {:.1} s: {error:#}", time.as_secs_f64());
                (None, Some(format!("{error:#}")))
            }
        };
        self.done.push(Done { name: name.to_owned(), time, failure });
        made
    }

    /// Records a step that could not be run, which counts as failed.
    pub(crate) fn impossible(&mut self, name: &str, why: &str) {
        println!("\n==> {name}\n    {name}: NOT RUN: {why}");
        self.done.push(Done {
            name: name.to_owned(),
            time: Duration::ZERO,
            failure: Some(format!("not run: {why}")),
        });
    }

    /// Prints the summary. Any failed step makes the chore fail.
    pub(crate) fn finish(self) -> Result<()> {
        let failed = self.done.iter().filter(|done| done.failure.is_some()).count();
        println!("\nSummary, {:.0} s", self.began.elapsed().as_secs_f64());
        for done in &self.done {
            let mark = if done.failure.is_some() { "FAILED" } else { "ok" };
            println!("  {mark:<6} {:>6.1} s  {}", done.time.as_secs_f64(), done.name);
            if let Some(first) = done.failure.as_deref().and_then(|failure| failure.lines().next()) {
                println!("                   {first}");
            }
        }
        println!("steps: {} passed, {failed} failed", self.done.len() - failed);
        if failed > 0 {
            bail!("{failed} of {} steps failed", self.done.len());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_does_not_stop_the_next_and_fails_the_chore() {
        let mut steps = Steps::new();
        assert_eq!(steps.step::<()>("first", || bail!("broken")), None);
        assert_eq!(steps.step("second", || Ok(2)), Some(2));
        assert_eq!(steps.finish().unwrap_err().to_string(), "1 of 2 steps failed");
    }

    #[test]
    fn a_step_that_could_not_run_counts_as_failed() {
        let mut steps = Steps::new();
        steps.impossible("third", "the second made nothing");
        assert!(steps.finish().is_err());
    }
}
