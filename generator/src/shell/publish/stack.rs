//! The stack: `sam deploy` with its parameters, and what the stack says of what it made.

use messages::tr;
use serde::Deserialize;

use super::super::error::CliError;
use super::Aws;
use super::secret::Secret;
use super::settings::{Front, Settings};

/// `aws cloudformation describe-stacks`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stacks {
    stacks: Vec<Stack>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Stack {
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    output_key: String,
    output_value: String,
}

/// The outputs of deploy/template.yaml.
#[derive(Debug)]
pub(super) struct Outputs {
    /// The names of both functions.
    pub(super) shopper_till: String,
    pub(super) stripe_till: String,
    /// Where the pages are; `None` where Netlify has them.
    pub(super) pages: Option<Pages>,
    /// Where the tills answer behind Netlify's pages.
    pub(super) shopper_url: String,
    pub(super) stripe_url: String,
}

/// Where the pages are.
#[derive(Debug)]
pub(super) struct Pages {
    /// The shop's address, without a slash at its end.
    pub(super) address: String,
    /// CloudFront's own name of it, which is known at once.
    pub(super) distribution: String,
    pub(super) bucket: String,
    /// The ARN of the KeyValueStore.
    pub(super) pointer: String,
}

/// What a dry run shows in place of an output.
const OUTPUTS: [&str; 8] = [
    "ShopperTill",
    "StripeTill",
    "Address",
    "DistributionDomain",
    "Bucket",
    "Pointer",
    "ShopperUrl",
    "StripeUrl",
];

impl Stacks {
    fn dry() -> Self {
        let output = |key: &str| Output { output_key: key.to_owned(), output_value: format!("<{key}>") };
        Stacks { stacks: vec![Stack { outputs: OUTPUTS.map(output).into() }] }
    }

    fn get(&self, key: &str) -> Option<String> {
        let outputs = self.stacks.first()?.outputs.iter();
        let found =
            outputs.map(|output| (&output.output_key, &output.output_value)).find(|(known, _)| *known == key);
        found.map(|(_, value)| value.clone()).filter(|value| !value.is_empty())
    }
}

fn words(settings: &Settings) -> [&str; 5] {
    ["aws", "cloudformation", "describe-stacks", "--stack-name", &settings.stack]
}

impl Aws<'_> {
    /// What the stack has made.
    ///
    /// # Errors
    /// When there is no stack, and when it is one without pages where pages are published.
    pub(super) fn outputs(&self) -> Result<Outputs, CliError> {
        let stacks: Stacks = self.commands.ask(&words(&self.settings), Stacks::dry)?;
        let stack = &self.settings.stack;
        let till = |key: &str| {
            stacks.get(key).ok_or_else(|| {
                CliError::machine(tr!(
                    "the stack {stack} has no output {key}\n  is it made by deploy/template.yaml? Take another BAZAAR_STACK, or deploy"
                ))
            })
        };
        let pages = || {
            Some(Pages {
                address: stacks.get("Address")?,
                distribution: stacks.get("DistributionDomain")?,
                bucket: stacks.get("Bucket")?,
                pointer: stacks.get("Pointer")?,
            })
        };
        let pages = match self.settings.front {
            Front::Netlify => None,
            Front::CloudFront => Some(pages().ok_or_else(|| {
                CliError::machine(tr!(
                    "the stack {stack} has no pages\n  it was made with BAZAAR_FRONT=netlify: take another BAZAAR_STACK"
                ))
            })?),
        };
        Ok(Outputs {
            shopper_till: till("ShopperTill")?,
            stripe_till: till("StripeTill")?,
            pages,
            shopper_url: stacks.get("ShopperUrl").unwrap_or_default(),
            stripe_url: stacks.get("StripeUrl").unwrap_or_default(),
        })
    }

    /// The address at which the running till is asked for the stock. The first time there is no stack, and none.
    ///
    /// # Errors
    /// When this program was asked to end.
    pub(super) fn running_address(&self) -> Result<Option<String>, CliError> {
        let settings = &self.settings;
        if settings.shop_url.is_some() {
            return Ok(settings.shop_url.clone());
        }
        if settings.front == Front::Netlify {
            return Ok(settings.domain.as_ref().map(|domain| format!("https://{domain}")));
        }
        let stacks = self.commands.ask_if_there(&words(settings), Stacks::dry)?;
        Ok(stacks.and_then(|stacks| stacks.get("Address")))
    }

    /// New code and settings for both functions. Their alias `live` stays where it is.
    ///
    /// # Errors
    /// When `sam` fails.
    pub(super) fn stack_up(&self, secret: &Secret, policy: Option<&str>) -> Result<(), CliError> {
        let settings = &self.settings;
        let parameters = parameters(settings, secret, policy);
        let mut words = vec!["sam", "deploy", "--template-file", "deploy/template.yaml"];
        words.extend(["--stack-name", &settings.stack, "--region", &settings.region]);
        words.extend(["--resolve-s3", "--s3-prefix", &settings.stack, "--capabilities", "CAPABILITY_IAM"]);
        words.extend(["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--parameter-overrides"]);
        words.extend(parameters.iter().map(String::as_str));
        self.commands.run(&words)
    }
}

/// `NAME=VALUE` each. Whatever is not among them keeps the value that it has in the stack.
fn parameters(settings: &Settings, secret: &Secret, policy: Option<&str>) -> Vec<String> {
    let has = |name: &str| if secret.get(name).is_some() { "yes" } else { "no" };
    let front = match settings.front {
        Front::CloudFront => "cloudfront",
        Front::Netlify => "netlify",
    };
    let ours = [
        ("Front", front),
        ("Architecture", &settings.architecture),
        ("Context", settings.context.as_str()),
        ("SecretName", &settings.secret),
        ("SecretVersion", &secret.version),
        ("HasBuildHook", has("TILL_BUILD_HOOK")),
        ("HasSender", has("SMTP_FROM")),
        ("HasEdgeAlso", has("TILL_EDGE_SECRET_ALSO")),
        ("HasSweepAlso", has("TILL_SWEEP_SECRET_ALSO")),
    ];
    let owners = settings.parameters.iter().map(|(name, value)| (*name, value.as_str()));
    let all = ours.into_iter().chain(owners).map(|(name, value)| format!("{name}={value}"));
    all.chain(policy.map(|policy| format!("PagePolicy=\"{policy}\""))).collect()
}
