//! A simulator's configuration: its account, where its pages are, which endpoints get events, how long things take.

/// An endpoint for webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Where events are sent. With an in-process sink it only names the endpoint.
    pub url: String,
    /// `whsec_…`; several while a secret is being rolled, all of which sign.
    pub secrets: Vec<String>,
    /// The shape in which events are rendered for this endpoint.
    pub api_version: String,
    /// The event types to send; `*` for all.
    pub enabled_events: Vec<String>,
}

impl Endpoint {
    /// An endpoint for all events in the newest shape.
    pub fn new(url: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            secrets: vec![secret.into()],
            api_version: crate::API_VERSION.to_owned(),
            enabled_events: vec!["*".to_owned()],
        }
    }

    pub(crate) fn wants(&self, kind: &str) -> bool {
        self.enabled_events.iter().any(|wanted| wanted == "*" || wanted == kind)
    }
}

/// The configuration of a simulator. Durations are in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where this simulator's router can be reached, without a final slash: `http://127.0.0.1:12111`. Pay pages are below it.
    pub public_url: String,
    /// Seed of all ids.
    pub seed: u64,
    pub account: String,
    /// The name on the pay page, unless a session's branding has another.
    pub business: String,
    pub endpoints: Vec<Endpoint>,
    /// The methods that a session offers if it does not restrict them.
    pub methods: Vec<String>,
    /// The time until a delayed payment settles.
    pub settle_after: i64,
    /// The time until a pending refund succeeds, or a failing one fails.
    pub refund_after: i64,
    /// The delays after failed attempts before an event is sent again; after the last of them it is given up.
    pub retry_after: Vec<i64>,
    /// The time that an endpoint has for its answer.
    pub webhook_timeout: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:12111".to_owned(),
            seed: 1,
            account: "acct_1PgafTB7WZ01zgkW".to_owned(),
            business: "Mon Petit Bazaar".to_owned(),
            endpoints: Vec::new(),
            methods: vec!["card".to_owned(), "sepa_debit".to_owned()],
            settle_after: 120,
            refund_after: 60,
            retry_after: vec![10, 60, 600, 3_600, 21_600, 86_400],
            webhook_timeout: 20,
        }
    }
}
