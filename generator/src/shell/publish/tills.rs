//! The versions of both functions: published, asked for their health, shown to shoppers by the alias `live`.

use messages::tr;
use serde::Deserialize;

use super::super::error::CliError;
use super::Aws;
use super::stack::Outputs;

/// The event of a request for `/api/health`, as a function gets it. Asked without any address.
const HEALTH: &str = include_str!("health.json");
/// Where the answer goes, in the shop's folder.
const ANSWER: &str = ".bazaar/health.json";

/// The versions of both tills, as one release has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Versions {
    pub(super) shopper: String,
    pub(super) stripe: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Alias {
    function_version: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Published {
    version: String,
}

/// What a function answers to an event of HTTP.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status_code: u16,
    body: String,
}

/// The till's own words.
#[derive(Debug, Deserialize)]
pub(super) struct Health {
    pub(super) catalog: String,
}

impl Aws<'_> {
    /// The version that shoppers get of a function.
    ///
    /// # Errors
    /// When AWS does not say.
    pub(super) fn live(&self, function: &str) -> Result<String, CliError> {
        let words = ["aws", "lambda", "get-alias", "--function-name", function, "--name", "live"];
        let alias: Alias =
            self.commands.ask(&words, || Alias { function_version: "<version>".to_owned() })?;
        Ok(alias.function_version)
    }

    /// # Errors
    /// When it stays as it was.
    pub(super) fn make_live(&self, function: &str, version: &str) -> Result<(), CliError> {
        let words = ["aws", "lambda", "update-alias", "--function-name", function, "--name", "live"];
        self.commands.change(&[words.as_slice(), &["--function-version", version]].concat())
    }

    /// A version of the code that a function has now; the same code is the same version.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn publish(&self, function: &str) -> Result<String, CliError> {
        self.commands.change(&[
            "aws",
            "lambda",
            "wait",
            "function-updated-v2",
            "--function-name",
            function,
        ])?;
        let words = ["aws", "lambda", "publish-version", "--function-name", function];
        let published: Published = self.commands.ask(&words, || Published { version: "2".to_owned() })?;
        Ok(published.version)
    }

    /// Whether both versions answer, with this catalog. What is wrong is said.
    ///
    /// # Errors
    /// When they cannot be asked.
    pub(super) fn are_well(
        &self,
        outputs: &Outputs,
        versions: &Versions,
        catalog: &str,
    ) -> Result<bool, CliError> {
        Ok(self.is_well(&outputs.shopper_till, &versions.shopper, catalog)?
            && self.is_well(&outputs.stripe_till, &versions.stripe, catalog)?)
    }

    fn is_well(&self, function: &str, version: &str, catalog: &str) -> Result<bool, CliError> {
        let file = self.commands.shop.join(ANSWER);
        if let Some(folder) = file.parent().filter(|_| !self.commands.dry) {
            // A rollback in a fresh clone is the first to need it.
            std::fs::create_dir_all(folder)
                .map_err(|error| CliError::machine(format!("{}: {error}", folder.display())))?;
        }
        let words = ["aws", "lambda", "invoke", "--function-name", function, "--qualifier", version];
        let event = ["--cli-binary-format", "raw-in-base64-out", "--payload", HEALTH.trim_end(), ANSWER];
        self.commands.change(&[words.as_slice(), event.as_slice()].concat())?;
        if self.commands.dry {
            return Ok(true);
        }
        let answer = std::fs::read_to_string(&file)
            .map_err(|error| CliError::machine(format!("{}: {error}", file.display())))?;
        let _ = std::fs::remove_file(&file);
        let response =
            serde_json::from_str::<Response>(&answer).ok().filter(|response| response.status_code == 200);
        let said = response.and_then(|response| serde_json::from_str::<Health>(&response.body).ok());
        let ill = match said {
            Some(health) if health.catalog == catalog => return Ok(true),
            Some(_) => tr!("{function}, version {version}, has another catalog than {catalog}: {answer}"),
            None => tr!("{function}, version {version}, is not well: {answer}"),
        };
        self.terminal().warn(&ill);
        Ok(false)
    }
}
