//! Mishaps on demand: what goes wrong with the next requests and webhooks, or with all of them.

/// What goes wrong with an API request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The connection breaks before anything is done.
    Drop,
    /// Refused on arrival with this status (409, 429, 500, 503): nothing is done, and the key is not stored.
    Refuse(u16),
    /// Fails with a 500: nothing is done, but that 500 is the key's answer from now on.
    Break,
    /// Done, but answered with a 500, which is also the key's answer from now on.
    BreakAfter,
    /// Done, and the connection breaks before the answer.
    Lose,
    /// Done, and answered after this many seconds; until then the key is in use.
    Hold(i64),
}

/// What goes wrong with a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookMishap {
    /// Never sent to the endpoint, not even again.
    Lose,
    Duplicate,
    /// Sent this many seconds late.
    Delay(i64),
    /// Sent after the next one, or a minute late if there is none.
    Reorder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// This many.
    Next(u32),
    /// All, until switched off.
    Always,
}

/// A switch that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch<M> {
    pub mishap: M,
    /// A prefix of `POST /v1/checkout/sessions`, or of an event's type. Empty for all.
    pub only: String,
    /// How many times are left.
    pub times: Times,
}

/// All switches that are on; the first that matches is used.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switches {
    pub(crate) api: Vec<Switch<Mishap>>,
    pub(crate) webhooks: Vec<Switch<WebhookMishap>>,
}

/// What goes wrong with `subject` this time; counts the switch down.
pub(crate) fn take<M: Copy>(switches: &mut Vec<Switch<M>>, subject: &str) -> Option<M> {
    let place = switches.iter().position(|switch| subject.starts_with(&switch.only))?;
    let mishap = switches[place].mishap;
    match switches[place].times {
        Times::Always => {}
        Times::Next(left) if left > 1 => switches[place].times = Times::Next(left - 1),
        Times::Next(_) => drop(switches.remove(place)),
    }
    Some(mishap)
}
