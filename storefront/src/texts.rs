//! `t(key=…, n=…, name=…)`: how templates get the theme's texts, on pages and in what the till sends.

use std::borrow::Cow;

use catalog::message::is_html;
use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::refusal::RefusalCode;
use crate::views::MAILS;

/// The values that a template passes for the placeholders of a text, by name, escaped where needed.
pub type Values<'a> = &'a dyn Fn(&str) -> Option<Cow<'a, str>>;

/// Registers `t`; `text` finds and fills the text of a key, where `n` selects the plural form and fills `{n}`. The
/// values of a text that is markup are escaped, and the text is printed as is.
pub fn register(
    tera: &mut Tera,
    text: impl Fn(&str, Option<i64>, Values<'_>) -> Result<String, String> + Send + Sync + 'static,
) {
    tera.register_function("t", move |kwargs: Kwargs, state: &State<'_>| -> TeraResult<Value> {
        let key = kwargs.must_get::<&str>("key")?;
        let n = kwargs.get::<i64>("n")?;
        let html = is_html(key);
        let value = |name: &str| {
            let value = kwargs.get::<&Value>(name).ok().flatten().filter(|value| !value.is_undefined())?;
            let text = if html { state.escape_if_needed(value).ok()? } else { value.to_string() };
            Some(Cow::Owned(text))
        };
        let text = text(key, n, &value).map_err(tera::Error::message)?;
        Ok(if html { Value::safe_string(&text) } else { Value::from(text) })
    });
}

macro_rules! till_texts {
    ($($(#[$doc:meta])* $name:ident = $key:literal),+ $(,)?) => {
        /// A text that the till itself uses, whatever a theme's templates do: every theme with a till needs all of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum TillText {
            $($(#[$doc])* $name,)+
            /// A refusal.
            Refusal(RefusalCode),
            /// The subject of one of [`MAILS`].
            Subject(&'static str),
        }

        impl TillText {
            /// All of them.
            pub fn all() -> impl Iterator<Item = TillText> {
                let refusals = RefusalCode::ALL.iter().copied().map(TillText::Refusal);
                [$(TillText::$name),+].into_iter().chain(refusals).chain(MAILS.into_iter().map(TillText::Subject))
            }

            /// Its key in the translations of a theme.
            pub fn key(self) -> Cow<'static, str> {
                match self {
                    $(TillText::$name => Cow::Borrowed($key),)+
                    TillText::Refusal(code) => Cow::Owned(format!("till.refusal.{code}")),
                    TillText::Subject(mail) => Cow::Owned(format!("mail.{mail}.subject")),
                }
            }
        }
    };
}

till_texts! {
    /// Heading of the cart page.
    CartTitle = "cart.title",
    /// Label of the gift note.
    Gift = "cart.gift",
    /// Working days until a piece is made.
    MadeIn = "cart.made_in",
    /// Working days until a parcel arrives.
    Days = "cart.days",
    /// The same as a range.
    DaysBetween = "cart.days_between",
    /// Working days until the order can be collected.
    PickupDays = "cart.pickup_days",
    /// The same as a range.
    PickupBetween = "cart.pickup_between",
    /// For a line of the cart: fewer pieces are left.
    Less = "cart.less",
    /// For several lines of the cart: fewer pieces are left for all of them together.
    LessTogether = "cart.less_together",
    /// The note of a piece is refused.
    NoteRefused = "cart.note_refused",
    /// Title of the order page.
    OrderTitle = "till.order.document_title",
    /// Title of the page for lost links.
    LinkTitle = "till.link.title",
    /// Heading of a refusal.
    RefusalTitle = "till.refusal.title",
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str) -> String {
        let mut tera = Tera::new();
        register(&mut tera, |key, n, value| match key {
            "none" => Err("there is no text `none`".to_owned()),
            _ => Ok(format!("{n:?} <b>{}</b>", value("name").unwrap_or_default())),
        });
        let told = |error: tera::Error| error.to_string();
        let out = tera.add_raw_template("page.html", template);
        out.map_err(told)
            .and_then(|()| tera.render("page.html", &tera::Context::new()).map_err(told))
            .unwrap_or_else(|told| told)
    }

    #[test]
    fn a_text_is_escaped_once_and_of_markup_only_what_is_put_into_it() {
        assert_eq!(rendered("{{ t(key='a', name='<i>') }}"), "None &lt;b&gt;&lt;i&gt;&lt;/b&gt;");
        assert_eq!(rendered("{{ t(key='a_html', name='<i>', n=2) }}"), "Some(2) <b>&lt;i&gt;</b>");
        assert_eq!(rendered("{{ t(key='a_html') }}"), "None <b></b>");
    }

    #[test]
    fn what_has_no_text_is_told() {
        assert!(rendered("{{ t(key='none') }}").contains("there is no text `none`"));
        assert!(rendered("{{ t(n=1) }}").contains("key"));
    }
}
