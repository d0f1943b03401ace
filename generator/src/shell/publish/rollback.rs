//! `bazaar publish aws rollback`: the release before the one that is shown, with its tills. Nothing is built.

use messages::tr;

use super::super::error::CliError;
use super::Aws;
use super::stack::Pages;
use super::switch::Target;

impl Aws<'_> {
    /// Goes one release back.
    ///
    /// # Errors
    /// When there is none, and when its till is not well any more; then nothing was changed.
    pub(super) fn rollback(&self) -> Result<(), CliError> {
        self.check_programs(&[])?;
        let outputs = self.outputs()?;
        let Some(pages) = &outputs.pages else {
            let stripe = self.way_back(&outputs.stripe_till)?;
            let shopper = self.way_back(&outputs.shopper_till)?;
            return Err(CliError::usage(tr!(
                "the pages are at Netlify: this command cannot take them back\n  take the tills back first, to the version before the one that is live, then the pages at Netlify (Deploys, an earlier one, Publish deploy):\n{stripe}\n{shopper}"
            )));
        };
        let release = self.release_before(pages)?.ok_or_else(|| {
            CliError::usage(tr!(
                "there is no release before this one\n  publish the previous commit: git revert, then bazaar publish aws"
            ))
        })?;
        let note = self.note(pages, &release)?;
        if !self.are_well(&outputs, &note.versions, &note.catalog)? {
            return Err(CliError::machine(tr!(
                "the till of that release is not well any more\n  was a secret changed since? Then publish the previous commit: git revert, bazaar publish aws"
            )));
        }
        let target = Target { versions: &note.versions, release: &release, catalog: &note.catalog };
        self.switch(&outputs, &target)?;
        let address = &pages.address;
        self.done(&tr!("release {release} is shown again at {address}"));
        Ok(())
    }

    /// The one before the one that is shown; where that one has no note (its deploy was stopped), the last that has.
    fn release_before(&self, pages: &Pages) -> Result<Option<String>, CliError> {
        let shown = self.shown(pages)?;
        let mut notes = self.notes(pages)?;
        if self.commands.dry {
            return Ok(Some("RELEASE-BEFORE".to_owned()));
        }
        if let Some(at) = notes.iter().position(|name| Some(name) == shown.as_ref()) {
            notes.truncate(at);
        }
        Ok(notes.pop())
    }

    /// What a person types to take a till back.
    fn way_back(&self, function: &str) -> Result<String, CliError> {
        let (live, region) = (self.live(function)?, &self.settings.region);
        let comment = tr!("# live is {live} now; all versions, then back to one of them:");
        let of = format!("--region {region} --function-name {function}");
        Ok(format!(
            "    {comment}\n    aws lambda list-versions-by-function {of} --query 'Versions[].[Version,LastModified]' --output text\n    \
             aws lambda update-alias {of} --name live --function-version VERSION"
        ))
    }
}
