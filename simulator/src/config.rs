//! What a simulator is told when it is made: its account, where its pages are, who hears of events, how long things take.

/// Who hears of events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Where events are sent. With an in-process sink it only names the endpoint.
    pub url: String,
    /// `whsec_…`; several while a secret is being rolled, each of which signs.
    pub secrets: Vec<String>,
    /// The shape in which events are rendered for this endpoint.
    pub api_version: String,
    /// The types it wants; `*` wants all of them.
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

/// How a simulator is set up. Times are seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where this simulator's router is reached, without a slash at the end: `http://127.0.0.1:12111`. Pay pages are below it.
    pub public_url: String,
    /// Ids are drawn from it.
    pub seed: u64,
    /// The account's id.
    pub account: String,
    /// The name the pay page shows unless a session's branding names another.
    pub business: String,
    /// Who hears of events.
    pub endpoints: Vec<Endpoint>,
    /// The methods a session offers when it does not restrict them.
    pub methods: Vec<String>,
    /// After how long a delayed payment settles by itself.
    pub settle_after: i64,
    /// After how long a pending refund succeeds, and a failing one fails.
    pub refund_after: i64,
    /// How long after an attempt that failed an event is sent again; after the last of these it is given up.
    pub retry_after: Vec<i64>,
    /// How long an endpoint may take to answer.
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
