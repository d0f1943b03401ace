//! Mishaps on demand: what shall go wrong with the next requests and webhooks, or with all of them.

/// What goes wrong with an API request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    /// The connection breaks before anything is done.
    Drop,
    /// Refused at the door with this status (409, 429, 500, 503): nothing is done, nothing is remembered of the key.
    Refuse(u16),
    /// 500 in the midst: nothing is done, but the key's answer is that 500 from now on.
    Break,
    /// Done, but answered by a 500, which is also the key's answer from now on.
    BreakAfter,
    /// Done, and the connection breaks before the answer.
    Lose,
    /// Done, and answered after so many seconds; until then the key is in use.
    Hold(i64),
}

/// What goes wrong with a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookMishap {
    /// Never sent to the endpoint, not even again.
    Lose,
    /// Sent twice.
    Duplicate,
    /// Sent so many seconds late.
    Delay(i64),
    /// Sent after the one that comes next, or a minute late if none comes.
    Reorder,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// The next so many.
    Next(u32),
    /// All, until switched off.
    Always,
}

/// One switch that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch<M> {
    /// What goes wrong.
    pub mishap: M,
    /// With which: the beginning of `POST /v1/checkout/sessions`, or of an event's type. Empty for all.
    pub only: String,
    /// How often it still will.
    pub times: Times,
}

/// All switches that are on; the first that fits is taken.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switches {
    pub(crate) api: Vec<Switch<Mishap>>,
    pub(crate) webhooks: Vec<Switch<WebhookMishap>>,
}

/// What goes wrong with `subject` this time.
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
