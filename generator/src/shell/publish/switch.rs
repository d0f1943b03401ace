//! The one moment of a publishing that shoppers notice: tills first, then pages, then a look; and back if anything is wrong.

use messages::tr;

use super::super::error::CliError;
use super::Aws;
use super::stack::Outputs;
use super::tills::Versions;

/// What is shown from now on.
#[derive(Debug)]
pub(super) struct Target<'a> {
    pub(super) versions: &'a Versions,
    /// Its name; unused where Netlify has the pages.
    pub(super) release: &'a str,
    pub(super) catalog: &'a str,
}

/// Takes pages and tills back when it is dropped, whatever ended the switch.
struct Return<'a> {
    aws: &'a Aws<'a>,
    outputs: &'a Outputs,
    versions: Versions,
    release: Option<String>,
    needed: bool,
}

impl Aws<'_> {
    /// For some seconds old pages meet new tills: where a price differs, the till says so (`price_changed`) and charges nothing until
    /// the shopper agrees. New pages never meet an old till.
    ///
    /// # Errors
    /// When something is wrong; then all is as before, or it was said what could not go back.
    pub(super) fn switch(&self, outputs: &Outputs, target: &Target<'_>) -> Result<(), CliError> {
        let versions =
            Versions { shopper: self.live(&outputs.shopper_till)?, stripe: self.live(&outputs.stripe_till)? };
        let release = outputs.pages.as_ref().map(|pages| self.shown(pages)).transpose()?.flatten();
        let mut way_back = Return { aws: self, outputs, versions, release, needed: true };

        self.make_live(&outputs.stripe_till, &target.versions.stripe)?;
        self.make_live(&outputs.shopper_till, &target.versions.shopper)?;
        if let Some(pages) = &outputs.pages {
            self.show_release(pages, target.release)?;
            if !self.look(pages)?.until_whole(target.catalog, self.settings.pause)? {
                return Err(CliError::machine(tr!(
                    "the shop is not whole after the change\n  the lines above say what was found; nothing new is shown"
                )));
            }
        }
        self.commands.interrupt.check()?;
        way_back.needed = false;
        Ok(())
    }
}

impl Drop for Return<'_> {
    fn drop(&mut self) {
        if !self.needed {
            return;
        }
        let Return { aws, outputs, versions, release, .. } = self;
        aws.commands.interrupt.ignore();
        aws.terminal().warn(tr!("going back to the previous state"));
        let pages = outputs.pages.as_ref().map(|pages| match release {
            Some(release) => aws
                .show_release(pages, release)
                .map_err(|_| tr!("the pages could not go back: bazaar publish aws rollback")),
            None => aws.show_nothing(pages).map_err(|_| {
                tr!("the pages of the release that is not whole are still shown: bazaar publish aws")
            }),
        });
        if let Some(Err(words)) = pages {
            aws.warn(words);
        }
        for (function, version) in
            [(&outputs.shopper_till, &versions.shopper), (&outputs.stripe_till, &versions.stripe)]
        {
            if aws.make_live(function, version).is_err() {
                aws.warn(&tr!("{function} could not go back to version {version}"));
            }
        }
    }
}
