//! What the owner set: in the environment or, where that says nothing, in `deploy/aws.env`. An empty variable counts as not set.
//! docs/deploy-aws.md, step 2, lists all settings.

use std::collections::BTreeMap;
use std::time::Duration;

use messages::tr;

use super::super::error::CliError;
use super::super::package::Sells;
use super::given::{Given, is_domain, is_region, is_stack};

/// Who shows the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Front {
    CloudFront,
    /// Then only the till is published.
    Netlify,
}

/// All that one publishing needs to know, each value valid by itself.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) region: String,
    pub(super) stack: String,
    /// The secret's name in Secrets Manager.
    pub(super) secret: String,
    pub(super) front: Front,
    pub(super) context: Sells,
    /// How many releases stay for a rollback; at least one.
    pub(super) keep: usize,
    /// The till's processor: `x86_64` or `arm64`.
    pub(super) architecture: String,
    /// The shop's own domain.
    pub(super) domain: Option<String>,
    /// Whether this machine brings the database's tables up to date.
    pub(super) migrates: bool,
    /// Where the running till is asked for the stock, if not at the stack's address.
    pub(super) shop_url: Option<String>,
    /// Whether the pages are built for another address than shop.yaml's.
    pub(super) other_address: bool,
    /// Between two looks at what is shown.
    pub(super) pause: Duration,
    /// Parameters of deploy/template.yaml; what is not among them keeps the value that the stack has.
    pub(super) parameters: Vec<(&'static str, String)>,
    /// For the programs that are started.
    pub(super) variables: Vec<(String, String)>,
}

/// Settings that are parameters of the template. An empty one of the first kind takes the stack's value away; it is passed in
/// quotes, for `sam` reads a value up to a blank.
const QUOTED: [(&str, &str); 6] = [
    ("SHOP_DOMAIN", "ShopDomain"),
    ("CERTIFICATE_ARN", "CertificateArn"),
    ("ALARM_MAIL", "AlarmMail"),
    ("STRIPE_ACCOUNT", "StripeAccount"),
    ("SUBNET_IDS", "SubnetIds"),
    ("SECURITY_GROUP_IDS", "SecurityGroupIds"),
];
const PLAIN: [(&str, &str); 5] = [
    ("LOG_RETENTION", "LogRetention"),
    ("SHOPPER_CONCURRENCY", "ShopperConcurrency"),
    ("STRIPE_CONCURRENCY", "StripeConcurrency"),
    ("TILL_MEMORY", "Memory"),
    ("PRICE_CLASS", "PriceClass"),
];

impl Settings {
    /// Reads and checks all of them. Only a dry run does without a region.
    ///
    /// # Errors
    /// The first setting that is not valid: where it is, and what to write.
    pub(super) fn read(
        environment: &dyn Fn(&str) -> Option<String>,
        file: &BTreeMap<String, String>,
        dry: bool,
    ) -> Result<Self, CliError> {
        let given = Given { environment, file };
        let region = given.value("AWS_REGION").or_else(|| given.value("AWS_DEFAULT_REGION"));
        if let Some(region) = region.as_ref().filter(|region| !is_region(region)) {
            let place = given.place("AWS_REGION");
            return Err(CliError::usage(tr!(
                "{place} is `{region}`, and that is no region\n  write it like this: AWS_REGION=eu-west-3"
            )));
        }
        let region = region.or_else(|| dry.then(|| "REGION".to_owned())).ok_or_else(|| {
            CliError::usage(tr!(
                "AWS_REGION is not set\n  write the region into deploy/aws.env: AWS_REGION=eu-west-3"
            ))
        })?;
        let stack = given.value("BAZAAR_STACK").unwrap_or_else(|| "shop".to_owned());
        if !is_stack(&stack) {
            let place = given.place("BAZAAR_STACK");
            return Err(CliError::usage(tr!(
                "{place} is `{stack}`, and that is no name of a stack (letters, digits and hyphens, a letter first)\n  write it like this: BAZAAR_STACK=my-shop"
            )));
        }
        let domain = given.value("SHOP_DOMAIN");
        if let Some(domain) = domain.as_ref().filter(|domain| !is_domain(domain)) {
            let place = given.place("SHOP_DOMAIN");
            return Err(CliError::usage(tr!(
                "{place} is `{domain}`, and that is no domain\n  write it like this: SHOP_DOMAIN=www.example.com"
            )));
        }
        let fronts = [("cloudfront", Front::CloudFront), ("netlify", Front::Netlify)];
        let front = given.one_of("BAZAAR_FRONT", fronts)?;
        let contexts = [("production", Sells::Production), ("preview", Sells::Preview)];
        let context = given.one_of("BAZAAR_CONTEXT", contexts)?;
        let architecture = architecture(&given)?;
        let keep = given.number("BAZAAR_KEEP", 5, 1)?;
        let pause = given.number("BAZAAR_LOOK_PAUSE", 5, 0)?;
        if domain.is_none() && given.value("CERTIFICATE_ARN").is_some() {
            return Err(CliError::usage(tr!(
                "there is CERTIFICATE_ARN without SHOP_DOMAIN\n  set both, or neither for CloudFront's own name"
            )));
        }
        Ok(Settings {
            secret: given.value("BAZAAR_SECRET").unwrap_or_else(|| format!("bazaar/{stack}")),
            front,
            context,
            keep,
            architecture,
            domain,
            migrates: given.value("BAZAAR_MIGRATE").as_deref() != Some("by-hand"),
            shop_url: given.value("SHOP_URL"),
            other_address: given.value("BAZAAR_BASE_URL").is_some(),
            pause: Duration::from_secs(pause as u64),
            parameters: parameters(&given),
            variables: variables(&given, &region),
            region,
            stack,
        })
    }
}

/// The till's processor; this machine's own where nothing says another one.
fn architecture(given: &Given<'_>) -> Result<String, CliError> {
    let own = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    let architecture = given.value("TILL_ARCH").unwrap_or_else(|| own.to_owned());
    if ["x86_64", "arm64"].contains(&architecture.as_str()) {
        return Ok(architecture);
    }
    let (place, value, first, second) = (given.place("TILL_ARCH"), architecture, "x86_64", "arm64");
    Err(CliError::usage(tr!("{place} is {value}\n  write {first} or {second}")))
}

fn parameters(given: &Given<'_>) -> Vec<(&'static str, String)> {
    let quoted =
        QUOTED.iter().filter_map(|(name, parameter)| Some((*parameter, format!("\"{}\"", given.set(name)?))));
    let plain = PLAIN.iter().filter_map(|(name, parameter)| Some((*parameter, given.value(name)?)));
    quoted.chain(plain).collect()
}

/// What `aws`, `sam` and the build see beside their own environment: what the file alone says (also a profile of AWS, for example).
fn variables(given: &Given<'_>, region: &str) -> Vec<(String, String)> {
    let of_file = given.file.iter().filter(|(name, _)| given.environment(name).is_none());
    let of_file = of_file.map(|(name, value)| (name.as_str(), value.as_str()));
    let ours = [("AWS_REGION", region), ("AWS_DEFAULT_REGION", region), ("AWS_PAGER", "")];
    of_file.chain(ours).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Front, Sells, Settings};

    fn read(environment: &[(&str, &str)], file: &str, dry: bool) -> Result<Settings, String> {
        let file = super::super::env_file::parse(file).unwrap();
        let known: BTreeMap<&str, &str> = environment.iter().copied().collect();
        let environment = |name: &str| known.get(name).map(|value| (*value).to_owned());
        Settings::read(&environment, &file, dry).map_err(|error| format!("{error:?}"))
    }

    #[test]
    fn without_more_than_a_region_it_is_the_shop_in_production() {
        let settings = read(&[], "AWS_REGION=eu-west-3", false).unwrap();
        assert_eq!((settings.stack.as_str(), settings.secret.as_str()), ("shop", "bazaar/shop"));
        assert_eq!(
            (settings.front, settings.context, settings.keep),
            (Front::CloudFront, Sells::Production, 5)
        );
        assert!(settings.migrates && settings.parameters.is_empty());
    }

    #[test]
    fn the_environment_counts_more_and_an_empty_variable_is_not_set() {
        let file = "AWS_REGION=eu-west-3\nBAZAAR_STACK=mine\nALARM_MAIL=you@example.com\nTILL_MEMORY=512\nAWS_PROFILE=shop";
        let environment =
            [("AWS_REGION", "eu-central-1"), ("BAZAAR_STACK", ""), ("ALARM_MAIL", ""), ("TILL_MEMORY", "")];
        let settings = read(&environment, file, false).unwrap();
        assert_eq!((settings.region.as_str(), settings.stack.as_str()), ("eu-central-1", "mine"));
        assert_eq!(settings.secret, "bazaar/mine");
        assert_eq!(settings.parameters, [("AlarmMail", "\"\"".to_owned()), ("Memory", "512".to_owned())]);
        let seen: BTreeMap<_, _> = settings.variables.into_iter().collect();
        assert_eq!((seen["AWS_PROFILE"].as_str(), seen["AWS_REGION"].as_str()), ("shop", "eu-central-1"));
        assert!(!seen.contains_key("ALARM_MAIL"), "the environment has it already");
    }

    #[test]
    fn what_is_not_valid_is_refused_with_its_place() {
        for (setting, place) in [
            ("AWS_REGION=Paris", "deploy/aws.env: AWS_REGION is `Paris`"),
            ("AWS_REGION=eu-west-3a", "AWS_REGION is `eu-west-3a`"),
            ("BAZAAR_STACK=2shops", "BAZAAR_STACK is `2shops`"),
            ("SHOP_DOMAIN=https://www.shop.example", "SHOP_DOMAIN is `https://"),
            ("BAZAAR_CONTEXT=staging", "deploy/aws.env: BAZAAR_CONTEXT is staging"),
            ("TILL_ARCH=sparc", "TILL_ARCH is sparc"),
            ("BAZAAR_KEEP=0", "BAZAAR_KEEP is 0"),
            ("BAZAAR_KEEP=+1", "BAZAAR_KEEP is +1"),
            ("CERTIFICATE_ARN=arn:aws:acm:x", "CERTIFICATE_ARN without SHOP_DOMAIN"),
        ] {
            let said = read(&[], &format!("{setting}\nAWS_REGION=eu-west-3"), false).unwrap_err();
            assert!(said.contains(place), "{said}");
        }
        let said = read(&[("BAZAAR_STACK", "my_shop")], "AWS_REGION=eu-west-3\nBAZAAR_STACK=shop", false)
            .unwrap_err();
        assert!(said.contains("BAZAAR_STACK is `my_shop`") && !said.contains("aws.env"), "{said}");
    }

    #[test]
    fn only_a_dry_run_does_without_a_region() {
        assert!(read(&[], "", false).unwrap_err().contains("AWS_REGION is not set"));
        assert_eq!(read(&[], "", true).unwrap().region, "REGION");
    }
}
