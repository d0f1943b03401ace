//! `bazaar publish aws`: the steps of a deploy, in their order.
//!
//! 1. `deploy/build.sh`: site, till, and the database's tables. The previous till runs on them: no migration
//!    takes away what it uses.
//! 2. `sam deploy`: new code into both functions. The alias `live` stays: shoppers still get the previous version.
//! 3. Each new version is published and asked for its health, alone.
//! 4. The pages go into `releases/ID/`, which nobody is shown yet; then they are looked at through CloudFront.
//! 5. Tills, then pages are switched, and looked at as shoppers do; if anything is wrong, both go back.
//! 6. The release gets its note, and old ones go.

use std::fs;

use messages::tr;

use super::super::error::CliError;
use super::Aws;
use super::releases::Note;
use super::secret::Secret;
use super::site::{BOOTSTRAP, Site};
use super::stack::Pages;
use super::switch::Target;
use super::tills::Versions;

/// What the till needs beside it in `/var/task`: a database's certificate, for example.
const BESIDE: &str = "deploy/lambda";

impl Aws<'_> {
    /// Builds, deploys, looks at the result, shows it.
    ///
    /// # Errors
    /// The first thing that is wrong; shoppers then see what they saw before.
    pub(super) fn deploy(&self) -> Result<(), CliError> {
        self.check_programs(&["sam"])?;
        let secret = Secret::read(&self.commands, &self.settings)?;
        self.say(tr!("building"));
        self.build(&secret)?;
        let built = self.built()?;
        let (site, release) = &built;

        self.copy_beside()?;
        let (stack, region) = (&self.settings.stack, &self.settings.region);
        self.say(&tr!("deploying the stack {stack} in {region}"));
        self.stack_up(&secret, site.header("/404.html", "content-security-policy"))?;
        let outputs = self.outputs()?;
        let versions = Versions {
            shopper: self.publish(&outputs.shopper_till)?,
            stripe: self.publish(&outputs.stripe_till)?,
        };
        if !self.are_well(&outputs, &versions, &site.catalog)? {
            return Err(CliError::machine(tr!(
                "the new till is not well\n  nothing was changed for shoppers; docs/operations.md, \"When the till is closed\""
            )));
        }
        if let Some(pages) = &outputs.pages {
            self.say(&tr!("uploading release {release}"));
            self.upload(site, pages, release)?;
            if let Err(found) = self.look(pages)?.pages(Some(release), Some(&site.catalog)) {
                self.terminal().warn(&found);
                return Err(CliError::machine(tr!(
                    "the new pages are not whole\n  the lines above say what was found; nothing was changed for shoppers"
                )));
            }
        }
        self.say(tr!("changing"));
        self.switch(&outputs, &Target { versions: &versions, release, catalog: &site.catalog })?;
        let Some(pages) = &outputs.pages else {
            let (shopper, stripe) = (&outputs.shopper_url, &outputs.stripe_url);
            self.done(&tr!("the till answers at {shopper} (shoppers) and {stripe} (Stripe)"));
            return Ok(());
        };
        let files = site.files.iter().filter(|path| path.starts_with("_/")).cloned().collect();
        self.take_note(pages, release, &Note { versions, catalog: site.catalog.clone(), files })?;
        if self.prune(&outputs, pages).is_err() {
            self.commands.interrupt.check()?;
            self.warn(tr!("old releases could not be deleted; the next deploy tries again"));
        }
        self.warn_of_another_address(pages);
        let address = &pages.address;
        self.done(&tr!("release {release} is shown at {address}"));
        Ok(())
    }

    /// `deploy/build.sh`, with the secrets that it needs.
    fn build(&self, secret: &Secret) -> Result<(), CliError> {
        let address = self.running_address()?.unwrap_or_default();
        let database = |name| secret.get(name).filter(|_| self.settings.migrates);
        let secrets = [
            ("TILL_SWEEP_SECRET", secret.get("TILL_SWEEP_SECRET")),
            ("STRIPE_SECRET_KEY", secret.get("STRIPE_SECRET_KEY")),
            ("DATABASE_URL", database("DATABASE_URL")),
            ("DATABASE_DIRECT_URL", database("DATABASE_DIRECT_URL")),
        ];
        let ours = [
            ("BAZAAR_CONTEXT", self.settings.context.as_str()),
            ("TILL_ARCH", &self.settings.architecture),
            ("SHOP_URL", &address),
        ];
        let script = ["sh", "deploy/build.sh", "lambda"];
        if self.commands.dry {
            let mut words = vec!["env".to_owned()];
            words.extend(ours.map(|(name, value)| format!("{name}={value}")));
            let named = secrets.iter().map(|(name, _)| *name);
            let named = named.filter(|name| self.settings.migrates || !name.starts_with("DATABASE"));
            words.extend(named.map(|name| format!("{name}=<secret>")));
            let words: Vec<&str> = words.iter().map(String::as_str).chain(script).collect();
            return self.commands.run(&words);
        }
        let variables: Vec<_> =
            ours.map(|(name, value)| (name, Some(value))).into_iter().chain(secrets).collect();
        self.commands.run_with(&variables, &script)
    }

    /// The site and its release's name. A dry run makes do without a build.
    fn built(&self) -> Result<(Site, String), CliError> {
        let (shop, dry) = (self.commands.shop, self.commands.dry);
        let site = if dry && !shop.join("dist/catalog.json").is_file() {
            Site::not_built()
        } else {
            Site::read(shop)?
        };
        let packaged = shop.join(BOOTSTRAP).is_file();
        if !packaged && !dry {
            return Err(CliError::machine(tr!(
                "{file} is not there\n  deploy/build.sh should have left it: what did it say?",
                file = BOOTSTRAP
            )));
        }
        let release = if packaged { site.release(shop)? } else { "RELEASE".to_owned() };
        Ok((site, release))
    }

    fn copy_beside(&self) -> Result<(), CliError> {
        let folder = self.commands.shop.join(BESIDE);
        if !folder.is_dir() {
            return Ok(());
        }
        let to = self.commands.shop.join(BOOTSTRAP).with_file_name("");
        if self.commands.dry {
            self.commands.show("cp deploy/lambda/* .bazaar/lambda/");
            return Ok(());
        }
        let failed = |error| CliError::machine(format!("{BESIDE}: {error}"));
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.path().is_file() {
                fs::copy(entry.path(), to.join(entry.file_name())).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// The till takes orders at the address of shop.yaml only.
    fn warn_of_another_address(&self, pages: &Pages) {
        if self.commands.dry || self.settings.other_address {
            return;
        }
        let address = &pages.address;
        let said = super::super::package::built_for(self.commands.shop);
        if let Some(url) = said.filter(|url| url.trim_end_matches('/') != address) {
            self.warn(&tr!(
                "content/shop.yaml says the shop is at {url}, and it is at {address}: nobody can pay there until `url:` says so and you deploy again"
            ));
        }
    }
}
